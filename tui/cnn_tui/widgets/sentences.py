"""The two sentences that say how the convolution feeds the pool, with the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from .. import words
from ..pictures.colours import style
from .drawing import Drawing

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["Sentences"]

_NAME = 7
_CLOSE, _WIDE = 2, 110


class Sentences(Drawing["Picture"]):
    """What one step makes of what it reads, and how many that gives; never folded."""

    DEFAULT_CSS = """
    Sentences { height: 2; }
    """

    def looks_alike(self, before: Picture, after: Picture) -> bool:
        """Tell whether the same block is shown with the same settings on an input as long."""
        return before.same_shapes(after)

    def render_line(self, y: int) -> Strip:
        """Return the sentence of the convolution, or that of the pool."""
        palette, width = self.palette, self.size.width
        plain, bold = style(palette.text, palette.ground), style(palette.text, palette.ground, bold=True)
        if self.picture is None or y > 1:
            return Strip.blank(width, plain)
        sentences = words.block_sentences(self.picture.shown)
        room = width - 1
        name_width = max(_NAME, *(len(name) + 2 for name, _, _ in sentences))
        counts = max(len(count) for _, _, count in sentences)
        ways = ([said for _, said, _ in sentences], [_short(said) for _, said, _ in sentences])
        fitting = [way for way in ways if name_width + max(map(len, way)) + _CLOSE + counts <= room]
        name, _, count = sentences[y]
        if not fitting:
            # Of a name of any length the sentence goes on without its count, which is whole or absent.
            return Strip([Segment(f" {name:<{name_width}}"[:width], bold), Segment(ways[1][y], plain)]).crop(
                0, width
            )
        said, longest = fitting[0][y], max(map(len, fitting[0]))
        at = min(room - counts, _WIDE - counts) - name_width
        gap = max(longest + _CLOSE, at) - len(said)
        return Strip(
            [
                Segment(f" {name:<{name_width}}", bold),
                Segment(said + " " * gap, plain),
                Segment(count, bold),
            ]
        )


def _short(sentence: str) -> str:
    """Return a sentence without how far the window moves, for the smallest screens."""
    return sentence.partition(";")[0].replace("for each filter", "a filter")
