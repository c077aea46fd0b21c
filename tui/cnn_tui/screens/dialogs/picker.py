"""A few choices side by side, one of them marked; the arrow keys move the mark."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ...pictures.colours import palette_of

__all__ = ["Picker"]

_GAP = 2


class Picker(Widget, can_focus=True):
    """One choice of a few, side by side.

    Args:
        name: What is chosen.
        choices: What there is to choose from.
        chosen: The one that is marked at first.
    """

    DEFAULT_CSS = """
    Picker { height: 1; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,h", "choose(-1)", "Previous"),
        ("right,l,space", "choose(1)", "Next"),
    ]
    chosen: reactive[int] = reactive(0)
    """Which of the choices is marked."""

    class Changed(Message):
        """Another choice is marked."""

    def __init__(self, name: str, choices: tuple[str, ...], chosen: int = 0, *, label_width: int = 10) -> None:
        super().__init__()
        self._label, self._choices, self._width = name, choices, label_width
        self.set_reactive(Picker.chosen, chosen)

    def action_choose(self, by: int) -> None:
        """Mark the next or the previous choice, wrapping round at the ends."""
        self.chosen = (self.chosen + by) % len(self._choices)

    def watch_chosen(self) -> None:
        """Tell the screen."""
        self.post_message(self.Changed())

    def render(self) -> Text:
        """Return the line: the name and the choices."""
        palette = palette_of(self.app)
        line = Text(no_wrap=True)
        line.append(f"{'▸ ' if self.has_focus else '  '}", style=palette.accent)
        line.append(self._label.ljust(self._width), style=palette.text if self.has_focus else palette.dim)
        for nth, choice in enumerate(self._choices):
            if nth == self.chosen:
                ground = palette.accent if self.has_focus else palette.dim
                line.append(f" {choice} ", style=f"bold {palette.ink(ground)} on {ground}")
            else:
                line.append(f" {choice} ", style=palette.dim)
        return line

    def on_focus(self) -> None:
        """Show that the keys work here."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that they no longer do."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Take the choice under the pointer."""
        column = event.get_content_offset(self)
        if column is None:
            return
        start = 2 + self._width
        for nth, choice in enumerate(self._choices):
            stop = start + len(choice) + _GAP
            if start <= column.x < stop:
                self.chosen = nth
            start = stop
