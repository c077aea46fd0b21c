"""A bounded cache of the values that were asked for last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["LruCache"]

Key = TypeVar("Key")
Value = TypeVar("Value")


def _nothing(_: object) -> int:
    return 0


class LruCache(Generic[Key, Value]):
    """Keeps the values that were asked for last; any thread may ask.

    Args:
        most: How many values are kept at most.
        room: How many bytes they may take together. The latest is kept, however large it is.
        bytes_of: Returns how many bytes a value takes; by default none are counted.
    """

    def __init__(self, most: int, *, room: int = 0, bytes_of: Callable[[Value], int] = _nothing) -> None:
        self._most = most
        self._room = room
        self._bytes_of = bytes_of
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def __reduce__(self) -> tuple[Callable[[], LruCache[Key, Value]], tuple[()]]:
        """Pickle an empty one of the same bounds."""
        return partial(type(self), self._most, room=self._room, bytes_of=self._bytes_of), ()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        """Return a value, or None where it is not kept."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, and drop those that were asked for longest ago where there are too many."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > 1 and self._is_too_much():
                self._values.popitem(last=False)

    def at(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return a value, which is made where it is not kept.

        Args:
            key: Whose value.
            make: Makes it.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        self.put(key, value)
        return value

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._values.clear()

    def _is_too_much(self) -> bool:
        return len(self._values) > self._most or sum(map(self._bytes_of, self._values.values())) > self._room
