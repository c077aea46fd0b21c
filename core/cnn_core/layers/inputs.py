"""Where numbers enter a network: the letters, as one-hot rows or as indices, and whatever stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..letters.alphabet import BASES, ZERO_CHANNEL, Ambiguity, check_ambiguity, check_channels, one_hot
from .base import PositionwiseLayer
from .shapes import Array, Shape
from .windows import Alignment

__all__ = ["IndexInput", "Input", "SideInput"]


@dataclass(frozen=True, eq=False)
class Input(PositionwiseLayer):
    """Where the one-hot letters enter.

    Attributes:
        length: The length the network reads, or None where any will do.
        channels: The channel order, such as ACGT, ATGC or ACGTN.
    """

    type: ClassVar[str] = "InputLayer"
    length: int | None = None
    channels: str = BASES

    def __post_init__(self) -> None:
        check_channels(self.channels)
        if self.length is not None and self.length < 1:
            raise ModelError(f"an input of length {self.length} holds nothing", remedy="the shortest is 1")

    def output_shape(self, shape: Shape = (), /) -> Shape:
        """Return (length, channels)."""
        return self.length, len(self.channels)

    def encoded(self, codes: NDArray[np.uint8], ambiguity: Ambiguity | str = Ambiguity.ZERO) -> Array:
        """Return letters as the network reads them.

        Args:
            codes: The letters of the input window, shape (length,), see `alphabet`.
            ambiguity: What an ambiguous letter becomes.

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        return one_hot(codes, self.channels, ambiguity)

    def forward(self, x: Array, /) -> Array:
        """Return the encoded letters as they are."""
        return x

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the alignment of the bases themselves."""
        return Alignment(0)


@dataclass(frozen=True, eq=False)
class IndexInput(Input):
    """Where the letters enter as numbers, one a letter, for an Embedding to look up.

    Attributes:
        first: The number of the first letter of `channels`; those behind it follow, and `-` stands for a number that
            no letter has.
        other: The number of every other letter, and of padding.
    """

    type: ClassVar[str] = "InputLayer"
    first: int = 1
    other: int = 0

    @property
    def numbers(self) -> dict[str, int]:
        """The number of every letter that has one."""
        return {letter: number for number, letter in enumerate(self.channels, self.first) if letter != ZERO_CHANNEL}

    def output_shape(self, shape: Shape = (), /) -> Shape:
        """Return (length,)."""
        return (self.length,)

    def encoded(self, codes: NDArray[np.uint8], ambiguity: Ambiguity | str = Ambiguity.ZERO) -> Array:
        """Return the letters' numbers, shape (length,)."""
        check_ambiguity(codes, self.channels, ambiguity)
        rows = one_hot(codes, self.channels)
        numbers = np.where(rows.any(axis=-1), rows.argmax(axis=-1) + self.first, self.other)
        return numbers.astype(np.float32)


@dataclass(frozen=True, eq=False)
class SideInput(PositionwiseLayer):
    """Where numbers enter that are not letters, such as a conservation score a base or a cell type.

    Attributes:
        shape: Their shape; None on the first axis stands for the number of letters.
    """

    type: ClassVar[str] = "InputLayer"
    shape: Shape

    def __post_init__(self) -> None:
        if not self.shape or None in self.shape[1:] or 0 in self.shape:
            raise ModelError(
                f"an input of shape {self.shape} cannot be filled", remedy="only its first axis may be open"
            )

    def output_shape(self, shape: Shape = (), /) -> Shape:
        """Return the shape of the numbers."""
        return self.shape

    def sized(self, length: int | None) -> Shape:
        """Return the shape of the numbers that go with `length` letters; None where that is not known."""
        return (length if self.shape[0] is None else self.shape[0], *self.shape[1:])

    def forward(self, x: Array, /) -> Array:
        """Return the numbers as they are."""
        return x

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> None:
        """Return nothing: the numbers stand over no bases."""
        return
