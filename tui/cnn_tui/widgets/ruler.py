"""The ruler: where the bases of the input window are."""

from __future__ import annotations

from textual.strip import Strip

from ..pictures.palette import style
from ..view.view_state import Level
from .strips import Row
from .track import OverBases, Place, Track

__all__ = ["Ruler"]

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_NARROWEST = 10


class Ruler(Track[OverBases]):
    """Numbers the bases, 0-based as the network's tensor does, right of their ticks; ▼ is what was gone to."""

    term = "base"

    def label_line(self, y: int, picture: OverBases) -> Strip:
        """Return the first and the last base."""
        return self.named_strip("base", f"0…{picture.view.length - 1}")

    def line(self, y: int, picture: OverBases) -> Strip:
        """Return the ticks and the numbers."""
        view, dim = picture.view, style(self.palette.dim, self.palette.ground)
        row = Row(view.columns, dim)
        # A number must end before the next tick, whatever its length.
        widest = max(_NARROWEST, len(f"{view.offset + view.visible_bases:,}") + 2)
        step = next(
            (step for step in _STEPS if step * view.columns_per_base >= widest * view.bases_per_column), _STEPS[-1]
        )
        first = -(-max(0, view.offset) // step) * step
        for base in range(first, min(view.length, view.offset + view.visible_bases), step):
            row.write(f"▏{base:,}", view.column_of(base), dim)
        sought = getattr(view, "sought", None)
        if sought is not None and 0 <= (column := view.column_of(sought)) < view.columns:
            row.fill(column, column + 1, "▼", style(self.palette.accent, self.palette.ground, bold=True))
        return row.strip()

    def place(self, column: int, y: int, picture: OverBases) -> Place | None:
        """Return the base under a column."""
        base = picture.view.base_at(column)
        if not 0 <= base < picture.view.length:
            return None
        return Place(Level.BASE, picture.view.index_of_base(base), None, f"base {base}")
