"""Motif files, MEME, JASPAR and TRANSFAC, whose motifs become filters."""
