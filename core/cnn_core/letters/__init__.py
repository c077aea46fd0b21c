"""Letters: the alphabet, records of FASTA files and streams, regions, search."""
