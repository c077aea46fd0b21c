"""What shows a picture: bound to the screen's, and painted again where another one looks otherwise."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.reactive import reactive

from .lines import KeptLines

__all__ = ["Drawing"]

Drawn = TypeVar("Drawn")


class Drawing(KeptLines, Generic[Drawn]):
    """Lines that a picture is drawn in."""

    picture: reactive[Drawn | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""

    def watch_picture(self, before: Drawn | None, after: Drawn | None) -> None:
        """Paint again where there is something else to paint."""
        if before is None or after is None:
            self.refresh()
        else:
            self.repaint(before, after)

    def repaint(self, before: Drawn, after: Drawn) -> None:
        """Paint again what two pictures show differently: everything, where nothing better is known."""
        if not self.looks_alike(before, after):
            self.refresh()

    def looks_alike(self, before: Drawn, after: Drawn) -> bool:
        """Tell whether two pictures are drawn alike here, so that the second need not be painted."""
        return False
