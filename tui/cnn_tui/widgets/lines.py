"""What all that is painted anew at every key has in common: its old lines are gone as soon as it is painted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

__all__ = ["Lines"]


class _Line(Strip):
    """A line that is not among what it is divided into, as a strip of Textual's that is left whole is.

    Such a strip keeps itself alive until the garbage collector comes by, which takes longer than a frame may once
    there are some thousand of them.
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the parts between some cuts, of which the last is the end."""
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else super().divide(cuts)


class Lines(Widget):
    """A widget whose lines change with what is looked at."""

    _given: tuple[list[Strip], list[Strip]] = [], []
    """The lines that Textual made, and what was given for each."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region."""
        made = super().render_lines(crop)
        known = {id(strip): line for strip, line in zip(*self._given, strict=True)}
        given = [line if (line := known.get(id(strip))) else _Line(strip, strip.cell_length) for strip in made]
        self._given = made, given
        return given
