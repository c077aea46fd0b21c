"""Windows as PyTorch has them: stored answers (see `oracle.make_window_fixtures`) and, where installed, live ones."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pytest
from oracle.layer_case import Array
from oracle.stored_layers import STORED, read_numbers
from oracle.window_cases import WINDOW_CASES, Windows
from recomputed import recomputed

from cnn_core.errors import SettingError, TooShortError
from cnn_core.layers import (
    AdaptiveAveragePooling1D,
    AdaptiveMaxPooling1D,
    Alignment,
    AveragePooling1D,
    Conv1D,
    DepthwiseConv1D,
    Edited,
    Layer,
    LayerRun,
    MaxPooling1D,
    SeparableConv1D,
    Spans,
    ZeroPadding1D,
)

Answers = dict[str, Array]


@pytest.fixture(scope="module")
def stored() -> Answers:
    return read_numbers(STORED.with_name("windows.npz"))


def our_layer(case: Windows) -> Layer:
    if case.kind == "conv":
        settings = {"stride": case.stride, "padding": case.padding, "dilation": case.dilation}
        return Conv1D(case.kernel, groups=case.groups, **settings)
    if case.kind == "max":
        return MaxPooling1D(case.size, case.stride, case.padding, dilation=case.dilation, ceil=case.ceil_mode)
    if case.kind == "average":
        counts = case.count_include_pad
        return AveragePooling1D(case.size, case.stride, case.padding, ceil=case.ceil_mode, counts_padding=counts)
    return (AdaptiveMaxPooling1D if case.kind == "adaptive max" else AdaptiveAveragePooling1D)(case.size)


def check(ours: Array | None, theirs: Array) -> None:
    assert ours is not None
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-5 * max(np.abs(theirs).max(), 1e-30)


def check_case(case: Windows, theirs: Answers) -> None:
    """Compare the output, the gradient and, of a max pool, DeepLIFT's multipliers."""
    layer, x = our_layer(case), case.x
    assert layer.output_shape(x.shape) == theirs["output"].shape
    output = layer.forward(x)
    check(output, theirs["output"])
    upstream = case.drawn("upstream", *output.shape)
    run = LayerRun([x], output, [None])
    check(layer.gradient(upstream, run)[0], theirs["gradient"])
    if "multipliers" in theirs:
        other = LayerRun([case.reference], layer.forward(case.reference), [None])
        found = layer.multipliers(upstream, run, other)
        assert found is not None
        check(found[0], theirs["multipliers"])


def check_dependence(case: Windows) -> None:
    """Compare what is said of every value with what follows when each input position is changed."""
    layer, x = our_layer(case), case.x
    output = layer.forward(x)
    depends = np.zeros((len(output), len(x)), dtype=np.bool_)
    read = np.zeros_like(depends)
    for position, change in product(range(len(x)), (-100, 100)):
        changed = x.copy()
        changed[position] += change
        depends[:, position] |= (layer.forward(changed) != output).any(axis=1)
    for cell in range(len(output)):
        read[cell] = layer.positions_read(np.arange(len(output)) == cell, x.shape)[0]
        assert abs(recomputed(layer, [x], [None], output, (cell, 0)) - output[cell, 0]) < 1e-4
    assert not (depends & ~read).any()
    if case.kind != "conv":
        assert (depends == read).all()


def check_edits(case: Windows) -> None:
    """Compare a span of the output behind edits with all of it computed anew."""
    layer, x = our_layer(case), case.x
    output = layer.forward(x)
    spans = Spans(np.arange(len(x) - 1), 2)
    values = case.drawn("edits", 2, len(x) - 1, x.shape[1])
    edited = Edited(x, spans, values)
    changed = layer.changed([spans], x.shape)
    found = layer.compute(changed, layer.remembered(output, x), edited)
    for edit in range(len(spans)):
        whole, ours = layer.forward(edited.of(edit)), output.copy()
        for row, position in enumerate(changed.positions[:, edit]):
            if 0 <= position < len(ours):
                ours[position] = found[row, edit]
        assert np.abs(ours - whole).max() <= 1e-4


def test_agree_with_pytorch(stored: Answers, subtests: pytest.Subtests) -> None:
    for case in WINDOW_CASES:
        with subtests.test(case.name):
            begins = f"{case.name}: "
            check_case(
                case, {name.removeprefix(begins): each for name, each in stored.items() if name.startswith(begins)}
            )


def test_say_what_they_read_and_are_made_of(subtests: pytest.Subtests) -> None:
    for case in WINDOW_CASES:
        with subtests.test(case.name):
            check_dependence(case)


def test_behind_edits_are_as_computed_anew(subtests: pytest.Subtests) -> None:
    for case in WINDOW_CASES:
        with subtests.test(case.name):
            check_edits(case)


def test_a_pool_reads_the_axis_in_every_window() -> None:
    with pytest.raises(
        SettingError, match=r"^a padding of 3, 4 is as wide as a pool window of 4; the widest is 3$"
    ):
        MaxPooling1D(4, padding=(3, 4))
    with pytest.raises(TooShortError, match="positions 3 apart; the shortest length that works is 3"):
        MaxPooling1D(2, padding=(1, 1), dilation=3).output_shape((2, 4))
    assert MaxPooling1D(2, padding=(1, 1), dilation=3).output_shape((3, 4)) == (1, 4)


def test_adaptive_pools_lie_over_the_bases_where_their_windows_are_equally_wide() -> None:
    layer = AdaptiveMaxPooling1D(4)
    assert layer.aligned([Alignment(3, 2, 5)], (12, 2)) == Alignment(3, 6, 9)
    assert layer.aligned([Alignment(3, 2, 5)], (13, 2)) is None
    assert layer.sliding_over(13) is None
    sliding, x = layer.sliding_over(12), np.random.RandomState(3).randn(12, 2).astype(np.float32)
    assert sliding is not None
    np.testing.assert_array_equal(sliding.forward(x), layer.forward(x))


@pytest.mark.oracle
def test_pytorch_still_says_what_is_stored(stored: Answers, subtests: pytest.Subtests) -> None:
    pytest.importorskip("torch")
    from oracle.window_frameworks import torch_answers

    for case in WINDOW_CASES:
        with subtests.test(case.name):
            for what, answer in torch_answers(case).items():
                check(answer, stored[f"{case.name}: {what}"])


@pytest.mark.parametrize("padding", [(3, 3), (0, 2), (6, 1)])
def test_convolutions_channel_by_channel_read_zeros_beyond_the_ends(padding: tuple[int, int]) -> None:
    random = np.random.RandomState(5)
    kernel, across = random.randn(4, 3, 2).astype(np.float32), random.randn(1, 6, 5).astype(np.float32)
    x = random.randn(11, 3).astype(np.float32)
    zeros = ZeroPadding1D(padding).forward(x)
    for of in (partial(DepthwiseConv1D, kernel), partial(SeparableConv1D, kernel, across)):
        layer, plain = of(padding=padding, stride=2, dilation=2), of(stride=2, dilation=2)
        np.testing.assert_array_equal(layer.forward(x), plain.forward(zeros))
        upstream = random.randn(*layer.output_shape(x.shape)).astype(np.float32)
        gradient = layer.gradient(upstream, LayerRun([x], layer.forward(x), [None]))[0]
        padded = plain.gradient(upstream, LayerRun([zeros], plain.forward(zeros), [None]))[0]
        assert gradient is not None
        assert padded is not None
        np.testing.assert_array_equal(gradient, padded[padding[0] : padding[0] + 11])
