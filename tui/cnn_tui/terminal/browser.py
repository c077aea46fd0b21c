"""How the app draws in a web terminal, through pipes to the server that started it."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.drivers.web_driver import WebDriver

__all__ = ["BrowserDriver"]


class BrowserDriver(WebDriver):
    """Textual's driver for a web terminal, which also ends the app where the server is gone."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._drawn = app

    def run_input_thread(self) -> None:
        """Read keys and sizes until the server sends no more."""
        super().run_input_thread()
        self._drawn.call_later(self._drawn.exit)
