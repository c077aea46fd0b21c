"""The track under the bases: what every letter at every base does to one value, or what the base contributes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cnn_core.letters.alphabet import BASES

from .. import pictures
from ..pictures.colours import SIGNED_GLYPHS, style
from ..view.attribution_choice import Kind
from ..view.track_sizes import GUTTER
from ..view.view_state import Level
from ..words.numbers import number, signed
from .legend import swatch
from .strips import bars, hanging_bars, strip_of
from .track import Place, Track

if TYPE_CHECKING:
    from ..pictures.attribution_picture import AttributionPicture, BaseNumbers, LaidNumbers

__all__ = ["AttributionTrack"]

_OUTSIDE, _NOT_READ, _PENDING, _KNOWN = range(4)
"""The values of `attribution_picture.State`."""
_MAP: Final = len(BASES)
_ROWS: Final = {Kind.EFFECTS: "effects", Kind.GRADIENT: "gradient", Kind.GRADIENT_X_INPUT: "gradient"}
"""What the map is of; of contributions, what the letters would contribute."""
_WITH_MAP: Final = 9
"""Lines from which on contributions have the map of all four letters too."""
_ROOM_FOR_WORDS: Final = 10
"""Columns from which on bases that are not read are called so."""
_NOT_READ_WORDS: Final = "not read"
_LEVELS: Final = len(SIGNED_GLYPHS)
_GLYPHS: Final = np.array([*SIGNED_GLYPHS])
_HERE: Final = "·"
"""What stands at the letter that is there."""


class AttributionTrack(Track["AttributionPicture"]):
    """Rows A C G T, bars of gain and loss or of contributions where there is room, and what the colours mean."""

    term = "effect"
    DEFAULT_CSS = """
    AttributionTrack { display: none; }
    """

    def looks_alike(self, before: AttributionPicture, after: AttributionPicture) -> bool:
        """Tell whether two pictures show the same numbers over the same columns."""
        return before.looks_like(after)

    def render_line(self, y: int) -> Strip:
        """Return a line: the last is the legend, which goes over the whole width."""
        picture = self.picture
        if picture is not None and y == self.size.height - 1:
            return self._legend(picture)
        return super().render_line(y)

    def _parts(self, picture: AttributionPicture) -> list[tuple[str, int]]:
        """Return what each line over the legend shows: a part, and which of its lines."""
        lines, kind = max(0, self.size.height - 1), picture.choice.kind
        letters = [("letters", 0)] if kind.contributes else []
        rows = [("map", row) for row in range(_MAP)] if not letters or lines + 1 >= _WITH_MAP else []
        left = max(0, lines - len(letters) - len(rows))
        above = _above(left, picture.numbers) if kind.has_bars else 0
        below = left - above if kind.has_bars else 0
        up, down = [("up", nth) for nth in range(above)], [("down", nth) for nth in range(below)]
        # Contributions stand on their letter, gain and loss over and under the map that they are of.
        parts = [*up, *letters, *down, *rows] if letters else [*up, *rows, *down]
        return [*parts, *[("", 0)] * (lines - len(parts))]

    def label_line(self, y: int, picture: AttributionPicture) -> Strip:
        """Return which letter a row is of, or what the bars are and how far they go."""
        part, nth = self._parts(picture)[y]
        kind, numbers = picture.choice.kind, picture.numbers
        if part == "map":
            return self.named_strip(_ROWS.get(kind, "would be") if nth == 0 else "", BASES[nth])
        if part == "letters":
            return self.label_strip(kind.words.removesuffix(" gradients"))
        if nth or numbers is None or part == "":
            return self.label_strip("")
        values, sign = (numbers.up, 1) if part == "up" else (numbers.down, -1)
        largest = 0.0 if values is None else float(values.max(initial=0))
        name = "" if kind.contributes else "gain" if part == "up" else "loss"
        return self.named_strip(name, signed(sign * largest) if largest else "0")

    def line(self, y: int, picture: AttributionPicture) -> Strip:
        """Return a line of the map, of the bars, or of the letters."""
        part, nth = self._parts(picture)[y]
        if picture.numbers is None or not part:
            return self.row(picture).strip()
        if part == "map":
            return self._map_row(nth, picture)
        if part == "letters":
            return self._letters(picture)
        return self._bars(part, nth, picture)

    # The map

    def _map_row(self, letter: int, picture: AttributionPicture) -> Strip:
        numbers, laid, palette = picture.numbers, picture.laid, self.palette
        assert numbers is not None
        levels = palette.level(laid.letters[:, letter], -numbers.limit, numbers.limit).astype(np.int64)
        known = laid.states == _KNOWN
        glyphs = np.where(known, _GLYPHS[levels] if self.monochrome else " ", " ")
        present = self._present(picture)
        here = known & laid.starts & (present == letter)
        glyphs[here] = _HERE
        pending = (laid.states == _PENDING) & laid.starts & (present == letter)
        glyphs[pending] = "┈"
        if letter == 1:
            self._write_not_read(glyphs, laid)
        # Columns of one look have one number: the colour, and whether a mark stands on it.
        keys = np.where(known, levels, -1) + _LEVELS * here
        keys[~known] = -1
        looks: dict[int, Style] = {-1: style(palette.dim, palette.ground)}
        for key in {*keys.tolist()} - {-1}:
            marked, level = divmod(key, _LEVELS)
            ground = palette.ground if self.monochrome else palette.ramp[level]
            colour = palette.text if self.monochrome else palette.ink(ground) if marked else palette.dim
            looks[key] = style(palette.dim if marked and level == _LEVELS // 2 else colour, ground)
        return strip_of("".join(glyphs.tolist()), keys, looks)

    def _present(self, picture: AttributionPicture) -> NDArray[np.int8]:
        """Return which letter is there in each column; −1 where it is no base, or a column holds several."""
        numbers, laid = picture.numbers, picture.laid
        assert numbers is not None
        if picture.view.bases_per_column > 1:
            return np.full(picture.view.columns, -1, dtype=np.int8)
        return numbers.present[np.clip(laid.base, 0, len(numbers.codes) - 1)]

    @staticmethod
    def _write_not_read(glyphs: NDArray[np.str_], laid: LaidNumbers) -> None:
        """Write that bases are not read where there is room for the words."""
        edges = np.flatnonzero(np.diff(np.r_[0, laid.states == _NOT_READ, 0]))
        for start, stop in edges.reshape(-1, 2).tolist():
            if stop - start >= _ROOM_FOR_WORDS:
                at = start + (stop - start - len(_NOT_READ_WORDS)) // 2
                glyphs[at : at + len(_NOT_READ_WORDS)] = [*_NOT_READ_WORDS]

    # Bars and letters

    def _bars(self, part: str, nth: int, picture: AttributionPicture) -> Strip:
        numbers, laid, palette = picture.numbers, picture.laid, self.palette
        assert numbers is not None
        rows = sum(each == part for each, _ in self._parts(picture))
        shares = (laid.up if part == "up" else laid.down).astype(np.float64) / numbers.bar_limit
        # What is less than half an eighth of a line is none, as the palest colours of the map are.
        shares = np.where(laid.starts & (shares * rows * 16 >= 1), shares, 0.0)
        colour = palette.up if part == "up" else palette.down
        looks = [style(colour, palette.ground), style(palette.ground, colour)]
        if part == "up":
            return strip_of("".join(bars(shares, rows)[nth].tolist()), np.zeros(len(shares), np.int16), looks)
        glyphs, swapped = hanging_bars(shares, rows, whole_blocks=self.monochrome)
        return strip_of("".join(glyphs[nth].tolist()), swapped[nth].astype(np.int16), looks)

    def _letters(self, picture: AttributionPicture) -> Strip:
        """Return the letters that are there, in the colour of the sign of what they contribute."""
        numbers, laid, palette = picture.numbers, picture.laid, self.palette
        assert numbers is not None
        letter = numbers.present[np.clip(laid.base, 0, len(numbers.codes) - 1)]
        shown = (laid.states == _KNOWN) & laid.starts & (letter >= 0)
        glyphs = np.where(shown, np.array([*BASES])[np.maximum(letter, 0)], " ")
        glyphs[(laid.states == _PENDING) & laid.starts] = "┈"
        self._write_not_read(glyphs, laid)
        faint = np.abs(laid.contributions) * _LEVELS < numbers.bar_limit
        ids = np.where(~shown | faint, 0, np.where(laid.contributions > 0, 1, 2))
        looks = [
            style(palette.dim, palette.ground),
            style(palette.up, palette.ground, bold=True),
            style(palette.down, palette.ground, bold=True),
        ]
        return strip_of("".join(glyphs.tolist()), ids, looks)

    # The legend

    def _legend(self, picture: AttributionPicture) -> Strip:
        """Return what the colours stand for, of which value the numbers are, and how they are defined."""
        palette, width, numbers = self.palette, self.size.width, picture.numbers
        dim, text = style(palette.dim, palette.ground), style(palette.text, palette.ground)
        line = [Segment(f"{'colour':<{GUTTER}}", dim)]
        name = pictures.target_words(picture.choice, picture.reading)
        if numbers is None or not numbers.done:
            ways = [f"{name} · {each}" for each in pictures.progress_words(picture)]
        else:
            line = self._scale(picture, numbers)
            name = f"{name} {number(numbers.value)}"
            told = pictures.progress_words(picture) if not picture.complete else pictures.definition(numbers)
            ways = [f"{name} · {each}" for each in told]
            if picture.complete and not numbers.read.all():
                ways.insert(0, f"{ways[0]} · blank: not read")
            # A delta is never left out, nor that not all is known.
            ways += [name, told[-1]] if picture.complete and numbers.delta is None else [told[-1], name]
        room = width - sum(segment.cell_length for segment in line)
        said = next((each for each in ways if len(each) <= room), "")
        first, rest = (name, said.removeprefix(name)) if said.startswith(name) else ("", said)
        line += [Segment(first, text), Segment(rest, dim)]
        return Strip(line).adjust_cell_length(width, dim)

    def _scale(self, picture: AttributionPicture, numbers: BaseNumbers) -> list[Segment]:
        """Return the scale of the colours, or of the bars where there is no map."""
        palette = self.palette
        dim = style(palette.dim, palette.ground)
        if ("map", 0) not in self._parts(picture):
            up, down = style(palette.up, palette.ground), style(palette.down, palette.ground)
            gutter = self.named_strip("bars", f"±{number(numbers.bar_limit)}")
            return [*gutter, Segment("▲ above 0 ", up), Segment("▼ below 0  ", down)]
        limit = numbers.limit
        colours = swatch(-limit, limit, palette, monochrome=self.monochrome, glyphs=SIGNED_GLYPHS)
        return [
            *self.named_strip("colour", f"±{number(limit)}"),
            Segment("− ", dim),
            *colours,
            Segment(" +  ", dim),
        ]

    # The pointer

    def place(self, column: int, y: int, picture: AttributionPicture) -> Place | None:
        """Return the base under a pointer, and the number of the letter whose row it is in."""
        numbers = picture.numbers
        if numbers is None or y >= self.size.height - 1 or picture.laid.states[column] == _OUTSIDE:
            return None
        part, nth = self._parts(picture)[y]
        letter = nth if part == "map" else None
        base = int(picture.laid.base[column] if letter is None else picture.laid.bases[column, letter])
        said = pictures.number_words(numbers, picture.reading, base, letter)
        return Place(Level.BASE, picture.view.index_of_base(base), None, said)


def _above(lines: int, numbers: BaseNumbers | None) -> int:
    """Return how many of some lines stand above: as many as the larger side needs, one at least for each."""
    if lines < 2 or numbers is None or numbers.up is None or numbers.down is None:
        return lines - lines // 2
    up, down = float(numbers.up.max(initial=0)), float(numbers.down.max(initial=0))
    share = up / (up + down) if up + down > 0 else 0.5
    return min(max(round(lines * share), 1), lines - 1)
