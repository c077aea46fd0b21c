"""`cnn-tui summary`: the layer table, as Keras prints it."""

from __future__ import annotations

import sys
from argparse import Namespace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cnn_core import blocks, readers
from cnn_core.errors import printable

from .. import opening
from ..options.arguments import add_model_options, options_of
from ..options.default_model import DEFAULT_LONG_MODEL
from ..options.request import MODELS
from .parser import Parser, add_json
from .streams import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnn_core.network.model import Model, SummaryRow
    from cnn_core.readers import ModelFile

    from ..options.model_options import ModelOptions

__all__ = ["main", "parser", "run", "summary_json"]

_DESCRIPTION: Final = """\
Print a model's layers, their output shapes (None: any length; —: it cannot be
computed, the reason is below) and how many numbers each of them has learned;
where they are no plain chain, also the layers that each of them reads."""

_END: Final = """\
example:
  cnn-tui summary seed

  input          (None, 500, 4)           0   500 bases, one-hot
  conv1d         (None, 485, 320)    20,800   500 - 16 + 1 windows, 320 filters
  max_pooling1d  (None, 60, 320)          0   8 a cell, 5 left over"""
_NAMED: Final = 5
"""How many names of outputs are listed."""
_LONGEST_LAYER: Final = 42
_WIDEST: Final = 10_000


def parser() -> Parser:
    """Return the parser of `cnn-tui summary`."""
    made = Parser("cnn-tui summary", "cnn-tui summary [MODEL] [options]", _DESCRIPTION, _END)
    made.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        default=DEFAULT_LONG_MODEL,
        help=f"{MODELS} (default: {DEFAULT_LONG_MODEL}, with which the sample opens)",
    )
    add_json(made)
    add_model_options(made)
    return made


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(typed.model, options_of(typed), as_json=typed.json)
    return 0


def run(name: str, options: ModelOptions | None = None, *, as_json: bool) -> None:
    """Print a model's summary.

    Args:
        name: The model.
        options: How a model file is read.
        as_json: Whether one JSON object is printed instead of a table.

    Raises:
        CnnError: There is no such model, or its file cannot be read.
    """
    opened = opening.open_model(name, options)
    if as_json:
        write_json(summary_json(opened))
    else:
        _print_table(opened)


def summary_json(opened: ModelFile) -> dict[str, object]:
    """Return a model's summary as plain JSON types; the first axis of a shape is the batch, null.

    A layer that cannot be computed has no output shape, null, and says why.
    """
    assumed, calls = [*opened.warnings, *blocks.side_words(opened.model)], _later_calls(opened.model)
    return {
        "model": opened.model.name,
        "layers": [_row_json(row, calls.get(row.name, {})) for row in opened.model.summary()],
        "total": opened.model.parameter_count,
        **({"output_names": [*opened.model.output_names]} if opened.model.output_names else {}),
        **({"weight_edits": [*edits]} if (edits := opened.model.weight_names) else {}),
        "assumptions": assumed,
        "warnings": assumed,  # what they were called before
    }


def _row_json(row: SummaryRow, later: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    shape = None if row.unavailable else [*row.output_shape]
    said = {
        "name": row.name,
        "type": row.type,
        "output_shape": shape,
        "params": row.params,
        "inputs": [*row.inputs],
    }
    more = {"later_calls": {call: [*inputs] for call, inputs in later.items()}, "unavailable": row.unavailable}
    return said | {key: value for key, value in more.items() if value}


def _later_calls(model: Model) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what a shared layer reads when it is called again, by its name and that of the call."""
    calls: dict[str, dict[str, tuple[str, ...]]] = {}
    for node in model.nodes:
        first = model.first_call(node.name)
        if first != node.name:
            calls.setdefault(first, {})[node.name] = node.inputs
    return calls


def _print_table(opened: ModelFile) -> None:
    from rich.box import HEAVY_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    model, rows, calls = opened.model, opened.model.summary(), _later_calls(opened.model)
    branches = any(row.inputs != (before.name,) for before, row in pairwise(rows))
    table = Table(box=HEAVY_HEAD, show_lines=True)
    table.add_column("Layer (type)", no_wrap=True)
    table.add_column("Output Shape", no_wrap=True)
    table.add_column("Param #", justify="right", no_wrap=True)
    if branches:
        table.add_column("Reads", no_wrap=True)
    for row in rows:
        # A name is text from a file: as Text it is never read as markup.
        # A long one takes a line of its own, as Keras folds it, so that the table fits into 80 columns.
        name, kind = printable(row.name), f"({printable(row.type)})"
        apart = "\n" if len(name) + 1 + len(kind) > _LONGEST_LAYER else " "
        layer = Text(name) + Text(f"{apart}{kind}", style="dim")
        reads = [*row.inputs, *(f"{call}: {', '.join(inputs)}" for call, inputs in calls.get(row.name, {}).items())]
        cells = [layer, Text(_shape(row)), Text(f"{row.params:,}"), Text("\n".join(map(printable, reads)))]
        table.add_row(*cells[: len(table.columns)])
    # However narrow the terminal is, it may wrap a line, but no name and no number is cut.
    console = Console(file=sys.stdout, width=_WIDEST, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(Text(f'Model: "{printable(model.name)}"', style="bold"))
        console.print(table)
        console.print(Text(f"Total params: {model.parameter_count:,}"))
        if model.output_names:
            names = ", ".join(map(printable, model.output_names[:_NAMED]))
            more = f", … ({len(model.output_names):,})" if len(model.output_names) > _NAMED else ""
            console.print(Text(f"outputs of {printable(str(model.named_output))}: {names}{more}"))
        if model.weight_edits:
            console.print(Text(f"weights edited: {', '.join(map(printable, model.weight_names))}"))
        for cause in readers.causes(model):
            console.print(Text(f"cannot be computed: {printable(cause)}"))
        for sentence in (*opened.warnings, *blocks.side_words(model)):
            console.print(Text(f"assumed: {printable(sentence)}"))
    # Written by us and not by Rich, which ends the program itself when its reader goes away.
    sys.stdout.write(captured.get())


def _shape(row: SummaryRow) -> str:
    """Return a shape as Keras writes it, such as `(None, 485, 320)`, or a dash where it is not known."""
    if row.unavailable:
        return "—"
    return f"({', '.join(str(axis) for axis in row.output_shape)})"
