"""Convolution on letters: sums by tables of words, in numpy or in a compiled loop, the same to the last bit."""
