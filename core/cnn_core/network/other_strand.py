"""An input beside the letters that is the other strand: computed from them, so that every edit reaches it too."""

from __future__ import annotations

from dataclasses import replace

from ..errors import NotFoundError, ShapeError
from ..layers import IndexInput, Reverse, SideInput, Take
from ..letters.alphabet import BASES
from .graph import Node
from .model import Model

__all__ = ["may_be_other_strand", "with_other_strand"]

_COMPLEMENTS = {**dict(zip(BASES, reversed(BASES), strict=True)), "N": "N"}


def may_be_other_strand(model: Model, name: str) -> bool:
    """Tell whether an input beside the letters has their shape, so that it can be their reverse complement.

    Args:
        model: The network.
        name: One of its inputs.
    """
    layer, letters = model[name].layer, model.input
    return (
        isinstance(layer, SideInput)
        and not isinstance(letters, IndexInput)
        and len(layer.shape) == 2
        and layer.shape[-1] == len(letters.channels)
        and layer.shape[0] in (None, letters.length)
    )


def with_other_strand(model: Model, name: str) -> Model:
    """Return the network with the reverse complement of its letters as one of the inputs beside them.

    The input becomes a layer that turns the letters round and swaps their channels. So the other strand follows
    whatever is read, padding and edits included, and effects and gradients go through it.

    Args:
        model: The network.
        name: The input.

    Raises:
        NotFoundError: There is no such input.
        ShapeError: It has another shape than the letters.
    """
    sides = [node.name for node in model.inputs if isinstance(node.layer, SideInput)]
    if name not in sides:
        theirs = f"its inputs beside the letters are {', '.join(sides)}" if sides else "it reads letters only"
        raise NotFoundError(f"{model.name} has no input '{name}' for the other strand", remedy=theirs)
    if not may_be_other_strand(model, name):
        layer = model[name].layer
        assert isinstance(layer, SideInput)
        raise ShapeError(
            f"its shape is {layer.shape}, which is not that of the letters",
            where=f"input {name}",
            remedy="give it numbers, --input NAME=FILE.npy",
        )
    channels, letters = model.input.channels, model.nodes[0].name
    order = tuple(channels.index(_COMPLEMENTS.get(each, each)) for each in channels)
    if order == tuple(reversed(range(len(channels)))):
        strand = [Node(name, Reverse((1, 2)), (letters,))]
    else:
        turned = f"{name}/turned"
        strand = [Node(turned, Reverse(1), (letters,)), Node(name, Take(2, order), (turned,))]
    nodes = [each for node in model.nodes for each in (strand if node.name == name else [node])]
    return replace(model, nodes=tuple(nodes))
