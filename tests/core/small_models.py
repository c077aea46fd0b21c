"""Small models, records and inputs that the engine's tests share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from seeded import seeded

from cnn_core.blocks.block_run import ReadCodes
from cnn_core.blocks.letter_block import LetterRun
from cnn_core.layers import Array, Conv1D, Input, Layer, Pooling1D
from cnn_core.letters.alphabet import PADDING, Ambiguity, encode
from cnn_core.network.model import Model


@dataclass(frozen=True)
class Letters:
    """A record in memory."""

    letters: str
    name: str = "record"

    def __len__(self) -> int:
        return len(self.letters)

    @cached_property
    def _codes(self) -> NDArray[np.uint8]:
        return encode(self.letters)

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        assert 0 <= start <= stop <= len(self), "a reading asks for letters that the record does not have"
        return self._codes[start:stop].copy()


def random_letters(length: int, seed: int = 0, letters: str = "ACGT") -> str:
    return "".join(seeded(seed).choice([*letters], length))


def random_kernel(size: int, filters: int = 2, seed: int = 0, channels: int = 4) -> Array:
    return seeded(seed).randn(size, channels, filters).astype(np.float32)


def one_letter_kernel(*letters: str, size: int = 1) -> Array:
    """One filter a word, each giving 1 for each of its letters in place."""
    kernel = np.zeros((size, 4, len(letters)), dtype=np.float32)
    for index, word in enumerate(letters):
        for tap, letter in enumerate(word):
            kernel[tap, "ACGT".index(letter), index] = 1
    return kernel


def block_model(
    conv: Conv1D,
    pool: Pooling1D,
    between: Sequence[tuple[str, Layer]] = (),
    head: Sequence[tuple[str, Layer]] = (),
    length: int | None = None,
    channels: str = "ACGT",
) -> Model:
    return Model.sequential(
        "small", [("letters", Input(length, channels)), ("conv", conv), *between, ("pool", pool), *head]
    )


def reads(codes: NDArray[np.uint8]) -> ReadCodes:
    """Give any stretch of codes; what lies beyond them is padding."""

    def read(start: int, stop: int) -> NDArray[np.uint8]:
        found = np.full(stop - start, PADDING, dtype=np.uint8)
        first, last = max(start, 0), min(stop, len(codes))
        if first < last:
            found[first - start : last - start] = codes[first:last]
        return found

    return read


def block_run(
    model: Model, letters: str, ambiguity: Ambiguity | str = Ambiguity.ZERO, tile: int | None = None
) -> LetterRun:
    """Return a model's first block on letters, computed in tiles of so many positions."""
    codes = encode(letters)
    run = LetterRun(model, model.blocks[0], len(codes), reads(codes), ambiguity)
    if tile is not None:
        run._tile = tile
    return run
