"""Hits as GFF3, one line each, which genome browsers and databases of annotations read.

A line has nine fields: record, `cnn-tui`, `nucleotide_motif` (SO:0000714), first base, last base (both counted from 1),
the cell's value as the score, the strand, no phase, and attributes. Before the first line of a record stands how long
it is.

Source of the format: L. Stein, Generic Feature Format Version 3, Sequence Ontology, 1.26 (2020).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import BinaryIO, Final
from urllib.parse import quote

from ..blocks.filter_labels import filter_label
from ..blocks.reading import Reading
from ..scan.hits import Hit
from .decimals import shortest
from .tables import p_text

__all__ = ["GFF3_HEAD", "write_hits_gff3"]

GFF3_HEAD: Final = b"##gff-version 3\n"
"""The first line of every file."""

_UNESCAPED: Final = ".:^*$@!+_?-|"
_ESCAPED: Final = re.compile(r"[\x00-\x1f\x7f%;=&,]")


def write_hits_gff3(hits: Iterable[Hit], reading: Reading, file: BinaryIO) -> None:
    """Write hits over the bases that their windows read, in the order in which they come, record after record.

    Those of which no letter of the record is part have no place in the format and are counted at the end, in a comment.

    Args:
        hits: The hits.
        reading: The block whose cells they are, on any input window and strand.
        file: A file that is open for writing bytes, in which `GFF3_HEAD` stands.
    """
    told: set[str] = set()
    beside = 0
    for hit in hits:
        if hit.start == hit.stop:
            beside += 1
            continue
        # `quote` leaves ~ as it is, which the format does not.
        record = quote(hit.record, safe=_UNESCAPED, errors="surrogateescape").replace("~", "%7E")
        if hit.record not in told:
            told.add(hit.record)
            file.write(f"##sequence-region {record} 1 {hit.record_length}\n".encode())
        attributes = {
            "Name": filter_label(reading.run.conv, hit.filter),
            "filter": str(hit.filter),
            "p": "" if hit.p is None else p_text(hit.p),
            "cell": str(hit.cell),
            "selection": "" if hit.position is None else str(hit.position),
            "letters": hit.letters,
        }
        said = ";".join(f"{name}={_escaped(text)}" for name, text in attributes.items() if text)
        fields = (
            record,
            "cnn-tui",
            "nucleotide_motif",
            hit.start + 1,
            hit.stop,
            shortest(hit.value),
            hit.strand,
            ".",
            said,
        )
        file.write(f"{chr(9).join(map(str, fields))}\n".encode())
    if beside:
        file.write(f"# {beside:,} hits lie in the padding beside the letters and have no place here\n".encode())


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", text)
