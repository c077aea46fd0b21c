"""The letters of the input window."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from textual.strip import Strip

from cnn_core import letters
from cnn_core.letters.alphabet import BASE_SET, SOFT_MASK, decode

from ..pictures.colours import style
from ..view.view_state import EditsShown, Level, Side
from .track import Drawn, Place, Track

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["Bases", "Letters"]

_SINGLE = {1: 0, 2: 1, 4: 2, 8: 3}


class Letters(Track[Drawn]):
    """One letter a base: coloured, soft-masked ones dimmer, ambiguous ones marked, padding as `·`."""

    term = "letter"
    label = "letters"

    def codes(self, picture: Drawn) -> NDArray[np.uint8]:
        """Return the codes of the visible bases, shape (visible bases,)."""
        raise NotImplementedError

    def read(self, picture: Drawn) -> Collection[int]:
        """Return the bases that the value under the cursor reads, which stand out."""
        raise NotImplementedError

    def cursor(self, picture: Drawn) -> Collection[int]:
        """Return the bases that the cursor stands on, if it stands on bases."""
        return ()

    def found(self, picture: Drawn) -> NDArray[np.bool_]:
        """Return which of the visible bases are marked, shape (visible bases,)."""
        return np.zeros(len(self.codes(picture)), dtype=np.bool_)

    def edited(self, picture: Drawn) -> NDArray[np.bool_]:
        """Return which of the visible bases are edited, shape (visible bases,)."""
        raise NotImplementedError

    def typing(self, picture: Drawn) -> bool:
        """Tell whether the cursor stands where the next letter is typed."""
        return False

    def line(self, y: int, picture: Drawn) -> Strip:
        """Return the letters, or how to see them where a column holds several."""
        view, row = picture.view, self.row(picture)
        if view.bases_per_column > 1:
            words = f" {view.bases_per_column} bases a column: = zooms in to the letters "
            row.write(f"{words[: view.columns]:┈^{view.columns}}", 0, style(self.palette.dim, self.palette.ground))
            return row.strip()
        codes, first, last = self.codes(picture), *view.reach
        bases = range(view.offset, view.offset + len(codes))
        shown_letters = [*decode(codes)]
        for place, base in enumerate(bases):
            if not first <= base < last:
                shown_letters[place] = " "
        shown = len(codes) * view.columns_per_base
        row.text[: shown : view.columns_per_base] = shown_letters
        # What looks alike has one number: what the letter is, and how it is marked.
        read, cursor = self.read(picture), self.cursor(picture)
        marks = [(base in read) + 2 * (base in cursor) for base in bases]
        flags = 4 * self.found(picture) + 8 * self.edited(picture) + 16 * self.typing(picture)
        numbers = codes + 256 * (np.array(marks, dtype=np.int64) + flags)
        kinds = np.full(view.columns, -1)
        kinds[:shown] = np.repeat(numbers, view.columns_per_base)[: view.columns]
        for kind in set(numbers.tolist()):
            row.paint(kinds == kind, self._look(*divmod(kind, 256)))
        return row.strip()

    def _look(self, marks: int, code: int) -> Style:
        """Return how a letter looks: read (1), under the cursor (2) that types (16), found (4), edited (8)."""
        palette, base_set = self.palette, code & BASE_SET
        if base_set == 0:
            colour = palette.dim
        elif base_set in _SINGLE:
            colour = palette.bases[_SINGLE[base_set]]
        else:
            colour = palette.ambiguous
        if code & SOFT_MASK:
            colour = palette.dimmed(colour)
        ground = palette.window if marks & 1 else palette.ground
        if marks & 8:
            colour, ground = palette.ink(colour), colour
        if marks & 2:
            colour, ground = palette.ground, palette.accent
        underline = bool(marks & 4) or base_set not in (0, *_SINGLE) or marks & 18 == 18
        return style(colour, ground, bold=bool(marks & 9), underline=underline)

    def place(self, column: int, y: int, picture: Drawn) -> Place | None:
        """Return the base under a column."""
        base, codes = picture.view.base_at(column), self.codes(picture)
        place = base - picture.view.offset
        # A base that the right edge cuts has no letter on screen.
        if not 0 <= base < picture.view.length or place >= len(codes):
            return None
        letter = decode(codes[place : place + 1])
        words = f"base {base} is {'padding' if letter == '·' else letter}"
        return Place(Level.BASE, picture.view.index_of_base(base), None, words)


class Bases(Letters["Picture"]):
    """The letters over a block: those of the shown window stand out, and those searched for."""

    covered_as = "letters"

    def codes(self, picture: Picture) -> NDArray[np.uint8]:
        """Return the codes of the visible bases."""
        return picture.visible.codes

    def read(self, picture: Picture) -> Collection[int]:
        """Return the bases of the shown window, or those that the positions which it reads stand over."""
        if "window" in picture.view.covered:
            return ()
        axes, positions = picture.view.axes, picture.conv_step.window.positions
        if picture.deep_step is None or not positions:
            return positions
        if positions.step == 1:
            return range(axes.base_of_input(positions[0]), axes.base_of_input(positions[-1] + 1))
        return {base for each in positions for base in _under(each, picture)}

    def label_line(self, y: int, picture: Picture) -> Strip:
        """Return what is shown, where there are edits, and of which of two readings that stand side by side."""
        view = picture.view
        # Weights that are edited leave the letters as they are.
        plain = picture.comparison is None or (view.edits is EditsShown.EDITED and not picture.reading.edits)
        label = self.label if plain else str(view.edits)
        return self.label_strip(f"{view.side} {label}".lstrip(), marked=view.side is not Side.ALONE)

    def edited(self, picture: Picture) -> NDArray[np.bool_]:
        """Return which of the visible bases are edited."""
        return picture.edited_bases

    def typing(self, picture: Picture) -> bool:
        """Tell whether letters are typed."""
        return picture.view.typing is not None

    def cursor(self, picture: Picture) -> Collection[int]:
        """Return the bases under the cursor at the level of bases."""
        if picture.view.typing is not None:
            return (picture.view.typing.base,)
        return _under(picture.view.base, picture) if picture.view.level is Level.BASE else ()

    def found(self, picture: Picture) -> NDArray[np.bool_]:
        """Return where the letters searched for stand."""
        view = picture.view
        marked = np.zeros(len(picture.visible.codes), dtype=np.bool_)
        if view.pattern:
            reach = len(view.pattern) - 1
            codes = picture.reading.codes(view.offset - reach, view.offset + len(marked) + reach)
            for place in np.flatnonzero(letters.matches(codes, view.pattern)):
                marked[max(0, place - reach) : max(0, place + 1)] = True
        return marked


def _under(index: int, picture: Picture) -> range:
    """Return the bases that a position which the convolution reads stands over."""
    axes = picture.view.axes
    return range(axes.base_of_input(index), axes.base_of_input(index + 1))
