"""What is said beside a filter's logo: the rule it was made by, from how many sites, and what it resembles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .plurals_and_indices import counted, verb
from .resemblance_words import resemblance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnn_core.motifs import FilterMotif, Match

__all__ = ["logo_captions", "logo_remark", "names_told"]

_FLIPPED: Final = "reverse complement"
_WAY: Final = "F, then a,"
"""The keys that lead to the sites of all records."""


def logo_captions(motif: FilterMotif, where: str, *, flipped: bool = False) -> tuple[str, ...]:
    """Return what stands over a logo, from the longest way to the shortest: the rule is in all of them.

    Args:
        motif: The filter.
        where: What was read.
        flipped: Whether the reverse complement is drawn.
    """
    rule, before = str(motif.rule), f"{_FLIPPED}: " if flipped else ""
    if motif.sites is None:
        made = f"{rule}: softmax(λ · weight)" if motif.rule.number else f"{rule}: background × 2^weight"
        return f"{before}{made}", f"{before}{rule}", *((f"RC: {rule}",) if flipped else ())
    strands = {"both": ", both strands", "-": ", − strand"}.get(motif.settings.strands, "")
    counts = f"{rule}, {counted(motif.sites, 'site')}"
    longest = f"{counts}{strands} in {where}"
    ways = tuple(f"{before}{way}" for way in (f"rule {longest}", longest, f"{counts} in {where}", counts))
    return (*ways, f"RC: {counts}") if flipped else ways


def names_told(motifs: Sequence[FilterMotif], matches: Mapping[int, Match | None], *, more: bool) -> str:
    """Return how many filters resemble a known motif, and how many have too few sites to be compared.

    Args:
        motifs: All filters.
        matches: What each resembles most, by its number; None where it was not compared.
        more: Whether there are records that were not read.
    """
    named = sum(match is not None and match.is_likely for match in matches.values())
    few = sum(not motif.is_written for motif in motifs)
    told = f"{named:,} of {counted(len(motifs), 'filter')} {verb(named, 'resembles', 'resemble')} a known motif (~)"
    if not few:
        return told
    way = ": F, then a" if more else ""
    return f"{told}; {few:,} {verb(few, 'has', 'have')} too few sites{way}"


def logo_remark(motif: FilterMotif, match: Match | None, *, compared: bool, more: bool) -> str:
    """Return what stands under a logo: what it resembles, or that it has too few sites to tell.

    Args:
        motif: The filter.
        match: The known motif that it resembles most, if it has any.
        compared: Whether it has been compared.
        more: Whether there are records that were not read.
    """
    if not motif.is_written:
        way = f"{_WAY} reads all records" if more else "more sequences have more"
        return f"fewer than {max(1, motif.settings.fewest_sites)} sites: not compared; {way}"
    return resemblance(match) if compared else "comparing with known motifs …"
