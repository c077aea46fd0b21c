"""What the commands that write tracks share: a track line, the lengths of the records, a session for IGV."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from ..options.request import STANDARD_INPUT
from ..output.track_files import DRAWN, TRACK_KINDS, BesideTracks
from ..output.whole_file import OutputFile

__all__ = ["add_track_options", "beside_tracks", "check_track_options"]

_BEDGRAPH: Final = tuple(suffix for suffix, kind in TRACK_KINDS.items() if kind == "bedgraph")


def add_track_options(made: ArgumentParser, *, draws: bool = True) -> None:
    """Add what is written beside tracks.

    Args:
        made: The parser.
        draws: Whether there are tracks of values, bedGraph and bigWig, or of hits alone.
    """
    made.set_defaults(track_line=False, chrom_sizes=None)
    if draws:
        made.add_argument(
            "--track-line",
            action="store_true",
            help=".bedgraph: begin with a line that tells the UCSC browser what is drawn (other tools stumble on it)",
        )
        made.add_argument(
            "--chrom-sizes",
            metavar="FILE",
            help=".bedgraph, .bw: write the name and the length of every record of the FASTA file as well",
        )
    made.add_argument(
        "--igv",
        metavar="SESSION.xml",
        help=f"{_listed(draws=draws)}: write a session as well, with which IGV opens the FASTA file and the track",
    )


def _listed(*, draws: bool) -> str:
    return ", ".join([".bedgraph", ".bw", ".bed"] if draws else [".bed", ".gff3"])


def check_track_options(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what is beside no track, what IGV could not open, and two files in one place."""
    suffix = Path(typed.output or "").suffix.lower()
    for flag, given, suffixes, files in (
        ("--track-line", typed.track_line, _BEDGRAPH, "-o FILE.bedgraph"),
        ("--chrom-sizes", typed.chrom_sizes, DRAWN, "-o FILE.bedgraph or FILE.bw"),
        ("--igv", typed.igv, TRACK_KINDS, "-o with the file of a track, see --help"),
    ):
        if given and suffix not in suffixes:
            made.error(f"argument {flag}: it is for {files}")
    if typed.igv is not None and STANDARD_INPUT in (typed.sequences, typed.goes_to):
        made.error("argument --igv: a session opens files; give the sequences and the track as files")
    names = typed.sequences, typed.goes_to or typed.output, typed.chrom_sizes, typed.igv
    places = [os.path.realpath(name) for name in names if name not in (None, STANDARD_INPUT)]
    if len({*places}) < len(places) and (typed.chrom_sizes or typed.igv):
        made.error("argument --chrom-sizes, --igv: each file needs a name of its own")


def beside_tracks(typed: Namespace) -> BesideTracks:
    """Return what was typed."""
    chrom_sizes = session = None
    if typed.chrom_sizes is not None:
        path = Path(typed.chrom_sizes)
        chrom_sizes = OutputFile(path, "chrom", (path.suffix.lower(),), typed.force)
    if typed.igv is not None:
        session = OutputFile(Path(typed.igv), "session", (".xml",), typed.force)
    return BesideTracks(typed.track_line, chrom_sizes, session, typed.sequences, edited=bool(typed.edits))
