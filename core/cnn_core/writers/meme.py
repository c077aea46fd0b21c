"""Filters as motifs, in MEME's minimal format.

A kernel is not a probability matrix, so one of two rules makes probabilities of it, and the file says which:

**windows**: the letters under the filter's window wherever its activation exceeds half of its largest anywhere in the
sequences, counted column by column. It is the rule of DeepBind and Basset, suits any network, and says what the filter
found in these sequences. Windows with anything but A, C, G and T, or that extend beyond an end, are not counted; a
filter without such a window has no motif.

**weights**: background × 2^weight, shared out to 1 in each column. It is exact for weights that are log-odds in
bits against that background, as those of motif files and of the preset `motifs` are, and a picture of the kernel
for any other.

Where the kernel is dilated, the motif has the bases between the taps too.

Sources: B. Alipanahi et al., Nature Biotechnology 33:831-838 (2015); D. R. Kelley et al., Genome Research
26:990-999 (2016); the format, https://meme-suite.org/meme/doc/meme-format.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.assumptions import as_comments, edit_comments
from ..blocks.letter_block import LetterRun, run_on_letters
from ..blocks.reading import Reading
from ..errors import ModelError
from ..layers import Array
from ..letters.alphabet import BASE_SET, BASES
from ..motifs import UNIFORM, Motif, checked_background
from .kernels import channels_of
from .values import filter_label

__all__ = ["MOTIF_RULES", "motifs_of_weights", "motifs_of_windows", "write_meme"]

MOTIF_RULES: Final = ("windows", "weights")
"""How a filter becomes probabilities."""

_VALUES_AT_ONCE: Final = 1 << 20
# From a set of bases to the column of its one base; -1 for any other set.
_COLUMN: Final = np.full(16, -1, dtype=np.int64)
_COLUMN[[1, 2, 4, 8]] = range(4)


def motifs_of_weights(
    reading: Reading, filters: Sequence[int], background: Sequence[float] = UNIFORM
) -> tuple[Motif, ...]:
    """Return filters as motifs by the rule `weights`.

    Args:
        reading: The block.
        filters: The filters, by number.
        background: The frequencies of A, C, G and T.

    Raises:
        SettingError: The background is not a share of each base, or the kernels read feature maps.
    """
    shares = checked_background(background)
    run = run_on_letters(reading.run)
    order = [channels_of(reading).index(base) for base in BASES]
    kernel = run.conv.full_kernel()[:, order].astype(np.float64)
    found = []
    for index in filters:
        odds = kernel[:, :, index] + np.log2(shares)
        powers = np.exp2(odds - odds.max(axis=1, keepdims=True))
        rows = np.tile(shares, (run.conv.sliding.span, 1))
        rows[:: run.conv.dilation] = powers / powers.sum(axis=1, keepdims=True)
        found.append(Motif(filter_label(run, index), filter_label(run, index), rows))
    return tuple(found)


def motifs_of_windows(
    readings: Callable[[], Iterable[Reading]],
    filters: Sequence[int],
    progress: Callable[[], None] = lambda: None,
) -> tuple[Motif, ...]:
    """Return filters as motifs by the rule `windows`.

    Args:
        readings: Gives the block on every input window of the sequences; called twice, since the largest activation
            must be known before windows are counted.
        filters: The filters, by number.
        progress: Called now and then; it may raise to stop.

    Returns:
        One motif for each filter that has windows, in order.

    Raises:
        SettingError: The kernels read feature maps.
    """
    largest = np.full(len(filters), -np.inf, dtype=np.float32)
    for _, _, _, activations in _activations(readings(), filters, progress):
        np.maximum(largest, activations.max(axis=0), out=largest)
    counts: NDArray[np.int64] | None = None
    names: list[str] = []
    for reading, run, start, activations in _activations(readings(), filters, progress):
        if counts is None:
            counts = np.zeros((len(filters), run.conv.sliding.span, len(BASES)), dtype=np.int64)
            names = [filter_label(reading.run, index) for index in filters]
        # For a filter that is never above 0, every window would count as strong.
        strong = (activations > largest / 2) & (largest > 0)
        _count(run, start, strong, counts)
    if counts is None:
        return ()
    sites = counts[:, 0].sum(axis=1)
    return tuple(
        Motif(name, name, counted.astype(np.float64), int(count))
        for name, counted, count in zip(names, counts, sites.tolist(), strict=True)
        if count
    )


def _activations(
    readings: Iterable[Reading], filters: Sequence[int], progress: Callable[[], None]
) -> Iterator[tuple[Reading, LetterRun, int, Array]]:
    """Yield the filters' activations in chunks, each with its reading, the run that computes it and its start."""
    for reading in readings:
        run = run_on_letters(reading.run)
        run = run.for_filter(filters[0]) if len(filters) == 1 else run
        columns = [0] if run.filters == 1 else [*filters]
        size = max(1, _VALUES_AT_ONCE // run.filters)
        for start in range(0, run.positions, size):
            yield reading, run, start, run.activations(start, min(start + size, run.positions))[:, columns]
            progress()


def _count(run: LetterRun, start: int, strong: NDArray[np.bool_], counts: NDArray[np.int64]) -> None:
    """Add the letters under strong windows to the counts, shape (filters, span, 4)."""
    sliding = run.conv.sliding
    first = sliding.window(start, run.length).first
    codes = run.codes(first, first + (len(strong) - 1) * sliding.stride + sliding.span)
    columns = _COLUMN[codes & BASE_SET]
    # A window is counted if as many of its letters are bases as it is wide.
    bases = np.concatenate([[0], np.cumsum(columns >= 0)])
    firsts = np.arange(len(strong)) * sliding.stride
    whole = bases[firsts + sliding.span] - bases[firsts] == sliding.span
    taps = np.arange(sliding.span)
    for mine, marked in zip(counts, (strong & whole[:, None]).T, strict=True):
        windows = firsts[marked]
        for tap in taps if len(windows) else ():
            mine[tap] += np.bincount(columns[windows + tap], minlength=len(BASES))


def write_meme(
    motifs: Sequence[Motif],
    file: BinaryIO,
    rule: str,
    background: Sequence[float] = UNIFORM,
    assumed: Sequence[str] = (),
    edits: Sequence[str] = (),
) -> None:
    """Write motifs in MEME's minimal format, which MEME's tools and this program read.

    Args:
        motifs: The motifs, at least one.
        file: A file that is open for writing bytes.
        rule: One of `MOTIF_RULES`: how they were made; the file's comment says it.
        background: The frequencies of A, C, G and T.
        assumed: What had to be assumed; it becomes comments in the file.
        edits: The names of the edits of the letters, which become a comment too.

    Raises:
        ModelError: There is no motif.
        SettingError: The background is not a share of each base.
    """
    if not motifs:
        raise ModelError("no filter has a window to count", remedy="give more sequences, or --motif-rule weights")
    shares = checked_background(background)
    said = {
        "windows": "letters under the windows whose activation exceeds half of the filter's largest",
        "weights": "background x 2^weight, shared out to 1 in each column",
    }[rule]
    lines = ["MEME version 4", "", f"# {said}", *edit_comments(edits), *as_comments(assumed), ""]
    lines += [f"ALPHABET= {BASES}", "", "strands: +", ""]
    lines += ["Background letter frequencies", " ".join(f"{b} {s:.6g}" for b, s in zip(BASES, shares, strict=True))]
    for name, motif in zip(_distinct([motif.name for motif in motifs]), motifs, strict=True):
        sites = "" if motif.sites is None else f" nsites= {motif.sites}"
        lines += ["", f"MOTIF {name}", f"letter-probability matrix: alength= 4 w= {motif.width}{sites}"]
        lines += [" ".join(f"{share:.6f}" for share in row) for row in motif.probabilities]
    file.write(("\n".join(lines) + "\n").encode())


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names without duplicates: the second TBP is TBP_2."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
