"""The best cells of chunk after chunk are those of all values sorted at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnn_core.scan import best_cells
from cnn_core.scan.best_cells import BestCells
from cnn_core.scan.whole_scan import Cells

Found = list[tuple[int, int, float]]
LOWEST = np.float32(-np.inf)


def chunks_of(values: NDArray[np.float32], size: int, *, reverse: bool = False) -> list[Cells]:
    """Return the chunks of a scan, in the record's direction."""
    starts = range(0, len(values), size)
    return [
        Cells(start, min(start + size, len(values)), values[start : start + size])
        for start in (reversed(starts) if reverse else starts)
    ]


def found(best: BestCells) -> Found:
    """Return filter, cell and value of each, as they are given."""
    return [*zip(*(each.tolist() for each in best.cells()), strict=True)]


def one_by_one(
    values: NDArray[np.float32],
    top: int,
    bars: NDArray[np.float32],
    floors: NDArray[np.float32] | None,
    *,
    reverse: bool,
) -> Found:
    """Return the same by sorting a list of all values in the record's direction."""
    wanted: Found = []
    for filter_ in range(values.shape[1]):
        cells = [*enumerate(values[:, filter_].tolist())]
        good = [
            (filter_, cell, value)
            for cell, value in (reversed(cells) if reverse else cells)
            if value > bars[filter_] and (floors is None or value != floors[filter_])
        ]
        wanted += sorted(good, key=lambda each: -each[2])[:top]
    return wanted


@given(st.data())
@settings(max_examples=200)
def test_are_those_of_a_sorted_list_ties_in_the_record_s_direction(data: st.DataObject) -> None:
    filters, rows = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 50))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    values = random.integers(-3, 4, (rows, filters)).astype(np.float32)
    if data.draw(st.booleans()):
        values[random.random(values.shape) < 0.2] = np.nan
        values[random.random(values.shape) < 0.1] = -np.inf
    top, reverse = data.draw(st.integers(1, 9)), data.draw(st.booleans())
    bars = random.choice(np.array([-np.inf, -1, 0, 2], dtype=np.float32), filters)
    floors = random.integers(-3, 4, filters).astype(np.float32) if data.draw(st.booleans()) else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(best_cells, "_FEWEST_WAITING", data.draw(st.sampled_from([1, 1 << 12])))
        patch.setattr(best_cells, "_ROW_VALUES", data.draw(st.sampled_from([1, 8, 1 << 14])))
        best = BestCells(filters, top, bars, floors, reverse=reverse)
        for chunk in chunks_of(values, data.draw(st.integers(1, 60)), reverse=reverse):
            best.add(chunk)
        assert found(best) == one_by_one(values, top, bars, floors, reverse=reverse)


def test_of_nothing_are_none() -> None:
    best = BestCells(2, 3, np.array([LOWEST, LOWEST]), None)
    assert found(best) == []
    best.add(Cells(0, 2, np.full((2, 2), np.nan, dtype=np.float32)))
    assert found(best) == []


def test_can_be_asked_for_between_chunks() -> None:
    values = np.array([[1], [5], [3], [5], [9]], dtype=np.float32)
    best = BestCells(1, 2, np.array([LOWEST]), None)
    seen = []
    for chunk in chunks_of(values, 2):
        best.add(chunk)
        seen.append(found(best))
    assert seen == [[(0, 1, 5.0), (0, 0, 1.0)], [(0, 1, 5.0), (0, 3, 5.0)], [(0, 4, 9.0), (0, 1, 5.0)]]


def test_bars_of_the_caller_are_left_as_they_are() -> None:
    bars = np.array([0.5], dtype=np.float32)
    best = BestCells(1, 1, bars, None)
    best.add(Cells(0, 3, np.array([[1], [2], [3]], dtype=np.float32)))
    assert found(best) == [(0, 2, 3.0)]
    assert bars.tolist() == [0.5]
