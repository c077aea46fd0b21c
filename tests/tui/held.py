"""Work of other threads that a test holds and lets go, and a loop to run it in: events instead of sleeps."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from cnn_core.errors import CnnError

PATIENCE = 10
"""Seconds that anything is waited for, at the most."""


class Held:
    """Stands before a function: whoever calls it from another thread than the app's waits there.

    Args:
        original: The function.
        first: How many calls are let through before one is held.
    """

    def __init__(self, original: Callable[..., Any], first: int = 0) -> None:
        self._original = original
        self._first = first
        self._app = threading.get_ident()
        self._lock = threading.Lock()
        self._entered, self._let_go = threading.Event(), threading.Event()
        self.calls: list[tuple[Any, ...]] = []
        """What it was called with, in order, whether it is held or not."""
        self.at_once = self.most_at_once = 0

    @classmethod
    def before(cls, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, first: int = 0) -> Held:
        """Stand before an attribute of a module or a class."""
        held = cls(getattr(owner, name), first)
        monkeypatch.setattr(owner, name, lambda *given, **options: held.call(*given, **options))
        return held

    def call(self, *given: Any, **options: Any) -> Any:
        with self._lock:
            self.calls.append(given)
            waits = len(self.calls) > self._first and threading.get_ident() != self._app
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if waits:
                self._entered.set()
                assert self._let_go.wait(PATIENCE)
            return self._original(*given, **options)
        finally:
            with self._lock:
                self.at_once -= 1

    async def entered(self) -> None:
        """Wait until a caller is held."""
        assert await asyncio.to_thread(self._entered.wait, PATIENCE)

    def let_go(self) -> None:
        """Let through whoever waits, and whoever comes."""
        self._let_go.set()


class Loop:
    """Runs coroutines in the test's own loop, and waits for them all."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self.refused: list[str] = []
        self.changes = 0

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    def refuse(self, error: CnnError) -> None:
        self.refused.append(str(error))

    def changed(self) -> None:
        self.changes += 1

    async def settled(self) -> None:
        while running := [task for task in self._tasks if not task.done()]:
            await asyncio.gather(*running)

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
