"""A cell in words: what its pool made of the activations, and which bases can change it."""

from __future__ import annotations

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace

from .block_words import filter_title, words_of
from .numbers import number
from .plurals_and_indices import counted, index_ranges, verb
from .receptive_field import explain_cell_field, pool_step_of
from .shapes import Lines

__all__ = ["explain_cell", "explain_choice"]

_NAMED_TIES = 4


def explain_cell(reading: Reading, trace: Trace) -> Lines:
    """Return how a cell came to its value and which bases can change it; nothing for a trace without a cell.

    Args:
        reading: The reading.
        trace: A trace of one of its cells.
    """
    return *explain_choice(reading, trace), *explain_cell_field(reading.run, trace)


def explain_choice(reading: Reading, trace: Trace, *, named: bool = True) -> Lines:
    """Return how a cell came to its value, see `explain_cell`; the equation may leave out of which filter it is."""
    step = pool_step_of(trace)
    if step is None:
        return ()
    run, words = reading.run, words_of(reading.run)
    name = f"{words.pooled}[{step.position}]"
    of = f" of {filter_title(run, step.filter)}" if named else ""
    read = f"{words.conv}[{index_ranges(step.window.positions)}]"
    return *_value(run, step, f"{name}{of}", read), *_padding(run, step)


def _value(run: BlockRun, step: PoolStep, name: str, read: str) -> Lines:
    words, count, value = words_of(run), len(step.values), number(step.value)
    if step.selection is None:
        padding = step.counted - count
        each = "it has one position" if count == 1 else f"each of the {count} positions counts the same"
        if padding:
            each = f"the {counted(count, 'position')} and {padding} of padding, which is 0, count the same"
        return f"{name} = mean({read}) = {value}", f"an average selects nothing: {each}"
    if step.strongest is not None:
        nearest, before = step.strongest, run.activation.name
        all_are = f"all {count} are" if count > 1 else "it is"
        return (
            f"{name} = max({read}) = {value}: {all_are} {value}",
            f"nothing was selected; nearest came {words.conv}[{nearest.position}], "
            f"{number(nearest.response)} before {before}",
        )
    equation = f"{name} = max({read})" + ("" if count == 1 else f" = {words.conv}[{step.selection}]")
    return f"{equation} = {value}", *_tie(step, words.conv)


def _tie(step: PoolStep, conv: str) -> Lines:
    """Return which positions share the maximum, where several do."""
    ties = step.composition.ties
    if ties == 1:
        return ()
    if ties == len(step.values):
        return (f"tie: all {ties} share the maximum; the first is selected",)
    equal = (
        position for position, value in zip(step.window.positions, step.values, strict=True) if value == step.value
    )
    if ties > _NAMED_TIES:
        return (f"tie: {ties} of {len(step.values)} share the maximum; the first is selected",)
    *others, last = (f"{conv}[{position}]" for position in equal)
    return (f"tie: {', '.join(others)} and {last} share the maximum; the first is selected",)


def _padding(run: BlockRun, step: PoolStep) -> Lines:
    """Return which positions of the window are not on the axis, but for padding that counts."""
    window, (_, right) = step.window, run.pool.sliding.pads(run.positions)
    if not sum(window.padding):
        return ()
    taps = range(window.first, window.first + window.taps * window.step, window.step)
    beyond = sum(tap >= run.positions + right for tap in taps)
    padding = 0 if step.counted > len(step.values) else sum(window.padding) - beyond
    fate = "never selected" if step.selection is not None else "never counted"
    of = f"of its {window.taps} positions"
    lies = f"{verb(beyond, 'lies', 'lie')} beyond the end"
    return (
        *((f"{padding} {of} {verb(padding, 'is', 'are')} padding and {fate}",) if padding else ()),
        *((f"{beyond} {of} {lies} and {verb(beyond, 'is', 'are')} {fate}",) if beyond else ()),
    )
