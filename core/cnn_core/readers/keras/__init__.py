"""Keras's model files of every age."""

from .format import FORMAT
from .reader import KerasContents, WithoutArchitectureError, inspect_keras, read_keras

__all__ = [
    "FORMAT",
    "KerasContents",
    "WithoutArchitectureError",
    "inspect_keras",
    "read_keras",
]
