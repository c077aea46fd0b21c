"""A response over feature maps in words: which positions and channels it reads, and what adds most to it."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.conv_step import ConvStep
from cnn_core.layers import Part, Window

from .block_words import channel_words, layer_name
from .numbers import number, signed
from .plurals_and_indices import counted, index_range, index_ranges, verb
from .receptive_field import field_of

__all__ = ["explain_source", "paired_lines", "read_maps", "tap_sums"]

_NAMED = 4


def read_maps(run: BlockRun, step: ConvStep) -> list[str]:
    """Return which positions and channels a response reads, what adds most to it, and what the rest adds."""
    source, taps = layer_name(step.source), step.window.taps
    at = f"{layer_name(step.layer)}[{step.position}]"
    outside = sum(step.window.padding)
    if not step.window.positions:
        return [f"{at} reads no position of {source}: all {taps} taps lie in the padding"]
    read = f"{at} reads {source}[{_positions(step.window)}] of {channel_words(step, run.channels)}"
    lines = [read, field_of(step.receptive_field, run.bases)]
    if outside:
        what = verb(outside, "lies in the padding and adds nothing", "lie in the padding and add nothing")
        lines.append(f"{outside} of the {taps} taps {what}")
    largest = step.largest(_NAMED)
    lines += [_added(each, source) for each in largest]
    lines += _rest(step.rest(largest), step.count - len(largest))
    return lines


def _positions(window: Window) -> str:
    return index_range(*window.interval) if window.step == 1 else index_ranges(window.positions)


def _added(each: Part, source: str) -> str:
    position, channel = each.index
    return f"{signed(each.amount)} = {source}[{position}] channel {channel}: {_product(each)}"


def _product(each: Part) -> str:
    assert each.weight is not None
    return f"{number(each.value)} × {number(each.weight)}"


def _rest(amount: float, count: int) -> list[str]:
    return [f"{signed(amount) if amount else '0'} from the other {count:,}"] if count > 0 else []


def explain_source(run: BlockRun, position: int, step: ConvStep | None) -> list[str]:
    """Return what a position that a convolution reads is to a response, and its receptive field.

    Args:
        run: The block.
        position: A position of the layer that the convolution reads.
        step: The response that is looked into, or None.
    """
    name = f"{layer_name(run.source)}[{position}]"
    lines = []
    if step is not None:
        lines += _under_tap(step, position, name)
    lines.append(field_of(run.input_field(position), run.bases, name))
    return lines


def _under_tap(step: ConvStep, position: int, name: str) -> list[str]:
    conv = f"{layer_name(step.layer)}[{step.position}]"
    if position not in step.window.positions:
        read = _positions(step.window) if step.window.positions else ""
        return [
            f"{name} is not read by {conv}" + (f", which reads {layer_name(step.source)}[{read}]" if read else "")
        ]
    tap = (position - step.window.first) // step.window.step
    added = float(step.per_tap[tap])
    products = counted(len(step.channels), "product")
    lines = [f"{name} under tap {tap} of {conv}: Σ {products} = {number(added)}"]
    largest = step.largest(_NAMED, tap)
    if not largest:
        return [*lines, "every product here is 0"]
    lines += [f"{signed(each.amount)} = channel {each.index[1]}: {_product(each)}" for each in largest]
    return lines + _rest(step.rest(largest, tap), len(step.channels) - len(largest))


def tap_sums(step: ConvStep, per_line: int) -> tuple[str, ...]:
    """Return the positions under the taps and, on the line below, what all channels of each add together.

    Args:
        step: The response.
        per_line: How many stand side by side.
    """
    length = step.window.length
    read = [step.window.first + tap * step.window.step for tap in range(step.window.taps)]
    names = [f"[{position}]" if 0 <= position < length else "·" for position in read]
    sums = [signed(float(added)) if added else "0" for added in step.per_tap]
    return paired_lines(names, sums, per_line)


def paired_lines(names: Sequence[str], numbers: Sequence[str], per_line: int) -> tuple[str, ...]:
    """Return names and, on the line below, what belongs to each, as wide as the widest of all.

    Args:
        names: The names.
        numbers: As many words.
        per_line: How many stand side by side.
    """
    width = max(map(len, (*names, *numbers))) + 2
    lines = []
    for first in range(0, len(numbers), per_line):
        for row in (names, numbers):
            lines.append("".join(each.ljust(width) for each in row[first : first + per_line]).rstrip())
    return tuple(lines)
