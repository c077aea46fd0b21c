"""From the graph of an ONNX file to a model: each node as layers, as a constant, or as a layer not computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from ...errors import CnnError, ModelError
from ...layers import NEEDS, Input, SideInput
from ...letters.alphabet import check_channels
from ...network.graph import Node
from ...network.model import Model
from ..assembly import stated_shape
from ..operators.assembly import Assembly, Missing, Tensor, Unsupported, Value
from ..operators.folding import folded
from ..report import FileContents, ModelFile, not_computed
from ..tensors import listed
from .call import Call
from .folding import Folding
from .inputs import add_inputs
from .messages import OnnxGraph, OnnxModel, OnnxNode, read_messages
from .names import Names, folded_norms, shown
from .stored import TensorReader, TensorValue
from .table import OPERATORS, REFUSED

__all__ = ["add_nodes", "inspect_onnx", "read_onnx"]

_FORMAT: Final = "ONNX model"
_OLDEST, _NEWEST = 7, 26
_LONGEST_REASON: Final = 400
Known = Tensor | Missing | np.ndarray
"""A value of a graph: one that flows, one that cannot be had, or a constant."""


def inspect_onnx(data: bytes, source: str) -> FileContents:
    """Return what an ONNX file holds, without reading its operators.

    Args:
        data: The file's bytes.
        source: The file's name, for error texts.

    Raises:
        ModelError: It is damaged, or no ONNX model.
    """
    return _contents(read_messages(data, TensorReader(source)))


def read_onnx(data: bytes, source: str, path: Path | None = None, *, channels: str | None = None) -> ModelFile:
    """Read an ONNX model.

    Args:
        data: The file's bytes.
        source: The file's name; the model is called by it.
        path: Where it lies, to find large weights in the file beside it.
        channels: The channel order of the letters; None is ACGT, or ACGTN for five channels.

    Raises:
        ModelError: The file is damaged, hostile or no ONNX model; a file of its weights is missing; or none of its
            inputs is a sequence of letters.
    """
    if channels is not None:
        check_channels(channels)
    model = read_messages(data, TensorReader(source, path))
    graph, contents = model.graph, _contents(model)
    if model.opset < _OLDEST:
        raise ModelError(
            f"has the operators of opset {model.opset}",
            where=source,
            remedy=f"export it again with opset {_OLDEST} or later",
        )
    assembly = Assembly(source)
    values: dict[str, Known] = {**add_inputs(assembly, graph, channels)}
    add_nodes(assembly, model, values)
    outputs = _outputs(assembly, graph, values)
    _say_what_was_folded(assembly, graph)
    if model.opset > _NEWEST:
        assembly.warnings.append(f"it has the operators of opset {model.opset}, which is newer than {_NEWEST}")
    made = Model(source, _needed(assembly.nodes, outputs), outputs)
    found = ModelFile.of(contents, made, tuple(dict.fromkeys(assembly.warnings)))
    return replace(found, unsupported=not_computed(made, needing=True))


def _contents(model: OnnxModel) -> FileContents:
    program = model.producer.replace("pytorch", "PyTorch", 1) or "an unnamed program"
    tensors = tuple(each.entry for each in model.graph.tensors.values())
    return FileContents(_FORMAT, f"{shown(program)}, opset {model.opset}", tensors)


def add_nodes(assembly: Assembly, model: OnnxModel, values: dict[str, Known]) -> None:
    """Add the nodes of a graph.

    Args:
        assembly: Where they are added.
        model: The model.
        values: The graph's inputs by name; the values of all nodes are added.

    Raises:
        ModelError: A node reads what is not there, or gives what is there already, or a tensor cannot be read.
    """
    graph = model.graph
    read = Counter(name for node in graph.nodes for name in node.inputs)
    read.update(each.name for each in graph.outputs)
    nodes = _with_biases(graph.nodes, read, graph)
    names = Names(nodes)
    folding = Folding(sum(int(np.prod(each.shape, dtype=np.float64)) for each in graph.tensors.values()))
    joined: dict[str, Tensor] = {}
    first: dict[tuple[str, ...], str] = {}
    for node in nodes:
        name = assembly.free(names.of(node))
        node = replace(node, outputs=tuple(each if read[each] else "" for each in node.outputs))
        if not any(node.outputs):
            continue
        given = [_value(assembly, graph, values, each) for each in node.inputs]
        # What reads the same stored weights is one layer that is called again.
        key = (node.operator, *(each for each in node.inputs if each in graph.tensors))
        assembly.begin(name, first.setdefault(key, name) if len(key) > 1 else name)
        found = _computed(assembly, model, node, given, folding, joined)
        for output, value in zip(node.outputs, found, strict=False):
            if output:
                if output in values or output in graph.tensors:
                    raise ModelError(
                        f"two nodes give {shown(output)}", where=assembly.source, remedy="export it again"
                    )
                values[output] = value
        for output in node.outputs[len(found) :]:
            values[output] = Missing(f"it reads {shown(output)}, which {name} does not give here")


def _with_biases(nodes: Sequence[OnnxNode], read: Counter[str], graph: OnnxGraph) -> list[OnnxNode]:
    """Return the nodes, those sums that add stored numbers to a product of matrices as its third input."""
    adds = {name: node for node in nodes if node.operator == "Add" and not node.domain for name in node.inputs}
    found: list[OnnxNode] = []
    gone: set[int] = set()
    for node in nodes:
        if node.operator == "MatMul" and not node.domain and len(node.outputs) == 1 and len(node.inputs) == 2:
            behind = adds.get(node.outputs[0])
            if behind is not None and read[node.outputs[0]] == 1 and len(behind.inputs) == 2:
                other = behind.inputs[1 - behind.inputs.index(node.outputs[0])]
                if node.inputs[1] in graph.tensors and other in graph.tensors:
                    node = replace(node, inputs=(*node.inputs, other), outputs=behind.outputs)
                    gone.add(id(behind))
        if id(node) not in gone:
            found.append(node)
    return found


def _value(assembly: Assembly, graph: OnnxGraph, values: dict[str, Known], name: str) -> Known | None:
    """Return a value by its name, or None where an input is left out."""
    if not name:
        return None
    if name not in values:
        stored = graph.tensors.get(name)
        if stored is None:
            raise ModelError(
                f"reads {shown(name)}, which no node before it gives",
                where=assembly.source,
                remedy="export it again",
            )
        values[name] = _known(assembly, stored)
    return values[name]


def _known(assembly: Assembly, stored: TensorValue) -> Known:
    numbers = stored.array()
    if numbers.dtype == np.float32 and np.isnan(numbers).any():
        raise stored.fault("holds NaN", "train or save the model again")
    return numbers


def _computed(
    assembly: Assembly,
    model: OnnxModel,
    node: OnnxNode,
    given: Sequence[Known | None],
    folding: Folding,
    joined: dict[str, Tensor],
) -> tuple[Value | Missing, ...]:
    """Return what a node gives; one that cannot be computed is added as a layer that says why."""
    flowing = [each for each in given if isinstance(each, Tensor)]
    before = len(assembly.nodes)
    try:
        _refuse(model, node)
        missing = next((each for each in given if isinstance(each, Missing)), None)
        if missing is not None:
            raise Unsupported(missing.reason)
        blocked = next((each for each in flowing if each.shape is None), None)
        if blocked is not None:
            raise Unsupported(f"{NEEDS}{blocked.node}, whose shape is not known")
        inputs = tuple(each for each in given if not isinstance(each, Missing))
        call = Call(assembly, node, model.opset, inputs, joined)
        if folding.computes(call):
            return folding.fold(call)
        found = _called(call, flowing)
        folding.keep(*found)
        _check_shapes(model.graph, node, found)
        return found
    except CnnError as error:
        if isinstance(error, ModelError) and error.where.startswith(f"{assembly.source}, tensor"):
            raise
        reason = f"{error.what}; {error.remedy}" if error.remedy else error.what
    except Unsupported as refused:
        reason = str(refused)
    except (AttributeError, IndexError, OverflowError, TypeError, ValueError, ZeroDivisionError):
        # Settings are the file's, of any kind and size: what Python and numpy raise where they cannot be computed with.
        reason = "its settings are not those of the operator"
    assembly.undo(before)
    reason = shown(reason, _LONGEST_REASON)
    if not flowing:
        return (Missing(reason),)
    unknown = assembly.add_unknown(shown(node.operator) or "node", reason, flowing)
    return (unknown,) * max(1, len(node.outputs))


def _check_shapes(graph: OnnxGraph, node: OnnxNode, found: Sequence[Value | Missing]) -> None:
    """Refuse a node that would give another shape than the file says.

    Raises:
        Unsupported: It would.
    """
    for name, value in zip(node.outputs, found, strict=False):
        declared = graph.declared.get(name)
        if not isinstance(value, Tensor) or declared is None or declared.shape is None:
            continue
        sizes, stated = value.sizes, declared.shape
        # The first axis is the batch, which may be another one here.
        if len(sizes) != len(stated) or any(
            mine is not None and isinstance(theirs, int) and mine != theirs
            for mine, theirs in zip(sizes[1:], stated[1:], strict=True)
        ):
            raise Unsupported(f"the file says that it gives {stated_shape(stated)}, and here it would give {sizes}")


def _called(call: Call, flowing: Sequence[Tensor]) -> tuple[Value | Missing, ...]:
    """Return what an operator gives; of constants alone, constants."""
    operator = OPERATORS.get(call.node.operator)
    if operator is None:
        raise Unsupported("what it makes depends on the letters")
    found = operator(call) if flowing else folded(lambda aside: operator(replace(call, assembly=aside)))
    call.check_attributes()
    return found if isinstance(found, tuple) else (found,)


def _refuse(model: OnnxModel, node: OnnxNode) -> None:
    """Refuse an operator that is not read, by its name.

    Raises:
        Unsupported: It is one.
    """
    operator = shown(node.operator)
    if (node.domain, node.operator) in model.functions:
        raise Unsupported(f"{operator} is a function that the model defines itself; export it without functions")
    if node.domain:
        raise Unsupported(f"{operator} is an operator of {shown(node.domain)}, which is not read")
    if node.operator in REFUSED:
        raise Unsupported(REFUSED[node.operator])
    if node.operator not in OPERATORS and not Folding.knows(node.operator):
        raise Unsupported(f"{operator} is not an operator that can be read")


def _outputs(assembly: Assembly, graph: OnnxGraph, values: dict[str, Known]) -> tuple[str, ...]:
    """Return the nodes that the graph's outputs are."""
    found = []
    for declared in graph.outputs:
        value = _value(assembly, graph, values, declared.name)
        if isinstance(value, Tensor):
            found.append(value.node)
        elif isinstance(value, Missing):
            assembly.warnings.append(f"its output {shown(declared.name)} is not computed: {value.reason}")
    if not found:
        raise ModelError(
            "has no output that depends on the letters", where=assembly.source, remedy="export it again"
        )
    return tuple(dict.fromkeys(found))


def _needed(nodes: Sequence[Node], outputs: Sequence[str]) -> tuple[Node, ...]:
    """Return the nodes that an output needs, and those where numbers enter."""
    needed = {*outputs}
    for node in reversed(nodes):
        if node.name in needed:
            needed.update(node.inputs)
    return tuple(node for node in nodes if node.name in needed or isinstance(node.layer, Input | SideInput))


def _say_what_was_folded(assembly: Assembly, graph: OnnxGraph) -> None:
    """Say which convolutions hold a batch norm as well, since their weights are not those of the training."""
    found = folded_norms(graph.nodes)
    if found:
        names = Names(graph.nodes)
        several = [names.of(node) for node in found]
        assembly.warnings.append(
            f"the exporter folded a batch norm into {listed(several, 4)}: the weights there are the trained ones times"
            " the norm's scale, although they have the same names"
        )
