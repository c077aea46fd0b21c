"""Programs of torch.export: every value of 31 networks as PyTorch computes it, and what is said of the others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cnn_core.attribution.gradients import backward
from cnn_core.layers import Array, IndexInput, Input, SideInput, Unknown
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.readers.exported.reader import ProgramReading
from cnn_core.readers.opening import read_model_file
from cnn_core.readers.operators.assembly import Missing, Picks, Tensor

FOLDER = Path(__file__).parent / "exported"
NAMES = sorted(path.stem for path in FOLDER.glob("*.pt2"))
LARGEST_ERROR = 1e-5
"""Of a value, by the scale of its tensor."""


@cache
def _stored() -> dict[str, np.ndarray]:
    with np.load(FOLDER / "values.npz") as archive:
        index, flat = json.loads(archive["index"].tobytes()), archive["flat"]
    found, at = {}, 0
    for name, shape in index.items():
        size = int(np.prod(shape, dtype=int))
        found[name], at = flat[at : at + size].reshape(shape), at + size
    return found


def values_of(name: str) -> dict[str, np.ndarray]:
    return {key.split("/", 1)[1]: value for key, value in _stored().items() if key.startswith(f"{name}/")}


def program(name: str) -> bytes:
    return (FOLDER / f"{name}.pt2").read_bytes()


def letters_of(model: Model, x: np.ndarray) -> np.ndarray:
    """Return the letters that PyTorch read, as one-hot rows or as numbers."""
    layer = model.input
    if isinstance(layer, IndexInput):
        return encode("".join(layer.channels[int(number) - layer.first] for number in x[0]))
    axis = next(axis for axis in range(1, x.ndim) if x.shape[axis] == 4)
    return encode("".join(layer.channels[int(number)] for number in x[0].argmax(axis - 1).reshape(-1)))


def run(model: Model, values: Mapping[str, np.ndarray]) -> dict[str, Array]:
    beside = [node for node in model.nodes if isinstance(node.layer, SideInput)]
    given = {
        node.name: values[f"input{number}"].reshape([size or 1 for size in node.layer.shape])
        for number, node in enumerate(beside, 1)
        if isinstance(node.layer, SideInput)
    }
    return model.run(letters_of(model, values["input0"]), side_inputs=given)


def framework(tensor: Tensor, array: Array) -> Array:
    """Return an array as PyTorch has it."""
    order = [axis for axis in tensor.layout if axis is not None]
    turned = array.transpose([*order, *(axis for axis in range(array.ndim) if axis not in order)])
    return turned.reshape([1 if axis is None else array.shape[axis] for axis in tensor.layout])


def ours(tensor: Tensor, array: np.ndarray, shape: tuple[int, ...]) -> Array:
    """Return an array of PyTorch's as it flows here."""
    axes = [axis for axis in tensor.order if axis is not None]
    return array.transpose([*axes, *(axis for axis in range(array.ndim) if axis not in axes)]).reshape(shape)


def check(found: Array, expected: np.ndarray, what: str) -> None:
    assert found.shape == expected.shape, what
    scale = max(1e-2, float(np.abs(expected).max()))
    assert float(np.abs(found - expected).max()) <= LARGEST_ERROR * scale, what


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_that_of_pytorch(name: str) -> None:
    values = values_of(name)
    reading = ProgramReading.of(program(name), f"{name}.pt2")
    model = reading.model()
    assert not [node.layer.reason for node in model.nodes if isinstance(node.layer, Unknown)]
    computed = run(model, values)
    compared = 0
    for key, expected in values.items():
        if not key.startswith("node:"):
            continue
        value = reading.values.get(key.removeprefix("node:"))
        if not isinstance(value, Tensor):
            assert isinstance(value, np.ndarray | Picks | Missing)
            continue
        found = framework(value, computed[value.node])
        compared += 1
        check(found, expected if found.shape == expected.shape else expected[:1], key)
    assert compared > 1
    for number, node in enumerate(model.outputs):
        expected = values[f"output{number}"]
        assert computed[node].size in (expected.size, expected[:1].size)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("embedding_gru", "larger_batch")])
def test_the_gradient_at_the_letters_is_that_of_pytorch(name: str) -> None:
    values = values_of(name)
    reading = ProgramReading.of(program(name), f"{name}.pt2")
    model, value = reading.model(), reading.values.get(reading.signature.outputs[0])
    computed = run(model, values)
    weights = np.cos(np.arange(values["output0"].size, dtype=np.float32)).reshape(values["output0"].shape)
    at = backward(model, computed, value.node, ours(value, weights, computed[value.node].shape))
    found = at[model.nodes[0].name]
    assert isinstance(model.nodes[0].layer, Input)
    expected = values["gradient"][0].squeeze()
    check(found, expected.T if expected.shape[0] == 4 else expected, name)


@pytest.mark.parametrize("path", sorted((FOLDER / "older").glob("*.pt2")), ids=lambda path: path.stem)
def test_the_layouts_of_older_pytorch_give_the_same(path: Path) -> None:
    values = values_of(path.stem.rpartition("_")[0])
    file = read_model_file(path.read_bytes(), path.name, {})
    computed = run(file.model, values)
    check(computed[file.model.outputs[0]].reshape(-1), values["output0"].reshape(-1), path.stem)
    assert not file.unsupported
    assert file.tensors


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("sequential", ["0 1 2 3"]),
        ("beluga", ["features.2 features.3 features.5"]),
        ("basset", ["conv1 bn1 relu pool1", "conv2 bn2 relu_1 pool2"]),
        ("scbasset", ["stem.0 stem.1 stem.2", "tower.1 tower.2 tower.3"]),
        ("strand_average", ["body.0 body.1 body.2", "body.0#2 body.1#2 body.2#2"]),
        ("deepbind", ["conv relu max_pool1d", "conv relu avg_pool1d"]),
    ],
)
def test_conv_pool_blocks_are_found_by_the_names_that_the_author_knows(name: str, blocks: list[str]) -> None:
    model = read_model_file(program(name), f"{name}.pt2", {}).model
    assert [" ".join((each.conv, *each.between, each.pool)) for each in model.blocks] == blocks
