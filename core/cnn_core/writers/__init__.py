"""Writers: the values of a block and its kernels as files that other tools read; one module a format.

All of them take an open file, write from start to end in bounded memory, and know nothing about file names and
folders. Coordinates are those of BED: 0-based and half-open, in the record's own direction, whichever strand was read.
"""
