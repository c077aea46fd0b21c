"""What the inspector says of edits: what became of the value under the cursor, and of its filter."""

from __future__ import annotations

from cnn_core.blocks.trace import pool_step

from ..view.view_state import Level
from ..words.block_words import filter_title
from ..words.change_words import (
    UNCHANGED,
    explain_base_change,
    explain_cell_change,
    explain_changed_filters,
    explain_edits,
    explain_output_change,
    explain_value_change,
)
from .block_picture import Picture

__all__ = ["changes"]


def changes(picture: Picture) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what became of the value under the cursor, and what the edits change beside it; nothing without edits.

    Args:
        picture: What is shown, with its comparison.
    """
    comparison, original, reading, view = picture.comparison, picture.original, picture.reading, picture.view
    if comparison is None or original is None:
        return (), ()
    told = _value(picture)
    # What is the same is not worth the first line.
    first, later = ((), told) if any(f": {UNCHANGED}" in each for each in told) else (told, ())
    output = explain_output_change(original, reading)
    if view.level is Level.BASE:
        # The cursor has stepped on from the letter that was typed.
        first, output = (*first, *output), ()
    return first, (
        *later,
        *output,
        *explain_edits(
            reading,
            comparison.changed_cells(view.filter).tolist(),
            picture.words.pooled,
            whole=comparison.is_whole,
        ),
        *explain_changed_filters(
            comparison.changed_filters, reading.run.filters, comparison.furthest_cell, picture.words.pooled
        ),
    )


def _value(picture: Picture) -> tuple[str, ...]:
    original, reading, view, words = picture.original, picture.reading, picture.view, picture.words
    assert original is not None
    before, now, chosen = original.run, reading.run, view.filter
    of = f" of {filter_title(now, chosen)}"
    if view.level is Level.CELL:
        if view.cell >= min(before.cells, now.cells):
            return ()
        steps = (pool_step(run, view.cell, chosen) for run in (before, now))
        return (explain_cell_change(f"{words.pooled}[{view.cell}]{of}", words.conv, *steps),)
    if view.level is Level.RESPONSE:
        at = view.position
        if at >= min(before.positions, now.positions):
            return ()
        values = [
            (float(run.activations(at, at + 1)[0, chosen]), float(run.responses(at, at + 1)[0, chosen]))
            for run in (before, now)
        ]
        return (explain_value_change(f"{words.conv}[{at}]{of}", *values),)
    base = view.base if view.typing is None and not words.deep else -1 if view.typing is None else view.typing.base
    told = "" if base < 0 else explain_base_change(base, original, reading)
    return (told,) if told else ()
