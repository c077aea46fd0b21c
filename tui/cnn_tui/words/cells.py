"""A cell in words: what its pool made of the activations, and which bases can change it."""

from __future__ import annotations

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace

from .block_words import filter_title, words_of
from .numbers import interval, number
from .shapes import Lines
from .wording import counted, index_range, verb

__all__ = ["explain_cell", "pool_step_of"]

_NAMED_TIES = 4


def explain_cell(reading: Reading, trace: Trace, *, named: bool = True) -> Lines:
    """Return how a cell came to its value and which bases can change it; nothing for a trace without a cell.

    Args:
        reading: The reading.
        trace: A trace of one of its cells.
        named: Whether the equation says of which filter it is.
    """
    step = pool_step_of(trace)
    if step is None:
        return ()
    run, words = reading.run, words_of(reading.run)
    name = f"{words.pooled}[{step.position}]"
    of = f" of {filter_title(run, step.filter)}" if named else ""
    read = f"{words.conv}[{index_range(*step.window.interval)}]"
    return (
        *_value(run, step, f"{name}{of}", read),
        *_padding(step),
        *_receptive_field(run, step, trace, name),
    )


def pool_step_of(trace: Trace) -> PoolStep | None:
    """Return the step of a trace that is a cell's, or None."""
    step = trace.steps[0]
    return step if isinstance(step, PoolStep) else None


def _value(run: BlockRun, step: PoolStep, name: str, read: str) -> Lines:
    words, count, value = words_of(run), len(step.values), number(step.value)
    if step.selection is None:
        each = "it has one position" if count == 1 else f"each of the {count} positions counts the same"
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


def _padding(step: PoolStep) -> Lines:
    outside = sum(step.window.padding)
    if not outside:
        return ()
    fate = "never selected" if step.selection is not None else "never counted"
    return (f"{outside} of its {step.window.taps} positions {verb(outside, 'is', 'are')} padding and {fate}",)


def _receptive_field(run: BlockRun, step: PoolStep, trace: Trace, name: str) -> Lines:
    """Return which bases can change a cell, and the sum that says how many."""
    first, stop = trace.receptive_field
    if first == stop:
        return (f"no base can change {name}: its windows lie in the padding",)
    if run.source:
        return _deep_field(run, step, trace.receptive_field, name)
    conv, further = run.conv.sliding, len(step.window.positions) - 1
    reach = conv.span + further * conv.stride
    field = f"receptive field of {name}: {verb(stop - first, 'base', 'bases')} {interval(first, stop)}"
    if conv.dilation > 1:
        field += f", {conv.size} taps over {conv.span}"
    if further:
        field += f", {conv.span} + {further} × {conv.stride} = {counted(reach, 'base')}"
    left = conv.window(step.window.positions[0], run.length).first
    outside = max(0, -left) + max(0, left + reach - run.length)
    return (field, f"{outside} of these {verb(outside, 'lies', 'lie')} in the padding") if outside else (field,)


def _deep_field(run: BlockRun, step: PoolStep, receptive_field: tuple[int, int], name: str) -> Lines:
    """Return the same of a block that reads feature maps, through the layers before it."""
    words, conv, (first, stop) = words_of(run), run.conv.sliding, receptive_field
    whole = ", the whole input" if receptive_field == (0, run.bases) else ""
    lines = [f"receptive field of {name}: {verb(stop - first, 'base', 'bases')} {interval(first, stop)}{whole}"]
    positions = len(step.window.positions)
    read = conv.span + (positions - 1) * conv.stride
    windows = f"{counted(positions, 'window')} of {counted(conv.span, 'position')} of {words.source}"
    if positions > 1:
        windows += f", {conv.stride} apart: {conv.span} + {positions - 1} × {conv.stride} = {read} positions"
    lines.append(windows)
    stride, span = run.alignment.stride, run.alignment.span
    if span + (read - 1) * stride == stop - first:
        apart = f", {stride} apart: {span} + {read - 1} × {stride} = {stop - first} bases" if read > 1 else ""
        lines.append(f"each of these reads {counted(span, 'base')}{apart}")
    return tuple(lines)
