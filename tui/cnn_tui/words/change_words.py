"""What edits change, in words: a value before and now, what was selected, and how many values of a filter differ."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.letters.alphabet import decode

from .numbers import number, signed
from .output_words import before_last_function, output_values
from .plurals_and_indices import counted, index_ranges, verb
from .shapes import Lines

__all__ = [
    "UNCHANGED",
    "before_and_now",
    "explain_base_change",
    "explain_cell_change",
    "explain_changed_filters",
    "explain_edits",
    "explain_moved",
    "explain_output_change",
    "explain_value_change",
    "listed_edits",
    "output_change",
]

UNCHANGED = "unchanged"
"""What a sentence says of a value that is the same."""
_MOST_NAMED = 3
"""Edits that a sentence names, and stretches of changed positions."""


def before_and_now(before: float, now: float) -> str:
    """Return two values, and what lies between them where they would be written alike: `1.02 → 0.40`."""
    told = f"{number(before)} → {number(now)}"
    return f"{told} ({signed(now - before)})" if number(before) == number(now) and before != now else told


def explain_value_change(name: str, before: tuple[float, float], now: tuple[float, float]) -> str:
    """Return what became of an activation, such as `conv[56]: 0.185 → 0`.

    Args:
        name: Its name.
        before: The activation and its response without the edits.
        now: The same with them.
    """
    (value, response), (value_now, response_now) = before, now
    if value != value_now:
        return f"{name}: {before_and_now(value, value_now)}"
    return f"{name}: {UNCHANGED}" + (
        "" if response == response_now else f", its response {before_and_now(response, response_now)}"
    )


def explain_cell_change(name: str, conv: str, before: PoolStep, now: PoolStep) -> str:
    """Return what became of a cell and of what it selected.

    Args:
        name: The cell's name, such as `pooled[5] of filter 17`.
        conv: What the positions that it selects are of.
        before: The cell without the edits.
        now: The cell with them.
    """
    told = f"{name}: {before_and_now(before.value, now.value)}"
    if before.selection is None or now.selection is None:
        return f"{name}: {UNCHANGED}" if before.value == now.value else told
    was_nothing, is_nothing = before.strongest is not None, now.strongest is not None
    if was_nothing and is_nothing:
        return f"{name}: {UNCHANGED}, all {number(now.value)}"
    if is_nothing:
        return f"{told}, all {number(now.value)} now: nothing is selected"
    if was_nothing:
        return f"{told}, {conv}[{now.selection}] is selected now; all were {number(before.value)}"
    if before.value == now.value:
        told = f"{name}: {UNCHANGED}"
        if before.selection == now.selection:
            return told
    if before.selection == now.selection:
        return f"{told}, {conv}[{now.selection}] is selected as before"
    return f"{told}, another position is selected now ({conv}[{now.selection}])"


def explain_base_change(base: int, original: Reading, now: Reading) -> str:
    """Return what became of a letter, such as `base 46: A → G`, or nothing where it is the same.

    Args:
        base: The base of both input windows.
        original: The reading without the edits.
        now: The reading with them.
    """
    if base >= min(original.length, now.length):
        return ""
    before, after = (decode(reading.codes(base, base + 1)).upper() for reading in (original, now))
    return "" if before == after else f"base {base}: {before} → {after}"


def explain_edits(reading: Reading, cells: Sequence[int], pooled: str, *, whole: bool) -> Lines:
    """Return what is edited, and how many cells of a filter are others than without the edits.

    Args:
        reading: The reading with the edits.
        cells: The cells of the filter that differ.
        pooled: What they are called.
        whole: Whether all cells were compared, or those on the screen alone.
    """
    where = "" if whole else " on the screen"
    count = f"{len(cells) or 'no'} {'cell' if len(cells) == 1 else 'cells'} of this filter{where} changed"
    told = f"{count}: {pooled}[{_ranges(cells)}]" if len(cells) else count
    lines = [f"edited: {listed_edits((*reading.edit_names, *reading.model.weight_names))}", told]
    return *lines, *explain_moved(reading)


def explain_moved(*readings: Reading) -> Lines:
    """Return what must be said where letters are put into any of some readings, or taken out."""
    edits = (edit for reading in readings for edit in reading.edits)
    if all(len(edit.letters) == edit.stop - edit.start for edit in edits):
        return ()
    return ("right of letters put in or taken out, positions are compared with other letters",)


def explain_changed_filters(count: int, filters: int, most: tuple[int, int, float] | None, pooled: str) -> Lines:
    """Return how many filters have a cell that changed, and where most did: so that one knows where to look.

    Args:
        count: How many have.
        filters: How many filters there are.
        most: The cell that changed most, its filter, and by how much; None where none did.
        pooled: What cells are called.
    """
    if most is None:
        return ("no cell of any filter changed",)
    cell, chosen, by = most
    which = f"{count:,} of {counted(filters, 'filter')} {verb(count, 'has', 'have')} a cell that changed"
    return (f"{which}, most of all {pooled}[{cell}] of filter {chosen}, by {signed(by)}",)


def _ranges(indices: Sequence[int]) -> str:
    told = index_ranges(indices).split(", ")
    return ", ".join(told[:_MOST_NAMED]) + (" …" if len(told) > _MOST_NAMED else "")


def listed_edits(names: Sequence[str]) -> str:
    """Return the names of edits in one line, the first few of many."""
    shown = ", ".join(map(printable, names[:_MOST_NAMED]))
    rest = len(names) - _MOST_NAMED
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def output_change(original: Reading, now: Reading) -> str:
    """Return the first values of the output before and now, such as `0.973 → 0.412`, or what `output_values` says.

    Where a single value is written alike before and now, the logits tell them apart.
    """
    before, after = output_values(original), output_values(now)
    if not after or after.startswith("no ") or before.startswith("no ") or not before:
        return after
    if before == after and (logits := _logits(original, now)):
        return f"{after}, logit {number(logits[0])} → {number(logits[1])}"
    firsts, lasts = (values.removesuffix(" …").split(", ") for values in (before, after))
    if len(firsts) != len(lasts):
        return f"{before} → {after}"
    more = " …" if after.endswith(" …") else ""
    return ", ".join(f"{first} → {last}" for first, last in zip(firsts, lasts, strict=True)) + more


def _logits(original: Reading, now: Reading) -> tuple[float, float] | None:
    """Return what a last sigmoid is applied to before and now, of a network with a single output; None without one."""
    given: list[float] = []
    for reading in (original, now):
        output = reading.output
        if output.values is None or output.values.size != 1:
            return None
        found = before_last_function(reading, output.layer)
        if found is None or found[0] != "sigmoid":
            return None
        given.append(found[1])
    return given[0], given[1]


def explain_output_change(original: Reading, now: Reading) -> Lines:
    """Return by how much the edits change the output, of a network with a single one; nothing before it is known."""
    if original.obstacle or now.obstacle or not (original.is_computed and now.is_computed):
        return ()
    before, after = original.output.values, now.output.values
    if before is None or after is None or before.size != 1 or after.size != 1:
        return ()
    change = float(after.ravel()[0]) - float(before.ravel()[0])
    logits = _logits(original, now)
    if not change and (logits is None or logits[0] == logits[1]):
        return ("this model's output is unchanged",)
    count = len(now.edits) + len(now.model.weight_edits)
    edits = counted(count, "edit").removeprefix("1 ")
    told = f"the {edits} {verb(count, 'changes', 'change')} this model's output by {signed(change)}"
    return (told if logits is None else f"{told}, its logit by {signed(logits[1] - logits[0])}",)
