"""One channel's values over the columns of the axis: bars that stand on a line, and hang from it below 0."""

from __future__ import annotations

from typing import Final

import numpy as np
from textual.strip import Strip

from ..palette import style
from ..strips import Part, signed_bars, strip_of
from ..visible import Columns
from .track import Shown, Track

__all__ = ["ChannelBars"]

_PLAIN: Final = np.array([1, 1, 2, 3, 1], dtype=np.int16)
"""The style of each part of a bar."""
_MARKED: Final = np.array([1, 4, 4, 5, 4], dtype=np.int16)
"""The style of each part of the bar that the cursor stands on."""
_STYLES: Final = 5


class ChannelBars(Track[Shown]):
    """A bar over the column in which a value's position begins."""

    def bars(
        self,
        y: int,
        picture: Shown,
        columns: Columns,
        channel: int,
        scale: tuple[float, float],
        *,
        marked: int | None,
        window: range = range(0),
        hidden: range = range(0),
    ) -> Strip:
        """Return one line of the bars.

        Args:
            y: The line, from the top.
            picture: What is shown.
            columns: The values.
            channel: Whose values are drawn.
            scale: The lowest and the highest value.
            marked: The position that the cursor stands on, or None.
            window: The positions that stand out, on the ground of a window.
            hidden: The positions whose values are not shown.
        """
        palette = self.palette
        up, down = palette.positive[-6], palette.negative[-10]
        styles = [style(palette.text, palette.ground)]
        for ground in (palette.ground, palette.window):
            styles += [
                style(up, ground),
                style(down, ground),
                style(ground, down),
                style(palette.accent, ground, bold=True),
                style(ground, palette.accent, bold=True),
            ]
        values = np.where(
            columns.starts & ~columns.begin_at(hidden), columns.values[:, channel], np.float32(np.nan)
        )
        glyphs, parts = signed_bars(values, scale, self.size.height, y, whole_blocks=self.monochrome)
        looks = _PLAIN[parts]
        if marked is not None:
            chosen = (columns.index <= marked) & (marked < columns.stop)
            looks = np.where(chosen, _MARKED[parts], looks)
            glyphs = np.where(chosen & (parts == Part.ZERO), "▁", glyphs)
        looks += np.where(columns.begin_at(window), _STYLES, 0).astype(np.int16)
        return strip_of("".join(glyphs.tolist()), np.where(columns.index >= 0, looks, 0), styles)
