"""A model, its settings and its input window as a short program for Keras or PyTorch that computes the same value."""

from .program import FRAMEWORKS, LONGEST_EMBEDDED, WeightFile, place_of, script

__all__ = ["FRAMEWORKS", "LONGEST_EMBEDDED", "WeightFile", "place_of", "script"]
