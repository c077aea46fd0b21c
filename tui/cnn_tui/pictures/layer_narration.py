"""What the inspector says of any layer's value under the cursor."""

from __future__ import annotations

from cnn_core.errors import printable

from ..words.block_words import words_of
from ..words.layer_words import explain_step, place_words
from ..words.numbers import number
from ..words.receptive_field import field_of
from .layer_picture import LayerPicture

__all__ = ["explain_layer"]


def _in_the_explorer(picture: LayerPicture) -> tuple[str, ...]:
    """Return what the explorer calls the value, where it has a name of its own for it."""
    reading, axis = picture.reading, picture.view.axis
    if not reading.has_block or axis.name not in (reading.block.conv, reading.block.pool):
        return ()
    words = words_of(reading.run)
    *positions, channel = picture.view.place
    position = positions[0] if positions else 0
    name = words.pooled if axis.name == reading.block.pool else words.conv
    of = "" if axis.name == reading.block.pool or not reading.block.between else ", before its activation function"
    return () if words.deep else (f"in the explorer: {name}[{position}] of filter {channel}{of}",)


def explain_layer(picture: LayerPicture) -> tuple[str, ...]:
    """Return what is known of the value under the cursor, the most important first."""
    reading, axis = picture.reading, picture.view.axis
    node = reading.model[axis.name]
    if node in reading.model.inputs:
        return (
            f"{place_words(axis.name, picture.view.place)} = {number(picture.value)}",
            "an input of the network",
        )
    called = reading.model.name_of(axis.name, picture.view.place)
    lines = [f"{place_words(axis.name, picture.view.place)} is {printable(called)}"] if called else []
    lines += [*explain_step(picture.step), *_in_the_explorer(picture)]
    lines.append(field_of(picture.receptive_field, reading.length))
    shape = "×".join(map(str, axis.shape))
    lines.append(f"{printable(axis.name)}: {axis.type}, {shape}, {node.layer.parameter_count:,} parameters")
    lines += [f"reads {', '.join(map(printable, node.inputs))}"] if node.inputs else []
    readers = reading.model.readers[axis.name]
    lines.append(f"read by {', '.join(map(printable, readers))}" if readers else "an output of the network")
    reasons = picture.unavailable
    lines += [
        f"{printable(reader)} is not computed: {printable(reasons[reader])}"
        for reader in readers
        if reader in reasons
    ]
    return tuple(lines)
