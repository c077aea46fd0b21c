"""The demonstration: a clock that moves on whatever view plays, from moment to moment, to the end of its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from ..view.play import SPEEDS, Play

if TYPE_CHECKING:
    from ..view.view_state import ViewState
    from .block_screen import BlockScreen

__all__ = ["Player"]


class Player:
    """Plays a cell.

    Args:
        screen: What shows the moments.

    Attributes:
        timer: The clock, while it runs.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen
        self._timed: Play | None = None
        self.timer: Timer | None = None

    def follow(self, view: ViewState | None) -> None:
        """Let the clock run while a view plays, and no longer."""
        play = None if view is None or view.play is None or not view.play.running else view.play
        if play is self._timed:
            return
        if self.timer is not None:
            self.timer.stop()
        self._timed = play
        self.timer = None if play is None else self._screen.set_timer(SPEEDS[play.speed], self.tick)

    def toggle(self) -> None:
        """Play the present cell, or pause, or go on."""
        view = self._screen.view
        if view is not None:
            filled = view.play is not None and view.play.is_filled
            self._show(Play(view.cell) if view.play is None or filled else view.play.paused(not view.play.running))

    def speed(self, by: int) -> None:
        """Play slower or faster."""
        view = self._screen.view
        if view is not None and view.play is not None:
            self._show(view.play.faster(by))

    def step(self, direction: int) -> None:
        """Go to the next moment by hand, or to the one before."""
        view = self._screen.view
        if view is not None and view.play is not None:
            play = view.play.paused(False)
            self._show(play.backward() if direction < 0 else play.forward(_responses(view, play)) or play)

    def tick(self) -> None:
        """Go on to the next moment of the demonstration, and stop where the cell is filled."""
        view = self._screen.view
        if view is None or view.play is None:
            return
        play = view.play
        self._show(play.forward(_responses(view, play)) or play.paused(False))

    def _show(self, play: Play | None) -> None:
        view = self._screen.view
        assert view is not None
        self._screen.show_view(view.played(play))


def _responses(view: ViewState, play: Play) -> int:
    """Return how many responses the pool window of the cell reads."""
    return len(view.axes.pool.window(play.cell, view.axes.positions).positions)
