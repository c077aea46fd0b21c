"""The products of the shown window, each under what it reads: letter times weight, or activations times weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from ..pictures.block_picture import Picture
from ..pictures.palette import style
from ..view.play import Phase
from ..view.view_state import Level
from ..words.numbers import fitted, number
from ..words.wording import counted
from .strips import bars, hanging_bars, strip_of
from .track import Place, Track

__all__ = ["Products"]


class Products(Track[Picture]):
    """Bars up for what pushes the response up, bars down for what pushes it down; numbers when zoomed in.

    Of feature maps, a bar stands for all channels of a position together, as wide as what the position stands over.
    """

    DEFAULT_CSS = """
    Products { height: 2; }
    """
    label = "x·w"

    def line(self, y: int, picture: Picture) -> Strip:
        """Return one line: what is positive in the upper half, what is negative in the lower."""
        palette, view = self.palette, picture.view
        text, ids, styles = self.blank(picture)
        up, down = palette.positive[-6], palette.negative[-10]
        styles += [
            style(up, palette.ground),
            style(down, palette.ground),
            style(palette.ground, down),
            style(palette.dim, palette.ground),
        ]
        half = max(1, self.size.height // 2)
        if view.play is not None and view.play.phase < Phase.PRODUCTS:
            return strip_of("".join(text), ids, styles)
        largest = max(self._largest(picture), 1e-30)
        width = view.column_of(view.offset + view.axes.unit)
        laid = self._laid(picture)
        # Where a column stands for several bases, the largest push either way is shown.
        pushes = np.array([max(products) if y < half else min(products) for products in laid.values()])
        if width >= 8:
            if y == 0:
                self._numbers(text, ids, dict(zip(laid, pushes.tolist(), strict=True)), width)
        elif laid:
            glyphs, looks = self._bars(y, half, pushes, pushes / largest)
            if y == half - 1:
                looks = np.where([any(products) for products in laid.values()], looks, 4)
            # A gap keeps neighbours apart that are several columns wide.
            wide = max(1, width - 1) if picture.words.deep else 1
            for column, glyph, look in zip(laid, glyphs.tolist(), looks.tolist(), strict=True):
                if look:
                    stop = column + (wide if look != 4 else 1)
                    text[column:stop] = ("·" if look == 4 else glyph) * (stop - column)
                    ids[column:stop] = look
        if y == half - 1 and (view.play is None or view.play.phase >= Phase.SUM):
            self._total(text, picture)
        return strip_of("".join(text), ids, styles)

    @staticmethod
    def _numbers(text: list[str], ids: NDArray[np.int16], pushes: dict[int, float], width: int) -> None:
        """Write the products instead of bars."""
        for column, push in pushes.items():
            words = fitted(push, width - 1) or ""
            text[column : column + len(words)] = words
            ids[column : column + len(words)] = 1 if push > 0 else 2 if push < 0 else 4

    def _bars(
        self, y: int, half: int, pushes: NDArray[np.float64], shares: NDArray[np.float64]
    ) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
        """Return the characters of one line of the bars and their styles, 0 where there is none."""
        if y < half:
            return bars(shares, half)[y], np.where(pushes > 0, 1, 0)
        glyphs, swapped = hanging_bars(-shares, half, whole_blocks=self.monochrome)
        return glyphs[y - half], np.where(pushes < 0, np.where(swapped[y - half], 3, 2), 0)

    @staticmethod
    def _laid(picture: Picture) -> dict[int, list[float]]:
        """Return the products of every column that shows all of what they are under."""
        view, step = picture.view, picture.conv_step
        width = max(view.columns_per_base, view.column_of(view.offset + view.axes.unit))
        laid: dict[int, list[float]] = {}
        for tap, product in enumerate(step.per_tap.tolist()):
            column = view.column_of(view.axes.base_of_input(step.window.first + tap * step.window.step))
            if 0 <= column <= view.columns - width:
                laid.setdefault(column, []).append(product)
        return laid

    @staticmethod
    def _largest(picture: Picture) -> float:
        """Return the size of the largest product that there can be, or that there is on these feature maps."""
        run, chosen = picture.run, picture.view.filter
        return run.largest_product(chosen)

    def _total(self, text: list[str], picture: Picture) -> None:
        """Write the sum behind the bars where there is room."""
        step, view = picture.conv_step, picture.view
        behind = step.window.first + (step.window.taps - 1) * step.window.step + 1
        end = view.column_of(view.axes.base_of_input(behind) - 1) + view.columns_per_base
        words = f" Σ {number(step.product_sum)}"
        if end >= 0 and end + len(words) <= view.columns:
            text[end : end + len(words)] = words

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the base under a column, with its product, or the position, with those of its channels."""
        view, step, axes = picture.view, picture.conv_step, picture.view.axes
        read = [step.window.first + tap * step.window.step for tap in range(step.window.taps)]
        width = max(view.columns_per_base, view.column_of(view.offset + axes.unit))
        columns = [view.column_of(axes.base_of_input(index)) for index in read]
        taps = [tap for tap, first in enumerate(columns) if 0 <= column - first < width]
        if not taps:
            return None
        tap = max(taps, key=lambda tap: abs(float(step.per_tap[tap])))
        index, added = read[tap], number(float(step.per_tap[tap]))
        inside = 0 <= index < axes.length
        if step.source:
            where = f"{picture.words.source}[{index}]" if inside else "the padding"
            words = f"{where} adds {added}, {counted(len(step.channels), 'channel')} together"
        else:
            where = f"base {index}: {step.bases[tap]}" if inside else "the padding"
            words = f"{where} adds {added}"
        return Place(Level.BASE, min(max(index, 0), axes.length - 1), None, words)
