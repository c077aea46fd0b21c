"""The axes of a reading in words: what is read, how many windows and cells that makes, and what is left over."""

from __future__ import annotations

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.layers import IndexInput, Padding, Sliding, padding_text
from cnn_core.letters.alphabet import BASES, ZERO_CHANNEL, Ambiguity

from .block_words import BlockWords, layer_name, words_of
from .numbers import interval
from .plurals_and_indices import counted, index_range, verb

__all__ = ["block_sentences", "explain_input", "explain_left_over", "explain_place", "explain_shapes"]

Lines = tuple[str, ...]


def explain_input(reading: Reading) -> Lines:
    """Return what the network reads: the record, the input window, the strand, padding and ambiguous letters."""
    record, letters = reading.record, reading.stop - reading.start
    lines = [
        f"record {printable(record.name)}, {counted(len(record), 'base')}",
        f"input {printable(reading.region)}, {counted(letters, 'base')}",
    ]
    if reading.edits:
        lines.append(f"edited: {', '.join(map(printable, reading.edit_names))}")
    if reading.model.weight_edits:
        lines.append(f"weights edited: {', '.join(map(printable, reading.model.weight_names))}")
    if reading.reverse:
        lines.append("the other strand: base 0 is the complement of the input's last letter")
    if reading.padded:
        lines.append(
            f"{printable(reading.model.name)} reads {counted(reading.length, 'base')}: "
            f"{reading.padding.words(reading.padded)}"
        )
    # Where letters are numbers, their own line says what any other letter is.
    if reading.ambiguous and not isinstance(reading.model.input, IndexInput):
        lines.append(_AMBIGUITY[reading.ambiguity])
    return (*lines, *_further_inputs(reading))


def _further_inputs(reading: Reading) -> Lines:
    """Return what the network reads beside the four bases, and which of it is zeros."""
    lines = []
    entrance = reading.model.input
    channels = entrance.channels
    if isinstance(entrance, IndexInput):
        numbers = ", ".join(f"{letter} {number}" for letter, number in entrance.numbers.items())
        lines.append(f"letters as numbers: {numbers}, any other letter {entrance.other}")
    elif channels != BASES:
        rules = ["N is set by the letter N alone"] if "N" in channels else []
        zeros = channels.count(ZERO_CHANNEL)
        rules += [f"{counted(zeros, 'further channel')} {verb(zeros, 'is', 'are')} zero"] if zeros else []
        lines.append(f"channel order {channels}" + (f": {'; '.join(rules)}" if rules else ""))
    lines += [f"input {printable(name)}: the numbers that were given" for name in reading.side_inputs]
    lines += [f"input {printable(name)}: all zeros, since no --input gives it" for name in reading.zero_inputs]
    return tuple(lines)


_AMBIGUITY = {
    Ambiguity.ZERO: "ambiguous letters are all-zero rows and add nothing (zero)",
    Ambiguity.UNIFORM: "ambiguous letters are shared among those they stand for (uniform)",
    Ambiguity.ERROR: "ambiguous letters are refused (error)",
}


def explain_place(reading: Reading, start: int, stop: int) -> Lines:
    """Return where half-open bases of the input lie in the record, in samtools form.

    Args:
        reading: The reading.
        start: The first position.
        stop: One past the last; what lies beyond the letters is left out.
    """
    start, stop = max(start, reading.letters.start), min(stop, reading.letters.stop)
    if start >= stop:
        return ()
    ends = sorted((reading.record_position(start), reading.record_position(stop - 1)))
    strand = ", the other strand" if reading.reverse else ""
    return (
        f"in the record, as samtools counts: {printable(reading.record.name)}:{ends[0] + 1}-{ends[1] + 1}{strand}",
    )


def explain_shapes(reading: Reading) -> Lines:
    """Return how many windows and cells there are, by the sums that say why, and what each stride steps over."""
    run, words = reading.run, words_of(reading.run)
    conv, pool = run.conv.sliding, run.pool.sliding
    windows, cells = verb(run.positions, "window", "windows"), verb(run.cells, "cell", "cells")
    return (
        f"{words.conv}: {_sum(conv, run.length)} {windows} of {_width(conv, words)}, stride {conv.stride}",
        *_source(run),
        *_padding(words.conv, conv, run.length),
        f"each filter gives one number a window: {counted(run.filters, 'feature map')} of {run.positions:,} positions",
        f"{words.pool}: 1 cell of all {counted(run.positions, 'position')}, however many there are"
        if run.pools_all
        else f"{words.pool}: {_sum(pool, run.positions)} {cells} of {_pooled(pool)}, stride {pool.stride}",
        *_padding(words.pool, pool, run.positions),
        f"each filter is pooled for itself, never with another: {run.cells:,} × {run.filters:,} cells",
        *_overlap(pool, run.cells),
    )


def _width(conv: Sliding, words: BlockWords) -> str:
    read = "position" if words.deep else "base"
    if conv.dilation == 1:
        return counted(conv.size, read)
    span = f"{conv.dilation} × {conv.size - 1} + 1 = {conv.span}"
    return f"{conv.size} taps, {conv.dilation} apart, over {span} {read}s"


def _pooled(pool: Sliding) -> str:
    return counted(pool.size, "position") + (f", {pool.dilation} apart" if pool.dilation > 1 else "")


