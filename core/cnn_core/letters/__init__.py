"""Letters: the alphabet, records of FASTA files and streams, regions, search, edits, variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .edits import EditedRecord, parse_edits
    from .record_batches import WholeRecords
    from .regions import resolve_region, what_was_cut
    from .search import count_matches, find, matches, strands
    from .vcf import open_calls

__getattr__ = lazily(
    __name__,
    {
        "edits": "EditedRecord parse_edits",
        "record_batches": "WholeRecords",
        "regions": "resolve_region what_was_cut",
        "search": "count_matches find matches strands",
        "vcf": "open_calls",
    },
)
