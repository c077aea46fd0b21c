"""Beside the tracks: the layers with their shapes and weights, how to read the screen, and a newcomer's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from .. import words
from ..words.shortening import shortened
from .drawing import Drawing
from .inspector import wrapped

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

    from ..pictures.block_picture import Picture

__all__ = ["Guide"]

_NAME = 12
_LAYERS, _LONGEST = 12, 24
"""Layers in the table at most, and columns of their names."""


class Guide(Drawing["Picture"]):
    """What is left out where there is no room: the last heading first."""

    DEFAULT_CSS = """
    Guide { padding: 0 2; }
    """

    def looks_alike(self, before: Picture, after: Picture) -> bool:
        """Tell whether the same block is shown with the same settings."""
        return before.same_shapes(after)

    def render(self) -> Text:
        """Return the headings that have room, each with all that stands under it."""
        picture, (width, height) = self.picture, self.content_size
        if picture is None:
            return Text()
        lines: list[Text] = []
        for heading, under in self._sections(picture.shown, width):
            if len(lines) + 1 + len(under) > height:
                break
            lines += [Text(heading, style=f"bold {self.palette.dim}"), *under, Text()]
        return Text("\n").join(lines)

    def _sections(self, reading: Reading, width: int) -> list[tuple[str, list[Text]]]:
        return [
            ("NETWORK", self._network(reading, width)),
            ("HOW TO READ", self._named(words.how_to_read(reading), width)),
            ("QUESTIONS A NEWCOMER ASKS", self._answered(words.newcomers_questions(reading), width)),
        ]

    def _named(self, rows: tuple[tuple[str, str], ...], width: int) -> list[Text]:
        """Return names with what is said of each beside them."""
        palette, lines = self.palette, []
        column = max(_NAME, *(len(name) + 2 for name, _ in rows))
        for name, meaning in rows:
            for nth, line in enumerate(wrapped(meaning, width - column)):
                label = Text(f"{'' if nth else name:<{column}}", style=palette.text)
                lines.append(label.append(line.removeprefix("  "), style=palette.dim))
        return lines

    def _network(self, reading: Reading, width: int) -> list[Text]:
        """Return the layers with their shapes and weights, and the sum of these; of many the last are left out."""
        palette, rows = self.palette, words.layer_rows(reading)
        shown = rows[:_LAYERS]
        total = reading.model.parameter_count
        names = max(len("layer"), *(min(len(row.name), _LONGEST) for row in shown)) + 2
        outs = max(len("out"), *(len(row.out) for row in shown)) + 2
        figures = max(len("weights"), len(f"{total:,}"))

        def line(name: str, out: str, weights: str, look: str) -> Text:
            return Text(f"{shortened(name, _LONGEST):<{names}}{out:<{outs}}{weights:>{figures}}", style=look)

        lines = [line("layer", "out", "weights", palette.dim)]
        lines += [
            line(row.name, row.out or "—", f"{row.weights:,}" if row.weights else "", palette.text) for row in shown
        ]
        if further := len(rows) - len(shown):
            lines.append(Text(f"… and {further} more: Tab", style=palette.dim))
        lines.append(line("all", "", f"{total:,}", f"bold {palette.text}"))
        arithmetic = words.filter_arithmetic(reading.model)
        return [*lines, *([Text(arithmetic, style=palette.dim)] if 0 < len(arithmetic) <= width else [])]

    def _answered(self, rows: tuple[tuple[str, str], ...], width: int) -> list[Text]:
        lines = []
        for question, answer in rows:
            line = Text(f"{question}  ", style=self.palette.text)
            lines.append(line.append(answer, style=f"bold {self.palette.text}"))
        return [*lines, Text("L answers them in 13 minutes", style=self.palette.dim)]
