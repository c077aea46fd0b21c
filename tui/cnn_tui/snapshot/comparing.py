"""A snapshot against its baseline: what has changed, in words, by the lines of the screen or by the values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Final

from cnn_core.errors import CnnError, NotFoundError, printable

from ..rendering.png import NO_PNG, changed_lines
from ..rendering.text import COLOURS
from ..words.faults import os_sentence
from .recognising import check_replaceable, is_ours, kept, plain_text, sides
from .rounded_json import same_number
from .snapshot import Snapshot, check_view
from .value_words import ABSENT, Place, ValueWords

__all__ = ["Change", "Checked", "Comparison", "check", "compare", "missing", "spans", "update"]

_MOST: Final = 16
_MOST_OF_A_LIST: Final = 3
_NO_SNAPSHOT: Final = "the baseline is no snapshot of cnn-tui"
_EMPTY: Final = "the baseline is empty"
_CONFLICT: Final = "the baseline holds a merge conflict"
_NO_JSON: Final = "the baseline is no JSON"
_GROUP: Final = re.compile(r'<g data-line="(\d+)".*?</g>\n', re.DOTALL)
_DESCRIPTION: Final = re.compile(r"<desc>\n(.*?)\n</desc>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was.

    Attributes:
        where: What it is about, such as `line 12` or `pooled[3] of filter 0 TBP`.
        before: What it was.
        after: What it is.
        line: The line of the screen, from 0; None where it is a value.
        remark: What has changed, where no before and after can be shown, such as colours.
    """

    where: str
    before: str = ""
    after: str = ""
    line: int | None = None
    remark: str = ""

    @property
    def words(self) -> str:
        """The change in words, fit for a terminal; that of a line of the screen in three lines."""
        where, before, after = map(printable, (self.where, self.before, self.after))
        if self.remark:
            return f"{where}: {self.remark}" if where else self.remark
        if self.line is None:
            return f"{where}: {before} → {after}"
        return f"{where}\n  − {before}\n  + {after}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A baseline against a snapshot.

    Attributes:
        changes: What is not as it was; none where they are the same.
    """

    changes: tuple[Change, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing has changed."""
        return not self.changes

    @property
    def unusable(self) -> bool:
        """Whether nothing can be compared with the baseline, which is to be written anew."""
        return any(change.remark in (_EMPTY, _CONFLICT) for change in self.changes)

    @property
    def is_foreign(self) -> bool:
        """Whether we did not write the baseline, which is then not replaced."""
        return any(change.remark in (_NO_SNAPSHOT, _NO_JSON, NO_PNG) for change in self.changes)

    @property
    def summary(self) -> str:
        """How much has changed, and the first of it, in one line."""
        if self.same:
            return "the same"
        # Words tell more than colours.
        first = next((change for change in self.changes if not change.remark), self.changes[0])
        more = len(self.changes) - 1
        words = first.words
        if first.line is not None and not first.remark:
            words = printable(f"{first.where}: {first.after.strip() or first.before.strip()}")
        return words + (f", and {more} more" if more else "")

    @property
    def report(self) -> tuple[str, ...]:
        """What has changed, line by line; very much is cut short."""
        shown: list[str] = []
        told = [change for change in self.changes if not (change.remark and change.line is not None)]
        for change in told[:_MOST]:
            shown += change.words.split("\n")
        if len(told) > _MOST:
            shown.append(f"… and {len(told) - _MOST} more")
        alike: dict[str, list[int]] = {}
        for change in self.changes:
            if change.remark and change.line is not None:
                alike.setdefault(change.remark, []).append(change.line + 1)
        return (*shown, *(f"{_listed(lines)}: {remark}" for remark, lines in alike.items()))


