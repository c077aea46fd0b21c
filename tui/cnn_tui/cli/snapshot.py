"""`cnn-tui snapshot`: what the explorer shows as a file, compared with a baseline, or many of them."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnn_core.errors import CnnError, printable

from .. import opening, options, snapshot, view_file
from ..options.arguments import add_group, add_model_options, request_of
from ..output.whole_file import OutputFile, is_below, only_below
from ..terminal.garbage_collection import unlooked
from .common_options import NAMES
from .parser import Parser, add_sequences
from .progress import progress_bars
from .streams import write_lines

if TYPE_CHECKING:
    from ..snapshot import Case, Checked, View

__all__ = ["check", "main", "parser"]

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
  cnn-tui snapshot --views views.toml --check --junit views.xml"""

_STATUS: Final = """\
0 done, or the same as the baseline; 1 not the same, or the input
is at fault; 2 wrong usage"""

_USAGE: Final = """\
cnn-tui snapshot [SEQUENCES] [options] -o VIEW.svg|.txt|.ansi|.json|.png
       cnn-tui snapshot [SEQUENCES] [options] --check VIEW [--update]
       cnn-tui snapshot --views VIEWS.toml [--check] [--update]"""

_VIEWS_FILE: Final = ""
"""What --check holds where it is given without a file."""
_WITH_VIEWS: Final = ("views", "check", "update", "diff", "junit", "force", "anywhere", *NAMES)
"""What may be typed beside --views: what becomes of the views, not what they are."""
_FORMATS: Final = (".txt", ".svg", ".ansi", ".json", ".png")
"""`snapshot.SUFFIXES`, whose modules are too heavy for `--help`, first what can be read anywhere."""
_DONE: Final = 0
_DIFFERENT: Final = 1
_HTML: Final = (".html", ".htm")
_XML: Final = (".xml",)
_IN_ACTIONS: Final = "GITHUB_ACTIONS"
_REPOSITORY: Final = "GITHUB_WORKSPACE"
"""Variables that GitHub Actions sets."""
_ANEW: Final = "--update writes it anew"
_INSTEAD: Final = "remove it, and --update makes one"


def parser() -> Parser:
    """Return the parser of `cnn-tui snapshot`."""
    made = Parser("cnn-tui snapshot", _USAGE, _DESCRIPTION, _END, _STATUS)
    add_sequences(made, optional=True)
    made.add_output(*_FORMATS, instead="view", metavar="VIEW", force_alone=True)
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
    # Whether it can be written is checked as of a baseline.
    typed.output_file = None
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


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    for given, suffixes in ((typed.diff, _HTML), (typed.junit, _XML)):
        if given is not None:
            OutputFile(Path(given), "views", suffixes, force=True).check()
            snapshot.check_replaceable(Path(given))
    if typed.views is not None:
        return _several(typed)
    # What is imported and drawn is needed to the end, and looking for garbage takes a third of the time.
    with unlooked():
        return _one(typed)


def _one(typed: Namespace) -> int:
    path = Path(typed.output if typed.check is None else typed.check)
    _check_files([path], typed)
    request = view_file.with_view(request_of(typed))
    size, keys = options.size_of(typed.size or options.DEFAULT_SIZE), snapshot.strokes(typed.keys)
    opening.check_request(request)
    taken = snapshot.take_request(request, size, keys)
    if typed.check is None:
        taken.save(path, force=typed.force)
        return _DONE
    checked = snapshot.update(taken, path) if typed.update else snapshot.check(taken, path)
    write_lines([f"{printable(str(path))}: {_outcome(checked)}", *(f"  {line}" for line in _details(checked))])
    _write_page(typed.diff, [checked])
    return _DONE if checked.same or checked.written else _DIFFERENT


