"""From which value on the cells of a block are hits that are worth a box on a screen."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.reading import Reading
from ..layers import Array
from ..work.progress import Progress, no_progress
from .hits import Hit
from .p_values import PValues, why_no_p_values
from .strongest import highest_below, hits_between

__all__ = ["HIT_P", "HitThresholds"]

HIT_P: Final = 1e-4
"""The largest p-value of a hit on the screen, that of FIMO unless it is told otherwise."""
_KEPT: Final = 64


@dataclass(frozen=True, eq=False)
class _Filters:
    """What p-values and values of a block on letters depend on, `around` being the same for all filters."""

    kernel: Array
    bias: Array
    around: tuple[object, ...]

    @classmethod
    def of(cls, reading: Reading) -> _Filters:
        model, block, conv = reading.model, reading.block, reading.run.conv
        letters = model.letters_of(model[block.conv])
        bias = np.zeros(conv.filters, np.float32) if conv.bias is None else conv.bias
        around = conv.activation, letters and letters.channels, *(model[name].layer for name in block.between)
        return cls(conv.full_kernel(), bias, around)

    def same(self, before: HitThresholds | None) -> NDArray[np.bool_]:
        """Return which filters are those of the same index before, shape (filters,)."""
        other = None if before is None else before._filters
        if other is None or self.kernel.shape != other.kernel.shape or not self._is_amid(other.around):
            return np.zeros(len(self.bias), dtype=np.bool_)
        same: NDArray[np.bool_] = (self.kernel == other.kernel).all(axis=(0, 1)) & (self.bias == other.bias)
        return same

    def _is_amid(self, around: tuple[object, ...]) -> bool:
        layers = self.around[2:], around[2:]
        alike = self.around[:2] == around[:2] and len(layers[0]) == len(layers[1])
        return alike and all(map(operator.is_, *layers))


@dataclass(frozen=True, eq=False)
class HitThresholds:
    """What makes a hit of each filter of a block: a p-value, or where there is none, half of its best match.

    Attributes:
        bars: What a hit's value exceeds, shape (filters,).
        chances: How likely a random window is a hit, shape (filters,); None where there are no p-values.
        parted: Of which filters the value alone tells hits, shape (filters,); of others the p-value has to be asked.
        best: The value of each filter's best match, shape (filters,).
        p_values: The p-values.
    """

    bars: Array
    chances: NDArray[np.float64] | None
    parted: NDArray[np.bool_]
    best: Array
    p_values: PValues
    _filters: _Filters | None

    @classmethod
    def of(
        cls, reading: Reading, before: HitThresholds | None = None, progress: Progress = no_progress
    ) -> HitThresholds:
        """Return those of a reading's block; each filter takes a millisecond or a few.

        Args:
            reading: The model on an input window.
            before: Those of another reading, of which filters with the same weights are taken over.
            progress: Told before each other filter how many of them are done.
        """
        best = reading.run.best_match
        known = PValues(reading.model, reading.block, kept=_KEPT)
        if not known.are_known:
            # A filter whose best match is not above 0 has no half of it.
            bars = np.where(best > 0, best / 2, np.float32(np.inf)).astype(np.float32)
            return cls(bars, None, np.ones(len(bars), dtype=np.bool_), best, known, None)
        filters = _Filters.of(reading)
        least, chances = np.zeros(len(best)), np.empty(len(best))
        parted, same = np.empty(len(best), dtype=np.bool_), filters.same(before)
        new = np.flatnonzero(~same).tolist()
        for done, index in enumerate(new):
            progress(done, len(new))
            least[index] = known.lowest_activation(index, HIT_P)
            chances[index] = known.chance(index, HIT_P, None)
            parted[index] = known.parts(index, HIT_P)
        bars = highest_below(least.tolist())
        if before is not None and before.chances is not None and same.any():
            bars[same], parted[same], chances[same] = before.bars[same], before.parted[same], before.chances[same]
        return cls(bars, chances, parted, best, known, filters)

    @staticmethod
    def filters_left(reading: Reading, before: HitThresholds | None = None) -> int:
        """Return of how many filters they would have to be worked out.

        Args:
            reading: The model on an input window.
            before: See `of`.
        """
        if why_no_p_values(reading.model, reading.block):
            return 0
        return int(np.count_nonzero(~_Filters.of(reading).same(before)))

    def hits(self, reading: Reading, start: int, stop: int) -> list[Hit]:
        """Return the hits among some cells of a reading of this block, without their p-values.

        Args:
            reading: The model on the input window, on either strand.
            start: The first cell.
            stop: One past the last.
        """
        found = hits_between(reading, start, stop, self.bars)
        return [hit for hit in found if self.parted[hit.filter] or (self.p_of(hit) or 1) <= HIT_P]

    def p_of(self, hit: Hit) -> float | None:
        """Return the p-value of a hit, or None where it has none."""
        return None if hit.position is None else self.p_values.of_letters(hit.filter, hit.letters)
