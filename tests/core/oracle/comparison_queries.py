"""The motifs whose comparison `make_comparison_fixtures` stored: motifs that come along with noise, half turned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STORED = Path(__file__).with_name("comparison.npz")


def shares_of(counts: Array) -> Array:
    return counts / counts.sum(axis=1, keepdims=True)


def without_flat_ends(shares: Array) -> Array:
    """Return the columns from the first to the last that have a tenth of a bit."""
    bits = 2 + np.where(shares > 0, shares * np.log2(np.where(shares > 0, shares, 1)), 0).sum(axis=1)
    found = np.flatnonzero(bits >= 0.1)
    return shares[found[0] : found[-1] + 1]


def noisy_queries(counts: list[Array], count: int) -> list[Array]:
    """Return motifs with 15, 40 or 60 % noise, each second one as its reverse complement."""
    random = np.random.RandomState(17)
    queries = []
    for index in range(count):
        shares = shares_of(counts[random.randint(len(counts))])
        noise, share = random.dirichlet([1] * 4, len(shares)), (0.15, 0.4, 0.6)[index % 3]
        mixed = without_flat_ends((1 - share) * shares + share * noise)
        queries.append(mixed[::-1, ::-1] if index % 2 else mixed)
    return queries
