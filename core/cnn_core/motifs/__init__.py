"""Motifs: matrices of counts, their log-odds, the score that random letters rarely exceed, filters, and resemblance.

Sources: G. D. Stormo, Bioinformatics 16:16-23 (2000) (log-odds matrices); R. Staden, Computer Applications in the
Biosciences 5:89-96 (1989) (thresholds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .comparison import FEWEST_MOTIFS, ColumnScore, Match, MotifComparison
    from .filter_matrices import filter_motifs
    from .filter_motif import FEWEST_SITES, FilterMotif, FilterMotifs, MotifSettings, consensus, information
    from .filter_windows import convolution_on_letters
    from .inserted_letters import InsertedLetters
    from .known import KNOWN_MOTIFS, known_motifs
    from .matrix_rules import MotifRule
    from .motif import PSEUDOCOUNT, UNIFORM, Motif, checked_background, log_odds
    from .nearest_motifs import filter_matches
    from .score_threshold import threshold

__getattr__ = lazily(
    __name__,
    {
        "comparison": "FEWEST_MOTIFS ColumnScore Match MotifComparison",
        "filter_matrices": "filter_motifs",
        "filter_motif": "FEWEST_SITES FilterMotif FilterMotifs MotifSettings consensus information",
        "filter_windows": "convolution_on_letters",
        "inserted_letters": "InsertedLetters",
        "known": "KNOWN_MOTIFS known_motifs",
        "motif": "PSEUDOCOUNT UNIFORM Motif checked_background log_odds",
        "nearest_motifs": "filter_matches",
        "matrix_rules": "MotifRule",
        "score_threshold": "threshold",
    },
)
