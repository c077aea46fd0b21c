"""Where the gradient of a cell goes, in words: through the pool, to the positions of its window."""

from __future__ import annotations

from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace
from cnn_core.layers import GlobalMaxPooling1D

from .block_words import words_of
from .plurals_and_indices import index_ranges, verb
from .receptive_field import pool_step_of
from .shapes import Lines

__all__ = ["explain_pool_gradient"]

_SPELLED = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SHARES = {2: "a half", 3: "a third", 4: "a quarter", 5: "a fifth", 8: "an eighth", 10: "a tenth"}


def explain_pool_gradient(reading: Reading, trace: Trace) -> Lines:
    """Return which positions receive the gradient of a cell, as PyTorch and Keras send it back; nothing without a cell.

    Args:
        reading: The reading.
        trace: A trace of one of its cells.
    """
    step = pool_step_of(trace)
    if step is None:
        return ()
    words, count = words_of(reading.run), len(step.values)
    gradient = f"the gradient of {words.pooled}[{step.position}]"
    if step.selection is None:
        share = "all of it" if step.counted == 1 else f"{_SHARES.get(step.counted, f'1/{step.counted}')} each"
        to = f"{words.conv}[{index_ranges(step.window.positions)}]"
        return (f"{gradient} is shared: {share} to {to}{_padding(step)}",)
    selected = f"{words.conv}[{step.selection}]"
    ties = step.composition.ties
    if ties > 1 and isinstance(reading.run.pool_layer, GlobalMaxPooling1D):
        share = _SHARES.get(ties, f"1/{ties}")
        ends = (
            "" if step.strongest is None else f", and ends there: {reading.run.activation.name} lets none through"
        )
        return (f"{gradient} is shared by the {_spelled(ties)} that share the maximum, {share} each{ends}",)
    if step.strongest is not None:
        first = f", the first of {_spelled(count)} alike" if count > 1 else ""
        return (f"{gradient} ends at {selected}{first}: {reading.run.activation.name} lets none through there",)
    others = f"; the other {_spelled(count - 1)} {verb(count - 1, 'position receives', 'positions receive')} 0"
    if step.composition.ties > 1:
        others = f", the first of the {_spelled(step.composition.ties)} that share the maximum{others}"
    return f"{gradient} goes to {selected} alone{others if count > 1 else ''}{_padding(step)}", *_added(
        reading, step
    )


def _spelled(count: int) -> str:
    return _SPELLED[count] if count < len(_SPELLED) else f"{count:,}"


def _padding(step: PoolStep) -> str:
    return ", padding receives none" if sum(step.window.padding) else ""


def _added(reading: Reading, step: PoolStep) -> Lines:
    """Return which other cells selected the same position, whose gradients are added there."""
    run, words, selected = reading.run, words_of(reading.run), step.selection
    assert selected is not None
    cells = run.pool.sliding.readers(selected, run.positions)
    selections = run.selections(cells[0], cells[-1] + 1)
    assert selections is not None
    sharing = [
        cell for cell in cells if cell != step.position and selections[cell - cells[0], step.filter] == selected
    ]
    if not sharing:
        return ()
    names = f"{words.pooled}[{index_ranges(sharing)}]"
    return (f"{names} selected {words.conv}[{selected}] too: what each sends back is added there",)
