"""The products of the shown window, each under its base: letter times weight."""

from __future__ import annotations

from textual.strip import Strip

from ..numbers import fitted, number
from ..palette import style
from ..picture import Picture
from ..play import Phase
from ..strips import bar, hanging_bar, strip_of
from ..view import Level
from .track import Place, Track

__all__ = ["Products"]


class Products(Track[Picture]):
    """Bars up for what pushes the response up, bars down for what pushes it down; numbers when zoomed in."""

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
        largest = max(float(abs(picture.run.letters.tables[:, :, view.filter]).max()), 1e-30)
        for column, products in self._laid(picture).items():
            # Where a column stands for several bases, the largest push either way is shown.
            product = max(products) if y < half else min(products)
            share = abs(product) / largest
            width = view.columns_per_base
            if width >= 8:
                if y == 0:
                    words = fitted(product, width - 1) or ""
                    text[column : column + len(words)] = words
                    ids[column : column + len(words)] = 1 if product > 0 else 2 if product < 0 else 4
                continue
            if product > 0 and y < half:
                text[column] = bar(share, half, y)
                ids[column] = 1
            elif product < 0 and y >= half:
                glyph, swapped = hanging_bar(share, half, y - half, whole_blocks=self.monochrome)
                text[column] = glyph
                ids[column] = 3 if swapped else 2
            elif y == half - 1 and not any(products):
                text[column], ids[column] = "·", 4
        if y == half - 1 and (view.play is None or view.play.phase >= Phase.SUM):
            self._total(text, picture)
        return strip_of("".join(text), ids, styles)

    @staticmethod
    def _laid(picture: Picture) -> dict[int, list[float]]:
        """Return the products of every column that shows whole bases."""
        view, step = picture.view, picture.conv_step
        laid: dict[int, list[float]] = {}
        for tap, product in enumerate(step.products.tolist()):
            column = view.column_of(step.window.first + tap * step.window.step)
            if 0 <= column <= view.columns - view.columns_per_base:
                laid.setdefault(column, []).append(product)
        return laid

    def _total(self, text: list[str], picture: Picture) -> None:
        """Write the sum behind the bars where there is room."""
        step, view = picture.conv_step, picture.view
        last = step.window.first + (step.window.taps - 1) * step.window.step
        end = view.column_of(last) + view.columns_per_base
        words = f" Σ {number(step.product_sum)}"
        if end >= 0 and end + len(words) <= view.columns:
            text[end : end + len(words)] = words

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the base under a column, with its product."""
        view, step = picture.view, picture.conv_step
        bases = [step.window.first + tap * step.window.step for tap in range(step.window.taps)]
        taps = [tap for tap, base in enumerate(bases) if 0 <= column - view.column_of(base) < view.columns_per_base]
        if not taps:
            return None
        tap = max(taps, key=lambda tap: abs(float(step.products[tap])))
        base = bases[tap]
        inside = 0 <= base < view.axes.length
        where = f"base {base}: {step.bases[tap]}" if inside else "the padding"
        words = f"{where} adds {number(float(step.products[tap]))}"
        return Place(Level.BASE, min(max(base, 0), view.axes.length - 1), None, words)
