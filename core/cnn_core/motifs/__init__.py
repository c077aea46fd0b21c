"""Motifs: matrices of counts, their log-odds, the score that random letters rarely exceed, and what they resemble.

Sources: G. D. Stormo, Bioinformatics 16:16-23 (2000) (log-odds matrices); R. Staden, Computer Applications in the
Biosciences 5:89-96 (1989) (thresholds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily
from .motif import PSEUDOCOUNT, UNIFORM, Motif, checked_background, log_odds
from .score_threshold import PASSING, threshold

if TYPE_CHECKING:
    from .comparison import ColumnScore, Match, Matches, MotifComparison
    from .known import KNOWN_MOTIFS, known_motifs

__all__ = [
    "KNOWN_MOTIFS",
    "PASSING",
    "PSEUDOCOUNT",
    "UNIFORM",
    "ColumnScore",
    "Match",
    "Matches",
    "Motif",
    "MotifComparison",
    "checked_background",
    "known_motifs",
    "log_odds",
    "threshold",
]

__getattr__ = lazily(
    __name__,
    {
        "comparison": "ColumnScore Match Matches MotifComparison",
        "known": "KNOWN_MOTIFS known_motifs",
    },
)
