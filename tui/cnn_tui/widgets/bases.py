"""The letters of the input window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from cnn_core.alphabet import SOFT_MASK, decode
from cnn_core.search import matches

from ..palette import style
from ..picture import Picture
from ..strips import strip_of
from ..view import Level
from .track import Place, Track

__all__ = ["Bases"]

_BASE_SET = 0x0F
_SINGLE = {1: 0, 2: 1, 4: 2, 8: 3}


class Bases(Track):
    """One letter a base: coloured, soft-masked ones dimmer, ambiguous ones marked, padding as `·`."""

    label = "bases"

    def line(self, y: int, picture: Picture) -> Strip:
        """Return the letters, or how to see them where a column holds several."""
        view, palette = picture.view, self.palette
        text, ids, styles = self.blank(picture)
        if view.bases_per_column > 1:
            words = f" {view.bases_per_column} bases a column: = zooms in to the letters "
            text = [*f"{words[: view.columns]:┈^{view.columns}}"]
            styles.append(style(palette.dim, palette.ground))
            ids[:] = 1
            return strip_of("".join(text), ids, styles)
        codes = picture.stretch.codes
        letters = decode(codes & np.uint8(_BASE_SET))
        looks = self._looks(picture)
        known: dict[tuple[str, str, bool, bool], int] = {}
        for base, (letter, look) in enumerate(zip(letters, looks, strict=True)):
            start = base * view.columns_per_base
            if look not in known:
                known[look] = len(styles)
                colour, ground, bold, underline = look
                styles.append(style(colour, ground, bold=bold, underline=underline))
            if view.axes.first <= view.offset + base < view.axes.last:
                text[start] = letter.lower() if codes[base] & SOFT_MASK else letter
            ids[start : start + view.columns_per_base] = known[look]
        return strip_of("".join(text), ids, styles)

    def _looks(self, picture: Picture) -> list[tuple[str, str, bool, bool]]:
        """Return colour, ground, bold and underline of every visible base."""
        view, palette = picture.view, self.palette
        codes = picture.stretch.codes
        window = set(picture.conv_step.window.positions)
        found = self._found(picture)
        looks = []
        for place, code in enumerate(codes.tolist()):
            base = view.offset + place
            base_set = code & _BASE_SET
            if base_set == 0:
                colour = palette.dim
            elif base_set in _SINGLE:
                colour = palette.bases[_SINGLE[base_set]]
            else:
                colour = palette.ambiguous
            if code & SOFT_MASK:
                colour = palette.dimmed(colour)
            ground = palette.window if base in window else palette.ground
            if view.level is Level.BASE and base == view.base:
                colour, ground = palette.ground, palette.accent
            looks.append((colour, ground, base in window, bool(found[place]) or base_set not in (0, *_SINGLE)))
        return looks

    def _found(self, picture: Picture) -> NDArray[np.bool_]:
        view = picture.view
        marked = np.zeros(len(picture.stretch.codes), dtype=bool)
        if view.pattern:
            reach = len(view.pattern) - 1
            codes = picture.reading.codes(view.offset - reach, view.offset + len(marked) + reach)
            for place in np.flatnonzero(matches(codes, view.pattern)):
                marked[max(0, place - reach) : max(0, place + 1)] = True
        return marked

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the base under a column."""
        view = picture.view
        base = view.base_at(column)
        if not 0 <= base < view.axes.length:
            return None
        letter = decode(picture.reading.codes(base, base + 1))
        return Place(Level.BASE, base, None, f"base {base} is {'padding' if letter == '·' else letter}")
