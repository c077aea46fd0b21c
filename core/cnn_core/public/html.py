"""Tables as HTML, as notebooks show them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ..errors import printable

__all__ = ["table"]


def table(caption: str, *rows: Iterable[object]) -> str:
    """Return a table.

    Args:
        caption: What stands above it.
        rows: The names of the columns, then one row after the other; every cell is shown as text.
    """
    head, *body = ([escape(printable(str(cell))) for cell in row] for row in rows)
    lines = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in body)
    return f"<table><caption>{escape(caption)}</caption><tr><th>{'</th><th>'.join(head)}</th></tr>{lines}</table>"
