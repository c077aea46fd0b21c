"""Where a moved value comes from, against what the layers do to numbered places."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
from dependence import read_by
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core import layers
from cnn_core.layers import (
    Broadcast,
    ComputedValue,
    Concatenate,
    Cropping1D,
    Dropout,
    Flatten,
    Identity,
    MovingLayer,
    Pad,
    Permute,
    RepeatVector,
    Reshape,
    Reverse,
    Select,
    Slice,
    Take,
    UpSampling1D,
    ZeroPadding1D,
)

SMALL = st.integers(1, 5)
ENDS = st.tuples(st.integers(0, 3), st.integers(0, 3))


@st.composite
def moving(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    """Return a layer that moves values, and shapes that it can read."""
    kind = draw(st.sampled_from(sorted(CASES)))
    return CASES[kind](draw)


def _shape(draw: st.DrawFn, axes: int) -> tuple[int, ...]:
    return tuple(draw(SMALL) for _ in range(axes))


def _cropping(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    ends = draw(ENDS)
    return Cropping1D(ends), [(sum(ends) + draw(SMALL), draw(SMALL))]


def _reshape(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    shape = _shape(draw, draw(st.integers(1, 3)))
    size = math.prod(shape)
    first = draw(st.sampled_from([each for each in range(1, size + 1) if size % each == 0]))
    return Reshape(draw(st.sampled_from([(first, size // first), (-1, first), (size,), (first, 1, -1)]))), [shape]


def _permute(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    axes = draw(st.integers(1, 3))
    return Permute(draw(st.sampled_from([*permutations(range(1, axes + 1))]))), [_shape(draw, axes)]


def _concatenate(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    axes = draw(st.integers(1, 3))
    axis, shape = draw(st.integers(0, axes - 1)), _shape(draw, axes)
    shapes = [(*shape[:axis], draw(SMALL), *shape[axis + 1 :]) for _ in range(draw(st.integers(1, 4)))]
    return Concatenate(draw(st.sampled_from([axis + 1, axis - axes]))), shapes


def _axis(draw: st.DrawFn, axes: int) -> tuple[int, int]:
    """Return an axis, and a number that Keras writes for it."""
    axis = draw(st.integers(0, axes - 1))
    return axis, draw(st.sampled_from([axis + 1, axis - axes]))


def _slice(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    shape = _shape(draw, draw(st.integers(1, 3)))
    axis, written = _axis(draw, len(shape))
    place = draw(st.integers(0, shape[axis] - 1))
    if draw(st.booleans()):
        return Slice(written, place - shape[axis], draw(st.sampled_from([None, 9])), draw(SMALL)), [shape]
    return Slice(written, None, place - shape[axis] - 1, -draw(SMALL)), [shape]


def _take(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    shape = _shape(draw, draw(st.integers(1, 3)))
    axis, written = _axis(draw, len(shape))
    places = st.integers(-shape[axis], shape[axis] - 1)
    return Take(written, tuple(draw(st.lists(places, min_size=1, max_size=6)))), [shape]


def _select(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    shape = _shape(draw, draw(st.integers(1, 3)))
    axis, written = _axis(draw, len(shape))
    return Select(written, draw(st.integers(-shape[axis], shape[axis] - 1))), [shape]


def _pad(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    shape = _shape(draw, draw(st.integers(1, 3)))
    axis, written = _axis(draw, len(shape))
    mode = draw(st.sampled_from(["constant", "reflect", "replicate", "circular"]))
    most = {"reflect": shape[axis] - 1, "circular": shape[axis]}.get(mode, 3)
    before, after = draw(st.integers(0, most)), draw(st.integers(0, most))
    if mode in ("constant", "replicate") and shape[axis] > 1:
        before = draw(st.sampled_from([before, 1 - shape[axis]]))
    return Pad(written, before, after, mode), [shape]


def _reverse(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    axes = draw(st.integers(1, 3))
    turned = draw(st.lists(st.integers(0, axes - 1), min_size=1, max_size=axes, unique=True))
    return Reverse(tuple(axis + 1 for axis in turned)), [_shape(draw, axes)]


def _broadcast(draw: st.DrawFn) -> tuple[MovingLayer, list[tuple[int, ...]]]:
    shape = _shape(draw, draw(st.integers(1, 3)))
    given = tuple(draw(st.sampled_from([size, 1])) for size in shape[draw(st.integers(0, len(shape) - 1)) :])
    ahead = len(shape) - len(given)
    asked = tuple(
        draw(st.sampled_from([size, -1])) if at >= ahead and given[at - ahead] == size else size
        for at, size in enumerate(shape)
    )
    return Broadcast(asked), [given]


CASES = {
    "Broadcast": _broadcast,
    "Concatenate": _concatenate,
    "Cropping1D": _cropping,
    "Dropout": lambda draw: (Dropout(0.5), [_shape(draw, 2)]),
    "Flatten": lambda draw: (Flatten(), [_shape(draw, draw(st.integers(1, 3)))]),
    "Identity": lambda draw: (Identity(), [_shape(draw, 2)]),
    "Pad": _pad,
    "Permute": _permute,
    "RepeatVector": lambda draw: (RepeatVector(draw(SMALL)), [_shape(draw, 1)]),
    "Reshape": _reshape,
    "Reverse": _reverse,
    "Select": _select,
    "Slice": _slice,
    "Take": _take,
    "UpSampling1D": lambda draw: (UpSampling1D(draw(SMALL)), [_shape(draw, 2)]),
    "ZeroPadding1D": lambda draw: (ZeroPadding1D(draw(ENDS)), [_shape(draw, 2)]),
}


@settings(max_examples=300)
@given(moving())
def test_a_value_comes_from_where_it_is_said_to(case: tuple[MovingLayer, list[tuple[int, ...]]]) -> None:
    layer, shapes = case
    numbered, first = [], 1
    for shape in shapes:
        numbered.append(np.arange(first, first + math.prod(shape), dtype=np.float32).reshape(shape))
        first += math.prod(shape)
    output = layer.forward(*numbered)
    for place in np.ndindex(*output.shape):
        source = layer.compose(ComputedValue(numbered, output, place)).followed
        assert output[place] == (0 if source is None else numbered[source.input][source.index])


@settings(max_examples=100)
@given(moving())
def test_a_position_reads_those_that_its_values_come_from(case: tuple[MovingLayer, list[tuple[int, ...]]]) -> None:
    layer, shapes = case
    inputs = [np.zeros(shape, np.float32) for shape in shapes]
    output = layer.forward(*inputs)
    expected = [[set() for _ in shapes] for _ in output]
    for place in np.ndindex(*output.shape):
        source = layer.compose(ComputedValue(inputs, output, place)).followed
        if source is not None:
            expected[place[0]][source.input].add(source.index[0])
    for position, sources in enumerate(expected):
        assert read_by(layer, position, *shapes) == [sorted(each) for each in sources]


def test_every_layer_that_moves_values_is_among_these() -> None:
    offered = {
        name
        for name in vars(layers)
        if isinstance(kind := getattr(layers, name), type) and issubclass(kind, MovingLayer)
    }
    of_training = {name for name in offered if issubclass(getattr(layers, name), Identity)}
    assert offered - of_training - {"MovingLayer"} == set(CASES) - of_training
