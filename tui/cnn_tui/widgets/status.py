"""The last line: what is under the pointer, what is being typed or computed, or which keys come next."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from cnn_core.errors import printable

from ..palette import palette_of
from ..picture import Picture
from ..view import Level
from .rail import prediction_words

__all__ = ["Status"]

_HINTS = {
    Level.CELL: "←→ cell  ↑↓ filter  Enter to what it kept  Space play  ? help  q quit",
    Level.RESPONSE: "←→ response  ↑↓ filter  Enter to its bases  Backspace to its cell  ? help",
    Level.BASE: "←→ base  ↑↓ filter  Backspace to its response  ? help  q quit",
}
_DEEP_HINTS = {
    Level.CELL: _HINTS[Level.CELL],
    Level.RESPONSE: "←→ response  ↑↓ filter  Enter to what it reads  Backspace to its cell  ? help",
    Level.BASE: "←→ position  ↑↓ filter  Backspace to its response  Tab follows it further down  ? help",
}
_TAIL = "←→ response  ↑↓ filter  Enter to its bases  (no cell reads it)  ? help"
_DEEP_TAIL = "←→ response  ↑↓ filter  Enter to what it reads  (no cell reads it)  ? help"
_PLAYING = "playing: Space pause  < > speed  Esc stop"
_PAUSED = "paused: ←→ step  Space go on  < > speed  Esc stop"


class Status(Widget):
    """One line; a pointer wins over a notice, a notice over the hints."""

    DEFAULT_CSS = """
    Status { height: 1; padding: 0 1; }
    """
    picture: reactive[Picture | None] = reactive(None)
    """What is shown; bound to the screen's."""
    hovered: reactive[str] = reactive("")
    """What is under the pointer."""
    notice: reactive[str] = reactive("")
    """What the last step has to say."""
    working: reactive[str] = reactive("")
    """What is being computed in the background."""

    def render(self) -> Text:
        """Return the line."""
        palette = palette_of(self.app)
        return Text(
            printable(self._words()),
            style=palette.dim if not self.hovered else palette.text,
            no_wrap=True,
            overflow="ellipsis",
        )

    def _words(self) -> str:
        picture = self.picture
        if self.hovered:
            return self.hovered
        if self.working:
            return f"{self.working}  Esc stops it"
        if picture is None:
            return "q quit"
        if self.notice:
            return self.notice
        view = picture.view
        if view.count:
            return f"{view.count}… then an arrow, or , and . for bases   Esc forgets it"
        if view.play is not None:
            return _PLAYING if view.play.running else _PAUSED
        prediction = prediction_words(picture.reading)
        if prediction.startswith("no prediction"):
            return f"{prediction}  0 resets"
        deep = picture.words.deep
        if view.level is Level.RESPONSE and view.axes.cell_of(view.position) is None:
            return _DEEP_TAIL if deep else _TAIL
        return (_DEEP_HINTS if deep else _HINTS)[view.level]
