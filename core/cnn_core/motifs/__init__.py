"""Motifs: matrices of counts, their log-odds, and the score that random letters rarely exceed.

Sources: G. D. Stormo, Bioinformatics 16:16-23 (2000) (log-odds matrices); R. Staden, Computer Applications in the
Biosciences 5:89-96 (1989) (thresholds).
"""

from __future__ import annotations

from .motif import PSEUDOCOUNT, UNIFORM, Motif, checked_background, log_odds
from .threshold import PASSING, threshold

__all__ = ["PASSING", "PSEUDOCOUNT", "UNIFORM", "Motif", "checked_background", "log_odds", "threshold"]
