"""What is said of the known motif that a filter resembles: never that it is that motif."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .numbers import number

if TYPE_CHECKING:
    from cnn_core.motifs import Match

__all__ = ["resemblance"]


def resemblance(match: Match | None) -> str:
    """Return what a filter's motif resembles, as a phrase.

    Args:
        match: Its nearest known motif; None where it has too few sites, or is flat throughout.

    Returns:
        Such as `resembles GATA1 (MA0035.5, q = 2.0e−6), family C4-GATA-related`; where q is too large,
        `resembles no known motif: the nearest is GATA1 (MA0035.5, q = 0.410)`.
    """
    if match is None:
        return "was not compared: it has too few sites or no preference"
    motif = match.motif
    named = f"{motif.name} ({motif.matrix_id}, q = {number(match.q)})"
    if not match.is_likely:
        return f"resembles no known motif: the nearest is {named}"
    return f"resembles {named}" + (f", family {motif.family}" if motif.family else "")
