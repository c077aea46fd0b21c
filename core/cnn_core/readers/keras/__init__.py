"""Keras's model files of every age."""

from .reader import KerasContents, inspect_keras, read_keras

__all__ = ["KerasContents", "inspect_keras", "read_keras"]
