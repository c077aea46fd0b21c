"""What filters resemble, as columns of their table and as arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..motifs.comparison import Match
from ..motifs.filter_motif import FilterMotif
from .filter_table import FilterColumn
from .tables import table_name

__all__ = ["FEW_SITES", "match_arrays", "match_columns", "resemblance_columns"]

FEW_SITES: Final = "few sites"
"""What a table for people says of a filter that is not compared."""


def match_columns(matches: Mapping[int, Match]) -> tuple[FilterColumn, ...]:
    """Return the columns of the motifs that filters resemble most: `match_id match_name p q offset strand`.

    All are empty for a filter without a match. For what they mean see `motifs.comparison.Match`.

    Args:
        matches: The matches, by the filters' numbers.
    """

    def column(name: str, text: Callable[[Match], str], *, is_number: bool = False) -> FilterColumn:
        def of_filter(motif: FilterMotif) -> str:
            match = matches.get(motif.filter)
            return "" if match is None else text(match)

        return FilterColumn(name, of_filter, is_number)

    return (
        column("match_id", lambda match: table_name(match.motif.matrix_id)),
        column("match_name", lambda match: table_name(match.motif.name)),
        column("p", lambda match: f"{match.p:.3g}", is_number=True),
        column("q", lambda match: f"{match.q:.3g}", is_number=True),
        column("offset", lambda match: str(match.offset), is_number=True),
        column("strand", lambda match: match.strand),
    )


def resemblance_columns(matches: Mapping[int, Match]) -> tuple[FilterColumn, ...]:
    """Return the columns of a table for people: the motif that a filter resembles, and q; empty where q is too large.

    A filter with too few sites has that said instead.

    Args:
        matches: The matches, by the filters' numbers.
    """
    likely = {number: match for number, match in matches.items() if match.is_likely}

    def resembles(motif: FilterMotif) -> str:
        if not motif.is_written:
            return FEW_SITES
        match = likely.get(motif.filter)
        named = () if match is None else (match.motif.name, match.motif.matrix_id)
        return " ".join(map(table_name, dict.fromkeys(named)))

    def q(motif: FilterMotif) -> str:
        return f"{likely[motif.filter].q:.3g}" if motif.filter in likely else ""

    return FilterColumn("resembles", resembles), FilterColumn("q", q, is_number=True)


def match_arrays(filters: Sequence[FilterMotif], matches: Mapping[int, Match]) -> dict[str, NDArray[Any]]:
    """Return the motifs that filters resemble most as arrays, a row a filter.

    Args:
        filters: The filters.
        matches: The matches, by the filters' numbers.

    Returns:
        `match_id`, `match_name`, `match_family` and `match_strand`, empty without a match; `match_p` and `match_q`, NaN
        without; `match_offset` and `match_overlap`, 0 without.
    """
    found = [matches.get(motif.filter) for motif in filters]

    def array(value: Callable[[Match], object], missing: object) -> NDArray[Any]:
        return np.array([missing if match is None else value(match) for match in found])

    return {
        "match_id": array(lambda match: match.motif.matrix_id, ""),
        "match_name": array(lambda match: match.motif.name, ""),
        "match_family": array(lambda match: match.motif.family, ""),
        "match_p": array(lambda match: match.p, np.nan),
        "match_q": array(lambda match: match.q, np.nan),
        "match_offset": array(lambda match: match.offset, 0),
        "match_overlap": array(lambda match: match.overlap, 0),
        "match_strand": array(lambda match: match.strand, ""),
    }
