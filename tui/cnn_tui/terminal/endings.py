"""How a signal ends the program: at once, or so that every `finally` is run; always with a status of its own."""

from __future__ import annotations

import os
import signal
import sys
import time
from _thread import start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

__all__ = ["SIGNALLED", "Endings"]

SIGNALLED: Final = 128
"""A shell's convention: the status of a program that a signal ended is this and the signal's number."""
_NUMBERS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
)
_PATIENCE: Final = 3.0
"""Seconds after which a signal ends the program whatever still goes on in it."""
_AGAIN: Final = 0.01


class _Ended(KeyboardInterrupt):
    """A signal asked the program to end. Event loops let through what they take for Ctrl-C, and nothing else."""


class Endings:
    """What the signals do that ask the program to end.

    Attributes:
        number: The signal that the program is ending by, or None.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._in_order = False
        self._leaving = False
        self._over = False
        self._last_acts: list[Callable[[], None]] = []

    @contextmanager
    def taken(self, *, for_good: bool) -> Iterator[None]:
        """Take the signals: each ends the program at once, without a word. What is ignored stays ignored.

        Args:
            for_good: Whether they stay taken afterwards, while Python itself comes to its end.
        """
        before = {}
        for number in _NUMBERS:
            # As under nohup.
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self._end)
        try:
            yield
        finally:
            if not for_good:
                self._over = True
                for number, handler in before.items():
                    signal.signal(number, handler)

    @contextmanager
    def in_order(self) -> Iterator[None]:
        """Let a signal raise an exception within, which takes back what is unfinished.

        Code that takes every exception for a reason of its own, such as an import, may turn it into another one:
        whatever is raised once there is a `number`, it is the signal's.
        """
        ordinary = sys.unraisablehook

        def unraisable(given: sys.UnraisableHookArgs) -> None:
            if isinstance(given.exc_value, _Ended) and self.number is not None:
                # It came where nothing can be raised, such as a weak reference's callback.
                number, self.number = self.number, None
                _in_a_while(_AGAIN, lambda: signal.raise_signal(number))
            else:
                ordinary(given)

        sys.unraisablehook = unraisable
        self._in_order = True
        try:
            yield
        finally:
            self._in_order = False
            sys.unraisablehook = ordinary

    def before_leaving(self, act: Callable[[], None]) -> None:
        """Have something done before a signal ends the program at once.

        Args:
            act: The callback; it may run at any point of the program.
        """
        self._last_acts.append(act)

    def leave(self, number: int) -> NoReturn:
        """End the program at once.

        Args:
            number: The signal.
        """
        self._leaving = True
        _in_a_while(_PATIENCE, lambda: os._exit(SIGNALLED + number))
        for act in self._last_acts:
            with suppress(Exception):
                act()
        os._exit(SIGNALLED + number)

    def _end(self, number: int, _: FrameType | None) -> None:
        if self._leaving:
            return
        if not self._in_order:
            self.leave(number)
        if self.number is None:
            self.number = number
            _in_a_while(_PATIENCE, lambda: self._over or self.leave(number))
            raise _Ended


def _in_a_while(seconds: float, act: Callable[[], object]) -> None:
    """Do something in a thread, begun without any lock that what the signal broke into may hold."""

    def wait() -> None:
        time.sleep(seconds)
        act()

    start_new_thread(wait, ())
