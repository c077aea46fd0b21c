"""What the commands' parsers share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from cnn_core.errors import printable
from cnn_core.work.shards import Shard

from .. import opening, output
from ..options.request import DEFAULT_SEQUENCES, OPTIONS, STANDARD_INPUT
from .common_options import COMMON_OPTIONS, add_common_options
from .streams import write_error
from .typed_values import parsed_by, whole_number_of
from .typed_words import TypedWord, flag_of, walk

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = [
    "Parser",
    "add_filters",
    "add_json",
    "add_logit",
    "add_sequences",
    "add_shard",
    "add_target",
    "add_targets",
    "add_threads",
]

_WRONG_USAGE: Final = 2
_STATUS: Final = "0 done, 1 the input is at fault, 2 wrong usage"
_AFTER_SIGNALS: Final = "128 and its number after a signal, such as 130 after Ctrl+C"
_BINARY: Final = (".npz", ".bw", ".bigwig", ".png")
"""What is not written to standard output: no text, or written forwards and backwards."""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Options in one narrow column, and the description as it is written."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24)


class Parser(argparse.ArgumentParser):
    """Help as it is written, and no abbreviations: what is short today may mean two things tomorrow.

    Args:
        prog: The program's name, and the subcommand's.
        usage: How it is typed.
        description: What it does.
        epilog: What is to be known of it, and an example.
        status: What its exit status says.
    """

    def __init__(self, prog: str, usage: str, description: str, epilog: str, status: str = _STATUS) -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=f"{epilog}\n\nexit status: {status};\n{_AFTER_SIGNALS}",
            formatter_class=_Formatter,
            add_help=False,
            allow_abbrev=False,
        )
        self._formats: tuple[str, ...] = ()
        # Python 3.14 colours help, before it is known whether it may.
        self.color = False
        add_common_options(self)

    def format_help(self) -> str:
        """Return the help; what every command has comes last."""
        self._action_groups.sort(key=_is_last)
        return super().format_help()

    def add_output(
        self,
        *suffixes: str,
        instead: str,
        metavar: str = "FILE",
        meaning: str = "the file to write; - is standard output",
        required: bool = False,
        force_alone: bool = False,
    ) -> None:
        """Add the file that is written, whether it replaces one, and its format where its name does not say it.

        Args:
            suffixes: What its name may end in, first the format of what goes to standard output.
            instead: What a file without a name of its own could be called.
            metavar: What stands for it.
            meaning: What it is, for `--help`.
            required: Whether there must be one.
            force_alone: Whether something else can be replaced as well.
        """
        self._suffixes, self._instead = suffixes, instead
        self._formats = tuple(dict.fromkeys(each[1:] for each in suffixes))
        self._force_alone = force_alone
        self.add_argument("-o", "--output", metavar=metavar, required=required, help=meaning)
        self.add_argument("--force", action="store_true", help="replace the file where there is one")
        if len(self._formats) == 1:
            self.set_defaults(format=None)
            return
        self.add_argument(
            "--format",
            metavar="NAME",
            choices=self._formats,
            help=f"the format, where no name says it: {', '.join(self._formats)} (default: the suffix of the file; of "
            f"standard output, which takes text alone, {self._formats[0]})",
        )

    @property
    def actions(self) -> Sequence[argparse.Action]:
        """The options, and what stands at its place."""
        return self._actions

    @property
    def groups(self) -> Iterator[tuple[str, str, Sequence[argparse.Action]]]:
        """The groups of options that are not empty: the title, what is said of it, and the options."""
        for group in sorted(self._action_groups, key=_is_last):
            if group._group_actions:
                yield group.title or "", group.description or "", group._group_actions

    def words(self, typed: Sequence[str]) -> list[TypedWord]:
        """Return what each word is that was typed behind the command."""
        return [*walk(self._actions, typed)]

    def understood(self, typed: Sequence[str]) -> argparse.Namespace:
        """Return what was typed, or end the program with what is wrong with it.

        Args:
            typed: The words behind the command, options and others in any order.
        """
        for word in self.words(typed):
            if word.ends:
                break
            if word.kind == "unknown":
                self.error(self._unknown(flag_of(word.text)))
        found, others = self.parse_known_args(typed)
        if others:
            self.error(f"unexpected argument {others[0]}")
        found.goes_to = found.output_file = None
        if self._formats:
            self._name_output(found)
            if found.output is not None:
                found.output_file = output.OutputFile(
                    Path(found.output), self._instead, self._suffixes, found.force
                )
        return found

    def _name_output(self, found: argparse.Namespace) -> None:
        """Give what is written a name that says its format; `goes_to` is then the place where it goes."""
        place, format_ = found.output, found.format
        if place is None and format_ is not None:
            place = STANDARD_INPUT
        if place is None and found.force and not self._force_alone:
            self.error("argument --force: it is for -o")
        if place == STANDARD_INPUT:
            format_ = format_ or self._formats[0]
            if f".{format_}" in _BINARY:
                self.error(f"argument -o: .{format_} is no text; give the name of a file")
        if format_ is not None:
            found.goes_to, found.output = place, f"{place}.{format_}"

    def _unknown(self, flag: str) -> str:
        """Return what is said of an option that there is not, and which one comes near."""
        near = opening.nearest_name(flag, self._option_string_actions)
        return f"unknown option {flag}; {f'did you mean {near}?' if near else f'{self.prog} --help lists them'}"

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


def _is_last(group: argparse._ArgumentGroup) -> bool:
    return group.title == COMMON_OPTIONS


def add_sequences(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Add what names the FASTA file, optional where the sample stands in for it, and how many threads compute."""
    default = f" (default: {DEFAULT_SEQUENCES})" if optional else ""
    add_threads(parser)
    each = OPTIONS["sequences"]
    parser.add_argument(
        each.name, metavar=each.metavar, nargs="?" if optional else None, help=f"{each.help}{default}"
    )


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add how many threads compute, `threads`."""
    parser.add_argument(
        "--threads",
        metavar="N",
        type=whole_number_of("count"),
        help="threads that work at once (default: the cores, 4 at most)",
    )


def add_shard(parser: argparse.ArgumentParser, what: str) -> None:
    """Add which share of the work is done, `shard`; None is all of it.

    Args:
        parser: The parser.
        what: What is shared out.
    """
    parser.add_argument(
        "--shard",
        metavar="I/N",
        type=parsed_by(Shard.parse),
        help=f"only share I of N equal shares of {what}, for many machines: cnn-tui help shards",
    )


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add which filters are meant, `filters`; empty where all are."""
    parser.add_argument(
        "--filter",
        dest="filters",
        metavar="N|NAME",
        action="append",
        default=[],
        help="a filter, by number or name; once for each (default: all)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the choice between words and JSON."""
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")


def add_target(parser: argparse.ArgumentParser, what: str = "the value") -> None:
    """Add what names the value that is explained: `target`, and `logit`, which is None where neither was said.

    Args:
        parser: The parser.
        what: What it is to the command.
    """
    parser.add_argument(
        "--target",
        metavar="VALUE",
        default="output",
        help=f"{what}: output, output:N, LAYER:UNIT or LAYER:POSITION:CHANNEL, counted from 0 (default: output)",
    )
    add_logit(parser)


def add_targets(parser: argparse.ArgumentParser) -> None:
    """Add what names the values that are predicted, `targets`; empty where every output is."""
    parser.add_argument(
        "--target",
        dest="targets",
        metavar="VALUES",
        action="append",
        default=[],
        help="output, LAYER, LAYER:UNIT, LAYER:CHANNEL (at every position) or LAYER:POSITION:CHANNEL, counted from 0; "
        "once for each (default: every output)",
    )


def add_logit(parser: argparse.ArgumentParser) -> None:
    """Add whether values before or behind a last function are meant: `logit`, None where neither was said."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--logit",
        action="store_true",
        default=None,
        help="the value before a last sigmoid or softmax (default, where there is one)",
    )
    either.add_argument(
        "--probability", action="store_false", dest="logit", default=None, help="the value behind it"
    )
