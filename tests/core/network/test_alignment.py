"""Receptive fields and alignments, against what really changes when a base does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pytest
from dependence import read_by
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from seeded import seeded
from small_models import random_kernel, random_letters

from cnn_core.errors import NotFoundError, ShapeError
from cnn_core.layers import (
    Activation,
    Add,
    Alignment,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Cropping1D,
    Dense,
    DepthwiseConv1D,
    Dot,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    Layer,
    LayerNormalization,
    MaxPooling1D,
    Multiply,
    Permute,
    RepeatVector,
    Reshape,
    SeparableConv1D,
    SideInput,
    SimpleRNN,
    Softmax,
    UpSampling1D,
    ZeroPadding1D,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.alignment import alignments, positions_read
from cnn_core.network.model import Model, Node

Draw = st.DrawFn


def normal(seed: int, *shape: int) -> np.ndarray:
    return seeded(seed).randn(*shape).astype(np.float32)


def _sliding(draw: Draw) -> dict[str, object]:
    stride = draw(st.integers(1, 3))
    return {
        "stride": stride,
        "padding": draw(st.sampled_from(["valid", "same", "causal"])),
        "dilation": draw(st.integers(1, 3)),
    }


def _layer(draw: Draw, shape: tuple[int, ...], seed: int) -> Layer:
    """A layer that reads one input of two axes."""
    channels = shape[1]
    size = draw(st.integers(1, 4))
    pooling = size, draw(st.integers(1, 4)), draw(st.sampled_from(["valid", "same"]))
    rnn = normal(seed, channels, 2), normal(seed, 2, 2), None, "linear", True
    kinds = {
        "conv": lambda: Conv1D(normal(seed, size, channels, 2), **_sliding(draw)),
        "depthwise": lambda: DepthwiseConv1D(normal(seed, size, channels, 1), **_sliding(draw)),
        "separable": lambda: SeparableConv1D(
            normal(seed, size, channels, 1), normal(seed, 1, channels, 2), **_sliding(draw)
        ),
        "max": lambda: MaxPooling1D(*pooling),
        "average": lambda: AveragePooling1D(*pooling),
        "norm": lambda: BatchNormalization(normal(seed, channels), np.ones(channels, dtype=np.float32)),
        "layer norm": lambda: LayerNormalization(axis=draw(st.sampled_from([-1, 1, (1, 2)]))),
        "softmax": lambda: Softmax(draw(st.sampled_from([-1, 1]))),
        "tanh": lambda: Activation("tanh"),
        "dense": lambda: Dense(normal(seed, channels, 3)),
        "crop": lambda: Cropping1D((draw(st.integers(0, 3)), draw(st.integers(0, 3)))),
        "pad": lambda: ZeroPadding1D((draw(st.integers(0, 3)), draw(st.integers(0, 3)))),
        "up": lambda: UpSampling1D(draw(st.integers(1, 3))),
        "past": lambda: SimpleRNN(*rnn, go_backwards=draw(st.booleans())),
        "both sides": lambda: Bidirectional(SimpleRNN(*rnn), SimpleRNN(*rnn, go_backwards=True)),
        "turned": lambda: Permute((2, 1)),
        "reshaped": lambda: Reshape((-1, draw(st.sampled_from([1, channels, 2 * channels])))),
        "kept": lambda: GlobalAveragePooling1D(keepdims=True),
    }
    return kinds[draw(st.sampled_from(sorted(kinds)))]()


@st.composite
def graphs(draw: Draw) -> tuple[Model, int]:
    """A network of some layers in branches that split and merge, and the length of its input."""
    length = draw(st.integers(6, 18))
    nodes = [Node("letters", Input())]
    shapes: dict[str, tuple[int, ...]] = {"letters": (length, 4)}

    def add(layer: Layer, *inputs: str) -> None:
        try:
            shape = layer.output_shape(*(shapes[name] for name in inputs))
        except ShapeError:
            return
        if np.prod(shape) <= 400:
            nodes.append(Node(f"{len(nodes)} {layer.type}", layer, inputs))
            shapes[nodes[-1].name] = shape

    for seed in range(draw(st.integers(3, 8))):
        first, second = (draw(st.sampled_from([*shapes])) for _ in range(2))
        flat = len(shapes[first]) == 1
        choices = [*["layer"] * 12, "add", "side by side", "behind", "gate", "dot", "flat", "top"]
        match draw(st.sampled_from(choices)):
            case "layer" if not flat:
                add(_layer(draw, shapes[first], seed), first)
            case "layer":
                add(Dense(normal(seed, *shapes[first], 2)) if draw(st.booleans()) else RepeatVector(3), first)
            case "add":
                add(Add(), first, second)
            case "gate":
                add(Multiply(), first, second)
            case "side by side":
                add(Concatenate(), first, second)
            case "behind":
                add(Concatenate(axis=1), first, second)
            case "dot":
                add(Dot(draw(st.sampled_from([1, 2, -1, (1, 2), (2, 1)]))), first, second)
            case "flat":
                add(Flatten(), first)
            case "top" if not flat:
                add(GlobalMaxPooling1D(), first)
    return Model("graph", tuple(nodes)), length


def touched(model: Model, length: int) -> dict[str, np.ndarray]:
    """Return which positions of every layer a base reaches: those that become NaN when it does.

    NaN goes through every sum, product and maximum, however small the weight, so that this is exact. A position
    counts as a whole: NaN in one of its channels is spread to all.
    """
    rows = np.eye(4, dtype=np.float32)[np.arange(length) % 4]
    reached: dict[str, list[np.ndarray]] = {}
    for base in range(length):
        values = {"letters": rows.copy()}
        values["letters"][base] = np.nan
        for node in model.nodes:
            if node.inputs:
                with np.errstate(all="ignore"):
                    values[node.name] = node.layer.forward(*(values[name] for name in node.inputs)).copy()
            array = values[node.name]
            hit = np.isnan(array.reshape(len(array), -1)).any(axis=1)
            array[hit] = np.nan
            reached.setdefault(node.name, []).append(hit)
    return {name: np.array(by_base) for name, by_base in reached.items()}


def hull(bases: Sequence[int]) -> tuple[int, int]:
    return (min(bases), max(bases) + 1) if len(bases) else (0, 0)


class TestReceptiveField:
    @given(graphs())
    def test_runs_from_the_first_base_that_reaches_a_value_to_the_last(self, graph: tuple[Model, int]) -> None:
        model, length = graph
        for name, by_base in touched(model, length).items():
            for position in range(by_base.shape[1]):
                expected = hull(np.flatnonzero(by_base[:, position]).tolist())
                assert model.receptive_field(name, position, length) == expected, (name, position)

    @given(graphs())
    @settings(max_examples=40)
    def test_holds_every_base_that_changes_a_value(self, graph: tuple[Model, int]) -> None:
        model, length = graph
        letters = random_letters(length)
        values = model.run(encode(letters))
        fields = {
            name: [model.receptive_field(name, position, length) for position in range(len(array))]
            for name, array in values.items()
        }
        for base in range(length):
            other = "ACGT"["ACGT".index(letters[base]) - 1]
            changed = model.run(encode(letters[:base] + other + letters[base + 1 :]))
            for name, array in values.items():
                for position in np.flatnonzero((array != changed[name]).reshape(len(array), -1).any(axis=1)):
                    first, stop = fields[name][position]
                    assert first <= base < stop, (name, position)

    @given(graphs(), st.data())
    @settings(max_examples=60)
    def test_of_many_positions_is_what_each_of_them_reads(
        self, graph: tuple[Model, int], data: st.DataObject
    ) -> None:
        model, length = graph
        shapes = model.shapes(length)
        for node in model.nodes[1:]:
            given_shapes = [shapes[name] for name in node.inputs]
            (outputs,) = shapes[node.name][:1]
            wanted = np.array(data.draw(st.lists(st.booleans(), min_size=outputs, max_size=outputs)))
            together = node.layer.positions_read(wanted, *given_shapes)
            for at, shape in enumerate(given_shapes):
                each = [read_by(node.layer, int(one), *given_shapes)[at] for one in np.flatnonzero(wanted)]
                expected = np.isin(np.arange(shape[0]), sorted({*chain.from_iterable(each)}))
                np.testing.assert_array_equal(together[at], expected, err_msg=node.layer.type)

    def test_of_the_question_is_worked_by_hand(self) -> None:
        layers: list[tuple[str, Layer]] = [
            ("letters", Input(500)),
            ("conv", Conv1D(random_kernel(16))),
            ("pool", MaxPooling1D(8)),
            ("rnn", SimpleRNN(normal(0, 2, 3), normal(1, 3, 3), return_sequences=True)),
            ("flat", Flatten()),
            ("dense", Dense(normal(2, 180, 1))),
        ]
        model = Model.sequential("question", layers)
        assert model.receptive_field("conv", 45, 500) == (45, 61)
        assert model.receptive_field("pool", 7, 500) == (56, 79)
        assert model.receptive_field("rnn", 7, 500) == (0, 79)
        assert model.receptive_field("flat", 3 * 7 + 1, 500) == (0, 79)
        # The tail, conv[480…484], is read by nobody: bases 495 to 499 never count.
        assert model.receptive_field("dense", 0, 500) == (0, 495)

    def test_of_what_reads_no_base_is_empty(self) -> None:
        nodes = [Node("letters", Input()), Node("padded", ZeroPadding1D((3, 0)), ("letters",))]
        model = Model("padded", (*nodes, Node("side", SideInput((5,)))))
        assert model.receptive_field("padded", 2, 9) == (0, 0)
        assert model.receptive_field("padded", 3, 9) == (0, 1)
        assert model.receptive_field("side", 4, 9) == (0, 0)

    def test_names_what_is_read_on_the_way(self) -> None:
        model = Model.sequential("net", [("letters", Input()), ("conv", Conv1D(random_kernel(2), dilation=3))])
        read = positions_read(model, "conv", (0, 4), 9)
        assert [*read] == ["conv", "letters"]
        assert np.flatnonzero(read["letters"]).tolist() == [0, 3, 4, 7]

    @pytest.mark.parametrize("position", [-1, 8])
    def test_of_a_position_that_is_none_is_refused(self, position: int) -> None:
        model = Model.sequential("net", [("letters", Input()), ("conv", Conv1D(random_kernel(2)))])
        with pytest.raises(IndexError, match=f"position {position} of 8"):
            model.receptive_field("conv", position, 9)
        with pytest.raises(NotFoundError):
            model.receptive_field("nope", 0, 9)


class TestAlignment:
    @given(graphs())
    def test_of_layers_that_look_at_their_window_alone_holds_the_receptive_field(
        self, graph: tuple[Model, int]
    ) -> None:
        model, length = graph
        windowed = (Conv1D, DepthwiseConv1D, SeparableConv1D, MaxPooling1D, AveragePooling1D, BatchNormalization)
        local = {"letters"}
        shapes = model.shapes(length)
        for node in model.nodes[1:]:
            kind = isinstance(node.layer, (*windowed, Activation, Dense, Cropping1D, ZeroPadding1D, Add))
            # A map of one position that is added to a longer one is read from all of its positions.
            even = len({shapes[name][0] for name in node.inputs}) == 1
            if kind and even and local.issuperset(node.inputs):
                local.add(node.name)
        found = alignments(model, length)
        for name in local:
            alignment = found[name]
            if alignment is None:
                continue
            for position in range(shapes[name][0]):
                first, stop = model.receptive_field(name, position, length)
                if first < stop:
                    under = alignment.bases(position)
                    assert under[0] <= first < stop <= under[1], (name, position)

    @each_case(
        ("layers", "expected"),
        [
            ([Conv1D(random_kernel(16))], Alignment(0, 1, 16)),
            ([Conv1D(random_kernel(16), padding="same")], Alignment(-7, 1, 16)),
            ([Conv1D(random_kernel(4), padding="causal", dilation=3)], Alignment(-9, 1, 10)),
            ([Conv1D(random_kernel(16)), MaxPooling1D(8)], Alignment(0, 8, 23)),
            ([Conv1D(random_kernel(3), stride=2), MaxPooling1D(4, 3)], Alignment(0, 6, 9)),
            ([Conv1D(random_kernel(3)), MaxPooling1D(4), UpSampling1D(2)], Alignment(0, 2, 6)),
            ([Conv1D(random_kernel(3)), MaxPooling1D(4), UpSampling1D(3)], None),
            ([Conv1D(random_kernel(3), padding="same"), Cropping1D((5, 2))], Alignment(4, 1, 3)),
            ([ZeroPadding1D((3, 3)), Activation("relu")], Alignment(-3)),
            ([SimpleRNN(normal(0, 4, 2), normal(1, 2, 2), return_sequences=True)], Alignment(0)),
            ([SimpleRNN(normal(0, 4, 2), normal(1, 2, 2))], None),
            (
                [SimpleRNN(normal(0, 4, 2), normal(1, 2, 2), return_sequences=True, go_backwards=True)],
                Alignment(39, -1),
            ),
            ([Dense(normal(0, 4, 3))], Alignment(0)),
            ([Reshape((40, 4, 1))], Alignment(0)),
            ([Reshape((20, 8))], Alignment(0, 2, 2)),
            ([Reshape((80, 2))], None),
            ([Permute((2, 1))], None),
            ([Flatten()], None),
            ([GlobalMaxPooling1D(keepdims=True)], None),
        ],
    )
    def test_is_worked_by_hand(self, layers: list[Layer], expected: Alignment | None) -> None:
        named = [("letters", Input()), *((f"{index}", layer) for index, layer in enumerate(layers))]
        model = Model.sequential("net", named)
        assert model.alignment(f"{len(layers) - 1}", 40) == expected
        assert model.alignment("letters", 40) == Alignment(0)

    def test_of_an_axis_that_runs_backwards_goes_on_backwards(self) -> None:
        rnn = SimpleRNN(normal(0, 4, 2), normal(1, 2, 2), return_sequences=True, go_backwards=True)
        model = Model.sequential("net", [("letters", Input()), ("rnn", rnn), ("pool", MaxPooling1D(4))])
        alignment = model.alignment("pool", 40)
        assert alignment == Alignment(36, -4, 4)
        assert alignment.bases(2) == (28, 32)

    def test_of_a_merge_is_that_of_its_branches_together(self) -> None:
        def merged(layer: Layer, crop: tuple[int, int]) -> Alignment | None:
            nodes = (
                Node("letters", Input()),
                Node("conv", Conv1D(random_kernel(5, 4)), ("letters",)),
                Node("crop", Cropping1D(crop), ("letters",)),
                Node("merge", layer, ("conv", "crop")),
            )
            return Model("net", nodes).alignment("merge", 40)

        assert merged(Add(), (2, 2)) == Alignment(0, 1, 5)
        assert merged(Concatenate(), (4, 0)) == Alignment(0, 1, 5)
        assert merged(Concatenate(axis=1), (4, 0)) is None

    def test_of_a_merge_of_unlike_strides_is_none(self) -> None:
        nodes = (
            Node("letters", Input()),
            Node("pool", MaxPooling1D(2), ("letters",)),
            Node("crop", Cropping1D((10, 10)), ("letters",)),
            Node("sum", Add(), ("pool", "crop")),
        )
        assert Model("net", nodes).alignment("sum", 40) is None

    def test_is_not_moved_by_a_gate_over_all_positions(self) -> None:
        nodes = (
            Node("letters", Input()),
            Node("conv", Conv1D(random_kernel(3), padding="same"), ("letters",)),
            Node("mean", GlobalAveragePooling1D(), ("conv",)),
            Node("gated", Multiply(), ("conv", "mean")),
        )
        model = Model("net", nodes)
        assert model.alignment("gated", 40) == Alignment(-1, 1, 3)
        assert model.receptive_field("gated", 20, 40) == (0, 40)

    def test_leaves_out_what_cannot_be_computed(self) -> None:
        model = Model.sequential("net", [("letters", Input()), ("conv", Conv1D(random_kernel(5)))])
        assert alignments(model, 4) == {"letters": Alignment(0)}
        assert model.alignment("conv", 4) is None
