"""The strongest cells of a filter, against numpy on all of them."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import block_model, block_run, one_letter_kernel, random_kernel, random_letters

from cnn_core import ranking
from cnn_core.block import BlockRun
from cnn_core.layers import Activation, AveragePooling1D, Conv1D, MaxPooling1D, Pooling1D
from cnn_core.ranking import cells_of_filter, rank_cells

LETTERS = random_letters(300, seed=5)
FLOORS = {"relu": 0.0, "sigmoid": 0.0, "tanh": -1.0, "softmax": 0.0, "linear": None, "gelu": None}
"""The least that each activation function can give, where there is such a value."""


def run_of(
    activation: str = "relu", pool: Pooling1D | None = None, between: str | None = None, bias: float = -3.0
) -> BlockRun:
    conv = Conv1D(random_kernel(6, filters=4), np.full(4, bias, dtype=np.float32), activation=activation)
    middle = [] if between is None else [("between", Activation(between))]
    return block_run(block_model(conv, pool or MaxPooling1D(4), middle), LETTERS)


def ranked(run: BlockRun, filter_index: int, floor: float | None) -> list[int]:
    """Return the cells from the strongest down, silent ones left out, ties by position, from all cells at once."""
    cells = run.values(0, run.cells)[:, filter_index]
    heard = [cell for cell in range(run.cells) if floor is None or cells[cell] > np.float32(floor)]
    return sorted(heard, key=lambda cell: (-cells[cell], cell))


@pytest.fixture(params=[3, 1 << 16])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(ranking, "_CHUNK", request.param)
    return int(request.param)


@pytest.mark.usefixtures("chunk")
class TestCells:
    @pytest.mark.parametrize("pool", [MaxPooling1D(4), MaxPooling1D(5, 2), MaxPooling1D(2, 5), AveragePooling1D(3)])
    def test_are_those_of_the_whole_input(self, pool: Pooling1D) -> None:
        run = run_of(pool=pool)
        for index in range(run.filters):
            cells = cells_of_filter(run, index)
            assert cells is not None
            assert cells.tolist() == run.values(0, run.cells)[:, index].tolist()

    def test_are_those_of_the_whole_input_where_filters_depend_on_each_other(self) -> None:
        run = run_of("softmax")
        cells = cells_of_filter(run, 2)
        assert cells is not None
        assert cells.tolist() == run.values(0, run.cells)[:, 2].tolist()

    def test_are_those_of_the_whole_input_with_a_softmax_of_one_filter(self) -> None:
        conv = Conv1D(random_kernel(3, filters=1), activation="softmax")
        run = block_run(block_model(conv, MaxPooling1D(2)), "ACGTACGT")
        cells = cells_of_filter(run, 0)
        assert cells is not None
        assert cells.tolist() == [1.0] * run.cells


@pytest.mark.usefixtures("chunk")
class TestRanking:
    @pytest.mark.parametrize("activation", FLOORS)
    def test_goes_from_the_strongest_down(self, activation: str) -> None:
        run = run_of(activation)
        for index in range(run.filters):
            cells = rank_cells(run, index)
            assert cells is not None
            assert cells.tolist() == ranked(run, index, FLOORS[activation])

    def test_counts_the_activation_between_convolution_and_pool(self) -> None:
        run = run_of("linear", between="relu")
        cells = rank_cells(run, 1)
        assert cells is not None
        assert cells.tolist() == ranked(run, 1, 0.0)
        assert 0 < len(cells) < run.cells

    def test_leaves_silent_cells_out(self) -> None:
        run = run_of(bias=-1000.0)
        cells = rank_cells(run, 0)
        assert cells is not None
        assert cells.tolist() == []

    def test_leaves_no_cell_out_where_nothing_is_silent(self) -> None:
        run = run_of("linear", bias=-1000.0)
        cells = rank_cells(run, 0)
        assert cells is not None
        assert sorted(cells.tolist()) == list(range(run.cells))

    def test_equal_cells_stand_in_the_order_of_the_input(self) -> None:
        run = block_run(block_model(Conv1D(one_letter_kernel("A")), MaxPooling1D(1)), "CAACACCA")
        cells = rank_cells(run, 0)
        assert cells is not None
        assert cells.tolist() == [1, 2, 4, 7, 0, 3, 5, 6]


def test_it_can_be_stopped_between_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "_CHUNK", 10)
    asked: list[int] = []

    def keep_on() -> bool:
        asked.append(len(asked))
        return len(asked) < 3

    assert rank_cells(run_of(), 0, keep_on) is None
    assert len(asked) == 3
