"""A track over the whole record: beside the mark of what is on screen stands what there is to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from textual.message import Message
from textual.strip import Strip

from ..pictures.colours import style
from .track import Place, Track

if TYPE_CHECKING:
    from ..pictures.output_scan_picture import OutputScanPicture
    from ..pictures.overview_picture import OverviewPicture

__all__ = ["RecordTrack", "ways_of_pace"]

Drawn = TypeVar("Drawn", "OverviewPicture", "OutputScanPicture")


class RecordTrack(Track[Drawn]):
    """What the overview and the outputs share: the line under their bars, and that a column can be pressed."""

    class ColumnPressed(Message):
        """A pointer pressed on a column.

        Args:
            index: What the column stands for, see each track.
        """

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def choose(self, place: Place) -> None:
        """Say that a column was pressed."""
        self.post_message(self.ColumnPressed(place.index))

    def mark(self, first: int, last: int, ways: Sequence[str], picture: Drawn) -> Strip:
        """Return the mark of some columns, with words beside it.

        Args:
            first: The first column of the mark.
            last: The column behind it.
            ways: What is to be said, the longest way of saying it first; the first that fits is said.
            picture: What is shown.
        """
        palette, row = self.palette, self.row(picture)
        row.fill(first, last, "▔", style(palette.accent, palette.ground, bold=True))
        # On the side where the mark is not; where neither side has room, the mark is worth more.
        dim = style(palette.dim, palette.ground)
        row.write_first(((words, at) for words in ways for at in (last + 1, first - 1 - len(words))), dim)
        return row.strip()


def ways_of_pace(pace: str) -> list[str]:
    """Return the ways of saying how a scan goes, the longest first; the shortest is how much time is left.

    Args:
        pace: How far and how fast it goes, in words.
    """
    _, comma, left = pace.rpartition(", ")
    return [f"{pace}, Esc stops it", *([f"{left}, Esc stops it"] if comma else []), left]
