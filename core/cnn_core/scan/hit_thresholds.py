"""From which value on the cells of a block are hits that are worth a box on a screen."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.reading import Reading
from ..layers import Array
from .hits import Hit
from .p_values import PValues
from .strongest import highest_below, hits_between

__all__ = ["HIT_P", "HitThresholds"]

HIT_P: Final = 1e-4
"""The largest p-value of a hit on the screen, that of FIMO unless it is told otherwise."""
_KEPT: Final = 64


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
    _kernel: Array
    _bias: Array
    _around: tuple[object, ...]

    @classmethod
    def of(cls, reading: Reading, before: HitThresholds | None = None) -> HitThresholds:
        """Return those of a reading's block.

        Args:
            reading: The model on an input window.
            before: Those of another reading, of which filters with the same weights are taken over.
        """
        model, block = reading.model, reading.block
        best = reading.run.best_match
        known = PValues(model, block, kept=_KEPT)
        if not known.are_known:
            # A filter whose best match is not above 0 has no half of it.
            bars = np.where(best > 0, best / 2, np.float32(np.inf)).astype(np.float32)
            return cls(bars, None, np.ones(len(bars), dtype=np.bool_), best, known, best, best, ())
        conv, letters = reading.run.conv, model.letters_of(model[block.conv])
        kernel = conv.full_kernel()
        bias = np.zeros(conv.filters, np.float32) if conv.bias is None else conv.bias
        around = conv.activation, letters and letters.channels, *(model[name].layer for name in block.between)
        least, chances = np.empty(conv.filters), np.empty(conv.filters)
        parted, same = np.empty(conv.filters, dtype=np.bool_), np.zeros(conv.filters, dtype=np.bool_)
        if before is not None and before.chances is not None and before._suits(kernel, around):
            same = (kernel == before._kernel).all(axis=(0, 1)) & (bias == before._bias)
            parted[same], chances[same] = before.parted[same], before.chances[same]
        for index in np.flatnonzero(~same).tolist():
            least[index] = known.lowest_activation(index, HIT_P)
            chances[index] = known.chance(index, HIT_P, None)
            parted[index] = known.parts(index, HIT_P)
        least[same] = 0
        bars = highest_below(least.tolist())
        if same.any() and before is not None:
            bars[same] = before.bars[same]
        return cls(bars, chances, parted, best, known, kernel, bias, around)

    def _suits(self, kernel: Array, around: tuple[object, ...]) -> bool:
        """Tell whether filters of the same weights are the same filters."""
        alike = self._kernel.shape == kernel.shape and self._around[:2] == around[:2]
        layers = self._around[2:], around[2:]
        return alike and len(layers[0]) == len(layers[1]) and all(map(operator.is_, *layers))

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
