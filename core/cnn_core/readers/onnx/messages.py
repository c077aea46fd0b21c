"""What ONNX writes: a model's graph, its nodes and their attributes, and the tensors that are stored in it.

Only what a network is made of is looked at. Graphs inside nodes (the bodies of If, Loop and Scan) and functions are
noted and not read.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers and kinds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ...errors import ModelError, shorten
from ..wire import Message, Wire
from .stored import TensorReader, TensorValue, sparse_tensor

__all__ = ["DEFAULT_DOMAINS", "Attribute", "Declared", "OnnxGraph", "OnnxModel", "OnnxNode", "read_messages"]

DEFAULT_DOMAINS: Final = ("", "ai.onnx")
"""How ONNX's own operators' domain is written."""
MOST_NODES: Final = 20_000
"""Nodes that a graph may have."""

_FLOAT, _INT, _TEXT, _TENSOR, _FLOATS, _INTS, _TEXTS, _SPARSE = 1, 2, 3, 4, 6, 7, 8, 11

Attribute = int | float | str | tuple[int, ...] | tuple[float, ...] | tuple[str, ...] | TensorValue | None
"""An attribute's value; None where it is of a kind that no operator of ours has, such as a graph."""
Dimension = int | str | None
"""A size, the name of one that is free, or None for one that is free and has no name."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An input or an output of a graph, as it is declared.

    Attributes:
        name: Its name.
        kind: ONNX's number for the kind of its values; 0 where it is no tensor.
        shape: Its dimensions; None where they are not declared.
    """

    name: str
    kind: int
    shape: tuple[Dimension, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class OnnxNode:
    """A node of a graph.

    Attributes:
        name: Its name; empty where it has none.
        operator: What it computes, such as `Conv`.
        domain: Whose operator that is; empty for ONNX's own.
        inputs: The names of what it reads; empty where an input is left out.
        outputs: The names of what it gives.
        attributes: Its settings by name.
        metadata: What the exporter noted of it, by key.
    """

    name: str
    operator: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class OnnxGraph:
    """The graph of a model.

    Attributes:
        nodes: Its nodes, in an order in which they can be computed.
        tensors: The tensors that are stored in it, by name.
        inputs: What it is given, without those that have a stored value.
        outputs: What it gives.
        declared: Those of its values of which the file says the shape, by name.
    """

    nodes: tuple[OnnxNode, ...]
    tensors: Mapping[str, TensorValue]
    inputs: tuple[Declared, ...]
    outputs: tuple[Declared, ...]
    declared: Mapping[str, Declared] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class OnnxModel:
    """A model.

    Attributes:
        producer: Who wrote it, such as `pytorch 2.13.0`; empty where it does not say.
        opset: The version of ONNX's own operators.
        functions: The operators that it defines itself, as (domain, name).
        graph: Its graph.
    """

    producer: str
    opset: int
    functions: frozenset[tuple[str, str]]
    graph: OnnxGraph


def read_messages(data: bytes, reader: TensorReader) -> OnnxModel:
    """Read a model.

    Args:
        data: The file's bytes.
        reader: Reads its tensors.

    Raises:
        ModelError: It is damaged, no ONNX model, or has more nodes than `MOST_NODES`.
    """
    wire = Wire(reader.source)
    model = wire.message(memoryview(data))
    graph = model.message(7)
    if graph is None:
        raise wire.fault()
    versions = {each.text(1): each.whole(2) for each in model.messages(8)}
    opset = next((versions[domain] for domain in DEFAULT_DOMAINS if domain in versions), 1)
    functions = frozenset((_domain(each.text(10)), each.text(1)) for each in model.messages(25))
    producer = f"{model.text(2)} {model.text(3)}".strip()
    return OnnxModel(producer, opset, functions, _graph(graph, reader))


def _graph(graph: Message, reader: TensorReader) -> OnnxGraph:
    if graph.count(1) > MOST_NODES:
        raise ModelError(f"has {graph.count(1):,} nodes", where=reader.source, remedy=f"the most is {MOST_NODES:,}")
    stored = [reader.tensor(each) for each in graph.messages(5)]
    stored += [sparse_tensor(reader, each) for each in graph.messages(15)]
    tensors: dict[str, TensorValue] = {}
    for each in stored:
        if each.name in tensors:
            raise ModelError(
                f"holds two tensors called {shorten(each.name)}", where=reader.source, remedy="export it again"
            )
        tensors[each.name] = each
    inputs = tuple(each for each in map(_declared, graph.messages(11)) if each.name not in tensors)
    nodes = tuple(_node(each, reader) for each in graph.messages(1))
    outputs = tuple(map(_declared, graph.messages(12)))
    declared = {each.name: each for each in (*outputs, *map(_declared, graph.messages(13)))}
    return OnnxGraph(nodes, tensors, inputs, outputs, declared)


def _declared(message: Message) -> Declared:
    kind, shape = 0, None
    tensor = None if (stated := message.message(2)) is None else stated.message(1)
    if tensor is not None:
        kind = tensor.whole(1)
        sizes = tensor.message(2)
        shape = None if sizes is None else tuple(map(_dimension, sizes.messages(1)))
    return Declared(message.text(1), kind, shape)


def _dimension(message: Message) -> Dimension:
    if 1 in message:
        return message.whole(1)
    return message.text(2) or None


def _node(message: Message, reader: TensorReader) -> OnnxNode:
    attributes = {each.text(1): _attribute(each, reader) for each in message.messages(5)}
    metadata = {each.text(1): each.text(2) for each in message.messages(9)}
    return OnnxNode(
        message.text(3),
        message.text(4),
        _domain(message.text(7)),
        tuple(message.texts(1)),
        tuple(message.texts(2)),
        attributes,
        metadata,
    )


def _domain(text: str) -> str:
    return "" if text in DEFAULT_DOMAINS else text


def _attribute(message: Message, reader: TensorReader) -> Attribute:
    """Return an attribute's value; a kind that is not stated is told by the field that is there."""
    kind = message.whole(20) or next((kind for kind, number in _FIELDS.items() if number in message), 0)
    match kind:
        case 1:
            return message.real(2)
        case 2:
            return message.whole(3)
        case 3:
            return message.text(4)
        case 4:
            tensor = message.message(5)
            return None if tensor is None else reader.tensor(tensor)
        case 6:
            return tuple(reader.floats(message, 7))
        case 7:
            return tuple(reader.integers(message, 8))
        case 8:
            return tuple(message.texts(9))
        case 11:
            sparse = message.message(22)
            return None if sparse is None else sparse_tensor(reader, sparse)
        case _:
            return None


_FIELDS: Final = {1: 2, 2: 3, 3: 4, 4: 5, 6: 7, 7: 8, 8: 9, 11: 22}
"""The field that holds a value of each kind."""
