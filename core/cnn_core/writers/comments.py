"""What had to be assumed and what was edited, in files of values: as lines that begin with #, or as arrays of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..blocks.assumptions import as_comments, edit_comments
from ..errors import printable

__all__ = ["ASSUMPTIONS", "EDITS", "WEIGHT_EDITS", "Notes", "assumption_array", "write_comments"]

ASSUMPTIONS = "assumptions"
"""The name of the array."""
EDITS = "edits"
"""The name of that of the names of letters' edits."""
WEIGHT_EDITS = "weight_edits"
"""The name of that of the names of weights' edits."""


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What is said in a file beside its numbers.

    Attributes:
        described: What the numbers are, in one line.
        sentences: What had to be assumed.
        edits: The names of the edits of letters, or of all edits.
        weight_edits: The names of the edits of weights, where they are told apart.
    """

    described: str = ""
    sentences: Sequence[str] = ()
    edits: Sequence[str] = ()
    weight_edits: Sequence[str] = ()

    def write(self, file: BinaryIO) -> None:
        """Write it, a line a sentence, each behind #.

        Args:
            file: A file that is open for writing bytes.
        """
        first = [f"# {printable(self.described)}"] if self.described else []
        edits = edit_comments((*self.edits, *self.weight_edits))
        file.writelines(f"{line}\n".encode() for line in (*first, *edits, *as_comments(self.sentences)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what the numbers are as an array `numbers`, and the rest as `assumption_array` does."""
        numbers = {"numbers": np.array(self.described)} if self.described else {}
        return numbers | assumption_array(self.sentences, self.edits, self.weight_edits)


def write_comments(sentences: Sequence[str], file: BinaryIO, edits: Sequence[str] = ()) -> None:
    """Write what was edited, and what was assumed, a line a sentence.

    Args:
        sentences: What was assumed.
        file: A file that is open for writing bytes.
        edits: The names of the edits.
    """
    Notes(sentences=sentences, edits=edits).write(file)


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
