"""What lies under a pointer over a block: a response or a cell of a filter, and its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..view.view_state import Level
from ..words.numbers import number
from .pointed import Place

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
    return Place(level, index, filter_index, f"{words} = {number(value)}")
