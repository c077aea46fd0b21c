"""The conv window that is looked at, and the bases that could influence the value under the cursor."""

from __future__ import annotations

from textual.strip import Strip

from ..numbers import interval
from ..palette import style
from ..picture import Picture
from ..strips import strip_of
from ..view import Level
from .track import Place, Track

__all__ = ["ConvWindow"]


class ConvWindow(Track[Picture]):
    """A bracket under the bases that one response reads; dots where the receptive field of its cell goes on."""

    label = "window"

    def line(self, y: int, picture: Picture) -> Strip:
        """Return the bracket, the receptive field and, where there is room, what is read."""
        palette, view = self.palette, picture.view
        text, ids, styles = self.blank(picture)
        styles += [
            style(palette.dim, palette.ground),
            style(palette.accent, palette.ground, bold=True),
            style(palette.text, palette.ground),
        ]
        tail = self.columns_of(*picture.run.tail_bases, picture)
        text[tail[0] : tail[1]] = "╱" * (tail[1] - tail[0])
        ids[tail[0] : tail[1]] = 1
        if view.level is Level.CELL:
            field = self.columns_of(*picture.cell_trace.receptive_field, picture)
            text[field[0] : field[1]] = "┄" * (field[1] - field[0])
            ids[field[0] : field[1]] = 1
        window = picture.conv_step.window
        span = self.columns_of(window.first, window.first + (window.taps - 1) * window.step + 1, picture)
        if span[0] < span[1]:
            self._bracket(text, span, picture)
            ids[span[0] : span[1]] = 2
            words = f" conv[{picture.position}] reads bases {interval(*window.interval)} "
            after = max(span[1], field[1] if view.level is Level.CELL else 0)
            if after + len(words) <= view.columns:
                text[after : after + len(words)] = words
                ids[after : after + len(words)] = 3
        return strip_of("".join(text), ids, styles)

    def _bracket(self, text: list[str], span: tuple[int, int], picture: Picture) -> None:
        view, window = picture.view, picture.conv_step.window
        start, stop = span
        text[start:stop] = "─" * (stop - start)
        if window.step > 1 and view.bases_per_column == 1:
            for base in window.positions:
                column = view.column_of(base)
                if start <= column < stop:
                    text[column] = "┴"
        if view.column_of(window.first) >= 0:
            text[start] = "└"
        last = window.first + (window.taps - 1) * window.step
        if view.column_of(last) + view.columns_per_base <= view.columns:
            text[stop - 1] = "┘" if stop - start > 1 else "╵"

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the response whose window begins over a column."""
        view = picture.view
        position = view.axes.position_at(view.base_at(column))
        window = view.axes.conv.window(position, view.axes.length)
        words = f"conv[{position}] reads bases {interval(*window.interval)}"
        return Place(Level.RESPONSE, position, None, words)
