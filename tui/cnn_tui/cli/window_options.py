"""What the commands share that read records in input windows: regions, the length of a window, both strands."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from .typed_values import whole_number_of

__all__ = [
    "MERGES",
    "add_merge",
    "add_regions",
    "add_step",
    "add_window",
    "check_merge",
    "check_regions",
    "refuse_place",
]

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
