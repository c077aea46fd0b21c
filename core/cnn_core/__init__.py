"""The engine: what a 1-D convolution over DNA computes, what the pool keeps, and from where.

numpy in, numpy out. Nothing here opens a terminal, prints, or knows a screen.
"""

__version__ = "0.1.0"
