"""Tables of words in a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

__all__ = ["column_lines", "column_widths"]

_GAP = "  "


def column_lines(
    rows: Sequence[Sequence[str]], right: Collection[int] = (), widths: Sequence[int] | None = None
) -> Iterator[str]:
    """Yield rows of words as lines of columns; nothing is cut.

    Args:
        rows: The words of each column, all fit for a terminal.
        right: The columns whose words end at the right, by their places.
        widths: How wide each column is at the least, 0 leaves it out; None is as wide as its words.
    """
    widths = column_widths(rows) if widths is None else widths
    for row in rows:
        cells = (
            text.rjust(width) if place in right else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
            if width
        )
        yield _GAP.join(cells).rstrip()


def column_widths(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return how wide the columns of some rows are; there is one row at least."""
    return tuple(max(map(len, column)) for column in zip(*rows, strict=True))
