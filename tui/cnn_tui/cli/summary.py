"""`cnn-tui summary`: the layer table, as Keras prints it."""

from __future__ import annotations

import sys
from typing import TextIO

from cnn_core.errors import printable
from cnn_core.model import Model, SummaryRow

from ..opening import open_model
from .streams import write_json

__all__ = ["run", "summary_json"]

_WIDEST = 10_000


def run(name: str, *, as_json: bool, out: TextIO | None = None) -> None:
    """Print a model's summary.

    Args:
        name: The model.
        as_json: Whether one JSON object is printed instead of a table.
        out: Where to; None is standard output.

    Raises:
        NotFoundError: There is no such model.
    """
    out = sys.stdout if out is None else out
    model = open_model(name)
    if as_json:
        write_json(summary_json(model), out)
    else:
        _print_table(model, out)


def summary_json(model: Model) -> dict[str, object]:
    """Return a model's summary as plain JSON types; the first axis of a shape is the batch, null."""
    return {
        "model": model.name,
        "layers": [
            {
                "name": row.name,
                "type": row.type,
                "output_shape": [*row.output_shape],
                "params": row.params,
            }
            for row in model.summary()
        ],
        "total": model.parameter_count,
    }


def _print_table(model: Model, out: TextIO) -> None:
    from rich.box import HEAVY_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=HEAVY_HEAD, show_lines=True)
    table.add_column("Layer (type)", no_wrap=True)
    table.add_column("Output Shape", no_wrap=True)
    table.add_column("Param #", justify="right", no_wrap=True)
    for row in model.summary():
        # A name is text from a file: as Text it is never read as markup.
        name = Text(printable(row.name)) + Text(f" ({row.type})", style="dim")
        table.add_row(name, Text(_shape(row)), Text(f"{row.params:,}"))
    # However narrow the terminal is, it may wrap a line, but no name and no number is cut.
    console = Console(file=out, width=_WIDEST, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(Text(f'Model: "{printable(model.name)}"', style="bold"))
        console.print(table)
        console.print(Text(f"Total params: {model.parameter_count:,}"))
    # Written by us and not by Rich, which ends the program itself where nobody reads on.
    out.write(captured.get())


def _shape(row: SummaryRow) -> str:
    """Return a shape as Keras writes it, such as `(None, 485, 320)`."""
    return f"({', '.join(str(axis) for axis in row.output_shape)})"
