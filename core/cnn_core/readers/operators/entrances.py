"""Where numbers enter a network of operators: one input with the letters, and whatever stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...errors import ModelError
from ...layers import IndexInput, Input, Shape, SideInput
from ...letters.alphabet import BASES, ZERO_CHANNEL
from ..assembly import stated_shape
from .assembly import Assembly, Layout, Tensor

__all__ = ["Entrance", "add_inputs"]

_WITH_N: Final = f"{BASES}N"


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
    counts = (len(channels),) if channels else (len(BASES), len(_WITH_N))
    readable = [
        (each, axes) for each in entrances if not each.whole and (axes := _sequence(each.sizes, counts)) is not None
    ]
    if not readable:
        return None
    # Four channels before five: the second may be a track of scores beside the letters.
    entrance, (length, channel) = min(readable, key=lambda each: each[0].sizes[each[1][1]] != len(BASES))
    count = entrance.sizes[channel]
    order = channels or (BASES if count == len(BASES) else _WITH_N)
    if channels is None and count != len(BASES):
        assembly.warnings.append(
            f"the input {entrance.name} has {count} channels, which were taken for {order}: --channels says another"
            " order"
        )
    others = [each.name for each, _ in readable if each is not entrance]
    if others:
        assembly.warnings.append(
            f"the letters enter at {entrance.name}; {', '.join(others)} could be a sequence too, such as the other"
            " strand, and is an input of its own, which takes its numbers from --input"
        )
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
        layer = _numbered(length, channels) if channels else _assumed(length, entrance.rows)
        if not channels:
            numbers = ", ".join(f"{letter} {number}" for letter, number in layer.numbers.items())
            assembly.warnings.append(
                f"the input {entrance.name} reads letters as numbers, which the file does not name: it was assumed that"
                f" they are {numbers}, and that any other letter is {layer.other}; --channels says the order of the"
                " numbers, beginning with 0"
            )
        elif entrance.rows < len(channels):
            raise ModelError(
                f"its table has {entrance.rows} rows, and {channels} names {len(channels)}",
                where=assembly.where(entrance.name),
                remedy="name the letter of each row in order, with - for a row that no letter has",
            )
        assembly.begin(entrance.name, entrance.name)
        layout: Layout = tuple(0 if axis == kept[0] else None for axis in range(len(entrance.sizes)))
        return assembly.add(layer, (), layout, whole=True)
    return None


def _assumed(length: int | None, rows: int) -> IndexInput:
    """Return how letters are probably numbered: a table with room keeps a row for padding or for N."""
    if rows == len(BASES):
        return IndexInput(length, BASES, 0, 0)
    if rows == len(_WITH_N):
        return IndexInput(length, _WITH_N, 0, _WITH_N.index("N"))
    return IndexInput(length, BASES, 1, 0)


def _numbered(length: int | None, channels: str) -> IndexInput:
    """Return the numbers of the letters as they were given, from 0."""
    # Another letter is an N where there is one, or else what no letter is.
    other = next((each for each in ("N", ZERO_CHANNEL) if each in channels), channels[0])
    return IndexInput(length, channels, 0, channels.index(other))


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
