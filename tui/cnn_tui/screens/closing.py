"""Closing a screen that stands over another: once, and never a screen that is not its own."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.worker import active_worker

__all__ = ["Closing"]

Result = TypeVar("Result")


class Closing(Screen[Result]):
    """A screen that keys, presses and background work may close, even several of them at once."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close with a result if this screen is on top; Textual would close whichever is on top.

        Args:
            result: What its opener gets.
        """
        if not self.is_active:
            return AwaitComplete()
        # Textual takes the widgets away before it cancels the work that shows something in them.
        for worker in [*self.workers]:
            if worker.node is self and worker is not active_worker.get(None):
                worker.cancel()
        return super().dismiss(result)
