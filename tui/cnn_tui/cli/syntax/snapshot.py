"""What `cnn-tui snapshot` takes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from ...options.arguments import add_group, add_model_options
from .parser import Parser, add_sequences

__all__ = ["check", "parser"]

_DESCRIPTION: Final = """\
Write what the explorer shows, without a terminal: the same bytes on every
machine and every run. The name of the file says the format: .svg, .txt, .ansi
(with colours), .json (the state and the values behind it) or .png (needs the
extra png). With --check: take the view again and compare."""

_END: Final = """\
keys, with blanks between them:
  right down enter escape space pageup shift+left ctrl+t f1 …   by name
  ] { ? g 1 left_square_bracket question_mark                   by character
  right*3    three times        20 right   digits are typed     'chr1:46-61'
  letters in quotes are typed, such as into a dialog: g 'cell 12' enter
  The next key waits for the work of the one before. The clock stands still:
  after space, every tick is the next moment of the demonstration; messages in
  the corner stay until wait. What a key writes is written: "x enter" exports to
  a file, and "S enter" saves the view.

numbers in .json have 5 significant digits and 6 decimals at most; --check
takes two that differ in the last digit alone for the same.

example:
  cnn-tui snapshot @planted --model motifs --keys "right*3 enter ]" -o view.svg
  cnn-tui snapshot my.fa --model danq.h5 --check danq.svg --update
  cnn-tui snapshot my.fa --model danq.h5 --check danq.svg --diff diff.html
  cnn-tui snapshot view.toml -o view.svg     what S in the explorer has saved
  cnn-tui snapshot --views views.toml --check --junit views.xml

exit status: 0 done, or the same as the baseline; 1 not the same, or the input
is at fault; 2 wrong usage"""

_USAGE: Final = """\
cnn-tui snapshot [SEQUENCES] [options] -o VIEW.svg|.txt|.ansi|.json|.png
       cnn-tui snapshot [SEQUENCES] [options] --check VIEW [--update]
       cnn-tui snapshot --views VIEWS.toml [--check] [--update]"""

_VIEWS_FILE: Final = ""
"""What --check holds where it is given without a file."""
_WITH_VIEWS: Final = ("views", "check", "update", "diff", "junit", "force", "anywhere")
"""What may be typed beside --views: what becomes of the views, not what they are."""


def parser() -> Parser:
    """Return the parser of `cnn-tui snapshot`."""
    made = Parser("cnn-tui snapshot", _USAGE, _DESCRIPTION, _END)
    add_sequences(made, optional=True)
    made.add_argument("-o", "--output", metavar="VIEW", help="the file to write")
    made.add_argument("--force", action="store_true", help="replace the file where there is one")
    made.add_argument(
        "--check",
        metavar="VIEW",
        nargs="?",
        const=_VIEWS_FILE,
        help="compare with this file, the baseline, and say what has changed; with --views, with each view's own",
    )
    made.add_argument(
        "--update", action="store_true", help="write the baseline where it is not the same, or not there"
    )
    made.add_argument("--diff", metavar="DIFF.html", help="where something has changed, write a page that shows it")
    made.add_argument("--views", metavar="VIEWS.toml", help="take every [[view]] of this file")
    made.add_argument(
        "--anywhere", action="store_true", help="with --views: write outside the folder of the file, too"
    )
    made.add_argument("--junit", metavar="FILE.xml", help="with --views: write the results as JUnit XML as well")
    made.add_argument("--size", metavar="120x40", help="columns and lines of the screen (default: 120x40)")
    made.add_argument("--keys", metavar="KEYS", default="", help="what is pressed, see below")
    add_group(made, "reading", "window", "start")
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse a snapshot that goes nowhere, or two ways."""
    if typed.views is None:
        if typed.check == _VIEWS_FILE:
            made.error("argument --check: expected a file, the baseline (or --views)")
        if typed.output is None and typed.check is None:
            made.error("one of the arguments -o/--output, --check or --views is required")
        if typed.output is not None and typed.check is not None:
            made.error("argument --check: not allowed with -o/--output")
        if typed.junit is not None:
            made.error("argument --junit: needs --views")
        if typed.anywhere:
            made.error("argument --anywhere: needs --views")
    elif typed.check or any(
        value != made.get_default(name) for name, value in vars(typed).items() if name not in _WITH_VIEWS
    ):
        made.error("argument --views: the file says what is opened, pressed and written")
    if typed.update and typed.views is None and typed.check is None:
        made.error("argument --update: needs --check VIEW or --views")
    if typed.diff is not None and typed.check is None:
        made.error("argument --diff: needs --check")
