"""P-values of scores against listings of all words, and against memelite's FIMO."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_core.letter_sums.score_distribution import UNIFORM, ScoreDistribution

SKEWED = (0.4, 0.1, 0.2, 0.3)
NEARLY = 1 + 1e-9
"""How exactly sums of shares are told."""


def listed(weights: NDArray[np.float64], background: tuple[float, ...]) -> tuple[NDArray[np.float64], ...]:
    """Return the score of every word in rising order, and the share of words that reach it."""
    scores, shares = np.zeros(1), np.ones(1)
    for column in weights:
        scores = (scores[:, None] + column).reshape(-1)
        shares = (shares[:, None] * np.array(background)).reshape(-1)
    order = np.argsort(scores, kind="stable")
    scores, reached = scores[order], np.cumsum(shares[order][::-1])[::-1]
    return scores, reached[np.searchsorted(scores, scores)]


@pytest.mark.parametrize("background", [UNIFORM, SKEWED])
def test_no_p_value_is_too_small_and_none_larger_than_rounding_makes_it(
    background: tuple[float, ...], subtests: pytest.Subtests
) -> None:
    draw = np.random.RandomState(1)
    for width in range(1, 9):
        with subtests.test(width=width):
            weights = draw.normal(size=(width, 4)).astype(np.float32).astype(np.float64) * draw.choice(
                [0.01, 1, 300]
            )
            scores, reached = listed(weights, background)
            told = ScoreDistribution.of_weights(weights, background)
            p = told.p_values(scores)
            assert [told.p_value(score) for score in scores[::99].tolist()] == p[::99].tolist()
            lower = np.searchsorted(scores, scores - told.rounding)
            assert (p * NEARLY >= reached).all()
            assert (p <= reached[lower] * NEARLY).all()
            # What is stated: a step a column, of which there are tens of thousands.
            assert 0 < told.rounding <= width * told.step
            assert told.step < np.ptp(weights, axis=1).sum() / 32_000


@pytest.mark.parametrize("background", [UNIFORM, SKEWED])
def test_of_whole_steps_all_is_exact(background: tuple[float, ...]) -> None:
    draw = np.random.RandomState(2)
    for width in (1, 4, 7):
        weights = draw.randint(-9, 9, (width, 4)) / 4
        scores, reached = listed(weights, background)
        told = ScoreDistribution.of_weights(weights, background)
        assert told.rounding == 0
        assert told.p_values(scores) == pytest.approx(reached, rel=1e-9)
        for p in (0.3, 0.01, 1e-4):
            first = told.first_within(p)
            within = scores[reached <= p]
            assert (first is None) == (not within.size)
            if first is not None:
                assert told.scores[first:][np.diff(told.reached[first:], append=0) < 0][0] == within[0]
        assert told.chance(np.abs(told.scores) < 1) == pytest.approx(_share(scores, reached), rel=1e-9)


def _share(scores: NDArray[np.float64], reached: NDArray[np.float64]) -> float:
    """Return the share of words whose scores are between −1 and 1."""
    above = [float(reached[scores > bar].max(initial=0)) for bar in (-1, np.nextafter(1, 0))]
    return above[0] - above[1]


def test_equals_memelite() -> None:
    stored = json.loads((Path(__file__).parent / "memelite_p_values.json").read_text())
    for case in stored["cases"]:
        told = ScoreDistribution.of_weights(np.array(case["quarters"]) / 4)
        assert told.p_values(np.array(case["scores"])) == pytest.approx(np.array(case["p"]), rel=1e-9)


def test_a_flat_matrix_and_a_very_wide_one() -> None:
    assert ScoreDistribution.of_weights(np.full((3, 4), 0.7)).p_values(2.1) == 1
    wide = ScoreDistribution.of_weights(np.tile([1.0, 0, 0, 0], (2000, 1)))
    assert 0 < wide.p_values(2000.0) <= 1e-300
    assert wide.p_values(0.0) == pytest.approx(1)