def _source(run: BlockRun) -> Lines:
    """Return what a convolution reads that does not read the letters, and how that lies over the bases."""
    if not run.source:
        return ()
    apart = counted(run.alignment.stride, "base")
    return (
        f"it reads {layer_name(run.source)}: {run.length:,} positions, {apart} apart, × {run.channels:,} channels",
    )


def _sum(sliding: Sliding, length: int) -> str:
    """Return how many windows fit, such as `500 − 16 + 1 = 485`."""
    count = f"{sliding.output_length(length):,}"
    if sliding.padding is Padding.SAME:
        return f"⌈{length:,} / {sliding.stride}⌉ = {count}"
    padded = " + ".join(f"{each:,}" for each in (length, *sliding.pads(length)) if each)
    inner = f"{padded} − {sliding.span}"
    if sliding.ceil and sliding.stride > 1:
        # Without the last window where that would begin in the padding.
        whole = -(-(length + sum(sliding.pads(length)) - sliding.span) // sliding.stride) + 1
        dropped = " − 1" if whole > sliding.output_length(length) else ""
        return f"⌈({inner}) / {sliding.stride}⌉ + 1{dropped} = {count}"
    return f"{inner} + 1 = {count}" if sliding.stride == 1 else f"⌊({inner}) / {sliding.stride}⌋ + 1 = {count}"


def _padding(layer: str, sliding: Sliding, length: int) -> Lines:
    left, right = sliding.pads(length)
    beyond = (sliding.output_length(length) - 1) * sliding.stride + sliding.span - left - length - right
    hangs = (f"the last window of the {layer} hangs over the end by {counted(beyond, 'position')}",)
    if sliding.padding is Padding.VALID:
        return hangs if beyond > 0 else ()
    name = "" if isinstance(sliding.padding, tuple) else f"{sliding.padding} "
    return f"{name}padding of the {layer}: {left} left, {right} right", *(hangs if beyond > 0 else ())


def _overlap(pool: Sliding, cells: int) -> Lines:
    """Return what neighbouring pool windows share, or leave between them; they mostly do neither."""
    apart = pool.stride - pool.size
    if not apart or cells < 2 or pool.dilation > 1:
        return ()
    if apart < 0:
        return (f"neighbouring pool windows share {counted(-apart, 'activation')}",)
    return (f"no cell reads the {counted(apart, 'activation')} between neighbouring pool windows",)


def explain_left_over(reading: Reading) -> Lines:
    """Return which positions no pool window reads at the end, and which bases are therefore never used."""
    run, words = reading.run, words_of(reading.run)
    (start, stop), (first, end) = run.left_over, run.left_over_bases
    bases = f"{verb(end - first, 'base', 'bases')} {interval(first, end)}" if first < end else ""
    unused = f"{bases} {verb(end - first, 'is', 'are')} never used"
    if start == stop:
        none = (f"nothing is left over: {_parts(reading)}",)
        return (*none, f"{unused}: no conv window reads so far") if bases else none
    consequence = f"so {unused}" if bases else "but other windows read its bases"
    return (f"left over: {words.conv}[{index_range(start, stop)}], in no cell, {consequence}",)


def _parts(reading: Reading) -> str:
    """Return how the positions divide into pool windows: `480 = 60 × 8`."""
    run, pool = reading.run, reading.run.pool.sliding
    if run.pools_all:
        return f"one cell is of all {counted(run.positions, 'position')}"
    if pool.padding is not Padding.VALID:
        name = padding_text(pool.padding)
        said = f"padding {name}" if isinstance(pool.padding, tuple) else f"{name} padding"
        return f"{said} of the pool, {counted(run.cells, 'cell')}"
    if pool.ceil:
        return f"the last of {counted(run.cells, 'cell')} takes what is left"
    whole = f"{run.cells:,} × {pool.size}" if pool.size == pool.stride else ""
    return f"{run.positions:,} = {whole or f'{run.cells - 1:,} × {pool.stride} + {pool.span}'}"


def block_sentences(reading: Reading) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Return the two sentences that say how the convolution feeds the pool, from the settings in force.

    Returns:
        Of the convolution and of the pool: the name in front, what it makes of what it reads, and how many that
        gives, such as `16 bases → 1 number for each filter; stride 1 base` and `500 − 16 + 1 = 485`.
    """
    run, words = reading.run, words_of(reading.run)
    conv, pool = run.conv.sliding, run.pool.sliding
    unit = "position" if words.deep else "base"
    read = f"{conv.size} of {counted(conv.span, unit)}" if conv.dilation > 1 else counted(conv.size, unit)
    if words.deep:
        read += f" × {counted(len(run.conv.weights_of(0)[0]), 'channel')}"
    if pool.size == 1:
        selected = "the one position itself"
    else:
        makes = "the largest" if run.selects else "their mean"
        apart = f", {pool.dilation} apart" if pool.dilation > 1 else ""
        those = f"all {pool.size:,}" if run.pools_all else f"{pool.size} of these{apart}"
        selected = f"{those}, same filter → {makes}"
    left = run.left_over[1] - run.left_over[0]
    rest = f", {left:,} left" if left else ""
    further = f"; stride {pool.stride}" if run.cells > 1 else ""
    return (
        (
            words.conv,
            f"{read} → 1 number for each filter; stride {counted(conv.stride, unit)}",
            _sum(conv, run.length),
        ),
        (words.pool, f"{selected}{further}", f"{run.positions:,} → {run.cells:,}{rest}"),
    )
