"""A track over the whole record: beside the mark of what is on screen stands what there is to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textual.strip import Strip

from ..pictures.overview_picture import OverviewPicture
from ..pictures.palette import style
from ..pictures.prediction_picture import PredictionPicture
from .strips import strip_of
from .track import Track

__all__ = ["RecordTrack"]

Shown = TypeVar("Shown", OverviewPicture, PredictionPicture)


class RecordTrack(Track[Shown]):
    """What the overview and the predictions share: the line under their bars."""

    def mark(self, first: int, last: int, ways: Sequence[str], picture: Shown) -> Strip:
        """Return the mark of some columns, with words beside it.

        Args:
            first: The first column of the mark.
            last: The column behind it.
            ways: What is to be said, the longest way of saying it first; the first that fits is said.
            picture: What is shown.
        """
        palette, columns = self.palette, picture.view.columns
        text, ids, styles = self.blank(picture)
        styles += [style(palette.accent, palette.ground, bold=True), style(palette.dim, palette.ground)]
        text[first:last] = "▔" * (last - first)
        ids[first:last] = 1
        # On the side where the mark is not; where neither side has room, the mark is worth more.
        starts = ((start, words) for words in ways for start in (last + 1, first - 1 - len(words)))
        for start, words in starts:
            if start >= 0 and start + len(words) <= columns:
                text[start : start + len(words)] = words
                ids[start : start + len(words)] = 2
                break
        return strip_of("".join(text), ids, styles)
