"""The products of the shown window, each under what it reads: letter times weight, or activations times weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from textual.strip import Strip

from ..pictures.colours import style
from ..view.play import Phase
from ..view.track_sizes import GUTTER
from ..view.view_state import Level
from ..words.numbers import fitted, number
from ..words.plurals_and_indices import counted
from .strips import Row, bars, hanging_bars
from .track import Place, Track

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["Products"]


class Products(Track["Picture"]):
    """Bars up for what pushes the response up, bars down for what pushes it down; numbers when zoomed in.

    Of feature maps, a bar stands for all channels of a position together, as wide as what the position stands over.
    """

    term = "kernel"
    covered_as = "weights"

    def label_line(self, y: int, picture: Picture) -> Strip:
        """Return how many weights count; of feature maps all do, each multiplied with an activation."""
        if y:
            return self.label_strip("")
        step, read = picture.conv_step, picture.deep_step
        every = step.window.taps * (picture.run.channels if read is None else len(read.channels))
        if read is not None:
            return self.named_strip("weights", f"{every:,}")
        for words in (f"weights {step.picked} of {every}", f"weights {step.picked}/{every}"):
            if len(words) < GUTTER:
                return self.label_strip(words)
        return self.label_strip("weights")

    def line(self, y: int, picture: Picture) -> Strip:
        """Return one line: what is positive in the upper half, what is negative in the lower."""
        view, row = picture.view, self.row(picture)
        half = max(1, self.size.height // 2)
        if view.play is not None and view.play.phase < Phase.PRODUCTS:
            return row.strip()
        width = view.column_of(view.offset + view.axes.unit)
        laid = self._laid(picture)
        # Where a column stands for several bases, the largest push either way is shown.
        pushes = np.array([max(products) if y < half else min(products) for products in laid.values()])
        if width >= 8:
            if y == 0:
                for column, push in zip(laid, pushes.tolist(), strict=True):
                    row.write(fitted(push, width - 1) or "", column, self._look(push))
        elif laid:
            # A gap keeps neighbours apart that are several columns wide.
            wide = max(1, width - 1) if picture.words.deep else 1
            glyphs, swapped = self._bars(y, half, pushes / max(picture.run.largest_product(view.filter), 1e-30))
            for column, push, glyph, swap in zip(laid, pushes.tolist(), glyphs, swapped, strict=True):
                if y == half - 1 and not any(laid[column]):
                    row.write("·", column, self._look(0.0))
                elif (push > 0) if y < half else (push < 0):
                    row.fill(column, column + wide, glyph, self._look(push, swapped=swap))
        if y == half - 1 and (view.play is None or view.play.phase >= Phase.SUM):
            self._total(row, picture)
        return row.strip()

    def _look(self, push: float, *, swapped: bool = False) -> Style:
        """Return how a push looks, with the colours swapped where the glyph is what is left of it."""
        palette = self.palette
        if swapped:
            return style(palette.ground, palette.down)
        return style(palette.up if push > 0 else palette.down if push < 0 else palette.dim, palette.ground)

    def _bars(self, y: int, half: int, shares: NDArray[np.float64]) -> tuple[list[str], list[bool]]:
        """Return the characters of one line of the bars, and whether their colours are swapped."""
        if y < half:
            return bars(shares, half)[y].tolist(), [False] * len(shares)
        glyphs, swapped = hanging_bars(-shares, half, whole_blocks=self.monochrome)
        return glyphs[y - half].tolist(), swapped[y - half].tolist()

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

    def _total(self, row: Row, picture: Picture) -> None:
        """Write the sum behind the bars where there is room."""
        step, view = picture.conv_step, picture.view
        behind = step.window.first + (step.window.taps - 1) * step.window.step + 1
        end = view.column_of(view.axes.base_of_input(behind) - 1) + view.columns_per_base
        words = f"Σ {number(step.product_sum)}"
        begin = view.column_of(view.axes.base_of_input(step.window.first))
        row.write_first(
            ((f" {words}", end), (words, begin - 1 - len(words))), style(self.palette.text, self.palette.ground)
        )

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