def _several(typed: Namespace) -> int:
    views = snapshot.read_views(Path(typed.views), anywhere=typed.anywhere)
    compares = typed.check is not None or typed.update
    if not compares:
        _check_files([view.output for view in views], typed)
        for view in views:
            # The names were not typed here.
            snapshot.check_replaceable(view.output)
    cases: list[Case] = []
    annotations: list[str] = []
    found: list[Checked] = []
    words: Counter[str] = Counter()
    with progress_bars() as bars:
        told = bars.begin("comparing" if compares else "drawing", "views")
        for view in views:
            try:
                # What its keys write, such as "x enter", is the file's wish too.
                with only_below(None if typed.anywhere else Path(typed.views).parent):
                    case, checked, word = _taken(view, typed, compares=compares)
            except CnnError as error:
                case, checked, word = snapshot.Case(view.name, view.output.name, error=str(error)), None, "failed"
            cases.append(case)
            if (case.failure or case.error) and os.environ.get(_IN_ACTIONS):
                annotations.append(snapshot.annotation_of(case, _in_repository(view.output)))
            found += [] if checked is None or checked.same else [checked]
            words[word] += 1
            with bars.aside():
                write_lines([_view_line(view, case, word)])
                sys.stdout.flush()
            told(len(cases), len(views))
    counted = ", ".join(f"{count} {word}" for word, count in words.items())
    write_lines([f"{len(views)} view{'s' * (len(views) != 1)}: {counted}", *annotations])
    _write_page(typed.diff, found)
    if typed.junit is not None:
        OutputFile(Path(typed.junit), "view", _XML, force=True).write(snapshot.junit_of(cases).encode())
    return _DIFFERENT if any(case.failure or case.error for case in cases) else _DONE


def _taken(view: View, typed: Namespace, *, compares: bool) -> tuple[Case, Checked | None, str]:
    """Return what became of one view of several, and a word for it."""
    named = view.name, view.output.name
    snapshot.check_view(view.output, force=True, makes_folder=compares)
    if compares and not typed.update and not view.output.exists():
        raise snapshot.missing(view.output)
    opening.check_request(view.request)
    taken = snapshot.take_request(view.request, view.size, view.keys)
    if not compares:
        taken.save(view.output, force=typed.force)
        return snapshot.Case(*named), None, "written"
    if typed.update:
        checked = snapshot.update(taken, view.output)
        return snapshot.Case(*named), checked, "updated" if checked.written else "same"
    checked = snapshot.check(taken, view.output)
    if checked.same:
        return snapshot.Case(*named), checked, "same"
    comparison = checked.comparison
    failure = "; ".join(filter(None, (comparison.summary, _remedy(checked))))
    return snapshot.Case(*named, failure=failure, details=comparison.report), checked, "changed"


def _view_line(view: View, case: Case, word: str) -> str:
    words = case.failure or case.error
    return f"{word:<7} {printable(view.name)}" + (f": {words}" if words else "")


def _in_repository(path: Path) -> str:
    """Return a file as GitHub Actions names it, from the root of what is checked out."""
    root = os.environ.get(_REPOSITORY)
    if not root or not is_below(path, Path(root)):
        return path.as_posix()
    return Path(os.path.realpath(path)).relative_to(os.path.realpath(root)).as_posix()


def _check_files(paths: Iterable[Path], typed: Namespace) -> None:
    """Refuse what cannot be written or compared before any work is done."""
    for path in paths:
        compares = typed.check is not None
        snapshot.check_view(path, force=typed.force or compares, makes_folder=compares)
        if compares and not typed.update and not path.exists():
            raise snapshot.missing(path)


def _outcome(checked: Checked) -> str:
    if checked.before is None:
        return "made"
    if checked.same:
        return "the same"
    changes = len(checked.comparison.changes)
    return f"{'updated: ' if checked.written else ''}{changes} change{'s' * (changes != 1)}"


def _details(checked: Checked) -> tuple[str, ...]:
    if checked.same:
        return ()
    return (*checked.comparison.report, *filter(None, [_remedy(checked)]))


def _remedy(checked: Checked) -> str:
    """Return what to do about a baseline with which nothing can be compared."""
    if checked.written:
        return ""
    return _ANEW if checked.comparison.unusable else _INSTEAD if checked.comparison.is_foreign else ""


def _write_page(given: str | None, checked: Sequence[Checked]) -> None:
    if given is not None and any(not each.same for each in checked):
        OutputFile(Path(given), "view", _HTML, force=True).write(snapshot.page_of(checked).encode())
