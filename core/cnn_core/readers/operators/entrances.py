"""Where numbers enter a network of operators: one input with the letters, and whatever stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import ModelError
from ...layers import Input, Shape, SideInput
from ...letters.alphabet import BASES
from ..assembly import stated_shape
from ..letter_inputs import WITH_N, indexed_letters, other_sequences, taken_order, usual_order
from .assembly import Assembly, Layout, Tensor

__all__ = ["Entrance", "add_inputs"]


@dataclass(frozen=True, slots=True)
class Entrance:
    """An input of a program.

    Attributes:
        name: Its name.
        sizes: Its shape with a batch of 1; None for a length that is not fixed.
        whole: Whether it holds whole numbers.
        rows: The rows of the table in which these are looked up, or None where none is.
    """

    name: str
    sizes: Shape
    whole: bool = False
    rows: int | None = None


def add_inputs(assembly: Assembly, entrances: Sequence[Entrance], channels: str | None) -> Mapping[str, Tensor]:
    """Add the inputs of a network, the one with the letters first.

    Args:
        assembly: Where they are added.
        entrances: The inputs.
        channels: The channel order of the letters, or None for the usual one.

    Returns:
        What flows out of each, by its name.

    Raises:
        ModelError: None is a sequence of letters.
    """
    found: dict[str, Tensor] = {}
    letters = _one_hot(assembly, entrances, channels) or _indices(assembly, entrances, channels)
    if letters is None:
        stated = ", ".join(f"{each.name} {stated_shape(each.sizes)}" for each in entrances) or "it has no input"
        raise ModelError(
            f"none of its inputs is a sequence of letters: {stated}",
            where=assembly.source,
            remedy="a model of DNA reads (1, 4, length) or (1, length, 4), perhaps with one more axis of length 1",
        )
    found[letters.node] = letters
    for entrance in entrances:
        if entrance.name not in found:
            found[entrance.name] = _beside(assembly, entrance, letters.known()[0])
    return found


def _one_hot(assembly: Assembly, entrances: Sequence[Entrance], channels: str | None) -> Tensor | None:
    """Add the first input that is a one-hot sequence, or return None where there is none."""
    counts = (len(channels),) if channels else (len(BASES), len(WITH_N))
    readable = [
        (each, axes) for each in entrances if not each.whole and (axes := _sequence(each.sizes, counts)) is not None
    ]
    if not readable:
        return None
    # Four channels before five: the second may be a track of scores beside the letters.
    entrance, (length, channel) = min(readable, key=lambda each: each[0].sizes[each[1][1]] != len(BASES))
    count = entrance.sizes[channel]
    order = channels or usual_order(count)
    if channels is None and count != len(BASES):
        assembly.warnings.append(taken_order(entrance.name, count, order))
    others = [each.name for each, _ in readable if each is not entrance]
    if others:
        assembly.warnings.append(other_sequences(entrance.name, others))
    layout: Layout = tuple({length: 0, channel: 1}.get(axis) for axis in range(len(entrance.sizes)))
    assembly.begin(entrance.name, entrance.name)
    return assembly.add(Input(entrance.sizes[length], order), (), layout)


def _sequence(sizes: Shape, counts: Sequence[int]) -> tuple[int, int] | None:
    """Return the axes of the length and of the channels of a one-hot sequence, or None where it is none."""
    if len(sizes) not in (2, 3, 4):
        return None
    inner = [*range(1, len(sizes))] if len(sizes) > 2 else [0, 1]
    if len(sizes) > 2 and sizes[0] != 1:
        return None
    kept = [axis for axis in inner if sizes[axis] != 1]
    if len(kept) != 2:
        return None
    # Of two axes that could be the channels, the first one is, as PyTorch has it.
    for channel in kept:
        if sizes[channel] in counts:
            length = kept[0] if channel == kept[1] else kept[1]
            return length, channel
    return None


def _indices(assembly: Assembly, entrances: Sequence[Entrance], channels: str | None) -> Tensor | None:
    """Add the first input whose letters are numbers that are looked up in a table, or return None."""
    for entrance in entrances:
        kept = [axis for axis, size in enumerate(entrance.sizes) if size != 1]
        if not entrance.whole or entrance.rows is None or len(kept) != 1:
            continue
        length = entrance.sizes[kept[0]]
        layer = indexed_letters(assembly, entrance.name, length, entrance.rows, channels=channels or None)
        assembly.begin(entrance.name, entrance.name)
        layout: Layout = tuple(0 if axis == kept[0] else None for axis in range(len(entrance.sizes)))
        return assembly.add(layer, (), layout, whole=True)
    return None


def _beside(assembly: Assembly, entrance: Entrance, length: int | None) -> Tensor:
    """Add an input that is no sequence of letters; an axis as long as these comes first, as the length."""
    sizes = entrance.sizes
    layout: Layout = ()
    shape: Shape = (1,)
    if sizes:
        kept = [axis for axis, size in enumerate(sizes) if size != 1] or [len(sizes) - 1]
        along = [axis for axis in kept if sizes[axis] == length] or kept[-1:]
        order = [along[0], *(axis for axis in kept if axis != along[0])]
        layout = tuple(order.index(axis) if axis in order else None for axis in range(len(sizes)))
        shape = tuple(sizes[axis] for axis in order)
    if None in shape[1:]:
        raise ModelError(
            f"has the shape {stated_shape(sizes)}, of which more than the length is open",
            where=assembly.where(entrance.name),
            remedy="export the model with fixed lengths",
        )
    assembly.begin(entrance.name, entrance.name)
    return assembly.add(SideInput(shape), (), layout, whole=entrance.whole)
