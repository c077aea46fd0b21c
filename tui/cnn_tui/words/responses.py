"""A response in words: how it was summed, what it read, which cells read it, and what a base adds to it."""

from __future__ import annotations

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.conv_step import ConvStep
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace
from cnn_core.letters.alphabet import PADDING, Ambiguity, decode

from .block_words import filter_title, words_of
from .deep_explanation import explain_source, paired_lines, read_maps, tap_sums
from .equation_text import added_up
from .numbers import interval, number, signed
from .plurals_and_indices import counted, index_ranges, ordinal, verb
from .receptive_field import pool_step_of
from .shapes import Lines

__all__ = ["explain_base", "explain_products", "explain_read", "explain_response", "explain_sum"]

_WIDTH = 76


def explain_response(reading: Reading, trace: Trace) -> Lines:
    """Return how the traced response was summed and what it read; nothing for a trace that ends in an average.

    Where the trace begins at the response, also which cells read it and whether they selected it.
    """
    lines = (*explain_sum(reading, trace), *explain_read(reading, trace))
    step = _conv_step(trace)
    if step is not None and pool_step_of(trace) is None:
        return (*lines, _selected(reading.run, step))
    return lines


def explain_sum(reading: Reading, trace: Trace) -> Lines:
    """Return the traced response as a sum, through its activation functions; nothing for an average."""
    step = _conv_step(trace)
    if step is None:
        return ()
    run = reading.run
    lines = _equation(run, step, named=pool_step_of(trace) is None)
    if not run.activation.elementwise:
        at = f"{words_of(run).conv}[{step.position}]"
        lines.append(f"softmax weighs all {run.filters} filters at {at} against each other")
    return tuple(lines)


def explain_read(reading: Reading, trace: Trace) -> Lines:
    """Return what the traced response read: bases, or positions of feature maps; nothing for an average."""
    step = _conv_step(trace)
    if step is None:
        return ()
    return tuple(read_maps(reading.run, step) if step.source else _read(reading, step))


def _equation(run: BlockRun, step: ConvStep, *, named: bool) -> list[str]:
    """Return the response as a sum and as numbers, through its activation functions, to the activation."""
    products = f"Σ {_summed(run, step)}"
    if run.conv.bias is None:
        words, response, relation = products, number(step.response), "="
        sums = response
    else:
        sums, relation, response = added_up((step.product_sum, step.bias), step.response)
        words = f"{products} + bias"
    value = response if step.value == step.response else number(step.value)
    title = f"{words_of(run).conv}[{step.position}]" + (f" of {filter_title(run, step.filter)}" if named else "")
    numbers = _applied(step.activation, sums)
    if numbers != value:
        between = "" if response in (value, sums) else f"{_applied(step.activation, response)} = "
        numbers += f" {relation} {between}{value}"
    first = f"{title} = {_applied(step.activation, words)}"
    whole = f"{first} = {numbers}"
    return [whole] if len(whole) <= _WIDTH else [first, f"= {numbers}"]


def _summed(run: BlockRun, step: ConvStep) -> str:
    """Return what is added up: the weights that the letters pick, or activations times weights."""
    if step.source:
        return counted(step.count, "product")
    return f"{step.picked} of {step.window.taps * run.channels} weights"


def _applied(activation: str, argument: str) -> str:
    """Return an argument within its activation functions: `relu(…)`, and nothing around it for linear."""
    for function in activation.split(" → "):
        if function != "linear":
            argument = f"{function}({argument})"
    return argument


def _read(reading: Reading, step: ConvStep) -> list[str]:
    """Return what a window read: its bases, its padding, its ambiguous letters."""
    window, taps, name = step.window, len(step.bases), f"conv[{step.position}]"
    outside = sum(window.padding)
    if not window.positions:
        return [f"{name} reads no base: all {taps} taps lie in the padding"]
    whole = "bases" if window.step == 1 else f"every {ordinal(window.step)} base of"
    lines = [f"{name} reads {whole} {interval(*window.interval)}  {step.bases}"]
    if outside:
        lines.append(
            f"{outside} of the {taps} taps {verb(outside, 'lies', 'lie')} in the padding and {_adds(outside)}"
        )
    letters = reading.letters
    beyond = sum(position not in letters for position in window.positions)
    if beyond:
        where = "beside" if letters.start else "right of"
        lines.append(
            f"{beyond} of the {taps} taps {verb(beyond, 'lies', 'lie')} {where} the letters, "
            f"on {'N' if reading.padding.with_n else 'all-zero rows'}, and {_adds(beyond)}"
        )
    ambiguous = sum(_stands_for_several(letter, reading) for letter in step.bases)
    if ambiguous:
        share = reading.ambiguity is Ambiguity.UNIFORM
        one = "shared equally among its letters" if share else "an all-zero row that adds nothing"
        several = "each shared equally among its letters" if share else "all-zero rows that add nothing"
        lines.append(
            f"{ambiguous} of these letters {verb(ambiguous, 'is', 'are')} ambiguous: "
            f"{one if ambiguous == 1 else several}"
        )
    return lines


