"""What edits make of the states of recurrent layers, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .edited import Edited, Rows, Spans
from .shapes import Array, Mask, product

__all__ = ["EditedStates", "EditedSteps", "StatesMade", "with_more"]


@dataclass(frozen=True, eq=False)
class EditedSteps:
    """What edits add along an axis that is read step by step.

    Attributes:
        order: The edits, those first that begin first, and last those that add nothing, shape (edits,).
        first: The step at which each begins, ascending, shape (edits,); past all steps where it adds nothing.
        added_from: The row of `differences` that each begins with, shape (edits,).
        differences: What is added, shape (rows, edits, values).
    """

    order: NDArray[np.int64]
    first: NDArray[np.int64]
    added_from: NDArray[np.int64]
    differences: Rows

    @classmethod
    def of(cls, first: NDArray[np.int64], adds: Mask, differences: Rows) -> EditedSteps:
        """Return what is added from a step on.

        Args:
            first: The step of the first row, for every edit; of steps that are not there, nothing is added.
            adds: Which rows of the edits add anything, shape (rows, edits).
            differences: What is added, shape (rows, edits, values).
        """
        skipped = adds.argmax(axis=0) if len(adds) else np.zeros_like(first)
        begin = np.where(adds.any(axis=0), first + skipped, np.iinfo(np.int64).max)
        order = np.argsort(begin, kind="stable")
        return cls(order, begin[order], skipped[order], differences)

    @property
    def start(self) -> int:
        """The step at which the first edit begins; past all steps where none does."""
        return int(self.first[0])

    def begun_by(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many edits have begun at each of some steps."""
        return np.searchsorted(self.first, steps, side="right")

    def between(self, start: int, stop: int) -> slice | NDArray[np.int64]:
        """Return which edits stand between two places of the order."""
        return slice(start, stop) if self._in_order else self.order[start:stop]

    @cached_property
    def _in_order(self) -> bool:
        return bool((self.order[1:] > self.order[:-1]).all())

    @cached_property
    def _abreast(self) -> bool:
        """Whether all edits begin together, and go on together."""
        first, row = self.first[0], self.added_from[0]
        return self._in_order and bool((self.first == first).all() and (self.added_from == row).all())

    def add_to(self, values: Array, step: int, unedited: Array) -> None:
        """Add what there is without an edit at a step, and what edits add to it, in place.

        Args:
            values: Of the edits begun, in their order, shape (edits begun, values).
            step: The step.
            unedited: What there is without an edit, shape (values,).
        """
        values += unedited
        if self._abreast:
            row = int(step - self.first[0] + self.added_from[0])
            if row < len(self.differences):
                values += self.differences[row]
            return
        # Of the edits begun, those that began long ago add nothing any more.
        mine = slice(int(np.searchsorted(self.first, step - len(self.differences), side="right")), len(values))
        if mine.start == len(values):
            return
        rows = step - self.first[mine] + self.added_from[mine]
        # Past their last row stands what the last adds, times 0.
        still = rows < len(self.differences)
        added = self.differences[np.minimum(rows, len(self.differences) - 1), self.order[mine]]
        values[mine] += added if still.all() else added * still[:, None]


@dataclass(frozen=True, eq=False)
class StatesMade:
    """The states that one recurrent layer makes behind edits.

    Attributes:
        steps: What the edits add.
        made: Called with a step, makes them anew: yields every step from there on, or from the first of any edit if
            that is earlier, and the states of the edits begun by then, in their order, shape (edits begun, units).
        first_channel: The channel of a position that holds the first of their units.
        turned: Whether the first step's states stand at the last position.
    """

    steps: EditedSteps
    made: Callable[[int], Iterator[tuple[int, Array]]]
    first_channel: int = 0
    turned: bool = False


class EditedStates(Edited):
    """All states of recurrent layers, made when they are asked for.

    Who sums them takes those of each step as they are made, so that they are never laid out.

    Args:
        unedited: Those without an edit, shape (length, channels).
        spans: The positions outside which nothing changes.
        layers: What the edits make of them, in all channels together.
    """

    layers: Sequence[StatesMade]

    def __init__(self, unedited: Array, spans: Spans, layers: Sequence[StatesMade]) -> None:
        # The fields of a frozen class; `values` are laid out where they are asked for.
        self.__dict__.update(unedited=unedited, spans=spans, layers=layers)

    @cached_property
    def values(self) -> Array:
        """What stands in the spans, shape (width, edits, channels)."""
        first, width = int(self.spans.first[0]), self.spans.width
        # Every edit's states lie together, as whoever lays them out in one row needs them.
        states = np.empty((len(self.spans), width, self.unedited.shape[1]), dtype=np.float32)
        for steps, position, channels, made in self._made(start=0):
            if 0 <= position - first < width:
                there = states[:, position - first, channels]
                there[steps.between(0, len(made))] = made
                there[steps.between(len(made), len(there))] = self.unedited[position, channels]
        return states.transpose(1, 0, 2)

    def units_times(self, kernel: Array) -> Array:
        """Return the differences of all positions as units of one row times a kernel, see `Edited`."""
        kernel = kernel.reshape(*self.unedited.shape, -1)
        products = np.zeros((len(self.spans), kernel.shape[2]), dtype=np.float32)
        for steps, position, channels, made in self._made(start=len(self.unedited)):
            differences = made - self.unedited[position, channels]
            products[steps.between(0, len(made))] += product(differences, kernel[position, channels])
        return products

    def _made(self, start: int) -> Iterator[tuple[EditedSteps, int, slice, Array]]:
        """Yield, layer by layer, what the edits add, every position, its channels, and the states of edits begun."""
        for layer in self.layers:
            for step, made in layer.made(start):
                channels = slice(layer.first_channel, layer.first_channel + made.shape[1])
                yield layer.steps, len(self.unedited) - 1 - step if layer.turned else step, channels, made


def with_more(carried: Sequence[Array], unedited: Sequence[Array], edits: int) -> tuple[Array, ...]:
    """Return what is carried of so many edits, of which the last have what there is without an edit."""
    held = len(carried[0]) if carried else edits
    if held == edits:
        return tuple(carried)
    return tuple(
        np.concatenate([each, np.repeat(more[None], edits - held, axis=0)])
        for each, more in zip(carried, unedited, strict=True)
    )
