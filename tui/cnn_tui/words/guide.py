"""How to read the first screen, and the questions that a newcomer asks, answered with the settings in force."""

from __future__ import annotations

from cnn_core.blocks.reading import Reading

from .block_words import words_of
from .plurals_and_indices import counted, verb

__all__ = ["how_to_read", "newcomers_questions"]


def how_to_read(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Return the names at the left of the tracks, each with what stands there."""
    run, words = reading.run, words_of(reading.run)
    conv, pool = run.conv.sliding, run.pool.sliding
    columns = pool.stride * conv.stride * run.alignment.stride
    averages = not run.selects
    read = counted(conv.size, "position" if words.deep else "base")
    function = f", then {run.activation.name}" if run.activation.name != "linear" else ""
    added = "products" if words.deep else f"{conv.size} weights"
    rows = [
        ("letters", "what the model reads, base 0 first"),
        ("window", f"the {read} of one {words.conv} number"),
    ]
    if not words.deep:
        rows.append(
            ("weights", f"each letter picks 1 of {run.channels}: {conv.size} of {conv.size * run.channels}")
        )
    rows.append((words.conv, f"Σ of {added} + bias{function}, drawn over its first base"))
    of = f"all {pool.size:,}" if run.pools_all else f"{pool.size}"
    if averages:
        rows.append((words.pool, f"an average of {of}: nothing is selected"))
    else:
        rows.append((f"{words.pool} ▲", f"where the largest of {of} stands; △ a tie, the first is selected"))
        if run.floors is not None:
            rows.append(("all 0", "nothing was selected"))
    what = "mean" if averages else "largest"
    width = "as wide as the input" if run.pools_all else f"{counted(columns, 'base')} wide"
    rows.append((words.pooled, f"that {what}: one cell, {width}"))
    if run.left_over[0] < run.left_over[1]:
        rows.append(("╱╱╱", "left over: in no cell"))
    rows += [("maps", f"{words.conv} of the filters nearby"), ("cells", "their cells")]
    return tuple(rows)


def newcomers_questions(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Return the questions that were asked of such a network, each with its answer."""
    run, words = reading.run, words_of(reading.run)
    conv, pool = run.conv.sliding, run.pool.sliding
    unit = "position" if words.deep else "base"
    found = [
        (
            f"Does {conv.size} become {1 if run.pools_all else pool.size}?",
            f"{'Yes' if run.pools_all else 'No'}: "
            f"{counted(conv.size, unit)} {verb(conv.size, 'becomes', 'become')} 1 number.",
        ),
        (
            f"Are {'' if run.pools_all else f'{pool.size} '}filters grouped?",
            f"No: {run.filters:,} in, {run.filters:,} out.",
        ),
    ]
    if run.reads_letters and run.selects:
        found.append(("Are letters pooled?", "No: a maximum of one-hot rows only says which occur."))
    left = run.left_over[1] - run.left_over[0]
    if left and pool.size == pool.stride:
        parts = f"{run.positions:,} = {run.cells:,} × {pool.size} + {left}"
        found.append((f"Where {verb(left, 'does', 'do')} {left} go?", f"{parts}: left over."))
    return tuple(found)
