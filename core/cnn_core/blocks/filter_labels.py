"""What filters are called."""

from __future__ import annotations

from ..errors import printable
from ..layers import Conv1D, Convolution1D

__all__ = ["filter_label", "filter_names"]


def filter_label(conv: Convolution1D, index: int) -> str:
    """Return a filter's name in a file: its own, or `filter17`; without blanks, which would end a field.

    Args:
        conv: The convolution.
        index: The filter.
    """
    names = filter_names(conv)
    return "_".join(printable(names[index]).split()) if names and names[index].strip() else f"filter{index}"


def filter_names(conv: Convolution1D) -> tuple[str, ...]:
    """Return the names of a convolution's filters; empty if they have none."""
    return conv.filter_names if isinstance(conv, Conv1D) else ()
