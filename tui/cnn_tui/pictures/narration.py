"""What the inspector says of a picture: the trace under the cursor, or the moment of the demonstration."""

from __future__ import annotations

from ..view.play import Phase, Play
from ..view.view_state import Level
from ..words.block_words import filter_title
from ..words.cells import explain_cell
from ..words.numbers import interval, number
from ..words.output_words import explain_output
from ..words.responses import explain_base, explain_read, explain_response, explain_sum
from ..words.shapes import explain_left_over, explain_shapes
from ..words.wording import counted, index_range
from .block_picture import Picture

__all__ = ["equation_lines", "narrate", "title"]


def title(picture: Picture) -> str:
    """Return what the cursor stands on, such as `cell pooled[3] of 0…59 · filter 17 of 0…319`."""
    view, words = picture.view, picture.words
    name = filter_title(picture.run, view.filter)
    base = f"{view.base} of 0–{view.axes.length - 1}"
    where = {
        Level.CELL: f"{words.pooled}[{view.cell}] of 0…{view.axes.cells - 1}",
        Level.RESPONSE: f"{words.conv}[{view.position}] of 0…{view.axes.positions - 1}",
        Level.BASE: f"{words.source}[{view.base}] of 0…{view.axes.length - 1}" if words.deep else base,
    }[view.level]
    level = "position" if words.deep and view.level is Level.BASE else view.level.noun
    return f"{level} {where} · {name} of 0…{picture.run.filters - 1}"


def equation_lines(picture: Picture) -> tuple[str, ...]:
    """Return the value under the cursor as equations: what it was selected from, then the sum that made it."""
    reading, view = picture.reading, picture.view
    if view.level is Level.CELL:
        first = explain_cell(reading, picture.cell_trace)[:1]
        return (*first, *explain_sum(reading, picture.cell_trace))
    if view.level is Level.RESPONSE:
        return explain_sum(reading, picture.response_trace)
    return explain_base(reading, view.base, picture.response_trace)[:2]


def narrate(picture: Picture) -> tuple[str, ...]:
    """Return the statements about what the cursor stands on, the most important first."""
    reading, view = picture.reading, picture.view
    if view.play is not None:
        return _moment(picture, view.play)
    rest = (*explain_output(reading), *_place(picture))
    if view.level is Level.CELL:
        cell, trace = explain_cell(reading, picture.cell_trace, named=False), picture.cell_trace
        # What a cell selected, or what came nearest, is named before what that read.
        first = next(nth for nth, line in enumerate((*cell, "receptive")) if "receptive" in line)
        return (
            *cell[:first],
            *explain_read(reading, trace)[:1],
            *cell[first:],
            *explain_left_over(reading),
            *rest,
            *explain_sum(reading, trace),
            *explain_read(reading, trace)[1:],
            *explain_shapes(reading),
        )
    if view.level is Level.RESPONSE:
        lines = explain_response(reading, picture.response_trace)
    else:
        base = explain_base(reading, view.base, picture.response_trace)
        lines = (*base, *explain_response(reading, picture.response_trace))
    return (*lines, *rest, *explain_left_over(reading), *explain_shapes(reading))


def _place(picture: Picture) -> tuple[str, ...]:
    """Return the formula that leads from a base to the record's own numbers."""
    reading = picture.reading
    if reading.reverse:
        return (f"record position = {reading.stop:,} − base, the other strand",)
    return (f"record position = base + {reading.start + 1:,}",)


def _moment(picture: Picture, play: Play) -> tuple[str, ...]:
    step, pool, words = picture.conv_step, picture.pool_step, picture.words
    values = pool.values.tolist()
    done = values[: play.nth + (play.phase >= Phase.MAXIMUM)]
    position = step.position
    heading = f"{words.pooled}[{play.cell}] is computed: position {play.nth + 1} of {len(values)}"
    if step.source:
        over = (
            f"{words.source}[{index_range(*step.window.interval)}], {counted(len(step.channels), 'channel')} each"
        )
        multiplied = f"2 each position and channel is multiplied with its weight: {counted(step.count, 'product')}"
    else:
        over = f"bases {interval(*step.window.interval)}  {step.bases}"
        multiplied = (
            f"2 each letter picks its weight: {len(step.products)} of {len(step.products) * picture.run.channels}"
        )
    lines = [heading, f"1 the window stands over {over}"]
    if play.phase >= Phase.PRODUCTS:
        lines.append(multiplied)
    if play.phase >= Phase.SUM:
        lines.append(
            f"3 Σ {number(step.product_sum)} + bias {number(step.bias)} = response {number(step.response)}"
        )
    if play.phase >= Phase.ACTIVATION:
        lines.append(f"4 {step.activation}: {words.conv}[{position}] = {number(step.value)}")
    if play.phase is Phase.FILLED:
        how = "the mean" if pool.selection is None else "the largest"
        filled = f"{words.pooled}[{play.cell}] = {number(pool.value)}"
        return (*lines, f"6 {how} of all {len(values)} fills the cell: {filled}")
    if done:
        how = "running mean" if pool.selection is None else "largest so far"
        so_far = sum(done) / len(done) if pool.selection is None else max(done)
        lines.append(f"5 {how}: {number(so_far)}")
    return tuple(lines)
