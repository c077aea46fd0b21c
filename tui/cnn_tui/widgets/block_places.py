"""What lies under a pointer over a block: a response or a cell of a filter, and its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..view.view_state import EditsShown, Level, Side
from ..words.numbers import number
from .pointer_target import Place

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["place_in_block"]


def place_in_block(level: Level, column: int, picture: Picture, filter_index: int | None = None) -> Place | None:
    """Return the strongest response or cell that a column shows, or None.

    Args:
        level: Which of them.
        column: The column.
        picture: What is shown.
        filter_index: Whose; None is the chosen filter's, whose name stands beside the track.
    """
    run, names, visible = picture.run, picture.words, picture.visible
    is_cell = level is Level.CELL
    columns, values = (visible.cells, run.values) if is_cell else (visible.maps, run.activations)
    if columns.index[column] < 0:
        return None
    shown = picture.view.filter if filter_index is None else filter_index
    name = "" if filter_index is None else picture.filter_name(shown)
    index, value = columns.strongest(column, shown, values)
    words = f"{f'filter {shown} {name}'.rstrip()}: {names.pooled if is_cell else names.conv}[{index}]"
    return Place(level, index, filter_index, f"{words} = {number(value)}{_former(level, index, shown, picture)}")


def _former(level: Level, index: int, filter_index: int, picture: Picture) -> str:
    """Return what a value is in the reading that it is compared with, where it differs."""
    comparison = picture.comparison
    if comparison is None:
        return ""
    is_cell, against = level is Level.CELL, comparison.against.reading.run
    differences = (comparison.values if is_cell else comparison.positions)(index, index + 1)
    if not differences[0, filter_index]:
        return ""
    other_filter = filter_index if comparison.minus is None else comparison.minus
    former = (against.values if is_cell else against.activations)(index, index + 1)[0, other_filter]
    if picture.view.side is Side.DIFFERENCE:
        return f" in A, {number(float(former))} in B"
    other = "with the edits" if picture.view.edits is EditsShown.ORIGINAL else "without the edits"
    return f", {number(float(former))} {other}"
