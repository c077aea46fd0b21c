"""The conv window that is looked at, and the bases that could influence the value under the cursor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from cnn_core.layers import Window

from ..pictures.block_picture import Picture
from ..pictures.palette import style
from ..view.view_state import Level
from ..words.block_words import channel_words
from ..words.numbers import interval
from ..words.wording import index_range
from .strips import strip_of
from .track import Place, Track

__all__ = ["ConvWindow"]


class ConvWindow(Track[Picture]):
    """A bracket under what one response reads; dots where the receptive field of its cell goes on."""

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
        tail = self.columns_of(*picture.run.left_over_bases, picture)
        text[tail[0] : tail[1]] = "╱" * (tail[1] - tail[0])
        ids[tail[0] : tail[1]] = 1
        if view.level is Level.CELL:
            field = self.columns_of(*picture.cell_trace.receptive_field, picture)
            text[field[0] : field[1]] = "┄" * (field[1] - field[0])
            ids[field[0] : field[1]] = 1
        window, axes = picture.conv_step.window, view.axes
        behind = window.first + (window.taps - 1) * window.step + 1
        span = self.columns_of(axes.base_of_input(window.first), axes.base_of_input(behind), picture)
        if span[0] < span[1]:
            self._bracket(text, span, picture)
            ids[span[0] : span[1]] = 2
            words = self._words(picture.position, window, picture)
            drawn = (min(span[0], field[0]), max(span[1], field[1])) if view.level is Level.CELL else span
            beside = ((f" {words} ", drawn[1]), (f"{words} ", drawn[0] - len(words) - 1))
            if not any(self._written(*each, text, ids) for each in beside) and picture.words.deep:
                # The receptive field of a deep cell is wide: its dots give way to what is read.
                for shorter in (words, words.partition(" of ")[0]):
                    if self._beside(shorter, span, text, ids):
                        break
        return strip_of("".join(text), ids, styles)

    def _beside(self, words: str, span: tuple[int, int], text: list[str], ids: NDArray[np.int16]) -> bool:
        """Write words behind the bracket, before it or within it, if there is room for all of them."""
        if self._written(f" {words}", span[1], text, ids):
            return True
        if self._written(f"{words} ", span[0] - len(words) - 1, text, ids):
            return True
        within = (span[0] + span[1] - len(words)) // 2 - 1
        return span[1] - span[0] > len(words) + 6 and self._written(f" {words} ", within, text, ids)

    @staticmethod
    def _written(words: str, at: int, text: list[str], ids: NDArray[np.int16]) -> bool:
        """Write words from a column on, if there is room for all of them."""
        if not 0 <= at <= len(text) - len(words):
            return False
        text[at : at + len(words)] = words
        ids[at : at + len(words)] = 3
        return True

    @staticmethod
    def _words(position: int, window: Window, picture: Picture) -> str:
        """Return what a response reads: bases, or positions of a layer and its channels."""
        words, step = picture.words, picture.deep_step
        if step is None:
            return f"conv[{position}] reads bases {interval(*window.interval)}"
        read = f"{words.source}[{index_range(*window.interval)}]" if window.positions else "nothing"
        return f"{words.conv}[{position}] reads {read} of {channel_words(step, picture.run.channels)}"

    def _bracket(self, text: list[str], span: tuple[int, int], picture: Picture) -> None:
        view, window = picture.view, picture.conv_step.window
        start, stop = span
        text[start:stop] = "─" * (stop - start)
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
