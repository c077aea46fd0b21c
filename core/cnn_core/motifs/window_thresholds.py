"""What the rules take their thresholds from: the largest activation of each filter, its mean, its N largest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from .filter_windows import FilterWindows, Windows

__all__ = ["BestOfAll", "Mean", "largest_activations"]

_STEPS: Final = 34
"""A mean is summed in whole steps of the largest possible activation / 2 to this power: a sum of doubles is exact."""
_ROWS_AT_ONCE: Final = 1 << 18


def largest_activations(pieces: Iterable[Windows], filters: int) -> Array:
    """Return each filter's largest activation anywhere, −∞ without a window, shape (filters,)."""
    largest = np.full(filters, -np.inf, dtype=np.float32)
    for piece in pieces:
        np.maximum(largest, piece.activations.max(axis=0), out=largest)
    return largest


@dataclass(eq=False)
class Mean:
    """The mean and the largest activation of each filter over all positions.

    Attributes:
        bounds: What no activation exceeds in size, shape (filters,); ∞ where nothing is known.
    """

    bounds: NDArray[np.float64]
    _largest: Array = field(init=False)
    _steps: list[int] = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        self._largest = np.full(len(self.bounds), -np.inf, dtype=np.float32)
        self._steps = [0] * len(self.bounds)

    @classmethod
    def of(cls, windows: FilterWindows) -> Mean:
        """Return that of filters, nothing added yet."""
        return cls(np.abs(windows.bounds).max(axis=0).astype(np.float64))

    @property
    def is_bounded(self) -> bool:
        """Whether a bound of every filter is known."""
        return bool(np.isfinite(self.bounds).all())

    def bounded(self, pieces: Iterable[Windows]) -> Mean:
        """Return it with what no activation that there is exceeds."""
        bounds = np.zeros_like(self.bounds)
        for piece in pieces:
            np.maximum(bounds, np.abs(piece.activations).max(axis=0), out=bounds)
        return Mean(bounds)

    @property
    def _step(self) -> NDArray[np.float64]:
        exponents = np.frexp(np.where(self.bounds > 0, self.bounds, 1.0))[1]
        step: NDArray[np.float64] = np.ldexp(1.0, exponents - _STEPS)
        return step

    def add(self, piece: Windows) -> None:
        """Add the activations of some windows."""
        for start in range(0, len(piece.activations), _ROWS_AT_ONCE):
            some = piece.activations[start : start + _ROWS_AT_ONCE]
            added = np.rint(some / self._step).sum(axis=0)
            self._steps = [steps + int(more) for steps, more in zip(self._steps, added.tolist(), strict=True)]
            np.maximum(self._largest, some.max(axis=0), out=self._largest)
        self._count += len(piece.activations)

    def halfway_bars(self) -> Array:
        """Return mean + 0.5 · (largest − mean), rounded down to what an activation exceeds if it exceeds that."""
        if not self._count:
            return np.full(len(self._steps), np.inf, dtype=np.float32)
        mean = np.array([steps / self._count for steps in self._steps]) * self._step
        halfway = mean + 0.5 * (self._largest.astype(np.float64) - mean)
        bars = halfway.astype(np.float32)
        return np.where(bars > halfway, np.nextafter(bars, np.float32(-np.inf)), bars)


class BestOfAll:
    """The N largest activations of each filter's sites, of each strand.

    Args:
        windows: The filters.
        count: N.
    """

    def __init__(self, windows: FilterWindows, count: int) -> None:
        self._count = count
        self._floors = windows.floors
        filters = len(windows.filters)
        self._kept: list[list[Array]] = [[np.zeros(0, dtype=np.float32)] * filters for _ in range(2)]
        self._least = np.full((2, filters), -np.inf, dtype=np.float32)

    def add(self, piece: Windows) -> None:
        """Look at some windows."""
        strand = int(piece.reverse)
        kept, least = self._kept[strand], self._least[strand]
        heard = (piece.activations > least) & piece.whole[:, None]
        if self._floors is not None:
            heard &= piece.activations != self._floors
        for column in np.flatnonzero(heard.any(axis=0)).tolist():
            values = np.concatenate([kept[column], piece.activations[heard[:, column], column]])
            if len(values) >= self._count:
                values = np.partition(values, len(values) - self._count)[len(values) - self._count :]
                least[column] = values[0]
            kept[column] = values

    def bars(self) -> tuple[Array, NDArray[np.int64]]:
        """Return which activations are among the N largest of both strands.

        Returns:
            What they exceed or are equal to, shape (filters,), and how many equal ones of each strand are among them,
            shape (2, filters).
        """
        bars = np.full(len(self._least[0]), -np.inf, dtype=np.float32)
        quotas = np.zeros((2, len(bars)), dtype=np.int64)
        for column, strands in enumerate(zip(*self._kept, strict=True)):
            values = np.concatenate(strands)
            if len(values) < self._count:
                continue
            bars[column] = np.partition(values, len(values) - self._count)[len(values) - self._count]
            left = self._count - int((values > bars[column]).sum())
            for strand, mine in enumerate(strands):
                quotas[strand, column] = min(left, int((mine == bars[column]).sum()))
                left -= int(quotas[strand, column])
        return bars, quotas
