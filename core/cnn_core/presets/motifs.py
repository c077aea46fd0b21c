"""The preset `motifs`: twelve filters made from transcription factor motifs, and the pool behind them.

**From counts to weights.** A column counts how often each base occurs there in a set of known binding sites. With
N its total, a weight is the base's log-odds against a uniform background, in bits:

    weight = log2((count + N/10 · 1/4) / (N + N/10) / (1/4)),   to the nearest quarter of a bit

The pseudocount is a tenth of the column, as if one site in eleven were random letters. It is a share because the
totals run from 389 sites (TBP) to more than 20,000 (TP53): an unseen base then costs every motif the same
3.5 bits, and each threshold below is above zero. Quarters of a bit are exact in float32, and so is every sum of
them in any order: windows of equal score tie on every machine, and two decimals say all of a number.

**From a matrix to 16 columns.** A narrower matrix is centred in the kernel between columns of zero, which favour
no base; where their number is odd, the right side has one more. Of a wider matrix, the kernel takes the 16 adjacent
columns with the most information, the first if several have as much (CTCF: 2-17 of 0-18, TP53: 1-16 of 0-17).

**From the distribution of scores to a bias.** The bias is minus the threshold, and the threshold is the lowest
score that no more than one random window in 400 exceeds, computed exactly over all 4^16 windows. A response is
thus by how many bits a window beats the threshold, and after ReLU about two cells in a hundred are not all 0.

**One strand.** A filter reads the strand it is given. GATA1's matrix is written from the side that reads TTATCT,
SP1's from the side that reads GCCCCGCCC; on the other strand these are AGATAA and GGGCGGGGC.

Source of the counts (`motifs.jaspar`): JASPAR CORE vertebrates, 2018 release, A. Khan et al., Nucleic Acids
Research 46:D260-D266 (2018), https://doi.org/10.1093/nar/gkx1126; licence CC BY 4.0,
https://creativecommons.org/licenses/by/4.0/. The counts are unchanged. Filters are named in capitals, as the human
genes are; JASPAR's Gata1 and Gabpa were measured in mouse cells.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from ..layers import Array, Conv1D, Input, MaxPooling1D
from ..motifs import Motif, log_odds, threshold
from ..network.model import Model
from ..readers.motifs.matrices import read_matrices

__all__ = ["KERNEL_SIZE", "MATRIX_IDS", "build", "first_column", "kernel", "matrices", "threshold_of"]

KERNEL_SIZE: Final = 16
"""Bases that every filter reads."""
MATRIX_IDS: Final = (
    "MA0108.2",
    "MA0035.3",
    "MA0139.1",
    "MA0079.3",
    "MA0060.3",
    "MA0018.3",
    "MA0099.3",
    "MA0093.2",
    "MA0062.2",
    "MA0105.4",
    "MA0148.3",
    "MA0106.3",
)
"""JASPAR's identifier of each filter's matrix, in the filters' order."""

_STEPS_PER_BIT: Final = 4


def matrices() -> tuple[Motif, ...]:
    """Return the counts behind the filters, in the filters' order, as JASPAR publishes them."""
    path = Path(__file__).with_name("motifs.jaspar")
    by_id = {motif.matrix_id: motif for motif in read_matrices(path.read_bytes(), path.name).motifs}
    return tuple(by_id[matrix_id] for matrix_id in MATRIX_IDS)


def first_column(motif: Motif) -> int:
    """Return the column of the matrix at the kernel's first position.

    It is negative where the kernel begins with columns of zero weight. A site whose matrix begins at base b is
    read by the window that begins at base b + first_column.

    Args:
        motif: A matrix of counts.
    """
    if motif.width <= KERNEL_SIZE:
        return -((KERNEL_SIZE - motif.width) // 2)
    bits = log_odds(motif)
    information = (np.exp2(bits) / 4 * bits).sum(axis=1)
    starts = range(motif.width - KERNEL_SIZE + 1)
    return max(starts, key=lambda start: float(information[start : start + KERNEL_SIZE].sum()))


def kernel(motif: Motif) -> Array:
    """Return the weights of a motif's filter.

    Args:
        motif: A matrix of counts.

    Returns:
        Bits, in quarters, shape (16, 4).
    """
    weights = np.rint(log_odds(motif) * _STEPS_PER_BIT) / _STEPS_PER_BIT
    first = first_column(motif)
    taken = weights[max(first, 0) : max(first, 0) + KERNEL_SIZE]
    placed = np.zeros((KERNEL_SIZE, 4), dtype=np.float32)
    placed[max(-first, 0) : max(-first, 0) + len(taken)] = taken
    return placed


def threshold_of(weights: Array) -> float:
    """Return the lowest score that at most one random window in 400 exceeds.

    Args:
        weights: A filter's weights in quarters of a bit, shape (kernel size, 4).

    Returns:
        A score in quarters of a bit.
    """
    return threshold(weights, steps_per_bit=_STEPS_PER_BIT)


def build() -> Model:
    """Return the network: bases of any number → 12 filters of width 16 → pool 8/8.

    Returns:
        A model of 780 weights and biases whose filters are named after their factors.
    """
    motifs = matrices()
    kernels = [kernel(motif) for motif in motifs]
    return Model.sequential(
        "motifs",
        [
            ("input", Input(None)),
            (
                "conv1d",
                Conv1D(
                    kernel=np.stack(kernels, axis=-1),
                    bias=np.array([-threshold_of(weights) for weights in kernels], dtype=np.float32),
                    activation="relu",
                    filter_names=tuple(motif.name.upper() for motif in motifs),
                ),
            ),
            ("max_pooling1d", MaxPooling1D(size=8, stride=8)),
        ],
    )
