"""The last line of a screen: what is under the pointer, or what its own screen has to say."""

from __future__ import annotations

import re
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
        words = self._line = shortened(printable(self.words(width)), width)
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
