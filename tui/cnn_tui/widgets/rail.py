"""The layer rail: which record is read, and every layer's shape on the way to the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cnn_core.errors import ShapeError

from .. import words
from ..view.view_state import Level
from ..words.block_words import layer_name
from ..words.shortening import shortened
from .reading_line import ReadingLine

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.layers import Shape

    from ..pictures.block_picture import Picture

__all__ = ["Rail", "layer_steps"]

_LEVEL_STYLE = "bold reverse"


def layer_steps(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Return every layer's name and what the rail says of it, as far as the network runs."""
    steps: list[tuple[str, str]] = []
    model = reading.model
    shapes: dict[str, Shape] = {}
    for node in model.nodes:
        try:
            shapes[node.name] = model.output_shape(node, shapes, reading.length)
        except ShapeError:
            break
        kind = "letters" if isinstance(node.layer, type(model.input)) else layer_name(node.name)
        steps.append((node.name, f"{kind} {'×'.join(str(axis) for axis in shapes[node.name])}"))
    return tuple(steps)


class Rail(ReadingLine["Picture"]):
    """What is read, and the layers in the order of computation."""

    def looks_alike(self, before: Picture, after: Picture) -> bool:
        """Tell whether the same input is read and the cursor stands on the same level."""
        same = before.same_values(after) and before.view.level is after.view.level
        return same and before.view.covered == after.view.covered

    def layer_line(self, picture: Picture) -> Text:
        """Return the layers, the less important left out where they do not fit."""
        reading = picture.reading
        # Constants stand beside the way from the letters to the output.
        inputs = {node.name for node in reading.model.inputs}
        steps = [each for each in layer_steps(reading) if reading.model[each[0]].inputs or each[0] in inputs]
        last = _output(picture)
        if "header" in picture.view.covered:
            steps, last = [(name, f"{layer.rpartition(' ')[0]} ?") for name, layer in steps], ""
        width = self.content_size.width
        read = reading.model[reading.block.conv].inputs[0] if picture.words.deep else reading.model.nodes[0].name
        here = {
            Level.BASE: read,
            Level.RESPONSE: reading.block.conv,
            Level.CELL: reading.block.pool,
        }[picture.view.level]
        keep = [read, reading.block.conv, reading.block.pool]
        if last.startswith("no output") and len(last) > width // 2:
            last = "no output"
        shown: list[tuple[str, str]] = steps
        while len(_joined(shown, last)) > width:
            rest = [index for index, (name, _) in enumerate(shown) if name and name not in keep]
            if not rest:
                break
            shown = [step for index, step in enumerate(shown) if index != rest[-1]]
            if ("", "…") not in shown:
                shown.insert(rest[-1], ("", "…"))
        while len(_joined(shown, "")) > width and len(shown) > 1:
            # What comes first is told by the record's line; where the cursor stands is not.
            at = next(nth for nth in range(len(shown)) if shown[nth][0] != here)
            shown = [*shown[:at], *shown[at + 1 :]]
        if len(_joined(shown, last)) > width and last.startswith("no "):
            last = "no output"
        elif len(_joined(shown, last)) > width:
            # A number is never cut: rather one of several than half of one, or none.
            values = last.removeprefix("output ")
            one = f"{values.split(',')[0].removesuffix(' …')}{' …' if ',' in values else ''}"
            plain = [step for step in shown if step != ("", "…")]
            ways = [
                (layers, fit)
                for layers, fit in (
                    (shown, f"output {one}"),
                    (plain, f"output {one}"),
                    (shown, values),
                    (shown, one),
                )
                if len(_joined(layers, fit)) <= width
            ]
            shown, last = ways[0] if ways else (shown, "")
        text, places = Text(no_wrap=True, overflow="ellipsis"), []
        for index, (name, layer) in enumerate(shown):
            text.append(" ▸ " if index else "", style="dim")
            first = text.cell_len
            text.append(shortened(layer, width), style=_LEVEL_STYLE if name == here else "")
            places.append((name, first, text.cell_len))
        self._layers = tuple(places)
        if last:
            text.append(" ▸ ", style="dim")
            warn = self.palette.bases[3]
            text.append(last, style=f"bold {warn}" if last.startswith("no ") else "bold")
        return text


def _output(picture: Picture) -> str:
    """Return the last word: the output, before the edits and with them, or why there is none."""
    original = picture.original
    if original is None:
        values = words.output_values(picture.reading)
    else:
        values = words.output_change(original, picture.reading)
    return values if not values or values.startswith("no ") else f"output {values}"


def _joined(steps: list[tuple[str, str]], last: str) -> str:
    return " ▸ ".join([*(layer for _, layer in steps), *([last] if last else [])])
