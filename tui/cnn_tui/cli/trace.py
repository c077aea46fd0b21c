"""`cnn-tui trace`: one cell, or any value of any layer, traced back to its bases, in words or as JSON."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import TextIO

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace, trace_cell
from cnn_core.errors import SettingError, ShapeError, printable
from cnn_core.explain.walk_down import Descent, LayerStep, check_index
from cnn_core.layers import Array, Index

from ..opening import (
    cut_region,
    open_block_reading,
    open_model,
    open_reading,
    open_source,
    unsupported_words,
    with_model,
)
from ..opening.initial_place import asked_channel, first_cell, first_filter
from ..options.arguments import request_of
from ..options.request import OpenRequest
from ..words.cells import explain_cell
from ..words.layer_words import explain_step
from ..words.numbers import interval
from ..words.responses import explain_products, explain_response
from ..words.shapes import explain_input, explain_left_over, explain_place, explain_shapes
from .streams import write_json, write_lines, write_warnings
from .whole_network import whole_network

__all__ = ["descent_words", "main", "run", "trace_words"]


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(request_of(typed), typed.layer, as_json=typed.json)
    return 0


def run(request: OpenRequest, layer: str | None = None, *, as_json: bool, out: TextIO | None = None) -> None:
    """Print the trace of one value.

    Args:
        request: What to read; its cell and its filter are traced.
        layer: The layer whose value is traced, at the request's position and filter; None is the block's pool.
        as_json: Whether one JSON object is printed instead of words.
        out: Where to; None is standard output.

    Raises:
        CnnError: Something in the request is not there, or cannot be read.
    """
    out = sys.stdout if out is None else out
    with open_source(request.sequences, stdin=request.stdin) as sequences:
        request = with_model(request, sequences)
        opened = open_model(request.model, request.model_options)
        if layer is not None:
            reading: Reading = open_reading(request, sequences, opened)
            assumed = assumptions_of(reading, layer)
            _print_descent(reading, layer, request, assumed, as_json=as_json, out=out)
        else:
            reading = block = open_block_reading(request, sequences, opened)
            trace = trace_cell(block, first_cell(request, block) or 0, first_filter(request, block))
            assumed = assumptions_of(block)
            if as_json:
                write_json({**trace.as_json(), "assumptions": [*assumed]}, out)
            else:
                write_lines([*trace_words(block, trace), *_assumed_lines(assumed)], out)
        # Where the words are read, what was assumed stands among them.
        said = [*unsupported_words(opened), *(() if out.isatty() and not as_json else assumed)]
        said += filter(None, [cut_region(request, sequences)])
    write_warnings(said)


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
    yield from explain_left_over(reading)


def _assumed_lines(assumed: tuple[str, ...]) -> Iterator[str]:
    """Yield what had to be assumed, as the last lines of a trace."""
    if assumed:
        yield ""
        yield from (f"assumed: {printable(sentence)}" for sentence in assumed)


def _print_descent(
    reading: Reading, layer: str, request: OpenRequest, assumed: tuple[str, ...], *, as_json: bool, out: TextIO
) -> None:
    model = reading.model
    reason = model.unavailable(reading.length).get(model[layer].name)
    if reason is not None:
        raise ShapeError(f"cannot be computed: {reason}", where=f"layer {layer}")
    if not model[layer].inputs:
        raise SettingError(
            "is an input, computed from nothing", where=f"layer {layer}", remedy="trace another layer"
        )
    values = whole_network(reading)
    index = _index(reading, values, layer, request)
    steps = Descent(model, values).from_value(layer, index)
    if as_json:
        steps_json = [step.as_json() for step in steps]
        found = {"record": reading.record.name, "input_window": [*reading.window], "steps": steps_json}
        write_json({**found, "assumptions": [*assumed]}, out)
    else:
        write_lines([*descent_words(reading, steps), *_assumed_lines(assumed)], out)


def _index(reading: Reading, values: dict[str, Array], layer: str, request: OpenRequest) -> Index:
    """Return the place that is asked for: (position, channel), or (unit,) where no length is left."""
    place, chosen = request.position or 0, request.filter
    index: Index = (place,)
    if values[layer].ndim > 1:
        index = (place, 0 if chosen is None else asked_channel(chosen, reading, layer))
    elif chosen is not None:
        raise SettingError("has units and no filters", where=f"layer {layer}", remedy="leave out --filter")
    check_index(values, layer, index)
    return index


def descent_words(reading: Reading, steps: tuple[LayerStep, ...]) -> Iterator[str]:
    """Yield the way down from a value in words: what is read, then each value, an empty line between them.

    Args:
        reading: The reading.
        steps: The way down, the value itself first.
    """
    yield from explain_input(reading)
    yield ""
    first = steps[0]
    start, stop = reading.model.receptive_field(first.layer, first.index[0], reading.length)
    for step in steps:
        yield from explain_step(step)
        if step is first:
            whole = ", the whole input" if (start, stop) == (0, reading.length) else ""
            yield f"receptive field: {f'bases {interval(start, stop)}' if start < stop else 'no base'}{whole}"
        if step is not steps[-1]:
            yield ""
