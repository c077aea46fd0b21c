"""The view of what stands beside: the same columns, and a cursor over the same bases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnn_core.layers import Sliding
from cnn_tui.view.view_state import Axes, Level, Side, ViewState


def axes(pool: int = 8, stride: int | None = None, conv_stride: int = 1, length: int = 500) -> Axes:
    conv = Sliding(16, conv_stride)
    positions = (length - 16) // conv_stride + 1
    sliding = Sliding(pool, stride or pool)
    return Axes(length, conv, positions, sliding, (positions - pool) // (stride or pool) + 1, 320)


VIEW = replace(ViewState(axes=axes(), filter=17, zoom=6, offset=30).at(7), offset=30)


def test_on_the_same_axes_it_is_the_same_view_on_the_other_side() -> None:
    assert VIEW.beside(axes()) == replace(VIEW, side=Side.B)


def test_another_filter_is_all_that_differs() -> None:
    assert VIEW.beside(axes(), 18) == replace(VIEW, side=Side.B, filter=18)


@pytest.mark.parametrize(("pool", "cell"), [(4, 14), (16, 3)])
def test_a_cell_stands_beside_the_one_over_its_first_base(pool: int, cell: int) -> None:
    # pooled[7] of pools of 8 begins over base 56.
    assert VIEW.beside(axes(pool)).cell == cell


def test_or_over_the_position_that_it_selected() -> None:
    assert VIEW.beside(axes(4), None, 63).cell == 15


@pytest.mark.parametrize(("position", "there"), [(60, 20), (61, 20), (484, 161)])
def test_a_position_stands_beside_the_one_over_its_first_base(position: int, there: int) -> None:
    assert VIEW.on(Level.RESPONSE, position).beside(axes(conv_stride=3)).position == there


def test_a_base_stands_beside_itself_as_far_as_there_are_bases() -> None:
    for base, there in ((100, 100), (480, 199)):
        assert VIEW.on(Level.BASE, base).beside(axes(length=200)).base == there


def test_columns_are_those_of_the_other_wherever_the_axes_end() -> None:
    far = VIEW.at(59)
    beside = far.beside(axes(length=60))
    assert (beside.offset, beside.zoom, beside.columns) == (far.offset, far.zoom, far.columns)
    assert beside.cell == beside.axes.cells - 1
