"""The output track: what the network says of every scanned input window, over the whole record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.strip import Strip

from cnn_core.errors import printable

from ..pictures.colours import style
from ..view.track_sizes import GUTTER
from ..words.numbers import number
from .record_track import RecordTrack, ways_of_pace
from .strips import bars, strip_of
from .track import Place

if TYPE_CHECKING:
    from ..pictures.output_scan_picture import OutputScanPicture

__all__ = ["OutputTrack"]


class OutputTrack(RecordTrack["OutputScanPicture"]):
    """Bars from the lowest output to the highest, and under them the present input window."""

    term = "output"
    DEFAULT_CSS = """
    OutputTrack { height: 2; }
    """

    class ColumnPressed(RecordTrack.ColumnPressed):
        """A pointer pressed on a column: where in the record the input window of its highest output begins."""

    def label_line(self, y: int, picture: OutputScanPicture) -> Strip:
        """Return whose bars they are; under it what the lowest and the highest stand for."""
        if y == 0:
            return self.label_strip("output" if picture.unit is None else f"output[{picture.unit}]")
        if y < self.size.height - 1 or picture.bounds is None:
            return self.label_strip("")
        lowest, highest = map(number, picture.bounds)
        words = f"{lowest} to {highest}"
        # A number is never cut: what has no room is said of each column under the pointer.
        return self.label_strip(words if len(words) < GUTTER else "")

    def line(self, y: int, picture: OutputScanPicture) -> Strip:
        """Return a line of the bars, or the mark of the input window."""
        rows = max(1, self.size.height - 1)
        if y < rows:
            return self._bars(y, rows, picture)
        first, last = picture.window
        return self.mark(first, min(last, picture.view.columns), self._words(picture), picture)

    def _bars(self, y: int, rows: int, picture: OutputScanPicture) -> Strip:
        palette = self.palette
        styles = [
            style(palette.text, palette.ground),
            style(palette.up, palette.ground),
            style(palette.negative[-6], palette.ground),
        ]
        columns = picture.view.columns
        shares, values = picture.shares[:columns], picture.values[:columns]
        ids = np.zeros(columns, dtype=np.int16)
        ids[: len(values)] = np.where(np.isnan(values), 0, np.where(values < 0, 2, 1))
        text = "".join(bars(shares, rows)[y].tolist())
        return strip_of(f"{text:<{columns}}", ids, styles)

    def _words(self, picture: OutputScanPicture) -> list[str]:
        """Return what is said beside the mark, the longest first."""
        if picture.pace:
            return [*ways_of_pace(picture.pace), f"{picture.done:,} of {picture.total:,}"]
        if picture.best is None:
            return []
        stopped = f"stopped at {picture.done:,} of {picture.total:,}" if picture.done < picture.total else ""
        highest = f"highest {self._column_words(picture.best, picture)}"
        return [f"{stopped}, {highest}", stopped] if stopped else [highest]

    @staticmethod
    def _column_words(column: int, picture: OutputScanPicture) -> str:
        start = int(picture.starts[column])
        region = f"{printable(picture.reading.record.name)}:{start + 1}-{start + picture.size}"
        return f"{number(float(picture.values[column]))} at {region}"

    def place(self, column: int, y: int, picture: OutputScanPicture) -> Place | None:
        """Return the input window with the highest output under a column."""
        if column >= len(picture.starts) or picture.starts[column] < 0:
            return None
        words = f"highest output here: {self._column_words(column, picture)}"
        return Place(None, int(picture.starts[column]), None, words)
