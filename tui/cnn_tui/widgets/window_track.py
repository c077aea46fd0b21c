"""The window that is looked at, and the receptive field of the cell under the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.strip import Strip

from ..pictures.colours import style
from ..view.view_state import Level
from ..words.block_words import channel_words
from ..words.numbers import interval
from ..words.plurals_and_indices import index_range
from .track import Place, Track

if TYPE_CHECKING:
    from cnn_core.layers import Window

    from ..pictures.block_picture import Picture
    from .strips import Row

__all__ = ["ConvWindow"]


class ConvWindow(Track["Picture"]):
    """A bracket under what one response reads; dots where the receptive field of its cell goes on."""

    term = "window"
    covered_as = "window"

    def label_line(self, y: int, picture: Picture) -> Strip:
        """Return how many a window reads."""
        axes = picture.view.axes
        read = f"{axes.conv.size}" if axes.conv.dilation == 1 else f"{axes.conv.size} of {axes.conv.span}"
        return self.named_strip("window", read)

    def line(self, y: int, picture: Picture) -> Strip:
        """Return the bracket, the receptive field and, where there is room, what is read."""
        palette, view, row = self.palette, picture.view, self.row(picture)
        dim = style(palette.dim, palette.ground)
        row.fill(*self.columns_of(*picture.run.left_over_bases, picture), "╱", dim)
        if view.level is Level.CELL:
            field = self.columns_of(*picture.cell_trace.receptive_field, picture)
            row.fill(*field, "┄", dim)
        window, axes = picture.conv_step.window, view.axes
        behind = window.first + (window.taps - 1) * window.step + 1
        span = self.columns_of(axes.base_of_input(window.first), axes.base_of_input(behind), picture)
        if span[0] < span[1]:
            self._bracket(row, span, picture)
            words = self._words(picture.position, window, picture)
            drawn = (min(span[0], field[0]), max(span[1], field[1])) if view.level is Level.CELL else span
            places = [(f" {words} ", drawn[1]), (f"{words} ", drawn[0] - len(words) - 1)]
            if picture.words.deep:
                # The receptive field of a deep cell is wide: its dots give way to what is read.
                places += [
                    place for each in (words, words.partition(" of ")[0]) for place in self._beside(each, span)
                ]
            row.write_first(places, style(palette.text, palette.ground))
        return row.strip()

    @staticmethod
    def _beside(words: str, span: tuple[int, int]) -> Iterator[tuple[str, int]]:
        """Yield words behind the bracket, before it and, where it is wide, within it, each with its column."""
        yield f" {words}", span[1]
        yield f"{words} ", span[0] - len(words) - 1
        if span[1] - span[0] > len(words) + 6:
            yield f" {words} ", (span[0] + span[1] - len(words)) // 2 - 1

    @staticmethod
    def _words(position: int, window: Window, picture: Picture) -> str:
        """Return what a response reads: bases, or positions of a layer and its channels."""
        words, step = picture.words, picture.deep_step
        if step is None:
            return f"conv[{position}] reads bases {interval(*window.interval)}"
        read = f"{words.source}[{index_range(*window.interval)}]" if window.positions else "nothing"
        return f"{words.conv}[{position}] reads {read} of {channel_words(step, picture.run.channels)}"

    def _bracket(self, row: Row, span: tuple[int, int], picture: Picture) -> None:
        view, window, text = picture.view, picture.conv_step.window, row.text
        start, stop = span
        row.fill(start, stop, "─", style(self.palette.accent, self.palette.ground, bold=True))
        if window.step > 1 and view.bases_per_column == 1:
            for position in window.positions:
                column = view.column_of(view.axes.base_of_input(position))
                if start <= column < stop:
                    text[column] = "┴"
        if view.column_of(view.axes.base_of_input(window.first)) >= 0:
            text[start] = "└"
        last = view.axes.base_of_input(window.first + (window.taps - 1) * window.step + 1) - 1
        if view.column_of(last) + view.columns_per_base <= view.columns:
            text[stop - 1] = "┘" if stop - start > 1 else "╵"

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the response whose window begins over a column."""
        view = picture.view
        position = view.axes.position_at(view.base_at(column))
        window = view.axes.conv.window(position, view.axes.length)
        return Place(Level.RESPONSE, position, None, self._words(position, window, picture))
