"""What a motif changes values by where it was put: its mean and its spread over sequences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError
from ..motifs.inserted_letters import InsertedLetters
from ..named_arrays import NamedArray, Tabular, named_numbers
from ..network.model import Model
from .predictions import PredictedValues

__all__ = ["INSERTION_COLUMNS", "ChangeMoments", "InsertedChange", "Insertion"]

INSERTION_COLUMNS: Final = ("output", "base", "strand", "n", "without", "with", "change", "sd", "se")
"""The columns of a table of insertions, a row a value, a place and a strand."""


@dataclass(frozen=True, eq=False)
class InsertedChange:
    """What a motif changes some values by.

    Attributes:
        wanted: The values.
        is_logit: Whether they are those before the layer's sigmoid or softmax.
        n: How many sequences the motif was put into.
        without: The mean of the values without the motif, of their shape.
        mean: The mean change, with the motif less without, shape (strands, places, …).
        sd: The standard deviation of the changes, with n − 1 below; NaN of a single sequence.
        model: The network.
    """

    wanted: PredictedValues
    is_logit: bool
    n: int
    without: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    model: Model

    @property
    def labels(self) -> list[str]:
        """What each of the values is called, row by row, see `PredictedValues.labels`."""
        return self.wanted.labels(self.without.shape, self.model)

    @property
    def inserted(self) -> NDArray[np.float64]:
        """The mean of the values with the motif."""
        return self.without + self.mean

    @property
    def se(self) -> NDArray[np.float64]:
        """The standard error of the mean change, sd / √n."""
        se: NDArray[np.float64] = self.sd / np.sqrt(self.n)
        return se


@dataclass(frozen=True, eq=False, repr=False)
class Insertion(Tabular):
    """What a motif changes a network's outputs by.

    Attributes:
        motif: The motif.
        strands: On which strands of the sequences it was put, in order.
        bases: Over which base of the input its first letter stood, shape (places,); −1 where that is the middle of
            inputs of several lengths.
        changes: What it changes, one each of what is predicted.
        n: How many sequences it was put into.
        windows: How many input windows these come from.
        unshuffled: How many windows more could not be shuffled, since they hold other letters than A, C, G and T.
    """

    motif: InsertedLetters
    strands: tuple[str, ...]
    bases: NDArray[np.int64]
    changes: tuple[InsertedChange, ...]
    n: int
    windows: int
    unshuffled: int = 0

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a value, a place and a strand: the columns of `INSERTION_COLUMNS`; the base is −1 as in `bases`."""
        places, strands = len(self.bases), len(self.strands)
        parts = []
        for change in self.changes:
            labels = np.array(change.labels)
            values = len(labels)
            alike = np.broadcast_to(change.without, change.mean.shape)
            numbers = np.stack([alike, change.inserted, change.mean, change.sd, change.se])
            numbers = numbers.reshape(5, strands, places, values).transpose(0, 3, 2, 1).reshape(5, -1)
            parts.append(
                (
                    np.repeat(labels, places * strands),
                    np.tile(np.repeat(self.bases, strands), values),
                    np.tile(self.strands, values * places),
                    np.full(numbers.shape[1], change.n),
                    *numbers,
                )
            )
        return dict(zip(INSERTION_COLUMNS, map(np.concatenate, zip(*parts, strict=True)), strict=True))

    def named(self, name: str = "mean", *, of: int = 0) -> NamedArray:
        """Return the changes with the names of their axes: strand, base, and value.

        Args:
            name: `mean`, `sd`, `se` or `inserted`.
            of: Which of `changes`.

        Raises:
            NotFoundError: There are no such numbers.
        """
        change = self.changes[of]
        labels = {"strand": np.array(self.strands), "base": self.bases, "value": np.array(change.labels)}
        found = named_numbers(change, name, ("mean", "sd", "se", "inserted"), labels)
        shape = len(self.strands), len(self.bases), -1
        return replace(found, name=f"{name} of {change.wanted.name}", values=found.values.reshape(shape))


class ChangeMoments:
    """The means of values and of what they are changed by, and the spread of this, sequence after sequence.

    Attributes:
        n: How many sequences there are so far.
        without: The mean of the values, of their shape.
        mean: The mean change, shape (strands, places, …).

    Source: B. P. Welford, Technometrics 4:419-420 (1962).
    """

    def __init__(self) -> None:
        self.n = 0
        self.without = self.mean = self._squares = np.zeros(())

    def add(self, without: NDArray[np.float64], change: NDArray[np.float64]) -> None:
        """Add a sequence.

        Args:
            without: Its values without the motif.
            change: What the motif changes them by, shape (strands, places, …).

        Raises:
            SettingError: The shape is not that of the sequences before.
        """
        if self.n and change.shape != self.mean.shape:
            raise SettingError(
                "the network's outputs differ in shape, so that they have no mean",
                remedy="read windows of one length with --window",
            )
        self.n += 1
        off = change - self.mean
        self.mean = self.mean + off / self.n
        self._squares = self._squares + off * (change - self.mean)
        self.without = self.without + (without - self.without) / self.n

    @property
    def sd(self) -> NDArray[np.float64]:
        """The standard deviation of the changes, with n − 1 below; NaN of a single sequence."""
        if self.n < 2:
            return np.full_like(self.mean, np.nan)
        return np.sqrt(self._squares / (self.n - 1))
