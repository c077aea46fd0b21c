"""How often random letters give a filter the response that a window has, or more: the p-value of a hit.

The kernel's score of random letters has an exact distribution, see `ScoreDistribution`. Where a filter's activation
falls as its response rises, as behind a batch normalisation that turns its sign, it is the responses below that count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError
from ..layers import ActivationFunction, Array, AveragePooling1D, Conv1D, GlobalAveragePooling1D
from ..letter_sums.score_distribution import UNIFORM, ScoreDistribution
from ..letters.alphabet import BASE_CODES, BASES, Ambiguity, one_hot_table
from ..network.block import Block
from ..network.block_functions import composed, floors_of, functions_of
from ..network.model import Model
from ..work.lru_cache import LruCache

__all__ = ["PValues", "why_no_p_values"]

_ALL: Final = 1 << 30
_COMPLEMENTS: Final = [3, 2, 1, 0]
_ROUNDING: Final = float(np.finfo(np.float32).eps)


def why_no_p_values(model: Model, block: Block) -> str:
    """Return why windows of a block have no p-values; nothing where they have.

    Args:
        model: The model, with the settings in force.
        block: One of its blocks.
    """
    conv = model[block.conv].layer
    if model.letters_of(model[block.conv]) is None or not isinstance(conv, Conv1D):
        return "reads feature maps, of which there is no random background"
    if isinstance(model[block.pool].layer, AveragePooling1D | GlobalAveragePooling1D):
        return "is read by a pool that averages, so that a cell has no window of its own"
    return "" if np.isfinite(conv.kernel).all() else "has weights that are no finite numbers"


class PValues:
    """The p-values of windows of a block on the letters.

    Args:
        model: The model, with the settings in force.
        block: One of its blocks.
        background: How often A, C, G and T stand anywhere, shape (4,).
        strands: Which strands are looked through: `+`, `-` or `both`. Of both, complementary letters share their
            frequencies, since each is read as the other.
        kept: Of how many filters the distributions are kept, three quarters of a megabyte each at most; the
            others' are made anew.
    """

    def __init__(
        self,
        model: Model,
        block: Block,
        background: Sequence[float] = UNIFORM,
        strands: str = "both",
        kept: int = _ALL,
    ) -> None:
        conv, letters = model[block.conv].layer, model.letters_of(model[block.conv])
        self._why = why_no_p_values(model, block)
        self._where = f"layer {block.conv}"
        forward = np.asarray(background, dtype=np.float64)
        backward = forward[_COMPLEMENTS]
        self.background = {"+": forward, "-": backward, "both": (forward + backward) / 2}[strands]
        self._known: LruCache[int, _FilterScores] = LruCache(kept)
        if self._why:
            return
        assert isinstance(conv, Conv1D)
        assert letters is not None
        self.span = conv.sliding.span
        self._conv = conv
        # What each base adds, whatever the order of the channels.
        self._rows = one_hot_table(letters.channels, Ambiguity.ZERO)[BASE_CODES]
        self._kernel = conv.full_kernel()
        functions = functions_of(model, block)
        self._functions = None
        if all(function.elementwise for function in functions):
            self._functions = [functions_of(model, block, index) for index in range(conv.filters)]
        self._floors = floors_of(functions, conv.filters)

    @property
    def are_known(self) -> bool:
        """Whether windows of this block have p-values."""
        return not self._why

    def check(self) -> None:
        """Refuse to go on where windows have no p-values.

        Raises:
            SettingError: They have none; it says why.
        """
        if self._why:
            raise SettingError(
                f"{self._why}, so its hits have no p-values",
                where=self._where,
                remedy="give a value as the threshold",
            )

    def of_letters(self, filter_index: int, letters: str) -> float | None:
        """Return the p-value of one window.

        Args:
            filter_index: The filter.
            letters: The letters from its first tap to its last, in the direction of its strand.

        Returns:
            None where a tap reads an ambiguous letter or padding, and where nothing has p-values.
        """
        if self._why or len(letters) != self.span:
            return None
        known = self._scores(filter_index)
        try:
            score = sum(
                column[letter]
                for column, letter in zip(known.columns, letters[:: self._conv.dilation], strict=True)
            )
        except KeyError:
            return None
        return known.distribution.p_value(score)

    def of_responses(self, filter_index: int, responses: Array) -> NDArray[np.float64]:
        """Return the p-values of windows that hold nothing but A, C, G and T.

        Args:
            filter_index: The filter.
            responses: Their responses, bias included, shape (windows,).
        """
        return self._scores(filter_index).of_responses(responses)

    def lowest_activation(self, filter_index: int, p: float) -> float:
        """Return what no activation of a window lies below whose p-value is at most a number.

        Args:
            filter_index: The filter.
            p: The number.

        Returns:
            ∞ where no window can have so small a p-value; −∞ where the activation depends on other filters too.
        """
        known = self._scores(filter_index)
        first = known.distribution.first_within(p)
        if first is None:
            return float("inf")
        activations = known.activations
        if activations is None:
            return float("-inf")
        distribution = known.distribution
        if not distribution.rounding:
            return float(activations[first:].min())
        # What is rounded up to the first may lie anywhere above the score before it.
        passing = known.activations_of(distribution.scores[first:] - distribution.step - known.rounding)
        assert passing is not None
        return float(passing.min())

    def smallest(self, filter_index: int) -> float:
        """Return the smallest p-value that a window of a filter can have: that of its best match."""
        distribution = self._scores(filter_index).distribution
        return distribution.p_value(float(distribution.scores[-1]))

    def chance(self, filter_index: int, p: float | None, value: float | None) -> float | None:
        """Return the chance that a random window is a hit.

        Args:
            filter_index: The filter.
            p: The largest p-value of a hit, or None.
            value: The least activation of a hit, or None.

        Returns:
            Never less than it is. None where that is not known: the activation depends on other filters too.
        """
        known = self._scores(filter_index)
        distribution = known.distribution
        first = 0 if p is None else distribution.first_within(p)
        if first is None:
            return 0.0
        activations = known.activations
        if activations is None:
            return float(distribution.reached[first]) if value is None else None
        heard = activations >= (-np.inf if value is None else value)
        heard[:first] = False
        if self._floors is not None:
            heard &= activations != self._floors[filter_index]
        return distribution.chance(heard)

    def parts(self, filter_index: int, p: float) -> bool:
        """Tell whether activations alone part the windows of at most a p-value from all others."""
        known = self._scores(filter_index)
        first, activations = known.distribution.first_within(p), known.activations
        if activations is None:
            return False
        if first is None:
            return True
        likely = activations[:first]
        if self._floors is not None:
            # What is all 0 is no hit; among the less likely ones it is still the least that a hit's value exceeds.
            likely = likely[likely != self._floors[filter_index]]
        return bool(activations[first:].min() > likely.max(initial=-np.inf))

    def _scores(self, filter_index: int) -> _FilterScores:
        return self._known.at(filter_index, lambda: self._scores_of(filter_index))

    def _scores_of(self, filter_index: int) -> _FilterScores:
        weights = (self._rows @ self._kernel[:, :, filter_index].T).T.astype(np.float64)
        bias = 0.0 if self._conv.bias is None else float(self._conv.bias[filter_index])
        function, sign = None, 1
        if self._functions is not None:
            functions = self._functions[filter_index]
            function = composed(functions, 1)
            ends = np.array([weights.min(axis=1).sum(), weights.max(axis=1).sum()]) + bias
            low, high = function(ends.astype(np.float32)[:, None])[:, 0]
            sign = -1 if high < low and function.goes_one_way else 1
        return _FilterScores(weights * sign, bias, sign, function, self.background)


@dataclass(frozen=True, eq=False)
class _FilterScores:
    """One filter: `weights` of shape (taps, 4), turned by `sign` where low responses give high activations."""

    weights: NDArray[np.float64]
    bias: float
    sign: int
    function: ActivationFunction | None
    background: NDArray[np.float64]

    @cached_property
    def distribution(self) -> ScoreDistribution:
        return ScoreDistribution.of_weights(self.weights, self.background)

    @cached_property
    def columns(self) -> list[dict[str, float]]:
        return [
            {letter: weight for base, weight in zip(BASES, row, strict=True) for letter in (base, base.lower())}
            for row in self.weights.tolist()
        ]

    @cached_property
    def rounding(self) -> float:
        """By how much a response of single precision may be off."""
        return _ROUNDING * len(self.weights) * float(np.abs(self.weights).max(axis=1).sum() + abs(self.bias))

    @cached_property
    def activations(self) -> Array | None:
        """What each score of the distribution becomes, or None where other filters have a say."""
        return self.activations_of(self.distribution.scores)

    def activations_of(self, scores: NDArray[np.float64]) -> Array | None:
        if self.function is None:
            return None
        # A sum of single precision, to which the bias is added likewise, as responses are.
        responses = (self.sign * scores).astype(np.float32) + np.float32(self.bias)
        return self.function(responses[:, None])[:, 0]

    def of_responses(self, responses: Array) -> NDArray[np.float64]:
        scores = self.sign * (responses.astype(np.float64) - self.bias)
        # Whole steps are exact in single precision as well, unless the bias has moved them.
        nearest = np.rint(scores / self.distribution.step) * self.distribution.step
        if self.distribution.rounding:
            scores = scores - self.rounding
        else:
            scores = np.where(np.abs(scores - nearest) <= self.rounding, nearest, scores)
        return self.distribution.p_values(scores)
