"""What is written beside tracks: the lengths of the records, and a session that opens FASTA and tracks together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cnn_core import writers
from cnn_core.errors import SequenceError
from cnn_core.letters.gzip_stream import GZIP_START, HEADER_BYTES, block_size

from .. import opening
from .whole_file import OutputFile, place_of

__all__ = ["BESIDE_NOTHING", "DRAWN", "TRACK_KINDS", "BesideTracks"]

TRACK_KINDS: Final = {
    ".bedgraph": "bedgraph",
    ".bdg": "bedgraph",
    ".bw": "bigwig",
    ".bigwig": "bigwig",
    ".bed": "bed",
    ".gff3": "gff3",
}
"""What a genome browser calls what is in a track, by the suffix of its file."""
DRAWN: Final = tuple(suffix for suffix, kind in TRACK_KINDS.items() if kind in ("bedgraph", "bigwig"))
"""The suffixes of tracks of values along the records."""


@dataclass(frozen=True, slots=True)
class BesideTracks:
    """What goes with tracks.

    Attributes:
        track_line: Whether bedGraph begins with a line that tells a genome browser what is drawn.
        chrom_sizes: The file for the lengths of the records, or None.
        session: The file for a session of IGV, or None.
        sequences: The FASTA file that it opens, as typed.
        edited: Whether the letters that were read are not those of the file.
    """

    track_line: bool = False
    chrom_sizes: OutputFile | None = None
    session: OutputFile | None = None
    sequences: str = ""
    edited: bool = False

    def check(self) -> None:
        """Refuse files that cannot be written, before any work is done.

        Raises:
            CnnError: One cannot be written, or the FASTA file is packed as IGV does not read it.
        """
        if self.chrom_sizes is not None:
            self.chrom_sizes.check()
        if self.session is not None:
            self.session.check()
            _missing_indexes(opening.source_path(self.sequences))

    def write(
        self, tracks: Sequence[Path], lengths: Mapping[str, int], shown: tuple[str, int, int] | None = None
    ) -> Iterator[str]:
        """Write what is asked for, and yield what must be said of it.

        Args:
            tracks: The files of the tracks, which are whole.
            lengths: How many letters each record of the FASTA file has, by its name.
            shown: What a session shows first: the record, and what of it, 0-based and half-open; None is all.

        Raises:
            CnnError: A file cannot be written.
        """
        if self.chrom_sizes is not None:
            with self.chrom_sizes.open() as file:
                writers.write_chrom_sizes(lengths, file)
        if self.session is not None:
            fasta, folder = opening.source_path(self.sequences), self.session.path.parent
            kinds = {
                _seen_from(folder, place_of(path) or path): TRACK_KINDS[path.suffix.lower()] for path in tracks
            }
            genome = _seen_from(folder, fasta)
            locus = "" if shown is None else f"{shown[0]}:{shown[1] + 1}-{shown[2]}"
            with self.session.open() as file:
                writers.write_igv_session(genome, kinds, file, locus)
            if missing := _missing_indexes(fasta):
                alone = not any(fasta.with_name(name).exists() for name in missing)
                itself = ", as IGV does itself where it may write there" if alone and len(missing) == 1 else ""
                yield (
                    f"IGV needs {' and '.join(missing)} beside {fasta.name}, no older than it: samtools faidx makes "
                    f"{'them' if len(missing) > 1 else 'it'}{itself}"
                )
            if self.edited:
                yield f"the track is of edited letters, and the session opens {fasta.name} as it is"


BESIDE_NOTHING: Final = BesideTracks()
"""Tracks alone."""


def _seen_from(folder: Path, path: Path) -> str:
    """Return a file's path as it is seen from a folder; where these are on two drives, from the root."""
    place = Path(os.path.realpath(path.parent)) / path.name
    try:
        return Path(os.path.relpath(place, os.path.realpath(folder))).as_posix()
    except ValueError:
        return place.as_posix()


def _missing_indexes(fasta: Path) -> list[str]:
    """Return the names of the indexes that IGV needs beside a FASTA file and that are not there, or older than it.

    Raises:
        SequenceError: IGV cannot read the file, since it is packed in another way than by bgzip.
    """
    with fasta.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if header.startswith(GZIP_START) and not (block_size(header) and fasta.suffix == ".gz"):
        raise SequenceError(
            "IGV reads FASTA plain, or packed by bgzip and called .gz",
            where=str(fasta),
            remedy="unpack it, or leave out --igv",
        )
    indexes = (".fai", ".gzi") if header.startswith(GZIP_START) else (".fai",)
    return [
        f"{fasta.name}{suffix}" for suffix in indexes if not _is_of(fasta.with_name(f"{fasta.name}{suffix}"), fasta)
    ]


def _is_of(index: Path, fasta: Path) -> bool:
    return index.exists() and index.stat().st_mtime_ns >= fasta.stat().st_mtime_ns
