"""What a file is that is not FASTA: formats that are kept in the same places, recognised by how they begin."""

from __future__ import annotations

import re
from typing import Final

from .lfs_pointers import pointer_words

__all__ = ["SNIFFED", "binary_likeness", "is_tar", "text_likeness"]

SNIFFED: Final = 1024
"""How many bytes show what a file is."""

_FASTA_ITSELF: Final = "give the FASTA file itself"
_TAR_MARK: Final = slice(257, 262)
_BINARY: Final = (
    (b"\x1f\x8b", "this is compressed with gzip a second time", "unpack it first"),
    (b"BZh", "this is compressed with bzip2", "unpack it first"),
    (b"\xfd7zXZ", "this is compressed with xz", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "this is compressed with zstd", "unpack it first"),
    (b"\x04\x22\x4d\x18", "this is compressed with lz4", "unpack it first"),
    (b"\x1f\x9d", "this is compressed with compress", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "this is a 7z archive", "unpack it first"),
    (b"Rar!\x1a", "this is a rar archive", "unpack it first"),
    (b"PK\x03\x04", "this is a zip archive", "unpack it first, or give it by --model if it is a model"),
    (b"\x89HDF\r\n\x1a\n", "this is HDF5, as models of Keras are", "give a model by --model"),
    (b"\x43\x27\x41\x1a", "this is 2bit", "convert it to FASTA, for instance with twoBitToFa"),
    (b"\x1a\x41\x27\x43", "this is 2bit", "convert it to FASTA, for instance with twoBitToFa"),
    (b"BAM\1", "this is BAM, which holds reads", "convert it to FASTA, for instance with samtools fasta"),
    (b"CRAM", "this is CRAM, which holds reads", "convert it to FASTA, for instance with samtools fasta"),
    (b"BCF\2", "this is BCF, which holds variants", _FASTA_ITSELF),
    (b"\x26\xfc\x8f\x88", "this is bigWig, which holds numbers along a genome", _FASTA_ITSELF),
    (b"\xeb\xf2\x89\x87", "this is bigBed, which holds places in a genome", _FASTA_ITSELF),
    (b"%PDF", "this is PDF", _FASTA_ITSELF),
)
_UTF16_STARTS: Final = (b"\xff\xfe", b"\xfe\xff", b">\x00", b"\x00>")

_BED_REMEDY: Final = "take the letters out of a genome's FASTA, for instance with bedtools getfasta"
_TEXTS: Final = tuple(
    (re.compile(pattern), what, remedy)
    for pattern, what, remedy in (
        (rb"@(HD|SQ|RG|PG|CO)\t", "this looks like SAM", "convert it, for instance with samtools fasta"),
        (rb"@", "this looks like FASTQ", "convert it to FASTA, for instance with seqtk seq -a"),
        (rb"##fileformat=VCF|#CHROM\t", "this looks like VCF, which holds variants", _FASTA_ITSELF),
        (rb"##gff-version|##gtf|(\S+\t){3}\d+\t\d+\t", "this looks like GFF, which holds places", _BED_REMEDY),
        (rb"\S+\t\d+\t\d+\t\d+\t\d+(\t\d+)?\s*$", "this looks like the index of a FASTA file", _FASTA_ITSELF),
        (
            rb"(fixedStep|variableStep|track|browser)\b",
            "this looks like a track of a genome browser, which holds no letters",
            _FASTA_ITSELF,
        ),
        (rb"\S+[\t ]+\d+[\t ]+\d+(\s|$)", "this looks like BED, which holds places", _BED_REMEDY),
        (rb"LOCUS\b", "this looks like GenBank", "save the record as FASTA"),
        (rb"ID {3}", "this looks like EMBL", "save the record as FASTA"),
        (rb"CLUSTAL|# STOCKHOLM|#NEXUS", "this looks like an alignment", "save its sequences as FASTA, without gaps"),
        (rb"MEME version", "this looks like motifs in MEME's format", "give them by --model"),
        (rb"<", "this looks like a web page", "download the FASTA file itself"),
        (rb"[{\[]", "this looks like JSON", _FASTA_ITSELF),
        (
            rb"#",
            "this line is a comment, and FASTA has none that begin with '#'",
            "remove the lines above the first '>'",
        ),
    )
)  # fmt: skip


def is_tar(start: bytes) -> bool:
    """Tell whether bytes begin a tar archive."""
    return start[_TAR_MARK] == b"ustar"


def binary_likeness(start: bytes) -> tuple[str, str] | None:
    """Return what bytes are that are not text, and what to do; None for text.

    Args:
        start: The first `SNIFFED` bytes of a file, or all where it has less.
    """
    if start.startswith(_UTF16_STARTS):
        return "this is UTF-16 text, not plain text", "convert it, for instance with iconv -f UTF-16 -t UTF-8"
    if is_tar(start):
        return "this is a tar archive", "unpack it, for instance with tar -xf, and open a file of it"
    for mark, what, remedy in _BINARY:
        if start.startswith(mark):
            return what, remedy
    if b"\0" in start[:SNIFFED]:
        return "this is a binary file", "give a FASTA file, plain or compressed with gzip"
    return None


def text_likeness(line: bytes) -> tuple[str, str] | None:
    """Return what a text is that does not begin with '>', and what to do; None where it resembles nothing known.

    Args:
        line: Its first line that is not blank.
    """
    found = next(((what, remedy) for pattern, what, remedy in _TEXTS if pattern.match(line)), None)
    return pointer_words(line) or found
