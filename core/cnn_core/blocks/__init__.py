"""A conv → pool block at work, on letters or on feature maps, and the reading that it is part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .assumptions import assumptions_of
    from .offered_blocks import LONGEST_PREDICTION, is_on_letters
    from .reading import Reading

__all__ = ["LONGEST_PREDICTION", "Reading", "assumptions_of", "is_on_letters"]

__getattr__ = lazily(
    __name__,
    {
        "assumptions": "assumptions_of",
        "offered_blocks": "LONGEST_PREDICTION is_on_letters",
        "reading": "Reading",
    },
)
