"""Filters as motifs, by any of the rules: see `rules`.

A site is a window of A, C, G and T inside its stretch. What a threshold is taken from, the largest activation and the
mean, is of all positions, those that look at an N or beyond an end too, as the network computes them. A filter that
gives nothing but its lowest value (0 behind a relu) has no site. Of equal activations `top` and `best` take the one on
the + strand, and then the one that comes first.

Counts are whole numbers and means are summed in whole steps, so that no result depends on how records are gathered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.filter_labels import filter_label
from ..layers import Array
from ..letters.alphabet import BASES, Ambiguity
from ..letters.record_batches import RecordSlice
from ..network.block import Block
from ..network.model import Model
from ..work.progress import Progress, no_progress
from .exponential_family import shares_of_weights
from .filter_motif import FilterMotif, MotifSettings
from .filter_windows import FilterWindows, Windows, convolution_on_letters
from .matrix_rules import MotifRule
from .window_thresholds import BestOfAll, Mean, largest_activations

__all__ = ["filter_motifs"]

_SITES_AT_ONCE: Final = 1 << 15


def filter_motifs(
    model: Model,
    block: Block,
    stretches: Sequence[RecordSlice],
    rule: MotifRule | str = "windows",
    settings: MotifSettings | None = None,
    filters: Sequence[int] | None = None,
    *,
    ambiguity: Ambiguity | str = Ambiguity.ZERO,
    progress: Progress = no_progress,
) -> tuple[FilterMotif, ...]:
    """Return filters as motifs.

    Args:
        model: The model, which reads stretches as long as they are: see `Model.of_any_length`.
        block: One of its `letter_blocks`.
        stretches: What is read, gone through once or more; the rule `weights` needs none.
        rule: How filters become matrices, by name or parsed.
        settings: How counts become shares; None is the defaults.
        filters: The filters, by number; None is all.
        ambiguity: What an ambiguous letter becomes.
        progress: Told how much is done and how much there is; it may raise to stop.

    Returns:
        A motif for each filter, in order; those without a site have counts of 0.

    Raises:
        SettingError: There is no such rule, or the block's convolution does not read the letters.
        SequenceError: The policy is `error` and a letter is ambiguous.
    """
    rule = MotifRule.parse(rule) if isinstance(rule, str) else rule
    settings = MotifSettings() if settings is None else settings
    conv, channels = convolution_on_letters(model, block)
    filters = tuple(range(conv.filters)) if filters is None else tuple(filters)
    sites: list[int | None]
    if rule.reads_sequences:
        windows = FilterWindows(model, block, stretches, filters, strands=settings.strands, ambiguity=ambiguity)
        counts = _counts(windows, rule, progress)
        sites = [*counts[:, 0].sum(axis=1).tolist()]
        columns = counts.astype(np.float64)
    else:
        kernel = conv.full_kernel()[:, [channels.index(base) for base in BASES]].astype(np.float64)
        columns = np.tile(np.asarray(settings.background, dtype=np.float64), (len(filters), conv.sliding.span, 1))
        for found, index in zip(columns, filters, strict=True):
            found[:: conv.dilation] = shares_of_weights(kernel[:, :, index], settings.background, rule.number)
        sites = [None] * len(filters)
    return tuple(
        FilterMotif(index, filter_label(conv, index), found, count, rule, settings)
        for index, found, count in zip(filters, columns, sites, strict=True)
    )


def _counts(windows: FilterWindows, rule: MotifRule, progress: Progress) -> NDArray[np.int64]:
    """Return how often each letter stands in each column of each filter's sites, shape (filters, span, 4)."""
    if rule.name == "best":
        return _best_counts(windows, progress)
    passes = 2

    def part(nth: int) -> Progress:
        return lambda done, total: progress(nth * total + done, passes * total)

    counts = _Counts(windows)
    if rule.name == "top":
        best = BestOfAll(windows, int(rule.number or 1))
        for piece in windows.pieces(part(0)):
            best.add(piece)
        bars, quotas = best.bars()
        for piece in windows.pieces(part(1)):
            counts.add(piece, _heard(piece, windows.floors) & _first_of(piece, bars, quotas))
        return counts.counts
    if rule.name == "basset":
        mean = Mean.of(windows)
        passes += not mean.is_bounded
        if not mean.is_bounded:
            mean = mean.bounded(windows.pieces(part(0)))
        for piece in windows.pieces(part(passes - 2)):
            mean.add(piece)
        bars = mean.halfway_bars()
    else:
        largest = largest_activations(windows.pieces(part(0)), len(windows.filters))
        # For a filter that is never above 0, every window would count as strong.
        bars = np.where(largest > 0, largest / 2, np.inf).astype(np.float32)
    for piece in windows.pieces(part(passes - 1)):
        counts.add(piece, piece.activations > bars)
    return counts.counts


