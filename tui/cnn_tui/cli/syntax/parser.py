"""What the commands' parsers share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cnn_core.errors import printable

from ...opening import (
    AMBIGUITY_NAMES,
    DEFAULT_LONG_MODEL,
    DEFAULT_MODEL,
    DEFAULT_SEQUENCES,
    LONG_RECORD,
    THEME_NAMES,
)
from ...options.model_arguments import MODELS
from ..streams import write_error

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = [
    "Once",
    "Parser",
    "add_ambiguity",
    "add_json",
    "add_model",
    "add_place",
    "add_reading",
    "add_sequences",
    "add_settings",
    "add_start",
    "position",
]

_WRONG_USAGE: Final = 2


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Options in one narrow column, and the description as it is written."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24)


class Parser(argparse.ArgumentParser):
    """Help as it is written, and no abbreviations: what is short today may mean two things tomorrow."""

    def __init__(self, prog: str, usage: str, description: str, epilog: str) -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=epilog,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """End the program with what is wrong, which quotes what was typed."""
        # Where standard error is closed, argparse would write to standard output.
        write_error(f"{self.format_usage()}{self.prog}: error: {printable(message)}\n")
        sys.exit(_WRONG_USAGE)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Write; argparse itself would not say that it cannot, such as on a full disk."""
        if file is None or file is sys.stderr:
            write_error(message)
        else:
            file.write(message)


class Once(argparse.Action):
    """Store a value, and refuse a second one: which of the two is meant, nobody can tell."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Store the value."""
        if getattr(namespace, self.dest) is not None:
            raise argparse.ArgumentError(self, "it is given more than once; leave one")
        setattr(namespace, self.dest, values)


def add_sequences(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Add what names the FASTA file; optional where the bundled sample stands in for it."""
    default = f" (default: {DEFAULT_SEQUENCES})" if optional else ""
    parser.add_argument(
        "sequences",
        metavar="SEQUENCES",
        nargs="?" if optional else None,
        help=f"a FASTA file, plain or gzipped, a sample such as @planted, or - for standard input{default}",
    )


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add what says which model reads which stretch of which record, and how."""
    add_model(parser)
    add_settings(parser)
    parser.add_argument(
        "--input",
        dest="inputs",
        metavar="NAME=FILE.npy",
        action="append",
        default=[],
        help="the numbers of an input that is not letters, of its shape or a row for every base of the record "
        "(default: zeros); once for each",
    )
    add_place(parser, "the first with letters")
    add_ambiguity(parser)
    parser.add_argument(
        "--reverse-complement", dest="reverse", action="store_true", help="read the other strand, in its direction"
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add what says which block of which model is looked into."""
    parser.add_argument(
        "--model",
        metavar="MODEL",
        action=Once,
        help=f"{MODELS} (default: {DEFAULT_LONG_MODEL} for records of {LONG_RECORD} letters and more, else "
        f"{DEFAULT_MODEL})",
    )
    parser.add_argument(
        "--block",
        metavar="LAYER",
        help="the conv → pool block to look into, by the name of a layer of it (default: the first on the letters)",
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add what changes the settings of the block."""
    parser.add_argument(
        "--set",
        dest="settings",
        metavar="NAME=N,…",
        action="append",
        default=[],
        help="settings of the block other than the model's own: conv_stride, conv_padding, dilation, pool_size, "
        "pool_stride, pool_padding",
    )


def add_place(parser: argparse.ArgumentParser, default: str) -> None:
    """Add what says which record is read, and which stretch of it.

    Args:
        parser: The parser.
        default: Which records are read where none is named.
    """
    parser.add_argument("--record", metavar="NAME", action=Once, help=f"the record to read (default: {default})")
    parser.add_argument(
        "--region",
        metavar="chr:a-b",
        action=Once,
        help="the stretch to read, 1-based and inclusive as in samtools, such as chr1:1,000-2k or {chr1}:46-; a-b "
        "alone is one of the record",
    )


def add_ambiguity(parser: argparse.ArgumentParser) -> None:
    """Add what an ambiguous letter becomes."""
    parser.add_argument(
        "--ambiguity",
        metavar="POLICY",
        choices=AMBIGUITY_NAMES,
        default=AMBIGUITY_NAMES[0],
        help="letters such as N or R: zero, an all-zero row (default); uniform, shared among the letters they "
        "stand for; error, refused",
    )


def add_start(parser: argparse.ArgumentParser) -> None:
    """Add what says where to look first, and in which colours."""
    parser.add_argument("--filter", metavar="N|NAME", help="the filter to look at first, by number or name")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--cell", metavar="N", type=position, help="begin at this cell, pooled[N]")
    start.add_argument("--position", metavar="N", type=position, help="begin at this response, conv[N]")
    parser.add_argument("--theme", metavar="NAME", choices=THEME_NAMES, help=" or ".join(THEME_NAMES))


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the choice between words and JSON."""
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")


def position(text: str) -> int:
    """Return a position; whether there is such a one, the model and the record decide."""
    if not (text.isascii() and text.isdigit()):
        _refuse_position(text)
    return int(text)


def _refuse_position(text: str) -> NoReturn:
    raise argparse.ArgumentTypeError(f"'{text}' is not a position: these are whole numbers, from 0 on")
