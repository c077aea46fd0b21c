"""Keras's model files of every age."""

from .beside import Candidate, nearness, read_keras_beside
from .reader import KerasContents, WithoutArchitectureError, inspect_keras, read_keras

__all__ = [
    "Candidate",
    "KerasContents",
    "WithoutArchitectureError",
    "inspect_keras",
    "nearness",
    "read_keras",
    "read_keras_beside",
]
