"""Running the whole network for a command, which may not take a whole chromosome."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from cnn_core import blocks
from cnn_core.errors import RegionError

if TYPE_CHECKING:
    from cnn_core.blocks import Reading
    from cnn_core.layers import Array

__all__ = ["whole_network"]


def whole_network(reading: Reading) -> dict[str, Array]:
    """Return every layer's activations by its name.

    Args:
        reading: The model on its input window.

    Raises:
        RegionError: The input window is too long to run the whole network on.
        ShapeError: A layer cannot read what it is given.
    """
    if reading.model.input.length is None and reading.length > blocks.LONGEST_WHOLE_INPUT:
        first = reading.start + 1
        raise RegionError(
            f"{reading.length:,} bases are too many to run the whole network on",
            where=f"record {reading.record.name}",
            remedy=f"give {blocks.LONGEST_WHOLE_INPUT:,} at most, such as --record {quote(reading.record.name)} "
            f"--region {first}-{first + blocks.LONGEST_WHOLE_INPUT - 1}",
        )
    return reading.values
