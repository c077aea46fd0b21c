"""A model, its settings and its input window as a short program for Keras or PyTorch that computes the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .program import FRAMEWORKS, LONGEST_EMBEDDED, WeightFile, place_of, script

__getattr__ = lazily(
    __name__,
    {
        "program": "FRAMEWORKS LONGEST_EMBEDDED WeightFile place_of script",
    },
)
