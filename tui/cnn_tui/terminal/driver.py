"""How the app draws on a terminal of a Unix system, and leaves it for a while where it is suspended."""

from __future__ import annotations

import os
import signal
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from cnn_core.errors import CnnError

from .conditions import Terminal

__all__ = ["TerminalApp", "TerminalDriver"]


class TerminalApp(App[CnnError]):
    """An app that draws on a terminal of its own.

    Attributes:
        terminal: What is drawn on; None leaves that to Textual.
    """

    terminal: Terminal | None = None


class TerminalDriver(LinuxDriver):
    """Draws through a `Terminal`, and stops and goes on as a shell's job does.

    It acts in the event loop, between two steps of the app, never during one.
    """

    def __init__(
        self, app: TerminalApp, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert app.terminal is not None
        self._owner = app
        self._terminal = app.terminal
        # The thread that writes takes it for a file.
        self._file: Any = self._terminal
        self._take_signals()

    @property
    def _drawing(self) -> bool:
        """Whether the terminal is the app's at present: it reads the keys."""
        return self._key_thread is not None and self._key_thread.is_alive()

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        super().stop_application_mode()
        if self._mouse_pixels:
            self.write("\x1b[?1016l")

    def suspend(self, *, group: bool) -> None:
        """Stop the program, with the terminal as it was before, until a shell lets it go on.

        Args:
            group: Whether all programs of the job are stopped, as the terminal itself does for Ctrl-Z.
        """
        drawing = self._drawing
        if drawing:
            self.suspend_application_mode()
        elif self._owner.return_code is not None:
            # It is quitting, and another thread may not yet have written all that gives the terminal back.
            self._terminal.give_back()
        self._let_signals_go()
        # Where no shell could let it go on, the system does not stop it.
        os.kill(0 if group else os.getpid(), signal.SIGTSTP)
        self._take_signals()
        if drawing:
            self._draw_again()

    def _go_on(self) -> None:
        """Draw all again after a stop that nothing announced; what the shell has done to the terminal is not known."""
        if self._drawing:
            self._terminal.wait_for_foreground()
            self.suspend_application_mode()
            self._draw_again()

    def _draw_again(self) -> None:
        self._terminal.wait_for_foreground()
        self.resume_application_mode()
        self._owner.refresh(layout=True)

    def _take_signals(self) -> None:
        self._loop.add_signal_handler(signal.SIGTSTP, lambda: self.suspend(group=False))
        self._loop.add_signal_handler(signal.SIGCONT, self._go_on)

    def _let_signals_go(self) -> None:
        self._loop.remove_signal_handler(signal.SIGTSTP)
        self._loop.remove_signal_handler(signal.SIGCONT)
