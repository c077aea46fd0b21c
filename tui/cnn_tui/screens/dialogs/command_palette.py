"""The command palette: Textual's own, closed as every other dialog is."""

from __future__ import annotations

from textual.command import CommandPalette

from ..closing import Closing

__all__ = ["Palette"]


class Palette(CommandPalette, Closing[None]):
    """Lists all that can be done on the screen below, by name."""
