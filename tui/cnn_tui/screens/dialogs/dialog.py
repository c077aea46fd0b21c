"""What every dialog shares: its frame and title, a line that says what is wrong, and a line of keys."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from cnn_core.errors import CnnError, printable

from ...view.track_sizes import SMALLEST
from ..closing import Closing

__all__ = ["Dialog", "Field"]

Result = TypeVar("Result")


class Field(Input):
    """A line to type in. What cannot be printed is spelled out, whether pasted or put there.

    Alt+Backspace takes away the word before the cursor, as in shells: browsers keep Ctrl+W for themselves.

    Args:
        value: What stands there at first.
        placeholder: What is shown while it is empty.
        selected: Whether the first letter typed replaces what stands there.
        name: Its id among the fields of a dialog.
    """

    DEFAULT_CSS = """
    Field, Field:focus {
        border: none; height: 1; padding: 0 1; background: $background; background-tint: transparent;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("alt+backspace", "delete_left_word", "Delete left to start of word")]

    def __init__(
        self, value: str = "", *, placeholder: str = "", selected: bool = False, name: str | None = None
    ) -> None:
        super().__init__(printable(value), placeholder=placeholder, select_on_focus=selected, id=name)

    def validate_value(self, value: str) -> str:
        """Spell out what cannot be printed."""
        return printable(value)

    def on_mount(self) -> None:
        """Keep the cursor still where nothing may move."""
        self.cursor_blink = self.app.animation_level != "none"


class _Parts(Vertical):
    """What a dialog consists of: it scrolls where there is not room for all of it above the line of keys."""


class Dialog(ModalScreen[Result], Closing[Result]):
    """A frame in the middle of the screen, over an explorer that stays visible around it.

    Escape and a press beside the frame close it; the result is then None. Where the screen is too small for the
    explorer, which says so, the frame is not shown.
    """

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > #frame {
        width: 100%; max-width: 90; height: auto; max-height: 100%; margin: 1 2;
        background: $panel; color: $foreground;
        border: round $foreground 50%; border-title-color: $foreground; border-title-style: bold;
        border-subtitle-color: $text-muted;
        padding: 0 1;
    }
    Dialog.-too-small > #frame { display: none; }
    Dialog ScrollableContainer, Dialog #parts {
        scrollbar-size-vertical: 1; scrollbar-background: $panel; scrollbar-background-hover: $panel;
        scrollbar-background-active: $panel; scrollbar-color: $foreground 40%;
    }
    Dialog #message { height: auto; min-height: 1; padding: 0 1; color: $text-muted; }
    Dialog #message.-refusal { color: $error; text-style: bold; }
    Dialog .examples { margin-top: 1; padding: 0 1; }
    Dialog #parts { height: auto; max-height: 100%; overflow-x: hidden; overflow-y: auto; }
    Dialog #hint {
        dock: bottom; height: auto; margin-top: 1; padding: 0 1; color: $text-muted;
        link-color: $text-muted; link-style: none; link-background: transparent;
        link-color-hover: $foreground; link-style-hover: bold; link-background-hover: transparent;
    }
    """
    BINDINGS: ClassVar = [
        ("escape", "close", "Close"),
        ("pageup,ctrl+up", "scroll_parts(-1)", "Scroll up"),
        ("pagedown,ctrl+down", "scroll_parts(1)", "Scroll down"),
    ]

    heading: ClassVar[str] = ""
    """What stands in the frame's upper edge."""
    hints: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    """Keys, what they do, and the action that a press on the words stands for; how to close is added."""
    scrolling: ClassVar[str] = "PgUp PgDn"
    """The keys that scroll it where it has not enough room."""
    closing: ClassVar[str] = "Esc"
    """The keys that close it."""

    def compose(self) -> ComposeResult:
        """Lay out the frame, the dialog's own parts, and the line of keys."""
        with Vertical(id="frame") as frame:
            frame.border_title = self.heading
            with _Parts(id="parts"):
                yield from self.parts()
            yield Static(self._hint(), id="hint")

    def on_resize(self, event: events.Resize) -> None:
        """Leave a screen that is too small to what is said of it."""
        self.set_class(event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1], "-too-small")

    def on_mount(self) -> None:
        """Follow whether there is room for all."""
        self.watch(self.query_one(_Parts), "show_vertical_scrollbar", self._tell_of_scrolling)

    def _tell_of_scrolling(self, scrolls: bool) -> None:
        # In the frame's edge, where it takes no room away.
        self.query_one("#frame").border_subtitle = f"{self.scrolling} scroll" if scrolls else ""

    @on(Input.Changed)
    def show_field(self, event: Input.Changed) -> None:
        """Bring what is typed into back to where it can be seen."""
        event.input.scroll_visible(animate=False, immediate=True)

    def action_scroll_parts(self, pages: int) -> None:
        """Show what has no room at first."""
        parts = self.query_one(_Parts)
        parts.scroll_relative(y=pages * max(1, parts.size.height - 1), animate=False, immediate=True)

    def parts(self) -> ComposeResult:
        """Yield what the dialog consists of; where there is a field, a message belongs below it."""
        raise NotImplementedError

    @property
    def within(self) -> Path | None:
        """The folder that files are opened and written in, if it is bounded: the app's."""
        found: Path | None = getattr(self.app, "within", None)
        return found

    @staticmethod
    def message() -> Static:
        """Return the line for what `say` and `refuse` are told."""
        return Static(id="message", markup=False)

    def say(self, text: str) -> None:
        """Show a remark."""
        line = self.query_one("#message", Static)
        line.remove_class("-refusal")
        line.update(Content(printable(text)))

    def refuse(self, error: CnnError) -> None:
        """Show what is wrong and what would be right."""
        line = self.query_one("#message", Static)
        line.add_class("-refusal")
        line.update(Content(str(error)))

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """Close at a press beside the frame."""
        if event.widget is self:
            event.stop()
            self.action_close()

    def _hint(self) -> Content:
        parts = [
            Content.from_markup(f"[@click=screen.{action}][b]$keys[/b] $words[/]", keys=keys, words=words)
            for keys, words, action in (*self.hints, (self.closing, "close", "close"))
        ]
        return Content(" · ").join(parts)
