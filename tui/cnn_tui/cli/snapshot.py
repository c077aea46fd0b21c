"""`cnn-tui snapshot`: what the explorer shows as a file, compared with a baseline, or many of them."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cnn_core.errors import CnnError, printable

from .. import snapshot
from ..opening import check_request
from ..options.arguments import request_of
from ..options.by_name import DEFAULT_SIZE, size_of
from ..output.whole_file import check_output, only_below, write_bytes
from ..snapshot.comparing import Checked, check, missing, update
from ..snapshot.keys import strokes
from ..snapshot.recognising import check_replaceable
from ..snapshot.report import Case, junit_of, page_of
from ..snapshot.snapshot import check_view
from ..snapshot.views import View, read_views
from ..terminal.garbage import left_at_exit, unlooked
from ..view_file.form import with_view
from .streams import write_lines

__all__ = ["main"]

_DONE: Final = 0
_DIFFERENT: Final = 1
_HTML: Final = (".html", ".htm")
_XML: Final = (".xml",)
_ANEW: Final = "--update writes it anew"
_INSTEAD: Final = "remove it, and --update makes one"


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    for given, suffixes in ((typed.diff, _HTML), (typed.junit, _XML)):
        if given is not None:
            check_output(Path(given), "views", force=True, suffixes=suffixes)
            check_replaceable(Path(given))
    left_at_exit()
    if typed.views is not None:
        return _several(typed)
    # What is imported and drawn is needed to the end, and looking for garbage takes a third of the time.
    with unlooked():
        return _one(typed)


def _one(typed: Namespace) -> int:
    path = Path(typed.output if typed.check is None else typed.check)
    _check_files([path], typed)
    request = with_view(request_of(typed))
    size, keys = size_of(typed.size or DEFAULT_SIZE), strokes(typed.keys)
    check_request(request)
    taken = snapshot.take_request(request, size, keys)
    if typed.check is None:
        taken.save(path, force=typed.force)
        return _DONE
    checked = update(taken, path) if typed.update else check(taken, path)
    write_lines([f"{printable(str(path))}: {_outcome(checked)}", *(f"  {line}" for line in _details(checked))])
    _write_page(typed.diff, [checked])
    return _DONE if checked.same or checked.written else _DIFFERENT


def _several(typed: Namespace) -> int:
    views = read_views(Path(typed.views), anywhere=typed.anywhere)
    compares = typed.check is not None or typed.update
    if not compares:
        _check_files([view.output for view in views], typed)
        for view in views:
            # The names were not typed here.
            check_replaceable(view.output)
    cases: list[Case] = []
    found: list[Checked] = []
    words: Counter[str] = Counter()
    for view in views:
        try:
            # What its keys write, such as "x enter", is the file's wish too.
            with only_below(None if typed.anywhere else Path(typed.views).parent):
                case, checked, word = _taken(view, typed, compares=compares)
        except CnnError as error:
            case, checked, word = Case(view.name, view.output.name, error=str(error)), None, "failed"
        cases.append(case)
        found += [] if checked is None or checked.same else [checked]
        words[word] += 1
        write_lines([_view_line(view, case, word)])
        sys.stdout.flush()
    counted = ", ".join(f"{count} {word}" for word, count in words.items())
    write_lines([f"{len(views)} view{'s' * (len(views) != 1)}: {counted}"])
    _write_page(typed.diff, found)
    if typed.junit is not None:
        write_bytes(Path(typed.junit), junit_of(cases).encode(), "view", force=True, suffixes=_XML)
    return _DIFFERENT if any(case.failure or case.error for case in cases) else _DONE


def _taken(view: View, typed: Namespace, *, compares: bool) -> tuple[Case, Checked | None, str]:
    """Return what became of one view of several, and a word for it."""
    named = view.name, view.output.name
    check_view(view.output, force=True, makes_folder=compares)
    if compares and not typed.update and not view.output.exists():
        raise missing(view.output)
    check_request(view.request)
    taken = snapshot.take_request(view.request, view.size, view.keys)
    if not compares:
        taken.save(view.output, force=typed.force)
        return Case(*named), None, "written"
    if typed.update:
        checked = update(taken, view.output)
        return Case(*named), checked, "updated" if checked.written else "same"
    checked = check(taken, view.output)
    if checked.same:
        return Case(*named), checked, "same"
    comparison = checked.comparison
    failure = "; ".join(filter(None, (comparison.summary, _remedy(checked))))
    return Case(*named, failure=failure, details=comparison.report), checked, "changed"


def _view_line(view: View, case: Case, word: str) -> str:
    words = case.failure or case.error
    return f"{word:<7} {printable(view.name)}" + (f": {words}" if words else "")


def _check_files(paths: Iterable[Path], typed: Namespace) -> None:
    """Refuse what cannot be written or compared before any work is done."""
    for path in paths:
        compares = typed.check is not None
        check_view(path, force=typed.force or compares, makes_folder=compares)
        if compares and not typed.update and not path.exists():
            raise missing(path)


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
        write_bytes(Path(given), page_of(checked).encode(), "view", force=True, suffixes=_HTML)
