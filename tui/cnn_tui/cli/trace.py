"""`cnn-tui trace`: one cell, traced back to its bases, in words or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from cnn_core.reading import Reading
from cnn_core.trace import Trace, trace_cell

from ..explanation import (
    explain_cell,
    explain_input,
    explain_place,
    explain_products,
    explain_response,
    explain_shapes,
    explain_tail,
)
from ..opening import OpenRequest, first_cell, first_filter, open_model, open_reading, open_source
from .streams import write_json, write_lines

__all__ = ["run", "trace_words"]


def run(request: OpenRequest, *, as_json: bool, out: TextIO | None = None) -> None:
    """Print the trace of one cell.

    Args:
        request: What to read; its cell and its filter are traced.
        as_json: Whether one JSON object is printed instead of words.
        out: Where to; None is standard output.

    Raises:
        CnnError: Something in the request is not there, or cannot be read.
    """
    out = sys.stdout if out is None else out
    model = open_model(request.model)
    with open_source(request.sequences, stdin=request.stdin) as sequences:
        reading = open_reading(request, sequences, model)
        trace = trace_cell(reading, first_cell(request, reading) or 0, first_filter(request, reading))
        if as_json:
            write_json(trace.as_json(), out)
        else:
            write_lines(trace_words(reading, trace), out)


def trace_words(reading: Reading, trace: Trace) -> Iterator[str]:
    """Yield a trace in words: what is read, the cell, its response, the shapes; an empty line between them.

    Args:
        reading: The reading.
        trace: The trace of one of its cells.
    """
    yield from explain_input(reading)
    yield ""
    yield from explain_cell(reading, trace)
    yield from explain_place(reading, *trace.receptive_field)
    response = explain_response(reading, trace)
    if response:
        yield ""
        yield from response
        yield from explain_products(trace)
    yield ""
    yield from explain_shapes(reading)
    yield from explain_tail(reading)
