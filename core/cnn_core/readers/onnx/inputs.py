"""Where numbers enter an ONNX graph: which of its inputs are the letters, and how they lie in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...errors import ModelError
from ...layers import IndexInput, Input, Shape, SideInput
from ...letters.alphabet import BASES, ZERO_CHANNEL
from ..operators.assembly import Assembly, Layout, Tensor
from .messages import Declared, OnnxGraph
from .names import shown

__all__ = ["add_inputs"]

_WITH_N: Final = f"{BASES}N"
_WHOLE: Final = (2, 3, 4, 5, 6, 7, 12, 13)
_REAL: Final = (1, 10, 11, 16)


@dataclass(frozen=True, slots=True)
class _Letters:
    """An input that can be the letters.

    Attributes:
        declared: The input.
        length: Which of its axes is the length.
        channels: Which is the channels; None where letters are numbers.
        count: How many channels there are.
    """

    declared: Declared
    length: int
    channels: int | None
    count: int


def add_inputs(assembly: Assembly, graph: OnnxGraph, channels: str | None, last: bool) -> dict[str, Tensor]:
    """Add the inputs of a graph, the letters first.

    Args:
        assembly: Where they are added.
        graph: The graph.
        channels: The channel order that was asked for.
        last: Whether channels are the last axis rather than the second, where both could be.

    Returns:
        The inputs by name.

    Raises:
        ModelError: None is a sequence of letters, or one has no shape.
    """
    if not graph.inputs:
        raise ModelError("has no input", where=assembly.source, remedy="export it with the letters as an input")
    shapes = {each.name: _shape(assembly, each) for each in graph.inputs}
    found = [each for declared in graph.inputs if (each := _one_hot(declared, shapes, channels, last))]
    found.sort(key=lambda each: each.count != len(BASES))
    letters = found[0] if found else next(iter(_indices(graph, shapes)), None)
    if letters is None:
        stated = ", ".join(f"{shown(name)} {_text(shape)}" for name, shape in shapes.items())
        raise ModelError(
            f"none of its inputs is a sequence of letters: {stated}",
            where=assembly.source,
            remedy="a model of DNA reads (1, 4, length) or (1, length, 4); export it with its sizes",
        )
    values = {letters.declared.name: _entrance(assembly, graph, letters, shapes, channels)}
    others = [each.declared.name for each in found[1:]]
    if others:
        assembly.warnings.append(
            f"the letters enter at {shown(letters.declared.name)}; {', '.join(map(shown, others))} could be a"
            " sequence too, such as the other strand, and is an input of its own, which takes its numbers from --input"
        )
    free = _dimension(letters)
    for declared in graph.inputs:
        if declared.name not in values:
            values[declared.name] = _beside(assembly, declared, shapes[declared.name], free)
    return values


def _dimension(letters: _Letters) -> str | int | None:
    assert letters.declared.shape is not None
    return letters.declared.shape[letters.length]


def _shape(assembly: Assembly, declared: Declared) -> Shape:
    """Return the shape of an input with a batch of 1; None for each axis that is free."""
    if declared.shape is None or any(isinstance(size, int) and size < 0 for size in declared.shape):
        raise ModelError(
            "does not say what shape it has",
            where=assembly.where(shown(declared.name)),
            remedy="export it with the shapes of its inputs",
        )
    sizes = tuple(size if isinstance(size, int) and size > 0 else None for size in declared.shape)
    if len(sizes) < 2:
        return sizes
    batch = sizes[0]
    if batch not in (None, 1) and (len(sizes) > 2 or declared.kind in _WHOLE):
        raise ModelError(
            f"reads {batch} sequences at once",
            where=assembly.where(shown(declared.name)),
            remedy="export it with a batch of 1, or with one that is free",
        )
    return (1, *sizes[1:]) if batch is None else sizes


def _one_hot(declared: Declared, shapes: Mapping[str, Shape], channels: str | None, last: bool) -> _Letters | None:
    """Return how letters lie in an input, or None where it is no one-hot sequence."""
    shape = shapes[declared.name]
    if declared.kind not in _REAL or len(shape) not in (3, 4):
        return None
    rest = [axis for axis in range(1, len(shape)) if len(shape) == 3 or shape[axis] != 1]
    if len(rest) != 2:
        return None
    order = [*reversed(rest)] if last else rest
    counts = (len(BASES), len(_WITH_N)) if channels is None else (len(channels),)
    candidates = [axis for count in counts for axis in order if shape[axis] == count]
    if not candidates and channels is not None:
        candidates = [axis for axis in order if len(channels) < (shape[axis] or 0) <= 64][:1]
    if not candidates:
        return None
    channel = candidates[0]
    length = next(axis for axis in rest if axis != channel)
    return _Letters(declared, length, channel, shape[channel] or 0)


def _indices(graph: OnnxGraph, shapes: Mapping[str, Shape]) -> list[_Letters]:
    """Return the inputs that look letters up in a table by their numbers."""
    found = []
    for declared in graph.inputs:
        table = _table(graph, declared.name)
        if declared.kind in _WHOLE and len(shapes[declared.name]) == 2 and table:
            found.append(_Letters(declared, 1, None, table))
    return found


def _table(graph: OnnxGraph, name: str) -> int:
    """Return how many rows a table has that an input's numbers are looked up in; 0 where there is none."""
    names = {name}
    for node in graph.nodes:
        if node.operator in ("Cast", "Identity") and node.inputs[:1] and node.inputs[0] in names:
            names.update(node.outputs)
        if node.operator == "Gather" and len(node.inputs) == 2 and node.inputs[1] in names:
            table = graph.tensors.get(node.inputs[0])
            if table is not None and len(table.shape) == 2:
                return table.shape[0]
    return 0


