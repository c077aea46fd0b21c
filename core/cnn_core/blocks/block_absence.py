"""Why a model has no conv → pool block to look into."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ModelError, printable
from ..layers import Convolution1D, Pointwise, PoolingLayer, Unknown
from ..network.model import Model, Node
from .offered_blocks import block_obstacle

__all__ = ["no_block", "why_no_block"]


def no_block(model: Model, remedy: str, length: int | None = None) -> ModelError:
    """Return the error that says why a model has no block to look into.

    Args:
        model: The model.
        remedy: What can be done instead.
        length: The length of the input, in bases; None leaves it open where the model does.
    """
    return ModelError(why_no_block(model, length), where=model.name, remedy=remedy)


def why_no_block(model: Model, length: int | None = None) -> str:
    """Return why no block of a model can be looked into, as the end of a sentence that begins with its name.

    What cannot be computed comes first: of a convolution, of what it feeds, or of what it is computed from. Then a
    pool into so many parts, and then whatever else the first convolution feeds.

    Args:
        model: The model.
        length: The length of the input, in bases; None leaves it open where the model does.
    """
    return printable(_why(model, length))


def _why(model: Model, length: int | None) -> str:
    if model.blocks:
        return _obstructed(model, length)
    convolutions = [node for node in model.nodes if _is_convolution(node)]
    if not convolutions:
        unread = next((node for node in model.nodes if isinstance(node.layer, Unknown)), None)
        return "has no convolution" + (
            "" if unread is None else f", but {_called(unread)}, {_reason(unread, model)}"
        )
    for conv in convolutions:
        if isinstance(conv.layer, Unknown):
            return f"has no convolution to look into but {_called(conv)}, {_reason(conv, model)}"
    fed = [(conv, reader) for conv in convolutions for reader in _behind(model, conv)]
    for conv, reader in fed:
        if isinstance(reader.layer, Unknown):
            begins = f"has no convolution that feeds a pool: {conv.name} feeds {_called(reader)}"
            return f"{begins}, {_reason(reader, model)}"
    for conv, reader in fed:
        if isinstance(reader.layer, PoolingLayer):
            return (
                f"has no pool whose windows are alike: {conv.name} feeds {_called(reader)}, whose windows follow from "
                "the length"
            )
    if fed:
        conv, reader = fed[0]
        return f"has no convolution that feeds a pool: {conv.name} feeds {_called(reader)}"
    return f"has no convolution that feeds a pool: {convolutions[0].name} feeds no layer with windows"


def _obstructed(model: Model, length: int | None) -> str:
    """Return why the first block cannot be looked into, and the root of it where a layer cannot be computed."""
    block = model.blocks[0]
    begins = f"cannot be looked into at its block {block.conv} → {block.pool}"
    unavailable = model.unavailable(length)
    root = block.conv
    while before := [name for name in model[root].inputs if name in unavailable]:
        root = before[0]
    if root != block.conv:
        return f"{begins}: it needs {_called(model[root])}, which cannot be computed: {unavailable[root]}"
    obstacle = None if length is None else block_obstacle(model, block, length)
    return begins if obstacle is None else f"{begins}: {block.conv} {obstacle.what}"


def _is_convolution(node: Node) -> bool:
    """Tell whether a layer is a convolution, or one of a class called so that cannot be computed."""
    layer = node.layer
    return isinstance(layer, Convolution1D) or (isinstance(layer, Unknown) and "conv" in layer.type.lower())


def _behind(model: Model, conv: Node) -> Iterator[Node]:
    """Yield what reads a convolution's feature maps, behind layers that change each position for itself."""
    passed_on = {conv.name}
    for node in model.nodes:
        if passed_on.isdisjoint(node.inputs):
            continue
        if isinstance(node.layer, Pointwise) and node.layer.function() is not None:
            passed_on.add(node.name)
        else:
            yield node


def _called(node: Node) -> str:
    return f"{node.name} ({node.layer.type})"


def _reason(node: Node, model: Model) -> str:
    """Return why a layer cannot be computed; where it only needs one that cannot, why that cannot."""
    root = node
    while isinstance(root.layer, Unknown) and root.layer.only_needs:
        needed = [model[name] for name in root.inputs if isinstance(model[name].layer, Unknown)]
        if not needed:
            break
        root = needed[0]
    assert isinstance(root.layer, Unknown)
    needs = "" if root is node else f"it needs {_called(root)}, "
    return f"which cannot be computed: {needs}{root.layer.reason}"
