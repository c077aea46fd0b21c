"""`cnn-tui trace`: one cell, or any value of any layer, traced back to its bases, in words or as JSON."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cnn_core import blocks, explain
from cnn_core.errors import SettingError, ShapeError, printable

from .. import opening, words
from ..options.arguments import add_group, add_model_options, add_options, request_of
from .parser import Parser, add_json, add_sequences
from .streams import write_json, write_lines, write_warnings
from .whole_network import whole_network

if TYPE_CHECKING:
    from cnn_core.blocks import Reading, Trace
    from cnn_core.explain import LayerStep
    from cnn_core.layers import Array, Index

    from ..options.request import OpenRequest

__all__ = ["check", "descent_words", "main", "parser", "run", "trace_words"]

_DESCRIPTION: Final = """\
Trace one cell of one filter: cell, selection, window, weights. Says which
position of its pool window the pool selected, which bases that activation was
computed from, and which bases can change the cell at all. With --layer: any
value of any layer, down through the part that counts most at each step."""

_END: Final = """\
Positions are 0-based and count from the first base of the input. With
--json every interval is half-open. A region is 1-based and inclusive.

  cnn-tui trace my.fa --model danq.h5 --layer dense --position 0

example:
  cnn-tui trace @planted --model motifs --cell 2 --filter TBP

  pooled[2] of filter 0 TBP = max(conv[16…23]) = conv[21] = 9.500
  conv[21] = relu(Σ 16 of 64 weights + bias) = relu(14.75 − 5.250) = 9.500
  conv[21] reads bases 21–36  GTATAAAAGGCGGGGC"""


def parser() -> Parser:
    """Return the parser of `cnn-tui trace`."""
    usage = (
        "cnn-tui trace SEQUENCES --cell N --filter N|NAME [options]\n"
        "       cnn-tui trace SEQUENCES --layer NAME --position N[:N...] [options]"
    )
    made = Parser("cnn-tui trace", usage, _DESCRIPTION, _END)
    add_sequences(made)
    add_options(
        made,
        "cell",
        "filter",
        cell="the cell, pooled[N]",
        filter="the filter, by number or name; of a layer, the channel",
    )
    made.add_argument("--layer", metavar="NAME", help="a layer of the network instead of the cells")
    made.add_argument(
        "--position",
        dest="place",
        metavar="N[:N...]",
        type=_place,
        help="the layer's position, or unit; of more axes than positions and channels all numbers, as in 0:3:1",
    )
    add_group(made, "reading", "window")
    add_json(made)
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse a trace of no value, or of two: --cell and --filter, or --layer and --position."""
    needed = ("cell", "filter") if typed.layer is None else ("layer", "position")
    given = {"cell": typed.cell, "filter": typed.filter, "layer": typed.layer, "position": typed.place}
    missing = [f"--{name}" for name in needed if given[name] is None]
    if missing:
        made.error(f"the following arguments are required: {', '.join(missing)}")
    other = "position" if typed.layer is None else "cell"
    if given[other] is not None:
        made.error(f"argument --{other}: not allowed with {'--cell' if other == 'position' else '--layer'}")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(request_of(typed), typed.layer, typed.place or (), as_json=typed.json)
    return 0


def _place(text: str) -> Index:
    numbers = text.split(":")
    if not all(each.isascii() and each.isdigit() for each in numbers):
        raise ArgumentTypeError(
            f"'{text}' is not a position: write a whole number, from 0 on, or several as in 0:3:1"
        )
    return tuple(map(int, numbers))


