"""Lines that are redrawn at every key: made quickly, and freed as soon as they are painted over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size, Spacing
from textual.strip import Strip

from ..pictures.colours import Palette, palette_of
from .unscrolled import Unscrolled

__all__ = ["KeptLines"]


class _Line(Strip):
    """A line that is not among what it is divided into, as a strip of Textual's that is left whole is.

    Such a strip keeps itself alive until the garbage collector comes by, which takes longer than a frame may once
    there are some thousand of them.
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the parts between cuts; the last cut is the end."""
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else super().divide(cuts)


class KeptLines(Unscrolled):
    """A widget whose lines change with what is looked at: `render_line` gives them, within a padding but no border.

    Textual would look up every rule of style for every line, which takes as long as drawing it.
    """

    def __init__(self) -> None:
        self._given: dict[int, Strip] = {}
        self._given_for: tuple[Size, Spacing, Style, Sequence[LineFilter]] | None = None
        self._filtered: dict[Style | None, Style | None] = {}
        """What filters make of a look; None where they leave it."""
        self._written: list[Strip] | None = None
        """The lines of what `render` gives; None where one has to be wrapped."""
        self._written_with: dict[int, Strip] | None = None
        self._room: Size | None = None
        """Its size while lines are drawn, or given up: both ask for it at every turn, and Textual looks for it."""
        self._colours: Palette | None = None
        """Its colours while lines are drawn."""
        super().__init__()

    @property
    def palette(self) -> Palette:
        """The colours in force."""
        return self._colours or palette_of(self.app)

    @property
    def size(self) -> Size:
        """The room within the padding."""
        return super().size if self._room is None else self._room

    @property
    def monochrome(self) -> bool:
        """Whether the terminal has too few colours for a heat map, so that glyphs must do."""
        return bool(getattr(self.app, "monochrome", False))

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw the lines of some regions again, or all of them."""
        if repaint and not regions:
            self._given = {}
        elif repaint:
            self._written_with = None
            for region in regions:
                for y in region.line_range:
                    self._given.pop(y, None)
        room, self._room = self._room, self.outer_size
        try:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        finally:
            self._room = room

    def render_line(self, y: int) -> Strip:
        """Return a line of what `render` gives."""
        if self._written_with is not self._given:
            self._written, self._written_with = self._lines_of(self.render()), self._given
        if self._written is None or y >= len(self._written):
            return super().render_line(y)
        return self._written[y]

    def _lines_of(self, drawn: object) -> list[Strip] | None:
        """Return the lines of a text, or None where one has to be wrapped.

        Textual would take each apart once more to find out that it has room, and have every part know its place, so
        that a pointer could select it.
        """
        if not isinstance(drawn, Text):
            return None
        look, size = self.visual_style.rich_style, self.size
        lines = drawn.split(allow_blank=True)
        if any(line.cell_len > size.width for line in lines):
            return None
        blank = [Strip.blank(size.width, look)] * (size.height - len(lines))
        return [self._strip_of(line, look) for line in lines] + blank

    def _strip_of(self, line: Text, look: Style) -> Strip:
        """Return a line of a text."""
        console = self.app.console
        look += console.get_style(line.style)
        return Strip([Segment(text, look + own if own else look) for text, own, _ in line.render(console)])

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region."""
        size, padding = self.outer_size, self.styles.padding
        base, background = self.background_colors
        ground = Style(bgcolor=(base + background).rich_color)
        filters = self.get_line_filters()
        if self._given_for != (size, padding, ground, filters):
            self._given, self._given_for, self._filtered = {}, (size, padding, ground, filters), {}
        given, inside = self._given, size - (padding.width, padding.height)
        self._room, self._colours = inside, palette_of(self.app)
        try:
            for y in crop.line_range:
                if y not in given:
                    segments = self._segments(y, size, padding, ground)
                    given[y] = _Line(self._through(segments, filters, background), size.width)
        finally:
            self._room = self._colours = None
        shown = [given[y] for y in crop.line_range]
        first, last = crop.column_span
        return shown if (first, last) == (0, size.width) else [line.crop(first, last) for line in shown]

    def _through(
        self, segments: Iterable[Segment], filters: Sequence[LineFilter], background: Color
    ) -> Iterator[Segment]:
        """Yield segments as filters let them through, which most come as they are: each look is filtered once."""
        known = self._filtered
        for segment in segments:
            style = segment.style
            if style not in known:
                filtered = [Segment("", style)]
                for each in filters:
                    filtered = each.apply(filtered, background)
                known[style] = None if filtered[0].style == style else filtered[0].style
            found = known[style]
            yield segment if found is None else Segment(segment.text, found)

    def _segments(self, y: int, size: Size, padding: Spacing, ground: Style) -> Iterator[Segment]:
        """Yield what a line is made of, the padding included."""
        inside = self.size
        if not 0 <= y - padding.top < inside.height or inside.width < 1:
            yield Segment(" " * size.width, ground)
            return
        if padding.left:
            yield Segment(" " * padding.left, ground)
        line = self.render_line(y - padding.top)
        yield from line if line.cell_length <= inside.width else line.crop(0, inside.width)
        if (free := inside.width - line.cell_length + padding.right) > 0:
            yield Segment(" " * free, ground)
