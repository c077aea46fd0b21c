"""A model with edited weights gives what one gives that was made, or whose file was written, with those weights."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from each_case import each_case
from small_models import Letters, block_model, random_kernel, random_letters

import cnn_core
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.layers import (
    Array,
    Conv1D,
    Dense,
    DepthwiseConv1D,
    GlobalMaxPooling1D,
    Input,
    Maximum,
    MaxPooling1D,
    SeparableConv1D,
)
from cnn_core.network.model import Model, Node
from cnn_core.network.weight_edits import joined, parse_weight_edits
from cnn_core.readers.npz import read_npz, write_npz

_RECORD = Letters(random_letters(60))
_CONV2 = Conv1D(random_kernel(3, 4, 1, channels=2), np.float32([0.5, -1, 0, 2]), activation="relu")


def _model(conv: Conv1D | None = None, second: Conv1D = _CONV2, channels: str = "ACGT") -> Model:
    conv = conv or Conv1D(random_kernel(5), activation="relu")
    head = [("conv_1", second), ("pool_1", MaxPooling1D(2)), ("top", GlobalMaxPooling1D()), ("dense", _dense())]
    return block_model(conv, MaxPooling1D(4), head=head, channels=channels)


def _dense() -> Dense:
    return Dense(random_kernel(4, 1, 2, channels=1)[:, 0], activation="sigmoid")


def _edited(model: Model, *names: str) -> Model:
    return model.with_weights(parse_weight_edits(names, model))


def _equal(edited: Model, by_hand: Model) -> None:
    ours, theirs = (Reading.of(each, _RECORD).into() for each in (edited, by_hand))
    for name, values in theirs.values.items():
        np.testing.assert_array_equal(ours.values[name], values)
    np.testing.assert_array_equal(ours.run.values(0, ours.run.cells), theirs.run.values(0, theirs.run.cells))


def _kernel(**changes: Any) -> Array:
    kernel = random_kernel(5)
    for place, value in changes.items():
        tap, channel, index = (int(digit) for digit in place.removeprefix("at"))
        kernel[tap, channel, index] = value
    return kernel


class TestNumbers:
    @each_case(
        ("names", "kernel", "bias"),
        [
            (["conv:1:3A=0.5"], _kernel(at301=0.5), None),
            (["conv:1:3:0=0.5", "conv:0:4t=-2e-3"], _kernel(at301=0.5, at430=-2e-3), None),
            (["conv:0:bias=0.25"], _kernel(), [0.25, 0]),
            (["conv:0=flipped"], np.stack([_kernel()[::-1, :, 0], _kernel()[:, :, 1]], axis=2), None),
            (["conv:1=revcomp"], np.stack([_kernel()[:, :, 0], _kernel()[::-1, ::-1, 1]], axis=2), None),
            # RandomState(1).permutation(5) is 2, 1, 4, 0, 3.
            (["conv:1=shuffled:1"], np.stack([_kernel()[:, :, 0], _kernel()[[2, 1, 4, 0, 3], :, 1]], axis=2), None),
            # In order: the tap that is set is one of the flipped filter.
            (["conv:1=flipped", "conv:1:0C=9"], None, None),
        ],
    )
    def test_are_those_of_a_model_made_with_them(
        self, names: list[str], kernel: Array | None, bias: list[float] | None
    ) -> None:
        if kernel is None:
            kernel = _kernel()
            kernel[:, :, 1] = kernel[::-1, :, 1]
            kernel[0, 1, 1] = 9
        given = None if bias is None else np.float32(bias)
        by_hand = _model(Conv1D(np.ascontiguousarray(kernel), given, activation="relu"))
        edited = _edited(_model(), *names)
        _equal(edited, by_hand)
        # By a sum that knows nothing of layers.
        rows = np.float32([[letter == base for base in "ACGT"] for letter in _RECORD.letters])
        sums = [(rows[at : at + 5, :, None] * kernel).sum(axis=(0, 1)) for at in range(56)]
        plain = np.maximum(np.stack(sums) + (0 if given is None else given), 0)
        found = Reading.of(edited, _RECORD).values["conv"]
        np.testing.assert_allclose(found, plain, atol=1e-5)

    def test_are_those_of_a_file_written_with_them(self) -> None:
        model, packed = _model(), BytesIO()
        write_npz(model, packed)
        with np.load(BytesIO(packed.getvalue())) as arrays:
            members = {name: arrays[name] for name in arrays.files}
        members["conv_1/kernel"][2, 1, 3] = 4
        members["conv_1/bias"][0] = -0.125
        changed = BytesIO()
        np.savez(changed, **members)
        by_hand = read_npz(changed.getvalue(), "changed.npz").model
        edited = _edited(model, "conv_1:3:2:1=4", "conv_1:0:bias=-0.125")
        _equal(edited, by_hand)
        again = BytesIO()
        write_npz(edited, again)
        stored = read_npz(again.getvalue(), "edited.npz").model
        _equal(stored, by_hand)
        assert stored.weight_edits == ()

    def test_of_groups_and_depthwise_filters_are_their_own_channels(self) -> None:
        kernel = random_kernel(3, 4, 1, channels=1)
        grouped = _edited(_model(second=Conv1D(kernel, groups=2)), "conv_1:3:1:1=7").nodes[3].layer
        assert isinstance(grouped, Conv1D)
        assert np.argwhere(grouped.kernel != kernel).tolist() == [[1, 0, 3]]
        depthwise = DepthwiseConv1D(random_kernel(3, 2, 1, channels=4))
        model = Model.sequential("small", [("letters", Input()), ("conv", depthwise), ("pool", MaxPooling1D(2))])
        edited = _edited(model, "conv:5:1G=7", "conv:0=flipped")["conv"].layer
        assert isinstance(edited, DepthwiseConv1D)
        expected = depthwise.kernel.copy()
        expected[1, 2, 1], expected[:, 0, 0] = 7, expected[::-1, 0, 0].copy()
        np.testing.assert_array_equal(edited.kernel, expected)
        with pytest.raises(CnnError, match="filter 5 does not read each letter and its complement"):
            _edited(model, "conv:5=revcomp")

    def test_of_a_shared_layer_change_wherever_it_is_called(self) -> None:
        conv = Conv1D(random_kernel(5))
        nodes = (
            Node("letters", Input()),
            Node("other", Input()),
            Node("conv", conv, ("letters",)),
            Node("conv#2", conv, ("other",)),
            Node("max", Maximum(), ("conv", "conv#2")),
        )
        edited = _edited(Model("shared", nodes), "conv#2:0:0A=3")
        assert edited.weight_names == ("conv:0:0A=3",)
        assert edited["conv"].layer is edited["conv#2"].layer
        own = edited.without_weight_edits()
        assert own["conv"].layer is own["conv#2"].layer

    @pytest.mark.parametrize("channels", ["TGCA", "ACGTN", "ATGC"])
    def test_of_letters_follow_the_channel_order(self, channels: str) -> None:
        kernel = random_kernel(5, channels=len(channels))
        edited = _edited(_model(Conv1D(kernel), channels=channels), "conv:0:2C=5", "conv:1=revcomp")["conv"].layer
        assert isinstance(edited, Conv1D)
        assert edited.kernel[2, channels.index("C"), 0] == 5
        for letter, other in ("AT", "CG", "GC", "TA"):
            expected = kernel[::-1, channels.index(other), 1]
            np.testing.assert_array_equal(edited.kernel[:, channels.index(letter), 1], expected)


class TestOverlay:
    def test_leaves_the_model_and_all_other_layers_as_they_are(self) -> None:
        model = _model()
        before = {node.name: node.layer for node in model.nodes}
        edited = _edited(model, "conv:1:3A=0.5")
        assert {node.name: node.layer for node in model.nodes} == before
        assert [node.name for node in edited.nodes if node.layer is not before[node.name]] == ["conv"]
        assert (model.weight_names, edited.weight_names) == ((), ("conv:1:3A=0.5",))
        # Other edits take their place, and none is the model itself.
        assert _edited(edited, "conv:0=flipped").weight_names == ("conv:0=flipped",)
        _equal(edited.with_weights(()), model)
        assert edited.without_weight_edits() is model
        assert _edited(edited, "conv:0=flipped").without_weight_edits() is model
        own = edited.without_weight_edits()["conv"].layer
        assert isinstance(own, Conv1D)
        assert own.kernel is model["conv"].layer.kernel  # type: ignore[attr-defined]

    def test_and_settings_keep_each_other(self) -> None:
        model = _model()
        block, now = model.blocks[0], model.settings(model.blocks[0])
        other = replace(now, pool_size=3, pool_stride=3, dilation=2)
        by_hand = _model(Conv1D(_kernel(at301=0.5), activation="relu")).with_settings(block, other)
        first = _edited(model, "conv:1:3A=0.5").with_settings(block, other)
        then = _edited(model.with_settings(block, other), "conv:1:3A=0.5")
        for edited in (first, then):
            assert (edited.weight_names, edited.settings(block)) == (("conv:1:3A=0.5",), other)
            _equal(edited, by_hand)
        back = first.with_settings(block, now)
        assert back.weight_names == ("conv:1:3A=0.5",)
        assert first.without_weight_edits().settings(block) == other

    def test_of_a_reading_keeps_what_lies_before_its_block(self) -> None:
        reading = Reading.of(_model(), _RECORD).into(_model().blocks[1])
        _ = reading.run.values(0, 1)
        edited = reading.with_weights(parse_weight_edits(["conv_1:0:0:0=3"], reading.model))
        assert edited._block_input_once.is_there
        before = reading.with_weights(parse_weight_edits(["conv:0:0A=3"], reading.model))
        assert not before._block_input_once.is_there

    @each_case(
        ("steps", "left"),
        [
            (["conv:0:1A=2", "conv:0:1C=3", "conv:0:1A=4"], ["conv:0:1C=3", "conv:0:1A=4"]),
            (["conv:0=flipped", "conv:1:bias=1", "conv:0=flipped"], ["conv:1:bias=1"]),
            (["conv:0=shuffled:1", "conv:0=shuffled:1"], ["conv:0=shuffled:1", "conv:0=shuffled:1"]),
            (
                ["conv:0:1A=2", "conv:0=flipped", "conv:0:1A=3"],
                ["conv:0:1A=2", "conv:0=flipped", "conv:0:1A=3"],
            ),
            (["conv:0:bias=2", "conv:0=flipped", "conv:0:bias=3"], ["conv:0=flipped", "conv:0:bias=3"]),
            (["conv:0:1A=2", f"conv:0:1A={_kernel()[1, 0, 0]}"], []),
            (["conv:0=revcomp", "conv:0=revcomp"], []),
        ],
    )
    def test_keeps_no_edit_that_another_undoes(self, steps: list[str], left: list[str]) -> None:
        model, every = _model(), _edited(_model(), *steps)
        for edit in parse_weight_edits(steps, model):
            model = model.with_weight(edit)
        assert [*model.weight_names] == left
        _equal(model, every)
        reset = model.without_edits_of("conv", 0)
        assert all(name.startswith("conv:1") for name in reset.weight_names)

    def test_a_number_joins_in_its_place(self) -> None:
        first, second = parse_weight_edits(["conv:0:1A=2", "conv:0:1A=3"], _model())
        assert joined((first,), second) == (second,)


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            *("conv:1:3A=0.5", "conv:1:bias=0.1", "conv:1=flipped", "conv:1=revcomp", "conv:1=shuffled:7"),
            *("conv_1:3:2:1=1e-08", "conv:0:0G=-3.25"),
        ],
    )
    def test_are_read_back(self, name: str) -> None:
        assert _edited(_model(), name).weight_names == (name,)

    def test_take_a_filter_by_its_name_and_a_layer_whose_name_has_colons(self) -> None:
        conv = Conv1D(random_kernel(5), filter_names=("TATA", "GC box"))
        nodes = [("letters", Input()), ("a:1:b", conv), ("pool", MaxPooling1D(2))]
        model = Model.sequential("small", nodes)
        assert _edited(model, "a:1:b:gc box:3A=1").weight_names == ("a:1:b:1:3A=1",)

    @each_case(
        ("name", "said"),
        [
            ("conv", "'conv' names no edit of a weight; write conv1d:17:3A=0.5"),
            ("conv:1=upside", "'conv:1=upside' does not say what becomes of the filter"),
            ("conv:1=shuffled", "does not say what becomes of the filter"),
            ("conv:1=shuffled:4294967296", "4294967296 is not a seed; it is 0 to 4,294,967,295"),
            ("conw:1:3A=1", "small has no layer 'conw'; did you mean conv"),
            (
                "pool:1:3A=1",
                "layer pool has no filters whose weights can be edited; its convolutions are conv, conv_1",
            ),
            ("conv:2:3A=1", "conv has no filter '2'; its filters are 0 to 1"),
            ("conv:1:5A=1", "filter 1 has no weight of tap 5 for channel 0; it has taps 0 to 4 and reads ACGT"),
            ("conv:1:3N=1", "layer conv reads no letter N; it reads ACGT"),
            ("conv_1:1:0A=1", "layer conv_1 reads feature maps, which have no letters"),
            (
                "conv_1:1:0:2=1",
                "filter 1 has no weight of tap 0 for channel 2; it has taps 0 to 2 and reads channels 0",
            ),
            ("conv:1:3A=x", "'x' is not a number that a weight can be"),
            ("conv:1:3A=nan", "'nan' is not a number that a weight can be"),
            ("conv:1:3A=1e39", "'1e39' is not a number that a weight can be"),
            ("conv_1:1=revcomp", "filter 1 does not read each letter and its complement"),
        ],
    )
    def test_that_are_none_are_refused_in_one_sentence(self, name: str, said: str) -> None:
        with pytest.raises(CnnError) as refused:
            _edited(_model(), name)
        assert said in f"{refused.value.what}; {refused.value.remedy}"

    def test_of_filters_that_share_their_kernel_are_refused(self) -> None:
        separable = SeparableConv1D(random_kernel(3, 1), random_kernel(1, 3))
        nodes = [("letters", Input()), ("conv", separable), ("pool", MaxPooling1D(2))]
        with pytest.raises(CnnError, match="one kernel along the axis for all its filters"):
            _edited(Model.sequential("small", nodes), "conv:0:1A=3")


def test_the_public_face_lays_them_over_a_model(tmp_path: Path) -> None:
    path = tmp_path / "small.npz"
    write_npz(_model(), path)
    opened = cnn_core.open_model(path)
    edited = opened.with_weights(["conv:1:3A=0.5"])
    assert (opened.weight_edits, edited.weight_edits) == ((), ("conv:1:3A=0.5",))
    by_hand = _model(Conv1D(_kernel(at301=0.5), activation="relu"))
    expected = Reading.of(by_hand, _RECORD).values["dense"]
    np.testing.assert_array_equal(edited.read(_RECORD.letters)["dense"], expected)
    with pytest.raises(CnnError, match="the edits are one text"):
        opened.with_weights("conv:1=flipped")
