"""What had to be assumed and what was edited, in files of values: as lines that begin with #, or as arrays of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..blocks.assumptions import as_comments, edit_comments
from ..errors import printable

__all__ = ["ASSUMPTIONS", "EDITS", "WEIGHT_EDITS", "assumption_array", "write_comments"]

ASSUMPTIONS = "assumptions"
"""The name of the array."""
EDITS = "edits"
"""The name of that of the names of letters' edits."""
WEIGHT_EDITS = "weight_edits"
"""The name of that of the names of weights' edits."""


def write_comments(sentences: Sequence[str], file: BinaryIO, edits: Sequence[str] = ()) -> None:
    """Write what was edited, and what was assumed, a line a sentence.

    Args:
        sentences: What was assumed.
        file: A file that is open for writing bytes.
        edits: The names of the edits.
    """
    file.writelines(f"{line}\n".encode() for line in (*edit_comments(edits), *as_comments(sentences)))


def assumption_array(
    sentences: Sequence[str], edits: Sequence[str] = (), weight_edits: Sequence[str] = ()
) -> dict[str, NDArray[Any]]:
    """Return what was assumed, and what was edited, as arrays of texts under their names; none of what was not.

    Args:
        sentences: What was assumed.
        edits: The names of the letters' edits.
        weight_edits: The names of the weights' edits.
    """
    said = {ASSUMPTIONS: sentences, EDITS: edits, WEIGHT_EDITS: weight_edits}
    return {name: np.array([*map(printable, texts)]) for name, texts in said.items() if texts}
