"""Readers of files: bytes in, a model or motifs out, and nothing in them is executed."""
