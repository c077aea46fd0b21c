"""A block along the whole record, whatever part of it the network itself reads at once."""

from __future__ import annotations

from ..blocks.offered_blocks import is_on_letters
from ..blocks.reading import Reading
from ..errors import TooShortError

__all__ = ["is_whole", "whole_reading"]


def whole_reading(reading: Reading) -> Reading:
    """Return a block's reading of the whole record, on the same strand, with the settings in force.

    A network of a fixed length has its block computed as if its input were as long as the record. A block that reads
    feature maps is only known on the input window that they are computed on: that is what it is read on, as is a
    record too short for a single cell without padding.

    The reading is always a new one: keeping it keeps nothing that the given one has computed.

    Args:
        reading: The block on an input window.
    """
    length = len(reading.record)
    if not is_on_letters(reading.model, reading.block) or reading.run.pools_all:
        return reading.afresh()
    if reading.model.input.length is None and reading.window == (0, length):
        return reading.afresh()
    model = reading.model.of_any_length()
    whole = Reading(model, reading.record, 0, length, reading.reverse, reading.ambiguity, assumed=reading.assumed)
    try:
        return whole.into(reading.block)
    except TooShortError:
        return reading.afresh()


def is_whole(reading: Reading) -> bool:
    """Tell whether a reading's input window is the whole record."""
    return reading.window == (0, len(reading.record))
