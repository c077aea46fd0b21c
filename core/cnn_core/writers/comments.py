"""What had to be assumed, in files of values: as lines that begin with #, or as an array of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..blocks.assumptions import as_comments
from ..errors import printable

__all__ = ["ASSUMPTIONS", "assumption_array", "write_comments"]

ASSUMPTIONS = "assumptions"
"""The name of the array."""


def write_comments(sentences: Sequence[str], file: BinaryIO) -> None:
    """Write what was assumed, a line a sentence.

    Args:
        sentences: What was assumed.
        file: A file that is open for writing bytes.
    """
    file.writelines(f"{line}\n".encode() for line in as_comments(sentences))


def assumption_array(sentences: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return what was assumed as an array of texts under its name; empty if nothing was.

    Args:
        sentences: What was assumed.
    """
    return {ASSUMPTIONS: np.array([*map(printable, sentences)])} if sentences else {}