def _heard(piece: Windows, floors: Array | None) -> NDArray[np.bool_]:
    """Return which activations are sites' that may be chosen, shape (windows, filters)."""
    whole = np.broadcast_to(piece.whole[:, None], piece.activations.shape)
    return whole if floors is None else whole & (piece.activations != floors)


def _first_of(piece: Windows, bars: Array, quotas: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which activations exceed a bar, or are equal to it and among the first; the quota falls by those."""
    strong = piece.activations > bars
    equal = (piece.activations == bars) & piece.whole[:, None]
    quota = quotas[int(piece.reverse)]
    for column in np.flatnonzero(equal.any(axis=0) & (quota > 0)):
        rows = np.flatnonzero(equal[:, column])[: quota[column]]
        strong[rows, column] = True
        quota[column] -= len(rows)
    return strong


class _Counts:
    """The letters under sites, counted."""

    def __init__(self, windows: FilterWindows) -> None:
        self.span = windows.conv.sliding.span
        self.counts = np.zeros((len(windows.filters), self.span, len(BASES)), dtype=np.int64)

    def add(self, piece: Windows, strong: NDArray[np.bool_]) -> None:
        """Count the letters under windows that are strong and whole; strong has the shape (windows, filters)."""
        rows, columns = np.nonzero(strong & piece.whole[:, None])
        for start in range(0, len(rows), _SITES_AT_ONCE):
            some = slice(start, start + _SITES_AT_ONCE)
            self.add_sites(columns[some], piece.letters_of(rows[some]))

    def add_sites(self, columns: NDArray[np.intp], letters: NDArray[np.int8]) -> None:
        """Count sites, each of a filter and with its letters, shapes (sites,) and (sites, span)."""
        places = (columns[:, None] * self.span + np.arange(self.span)) * len(BASES) + letters
        self.counts += np.bincount(places.reshape(-1), minlength=self.counts.size).reshape(self.counts.shape)


def _best_counts(windows: FilterWindows, progress: Progress) -> NDArray[np.int64]:
    """Return the counts of the best site of each stretch."""
    counts = _Counts(windows)
    best: Array | None = None
    for piece in windows.pieces(progress):
        activations = np.where(_heard(piece, windows.floors), piece.activations, -np.inf)
        firsts = np.flatnonzero(np.diff(piece.stretches, prepend=-1))
        if best is None:
            best = np.full((len(firsts), len(windows.filters)), -np.inf, dtype=np.float32)
            letters = np.zeros((*best.shape, piece.span), dtype=np.int8)
        largest = np.maximum.reduceat(activations, firsts, axis=0)
        better = largest > best
        sizes = np.diff(firsts, append=len(activations))
        if better.any():
            # The first window of each stretch that has the largest activation.
            at = np.where(
                activations == np.repeat(largest, sizes, axis=0), np.arange(len(activations))[:, None], -1
            )
            at = np.minimum.reduceat(np.where(at < 0, len(activations), at), firsts, axis=0)
            letters[better] = piece.letters_of(at[better])
            best[better] = largest[better]
        if piece.ends:
            found = np.nonzero(best > -np.inf)
            for start in range(0, len(found[0]), _SITES_AT_ONCE):
                some = slice(start, start + _SITES_AT_ONCE)
                counts.add_sites(found[1][some], letters[found[0][some], found[1][some]])
            best = None
    return counts.counts