def run(
    request: OpenRequest,
    layer: str | None = None,
    place: Index = (),
    *,
    as_json: bool,
) -> None:
    """Print the trace of one value.

    Args:
        request: What to read; its cell and its filter are traced.
        layer: The layer whose value is traced, at the request's filter; None is the block's pool.
        place: Where in the layer: the position, or the unit, and further indices; the channel may be the filter.
        as_json: Whether one JSON object is printed instead of words.

    Raises:
        CnnError: Something in the request is not there, or cannot be read.
    """
    with opening.open_source(request.sequences, stdin=request.stdin) as sequences:
        request = opening.with_model(request, sequences)
        opened = opening.open_model(request.model, request.model_options)
        if layer is not None:
            reading: Reading = opening.open_reading(request, sequences, opened)
            assumed = blocks.assumptions_of(reading, layer)
            _print_descent(reading, layer, place, request.filter, assumed, as_json=as_json)
        else:
            reading = block = opening.open_block_reading(request, sequences, opened)
            trace = blocks.trace_cell(
                block, opening.first_cell(request, block) or 0, opening.first_filter(request, block)
            )
            assumed = blocks.assumptions_of(block)
            if as_json:
                write_json({**trace.as_json(), **_edits(reading), "assumptions": [*assumed]})
            else:
                write_lines([*trace_words(block, trace), *_assumed_lines(assumed)])
        # Where the words are read, what was assumed stands among them.
        said = [*opening.unsupported_words(opened), *(() if sys.stdout.isatty() and not as_json else assumed)]
        said.append(opening.cut_region(request, sequences))
    write_warnings(said)


def trace_words(reading: Reading, trace: Trace) -> Iterator[str]:
    """Yield a trace in words: what is read, the cell, its response, the shapes; an empty line between them.

    Args:
        reading: The reading.
        trace: The trace of one of its cells.
    """
    yield from words.explain_input(reading)
    yield ""
    yield from words.explain_cell(reading, trace)
    yield from words.explain_place(reading, *trace.receptive_field)
    response = words.explain_response(reading, trace)
    if response:
        yield ""
        yield from response
        yield from words.explain_products(trace)
    yield ""
    yield from words.explain_shapes(reading)
    yield from words.explain_left_over(reading)


def _assumed_lines(assumed: tuple[str, ...]) -> Iterator[str]:
    """Yield what had to be assumed, as the last lines of a trace."""
    if assumed:
        yield ""
        yield from (f"assumed: {printable(sentence)}" for sentence in assumed)


def _print_descent(
    reading: Reading,
    layer: str,
    place: Index,
    channel: str | None,
    assumed: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    model = reading.model
    reason = model.unavailable(reading.length).get(model[layer].name)
    if reason is not None:
        raise ShapeError(f"cannot be computed: {reason}", where=f"layer {layer}")
    if model[layer] in model.inputs:
        raise SettingError(
            "is an input, computed from nothing", where=f"layer {layer}", remedy="trace another layer"
        )
    values = whole_network(reading)
    index = _index(reading, values, layer, place, channel)
    steps = explain.Descent(model, values).from_value(layer, index)
    if as_json:
        steps_json = [step.as_json() for step in steps]
        found = {"record": reading.record.name, "input_window": [*reading.window], "steps": steps_json}
        write_json({**found, **_edits(reading), "assumptions": [*assumed]})
    else:
        write_lines([*descent_words(reading, steps), *_assumed_lines(assumed)])


def _edits(reading: Reading) -> dict[str, list[str]]:
    edits = {"edits": [*reading.edit_names], "weight_edits": [*reading.model.weight_names]}
    return {name: names for name, names in edits.items() if names}


def _index(reading: Reading, values: dict[str, Array], layer: str, place: Index, channel: str | None) -> Index:
    """Return the place that is asked for: (position, channel), or (unit,) where no length is left."""
    axes = values[layer].ndim
    if channel is not None:
        place = (*place, opening.asked_channel(channel, reading, layer, axes))
    elif axes == 2 and len(place) == 1:
        place = (*place, 0)
    explain.check_index(values, layer, place)
    return place


def descent_words(reading: Reading, steps: tuple[LayerStep, ...]) -> Iterator[str]:
    """Yield the way down from a value in words: what is read, then each value, an empty line between them.

    Args:
        reading: The reading.
        steps: The way down, the value itself first.
    """
    yield from words.explain_input(reading)
    yield ""
    first = steps[0]
    start, stop = reading.model.receptive_field(first.layer, first.index[0], reading.length)
    for step in steps:
        yield from words.explain_step(step)
        if step is first:
            yield words.field_of((start, stop), reading.length)
        if step is not steps[-1]:
            yield ""
