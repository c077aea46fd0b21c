"""The score of a motif that random letters rarely exceed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..letter_sums.score_distribution import UNIFORM, ScoreDistribution

__all__ = ["PASSING", "threshold"]

PASSING: Final = 1 / 400
"""The largest share of random windows that may exceed a filter's threshold."""

_STEPS_PER_BIT: Final = 256
_MOST_STEPS: Final = 1 << 16


def threshold(
    weights: NDArray[Any],
    background: Sequence[float] | NDArray[np.float64] = UNIFORM,
    passing: float = PASSING,
    steps_per_bit: float = _STEPS_PER_BIT,
) -> float:
    """Return a score that at most a share of random windows exceeds; hardly any lower score does.

    Weights are rounded up to whole steps, see `ScoreDistribution`: exact where they are whole steps already, and
    otherwise no more than a step a column too high.

    Args:
        weights: A motif's weights in bits, shape (width, 4).
        background: The frequencies of A, C, G and T, shape (4,).
        passing: The largest share of windows that may exceed the score.
        steps_per_bit: How fine the scores are; halved for a motif so wide that there would be more than 65,536 steps.

    Returns:
        A score in bits, a whole number of steps.
    """
    scores = ScoreDistribution.of_weights(weights, background, 1 / steps_per_bit, _MOST_STEPS)
    exceeding = np.append(scores.reached[1:], 0.0)
    first = int(np.flatnonzero(exceeding <= passing)[0])
    return (scores.lowest + first) * scores.step
