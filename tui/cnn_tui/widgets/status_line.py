"""The last line of a screen: what is under the pointer, or what its own screen has to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive

from cnn_core.errors import printable

from ..words.shortening import shortened
from .drawing import Drawing

if TYPE_CHECKING:
    from ..background.job import Activity

__all__ = ["StatusLine"]

Drawn = TypeVar("Drawn")

_SIGNS = re.compile(r"(?:[^\w\s]+(?: |$))*")
"""What stands for keys before the words of a hint, where they are signs."""


class StatusLine(Drawing[Drawn]):
    """One line; each screen adds the words that it has for what it shows."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; }
    """
    hovered: reactive[str] = reactive("")
    """What is under the pointer."""
    notice: reactive[str] = reactive("")
    """What the last step has to say."""
    activity: reactive[Activity | None] = reactive(None)
    """What goes on in the background and can be stopped, or nothing."""
    other_keys: Mapping[str, str] = MappingProxyType({})
    """What to show for keys of hints that are not the program's own; nothing where a hint's key is gone."""
    _line = ""

    class HintPressed(Message):
        """A hint was pressed.

        Args:
            keys: What stands there as a key, the nearest to the pointer first.
        """

        def __init__(self, keys: tuple[str, ...]) -> None:
            super().__init__()
            self.keys = keys

    def words(self, width: int) -> str:
        """Return what the line says.

        Args:
            width: Columns that there are; what does not fit is cut.
        """
        raise NotImplementedError

    def render(self) -> Text:
        """Return the line."""
        palette, width = self.palette, self.content_size.width
        words = self.words(width)
        if self.other_keys:
            words = _with_other_keys(words, self.other_keys)
        words = self._line = shortened(printable(words), width)
        return Text(words, style=palette.text if self.hovered else palette.dim, no_wrap=True)

    def on_click(self, event: events.Click) -> None:
        """Tell of a press on a hint."""
        x = event.x - self.styles.padding.left
        for hint in re.finditer(r"\S+(?: \S+)*", self._line):
            if hint.start() <= x < hint.end():
                # Of ←→ each arrow is a key, of [ ] each bracket, as far as words begin.
                signs = _SIGNS.match(self._line, hint.start())
                under = self._line[x].strip() if signs is not None and x < signs.end() else ""
                keys = hint[0].split(" ")[0], under
                self.post_message(self.HintPressed(tuple(reversed(keys))))


def _with_other_keys(words: str, keys: Mapping[str, str]) -> str:
    """Return hints with other keys; a hint whose keys are all gone is left out."""
    return "  ".join(told for hint in words.split("  ") if (told := _hint_with_other_keys(hint, keys)))


def _hint_with_other_keys(hint: str, keys: Mapping[str, str]) -> str:
    """Return a hint whose keys stand before its words, such as `[ ] { } change the block` or `←→ cell`."""
    found, rest = [], hint.split(" ")
    is_hint = False
    while rest and (rest[0] in keys or not any(map(str.isalnum, rest[0]))):
        key = rest.pop(0)
        is_hint = is_hint or key in keys or any(each in keys for each in key)
        found.append(keys[key] if key in keys else "".join(keys.get(each, each) for each in key))
    kept = [key for key in found if key]
    return hint if not is_hint else " ".join([*kept, *rest]) if kept else ""
