"""What filters resemble."""

from __future__ import annotations

from collections.abc import Sequence

from ..work.progress import Progress, ShouldContinue, always_continue, no_progress
from .comparison import Match, MotifComparison
from .filter_motif import FilterMotif

__all__ = ["filter_matches"]


def filter_matches(
    filters: Sequence[FilterMotif],
    comparison: MotifComparison,
    *,
    threads: int = 1,
    progress: Progress = no_progress,
    should_continue: ShouldContinue = always_continue,
) -> dict[int, Match]:
    """Return the motif that each filter resembles most, likely or not.

    Args:
        filters: The filters as motifs.
        comparison: What they are compared with.
        threads: How many compare.
        progress: Told how many filters are done.
        should_continue: Asked before each filter.

    Returns:
        Matches by the filters' numbers, none of a filter with too few sites to be written, whose columns are mostly
        chance, or without a preference, nor of those behind the one where it was told to stop.
    """
    enough = [motif for motif in filters if motif.is_written]
    matches = comparison.all_matches(
        [motif.probabilities for motif in enough],
        threads=threads,
        progress=progress,
        should_continue=should_continue,
    )
    nearest = {motif.filter: found.nearest() for motif, found in zip(enough, matches, strict=False)}
    return {number: found[0] for number, found in nearest.items() if found}