def _listed(lines: list[int]) -> str:
    """Return numbers of lines, neighbours as an interval: `lines 2, 4–7`."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and runs[-1][-1] == line - 1:
            runs[-1] = [runs[-1][0], line]
        else:
            runs.append([line, line])
    words = ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in runs)
    return f"line{'s' * (len(lines) > 1)} {words}"


@dataclass(frozen=True, eq=False)
class Checked:
    """What became of a view.

    Attributes:
        path: Its baseline.
        comparison: What has changed.
        before: The baseline; None where there was none.
        after: The snapshot.
        written: Whether the baseline has been written anew.
    """

    path: Path
    comparison: Comparison
    before: bytes | None
    after: Snapshot
    written: bool = False

    @property
    def same(self) -> bool:
        """Whether the view is as its baseline says."""
        return self.comparison.same


def missing(path: Path, remedy: str = "add --update to make it") -> CnnError:
    """Return the error of a baseline that is not there.

    Args:
        path: The baseline.
        remedy: How to make it.
    """
    return NotFoundError("there is no such baseline", where=str(path), remedy=remedy)


def check(taken: Snapshot, path: Path) -> Checked:
    """Compare a view with its baseline.

    Args:
        taken: The view.
        path: The baseline; its name says the format.

    Raises:
        CnnError: There is no baseline, or it cannot be read.
    """
    before = kept(path)
    if before is None:
        raise missing(path)
    return Checked(path, compare(before, taken, path.suffix.lower()), before, taken)


def update(taken: Snapshot, path: Path) -> Checked:
    """Write a baseline that is missing, and its folder, or that the view differs from.

    Args:
        taken: The view.
        path: The baseline; its name says the format.

    Raises:
        CnnError: The baseline cannot be written, or what is there is no snapshot.
    """
    check_view(path, force=True, makes_folder=True)
    check_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise os_sentence(error, where=str(path.parent)) from None
    before = kept(path)
    comparison = Comparison() if before is None else compare(before, taken, path.suffix.lower())
    written = before is None or not comparison.same
    if written:
        taken.save(path)
    return Checked(path, comparison, before, taken, written)


def compare(before: bytes, after: Snapshot, suffix: str) -> Comparison:
    """Return what has changed since a baseline was taken.

    Numbers in JSON that differ in the last digit alone are the same, and so are texts with other line ends, without
    the last of them or with a byte order mark.

    Args:
        before: The baseline.
        after: The snapshot now.
        suffix: The baseline's format, one of `SUFFIXES`.
    """
    now = after.in_format(suffix)
    if not before:
        return Comparison((Change("", remark=_EMPTY),))
    if suffix == ".png":
        return Comparison(tuple(_pixel_changes(before, now)) if before != now else ())
    old, new = plain_text(before), now.decode()
    if old == new:
        return Comparison()
    if sides(old):
        return Comparison((Change("", remark=_CONFLICT),))
    if suffix == ".json":
        return Comparison(tuple(_value_changes(old, new)))
    changes = [*_line_changes(old, new, suffix)]
    return Comparison(tuple(changes) or (Change("", remark="drawn in another way; the screen is the same"),))


def _line_changes(old: str, new: str, suffix: str) -> Iterator[Change]:
    if not is_ours(old.encode(), suffix):
        yield Change("", remark=_NO_SNAPSHOT)
        return
    old_lines, new_lines = (_lines(text, suffix) for text in (old, new))
    if len(old_lines) != len(new_lines):
        yield Change("lines of the screen", str(len(old_lines)), str(len(new_lines)))
    for number, (one, other) in enumerate(zip(old_lines, new_lines, strict=False)):
        if one[0] != other[0]:
            yield Change(f"line {number + 1}", one[0], other[0], number)
        elif one[1] != other[1]:
            yield Change(f"line {number + 1}", line=number, remark="other colours")


def _lines(text: str, suffix: str) -> list[tuple[str, str]]:
    """Return every line of the screen: its characters, and all that is drawn of it."""
    if suffix == ".txt":
        return [(line, line) for line in text.split("\n")]
    if suffix == ".ansi":
        return [(COLOURS.sub("", line).rstrip(), line) for line in text.split("\n")]
    description = _DESCRIPTION.search(text)
    words = unescape(description[1]).split("\n") if description else []
    drawn = {int(group[1]): group[0] for group in _GROUP.finditer(text)}
    return [(line, drawn.get(number, "")) for number, line in enumerate(words)]


def spans(before: str, after: str) -> list[tuple[int, int]]:
    """Return the half-open columns in which two lines differ.

    Args:
        before: A line of the screen.
        after: The same line now.
    """
    width = max(len(before), len(after))
    found: list[tuple[int, int]] = []
    for column, (one, other) in enumerate(zip(before.ljust(width), after.ljust(width), strict=True)):
        if one == other:
            continue
        if found and found[-1][1] == column:
            found[-1] = (found[-1][0], column + 1)
        else:
            found.append((column, column + 1))
    return found


def _pixel_changes(before: bytes, now: bytes) -> Iterator[Change]:
    found = changed_lines(before, now) if is_ours(before, ".png") else NO_PNG
    if isinstance(found, str):
        yield Change("", remark=found)
        return
    for line in found:
        yield Change(f"line {line + 1}", line=line, remark="another picture")


def _value_changes(old: str, new: str) -> Iterator[Change]:
    after = json.loads(new)
    try:
        before = json.loads(old)
    except (ValueError, RecursionError):
        yield Change("", remark=_NO_JSON)
        return
    if not is_ours(old.encode(), ".json"):
        yield Change("", remark=_NO_SNAPSHOT)
        return
    words = ValueWords(before, after)
    differing = [*_differing(before, after, ())]
    digests = [path for path, one, other in differing if path[0] == "digests" and isinstance(one, str)]
    # Why anything has changed comes before what.
    for remark in filter(None, map(words.digest, digests)):
        yield Change("", remark=remark)
    lists = groupby((each for each in differing if each[0] not in digests), key=lambda found: found[0][:-1])
    for _, found in lists:
        of_a_list = [*found]
        shown = of_a_list if not _is_item(of_a_list[0][0]) else of_a_list[:_MOST_OF_A_LIST]
        for path, one, other in shown:
            where, was, has_become = words.of(path, one, other)
            yield Change(where, was, has_become)
        if len(of_a_list) > len(shown):
            more = len(of_a_list) - len(shown)
            yield Change(ValueWords.dotted(of_a_list[0][0][:-1]), remark=f"{more} more of its values")


def _is_item(place: Place) -> bool:
    return bool(place) and isinstance(place[-1], int)


def _differing(before: object, after: object, place: Place) -> Iterator[tuple[Place, object, object]]:
    """Yield the values that differ, and where they stand; lists of other lengths are one value."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*after, *before]):
            one, other = before.get(name, ABSENT), after.get(name, ABSENT)
            yield from _differing(one, other, (*place, str(name)))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for nth, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, (*place, nth))
    elif not _same(before, after):
        yield place, before, after


def _same(before: object, after: object) -> bool:
    if type(before) is bool or type(after) is bool:
        return before is after
    if (isinstance(before, float) and isinstance(after, float | int)) or (
        isinstance(after, float) and isinstance(before, int)
    ):
        return same_number(float(before), float(after))
    return before == after
