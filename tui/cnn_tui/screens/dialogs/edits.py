"""The edits that are laid over the letters, by name."""

from __future__ import annotations

import os
from typing import ClassVar

from ...terminal.conditions import takes_clipboard
from .assumptions import AssumptionsScreen

__all__ = ["Edits"]


class Edits(AssumptionsScreen):
    """Lists edits, and copies them.

    Args:
        names: Their names, such as `chr1:46A>G`.
    """

    BINDINGS: ClassVar = [("Y", "copy", "Copy"), ("q", "close", "Close")]
    heading = "Edits"
    closing = "q Esc"
    hints = (*AssumptionsScreen.hints, ("Y", "copy all", "copy"))

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self._names = names

    def action_copy(self) -> None:
        """Copy the names, a line each."""
        if not takes_clipboard(os.environ) or getattr(self.app, "is_web", False):
            self.notify("this terminal takes no clipboard; S writes the edits into a view", markup=False)
            return
        self.app.copy_to_clipboard("\n".join(self._names))
        self.notify(f"copied: {len(self._names):,}", markup=False)
