"""Makes the manual page while a wheel is built, from the options themselves; nothing but Python is needed for it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPage(BuildHookInterface):
    """Puts `share/man/man1/cnn-tui.1` into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the page before the files of the wheel are put together."""
        sys.path[:0] = [str(Path(self.root) / name) for name in ("core", "tui", "samples")]
        self._folder = TemporaryDirectory()
        page = Path(self._folder.name) / "cnn-tui.1"
        page.write_text(import_module("cnn_tui.cli.manual").manual_page(), encoding="ascii", newline="\n")
        build_data["shared_data"][str(page)] = "share/man/man1/cnn-tui.1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the page; it is in the wheel."""
        self._folder.cleanup()
