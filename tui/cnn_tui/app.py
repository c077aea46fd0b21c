"""The app: its themes, its palette, how it starts and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual._styles_cache import StylesCache
from textual.actions import ActionParseResult
from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from cnn_core.errors import CnnError, printable

from .commands import Commands, Glossary, Themes, checked_keys, keymap
from .options.config import Config
from .options.request import THEME_NAMES, OpenRequest
from .pictures.colours import PALETTES
from .screens.dialogs.command_palette import Palette
from .screens.explorer import Explorer
from .terminal.conditions import Terminal
from .terminal.garbage_collection import put_aside
from .words.faults import WANTS_TRACEBACK, defect_sentence

if sys.platform != "win32":
    from .terminal.driver import TerminalDriver

__all__ = ["CnnApp"]


class CnnApp(App[CnnError]):
    """The explorer in a terminal.

    Args:
        request: What to open first.
        terminal: What is drawn on; None leaves that to Textual.
        config: What the user's own file says; what is wrong with it is said.

    Attributes:
        terminal: The same.
        monochrome: Whether the terminal has too few colours for a heat map, so that glyphs must carry it.
        rebound_keys: The keys of commands that are not the program's own, see `commands.rebound`.
        started_in: The folder that paths in dialogs are written from; None writes whole paths.
        remembers: Whether what is left is kept for `--resume`.
        within: The folder that dialogs open and write files in, where the screen is shown to a browser; None leaves
            them free.
    """

    TITLE = "cnn-tui"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True)
    ]
    COMMANDS: ClassVar = {Commands, Glossary, Themes}
    ENABLE_COMMAND_PALETTE = True
    # Textual 8.2 selects text from where the mouse goes down, and fails on a widget that has just been taken away.
    ALLOW_SELECT = False
    CSS = """
    ToastRack { align-horizontal: left; }
    .-too-small Toast { visibility: hidden; }
    Toast { max-width: 90; }
    """

    def __init__(
        self, request: OpenRequest, terminal: Terminal | None = None, config: Config | None = None
    ) -> None:
        # Textual takes NO_COLOR out of the environment while it starts.
        no_color = bool(os.environ.get("NO_COLOR"))
        super().__init__()
        self.terminal = terminal
        if sys.platform != "win32" and terminal is not None:
            self.driver_class = TerminalDriver
        self.request = request
        self.monochrome = no_color
        self.started_in: Path | None = None
        self.remembers = False
        self.within: Path | None = None
        config = config or Config()
        self.rebound_keys, problems = checked_keys(config.keys)
        self._problems = (*config.problems, *problems)
        self.set_keymap(keymap(self.rebound_keys))
        self._until_ended = ExitStack()
        for palette in PALETTES.values():
            self.register_theme(palette.theme)
        self.theme = request.theme if request.theme in self.available_themes else THEME_NAMES[0]

    def get_default_screen(self) -> Screen[None]:
        """Return the explorer."""
        return Explorer(self.request)

    def watch_theme(self) -> None:
        """Draw every screen anew."""
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    def action_command_palette(self) -> None:
        """Show the command palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    async def on_event(self, event: events.Event) -> None:
        """Spell out what cannot be printed of what is pasted, whatever it is pasted into."""
        if isinstance(event, events.Paste):
            event.text = "\n".join(map(printable, event.text.splitlines()))
        await super().on_event(event)

    def on_ready(self) -> None:
        """Let no look for garbage delay a key."""
        if not self.is_headless:
            self._until_ended.enter_context(put_aside())

    def on_unmount(self) -> None:
        """Undo what holds for as long as the app runs, and let go of its screens."""
        self._until_ended.close()
        # Textual keeps the colours of the last thousand widgets by the cache of their lines, and so all of these.
        forget = getattr(StylesCache.get_inner_outer, "cache_clear", None)
        if forget is not None:
            forget()

    def on_mount(self) -> None:
        """Look at the terminal, and say what is wrong with the user's own file."""
        if self._problems:
            first, *more = self._problems
            self.notify(f"{first} (and {len(more)} more)" if more else first, severity="warning", markup=False)
        if self.is_web:
            self.started_in = self.within = Path.cwd().resolve()
        if not self.is_headless:
            self.remembers = not self.is_web
            self.monochrome = self.monochrome or self.console.color_system not in ("256", "truecolor")

    def exit(
        self, result: CnnError | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """Keep what is looked at for another time, and leave."""
        first = self.screen_stack[0] if self.screen_stack else None
        if result is None and self.remembers and not self._exit and isinstance(first, Explorer):
            first.remember()
        super().exit(result, return_code, message)

    def action_suspend_process(self) -> None:
        """Leave the terminal to the shell until that lets the program go on."""
        if sys.platform != "win32" and isinstance(self._driver, TerminalDriver):
            self._driver.suspend(group=True)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key or a press asks for, or say why it cannot be done."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except CnnError as error:
            self.notify(str(error), severity="warning", markup=False)
            return True

    def _handle_exception(self, error: Exception) -> None:
        """Leave in good order after a defect, with one sentence; tests and developers get the traceback."""
        if self.is_headless or os.environ.get(WANTS_TRACEBACK):
            super()._handle_exception(error)
        elif not self._exit:
            # What fails once it is leaving does so for want of a screen.
            self.exit(defect_sentence(error), return_code=1)
