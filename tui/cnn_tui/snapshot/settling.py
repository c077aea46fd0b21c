"""When an app has come to rest: no job runs, no widget has a message left, and all is painted.

Conditions are waited for, never a time.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from textual.worker import WorkerCancelled, WorkerFailed

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

__all__ = ["A_MOMENT", "pumps", "settle"]

A_MOMENT: Final = 0.001
"""Seconds between two looks where what is waited for is a timer."""


async def settle(app: App[Any], *, jobs: bool = True) -> None:
    """Wait until nothing goes on any more, or the app has ended.

    Args:
        app: The app; it runs without a terminal, in an event loop of asyncio's own.
        jobs: Whether jobs in the background are waited for.
    """
    while True:
        await _nothing_to_do()
        if app._exit or app._exception is not None:
            return
        # Textual gathers sizes that follow each other closely, by the clock.
        if app._resize_event is not None:
            app._check_resize()
            continue
        running = [worker for worker in app.workers if not worker.is_finished] if jobs else []
        for worker in running:
            with suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()
        if running:
            continue
        # What the timer of the frames would do: paint what has changed.
        app.screen._on_timer_update()
        if not _is_anything_to_do():
            if _is_at_rest(app):
                return
            await asyncio.sleep(A_MOMENT)


def pumps(app: App[Any]) -> list[MessagePump]:
    """Return all that receives messages: the app, its screens and their widgets."""
    return [app, *(widget for screen in app.screen_stack for widget in screen.walk_children(with_self=True))]


async def _nothing_to_do() -> None:
    """Wait until every task waits for something that is not there, such as the next message."""
    await asyncio.sleep(0)
    while _is_anything_to_do():
        await asyncio.sleep(0)


def _is_anything_to_do() -> bool:
    # asyncio does not say so otherwise: the calls that its loop is about to make, without timers and threads.
    return bool(asyncio.get_running_loop()._ready)  # type: ignore[attr-defined]


def _is_at_rest(app: App[Any]) -> bool:
    # Without animation a scroll is done at once, but at the animator's next turn.
    if app.animator._animations or app.animator._scheduled or app.screen._callbacks:
        return False
    # While updates are put off, such as when the palette fills its list, the places of widgets are not known yet.
    if app.screen._layout_required:
        return False
    return all(pump._message_queue.empty() and not pump._next_callbacks for pump in pumps(app))
