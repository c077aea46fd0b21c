"""Which conv → pool blocks of a network can be looked into, and what stands in the way of the others."""

from __future__ import annotations

from typing import Final

from ..errors import ModelError, NotFoundError, ShapeError, TooShortError
from ..layers import Pooling1D
from ..network.block import Block
from ..network.model import Model

__all__ = [
    "LONGEST_WHOLE_INPUT",
    "block_obstacle",
    "find_block",
    "first_block",
    "is_on_letters",
    "offered_blocks",
    "part_up_to",
    "pools_all",
]

LONGEST_WHOLE_INPUT: Final = 200_000
"""Bases that the whole network is run on at once, at the most."""


def part_up_to(model: Model, *names: str) -> Model:
    """Return the part of a network that some nodes are computed from, the nodes included; they are its outputs.

    Args:
        model: The network.
        names: The nodes.

    Raises:
        NotFoundError: There is no such node.
    """
    outputs = tuple(dict.fromkeys(model[name].name for name in names))
    wanted = {*outputs}
    for node in reversed(model.nodes):
        if node.name in wanted:
            wanted.update(node.inputs)
    # A network begins where letters enter, even if this part of it does not read them there.
    first, *rest = model.nodes
    names_kept = model.output_names if model.named_output in outputs else ()
    return Model(
        model.name, (first, *(node for node in rest if node.name in wanted)), outputs, output_names=names_kept
    )


def is_on_letters(model: Model, block: Block) -> bool:
    """Tell whether a block's convolution is a `Conv1D` on the one-hot letters, which a `LetterRun` computes."""
    return block in model.letter_blocks


def pools_all(model: Model, block: Block) -> bool:
    """Tell whether a block's pool reads all positions at once, however many there are."""
    return not isinstance(model[block.pool].layer, Pooling1D)


def block_obstacle(model: Model, block: Block, length: int) -> ModelError | None:
    """Return why a block cannot be looked into, or None where it can.

    Args:
        model: The model, with the settings in force.
        block: One of its `blocks`.
        length: The length of the input, in bases.
    """
    if is_on_letters(model, block):
        return None
    source = model[block.conv].inputs[0]
    flow = model.flow(length)
    reason = flow.unavailable.get(block.conv)
    if reason is not None:
        kind = TooShortError if block.conv in flow.too_short else ShapeError
        return kind(f"cannot be computed: {reason}", where=f"layer {block.conv}")
    if length > LONGEST_WHOLE_INPUT:
        return ShapeError(
            f"reads {source}, which is computed for up to {LONGEST_WHOLE_INPUT:,} bases",
            where=f"layer {block.conv}",
            remedy="open a shorter region",
        )
    alignment = model.alignment(source, length)
    if alignment is None:
        return ModelError(
            f"reads {source}, whose positions stand over no bases",
            where=f"layer {block.conv}",
            remedy="look at it in the whole network",
        )
    if alignment.stride < 1:
        return ModelError(
            f"reads {source}, which runs from the last base to the first",
            where=f"layer {block.conv}",
            remedy="look at it in the whole network",
        )
    return None


def offered_blocks(model: Model, length: int) -> tuple[Block, ...]:
    """Return the blocks that can be looked into on an input of a length, in the order of computation.

    Args:
        model: The model, with the settings in force.
        length: The length of the input, in bases.
    """
    return tuple(block for block in model.blocks if block_obstacle(model, block, length) is None)


def first_block(model: Model, length: int) -> Block | None:
    """Return the block that is looked into unless another is asked for: the first on the letters, or the first at all.

    Args:
        model: The model.
        length: The length of the input, in bases.

    Returns:
        None where the model has no block that can be looked into.
    """
    # A block on the letters is taken even where the input is too short for it: then that is what must be said.
    return next(iter(model.letter_blocks or offered_blocks(model, length)), None)


def find_block(model: Model, name: str) -> Block:
    """Return the block of a layer's name; whether it can be looked into, `Reading.into` says.

    Args:
        model: The model.
        name: The name of its convolution, of its pool, or of a layer between the two.

    Raises:
        NotFoundError: No block has such a layer.
    """
    for block in model.blocks:
        if name in (block.conv, *block.between, block.pool):
            return block
    theirs = [block.conv for block in model.blocks]
    remedy = f"its blocks begin with {', '.join(theirs)}" if theirs else "it has no conv → pool block"
    raise NotFoundError(f"{model.name} has no conv → pool block with a layer '{name}'", remedy=remedy)
