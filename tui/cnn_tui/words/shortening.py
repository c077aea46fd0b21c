"""Texts that must fit into some columns: what is left out of them is marked, and no number is cut."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

__all__ = ["shortened", "squeezed"]


def squeezed(text: str, width: int) -> str:
    """Return a text that fits, its middle left out where it is too long: names often differ at their ends.

    Args:
        text: Any printable text.
        width: Columns.
    """
    text = text if len(text) <= 4 * width else text[: 2 * width] + text[-2 * width :]
    if cell_len(text) <= width:
        return text
    if width < 1:
        return ""
    first = (width - 1) * 2 // 3
    last = ""
    for letter in reversed(text):
        if cell_len(letter + last) > width - 1 - first:
            break
        last = letter + last
    return set_cell_size(text, first).rstrip() + "…" + last


def shortened(text: str, width: int) -> str:
    """Return a text that fits, its end left out where it is too long; a number that would be cut goes as a whole.

    Args:
        text: Any printable text.
        width: Columns.
    """
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip().rstrip("0123456789.,").rstrip() + "…"[: max(0, width)]
