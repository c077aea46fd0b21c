"""The mean gradient on the straight way from a baseline to the letters, by Gauss-Legendre points."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..layers import Array
from ..work.progress import Progress, no_progress
from .gradients import ExplainedValue

__all__ = ["POINTS", "path_gradient"]

POINTS: Final = 50
"""How many points there are where nothing else is said, as in captum."""


def path_gradient(
    explained: ExplainedValue, end: Array, start: Array, points: int = POINTS, progress: Progress = no_progress
) -> Array:
    """Return the mean gradient on the way between two inputs.

    Args:
        explained: The value.
        end: The rows where the way ends, shape (length, 4), in the order ACGT.
        start: The rows where it begins.
        points: How many Gauss-Legendre points are computed; at kinks, such as those of relu, a few hundredths of the
            change can be missed.
        progress: Told how many points are done and how many there are.

    Returns:
        Shape (length, 4).

    Raises:
        ModelError: A layer has no gradient, or the letters enter as indices.
    """
    places, weights = np.polynomial.legendre.leggauss(points)
    total = np.zeros(end.shape, dtype=np.float64)
    for number, (place, weight) in enumerate(zip((places + 1) / 2, weights / 2, strict=True)):
        progress(number, points)
        rows = start + np.float32(place) * (end - start)
        total += weight * explained.letters(explained.back(explained.run(rows)), len(rows))
    progress(points, points)
    mean: Array = total.astype(np.float32)
    return mean
