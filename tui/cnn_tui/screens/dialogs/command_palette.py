"""The command palette: Textual's own, closed as every other dialog is."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette

from ..closing import Closing

__all__ = ["Palette"]


class Palette(CommandPalette, Closing[None]):
    """Lists all that can be done on the screen below, by name."""

    def _action_command_list(self, action: str) -> None:
        """Move in the list where it has room; without any, Textual looks for lines that are not there."""
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)
