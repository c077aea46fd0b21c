"""The score of a motif that random letters rarely exceed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .motif import UNIFORM

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

    The share of windows with each score is built up column by column, so it is exact and not an estimate. Weights are
    rounded up to whole steps: exact where they are whole steps already, and otherwise no more than a step a column
    too high.

    Args:
        weights: A motif's weights in bits, shape (width, 4).
        background: The frequencies of A, C, G and T, shape (4,).
        passing: The largest share of windows that may exceed the score.
        steps_per_bit: How fine the scores are; halved for a motif so wide that there would be more than 65,536 steps.

    Returns:
        A score in bits, a whole number of steps.
    """
    while np.ptp(weights, axis=1).sum() * steps_per_bit + len(weights) > _MOST_STEPS:
        steps_per_bit /= 2
    steps = np.ceil(weights * steps_per_bit).astype(np.int64)
    lowest = steps.min(axis=1, keepdims=True)
    shares = np.ones(1)
    for column in steps - lowest:
        added = np.zeros(len(shares) + int(column.max()))
        for step, share in zip(column, background, strict=True):
            added[step : step + len(shares)] += share * shares
        shares = added
    # Summed from the rarest up, so that rounding stays far below the share in question.
    exceeding = np.append(np.cumsum(shares[::-1])[::-1][1:], 0.0)
    first = int(np.flatnonzero(exceeding <= passing)[0])
    return float((int(lowest.sum()) + first) / steps_per_bit)
