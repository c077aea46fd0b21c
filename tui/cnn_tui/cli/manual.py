"""The manual page, from the same options as `--help`. Imports nothing heavy: it is made while the wheel is built."""

from __future__ import annotations

import re
from argparse import Action
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Final

from cnn_core import __version__

from ..docs import TOPICS
from .arguments import SUBCOMMANDS, parser_of
from .common_options import COMMON_OPTIONS
from .parser import Parser

__all__ = ["manual_page"]

_SUMMARY: Final = "see how a one-dimensional convolution over DNA feeds a max pool"
_WIDTH: Final = 60
"""Characters of a line of the source, before some of them are spelled out."""
_SPECIAL: Final = re.compile(r"[^\x00-\x7f]|\\|-")
_NAMED: Final = {"\\": r"\e", "-": r"\-"}
_FILES: Final = (
    ("$XDG_CONFIG_HOME/cnn-tui/config.toml", "Theme, keys and models of your own; see cnn-tui help config."),
    ("FILE.fai, FILE.gzi", "The index of a bgzip file, as samtools faidx writes it; read where it is there."),
)
_ENVIRONMENT: Final = (
    ("NO_COLOR", "Set to anything: no colours, unless --color says otherwise."),
    ("FORCE_COLOR", "Set to anything: colours also where no terminal is, such as in CI."),
    ("OMP_NUM_THREADS, OPENBLAS_NUM_THREADS", "How many threads work at once, unless --threads says otherwise."),
    ("CNN_TUI_TRACEBACK", "Set to anything: a defect of the program shows where it is."),
)


def manual_page() -> str:
    """Return the manual page of `cnn-tui` and all its subcommands, for section 1, in the macros of man(7)."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    explorer = parser_of(None)
    yield f'.TH CNN-TUI 1 "" "cnn-tui {__version__}" "User Commands"'
    yield from (".SH NAME", rf"cnn\-tui \- {_SUMMARY}", ".SH SYNOPSIS", *_usage(explorer))
    yield from (".SH DESCRIPTION", *_paragraph(explorer.description or ""))
    yield from _options(explorer, ())
    yield ".SH SUBCOMMANDS"
    known = explorer.actions
    for name in SUBCOMMANDS:
        parser = parser_of(name)
        yield from (f".SS {_plain(parser.prog)}", *_usage(parser), ".PP")
        yield from (*_paragraph(parser.description or ""), *_options(parser, known))
        yield from (".PP", *_as_written(_ending(parser)))
    yield from (".SH EXAMPLES", *_as_written(_ending(explorer).partition("examples:\n")[2]))
    yield from (".SH EXIT STATUS", *_listed(_statuses()), ".SH FILES", *_listed(_FILES))
    yield from (".SH ENVIRONMENT", *_listed(_ENVIRONMENT))
    yield from (".SH SEE ALSO", *_listed((f"cnn-tui help {name}", tells) for name, tells in TOPICS.items()))


def _usage(parser: Parser) -> Iterator[str]:
    """Yield the usage, whose lines are set in below `usage:` elsewhere."""
    yield from _as_written("\n".join(line.strip() for line in (parser.usage or "").splitlines()))


def _ending(parser: Parser) -> str:
    """Return what stands below the options in `--help`, without the exit status, which is said once."""
    return (parser.epilog or "").partition("\n\nexit status:")[0]


def _statuses() -> Iterator[tuple[str, str]]:
    yield from (("0", "Done."), ("1", "The input is at fault; of diff and snapshot: what is compared differs."))
    yield from (("2", "Wrong usage."), ("128 + N", "Ended by signal N, such as 130 after Ctrl+C."))


def _options(parser: Parser, known: Sequence[Action]) -> Iterator[str]:
    """Yield the options of a parser; those that mean what they mean in the explorer only by name."""
    said = {(*each.option_strings, each.help) for each in known}
    shared: list[str] = []
    for title, words, actions in parser.groups:
        own = [each for each in actions if (*each.option_strings, each.help) not in said]
        shared += (each.option_strings[-1] for each in actions if each.option_strings and each not in own)
        if not own:
            continue
        if not known:
            yield f".SS {_plain(title)}" if title == COMMON_OPTIONS or words else f".SH {title.upper()}"
        if words:
            yield from _paragraph(words)
        yield from _listed((_typed(each), (each.help or "").replace("%%", "%")) for each in own)
    if shared:
        names = [rf"\fB{_plain(each)}\fR" for each in shared]
        yield from (".PP", "As in the explorer:", *(f"{name}," for name in names[:-1]), f"{names[-1]}.")


def _typed(action: Action) -> str:
    """Return how an option is typed, with what stands for its value."""
    value = "" if action.nargs == 0 else str(action.metavar or "|".join(map(str, action.choices or ())))
    if not action.option_strings:
        return value
    return f"{', '.join(action.option_strings)}{f' {value}' if value else ''}"


def _listed(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, words in rows:
        yield from (".TP", rf"\fB{_plain(name)}\fR", *_paragraph(words))


def _paragraph(text: str) -> Iterator[str]:
    """Yield text that is filled; an empty line begins a new paragraph."""
    for part in text.split("\n\n"):
        if part is not text and not text.startswith(part):
            yield ".PP"
        yield from (_safe(_plain(line)) for line in wrap(part, _WIDTH, break_on_hyphens=False))


def _as_written(text: str) -> Iterator[str]:
    """Yield text whose lines stay as they are."""
    yield ".nf"
    yield from (_safe(_plain(line)) for line in text.splitlines())
    yield ".fi"


def _plain(text: str) -> str:
    """Return text without what roff takes for more than itself."""
    return _SPECIAL.sub(lambda found: _NAMED.get(found[0]) or f"\\[u{ord(found[0]):04X}]", text)


def _safe(line: str) -> str:
    """Return a line that is no request."""
    return rf"\&{line}" if line.startswith((".", "'")) else line
