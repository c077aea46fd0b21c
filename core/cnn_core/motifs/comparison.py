"""What a motif resembles: Tomtom's comparison of one motif with each of a set.

**Scores.** Two columns are compared by the Pearson correlation of their shares, or by minus their Euclidean distance.
From each score the median of the query column's scores with all columns of the set, on both strands, is subtracted,
so that a column that resembles everything says nothing. A query is laid over a target at every offset at which they
overlap, on both strands; the score there is the sum over the query's columns, of which those that lie over nothing
count as the median, 0. Column scores are rounded to hundredths of the range that they can have, so that sums are
whole numbers, the same on every machine.

**p-values.** The null hypothesis is a target of the same width whose columns are drawn from those of the set. The
distribution of the score of each span of query columns is the convolution of their columns' (`span_scores`). p is
the probability that the largest score over all offsets and both strands is as large as the one found, with offsets
and strands taken as independent: for one strand one minus the product over the offsets, as memelite computes it, and
p (2 − p) for both. MEME's Tomtom takes the smallest p over the offsets and corrects for their number instead. A
p-value depends on the set. q-values are Benjamini and Hochberg's over the targets of one query.

**Pearson or Euclidean.** A column near the background is near every other such column in Euclidean distance, so that
the weak filters of a trained network all resemble the flat spacers of long matrices. Correlation does not depend on
how far a column is from uniform, and so not on a uniform pseudocount either. Columns at either end with less than
0.1 bit are left out of both motifs, since their correlation is noise.

Sources: S. Gupta et al., Genome Biology 8:R24 (2007) (Tomtom); J. Schreiber, memelite,
https://github.com/jmschrei/memesuite-lite; Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57:289-300 (1995).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from ..errors import SettingError
from ..work.compiling import compiled
from ..work.lazy_value import LazyValue
from ..work.lru_cache import LruCache
from ..work.prefetch import prefetch
from ..work.progress import Progress, ShouldContinue, always_continue, no_progress
from .filter_motif import information
from .span_scores import chances_of_best

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .motif import Motif

__all__ = ["FEWEST_MOTIFS", "LEAST_BITS", "LIKELY", "ColumnScore", "Match", "Matches", "MotifComparison"]

LEAST_BITS: Final = 0.1
"""The information of a column, in bits, below which it is left out at either end of a motif."""
LIKELY: Final = 0.05
"""The largest q of a match that is called a resemblance."""
FEWEST_MOTIFS: Final = 50
"""The motifs of a set below which its columns hardly say what chance gives."""

_STEPS: Final = 100
"""Steps over the range of a column score."""
_LAYOUTS: Final = 8
_WORTH_IT: Final = 6_000_000
"""Queries × columns of the set that take numpy far longer than loading the loop, and about as long as compiling it,
which is done once: 300 queries on JASPAR."""
_COMPILED: Final[LazyValue[Callable[..., None] | None]] = LazyValue()
_SAMPLED: Final = 16
"""Of so many values one is in the sample that tells near which others their median lies."""


class ColumnScore(StrEnum):
    """How two columns are compared."""

    PEARSON = "pearson"
    """The correlation of their four shares; 0 where the shares of one are all equal."""
    EUCLIDEAN = "euclidean"
    """Minus their distance."""


_RANGES: Final = {ColumnScore.PEARSON: 2.0, ColumnScore.EUCLIDEAN: 2**0.5}


@dataclass(frozen=True, slots=True)
class Match:
    """A motif of the set, and how well the query lies over it.

    Attributes:
        motif: The motif of the set.
        p: The probability of a match at least as good, by chance.
        q: The share of chance matches that is to be expected among the matches of this query up to this p.
        offset: The column of the motif, from 0, on which the query's first column lies; negative where it lies
            before the motif. Where the strand is -, columns are those of the motif's reverse complement.
        strand: + or -: whether the motif lies as it is, or as its reverse complement.
        overlap: How many columns lie over each other, without flat ones at the ends.
    """

    motif: Motif
    p: float
    q: float
    offset: int
    strand: str
    overlap: int

    @property
    def is_likely(self) -> bool:
        """Whether q is small enough to call the match a resemblance."""
        return self.q <= LIKELY


@dataclass(frozen=True, eq=False)
class Matches:
    """How a query matches each motif of the set; arrays have shape (motifs,), in the order of the set.

    Attributes:
        motifs: The set.
        scores: The score at the best offset, not rounded.
        p: See `Match`.
        q: See `Match`.
        offsets: See `Match`.
        is_reverse: Whether the strand is -.
        overlaps: See `Match`; all zero where the query is flat throughout, which resembles nothing: p is 1.
    """

    motifs: tuple[Motif, ...]
    scores: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    offsets: NDArray[np.int64]
    is_reverse: NDArray[np.bool_]
    overlaps: NDArray[np.int64]

    def nearest(self, count: int = 1) -> tuple[Match, ...]:
        """Return the best matches by p, and of equal ones by score; none of a flat query.

        Args:
            count: How many at most.
        """
        ranked = np.lexsort((-self.scores, self.p))[:count].tolist() if self.overlaps.any() else []
        return tuple(map(self._match, ranked))

    def _match(self, index: int) -> Match:
        strand = "-" if self.is_reverse[index] else "+"
        numbers = float(self.p[index]), float(self.q[index]), int(self.offsets[index])
        return Match(self.motifs[index], *numbers, strand, int(self.overlaps[index]))


@dataclass(frozen=True, eq=False)
class _Offsets:
    """All offsets of a query of one width on all targets, forward and then reverse, target by target.

    Targets stand side by side, with as many empty columns between them as the query has columns but one: `columns`
    names the column at each place, the one behind the last for an empty one. The query's first column is at one
    place after the other.
    """

    columns: NDArray[np.intp]
    starts: NDArray[np.intp]
    ranks: NDArray[np.int64]
    overlaps: NDArray[np.int64]
    offsets: NDArray[np.int64]


_Compared: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.intp], NDArray[np.float64]]"
"""The scores of all columns, shape (width, columns + 1), the last one 0; the best of each target on each strand and its
place among all offsets; and the chance of the better one on one strand."""


class MotifComparison:
    """A set of motifs, ready to be compared with others.

    Args:
        motifs: The set; p-values are hardly to be relied on with fewer than `FEWEST_MOTIFS`.
        score: How columns are compared.

    Raises:
        SettingError: There is no motif in the set.
    """

    def __init__(self, motifs: Sequence[Motif], score: ColumnScore = ColumnScore.PEARSON) -> None:
        if not motifs:
            raise SettingError("there is no motif to compare with", remedy="give a set of at least one")
        self.motifs = tuple(motifs)
        self.score = score
        self._layouts: LruCache[int, _Offsets] = LruCache(_LAYOUTS)

    def all_matches(
        self,
        queries: Sequence[NDArray[np.float64]],
        *,
        threads: int = 1,
        progress: Progress = no_progress,
        should_continue: ShouldContinue = always_continue,
    ) -> list[Matches]:
        """Return how each of several queries matches the set.

        Args:
            queries: See `matches`.
            threads: How many compare.
            progress: Told how many queries are done.
            should_continue: Asked before each query.

        Returns:
            The matches of each query in turn, of fewer where it was told to stop.
        """
        if len(queries) * self._columns.shape[1] >= _WORTH_IT:
            _COMPILED.get(lambda: compiled("comparison of motifs", "cnn_core.motifs.compiled_comparison"))
        found: list[Matches] = []
        for matches in prefetch(self.matches, queries, threads, should_continue=should_continue):
            found.append(matches)
            progress(len(found), len(queries))
        return found

    def matches(self, query: NDArray[np.float64]) -> Matches:
        """Return how a query matches each motif of the set.

        Args:
            query: Its counts or shares, shape (width, 4), channels in the order A, C, G, T.
        """
        shares = _shares(query)
        span = _informative(shares)
        width = span.stop - span.start
        if not width:
            return self._none()
        layout = self._layouts.at(width, lambda: self._offsets(width))
        scores, best, place, p = self._compare(shares[span], layout)
        count = len(self.motifs)
        # Of equal scores on both strands, the forward one.
        is_reverse = best[count:] > best[:count]
        place = np.where(is_reverse, place[count:], place[:count])
        p *= 2 - p
        left = np.where(is_reverse, self._trimmed[1], self._trimmed[0])
        offsets = layout.offsets[place] + left - span.start
        unrounded = sum(row[layout.columns[place + index]] for index, row in enumerate(scores))
        return Matches(self.motifs, unrounded, p, _q_values(p), offsets, is_reverse, layout.overlaps[place])

    def _compare(self, query: NDArray[np.float64], layout: _Offsets) -> _Compared:
        """Compare columns with the set, by the compiled loop where it is there."""
        count, per_score = len(self.motifs), _STEPS / _RANGES[self.score]
        loop = _COMPILED.get(lambda: None) if _COMPILED.is_there else None
        if loop is None:
            scores = self._scores(query)
            steps = np.rint(scores * per_score).astype(np.int16)
            best, place = _best_offsets(steps, layout)
            highest = np.maximum(best[:count], best[count:])
            return scores, best, place, chances_of_best(steps[:, :-1], self._lengths, highest)
        is_pearson = self.score is ColumnScore.PEARSON
        scores = np.zeros((len(query), self._columns.shape[1] + 1))
        best, place = np.empty((2, 2 * count), dtype=np.int64)
        chances = np.empty(count)
        columns = np.ascontiguousarray(self._comparable(query))
        loop(self._columns, columns, is_pearson, per_score, self._lengths, scores, best, place, chances)
        return scores, best, place, chances

    def _none(self) -> Matches:
        ones, nothing = np.ones(len(self.motifs)), np.zeros(len(self.motifs), dtype=np.int64)
        return Matches(self.motifs, 0.0 * ones, ones, ones, nothing, nothing.astype(np.bool_), nothing)

    @cached_property
    def _targets(self) -> list[NDArray[np.float64]]:
        return [_shares(motif.counts) for motif in self.motifs]

    @cached_property
    def _spans(self) -> list[slice]:
        # A motif that is flat throughout has no fewer columns for it.
        found = ((shares, _informative(shares)) for shares in self._targets)
        return [span if span.stop else slice(0, len(shares)) for shares, span in found]

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return np.array([span.stop - span.start for span in self._spans])

    @cached_property
    def _trimmed(self) -> NDArray[np.int64]:
        """How many columns are left out at the left of each target, forward and reverse, shape (2, motifs)."""
        pairs = zip(self._spans, self._targets, strict=True)
        return np.array([(span.start, len(shares) - span.stop) for span, shares in pairs]).T

    @cached_property
    def _columns(self) -> NDArray[np.float64]:
        """All columns of all targets, then of their reverse complements, shape (4, columns)."""
        forward = [shares[span] for shares, span in zip(self._targets, self._spans, strict=True)]
        return self._comparable(np.concatenate([*forward, *(shares[::-1, ::-1] for shares in forward)])).T.copy()

    def _comparable(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return columns as their score takes them: those of a correlation have mean 0 and length 1."""
        if self.score is ColumnScore.EUCLIDEAN:
            return shares
        centred = shares - _sum_of_four(shares)[:, None] / 4
        length = np.sqrt(_sum_of_four(centred * centred))[:, None]
        return np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)

    def _scores(self, query: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the score of each query column with each column of the set, less its median.

        Added up term by term, never by a library's product: the same on every machine. The last column is 0.
        """
        columns = self._columns
        scores = np.zeros((len(query), columns.shape[1] + 1))
        for padded, column in zip(scores, self._comparable(query), strict=True):
            row = padded[:-1]
            for each, share in zip(columns, column, strict=True):
                row += each * share if self.score is ColumnScore.PEARSON else (each - share) ** 2
            if self.score is ColumnScore.EUCLIDEAN:
                np.negative(np.sqrt(row, out=row), out=row)
            row -= _median(row)
        return scores

    def _offsets(self, width: int) -> _Offsets:
        """Return all offsets of a query of a width."""
        lengths = np.concatenate([self._lengths, self._lengths])
        counts = lengths + width - 1
        starts = np.concatenate([[0], np.cumsum(counts)])
        total = int(lengths.sum())
        columns = np.full(starts[-1] + width - 1, total, dtype=np.intp)
        first = np.repeat(starts[:-1] + width - 1 - np.cumsum(lengths) + lengths, lengths)
        columns[first + np.arange(total)] = np.arange(total)
        offsets = np.arange(starts[-1]) - np.repeat(starts[:-1] + width - 1, counts)
        ends = np.minimum(offsets + width, np.repeat(lengths, counts))
        overlaps = ends - np.maximum(offsets, 0)
        # Of equal scores, the larger overlap is better, and of these the first.
        ranks = overlaps * int(counts.max()) - offsets - width
        ranks -= ranks.min()
        return _Offsets(columns, starts[:-1], ranks, overlaps, offsets)


def _median(row: NDArray[np.float64]) -> float:
    """Return the median of an even number of values: a sample tells near which others it lies, if there are many."""
    sample = np.sort(row[::_SAMPLED])
    low, high = sample[len(sample) * 9 // 20], sample[len(sample) * 11 // 20]
    middle = len(row) // 2 - int(np.count_nonzero(row < low))
    near = row[(row >= low) & (row <= high)]
    if not 0 < middle < len(near):
        near, middle = row, len(row) // 2
    parted = np.partition(near, middle)
    return float((parted[:middle].max() + parted[middle]) / 2)


def _best_offsets(steps: NDArray[np.int16], layout: _Offsets) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the best score of each target on each strand, and its place among all offsets."""
    total = len(layout.ranks)
    scores = np.zeros(total, dtype=np.int64)
    for index, row in enumerate(steps):
        scores += row.take(layout.columns[index : index + total])
    ranks = scores * (int(layout.ranks.max()) + 1) + layout.ranks
    best = np.maximum.reduceat(ranks, layout.starts)
    counts = np.diff(np.append(layout.starts, total))
    place = np.flatnonzero(ranks == np.repeat(best, counts))
    return scores[place], place


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return counts as shares; those of a column without counts, or with no finite number of them, are equal."""
    totals = _sum_of_four(counts)[:, None]
    are_there = (totals > 0) & (totals < np.inf)
    shares: NDArray[np.float64] = np.divide(counts, totals, out=np.full(counts.shape, 1 / 4), where=are_there)
    return shares


def _sum_of_four(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of each column, added up in one order on every machine."""
    return columns[:, 0] + columns[:, 1] + columns[:, 2] + columns[:, 3]


def _informative(shares: NDArray[np.float64]) -> slice:
    """Return the columns from the first to the last that are not flat."""
    found = np.flatnonzero(information(shares) >= LEAST_BITS)
    return slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 0)


def _q_values(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Benjamini and Hochberg's adjusted p-values."""
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return q
