"""Filters as motifs in a table, a row a filter, and as arrays.

Further columns, such as the nearest known motif, are further `FilterColumn`s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..motifs.filter_motif import FilterMotif
from .comments import assumption_array
from .motif_files import MotifNotes
from .tables import table_name

__all__ = ["FILTER_COLUMNS", "FilterColumn", "filter_arrays", "write_filter_table"]


@dataclass(frozen=True, slots=True)
class FilterColumn:
    """A column of the table of filters.

    Attributes:
        name: Its name in the table's first line.
        text: What stands in it of a filter.
        is_number: Whether a terminal sets it to the right.
    """

    name: str
    text: Callable[[FilterMotif], str]
    is_number: bool = False


FILTER_COLUMNS: Final = (
    FilterColumn("filter", lambda motif: str(motif.filter), is_number=True),
    FilterColumn("name", lambda motif: table_name(motif.name)),
    FilterColumn("sites", lambda motif: "" if motif.sites is None else str(motif.sites), is_number=True),
    FilterColumn(
        "information", lambda motif: "" if motif.sites == 0 else f"{motif.information.sum():.3f}", is_number=True
    ),
    FilterColumn("consensus", lambda motif: "" if motif.sites == 0 else motif.consensus),
)
"""The columns that every filter has. The information is that of all columns in bits, not corrected for few sites; it
and the consensus are empty without a site."""


def write_filter_table(
    motifs: Sequence[FilterMotif],
    file: BinaryIO,
    notes: MotifNotes | None = None,
    columns: Sequence[FilterColumn] = FILTER_COLUMNS,
) -> None:
    """Write filters as tab-separated columns; how they were made comes first, in lines that begin with #.

    Args:
        motifs: The filters.
        file: A file that is open for writing bytes.
        notes: What is said in comments.
        columns: The columns.
    """
    file.writelines(f"{line}\n".encode() for line in (notes or MotifNotes()).lines(motifs))
    file.write(f"{chr(9).join(column.name for column in columns)}\n".encode())
    file.writelines(f"{chr(9).join(column.text(motif) for column in columns)}\n".encode() for motif in motifs)


def filter_arrays(motifs: Sequence[FilterMotif], notes: MotifNotes | None = None) -> dict[str, NDArray[Any]]:
    """Return filters as arrays, a row a filter.

    Args:
        motifs: The filters, all of one rule, at least one.
        notes: What is said beside them.

    Returns:
        `filters` and `filter_names`; `counts` and `probabilities`, shape (filters, width, 4), in the order A, C, G, T;
        `sites`, −1 by the rule `weights`; `information` in bits and `information_corrected` for few sites, shape
        (filters, width); `consensus`; `rule`, `described`, `background`, `pseudocount`, `fewest_sites`; and
        `compared`, `influence`, `assumptions` and `edits`, if anything.
    """
    notes = notes or MotifNotes()
    one = notes.one_of(motifs)
    shape = (len(motifs), *one.counts.shape)
    return {
        "filters": np.array([motif.filter for motif in motifs], dtype=np.int64),
        "filter_names": np.array([motif.name for motif in motifs]),
        "counts": np.array([motif.counts for motif in motifs]).reshape(shape),
        "probabilities": np.array([motif.probabilities for motif in motifs]).reshape(shape),
        "sites": np.array([-1 if motif.sites is None else motif.sites for motif in motifs], dtype=np.int64),
        "information": np.array([motif.information for motif in motifs]).reshape(shape[:2]),
        "information_corrected": np.array([motif.corrected for motif in motifs]).reshape(shape[:2]),
        "consensus": np.array([motif.consensus for motif in motifs]),
        "rule": np.array(str(one.rule)),
        "described": np.array(one.described),
        "background": np.array(one.settings.background, dtype=np.float64),
        "pseudocount": np.array(one.added),
        "fewest_sites": np.array(one.settings.fewest_sites),
        **{
            name: np.array(text)
            for name, text in (("compared", notes.compared), ("influence", notes.influence))
            if text
        },
        **assumption_array(notes.assumed, notes.edits),
    }
