"""Readers of model files: bytes in, a model out, and nothing in a file is executed.

`opening` opens a file of any format; `formats` lists them. Each format is a module with a `FORMAT`: whole Keras models
in `keras/`, weights without an architecture in `weights/`, motifs in `motifs/`, and our own files in `npz`. Weights and
motifs become a convolution and a pool, see `filter_bank`. `foreign` says what any other file is.
"""
