"""ONNX files that lie, ask for more than there is, or hold what is not read: written byte by byte."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError
from cnn_core.layers import Unknown
from cnn_core.letters.alphabet import encode
from cnn_core.readers.opening import inspect_model_file, open_model_file, read_model_file
from cnn_core.readers.report import ModelFile

FLOAT, INT64 = 1, 7


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def tensor(
    name: str, values: np.ndarray, *, external: dict[str, str] | None = None, shape: tuple[int, ...] | None = None
) -> bytes:
    kind = INT64 if values.dtype.kind == "i" else FLOAT
    head = b"".join(field(1, size) for size in (values.shape if shape is None else shape)) + field(2, kind)
    if external is not None:
        entries = b"".join(field(13, field(1, key) + field(2, value)) for key, value in external.items())
        return head + field(8, name) + entries + field(14, 1)
    return head + field(8, name) + field(9, values.astype("<i8" if kind == INT64 else "<f4").tobytes())


def attribute(name: str, value: int | tuple[int, ...] | str | bytes) -> bytes:
    if isinstance(value, tuple):
        return field(1, name) + b"".join(field(8, each) for each in value) + field(20, 7)
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    if isinstance(value, bytes):
        return field(1, name) + field(5, value) + field(20, 4)
    return field(1, name) + field(4, value) + field(20, 3)


def node(
    operator: str, inputs: str, outputs: str, domain: str = "", **attributes: int | tuple[int, ...] | str | bytes
) -> bytes:
    parts = [field(1, name.strip("-")) for name in inputs.split()] + [field(2, name) for name in outputs.split()]
    parts += [field(4, operator), field(7, domain)]
    return b"".join(parts) + b"".join(field(5, attribute(name, value)) for name, value in attributes.items())


def declared(name: str, *sizes: int | str, kind: int = FLOAT) -> bytes:
    dims = b"".join(field(1, field(1, size) if isinstance(size, int) else field(2, size)) for size in sizes)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dims)))


def graph(
    nodes: list[bytes],
    tensors: Sequence[bytes] = (),
    inputs: list[bytes] | None = None,
    output: str = "y",
) -> bytes:
    given = [declared("x", 1, 4, 20)] if inputs is None else inputs
    parts = [field(1, each) for each in nodes] + [field(5, each) for each in tensors]
    return b"".join(parts + [field(11, each) for each in given]) + field(12, field(1, output))


def model(body: bytes, opset: int = 17, functions: bytes = b"") -> bytes:
    return field(1, 8) + field(2, "test") + field(7, body) + field(8, field(2, opset)) + functions


KERNEL = np.ones((2, 4, 3), np.float32)
CONV = node("Conv", "x w", "c", kernel_shape=(3,))
WEIGHT = tensor("w", KERNEL)
SECOND = tensor("v", np.ones((2, 2, 3), np.float32))


def opened(data: bytes) -> ModelFile:
    return read_model_file(data, "m.onnx", {})


def refused(data: bytes) -> str:
    with pytest.raises(CnnError) as error:
        opened(data)
    return str(error.value)


def reason(data: bytes) -> str:
    """Return why the last layer is not computed; what comes before it is."""
    found = opened(data).model
    last = found.nodes[-1].layer
    assert isinstance(last, Unknown)
    assert "c" in found.run(encode("ACGT" * 5))
    return last.reason


def test_a_model_of_a_few_bytes_computes() -> None:
    found = opened(model(graph([CONV, node("Relu", "c", "y")], [WEIGHT])))
    assert found.model.run(encode("ACGT" * 5))["y"].tolist() == [[3.0, 3.0]] * 18
    assert [(each.name, each.shape, each.dtype) for each in found.tensors] == [("w", (2, 4, 3), "float32")]
    assert found.version == "test, opset 17"


def test_shapes_that_ask_for_terabytes_allocate_nothing() -> None:
    huge = tensor("s", np.array([1 << 20, 1 << 20], np.int64))
    cases = {
        "ConstantOfShape": ([node("ConstantOfShape", "s", "big")], [huge]),
        "Expand": ([node("Expand", "one s", "big")], [huge, tensor("one", np.ones(1, np.float32))]),
        "Tile": ([node("Tile", "one s", "big")], [huge, tensor("one", np.ones((1, 1), np.float32))]),
        "Range": (
            [node("Range", "a b d", "big")],
            [tensor("a", np.array(0)), tensor("b", np.array(1 << 40)), tensor("d", np.array(1))],
        ),
        "Pad": (
            [node("Pad", "one e", "big")],
            [tensor("one", np.ones(1, np.float32)), tensor("e", np.array([0, 1 << 25]))],
        ),
        "many": (
            [node("Pad", "one e", f"p{at}") for at in range(20)]
            + [node("Max", " ".join(f"p{at}" for at in range(20)), "big")],
            [tensor("one", np.ones(1, np.float32)), tensor("e", np.array([0, 1 << 22]))],
        ),
        "doubling": (
            [node("Concat", f"k{at} k{at}", f"k{at + 1}", axis=0) for at in range(40)]
            + [node("Identity", "k40", "big")],
            [tensor("k0", np.ones(8, np.float32))],
        ),
    }
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    for name, (nodes, tensors) in cases.items():
        said = reason(model(graph([CONV, *nodes, node("Add", "c big", "y")], [WEIGHT, *tensors])))
        assert "too large" in said or "too many" in said, name
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_flowing_shapes_that_ask_for_terabytes_are_refused_before_they_run() -> None:
    huge = tensor("s", np.array([1, 1 << 16, 1 << 16], np.int64))
    pads = tensor("s", np.array([0, 0, 1 << 40, 0, 0, 0], np.int64))
    sizes = tensor("s", np.array([1, 2, 1 << 40], np.int64))
    for nodes in (
        [huge, node("ReduceMax", "c", "one", axes=(1, 2)), node("Expand", "one s", "y")],
        [huge, node("ReduceMax", "c", "one", axes=(1, 2)), node("Tile", "one s", "y")],
        [pads, node("Pad", "c s", "y")],
        [sizes, node("Resize", "c - - s", "y")],
        [WEIGHT, node("Conv", "c v", "y", pads=(1 << 40, 0))],
        [WEIGHT, node("MaxPool", "c", "y", kernel_shape=(3,), pads=(1 << 40, 1 << 62))],
        [WEIGHT, node("AveragePool", "c", "y", kernel_shape=(1 << 50,), pads=(1 << 50, 1 << 50))],
    ):
        assert reason(
            model(graph([CONV, *nodes[1:]], [WEIGHT, SECOND, *nodes[:1]][: 2 if nodes[0] is WEIGHT else 3]))
        )


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1 << 62,), "would hold 4,611,686,018,427,387,904 numbers; the most is"),
        ((-1,), "has the shape"),
        ((1,) * 40, "has 40 axes"),
        ((2, 4, 4), "does not hold the numbers of its shape"),
    ],
)
def test_a_tensor_that_lies_about_its_shape(shape: tuple[int, ...], message: str) -> None:
    lying = tensor("w", KERNEL, shape=shape)
    assert message in refused(model(graph([CONV, node("Relu", "c", "y")], [lying])))


def test_a_length_of_64_bits_that_lies() -> None:
    good = model(graph([CONV, node("Relu", "c", "y")], [WEIGHT]))
    lying = field(1, 8) + varint(7 << 3 | 2) + varint((1 << 63) + 5) + good[2:]
    assert "looks like an ONNX model that is cut short or damaged" in refused(lying)
    assert "cut short or damaged" in refused(good[:-30])


class TestExternalData:
    """Weights in a file beside the model."""

    NODES = (CONV, node("Relu", "c", "y"))

    def write(self, folder: Path, **external: str) -> Path:
        path = folder / "m.onnx"
        path.write_bytes(model(graph([*self.NODES], [tensor("w", KERNEL, external=external)])))
        return path

    def test_it_is_found_by_the_models_path(self, tmp_path: Path) -> None:
        (tmp_path / "m.onnx.data").write_bytes(bytes(64) + KERNEL.tobytes())
        path = self.write(tmp_path, location="m.onnx.data", offset="64", length=str(KERNEL.nbytes))
        assert open_model_file(path).model.run(encode("ACGT" * 5))["c"].tolist() == [[3.0, 3.0]] * 18
        assert inspect_model_file(path).tensors[0].shape == (2, 4, 3)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, location="m.onnx.data")
        with pytest.raises(
            ModelError, match=r"m\.onnx, tensor w: lies in m\.onnx\.data, which is missing; put it beside the model"
        ):
            open_model_file(path)

    @pytest.mark.parametrize("name", ["/etc/passwd", "../m.onnx.data", "a/b", "..", ".", "", "a\\b"])
    def test_no_other_folder_is_looked_at(self, tmp_path: Path, name: str) -> None:
        folder = tmp_path / "inner"
        folder.mkdir()
        (tmp_path / "m.onnx.data").write_bytes(KERNEL.tobytes())
        with pytest.raises(ModelError, match=r"which is not beside the model|which is a link or no file"):
            open_model_file(self.write(folder, location=name))

    def test_no_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "other").write_bytes(KERNEL.tobytes())
        (tmp_path / "m.onnx.data").symlink_to(tmp_path / "other")
        with pytest.raises(ModelError, match="is a link or no file; put the file itself there"):
            open_model_file(self.write(tmp_path, location="m.onnx.data"))

    @pytest.mark.parametrize(
        ("said", "message"),
        [
            ({"offset": "8"}, "ends behind the 96 bytes of m.onnx.data"),
            ({"offset": "-4"}, "does not hold the numbers of its shape"),
            ({"offset": "x"}, "does not hold the numbers of its shape"),
            ({"length": str(1 << 62)}, "does not hold the numbers of its shape"),
            ({"offset": str(1 << 63)}, "ends behind the 96 bytes"),
        ],
    )
    def test_it_ends_within_the_file(self, tmp_path: Path, said: dict[str, str], message: str) -> None:
        (tmp_path / "m.onnx.data").write_bytes(KERNEL.tobytes())
        with pytest.raises(ModelError, match=message):
            open_model_file(self.write(tmp_path, location="m.onnx.data", **said))


@each_case(
    ("last", "message"),
    [
        (
            node("Loop", "c", "y"),
            "it runs a graph of its own, which is not read; of a model of Keras, give the .keras file",
        ),
        (node("If", "c", "y"), "it runs a graph of its own"),
        (node("Scan", "c", "y"), "it runs a graph of its own"),
        (
            node("FusedConv", "c", "y", "com.microsoft"),
            "FusedConv is an operator of com.microsoft, which is not read",
        ),
        (
            node("Mine", "c", "y", "own"),
            "Mine is a function that the model defines itself; export it without functions",
        ),
        (node("QuantizeLinear", "c", "y"), "it computes with quantised numbers; give the model as it was before"),
        (node("RandomUniformLike", "c", "y"), "it draws numbers at random"),
        (node("Nothing", "c", "y"), "Nothing is not an operator that can be read"),
        (node("Relu", "c", "y", slope=3), "its setting slope is not one that is read"),
        (node("Squeeze", "c", "y", axes=(9,)), "it leaves out an axis|it works on axis 9"),
    ],
)
def test_what_is_not_read_is_named_and_what_comes_before_it_works(last: bytes, message: str) -> None:
    functions = field(25, field(1, "Mine") + field(10, "own"))
    said = reason(model(graph([CONV, last], [WEIGHT]), opset=11, functions=functions))
    assert any(each in said for each in message.split("|"))


@each_case(
    ("data", "message"),
    [
        (model(graph([CONV, CONV, node("Relu", "c", "y")], [WEIGHT])), "two nodes give c; export it again"),
        (model(graph([node("Relu", "c", "y"), CONV], [WEIGHT])), "reads c, which no node before it gives"),
        (model(graph([CONV], [WEIGHT, WEIGHT], output="c")), "holds two tensors called w"),
        (
            model(graph([CONV], [WEIGHT], output="c"), opset=6),
            "has the operators of opset 6; export it again with opset 7",
        ),
        (model(graph([CONV], [WEIGHT], [declared("x", 8, 4, 20)], "c")), "layer x: reads 8 sequences at once"),
        (
            model(graph([CONV], [WEIGHT], [declared("x", 1, 7, 20)], "c")),
            "none of its inputs is a sequence of letters: x",
        ),
        (model(graph([node("Relu", "w", "y")], [WEIGHT])), "has no output that depends on the letters"),
    ],
)
def test_what_is_no_network_of_letters_is_refused(data: bytes, message: str) -> None:
    assert message in refused(data)


def test_a_free_length_runs_at_any() -> None:
    found = opened(
        model(graph([CONV, node("Relu", "c", "y")], [WEIGHT], [declared("x", "batch", 4, "length")]))
    ).model
    assert found.input.length is None
    for length in (3, 20, 400):
        assert found.run(encode("A" * length))["y"].shape == (length - 2, 2)


def test_another_shape_than_the_file_says_is_not_computed() -> None:
    body = graph([CONV, node("Relu", "c", "y")], [WEIGHT]) + field(13, declared("y", 1, 2, 17))
    assert reason(model(body)) == "the file says that it gives (1, 2, 17), and here it would give (1, 2, 18)"
