"""The first line of a screen: what is read, and how much had to be assumed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive

from cnn_core import blocks
from cnn_core.errors import printable

from ..words.model_words import ways_to_name
from ..words.plurals_and_indices import counted
from ..words.shortening import squeezed
from .drawing import Drawing

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

__all__ = ["ReadingLine", "fitted_words", "reading_words"]

_GAP = 2
_EDIT = 16
"""Columns that an edit's name may take of what is read."""
_WEIGHT = 24
"""Columns that the name of a weight's edit may take."""
_NAME = 16
"""Columns that a model's name may take of what is read."""

_AROUND: Final = {"center": "around"}


def reading_words(reading: Reading, source: str) -> tuple[str, ...]:
    """Return what is read, most important first: record or input, strand, padding, ambiguity.

    Args:
        reading: The model on the input.
        source: Where the record comes from.
    """
    record, letters = reading.record, reading.stop - reading.start
    whole = letters == len(record)
    read = f"{printable(record.name)}, {letters:,}" if whole else f"{printable(reading.region)}, {letters:,} of"
    words = [f"{printable(source)} › {read}{'' if whole else f' {len(record):,}'} bp"]
    if reading.edits:
        edits = reading.bare_edit_names
        words.append(edits[0] if len(edits) == 1 and len(edits[0]) <= _EDIT else counted(len(edits), "edit"))
    weights = [*map(printable, reading.model.weight_names)]
    if weights:
        alone = len(weights) == 1 and len(weights[0]) <= _WEIGHT
        words.append(weights[0] if alone else counted(len(weights), "weight edit"))
    if reading.padded:
        kind, side = "N" if reading.padding.with_n else "zero rows", reading.padding.side
        words.append(f"{reading.padded:,} {kind} {_AROUND.get(side, side)}")
    if reading.reverse:
        words.append("reverse complement")
    if reading.ambiguous:
        words.append(f"ambiguous letters: {reading.ambiguity}")
    if reading.zero_inputs:
        words.append(f"zeros: {', '.join(map(printable, reading.zero_inputs))}")
    return tuple(words)


def fitted_words(reading: Reading, source: str, width: int) -> str:
    """Return what is read in one line: where room is short, the file goes first, the place in the record last.

    Args:
        reading: The model on the input.
        source: Where the record comes from.
        width: Columns that there are.
    """
    record, *others = reading_words(reading, source)
    short = [words.replace("reverse complement", "− strand") for words in others]
    whole = reading.stop - reading.start == len(reading.record)
    name = printable(reading.record.name if whole else reading.region)
    for words in (
        [record, *others],
        [record, *short],
        [f"{printable(source)} › {name}", *short],
        [name, *short],
        *([name, *short[:count]] for count in reversed(range(len(short)))),
    ):
        if cell_len(" · ".join(words)) <= width:
            return " · ".join(words)
    if whole:
        return squeezed(name, width)
    name, colon, places = name.rpartition(":")
    return squeezed(name, width - cell_len(colon + places)) + colon + places


class OfReading(Protocol):
    """A picture of what a reading holds."""

    @property
    def reading(self) -> Reading:
        """The model on the input window."""


Drawn = TypeVar("Drawn", bound=OfReading)


class ReadingLine(Drawing[Drawn]):
    """Two lines: what is read and by which model, with the count of what had to be assumed, and the layers."""

    DEFAULT_CSS = """
    ReadingLine { height: 2; padding: 0 1; }
    """
    source: reactive[str] = reactive("")
    """Where the record comes from."""
    reason: reactive[str] = reactive("")
    """Why the model was chosen, where no model was named."""

    class AssumedPressed(Message):
        """The count of what had to be assumed was pressed."""

    class LayerPressed(Message):
        """A layer was pressed.

        Args:
            name: Its name.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    _mark = ""
    _layers: tuple[tuple[str, int, int], ...] = ()
    """Which layer stands in which half-open columns of the second line."""

    def layer_line(self, picture: Drawn) -> Text:
        """Return the line of the layers."""
        raise NotImplementedError

    def render(self) -> Text:
        """Return both lines."""
        picture = self.picture
        if picture is None:
            return Text("opening …", style="dim")
        return Text("\n").join((self.reading_line(picture.reading, self.source), self.layer_line(picture)))

    def reading_line(self, reading: Reading, source: str) -> Text:
        """Return the line; the count is never left out.

        Args:
            reading: The model on the input.
            source: Where the record comes from.
        """
        count, width = len(blocks.assumptions_of(reading)), self.content_size.width
        self._mark = f"! {count:,} assumed" if count else ""
        room = width - len(self._mark) - _GAP if count else width
        # The model's name comes before where the record comes from, which gives way.
        least = min(cell_len(fitted_words(reading, source, width)), max(room // 2, room - _NAME))
        ways = [
            way for way in ways_to_name(reading.model.name, self.reason) if cell_len(way) + _GAP <= room - least
        ]
        named = ways[0] if ways else ""
        line = Text(fitted_words(reading, source, room - cell_len(named) - _GAP), no_wrap=True, overflow="ellipsis")
        line.truncate(max(room - cell_len(named), 0), overflow="ellipsis", pad=True)
        line.append(named, style=self.palette.text)
        if count:
            line.append(" " * _GAP)
            line.append(self._mark, style=f"bold {self.palette.bases[3]}")
        return line

    def on_click(self, event: events.Click) -> None:
        """Tell of a press on the count, or on a layer."""
        if event.y == 1:
            x = event.x - self.styles.padding.left
            for name, first, stop in self._layers:
                if name and first <= x < stop:
                    self.post_message(self.LayerPressed(name))
        end = self.styles.padding.left + self.content_size.width
        if self._mark and event.y == 0 and end - len(self._mark) <= event.x < end:
            self.post_message(self.AssumedPressed())
