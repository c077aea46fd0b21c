"""Every number on a track is the value as it is written everywhere, or is not there, at any zoom and width."""

from __future__ import annotations

import re

import numpy as np
from drawings import line, picture_of, random_kernel, random_letters, reading, track
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.layers import AveragePooling1D, Conv1D, MaxPooling1D
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.view.view_state import ZOOMS, Level
from cnn_tui.widgets.pooled_cells import Pooled
from cnn_tui.widgets.products import Products
from cnn_tui.words.numbers import number

NUMBER = re.compile(r"−?\d+(?:\.\d+)?(?:e−?\d+)?")
SCALES = st.sampled_from([1e-6, 1e-3, 0.01, 0.1, 0.5, 1, 3, 10, 100, 1e4, 1e7])


def read(text: str) -> float:
    return float(text.replace("−", "-"))


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    kind = draw(st.sampled_from([MaxPooling1D, AveragePooling1D]))
    size = draw(st.integers(1, 12))
    kernel = (random_kernel(draw(st.integers(1, 6)), filters=2) * draw(SCALES)).astype(np.float32)
    conv = Conv1D(kernel, stride=draw(st.integers(1, 2)), activation=draw(st.sampled_from(["relu", "linear"])))
    found = reading(random_letters(200, seed=draw(st.integers(0, 9))), conv, kind(size, draw(st.integers(1, 12))))
    return picture_of(
        found,
        columns=draw(st.integers(20, 120)),
        zoom=draw(st.sampled_from(ZOOMS)),
        offset=draw(st.integers(0, 150)),
        level=Level.RESPONSE,
        position=draw(st.integers(0, 80)),
    )


@settings(deadline=None, max_examples=60)
@given(pictures())
def test_a_number_on_the_cells_is_that_of_the_cell(picture: Picture) -> None:
    view, text = picture.view, line(track(Pooled, picture))
    for found in NUMBER.finditer(text):
        cell = view.axes.cell_at(view.base_at(found.start()))
        [value] = picture.run.values(cell, cell + 1)[:, view.filter]
        assert read(found[0]) == read(number(float(value)))


@settings(deadline=None, max_examples=60)
@given(pictures())
def test_a_number_on_the_products_is_that_of_its_base_or_their_sum(picture: Picture) -> None:
    view, step = picture.view, picture.conv_step
    products = track(Products, picture, height=2)
    for y in (0, 1):
        text = line(products, y)
        total = re.search(r"Σ (\S+)", text)
        if total:
            assert total[1] == number(step.product_sum)
        for found in NUMBER.finditer(text.partition("Σ")[0]):
            tap = view.base_at(found.start()) - step.window.first
            assert read(found[0]) == read(number(float(step.per_tap[tap])))
