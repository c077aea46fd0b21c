"""How well simulated enhancers are told from their twins, and what filters look like.

The figures of the trained model, in numpy only: `train_seed` calls this with what Keras predicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.motifs import Motif, log_odds

from .simulate_enhancers import transitions

__all__ = [
    "MATCH",
    "OVERLAP",
    "WORD",
    "auroc",
    "auroc_interval",
    "correlations",
    "filters_by_matrix",
    "matrix_scan",
    "word_counts",
    "word_scores",
]

MATCH: Final = 0.8
"""The least correlation at which a filter is said to look like a matrix."""
OVERLAP: Final = 8
"""The fewest columns that a filter and a matrix are compared over."""
WORD: Final = 6
"""Letters of a word in the baseline of word counts."""

_RIDGES: Final = (1e2, 1e3, 1e4, 1e5)
_RESAMPLED: Final = 1_000
_RESAMPLING_SEED: Final = 4

Scores = NDArray[np.float64]
Codes = NDArray[np.uint8]


def auroc(positives: Scores, negatives: Scores) -> float:
    """Return the area under the receiver operating characteristic, by the sum of ranks.

    It is the chance that a positive scores above a negative, where a tie counts one half.

    Args:
        positives: Scores of the one class, shape (records,).
        negatives: Scores of the other, shape (records,).

    Returns:
        0 to 1; 0.5 says that the scores cannot tell the classes apart.
    """
    _, places, counts = np.unique(np.concatenate([positives, negatives]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[places[: len(positives)]]
    lowest = len(positives) * (len(positives) + 1) / 2.0
    return float((ranks.sum() - lowest) / (len(positives) * len(negatives)))


def auroc_interval(positives: Scores, negatives: Scores) -> tuple[float, float]:
    """Return a 95 % interval of the AUROC by drawing pairs again, an enhancer always with its twin.

    Args:
        positives: Scores of the enhancers, shape (pairs,).
        negatives: Scores of their twins in the same order, shape (pairs,).
    """
    draw = np.random.RandomState(_RESAMPLING_SEED)
    areas = []
    for _ in range(_RESAMPLED):
        drawn = (draw.random_sample(len(positives)) * len(positives)).astype(np.int64)
        areas.append(auroc(positives[drawn], negatives[drawn]))
    lower, upper = np.quantile(areas, [0.025, 0.975])
    return float(lower), float(upper)


def word_counts(codes: Codes) -> Scores:
    """Count words of six letters, a word and its reverse complement as one.

    Args:
        codes: 0 to 3 for A, C, G, T; shape (records, length).

    Returns:
        Shape (records, 2080), words in alphabetical order of the smaller spelling.
    """
    words = np.zeros((len(codes), codes.shape[1] - WORD + 1), dtype=np.int64)
    for column in range(WORD):
        words = words * 4 + codes[:, column : column + words.shape[1]]
    every = np.arange(4**WORD)
    other = np.zeros_like(every)
    for column in range(WORD):
        other = other * 4 + (3 - every // 4**column % 4)
    _, folded = np.unique(np.minimum(every, other), return_inverse=True)
    kinds = int(folded.max()) + 1
    counted = [np.bincount(row, minlength=kinds) for row in folded[words]]
    return np.array(counted, dtype=np.float64)


def word_scores(
    train: tuple[Codes, Codes], validation: tuple[Codes, Codes], test: tuple[Codes, Codes]
) -> tuple[Scores, Scores]:
    """Score the test records by a linear model of word counts: ridge regression on the classes.

    Each split is its enhancers and their twins. The ridge is the one of four with the best AUROC on validation.

    Args:
        train: What the weights are fitted on.
        validation: What the ridge is chosen on.
        test: What is scored.

    Returns:
        Scores of the test enhancers and of their twins.
    """
    # A twin shares its enhancer's background, so that only their difference tells; classes are +1 and −1.
    differences = word_counts(train[0]) - word_counts(train[1])
    gram, towards = differences.T @ differences, differences.sum(axis=0)
    counted = [word_counts(codes) for codes in validation]
    fitted = [np.linalg.solve(gram + ridge * np.eye(len(gram)), towards) for ridge in _RIDGES]
    best = max(fitted, key=lambda weights: auroc(*(counts @ weights for counts in counted)))
    enhancers, twins = (word_counts(codes) @ best for codes in test)
    return enhancers, twins


def matrix_scan(codes: Codes, matrices: Mapping[str, Motif], gc_share: float) -> Scores:
    """Score records by the matrices themselves: the likelihood ratio of a site against the background.

    Args:
        codes: 0 to 3 for A, C, G, T; shape (records, length).
        matrices: Counts by factor.
        gc_share: The background's share of G and C, see `transitions`.

    Returns:
        The mean over factors, strands and places, as a logarithm; shape (records,).
    """
    # Log-chance of all letters up to a base, each behind the one before it.
    chances = np.log(transitions(gc_share))[codes[:, :-1], codes[:, 1:]]
    behind = np.concatenate([np.zeros((len(codes), 2)), np.cumsum(chances, axis=1)], axis=1)
    ratios = []
    for motif in matrices.values():
        forward = np.log((motif.counts + 0.25) / (motif.counts.sum(axis=1, keepdims=True) + 1.0))
        for weights in (forward, forward[::-1, ::-1]):
            places = codes.shape[1] - len(weights) + 1
            site = sum(column[codes[:, offset : offset + places]] for offset, column in enumerate(weights))
            background = behind[:, len(weights) :][:, :places] - behind[:, :places]
            ratios.append(np.exp(site - background).mean(axis=1))
    total: Scores = np.log(np.mean(ratios, axis=0))
    return total


def correlations(kernel: NDArray[np.float32], matrices: Sequence[Motif]) -> Scores:
    """Return how much each filter looks like each matrix: the best correlation over offsets and both strands.

    Weights are compared with log-odds over the columns that both have, at least 8, each column less its mean over
    the four letters: a number added to a whole column changes every response alike and shows nothing.

    Args:
        kernel: Weights, shape (kernel size, 4, filters).
        matrices: Counts of at least 8 columns.

    Returns:
        −1 to 1, shape (matrices, filters).
    """
    centred = kernel.astype(np.float64) - kernel.mean(axis=1, keepdims=True, dtype=np.float64)
    size, best = len(kernel), np.full((len(matrices), kernel.shape[2]), -1.0)
    for row, motif in enumerate(matrices):
        odds = log_odds(motif)
        odds -= odds.mean(axis=1, keepdims=True)
        for turned in (odds, odds[::-1, ::-1]):
            for offset in range(OVERLAP - len(turned), size - OVERLAP + 1):
                columns = slice(max(offset, 0), min(offset + len(turned), size))
                weights = centred[columns]
                over = turned[columns.start - offset : columns.stop - offset, :, None]
                together = np.sqrt((weights**2).sum(axis=(0, 1)) * (over**2).sum())
                # A filter of zero weights looks like nothing.
                alike = (weights * over).sum(axis=(0, 1)) / np.maximum(together, 1e-30)
                best[row] = np.maximum(best[row], alike)
    return best


def filters_by_matrix(kernel: NDArray[np.float32], matrices: Sequence[Motif]) -> dict[str, list[int]]:
    """Return which filters look like which matrix, each filter under the one that it is most like.

    Args:
        kernel: Weights, shape (kernel size, 4, filters).
        matrices: Counts of at least 8 columns.

    Returns:
        Filter numbers by the matrix's name in capitals, for every matrix.
    """
    alike = correlations(kernel, matrices)
    nearest = alike.argmax(axis=0)
    passing = alike.max(axis=0) >= MATCH
    return {
        motif.name.upper(): [int(number) for number in np.flatnonzero(passing & (nearest == row))]
        for row, motif in enumerate(matrices)
    }
