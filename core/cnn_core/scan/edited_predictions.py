"""What a network gives on many edits of one sequence: of each, only what it changes is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.spreading import Spreading
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT, part_up_to
from ..blocks.reading import Reading
from ..layers import Array
from ..network.model import Model
from .predictions import PredictedValues

__all__ = ["EditedPredictions"]

_MANY: Final = 12
"""Edits of one sequence from which on this is worth it."""


class EditedPredictions:
    """Predicts on edits of sequences.

    Args:
        model: The network.
        wanted: What is predicted.
    """

    def __init__(self, model: Model, wanted: Sequence[PredictedValues]) -> None:
        self._wanted = wanted
        self._part = part_up_to(model, *(each.layer for each in wanted))
        self._is_masked: bool | None = None

    def are_worth_it(self, reading: Reading, edits: int) -> bool:
        """Tell whether so many edits of one sequence are computed faster than by running each.

        Args:
            reading: The sequence, unedited.
            edits: How many.
        """
        if edits < _MANY or reading.length > LONGEST_WHOLE_INPUT:
            return False
        flow = self._part.flow(reading.length)
        if flow.misfit is not None or flow.too_short:
            return False
        if self._is_masked is None:
            self._is_masked = self._spreading(self._part, reading, None).runs_whole
        return not self._is_masked

    def of(self, reading: Reading, first: NDArray[np.int64], codes: NDArray[np.uint8]) -> tuple[Array, ...]:
        """Return what is predicted on every edit, in the order of what is wanted.

        Args:
            reading: The sequence, unedited.
            first: The first base that each edits, shape (edits,).
            codes: The letters that stand from there on, shape (bases, edits).

        Returns:
            Shape (edits, …) each.
        """
        found = []
        for each in self._wanted:
            part = part_up_to(self._part, each.layer)
            size = part.shapes_of(each.layer, reading.length)[each.layer]
            is_one = len(each.index) == len(size)
            places = each.index[:1] if is_one else range(size[0] or 0)
            spreading = self._spreading(part, reading, (each.layer, (*places,)))
            at_once = spreading.edits_at_once(int(first[len(first) // 2]))
            parts = [slice(start, start + at_once) for start in range(0, len(first), at_once)]
            found.append(np.concatenate([_values(spreading, each, first[some], codes[:, some]) for some in parts]))
        return (*found,)

    def _spreading(self, part: Model, reading: Reading, wanted: tuple[str, tuple[int, ...]] | None) -> Spreading:
        names = {node.name for node in part.inputs}
        sides = {name: numbers for name, numbers in reading.side_values().items() if name in names}
        return Spreading(part, reading.codes(0, reading.length), reading.ambiguity, sides, wanted=wanted)


def _values(
    spreading: Spreading, wanted: PredictedValues, first: NDArray[np.int64], codes: NDArray[np.uint8]
) -> Array:
    """Return what is wanted of some edits, shape (edits, …)."""
    found = spreading.edited(first, codes).get(wanted.layer)
    if found is None:
        return np.repeat(wanted.of(spreading.values[wanted.layer])[None], len(first), axis=0)
    return np.stack([wanted.of(found.of(edit)) for edit in range(len(first))])
