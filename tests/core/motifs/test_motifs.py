"""Log-odds and thresholds of motifs against hand-worked numbers and listings of every window."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from each_case import each_case
from numpy.typing import NDArray

from cnn_core.motifs import UNIFORM, Motif, log_odds, threshold
from cnn_core.presets import motifs

TBP = motifs.matrices()[0]


def one_motif(*columns: tuple[float, float, float, float]) -> Motif:
    return Motif("X", "X", np.array(columns, dtype=np.float64))


class TestLogOdds:
    def test_one_column_worked_by_hand(self) -> None:
        # TBP's column 3 counts 3, 10, 2, 374 of 389; a tenth is 38.9, a quarter of which, 9.725, joins each count.
        # T: 383.725 / 427.9 = 0.89676, × 4 = 3.58705, log2 = 1.8428.
        # A: 12.725 / 427.9 = 0.029738, × 4 = 0.11895, log2 = −3.0715.
        assert TBP.counts[3].tolist() == [3, 10, 2, 374]
        bits = log_odds(TBP)[3]
        assert bits[[3, 0]] == pytest.approx([1.8428, -3.0715], abs=5e-5)

    def test_a_column_without_preference_weighs_nothing(self) -> None:
        assert log_odds(one_motif((7, 7, 7, 7))).tolist() == [[0, 0, 0, 0]]

    @pytest.mark.parametrize("total", [10, 389, 1_000_000])
    def test_a_base_never_seen_costs_the_same_in_every_matrix(self, total: int) -> None:
        # 0.025 / 1.1 × 4 = 1/11 and (1 + 0.025) / 1.1 × 4 = 4.1/1.1.
        bits = log_odds(one_motif((total, 0, 0, 0)))[0]
        assert bits == pytest.approx([math.log2(4.1 / 1.1)] + [-math.log2(11)] * 3)

    def test_a_background_that_favours_a_base_makes_it_cheap(self) -> None:
        motif = Motif("x", "x", np.array([[1.0, 1, 1, 1], [4, 2, 2, 2]]))
        bits = log_odds(motif, np.array([0.4, 0.2, 0.2, 0.2]), 0.1)
        assert bits[0] == pytest.approx([math.log2((0.25 + 0.04) / 1.1 / 0.4)] + [math.log2(0.27 / 1.1 / 0.2)] * 3)
        assert bits[1] == pytest.approx([0, 0, 0, 0])


class TestThreshold:
    weights = np.array([[1, 0, 0, 0], [1, 0, 0, -1]], dtype=np.float32)

    @each_case(
        ("passing", "expected"),
        [
            (0, 2.0),
            (0.9 / 16, 2.0),
            (1 / 16, 1.0),
            (5.9 / 16, 1.0),
            (6 / 16, 0.0),
            (13 / 16, -1.0),
            (15 / 16, -1.0),
        ],
    )
    def test_worked_by_hand(self, passing: float, expected: float) -> None:
        # Of the 16 windows one scores 2 (AA), five 1 (AC, AG, CA, GA, TA), seven 0 (AT; C, G, T before C, G) and
        # three −1 (CT, GT, TT). So 1 exceeds 1, 6 exceed 0 and 13 exceed −1.
        assert threshold(self.weights, passing=passing, steps_per_bit=4) == expected

    @each_case("seed", range(5))
    def test_whole_steps_count_as_a_listing_of_every_window_does(self, seed: int) -> None:
        draw = np.random.RandomState(seed)
        weights = (draw.randint(-14, 9, (5, 4)) / 4).astype(np.float32)
        scores = np.array([sum(column) for column in itertools.product(*weights.tolist())])
        for passing in (1 / 400, 1 / 50, 1 / 3):
            found = threshold(weights, passing=passing, steps_per_bit=4)
            assert (scores > found).mean() <= passing < (scores > found - 0.25).mean()

    @each_case("seed", range(8))
    def test_counts_as_a_listing_of_every_window_does(self, seed: int) -> None:
        draw = np.random.RandomState(seed)
        width = 3 + seed % 5
        background = np.array(UNIFORM) if seed % 2 else np.array([0.4, 0.1, 0.2, 0.3])
        weights = log_odds(Motif("x", "x", draw.dirichlet([0.4] * 4, width)), background, 0.1)
        scores, chances = every_window(weights, background)
        for passing in (1 / 400, 1 / 50, 1 / 3):
            found = threshold(weights, background, passing)
            assert chances[scores > found].sum() <= passing
            # Rounding up on the grid may cost 1/256 bit a column, and a step more.
            assert (
                chances[scores > found - (width + 1) / 256].sum() > passing or found <= scores.min() + width / 256
            )
            assert found * 256 == round(found * 256)

    def test_wide_motifs_get_a_coarser_grid(self) -> None:
        weights = log_odds(Motif("x", "x", np.random.RandomState(0).dirichlet([0.2] * 4, 200)), UNIFORM, 0.1)
        found = threshold(weights, UNIFORM)
        assert weights.min(axis=1).sum() < found < weights.max(axis=1).sum()

    def test_a_motif_without_preference_lets_nothing_pass(self) -> None:
        assert threshold(np.zeros((7, 4)), UNIFORM) == 0


def every_window(
    weights: NDArray[np.float64], background: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the score of every window of a motif's width, and how likely it is."""
    bases = [*itertools.product(range(4), repeat=len(weights))]
    scores = np.array([sum(weights[column, base] for column, base in enumerate(window)) for window in bases])
    return scores, np.array([math.prod(background[base] for base in window) for window in bases])
