"""A receptive field in words: which bases can change a value, and the sum that says how many they are."""

from __future__ import annotations

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.trace import Trace

from .block_words import words_of
from .numbers import interval
from .plurals_and_indices import counted, verb
from .shapes import Lines

__all__ = ["explain_cell_field", "field_of", "pool_step_of"]

_WHOLE = ", the whole input"


def field_of(field: tuple[int, int], length: int, name: str = "", *, whole: str = _WHOLE) -> str:
    """Return a line such as `receptive field of pooled[5]: bases 40–62`.

    Args:
        field: The bases that can change a value, half-open.
        length: Bases of the input.
        name: The value; nothing where it has been named.
        whole: What is added where all bases can.
    """
    first, stop = field
    bases = "no base" if first >= stop else f"{verb(stop - first, 'base', 'bases')} {interval(first, stop)}"
    return f"receptive field{f' of {name}' if name else ''}: {bases}{whole if field == (0, length) else ''}"


def pool_step_of(trace: Trace) -> PoolStep | None:
    """Return the step of a trace that is a cell's, or None."""
    step = trace.steps[0]
    return step if isinstance(step, PoolStep) else None


def explain_cell_field(run: BlockRun, trace: Trace) -> Lines:
    """Return which bases can change a cell, and the sum that says how many; nothing for a trace without a cell.

    Args:
        run: The block.
        trace: A trace of one of its cells.
    """
    step = pool_step_of(trace)
    if step is None:
        return ()
    first, stop = trace.receptive_field
    name = f"{words_of(run).pooled}[{step.position}]"
    if first == stop:
        return (f"no base can change {name}: its windows lie in the padding",)
    if run.source:
        return _deep_field(run, step, trace.receptive_field, name)
    conv, further = run.conv.sliding, len(step.window.positions) - 1
    reach = conv.span + further * conv.stride
    field = field_of(trace.receptive_field, run.length, name, whole="")
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
    lines = [field_of(receptive_field, run.bases, name)]
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
