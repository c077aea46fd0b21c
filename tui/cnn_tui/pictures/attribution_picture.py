"""What the track of effects and contributions draws: numbers of every base and letter, laid over the columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Array, Mask
from cnn_core.letters.alphabet import BASE_SET, BASES

from ..view.attribution_choice import AttributionChoice
from ..view.frame import Frame

if TYPE_CHECKING:
    from cnn_core.attribution.base_effects import Effects, EffectsPiece
    from cnn_core.attribution.contributions import Attribution
    from cnn_core.attribution.target import Target

__all__ = ["SMALLEST_SCALE", "AttributionPicture", "BaseNumbers", "LaidNumbers", "State"]

SMALLEST_SCALE: Final = 0.05
"""The least that the strongest colour stands for, so that noise does not glow. Source: Basset."""
_CODES: Final = np.array([1 << bit for bit in range(len(BASES))], dtype=np.uint8)


class State(IntEnum):
    """What is known of the bases of a column."""

    OUTSIDE = 0
    """There are none."""
    NOT_READ = 1
    """The value reads none of them."""
    PENDING = 2
    """What they do is not computed yet."""
    KNOWN = 3


@dataclass(frozen=True, eq=False)
class BaseNumbers:
    """The numbers of every base under one choice, as far as they are known.

    Attributes:
        choice: What is explained, and how.
        target: The value.
        codes: The letters of the input window, shape (length,).
        value: The value.
        letters: A number for each letter at each base, in the order ACGT, shape (length, 4): the effect of the
            substitution, the gradient, or what the letter would contribute.
        read: Which bases the value reads, shape (length,).
        known: Which bases are computed, or need not be since they are not read, shape (length,).
        contributions: What the letter that is there contributes, shape (length,); None where there is no such number.
        reference_values: The value of every reference or of the baseline; empty where there is none.
        delta: By how much the contributions from each of them miss the change of the value.
        notes: What else has to be known of the numbers, one sentence each.
    """

    choice: AttributionChoice
    target: Target
    codes: NDArray[np.uint8]
    value: float
    letters: Array
    read: Mask
    known: Mask
    contributions: Array | None = None
    reference_values: NDArray[np.float64] | None = None
    delta: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of_effects(cls, choice: AttributionChoice, found: Effects) -> BaseNumbers:
        """Return effects, all of them or the first."""
        return cls(choice, found.target, found.codes, found.value, found.raw, found.read, found.known)

    def with_piece(self, piece: EffectsPiece) -> BaseNumbers:
        """Return the effects with those of some more bases."""
        letters, known = self.letters.copy(), self.known.copy()
        letters[piece.positions], known[piece.positions] = piece.raw, True
        return replace(self, letters=letters, known=known)

    def with_attribution(self, found: Attribution) -> BaseNumbers:
        """Return gradients or contributions, which are known of all bases at once."""
        contributes = self.choice.kind.contributes
        return replace(
            self,
            letters=found.hypothetical,
            known=np.ones_like(self.known),
            contributions=found.contributions.sum(axis=1) if contributes else None,
            reference_values=found.reference_values if len(found.reference_values) else None,
            delta=found.delta if len(found.delta) else None,
            notes=found.notes,
        )

    @property
    def done(self) -> int:
        """How many of the bases that are read are computed."""
        return int((self.known & self.read).sum())

    @property
    def total(self) -> int:
        """How many bases are read."""
        return int(self.read.sum())

    @property
    def complete(self) -> bool:
        """Whether all are computed."""
        return bool(self.known.all())

    @cached_property
    def present(self) -> NDArray[np.int8]:
        """Which base is there, an index of ACGT, shape (length,); −1 for a letter that is no base, and padding."""
        is_there = (self.codes & BASE_SET)[:, None] == _CODES
        return np.where(is_there.any(axis=1), is_there.argmax(axis=1), -1).astype(np.int8)

    @cached_property
    def up(self) -> Array | None:
        """How far the bar of every base stands above 0, shape (length,): its gain, or a contribution above 0."""
        if self.contributions is not None:
            return np.maximum(self.contributions, np.float32(0))
        return np.maximum(self.letters.max(axis=1), np.float32(0)) if self.choice.kind.has_bars else None

    @cached_property
    def down(self) -> Array | None:
        """How far it hangs below 0, shape (length,), not negative: its loss, or a contribution below 0."""
        if self.contributions is not None:
            return np.maximum(-self.contributions, np.float32(0))
        return np.maximum(-self.letters.min(axis=1), np.float32(0)) if self.choice.kind.has_bars else None

    @cached_property
    def largest(self) -> Array:
        """The number of every base that is furthest from 0, shape (length,)."""
        if self.contributions is not None:
            return self.contributions
        return self.letters[np.arange(len(self.codes)), self.furthest]

    @cached_property
    def furthest(self) -> NDArray[np.int64]:
        """The letter whose number that is, an index of ACGT, shape (length,)."""
        found: NDArray[np.int64] = np.abs(self.letters).argmax(axis=1)
        return found

    @cached_property
    def limit(self) -> float:
        """What the strongest colour on either side of 0 stands for."""
        return _limit(self.letters)

    @cached_property
    def bar_limit(self) -> float:
        """What the whole height of the bars stands for: the same, but of contributions their own largest."""
        return self.limit if self.contributions is None else _limit(self.contributions)

    @cached_property
    def strongest(self) -> NDArray[np.int64]:
        """The bases that have any number but 0, the one furthest from it first."""
        sizes = np.where(self.known & self.read, np.abs(self.largest), np.float32(0))
        order = np.argsort(-sizes, kind="stable")
        return order[: int((sizes > 0).sum())]


@dataclass(frozen=True, eq=False)
class LaidNumbers:
    """The numbers over the columns of the tracks; of several bases in a column the one furthest from 0.

    Attributes:
        states: A `State` each, shape (columns,).
        starts: Whether a base begins in the column, shape (columns,).
        letters: The numbers of the four letters, shape (columns, 4).
        bases: The base that each of them is of, shape (columns, 4).
        base: The base with the number furthest from 0, shape (columns,).
        contributions: What its letter contributes, shape (columns,); 0 where that is no number of it.
        up: How far the bar stands above 0, shape (columns,).
        down: How far it hangs below 0, shape (columns,), not negative.
    """

    states: NDArray[np.int8]
    starts: Mask
    letters: Array
    bases: NDArray[np.int64]
    base: NDArray[np.int64]
    contributions: Array
    up: Array
    down: Array


@dataclass(frozen=True, eq=False)
class AttributionPicture:
    """The numbers at one moment, under a view of the tracks.

    Attributes:
        view: The view.
        reading: The model on the input window.
        choice: What is explained, and how.
        numbers: What is known, or None before anything is.
        going: Whether more is being computed.
        refusal: Why it cannot be, or nothing.
    """

    view: Frame
    reading: Reading
    choice: AttributionChoice
    numbers: BaseNumbers | None
    going: bool = False
    refusal: str = ""

    def looks_like(self, other: AttributionPicture) -> bool:
        """Tell whether another picture shows the same numbers over the same columns."""
        mine, theirs = self.view, other.view
        return (self.numbers, self.choice, self.going, self.refusal) == (
            other.numbers,
            other.choice,
            other.going,
            other.refusal,
        ) and (mine.offset, mine.zoom, mine.columns) == (theirs.offset, theirs.zoom, theirs.columns)

    @property
    def complete(self) -> bool:
        """Whether all is computed."""
        return self.numbers is not None and self.numbers.complete

    @cached_property
    def laid(self) -> LaidNumbers:
        """The numbers over the columns."""
        numbers, view = self.numbers, self.view
        assert numbers is not None
        several, columns = view.bases_per_column, view.columns
        firsts = view.offset + np.arange(columns, dtype=np.int64) * several // view.columns_per_base
        bases = firsts[:, None] + np.arange(several)
        there = (bases >= 0) & (bases < len(numbers.codes))
        at = np.where(there, bases, 0)
        read, known = there & numbers.read[at], there & numbers.known[at]
        shown = read & known
        states = np.where(shown.any(axis=1), State.KNOWN, np.where(read.any(axis=1), State.PENDING, State.NOT_READ))
        states = np.where(there.any(axis=1), states, State.OUTSIDE).astype(np.int8)
        rows = np.arange(columns)

        def furthest(values: Array) -> tuple[Array, NDArray[np.int64]]:
            """Return of every column the value furthest from 0, and its base."""
            seen = np.where(shown, values[at], np.float32(0))
            nth = np.abs(seen).argmax(axis=1)
            return seen[rows, nth], bases[rows, nth]

        each = [furthest(numbers.letters[:, letter]) for letter in range(len(BASES))]
        none = np.zeros(columns, dtype=np.float32)
        return LaidNumbers(
            states,
            np.r_[True, firsts[1:] != firsts[:-1]],
            np.stack([values for values, _ in each], axis=1),
            np.stack([of for _, of in each], axis=1),
            furthest(numbers.largest)[1],
            none if numbers.contributions is None else furthest(numbers.contributions)[0],
            none if numbers.up is None else furthest(numbers.up)[0],
            none if numbers.down is None else furthest(numbers.down)[0],
        )


def _limit(values: Array) -> float:
    found = float(np.abs(values).max(initial=0))
    return max(SMALLEST_SCALE, found) if np.isfinite(found) else SMALLEST_SCALE