def _entrance(
    assembly: Assembly, graph: OnnxGraph, letters: _Letters, shapes: Mapping[str, Shape], wanted: str | None
) -> Tensor:
    name, shape = letters.declared.name, shapes[letters.declared.name]
    length = shape[letters.length]
    rank = len(shape)
    assembly.begin(_named(name), _named(name))
    if letters.channels is None:
        layer: Input = _numbered(assembly, name, length, letters.count, wanted)
        layout: Layout = tuple(0 if axis == letters.length else None for axis in range(rank))
        return assembly.add(layer, (), layout, whole=True)
    channels = (wanted or (BASES if letters.count == len(BASES) else _WITH_N)).ljust(letters.count, ZERO_CHANNEL)
    if wanted is None and letters.count != len(BASES):
        assembly.warnings.append(
            f"the input {shown(name)} has {letters.count} channels, which were taken for {channels}: --channels says"
            " another order"
        )
    if ZERO_CHANNEL in channels:
        assembly.warnings.append(
            f"of the {letters.count} channels of input {shown(name)}, {channels.count(ZERO_CHANNEL)} are zero:"
            f" {channels}"
        )
    places = {letters.length: 0, letters.channels: 1}
    return assembly.add(Input(length, channels), (), tuple(places.get(axis) for axis in range(rank)))


def _numbered(assembly: Assembly, name: str, length: int | None, rows: int, wanted: str | None) -> IndexInput:
    """Return how letters are numbered that a table is looked up by; a table with room keeps 0 for padding."""
    if wanted is not None:
        other = next((each for each in ("N", ZERO_CHANNEL) if each in wanted), wanted[0])
        return IndexInput(length, wanted, 0, wanted.index(other))
    if rows == len(BASES):
        found = IndexInput(length, BASES, 0, 0)
    elif rows == len(_WITH_N):
        found = IndexInput(length, _WITH_N, 0, _WITH_N.index("N"))
    else:
        found = IndexInput(length, BASES, 1, 0)
    numbers = ", ".join(f"{letter} {number}" for letter, number in found.numbers.items())
    assembly.warnings.append(
        f"the input {shown(name)} reads letters as numbers, which the file does not name: it was assumed that they"
        f" are {numbers}, and that any other letter is {found.other}; --channels says the order of the numbers,"
        " beginning with 0"
    )
    return found


def _beside(assembly: Assembly, declared: Declared, shape: Shape, free: str | int | None) -> Tensor:
    """Add an input that is not the letters."""
    axes = [axis for axis in range(len(shape)) if axis or len(shape) == 1]
    # An axis that is as free as the letters comes first.
    assert declared.shape is not None
    order = sorted(axes, key=lambda axis: shape[axis] is not None)
    sizes = tuple(shape[axis] for axis in order) or (1,)
    if None in sizes[1:] or (None in sizes and (free is None or declared.shape[order[0]] != free)):
        sizes = tuple(1 if size is None else size for size in sizes) if len(shape) == 1 else sizes
        if None in sizes:
            raise ModelError(
                f"has the shape {_text(shape)}, which cannot be filled",
                where=assembly.where(shown(declared.name)),
                remedy="export it with its sizes",
            )
    assembly.begin(_named(declared.name), _named(declared.name))
    layout = tuple(order.index(axis) if axis in order else None for axis in range(len(shape)))
    return assembly.add(SideInput(sizes), (), layout, whole=declared.kind in _WHOLE)


def _named(name: str) -> str:
    return shown(name, 120) or "input"


def _text(shape: Sequence[int | None]) -> str:
    return f"({', '.join('any' if size is None else str(size) for size in shape)})"
