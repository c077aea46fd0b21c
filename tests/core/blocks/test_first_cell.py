"""The cell to begin with, against the same score worked out value by value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import Letters

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.first_cell import cell_to_show
from cnn_core.blocks.reading import Reading
from cnn_core.layers import AveragePooling1D, Conv1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.presets import preset


def reading(letters: str, conv: Conv1D, pool: MaxPooling1D | AveragePooling1D) -> Reading:
    model = Model.sequential("small", [("input", Input()), ("conv", conv), ("pool", pool)])
    return Reading.of(model, Letters(letters)).into()


def score(run: BlockRun, cell: int, filter_index: int) -> float:
    """Return the score of the issue, value by value."""
    window = run.pool.sliding.window(cell, run.positions).positions
    activations = [float(run.activations(at, at + 1)[0, filter_index]) for at in window]
    around = range(max(0, cell - 3), min(run.cells, cell + 4))
    above = sum(float(run.values(at, at + 1)[0, filter_index]) > 0 for at in around)
    found = min(len({each for each in activations if each}), 4) / 4 + min(above, 4) / 4
    if run.selections(0, 1) is not None:
        first, *others = sorted(activations, reverse=True)
        selected = activations.index(first)
        found += 0.5 * (selected not in (0, len(activations) - 1))
        if run.pool.sliding.size > 1:
            found += 0.5 * (not others or np.float32(others[0]) <= 0.85 * np.float32(first))
    most = float(run.best_match[filter_index])
    return found + (float(run.values(cell, cell + 1)[0, filter_index]) / most if most > 0 else 0)


@given(
    st.text("ACGT", min_size=40, max_size=70),
    st.integers(1, 4),
    st.integers(2, 6),
    st.integers(1, 6),
    st.sampled_from(["valid", "same"]),
    st.booleans(),
    st.integers(0, 99),
)
@settings(max_examples=40)
def test_no_other_has_a_higher_score(
    letters: str, filters: int, size: int, stride: int, padding: str, average: bool, seed: int
) -> None:
    random = np.random.RandomState(seed)
    kernel = np.round(random.randn(3, 4, filters) * 4).astype(np.float32) / 4
    pool = (AveragePooling1D if average else MaxPooling1D)(size, stride, padding)
    run = reading(letters, Conv1D(kernel, activation="relu"), pool).run
    inner = range(3, run.cells - 3)
    scored = {
        (cell, each): score(run, cell, each)
        for cell in inner
        for each in range(filters)
        if float(run.values(cell, cell + 1)[0, each]) > 0
    }
    found = cell_to_show(run, run.cells)
    if scored:
        # Scores that differ by a rounding are equal here.
        assert scored[found] == pytest.approx(max(scored.values()), abs=1e-5)


def test_of_equal_scores_the_lowest_cell_wins_then_the_lowest_filter() -> None:
    kernel = np.tile(np.array([[[0], [1], [0], [0]]], dtype=np.float32), (1, 1, 3))
    run = reading("ACAA" * 12, Conv1D(kernel, activation="relu"), MaxPooling1D(4)).run
    assert cell_to_show(run, run.cells) == (3, 0)


def test_of_the_question_s_network_it_shows_eight_activations_to_select_from() -> None:
    letters = "".join(np.random.RandomState(4).choice([*"ACGT"], 500))
    run = Reading.of(preset("seed"), Letters(letters)).into().run
    cell, filter_index = cell_to_show(run, 60)
    assert 3 <= cell < 57
    activations = run.activations(8 * cell, 8 * cell + 8)[:, filter_index]
    assert len({*activations.tolist()} - {0.0}) >= 4
    assert 0 < int(activations.argmax()) < 7


def test_no_more_cells_are_looked_at_than_asked_for() -> None:
    run = Reading.of(preset("motifs"), Letters("ACGTTGCA" * 2000)).into().run
    assert cell_to_show(run, 20)[0] < 20


def test_where_nothing_is_above_0_it_is_the_cell_of_the_strongest_response() -> None:
    kernel = np.full((2, 4, 2), -1, dtype=np.float32)
    kernel[:, 2, 1] = -0.5
    run = reading("AAAAAAAAGGAAAA", Conv1D(kernel, activation="relu"), MaxPooling1D(3)).run
    assert cell_to_show(run, run.cells) == (2, 1)


def test_a_single_cell_that_reads_everything_is_found() -> None:
    kernel = np.zeros((1, 4, 3), dtype=np.float32)
    kernel[0, 1, 2] = 1
    run = reading("AAACAAA", Conv1D(kernel, activation="relu"), MaxPooling1D(7)).run
    assert cell_to_show(run, 1) == (0, 2)
