"""How often random letters give a score: the sum, over the columns of a matrix, of one weight each.

The chances of every score are built up column by column, so they are exact for letters drawn from the background and no
estimate. For that, weights are rounded up to whole steps: the chance to reach a score is never told smaller than it is,
and never larger than that of a score lower by what the rounding adds, at most a step a column.

Sources: R. Staden, Computer Applications in the Biosciences 5:89-96 (1989); C. E. Grant, T. L. Bailey, W. S. Noble,
Bioinformatics 27:1017-1018 (2011) (FIMO, whose p-values are of this kind).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNIFORM", "ScoreDistribution"]

UNIFORM: Final = (0.25, 0.25, 0.25, 0.25)
"""The background in which all bases are equally frequent."""
_MOST_STEPS: Final = 1 << 16
_LEAST: Final = 1e-300
"""No chance is told smaller: those of very wide matrices are less than a number can be."""


@dataclass(frozen=True, eq=False)
class ScoreDistribution:
    """The chances to reach the scores of random letters, in whole steps.

    Attributes:
        lowest: The lowest score, in steps.
        reached: The chance to reach each score from the lowest up, shape (scores,), to nearly all digits.
        step: How large a step is.
        rounding: By how much rounding up can have raised a score, at most; 0 where all weights are whole steps.
    """

    lowest: int
    reached: NDArray[np.float64]
    step: float
    rounding: float

    @classmethod
    def of_weights(
        cls,
        weights: NDArray[Any],
        background: Sequence[float] | NDArray[np.float64] = UNIFORM,
        step: float | None = None,
        most_steps: int = _MOST_STEPS,
    ) -> ScoreDistribution:
        """Return that of a matrix of finite weights.

        Args:
            weights: What each letter adds in each column, shape (width, 4).
            background: The frequencies of A, C, G and T, shape (4,).
            step: How fine the scores are; doubled until there are few enough. None is the finest power of two.
            most_steps: How many scores there are, at the most.
        """
        exact = np.asarray(weights, dtype=np.float64)
        room = max(most_steps - len(exact), len(exact))
        range_ = float(np.ptp(exact, axis=1).sum())
        if step is None:
            step = float(np.ldexp(1.0, int(np.frexp(range_ / room)[1]) - 1)) if range_ else 1.0
        while range_ > room * step:
            step *= 2
        raised = np.ceil(exact / step)
        steps = raised.astype(np.int64)
        lowest = steps.min(axis=1, keepdims=True)
        chances, shares = np.ones(1), [float(share) for share in background]
        for column in steps - lowest:
            added = np.zeros(len(chances) + int(column.max()))
            # Letters that are equally frequent add the same.
            parts = {share: share * chances for share in shares}
            for at, share in zip(column, shares, strict=True):
                added[at : at + len(chances)] += parts[share]
            chances = added
        rounding = float((raised * step - exact).max(axis=1).sum())
        # Summed from the rarest up, so that rounding stays far below the least of them.
        reached = np.minimum(np.cumsum(chances[::-1])[::-1], 1)
        return cls(int(lowest.sum()), reached, step, rounding)

    @property
    def scores(self) -> NDArray[np.float64]:
        """All scores from the lowest up, shape (scores,)."""
        return (self.lowest + np.arange(len(self.reached))).astype(np.float64) * np.float64(self.step)

    def p_values(self, scores: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Return the share of random letters that reach a score; see the module for how exact it is.

        Args:
            scores: Scores that some letters have, any shape.
        """
        nth = np.ceil(np.asarray(scores, dtype=np.float64) / self.step) - self.lowest
        within = np.clip(nth, 0, len(self.reached) - 1).astype(np.int64)
        p: NDArray[np.float64] = np.maximum(self.reached[within], _LEAST)
        return p

    def p_value(self, score: float) -> float:
        """Return the share of random letters that reach one score, for a tenth of the time of `p_values`."""
        nth = ceil(score / self.step) - self.lowest
        return max(float(self.reached[min(max(nth, 0), len(self.reached) - 1)]), _LEAST)

    def first_within(self, p: float) -> int | None:
        """Return which score, counted from the lowest, is the first that at most a share reaches; None if none is."""
        within = np.flatnonzero(self.reached <= p)
        return int(within[0]) if within.size and self.reached[within[0]] else None

    def chance(self, some: NDArray[np.bool_]) -> float:
        """Return the chance of some of the scores, which are told from the lowest up."""
        edges = np.flatnonzero(np.diff(some, prepend=False, append=False))
        reached = np.append(self.reached, 0.0)[edges]
        return float((reached[::2] - reached[1::2]).sum())
