"""The filter, the channel, the cell or the response that a request asks for."""

from __future__ import annotations

from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import find_filter
from cnn_core.errors import RegionError, SettingError

from ..options.request import OpenRequest

__all__ = ["asked_channel", "first_cell", "first_filter", "first_position"]


def first_filter(request: OpenRequest, reading: Reading) -> int:
    """Return the filter that a request asks for, the first where it names none.

    Raises:
        NotFoundError: There is no such filter.
    """
    return 0 if request.filter is None else find_filter(reading.run, request.filter)


def asked_channel(text: str, reading: Reading, layer: str, axes: int = 2) -> int:
    """Return a channel by its number, or by its filter's name where the layer is one of the block's.

    Args:
        text: What was typed.
        reading: The network on its input window.
        layer: The layer.
        axes: How many axes its output has.

    Raises:
        SettingError: The layer has units alone.
        NotFoundError: There is no such filter.
        RegionError: It is not a number, and the layer is not part of the block.
    """
    if axes == 1:
        raise SettingError("has units and no filters", where=f"layer {layer}", remedy="leave out --filter")
    if text.isascii() and text.isdigit():
        return int(text)
    if reading.has_block:
        block = reading.block
        if layer in (block.conv, *block.between, block.pool):
            return find_filter(reading.run, text)
    raise RegionError(f"'{text}' is not a channel", where=f"layer {layer}", remedy="give its number, from 0 on")


def first_cell(request: OpenRequest, reading: Reading) -> int | None:
    """Return the cell that a request asks for, or None.

    Raises:
        RegionError: There is no such cell.
    """
    return _bounded(request.cell, "cell", reading.run.cells, reading)


def first_position(request: OpenRequest, reading: Reading) -> int | None:
    """Return the response that a request asks for, or None.

    Raises:
        RegionError: There is no such response.
    """
    return _bounded(request.position, "position", reading.run.positions, reading)


def _bounded(index: int | None, what: str, count: int, reading: Reading) -> int | None:
    if index is not None and not 0 <= index < count:
        layer = reading.block.pool if what == "cell" else reading.block.conv
        raise RegionError(f"there is no {what} {index}", where=layer, remedy=f"its {what}s are 0 to {count - 1}")
    return index
