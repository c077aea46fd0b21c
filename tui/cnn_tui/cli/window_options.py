"""What the commands share that read records in input windows: regions, the length of a window, both strands."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from .typed_values import whole_number_of

if TYPE_CHECKING:
    from cnn_core.letters.sequence_files import Sequences

    from ..options.request import OpenRequest

__all__ = [
    "MERGES",
    "add_merge",
    "add_regions",
    "add_step",
    "add_strand",
    "add_window",
    "check_merge",
    "check_regions",
    "one_of_several",
    "refuse_place",
]

STRANDS: Final = ("+", "-", "both")
"""The values of `cnn_core.letters.strand_choice.Strands`, the usual one first."""
MERGES: Final = ("mean", "max")
"""`cnn_core.attribution.Merge`, whose room is too heavy for `--help`, the default first."""


def add_regions(made: ArgumentParser, where: str = "") -> None:
    """Add the file of the regions that are read, `regions`, and where each of them lies."""
    made.add_argument("--regions", metavar="FILE.bed", help=f"the regions of a BED file, plain or gzipped{where}")


def check_regions(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse another place beside a file of regions."""
    if typed.regions is not None:
        refuse_place(made, typed, "--regions")


def refuse_place(made: ArgumentParser, typed: Namespace, beside: str) -> None:
    """Refuse what is said of one record beside an option for several."""
    for flag, given in (("--record", typed.record), ("--region", typed.region), ("--edit", typed.edits)):
        if given:
            made.error(f"argument {beside}: leave out {flag}, which is for one record")


def add_strand(made: ArgumentParser, meaning: str, *, usual: str = STRANDS[0], dest: str = "strand") -> None:
    """Add which strand is read, or both.

    Args:
        made: The parser.
        meaning: What is done with the strands, for `--help`.
        usual: The default.
        dest: Where it stands in what was typed.
    """
    made.add_argument("--strand", dest=dest, choices=STRANDS, default=usual, help=f"{meaning} (default: {usual})")


def one_of_several(request: OpenRequest, sequences: Sequences, record: str, done: str) -> str:
    """Return what must be said where one of several records is taken and none was named, or nothing.

    Args:
        request: What is asked for.
        sequences: The records.
        record: The name of the one that is taken.
        done: What is done with it, such as `read`.
    """
    if request.record is not None or request.region is not None or len(sequences) == 1:
        return ""
    taken = f"1 of {len(sequences):,} records is {done}, {record}"
    return f"{taken}: --record names another, --all-records takes all"


def add_step(made: ArgumentParser, meaning: str) -> None:
    """Add how many bases there are from one place to the next, `step`."""
    made.add_argument("--step", metavar="N", type=whole_number_of("number of bases"), help=meaning)


def add_window(made: ArgumentParser, usual: str = "the whole record") -> None:
    """Add how many bases a network of any length is given, `window`; None is as usual."""
    made.add_argument(
        "--window",
        metavar="N",
        type=whole_number_of("number of bases"),
        help=f"the bases that a network of any length is given (default: {usual}; others have a length of their own)",
    )


def add_merge(made: ArgumentParser, more: str = "") -> None:
    """Add what stands for both strands, `merge`; None where nothing was said."""
    made.add_argument("--merge", choices=MERGES, help=f"what stands for both strands{more} (default: {MERGES[0]})")


def check_merge(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what stands for both strands where one is read."""
    if typed.merge is not None and typed.strand != "both":
        made.error("argument --merge: it is for --strand both")
