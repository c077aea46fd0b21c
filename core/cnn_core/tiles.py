"""Tiles of values that were computed: those that were looked at last are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from .layers import Array

__all__ = ["Tiles"]

_TILES_KEPT = 48


class Tiles:
    """The tiles that were looked at last, by index and size."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], Array] = OrderedDict()
        # The screen and a background job may look at once.
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def at(self, index: int, compute: Callable[[int, int], Array], size: int) -> Array:
        """Return a tile, computed where it is not kept.

        Args:
            index: Which one.
            compute: Index and size → values.
            size: Positions of a tile.
        """
        key = index, size
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        tile = compute(index, size)
        with self._lock:
            self._kept[key] = tile
            while len(self._kept) > _TILES_KEPT:
                self._kept.popitem(last=False)
        return tile
