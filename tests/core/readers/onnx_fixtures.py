"""ONNX fixtures, and what our layers compute for every value of a graph."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.layers import Input, Unknown
from cnn_core.letters.alphabet import encode
from cnn_core.readers.onnx.inputs import add_inputs
from cnn_core.readers.onnx.messages import OnnxModel, read_messages
from cnn_core.readers.onnx.reader import Known, add_nodes
from cnn_core.readers.onnx.stored import TensorReader
from cnn_core.readers.operators.assembly import Assembly, Missing, Tensor

HERE = Path(__file__).parent / "onnx_files"
FILES = {path.stem: path for path in sorted(HERE.glob("*.onnx"))}
Numbers = NDArray[np.generic]


@cache
def stored() -> tuple[NDArray[np.uint8], dict[str, dict[str, tuple[tuple[int, ...], Numbers]]]]:
    """Return the letters, and of every graph and value its shape and some of its numbers; see `sampled`."""
    found: dict[str, dict[str, tuple[tuple[int, ...], Numbers]]] = {}
    with np.load(HERE / "values.npz") as file:
        numbers, at = file["numbers"], 0
        for graph, name, shape in json.loads(file["index"].tobytes()):
            count = len(sampled(int(np.prod(shape, dtype=int))))
            found.setdefault(graph, {})[name] = tuple(shape), numbers[at : at + count]
            at += count
        return encode("".join("ACGT"[number] for number in file["codes"])), found


def sampled(size: int) -> NDArray[np.int64]:
    """Return the places of a value of which the numbers are stored."""
    return np.random.default_rng(size).permutation(size)[:24]


def computed(
    assembly: Assembly, model: OnnxModel, values: dict[str, Known], given: Mapping[str, Numbers]
) -> tuple[dict[str, Numbers], dict[str, str]]:
    """Return every value of a graph that our layers compute, in the graph's own shapes, and why others are not.

    Args:
        assembly: Where the inputs were added; the nodes are.
        model: The model.
        values: The inputs.
        given: What enters at the nodes of the inputs, as our arrays.
    """
    add_nodes(assembly, model, values)
    arrays: dict[str, Numbers] = {}
    reasons: dict[str, str] = {}
    for node in assembly.nodes:
        if isinstance(node.layer, Unknown):
            reasons[node.name] = node.layer.reason
        elif node.name in given:
            arrays[node.name] = given[node.name]
        elif all(name in arrays for name in node.inputs):
            arrays[node.name] = node.layer.forward(*(arrays[name] for name in node.inputs))
    found: dict[str, Numbers] = {}
    for name, value in values.items():
        if isinstance(value, Missing):
            reasons[name] = value.reason
        elif not isinstance(value, Tensor):
            found[name] = value
        elif value.node in arrays:
            found[name] = _laid_out(arrays[value.node], value.layout)
    return found, reasons


def _laid_out(array: Numbers, layout: Sequence[int | None]) -> Numbers:
    order = [axis for axis in layout if axis is not None]
    rest = [axis for axis in range(array.ndim) if axis not in order]
    shape = [1 if axis is None else array.shape[axis] for axis in layout]
    return array.transpose([*order, *rest]).reshape(shape)


def graph_values(name: str) -> tuple[dict[str, Numbers], dict[str, str]]:
    """Return every value of a fixture that our layers compute, and why others are not."""
    path = FILES[name]
    model = read_messages(path.read_bytes(), TensorReader(path.name, path))
    assembly = Assembly(path.name)
    values: dict[str, Known] = {**add_inputs(assembly, model.graph, None)}
    entrance = assembly.nodes[0]
    assert isinstance(entrance.layer, Input)
    return computed(assembly, model, values, {entrance.name: entrance.layer.encoded(stored()[0])})
