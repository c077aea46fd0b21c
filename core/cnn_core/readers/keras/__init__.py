"""Keras's model files of every age."""

from .format import FORMAT
from .reader import WithoutArchitectureError, inspect_keras, read_keras

__all__ = [
    "FORMAT",
    "WithoutArchitectureError",
    "inspect_keras",
    "read_keras",
]
