"""What is said of two readings that stand side by side: what they are, their outputs, and a value of both."""

from __future__ import annotations

from dataclasses import asdict

from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.letters.alphabet import decode

from .block_words import filter_title
from .change_words import listed_edits
from .numbers import number
from .output_words import output_values, why_no_output
from .shapes import Lines

__all__ = ["explain_both", "explain_letters", "explain_no_output", "explain_selections", "names_of", "outputs_of"]


def names_of(kind: str, a: Reading, b: Reading, filters: tuple[int, int]) -> tuple[str, str]:
    """Return what A and B are, by what they differ in.

    Args:
        kind: What differs, see `cnn_tui.opening.versus.Versus.kind`.
        a: What is shown of the one.
        b: What is shown of the other.
        filters: The filter that is looked at in each.
    """
    if kind == "filter":
        return filter_title(a.run, filters[0]), filter_title(b.run, filters[1])
    if kind == "model":
        return _model(a), _model(b)
    if kind == "set":
        mine, theirs = asdict(a.settings), asdict(b.settings)
        differ = [name for name in mine if mine[name] != theirs[name]]
        if differ:
            told = (", ".join(f"{name.replace('_', ' ')} {of[name]}" for name in differ) for of in (mine, theirs))
            first, second = told
            return first, second
        return "the same settings", "the same settings"
    if kind == "strand":
        first, second = (f"{printable(each.region)} {'−' if each.reverse else '+'} strand" for each in (a, b))
        return first, second
    if kind == "record":
        return printable(a.region), printable(b.region)
    own = "the model" if not a.edits and not b.edits else printable(a.record.name)
    return _edits(a, own), _edits(b, own)


def _model(reading: Reading) -> str:
    return f"model {printable(reading.model.name)}"


def _edits(reading: Reading, own: str) -> str:
    """Return the edits of a reading, or of what there are none."""
    names = (*reading.edit_names, *reading.model.weight_names)
    return listed_edits(names) if names else f"{own} as it is"


def outputs_of(a: Reading, b: Reading) -> str:
    """Return both outputs and their difference, `…` while they are computed; nothing where there is one or none."""
    if a is b:
        return ""
    mine, theirs = output_values(a), output_values(b)
    if not mine or not theirs or (mine.startswith("no ") and theirs.startswith("no ")):
        return ""
    told = f"output A {_output(mine)} · B {_output(theirs)}"
    if "…" in (mine, theirs) or mine.startswith("no ") or theirs.startswith("no "):
        return told
    first, second = a.output.values, b.output.values
    if first is None or second is None or first.size != 1 or second.size != 1:
        return told
    return f"{told} · A − B {number(float(first.ravel()[0]) - float(second.ravel()[0]))}"


def explain_no_output(a: Reading, b: Reading) -> Lines:
    """Return why one of the two has no output, where the other has."""
    reasons = why_no_output(a), why_no_output(b)
    if all(reasons):
        return ()
    return tuple(f"{side}: {reason}" for side, reason in zip("AB", reasons, strict=True) if reason)


def _output(values: str) -> str:
    return "none" if values.startswith("no ") else values


def explain_both(name: str, a: float, b: float | None, there: str = "") -> str:
    """Return a value of both: `pooled[5] of filter 17: A 1.02 · B 0.40 · A − B 0.62`.

    Args:
        name: What it is in A.
        a: Its value in A.
        b: Its value in B; None where B has none.
        there: What stands in B over the same bases, where the two are not subtracted.
    """
    if b is None:
        return f"{name}: A {number(a)} · B has none"
    if there:
        return f"A {name}: {number(a)} · B {there}: {number(b)}"
    return f"{name}: A {number(a)} · B {number(b)} · A − B {number(a - b)}"


def explain_selections(conv: str, a: PoolStep, b: PoolStep) -> Lines:
    """Return what a cell of A and one of B selected, where they are max pools and it is not the same."""
    mine, theirs = (None if each.strongest is not None else each.selection for each in (a, b))
    if mine == theirs:
        return () if mine is None else (f"both select {conv}[{mine}]",)
    told = ("nothing" if each is None else f"{conv}[{each}]" for each in (mine, theirs))
    return ("A selects {}, B {}".format(*told),)


def explain_letters(base: int, a: Reading, b: Reading) -> Lines:
    """Return the letter at a base of both input windows, as far as they reach."""
    if base >= min(a.length, b.length):
        return ()
    mine, theirs = (decode(each.codes(base, base + 1)).upper() for each in (a, b))
    return (
        f"base {base}: letter {mine} in A, letter {theirs} in B"
        if mine != theirs
        else f"base {base}: letter {mine} in both",
    )
