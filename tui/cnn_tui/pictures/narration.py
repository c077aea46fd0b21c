"""What the inspector says of a picture: the trace under the cursor, or the moment of the demonstration."""

from __future__ import annotations

from cnn_core.blocks.reading import Reading

from ..view.play import Phase, Play, moments
from ..view.view_state import Level
from ..words.block_words import filter_title
from ..words.cell_explanation import explain_choice
from ..words.numbers import interval, number
from ..words.output_words import explain_output
from ..words.plurals_and_indices import counted, index_range
from ..words.pool_gradient import explain_pool_gradient
from ..words.receptive_field import explain_cell_field
from ..words.responses import explain_base, explain_read, explain_response, explain_sum
from ..words.shapes import explain_left_over, explain_shapes
from .block_picture import Picture
from .change_narration import changes

__all__ = ["equation_lines", "moment_sentence", "narrate", "title"]


def title(picture: Picture) -> str:
    """Return what the cursor stands on, such as `cell pooled[3] of 0…59 · filter 17 of 0…319`."""
    view, words = picture.view, picture.words
    name = filter_title(picture.run, view.filter)
    base = f"{view.base} of 0…{view.axes.length - 1}"
    where = {
        Level.CELL: f"{words.pooled}[{view.cell}] of 0…{view.axes.cells - 1}",
        Level.RESPONSE: f"{words.conv}[{view.position}] of 0…{view.axes.positions - 1}",
        Level.BASE: f"{words.source}[{view.base}] of 0…{view.axes.length - 1}" if words.deep else base,
    }[view.level]
    level = "position" if words.deep and view.level is Level.BASE else view.level.noun
    return f"{level} {where} · {name} of 0…{picture.run.filters - 1}"


def equation_lines(picture: Picture) -> tuple[str, ...]:
    """Return the value under the cursor as equations: what it was selected from, then the sum that made it."""
    reading, view = picture.shown, picture.view
    if view.level is Level.CELL:
        first = explain_choice(reading, picture.cell_trace)[:1]
        return (*first, *explain_sum(reading, picture.cell_trace))
    if view.level is Level.RESPONSE:
        return explain_sum(reading, picture.response_trace)
    return explain_base(reading, view.base, picture.response_trace)[:2]


def narrate(picture: Picture) -> tuple[str, ...]:
    """Return the statements about what the cursor stands on, the most important first."""
    reading, view = picture.shown, picture.view
    if view.play is not None:
        return _moment(picture, view.play)
    changed, summary = changes(picture)
    rest = (*summary, *explain_output(reading), *_place(picture), *_letters(reading))
    if view.level is Level.CELL:
        trace = picture.cell_trace
        return (
            *changed,
            # What a cell selected, or what came nearest, is named before what that read.
            *explain_choice(reading, trace, named=False),
            *explain_read(reading, trace)[:1],
            *explain_cell_field(reading.run, trace),
            *explain_left_over(reading),
            *rest,
            *explain_pool_gradient(reading, trace),
            *explain_sum(reading, trace),
            *explain_read(reading, trace)[1:],
            *explain_shapes(reading),
        )
    if view.level is Level.RESPONSE:
        lines = explain_response(reading, picture.response_trace)
    else:
        base = explain_base(reading, view.base, picture.response_trace)
        lines = (*base, *explain_response(reading, picture.response_trace))
    return (*changed, *lines, *rest, *explain_left_over(reading), *explain_shapes(reading))


def _letters(reading: Reading) -> tuple[str, ...]:
    """Return why letters are not pooled, of a max pool over a convolution of letters."""
    if not reading.run.reads_letters or not reading.run.selects:
        return ()
    return ("letters are not pooled: a maximum of one-hot rows only says which occur",)


def _place(picture: Picture) -> tuple[str, ...]:
    """Return the formula that leads from a base to the record's own numbers."""
    reading = picture.shown
    if reading.reverse:
        return (f"record position = {reading.origin:,} − base, the other strand",)
    added = reading.origin + 1
    return (f"record position = base {'−' if added < 0 else '+'} {abs(added):,}",)


def moment_sentence(picture: Picture, play: Play) -> str:
    """Return the moment of the demonstration in one line, such as `3 of 41 · Σ 8.1 + bias −3 = response 5.1`."""
    count = len(picture.pool_step.values)
    return f"{play.number(count)} of {moments(count)} · {_happens(picture, play, play.phase)}"


def _moment(picture: Picture, play: Play) -> tuple[str, ...]:
    """Return what has happened to the response so far, each step with its number."""
    count = len(picture.pool_step.values)
    heading = f"{picture.words.pooled}[{play.cell}] is computed: position {play.nth + 1} of {count}"
    if play.nth and play.phase < Phase.MAXIMUM:
        heading += f", {_happens(picture, play, Phase.MAXIMUM)}"
    last = min(play.phase, Phase.ACTIVATION)
    lines = [f"{phase + 1} {_happens(picture, play, phase)}" for phase in Phase if phase <= last]
    if play.is_filled:
        lines.append(f"{Phase.FILLED + 1} {_happens(picture, play, Phase.FILLED)}")
    elif play.phase is Phase.MAXIMUM:
        lines.append(f"{Phase.MAXIMUM + 1} {_happens(picture, play, Phase.MAXIMUM)}")
    return (heading, *lines)


def _happens(picture: Picture, play: Play, phase: Phase) -> str:
    """Return what happens to the response in a phase."""
    step, pool, words = picture.conv_step, picture.pool_step, picture.words
    averages = pool.selection is None
    if phase is Phase.WINDOW and step.source:
        read = f"{words.source}[{index_range(*step.window.interval)}]"
        return f"the window stands over {read}, {counted(len(step.channels), 'channel')} each"
    if phase is Phase.WINDOW:
        return f"the window stands over bases {interval(*step.window.interval)}  {step.bases}"
    if phase is Phase.PRODUCTS and step.source:
        return f"each position and channel is multiplied with its weight: {counted(step.count, 'product')}"
    if phase is Phase.PRODUCTS:
        return f"each letter picks its weight: {step.picked} of {len(step.products) * picture.run.channels}"
    if phase is Phase.SUM:
        return f"Σ {number(step.product_sum)} + bias {number(step.bias)} = response {number(step.response)}"
    if phase is Phase.ACTIVATION:
        return f"{step.activation}: {words.conv}[{step.position}] = {number(step.value)}"
    values = pool.values.tolist()
    if phase is Phase.FILLED:
        how = "the mean" if averages else "the largest"
        return f"{how} of all {len(values)} fills {words.pooled}[{play.cell}]: {number(pool.value)}"
    done = values[: play.nth + (play.phase >= Phase.MAXIMUM)]
    return f"running mean: {number(sum(done) / len(done))}" if averages else f"largest so far: {number(max(done))}"
