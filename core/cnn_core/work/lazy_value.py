"""A value that is computed on first use: once, and by a single thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["LazyValue"]

Value = TypeVar("Value")


class LazyValue(Generic[Value]):
    """Holds a value from the moment when it has been computed.

    Each has its own lock: a thread that asks while another computes waits for this value alone. Whatever the
    computation raises is passed on, and nothing is held.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: tuple[Value] | None = None

    def __reduce__(self) -> tuple[type[LazyValue[Value]], tuple[()]]:
        """Pickle an empty one: another process computes the value itself."""
        return type(self), ()

    @property
    def is_there(self) -> bool:
        """Whether the value has been computed, so that asking for it takes no time."""
        return self._held is not None

    def get(self, compute: Callable[[], Value]) -> Value:
        """Return the value.

        Args:
            compute: Computes it where needed; it must not ask for this value itself.

        Raises:
            Exception: Whatever the computation raises.
        """
        if self._held is None:
            with self._lock:
                if self._held is None:
                    self._held = (compute(),)
        return self._held[0]

    def put(self, value: Value) -> None:
        """Hold a value that is known already, unless there is one."""
        with self._lock:
            if self._held is None:
                self._held = (value,)
