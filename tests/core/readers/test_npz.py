"""Our own model files: any model comes back bit for bit, and nothing else comes out of one."""

from __future__ import annotations

import inspect
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st
from numpy.typing import NDArray

from cnn_core import layers
from cnn_core.errors import ModelError
from cnn_core.layers import (
    LSTM,
    Add,
    Bidirectional,
    Conv1D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Layer,
    MaxPooling1D,
    Padding,
    SimpleRNN,
    TimeDistributed,
    Unknown,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model, Node
from cnn_core.presets import PRESETS, preset
from cnn_core.readers.npz import MODEL_HEADER, read_npz, write_npz
from cnn_core.readers.npz_classes import classes, enums, fits
from cnn_core.readers.npz_objects import ObjectReader, ObjectWriter
from cnn_core.readers.report import ModelFile


def written(model: Model | ModelFile) -> bytes:
    file = io.BytesIO()
    write_npz(model, file)
    return file.getvalue()


def again(model: Model) -> Model:
    return read_npz(written(model), "m.npz").model


def assert_same(ours: object, theirs: object) -> None:
    """Compare two values of any kind to the last bit."""
    assert type(ours) is type(theirs)
    if isinstance(ours, np.ndarray):
        assert isinstance(theirs, np.ndarray)
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        assert ours.tobytes() == theirs.tobytes()
    elif is_dataclass(ours):
        for field in fields(ours):
            assert_same(getattr(ours, field.name), getattr(theirs, field.name))
    elif isinstance(ours, tuple | list):
        assert len(ours) == len(theirs)
        for mine, other in zip(ours, theirs, strict=True):
            assert_same(mine, other)
    elif isinstance(ours, dict):
        assert [*ours] == [*theirs]
        for key in ours:
            assert_same(ours[key], theirs[key])
    else:
        assert repr(ours) == repr(theirs)


def drawn(seed: int, *shape: int) -> NDArray[np.float32]:
    return np.random.RandomState(seed).standard_normal(shape).astype(np.float32)


def lstm(backwards: bool) -> LSTM:
    return LSTM(drawn(1, 3, 8), drawn(2, 2, 8), drawn(3, 8), return_sequences=True, go_backwards=backwards)


def branching() -> Model:
    """A network with a shared layer, a merge, layers in layers and one that cannot be read."""
    shared = Conv1D(drawn(0, 3, 4, 3), drawn(1, 3), padding=Padding.SAME, filter_names=("a", "b\x1b", "ü"))
    nodes = (
        Node("input", Input(None, "ACGT")),
        Node("conv", shared, ("input",)),
        Node("conv#2", shared, ("input",)),
        Node("../add", Add(), ("conv", "conv#2")),
        Node("both", Bidirectional(lstm(False), lstm(True), "sum"), ("../add",)),
        Node("each", TimeDistributed(Dense(drawn(5, 2, 2))), ("both",)),
        Node("lambda", Unknown("Lambda", "its code is not run", {"w": drawn(6, 2)}), ("each",)),
    )
    return Model("branching", nodes)


@each_case("name", PRESETS)
def test_presets(name: str) -> None:
    model = preset(name)
    assert_same(again(model), model)
    letters = encode("ACGTTGCA" * 62 + "ACGT")
    for ours, theirs in zip(again(model).run(letters).values(), model.run(letters).values(), strict=True):
        assert ours.tobytes() == theirs.tobytes()


def test_branches_shared_layers_and_layers_in_layers() -> None:
    model = branching()
    read = again(model)
    assert_same(read, model)
    assert read["conv"].layer is read["conv#2"].layer
    assert read["both"].layer.forward_layer.kernel is not read["both"].layer.backward_layer.kernel


def test_arrays_have_names_that_say_where_they_belong() -> None:
    with np.load(io.BytesIO(written(branching()))) as stored:
        assert [*stored] == [
            "cnn_tui_model",
            "conv/kernel",
            "conv/bias",
            "both/forward_layer/kernel",
            "both/forward_layer/recurrent_kernel",
            "both/forward_layer/bias",
            "both/backward_layer/kernel",
            "both/backward_layer/recurrent_kernel",
            "both/backward_layer/bias",
            "each/layer/kernel",
            "lambda/tensors/w",
        ]
        np.testing.assert_array_equal(stored["conv/kernel"], drawn(0, 3, 4, 3))


def test_names_that_no_archive_should_hold_are_replaced() -> None:
    nodes = (Node("input", Input()), Node("../../evil", Dense(drawn(0, 4, 2)), ("input",)))
    data = written(Model("m", (*nodes, Node("x" * 300, Dense(drawn(1, 2, 2)), ("../../evil",)))))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [MODEL_HEADER, "array_0.npy", "array_1.npy"]
    assert [node.name for node in read_npz(data, "m").model.nodes] == ["input", "../../evil", "x" * 300]


def test_equal_models_give_equal_files() -> None:
    assert written(preset("motifs")) == written(preset("motifs"))
    assert written(again(preset("motifs"))) == written(preset("motifs"))


def test_what_was_said_of_a_file_is_kept() -> None:
    said = ModelFile(preset("motifs"), "Keras model", "Keras 1.2", (), ("one\n", "zwei ü"), ("x (Lambda): code",))
    read = read_npz(written(said), "m.npz")
    assert (read.warnings, read.unsupported) == (said.warnings, said.unsupported)
    assert (read.format, read.version) == ("cnn-tui model file", "format 1")
    assert [(each.name, each.shape, each.dtype) for each in read.tensors] == [
        ("conv1d/kernel", (16, 4, 12), "float32"),
        ("conv1d/bias", (12,), "float32"),
    ]


def test_to_a_path(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    write_npz(preset("motifs"), path)
    assert path.read_bytes() == written(preset("motifs"))
    with pytest.raises(ModelError, match=r"m.npz: cannot be written: No such file or directory"):
        write_npz(preset("motifs"), str(tmp_path / "nowhere" / "m.npz"))


def test_the_order_in_memory_is_kept() -> None:
    turned = np.asfortranarray(drawn(0, 4, 3))
    model = Model("m", (Node("input", Input()), Node("dense", Dense(turned), ("input",))))
    kernel = again(model)["dense"].layer.kernel
    assert kernel.flags.f_contiguous
    assert kernel.flags.aligned
    assert kernel.flags.writeable
    np.testing.assert_array_equal(kernel, turned)


numbers = numpy_st.arrays(
    st.sampled_from([np.float32, np.float64, np.float16, np.int64, np.int8, np.uint8, np.uint32, np.bool_]),
    numpy_st.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*Padding]) | numbers,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(values)
def test_any_value_comes_back(value: object) -> None:
    writer = ObjectWriter()
    text = json.dumps(writer.write(value, "x"), allow_nan=False)
    arrays = writer.arrays
    reader = ObjectReader(arrays.__getitem__, "m")
    assert_same(reader._value(json.loads(text), ""), value)


@settings(max_examples=40)
@given(
    st.text(),
    st.text(),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([*Padding, "valid", "same"]),
    st.data(),
)
def test_any_convolution_comes_back(
    name: str, layer: str, size: int, filters: int, padding: Padding | str, data: st.DataObject
) -> None:
    finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
    kernel = data.draw(numpy_st.arrays(np.float32, (size, 4, filters), elements=finite))
    bias = data.draw(st.none() | numpy_st.arrays(np.float32, (filters,), elements=finite))
    names = data.draw(st.just(()) | st.lists(st.text(), min_size=filters, max_size=filters).map(tuple))
    conv = Conv1D(kernel, bias, stride=1 + size, padding=padding, dilation=2, filter_names=names)
    nodes = (Node(f"{layer}in", Input(7, "TGCAN"[: len("TGCA")])), Node(layer, conv, (f"{layer}in",)))
    model = Model(name, nodes)
    assert_same(again(model), model)


def test_a_name_that_is_taken_is_not_given_again() -> None:
    writer = ObjectWriter()
    assert writer.write(drawn(0, 2), "array_1") == {"array": "array_1"}
    assert writer.write(drawn(1, 2), "../x") == {"array": "array_1_"}
    assert writer.write(drawn(2, 2), "array_1") == {"array": "array_2"}


class TestEveryLayer:
    def concrete(self) -> set[str]:
        found = {name for name, cls in classes().items() if issubclass(cls, Layer) and not inspect.isabstract(cls)}
        return {name for name in found if not name.startswith("_")}

    def test_all_that_the_package_offers_can_stand_in_a_file(self) -> None:
        offered = [getattr(layers, name) for name in vars(layers)]
        for cls in offered:
            if isinstance(cls, type) and issubclass(cls, Layer):
                assert classes()[cls.__name__] is cls
        assert {"Model", "Node", "Conv1D", "Unknown"} <= {*classes()}

    def test_nothing_but_layers_and_what_holds_them_can_stand_in_a_file(self) -> None:
        others = {name for name, cls in classes().items() if not issubclass(cls, Layer)}
        assert others == {"Model", "Node"}
        assert {*enums()} == {"Padding"}

    def test_each_comes_back_from_what_its_fields_declare(self) -> None:
        built = 0
        for name in self.concrete():
            layer = example(classes()[name])
            writer = ObjectWriter()
            assert writer.write(layer, name) == {"object": len(writer.objects) - 1}
            text = json.loads(json.dumps(writer.objects, allow_nan=False))
            assert_same(ObjectReader(writer.arrays.__getitem__, "m").read(text), layer)
            built += 1
        assert built >= 20


SHAPES: dict[str, Callable[[], dict[str, object]]] = {
    "Activation": lambda: {"activation": "gelu"},
    "AdaptiveAveragePooling1D": lambda: {"cells": 3},
    "AdaptiveMaxPooling1D": lambda: {"cells": 2},
    "AveragePooling1D": lambda: {"size": 4, "padding": (1, 2), "ceil": True, "counts_padding": True},
    "BatchNormalization": lambda: {"mean": drawn(0, 3), "variance": drawn(1, 3) ** 2, "gamma": drawn(2, 3)},
    "Bidirectional": lambda: {"forward_layer": lstm(False), "backward_layer": lstm(True)},
    "Broadcast": lambda: {"shape": (-1, 4)},
    "Clip": lambda: {"low": -0.5, "high": float("inf")},
    "Compare": lambda: {"how": "less"},
    "Constant": lambda: {"values": drawn(0, 3, 2)},
    "Conv1D": lambda: {"kernel": drawn(0, 3, 4, 2), "padding": Padding.CAUSAL},
    "Conv1DTranspose": lambda: {"kernel": drawn(0, 3, 4, 2), "padding": (1, 2), "output_padding": 1},
    "Dense": lambda: {"kernel": drawn(0, 3, 2), "bias": drawn(1, 2)},
    "DepthwiseConv1D": lambda: {"kernel": drawn(0, 3, 4, 2), "padding": (3, 0)},
    "Einsum": lambda: {"equation": "ij,jk->ik"},
    "EinsumDense": lambda: {"equation": "...x,xy->...y", "kernel": drawn(0, 3, 2)},
    "Embedding": lambda: {"table": drawn(0, 5, 3), "mask_zero": True},
    "GRU": lambda: {"kernel": drawn(0, 3, 6), "recurrent_kernel": drawn(1, 2, 6), "bias": drawn(2, 2, 6)},
    "LSTM": lambda: {"kernel": drawn(0, 3, 8), "recurrent_kernel": drawn(1, 2, 8)},
    "LayerNormalization": lambda: {"gamma": drawn(0, 3), "axis": (1, 2)},
    "MaxPooling1D": lambda: {"size": 3, "padding": Padding.SAME, "dilation": 2},
    "MultiHeadAttention": lambda: {
        **{f"{name}_kernel": drawn(0, 6, 3, 4) for name in ("query", "key", "value")},
        "output_kernel": drawn(1, 3, 4, 6),
        "causal": True,
    },
    "Normalization": lambda: {"mean": drawn(0, 3), "variance": drawn(1, 3) ** 2, "epsilon": 0.0},
    "PReLU": lambda: {"alpha": drawn(0, 1, 3)},
    "Pad": lambda: {"axis": 1, "before": -2, "after": 3, "mode": "reflect"},
    "Permute": lambda: {"dims": (2, 1)},
    "Power": lambda: {"exponent": 0.5},
    "Reduce": lambda: {"how": "max", "axes": (1, -1)},
    "AddConstant": lambda: {"offset": drawn(0, 4, 3)},
    "Rescaling": lambda: {"scale": drawn(0, 3), "offset": 0.5},
    "Reshape": lambda: {"target_shape": (-1, 4)},
    "Resize1D": lambda: {"scale": 1.5},
    "Reverse": lambda: {"axes": (1, 2)},
    "Select": lambda: {"axis": 1, "index": -1},
    "SeparableConv1D": lambda: {"depthwise_kernel": drawn(0, 3, 4, 2), "pointwise_kernel": drawn(1, 1, 8, 5)},
    "SideInput": lambda: {"shape": (None, 3)},
    "SimpleRNN": lambda: {"kernel": drawn(0, 3, 2), "recurrent_kernel": drawn(1, 2, 2), "go_backwards": True},
    "Slice": lambda: {"axis": 1, "start": 2},
    "Take": lambda: {"indices": (3, 0), "axis": 1},
    "TimeDistributed": lambda: {"layer": Dense(drawn(0, 3, 2))},
    "Threshold": lambda: {"threshold": 0.5, "value": -1.0},
    "Unknown": lambda: {"type": "Lambda", "reason": "its code is not run", "tensors": {"w": drawn(0, 2)}},
}
"""What the layers are made from that cannot be made from nothing; add a line for a new one."""


def example(cls: type) -> object:
    return cls(**SHAPES.get(cls.__name__, dict)())


class TestWriting:
    def test_what_cannot_be_written_is_named(self) -> None:
        layer = Dropout()
        object.__setattr__(layer, "rate", print)
        model = Model("m", (Node("input", Input()), Node("drop", layer, ("input",))))
        with pytest.raises(
            ModelError, match="drop/rate: is a builtin_function_or_method, which Dropout does not dec"
        ):
            written(model)

    def test_a_class_that_no_family_lists(self) -> None:
        class Mine(Dropout):
            pass

        model = Model("m", (Node("input", Input()), Node("drop", Mine(), ("input",))))
        with pytest.raises(ModelError, match="drop: holds a Mine, which cannot be written"):
            written(model)

    @pytest.mark.parametrize("array", [np.array([object()]), np.array(["text"]), np.zeros(2, np.complex64)])
    def test_arrays_that_are_not_numbers(self, array: NDArray[np.generic]) -> None:
        model = Model("m", (Node("input", Input()), Node("x", Unknown("X", "y", {}), ("input",))))
        model.nodes[1].layer.tensors["w"] = array
        with pytest.raises(ModelError, match=r"x/tensors/w: holds an array of .*, which cannot be written"):
            written(model)

    def test_numpy_s_numbers_become_python_s(self) -> None:
        layer = MaxPooling1D(np.int64(3), np.int32(2))
        read = again(Model("m", (Node("input", Input()), Node("pool", layer, ("input",)))))["pool"].layer
        assert type(read.size) is int


@each_case(
    ("value", "declared", "expected"),
    [
        (3, int, True),
        (True, int, False),
        (3, float, True),
        (True, float, False),
        ("x", str, True),
        (None, int | None, True),
        ("x", int | None, False),
        ((1, 2), tuple[int, int], True),
        ((1, 2, 3), tuple[int, int], False),
        ((1, 2, 3), tuple[int, ...], True),
        ((1, "x"), tuple[int, ...], False),
        ((), tuple[str, ...], True),
        ([1], tuple[int, ...], False),
        ({"a": 1}, dict[str, int], True),
        ({"a": "x"}, dict[str, int], False),
        ([1, 2], list[int], True),
        ([1, "x"], list[int], False),
        (3, Any, True),
        ("a", Literal["a", "b"], True),
        ("c", Literal["a", "b"], False),
        (np.zeros(2), NDArray[np.float32], True),
        ("x", NDArray[np.float32], False),
        (Flatten(), Layer, True),
        (SimpleRNN, Layer, False),
        (object(), "something that is no type", True),
    ],
)
def test_declared_types(value: object, declared: object, expected: bool) -> None:
    assert fits(value, declared) is expected