def _adds(count: int) -> str:
    return f"{verb(count, 'adds', 'add')} nothing"


def _selected(run: BlockRun, step: ConvStep) -> str:
    """Return which cells read a response, and which of them selected it."""
    cells, words = run.pool.sliding.readers(step.position, run.positions), words_of(run)
    if not cells:
        return "no cell reads it" + (": it is left over" if step.position >= run.left_over[0] else "")
    read_by = f"read by {words.pooled}[{index_ranges(cells)}]"
    found = run.selections(cells[0], cells[-1] + 1)
    if found is None:
        return f"{read_by}, an average, which selects nothing"
    selections = found[:, step.filter].tolist()
    at_floor = run.all_zero(cells[0], cells[-1] + 1)[:, step.filter].tolist()
    if all(at_floor):
        assert run.floors is not None
        return f"{read_by}, all {number(float(run.floors[step.filter]))}: nothing was selected"
    selecting = [
        cell
        for cell, selected, floor in zip(cells, selections, at_floor, strict=True)
        if selected == step.position and not floor
    ]
    if len(cells) == 1:
        return f"{read_by}, which selected {'it' if selecting else f'{words.conv}[{selections[0]}]'}"
    return f"{read_by}, selected by {f'{words.pooled}[{index_ranges(selecting)}]' if selecting else 'none of them'}"


def explain_products(trace: Trace, per_line: int = 8) -> Lines:
    """Return every tap's letter and, on the line below, its product; of feature maps, what each position adds.

    Args:
        trace: A trace; where it reaches no response there is nothing to return.
        per_line: How many stand side by side.
    """
    step = _conv_step(trace)
    if step is None:
        return ()
    if step.source:
        return tap_sums(step, per_line)
    products = [signed(float(product)) if product else "0" for product in step.products]
    return paired_lines(step.bases, products, per_line)


def explain_base(reading: Reading, base: int, trace: Trace) -> Lines:
    """Return what a base is to the traced response, and which windows and cells it counts in.

    Args:
        reading: The reading.
        base: A base of the input window, 0-based; of a block that reads feature maps, a position of their layer.
        trace: The trace whose response is looked into.
    """
    run, words = reading.run, words_of(reading.run)
    step = _conv_step(trace)
    if not run.source:
        code = reading.codes(base, base + 1)
        side = "left" if base < reading.letters.start else "right"
        zeros = f"an all-zero row {side} of the letters"
        what = f"base {base} is {zeros if code[0] == PADDING else decode(code)}"
        lines = _under_tap(reading, base, step, what) if step is not None else [what]
    else:
        lines = explain_source(run, base, step)
    windows = run.conv.sliding.readers(base, run.length)
    cells = sorted({cell for window in windows for cell in run.pool.sliding.readers(window, run.positions)})
    if not windows:
        lines.append("no conv window reads it: it is never used")
    else:
        lines.append(
            f"read by {counted(len(windows), 'window')} of every filter: {words.conv}[{index_ranges(windows)}]"
        )
        lines.append(
            f"can change {words.pooled}[{index_ranges(cells)}]"
            if cells
            else f"no cell reads {'that' if len(windows) == 1 else 'any of these'}: it is never used"
        )
    return tuple(lines)


def _under_tap(reading: Reading, base: int, step: ConvStep, what: str) -> list[str]:
    """Return where a base lies in a window, and what it adds there."""
    conv, window = f"conv[{step.position}]", step.window
    tap, between = divmod(base - window.first, window.step)
    if base not in window.positions:
        if between and 0 <= tap < window.taps - 1:
            return [what, f"between two taps of {conv}, which reads every {ordinal(window.step)} base"]
        read = f"bases {interval(*window.interval)}" if window.positions else "all of it padding"
        return [what, f"outside the window of {conv}, {read}"]
    product = number(float(step.products[tap]))
    if base not in reading.letters:
        effect = "adds nothing"
    elif not _stands_for_several(step.bases[tap], reading):
        effect = (
            f"its letter picks the weight {product}: {product} × 1, the other {len(_channels(reading)) - 1} × 0"
        )
    elif reading.ambiguity is Ambiguity.UNIFORM:
        effect = f"ambiguous: {product} is the mean of its letters' weights"
    else:
        effect = "ambiguous: an all-zero row, adds nothing"
    return [f"{what}, under tap {tap} of {conv}", effect]


def _channels(reading: Reading) -> str:
    return reading.model.input.channels


def _stands_for_several(letter: str, reading: Reading) -> bool:
    """Tell whether the policy for ambiguous letters rules a letter."""
    certain = "ACGTN" if "N" in _channels(reading) else "ACGT"
    return letter.upper() not in certain and letter.isalpha()


def _conv_step(trace: Trace) -> ConvStep | None:
    step = trace.steps[-1]
    return None if isinstance(step, PoolStep) else step
