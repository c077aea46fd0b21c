"""The overview: the whole record on one line, the strongest cell per column, and where the tracks stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.strip import Strip

from cnn_core.errors import printable

from ..pictures.colours import style
from ..words.numbers import number
from .record_track import RecordTrack, ways_of_pace
from .strips import bars, strip_of
from .track import Place

if TYPE_CHECKING:
    from ..pictures.overview_picture import OverviewPicture

__all__ = ["OverviewTrack"]


class OverviewTrack(RecordTrack["OverviewPicture"]):
    """Two lines: bars over the whole record, and under them the visible stretch with what is strongest in words."""

    term = "record"
    DEFAULT_CSS = """
    OverviewTrack { height: 2; }
    """

    class ColumnPressed(RecordTrack.ColumnPressed):
        """A pointer pressed on a column: which of the overview's own columns is meant."""

    def looks_alike(self, before: OverviewPicture, after: OverviewPicture) -> bool:
        """Tell whether as much is known of the same scan, and the tracks stand at the same place of it."""
        same = before.state is after.state and before.whole is after.whole and before.pace == after.pace
        return same and before.filter == after.filter and before.visible == after.visible

    def label_line(self, y: int, picture: OverviewPicture) -> Strip:
        """Return what the bars run over; under it whose cells they are and how far the scan is."""
        if y == 0:
            is_record = picture.whole.stop - picture.whole.start == len(picture.whole.record)
            return self.label_strip("record" if is_record else "overview")
        words = ["all filters"] if picture.filter is None else []
        words += [] if picture.state.complete else [f"{picture.share:.0%}"]
        return self.label_strip(" ".join(words))

    def line(self, y: int, picture: OverviewPicture) -> Strip:
        """Return the bars, or the mark of the visible stretch."""
        return self._bars(picture) if y == 0 else self.mark(*picture.visible, self._words(picture), picture)

    def _bars(self, picture: OverviewPicture) -> Strip:
        palette = self.palette
        styles = [
            style(palette.text, palette.ground),
            style(palette.up, palette.ground),
            style(palette.dim, palette.ground),
        ]
        values = picture.values
        seen, above = np.isfinite(values), values > 0
        highest = float(values[above].max()) if above.any() else 1.0
        shown = bars(np.where(above, values, 0).astype(np.float64) / highest, 1)[0]
        text = np.where(above, shown, np.where(seen, "·", " "))
        return strip_of("".join(text.tolist()), np.where(above, 1, np.where(seen, 2, 0)), styles)

    def _words(self, picture: OverviewPicture) -> list[str]:
        """Return what is to be said, the longest way of saying it first; the first that fits is said."""
        said = self._news(picture)
        return [f"on screen · {said[0]}", *said] if said else ["on screen"]

    def _news(self, picture: OverviewPicture) -> list[str]:
        if picture.pace:
            return ways_of_pace(picture.pace)
        if picture.best is None:
            return []
        whole = picture.state.complete
        stopped = "" if whole else f"stopped at {picture.share:.0%}"
        so_far = "" if whole else f"{stopped}, so far "
        if picture.all_zero:
            return [f"{so_far}every cell is all 0", stopped or "all 0"]
        cell = self._cell_words(picture.best, picture)
        value = number(picture.hit(picture.best).value)
        # Among all filters, which of them it is stands with the value.
        of_filter = "" if picture.filter is None else f" of filter {picture.filter}"
        return [
            f"{so_far}strongest{of_filter} on this strand {cell}",
            f"{so_far}strongest{of_filter}{':' * bool(of_filter)} {cell}",
            f"{so_far}strongest {cell}",
            f"{so_far}strongest {value}",
            stopped or f"strongest {value}",
        ]

    @staticmethod
    def _cell_words(nth: int, picture: OverviewPicture) -> str:
        hit = picture.hit(nth)
        of_filter = f" of filter {hit.filter}" if picture.filter is None else ""
        return f"{number(hit.value)}{of_filter} at {printable(hit.region)}"

    def place(self, column: int, y: int, picture: OverviewPicture) -> Place | None:
        """Return the strongest cell under a column."""
        nth = int(picture.at[column])
        if nth < 0:
            return None
        return Place(None, nth, None, f"strongest here: {self._cell_words(nth, picture)}")
