"""Ask what to look at beside: one of the likely things, or whatever is typed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input

from cnn_core.errors import printable
from cnn_core.letters.alphabet import decode
from cnn_core.letters.edits import EditedRecord

from ...opening import model_names
from ...view.view_state import Level
from .choices import Choice
from .dialog import Field
from .listing import ShortListing

if TYPE_CHECKING:
    from cnn_core.letters.sequence_files import Sequences

    from ...pictures.block_picture import Picture
    from .open_file import Refused

__all__ = ["AskVersus"]

_RECORDS: Final = 5
"""Other records that are offered; any can be typed."""
_OTHER: Final = {"A": "G", "G": "A", "C": "T", "T": "C"}
"""The letter that each is most often changed to."""


class AskVersus(ShortListing[str | None]):
    """Lists what could stand beside; the result is what `opening.versus_of` takes.

    Args:
        picture: What is looked at.
        sequences: The records.
        refused: What was asked for before, and why it cannot be.
    """

    DEFAULT_CSS = """
    AskVersus Choices { max-height: 14; }
    """
    heading = "Side by side with …"
    hints = (("Enter", "put it beside", "choose"), ("↑ ↓", "move", "move(1)"))
    BINDINGS: ClassVar = []

    def __init__(self, picture: Picture, sequences: Sequences, refused: Refused | None = None) -> None:
        super().__init__()
        self._offered = _offered(picture, sequences)
        self._found = self._offered
        self._refused = refused

    def field(self) -> Field:
        """Return the field for anything else."""
        typed = "" if self._refused is None else self._refused.text
        return Field(typed, placeholder="edit:46A>G,50del  set:pool_size=4  filter:17  model:FILE  record:NAME …")

    def on_mount(self) -> None:
        """List what is likely, and say what was wrong before."""
        if self._refused is None:
            self._narrow("")
        else:
            self._narrow(self._refused.text)
            self.refuse(self._refused.error)

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """List what has the words that are typed."""
        if self._refused is None or event.value != self._refused.text:
            self._refused = None
            self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        words = typed.casefold().split()
        self._found = [
            each for each in self._offered if all(word in f"{each[0]} {each[1]}".casefold() for word in words)
        ]
        self.choices.offer(len(self._found), self._line)
        self.choices.styles.height = max(1, len(self._found))
        self.say("" if self._found else "Enter takes what is typed")

    def _line(self, index: int, room: int) -> Choice:
        return Choice(*self._found[index])

    def choose(self, index: int) -> None:
        """Close with a line of the list, or with what is typed where that says it whole."""
        typed = self.query_one(Field).value.strip()
        self.dismiss(typed if ":" in typed else self._found[index][0])

    def choose_unlisted(self) -> None:
        """Close with what is typed."""
        if typed := self.query_one(Field).value.strip():
            self.dismiss(typed)


def _offered(picture: Picture, sequences: Sequences) -> list[tuple[str, str]]:
    """Return what is likely to be wanted, and what it is."""
    reading, view, run = picture.reading, picture.view, picture.run
    offered: list[tuple[str, str]] = []
    if picture.original is not None:
        offered.append(("original", "without the edits"))
    if (edit := _substitution(picture)) is not None:
        offered.append((f"edit:{edit}", "another letter in the middle of the window"))
    settings = reading.settings
    if settings.pool_size is None:
        offered.append(("set:dilation=2", "taps 2 apart"))
    else:
        size = settings.pool_size // 2 or 2
        offered.append(
            (f"set:pool_size={size},pool_stride={size}", f"pool size {size} instead of {settings.pool_size}")
        )
    offered.append(("strand", "the other strand, in its own direction"))
    if run.filters > 1:
        following = (view.filter + 1) % run.filters
        name = picture.filter_name(following)
        offered.append((f"filter:{following}", f"the next filter{f', {name}' if name else ''}"))
    names = model_names()
    models = [name for name in names if name not in (reading.model.name, "motifs")]
    offered += [(f"model:{name}", names[name]) for name in models]
    if len(sequences) > 1:
        others = (sequences[index] for index in range(len(sequences)))
        named = [each for each in islice(others, _RECORDS + 1) if each.name != reading.record.name]
        offered += [(f"record:{each.name}", printable(each.description[:80])) for each in named[:_RECORDS]]
    return offered


def _substitution(picture: Picture) -> str | None:
    """Return a substitution of the base under the cursor, or of the middle one of the window, that reading."""
    reading, view = picture.reading, picture.view
    if isinstance(reading.record, EditedRecord):
        return None
    window = picture.conv_step.window.positions
    axes = view.axes
    if view.level is Level.BASE:
        base = axes.base_of_input(view.base)
    elif window:
        base = axes.base_of_input(window[len(window) // 2])
    else:
        return None
    if base not in reading.letters:
        return None
    position = reading.record_position(base)
    letter = decode(reading.record.codes(position, position + 1)).upper()
    return f"{position + 1}{letter}>{_OTHER[letter]}" if letter in _OTHER else None
