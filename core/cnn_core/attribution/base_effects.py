"""The effect of every base on one value: what the value becomes where each base is replaced by each other letter.

This is in-silico saturation mutagenesis. One substitution at a time hides redundancy: a base whose effect is 0 is not
without function, and a base that the value does not read is not the same as one without an effect.

Sources: tangermeme 1.6, `saturation_mutagenesis` (centred and projected); Kelley et al. 2016, Basset (loss and gain).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.offered_blocks import part_up_to
from ..layers import Array, Mask, Spans
from ..letters.alphabet import BASE_SET, BASES, PADDING, Ambiguity, decode
from ..named_arrays import NamedArray, Tabular, named_numbers
from ..network.model import Model
from ..work.progress import Progress, no_progress
from .spreading import Spreading
from .target import Target

__all__ = ["Effects", "EffectsPiece", "SaturationMutagenesis", "edited_values", "effects"]

_CODES: Final = np.array([1 << bit for bit in range(len(BASES))], dtype=np.uint8)
_PIECE: Final = 128
"""Bases of a piece."""
_WHOLE: Final = 512
"""Bases of a piece where only the whole result is wanted."""
_PIECES: Final = 64
"""Into how many pieces long work is cut at the least, between which it says how far it is."""


@dataclass(frozen=True, eq=False, repr=False)
class Effects(Tabular):
    """The effects of every base on a value.

    Attributes:
        target: The value.
        codes: The letters of the input window, shape (length,).
        value: The value without any edit.
        raw: The value behind each substitution less the value, shape (length, 4), in the order ACGT: 0 at the base
            that is there; of N, and other letters that are no base, what each of the four would change.
        read: Which bases the value reads at all, shape (length,). Where it does not, `raw` is 0.
        known: Which bases are computed yet, shape (length,).
    """

    target: Target
    codes: NDArray[np.uint8]
    value: float
    raw: Array
    read: Mask
    known: Mask

    @property
    def letters(self) -> str:
        """The letters of the input window."""
        return decode(self.codes)

    @cached_property
    def present(self) -> Mask:
        """Which base is there, shape (length, 4); none of an N or padding."""
        return np.asarray((self.codes & BASE_SET)[:, None] == _CODES)

    @cached_property
    def centred(self) -> Array:
        """The effects less their mean over all four letters, the present one's 0 included, shape (length, 4)."""
        centred: Array = self.raw - self.raw.mean(axis=1, keepdims=True)
        return centred

    @cached_property
    def projected(self) -> Array:
        """What is left of the centred effects at the base that is there, shape (length, 4); 0 of an N."""
        return np.where(self.present, self.centred, np.float32(0))

    @cached_property
    def loss(self) -> Array:
        """How far the value falls at most, over all four letters, shape (length,); never below 0."""
        loss: Array = np.maximum(-self.raw.min(axis=1), np.float32(0))
        return loss

    @cached_property
    def gain(self) -> Array:
        """How far the value rises at most, over all four letters, shape (length,); never below 0."""
        gain: Array = np.maximum(self.raw.max(axis=1), np.float32(0))
        return gain

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a base: `base`, `letter`, the raw effects `A`, `C`, `G`, `T`, `loss`, `gain`, `read`."""
        raw = dict(zip(BASES, self.raw.T, strict=True))
        told = {"loss": self.loss, "gain": self.gain, "read": self.read}
        return {"base": np.arange(len(self.codes)), "letter": np.array([*self.letters]), **raw, **told}

    def named(self, name: str = "raw") -> NamedArray:
        """Return effects with the names of their axes: base and letter.

        Args:
            name: `raw`, `centred` or `projected`.

        Raises:
            NotFoundError: There are no such numbers.
        """
        labels = {"base": np.arange(len(self.codes)), "letter": np.array([*BASES])}
        return named_numbers(self, name, ("raw", "centred", "projected"), labels)

    def with_piece(self, piece: EffectsPiece) -> Effects:
        """Return the effects with a piece more known."""
        raw, known = self.raw.copy(), self.known.copy()
        raw[piece.positions], known[piece.positions] = piece.raw, True
        return replace(self, raw=raw, known=known)


@dataclass(frozen=True, eq=False)
class EffectsPiece:
    """The effects of some bases.

    Attributes:
        positions: The bases, ascending, shape (bases,).
        raw: Their effects, shape (bases, 4), see `Effects`.
    """

    positions: NDArray[np.int64]
    raw: Array


class SaturationMutagenesis:
    """The effects of every base on one value, computed piece by piece.

    Only what a substitution can change and the value reads is computed again, for many substitutions at once.

    Args:
        model: The network, with its last sigmoid or softmax even where the target is the value before it.
        target: The value.
        codes: The letters of the input window, shape (length,), see `alphabet`.
        ambiguity: What an ambiguous letter becomes.
        side_inputs: The numbers of the inputs that are not letters, see `Model.run`.
        values: Every layer's values of the unedited run, where they are there already.

    Raises:
        CnnError: The network cannot be run, or has no such value.
    """

    def __init__(
        self,
        model: Model,
        target: Target,
        codes: NDArray[np.uint8],
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
        values: Mapping[str, Array] | None = None,
    ) -> None:
        self.target = target
        part = part_up_to(target.applied(model), target.layer)
        names = {node.name for node in part.nodes}
        sides = {name: numbers for name, numbers in (side_inputs or {}).items() if name in names}
        if values is not None:
            values = {name: values[name] for name in names if name in values}
            if target.logit:
                node = part[target.layer]
                values[node.name] = node.layer.forward(*(values[name] for name in node.inputs))
        self._spreading = Spreading(part, codes, ambiguity, sides, values, wanted=(target.layer, target.index[:1]))
        self._ambiguity, self._sides = ambiguity, sides
        self.codes = codes
        self.value = target.of(self._spreading.values)

    @cached_property
    def read(self) -> Mask:
        """Which bases the value reads, shape (length,); padding holds no base."""
        read: Mask = self._spreading.read & (self.codes & BASE_SET != PADDING)
        return read

    @property
    def nothing_yet(self) -> Effects:
        """The effects before the first piece: only those of bases that are not read are known."""
        raw = np.zeros((len(self.codes), len(BASES)), dtype=np.float32)
        return Effects(self.target, self.codes, self.value, raw, self.read, ~self.read)

    def pieces(
        self, near: int | None = None, size: int = _PIECE, within: tuple[int, int] | None = None
    ) -> Iterator[EffectsPiece]:
        """Yield the effects of all bases that are read, piece by piece.

        Args:
            near: The base whose piece comes first, and the nearest after it; None is in order.
            size: How many bases a piece has, at most.
            within: Between which bases alone, half-open; None is all.
        """
        start, stop = within or (0, len(self.codes))
        found = np.flatnonzero(self.read[start:stop]) + start
        pieces = [found[first : first + size] for first in range(0, len(found), size)]
        if near is not None:
            pieces.sort(key=lambda piece: max(int(piece[0]) - near, near - int(piece[-1]), 0))
        for positions in pieces:
            yield EffectsPiece(positions, self._of(positions))

    def effects(self, progress: Progress = no_progress, within: tuple[int, int] | None = None) -> Effects:
        """Return the effects of all bases.

        Args:
            progress: Called with the bases done and their number; it may raise to stop.
            within: Between which bases alone, half-open; None is all. The others stay unknown.
        """
        start, stop = within or (0, len(self.codes))
        found, done, total = self.nothing_yet, 0, int(self.read[start:stop].sum())
        for piece in self.pieces(size=max(_WHOLE, -(-total // _PIECES)), within=(start, stop)):
            found.raw[piece.positions], found.known[piece.positions] = piece.raw, True
            done += len(piece.positions)
            progress(done, total)
        return found

    def _of(self, positions: NDArray[np.int64]) -> Array:
        """Return the effects of some bases, shape (bases, 4)."""
        raw = np.zeros((len(positions), len(BASES)), dtype=np.float32)
        rows, letters = np.nonzero((self.codes[positions] & BASE_SET)[:, None] != _CODES)
        at_once = self._spreading.edits_at_once(int(positions[len(positions) // 2]))
        for start in range(0, len(rows), at_once):
            mine, others = rows[start : start + at_once], letters[start : start + at_once]
            raw[mine, others] = self._behind(positions[mine], _CODES[others]) - np.float32(self.value)
        return raw

    def _behind(self, positions: NDArray[np.int64], codes: NDArray[np.uint8]) -> Array:
        """Return the value behind every substitution, shape (edits,)."""
        if self._spreading.runs_whole:
            return np.array([self._run(*edit) for edit in zip(positions, codes, strict=True)], dtype=np.float32)
        found = self._spreading.edited(positions, codes[None]).get(self.target.layer)
        if found is None:
            return np.full(len(positions), self.value, dtype=np.float32)
        place, *index = self.target.index
        row = found.rows(Spans(np.full(len(positions), place), 1))[0]
        behind: Array = row[(slice(None), *index)]
        return behind

    def _run(self, position: np.int64, code: np.uint8) -> float:
        """Return the value behind one substitution, by a run of the whole network."""
        codes = self.codes.copy()
        codes[position] = code
        return self.target.of(self._spreading.model.run(codes, self._ambiguity, self._sides))


def effects(
    model: Model,
    target: Target,
    codes: NDArray[np.uint8],
    ambiguity: Ambiguity | str = Ambiguity.ZERO,
    side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
    values: Mapping[str, Array] | None = None,
    progress: Progress = no_progress,
) -> Effects:
    """Return the effect of every base on one value; see `SaturationMutagenesis` for the arguments and errors."""
    return SaturationMutagenesis(model, target, codes, ambiguity, side_inputs, values).effects(progress)


def edited_values(
    model: Model,
    values: Mapping[str, Array],
    codes: NDArray[np.uint8],
    edited_codes: NDArray[np.uint8],
    ambiguity: Ambiguity | str = Ambiguity.ZERO,
    side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
) -> dict[str, Array]:
    """Return every layer's values behind edits of the letters, and compute only what these can change.

    Who edits one window again and again keeps a `Spreading`, whose `of_letters` this is.

    Args:
        model: The network.
        values: Every layer's values without the edits, as `Model.run` gives them.
        codes: The letters without the edits, shape (length,).
        edited_codes: The letters with them.
        ambiguity: What an ambiguous letter becomes.
        side_inputs: The numbers of the inputs that are not letters, see `Model.run`.

    Returns:
        The values by the layer's name: responses on letters to the last bit those of a fresh run, all others to 1e-5
        of the layer's scale.

    Raises:
        CnnError: The network cannot be run on the edited letters, see `Model.run`.
    """
    return Spreading(model, codes, ambiguity, side_inputs, values).of_letters(edited_codes)
