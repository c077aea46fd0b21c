"""What every base contributes to a value: gradient, gradient × input, integrated gradients, DeepLIFT/SHAP.

Each is a different question with an answer of its own, and none says what a change of a letter would do: that is the
effect of a base. What they share is the form: a number for each letter at each base, and one for the letter there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SequenceError, SettingError
from ..layers import Array, Mask
from ..letters.alphabet import BASES, decode, one_hot
from ..named_arrays import NamedArray, Tabular, named_numbers
from ..work.progress import Progress, no_progress
from .deeplift import deep_lift
from .gradients import ExplainedValue
from .integrated import POINTS, path_gradient
from .references import bases_of, dinucleotide_shuffles
from .target import Target

__all__ = [
    "LARGEST_DELTA",
    "SHUFFLES",
    "Attribution",
    "Method",
    "attribute",
    "deep_lift_shap",
    "gradient_contributions",
    "integrated_gradients",
]

LARGEST_DELTA: Final = 1e-3
"""A delta beyond which contributions are said not to sum to the change, as in tangermeme."""
_LARGEST_SHARE: Final = 0.01
"""The same as a share of the change."""
_SMALLEST_CHANGE: Final = 1e-12
SHUFFLES: Final = 20
"""How many references there are where none are given."""


class Method(StrEnum):
    """How contributions are computed."""

    GRADIENT = "gradient"
    """The gradient at the letters."""
    GRADIENT_X_INPUT = "gradient-x-input"
    """The same, times the letters."""
    INTEGRATED = "integrated"
    """The mean gradient on the straight way from a baseline, times the change from it."""
    DEEPLIFT = "deeplift"
    """Ratios of changes from references instead of slopes, averaged over the references."""


@dataclass(frozen=True, eq=False, repr=False)
class Attribution(Tabular):
    """What every base contributes to a value.

    Arrays of letters have the shape (length, 4), in the order ACGT.

    Attributes:
        method: How it was computed.
        target: The value's name, as a target is typed, and whether its logit is meant.
        codes: The letters, shape (length,).
        read: Which bases the value reads at all, shape (length,); at the others all numbers are 0.
        value: The value.
        multipliers: What a contribution is for each unit of a letter's one-hot number: the gradient, the mean gradient
            of the way, or DeepLIFT's multipliers averaged over the references.
        hypothetical: What each letter would contribute if it stood there and the multipliers stayed.
        contributions: What is contributed by the letter that is there; 0 for the other three. Of integrated gradients
            from a baseline that is not 0, all four, as in captum: a letter that is gone contributes too.
        reference_values: The value of every reference or of the baseline, shape (references,); none of a gradient.
        delta: By how much the contributions from every reference miss the change of the value, shape (references,).
        by_reference: The multipliers of every reference, shape (references, length, 4).
        rules: Of DeepLIFT, which layers follow a rule that tangermeme lacks, and which have none, one sentence each.
    """

    method: Method
    target: Target
    codes: NDArray[np.uint8]
    read: Mask
    value: float
    multipliers: Array
    hypothetical: Array
    contributions: Array
    reference_values: NDArray[np.float64]
    delta: NDArray[np.float64]
    by_reference: Array
    rules: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be known of the numbers, one sentence each: `rules`, and by how much they miss the change."""
        return (*self.rules, self.missed) if self.missed else self.rules

    @property
    def missed(self) -> str:
        """By how much the contributions miss the change, where that is more than it should be; else nothing."""
        if not self.delta.size:
            return ""
        largest = float(np.abs(self.delta).max())
        change = float(np.abs(self.value - self.reference_values).mean())
        share = float(np.abs(self.delta).mean()) / max(change, _SMALLEST_CHANGE)
        if largest <= LARGEST_DELTA and share <= _LARGEST_SHARE:
            return ""
        return f"the contributions miss the change by up to {largest:.2g}, {share:.1%} of it on average"

    @cached_property
    def letters(self) -> str:
        """The letters."""
        return decode(self.codes)

    @property
    def rows(self) -> dict[str, Array]:
        """The numbers of every letter at every base, by the name that they have in a file, shape (length, 4) each."""
        is_gradient = self.method in (Method.GRADIENT, Method.GRADIENT_X_INPUT)
        return {
            "gradient" if is_gradient else "multipliers": self.multipliers,
            "hypothetical": self.hypothetical,
            "contributions": self.contributions,
        }

    @cached_property
    def by_base(self) -> Array:
        """What every base contributes, shape (length,)."""
        total: Array = self.contributions.sum(axis=1)
        return total

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a base: `base`, `letter`, `contribution`, the hypothetical ones `A`, `C`, `G`, `T`, `read`."""
        supposed = dict(zip(BASES, self.hypothetical.T, strict=True))
        bases = {"base": np.arange(len(self.codes)), "letter": np.array([*self.letters])}
        return {**bases, "contribution": self.by_base, **supposed, "read": self.read}

    def named(self, name: str = "contributions") -> NamedArray:
        """Return numbers of every letter with the names of their axes: base and letter.

        Args:
            name: `contributions`, `hypothetical` or `multipliers`.

        Raises:
            NotFoundError: There are no such numbers.
        """
        labels = {"base": np.arange(len(self.codes)), "letter": np.array([*BASES])}
        return named_numbers(self, name, ("contributions", "hypothetical", "multipliers"), labels)


def gradient_contributions(
    explained: ExplainedValue, codes: NDArray[np.uint8], method: Method = Method.GRADIENT_X_INPUT
) -> Attribution:
    """Return the gradient at the letters, and the gradient times the letters.

    It says what an infinitely small change of a letter's number would do, not what another letter would.

    Args:
        explained: The value.
        codes: The letters of the input window, shape (length,), see `alphabet`.
        method: Which of the two is asked for; the numbers are the same.

    Raises:
        ModelError: A layer has no gradient, or the letters enter as indices.
    """
    values = explained.run(codes)
    gradient = explained.letters(explained.back(values), len(codes))
    given = one_hot(codes, BASES, explained.ambiguity)
    none, value = np.zeros(0), explained.target.of(values)
    empty = np.zeros((0, *gradient.shape), dtype=np.float32)
    return Attribution(
        method,
        explained.target,
        codes,
        explained.read(len(codes)),
        value,
        gradient,
        gradient,
        gradient * given,
        none,
        none,
        empty,
    )


def integrated_gradients(
    explained: ExplainedValue,
    codes: NDArray[np.uint8],
    baseline: float = 0.0,
    *,
    points: int = POINTS,
    progress: Progress = no_progress,
) -> Attribution:
    """Return the integrated gradients of a value (Sundararajan, Taly and Yan 2017).

    Source of the numbers: captum 0.9, `IntegratedGradients` with `method="gausslegendre"`.

    Args:
        explained: The value.
        codes: The letters of the input window, shape (length,), see `alphabet`.
        baseline: What stands in all four rows where the way begins: 0, or 0.25.
        points: How many Gauss-Legendre points of the way are computed.
        progress: Told how many points are done and how many there are.

    Raises:
        SettingError: The baseline is not between 0 and 1, or there are no points.
        ModelError: A layer has no gradient, or the letters enter as indices.
    """
    if not 0 <= baseline <= 1 or points < 1:
        raise SettingError(
            f"{points} points from a baseline of {baseline:g} cannot be computed",
            remedy="a baseline is 0 to 1, and there is a point at least",
        )
    given = one_hot(codes, BASES, explained.ambiguity)
    start = np.full_like(given, baseline)
    values, begun = explained.run(codes), explained.run(start)
    value, before = explained.target.of(values), explained.target.of(begun)
    mean = path_gradient(explained, given, start, points, progress)
    contributions: Array = (given - start) * mean
    hypothetical = mean - (start * mean).sum(axis=1, keepdims=True)
    delta = np.array([contributions.sum(dtype=np.float64) - (value - before)])
    return Attribution(
        Method.INTEGRATED,
        explained.target,
        codes,
        explained.read(len(codes)),
        value,
        mean,
        hypothetical,
        contributions,
        np.array([before]),
        delta,
        mean[None],
    )


def deep_lift_shap(
    explained: ExplainedValue,
    codes: NDArray[np.uint8],
    references: NDArray[np.uint8],
    *,
    progress: Progress = no_progress,
) -> Attribution:
    """Return DeepLIFT's contributions averaged over references, as tangermeme 1.6 computes them.

    The rules are those of tangermeme 1.6, which stand at `Layer.multipliers` of every layer. It has none for a global
    maximum (here as a sliding pool's), for recurrent layers (here each product passes on the mean of the other factor
    in both runs) nor for Maximum and Minimum (as a pool's); where there is no rule, the plain gradient stands for it,
    and the contributions need not sum to the change. `rules` says where either is the case.

    Args:
        explained: The value; a logit, since a sigmoid's or softmax's changes say little where it is nearly 0 or 1.
        codes: The letters of the input window, shape (length,), see `alphabet`.
        references: The letters of the references, shape (references, length), see `references`.
        progress: Told how many references are done and how many there are.

    Raises:
        SequenceError: A letter is no base, or a reference is of another length.
        ModelError: A layer has no gradient, or the letters enter as indices.
    """
    bases_of(codes)
    if references.ndim != 2 or references.shape[1] != len(codes) or not len(references):
        raise SequenceError(
            f"references of shape {references.shape} do not fit a sequence of {len(codes):,} bases",
            remedy="give one or several of its length",
        )
    given = one_hot(codes, BASES)
    values = explained.run(codes)
    value = explained.target.of(values)
    hypothetical, notes = np.zeros((len(codes), len(BASES))), dict[str, None]()
    multipliers, before, delta = [], [], []
    for number, reference in enumerate(references):
        progress(number, len(references))
        start = one_hot(reference, BASES, explained.ambiguity)
        found = deep_lift(explained, values, explained.run(reference))
        notes |= dict.fromkeys(found.notes)
        before.append(found.reference_value)
        multipliers.append(found.multipliers)
        wide = found.multipliers.astype(np.float64)
        hypothetical += wide - (start * wide).sum(axis=1, keepdims=True)
        delta.append(((given - start) * wide).sum() - (value - found.reference_value))
    progress(len(references), len(references))
    hypothetical /= len(references)
    return Attribution(
        Method.DEEPLIFT,
        explained.target,
        codes,
        explained.read(len(codes)),
        value,
        np.asarray(np.mean(multipliers, axis=0, dtype=np.float64), dtype=np.float32),
        hypothetical.astype(np.float32),
        (hypothetical * given).astype(np.float32),
        np.array(before),
        np.array(delta),
        np.array(multipliers),
        tuple(notes),
    )


def attribute(
    explained: ExplainedValue,
    codes: NDArray[np.uint8],
    method: Method | str,
    *,
    references: NDArray[np.uint8] | int = SHUFFLES,
    seed: int = 0,
    baseline: float = 0.0,
    progress: Progress = no_progress,
) -> Attribution:
    """Return what every base contributes to a value, by any of the methods.

    Args:
        explained: The value.
        codes: The letters of the input window, shape (length,), see `alphabet`.
        method: How.
        references: DeepLIFT's references: their letters, shape (references, length), or how many shuffles of the
            sequence, see `dinucleotide_shuffles`.
        seed: The seed of the first shuffle.
        baseline: What stands in all four rows where the way of integrated gradients begins.
        progress: Told how many points or references are done and how many there are.

    Raises:
        SettingError: The baseline, the number of shuffles or the seed cannot be.
        SequenceError: With references, a letter is no base, or all shuffles are alike.
        ModelError: A layer has no gradient, or the letters enter as indices.
    """
    method = Method(method)
    if method is Method.INTEGRATED:
        return integrated_gradients(explained, codes, baseline, progress=progress)
    if method is Method.DEEPLIFT:
        if isinstance(references, int):
            references = dinucleotide_shuffles(codes, references, seed)
        return deep_lift_shap(explained, codes, references, progress=progress)
    return gradient_contributions(explained, codes, method)
