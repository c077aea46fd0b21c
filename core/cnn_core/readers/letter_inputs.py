"""The input where the letters enter a model: which channels or numbers they are, and what is assumed of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..errors import ModelError
from ..layers import IndexInput
from ..letters.alphabet import BASES, ZERO_CHANNEL
from .assembly import GraphAssembly

__all__ = ["WITH_N", "indexed_letters", "other_sequences", "taken_order", "usual_order"]

WITH_N: Final = f"{BASES}N"


def usual_order(count: int | None) -> str:
    """Return the order of so many channels, unless told otherwise."""
    return BASES if count == len(BASES) else WITH_N


def taken_order(name: str, count: int | None, order: str) -> str:
    """Return what must be said of an input with more channels than the bases, in one sentence."""
    return f"the input {name} has {count} channels, which were taken for {order}: --channels says another order"


def other_sequences(name: str, others: Sequence[str]) -> str:
    """Return what must be said of further inputs that could hold the letters, in one sentence."""
    return (
        f"the letters enter at {name}; {', '.join(others)} could be a sequence too, such as the other strand, and is an"
        " input of its own, which takes its numbers from --input"
    )


def indexed_letters(
    assembly: GraphAssembly,
    name: str,
    length: int | None,
    rows: int | None,
    *,
    channels: str | None,
    table: str = "",
    pads: bool = False,
) -> IndexInput:
    """Return an input whose letters are numbers that are looked up in a table; what is assumed is noted.

    Args:
        assembly: The network.
        name: The input's name.
        length: Its length, or None.
        rows: The rows of the table, or None where they are not known.
        channels: The letters in the order of their numbers from 0, or None where the file does not name them.
        table: The layer that holds the table, unless it is told by the input.
        pads: Whether the number 0 is that of padding.

    Raises:
        ModelError: There are more letters than rows.
    """
    if channels is None:
        layer = _assumed(length, rows, pads)
        numbers = ", ".join(f"{letter} {number}" for letter, number in layer.numbers.items())
        assembly.warnings.append(
            f"the input {name} reads letters as numbers, which the file does not name: it was assumed that they are"
            f" {numbers}, and that any other letter is {layer.other}; --channels says the order of the numbers,"
            " beginning with 0"
        )
        return layer
    if rows is not None and rows < len(channels):
        raise ModelError(
            f"its table has {rows} rows, and {channels} names {len(channels)}",
            where=assembly.where(table or name),
            remedy="name the letter of each row in order, with - for a row that no letter has",
        )
    # Another letter is an N where there is one, or else what no letter is.
    other = next((each for each in ("N", ZERO_CHANNEL) if each in channels), channels[0])
    return IndexInput(length, channels, 0, channels.index(other))


def _assumed(length: int | None, rows: int | None, pads: bool) -> IndexInput:
    """Return how letters are probably numbered: a table with room keeps a row for padding or for N."""
    if rows == len(BASES):
        return IndexInput(length, BASES, 0, 0)
    if rows == len(WITH_N) and not pads:
        return IndexInput(length, WITH_N, 0, WITH_N.index("N"))
    return IndexInput(length, BASES, 1, 0)
