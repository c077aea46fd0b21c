"""The ruler: where the bases of the input window are, and which of them are edited."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from ..pictures.colours import style
from ..view.view_state import Level
from .strips import Row
from .track import OverBases, Place, Track

__all__ = ["Ruler"]

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_NARROWEST = 10


class OverLetters(OverBases, Protocol):
    """A picture of anything over letters."""

    @property
    def edited_bases(self) -> NDArray[np.bool_]:
        """Which of the visible letters are edited, shape (visible bases,)."""


class Ruler(Track[OverLetters]):
    """Numbers the bases, 0-based as the network's tensor does, right of their ticks.

    ≠ stands over what is edited, ▼ over what was gone to, ↓ where the next letter is typed over, » where it is put in.
    """

    term = "base"

    def label_line(self, y: int, picture: OverLetters) -> Strip:
        """Return the first and the last base."""
        return self.named_strip("base", f"0…{picture.view.length - 1}")

    def line(self, y: int, picture: OverLetters) -> Strip:
        """Return the ticks and the numbers."""
        view, dim = picture.view, style(self.palette.dim, self.palette.ground)
        row = Row(view.columns, dim)
        # A number must end before the next tick, whatever its length.
        widest = max(_NARROWEST, len(f"{view.offset + view.visible_bases:,}") + 2)
        step = next(
            (step for step in _STEPS if step * view.columns_per_base >= widest * view.bases_per_column), _STEPS[-1]
        )
        first = -(-max(0, view.offset) // step) * step
        marks = self._marks(picture)
        for base in range(first, min(view.length, view.offset + view.visible_bases), step):
            words, column = f"▏{base:,}", view.column_of(base)
            # A number is whole or absent; its tick may give way.
            if not any(column < mark < column + len(words) for mark in marks):
                row.write(words, column, dim)
        for column, glyph in marks.items():
            row.fill(column, column + 1, glyph, style(self.palette.accent, self.palette.ground, bold=True))
        return row.strip()

    @staticmethod
    def _marks(picture: OverLetters) -> dict[int, str]:
        """Return the marks by their columns."""
        view = picture.view
        marked = dict.fromkeys((np.flatnonzero(picture.edited_bases) + view.offset).tolist(), "≠")
        if (sought := getattr(view, "sought", None)) is not None:
            marked[sought] = "▼"
        if (typing := getattr(view, "typing", None)) is not None:
            marked[typing.base] = "»" if typing.inserting else "↓"
        columns = {view.column_of(base): glyph for base, glyph in marked.items()}
        return {column: glyph for column, glyph in columns.items() if 0 <= column < view.columns}

    def place(self, column: int, y: int, picture: OverLetters) -> Place | None:
        """Return the base under a column."""
        base = picture.view.base_at(column)
        if not 0 <= base < picture.view.length:
            return None
        return Place(Level.BASE, picture.view.index_of_base(base), None, f"base {base}")
