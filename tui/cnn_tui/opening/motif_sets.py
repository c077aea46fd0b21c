"""The motifs that filters are compared with: those that come along, those of a file, or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnn_core import motifs, readers
from cnn_core.errors import NotFoundError

from .suggestions import no_such_file

if TYPE_CHECKING:
    from cnn_core.motifs import Motif, MotifComparison

__all__ = ["KNOWN_SET", "NO_SET", "comparison_words", "open_comparison"]

KNOWN_SET: Final = "jaspar"
"""What the motifs that come along are asked for by."""
NO_SET: Final = "none"
"""What is asked for to compare with nothing."""


def open_comparison(against: str, score: str = "pearson") -> MotifComparison | None:
    """Return what filters are compared with, or None to compare them with nothing.

    Args:
        against: `jaspar`, `none`, or a file of motifs of any layout.
        score: How columns are compared, `pearson` or `euclidean`.

    Raises:
        CnnError: The file is not there, or holds no motifs that can be read.
    """
    if against == NO_SET:
        return None
    chosen = motifs.known_motifs() if against == KNOWN_SET else _motifs_of(Path(against))
    return motifs.MotifComparison(chosen, motifs.ColumnScore(score))


def _motifs_of(path: Path) -> tuple[Motif, ...]:
    try:
        return readers.open_motif_file(path).motifs
    except NotFoundError:
        raise no_such_file(str(path), f"give {KNOWN_SET}, {NO_SET} or a file of motifs", of=" of motifs") from None


def comparison_words(comparison: MotifComparison, against: str) -> str:
    """Return what filters were compared with, and how, as a sentence.

    Args:
        comparison: The set, ready.
        against: What it was asked for by.
    """
    of = motifs.KNOWN_MOTIFS if against == KNOWN_SET else Path(against).name
    count = len(comparison.motifs)
    few = f", fewer than {motifs.FEWEST_MOTIFS}, so that p and q are rough" if count < motifs.FEWEST_MOTIFS else ""
    return (
        f"compared with {of} ({count:,} motif{'s' if count > 1 else ''}{few}) by Tomtom's procedure, column score "
        f"{comparison.score}: a match of a q of 0.05 or less is a resemblance; q is the share of chance matches to "
        "expect among a filter's matches up to it"
    )
