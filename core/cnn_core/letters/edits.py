"""Edits: other letters laid over a record, which itself never changes, and their names.

Names are those of HGVS at the level of DNA, counted from 1 in the record as it is: `46A>G`, `46_48del`, `46_47insTA`,
`46_48delinsGT`, with or without the record's name before a colon.

Source: den Dunnen et al., HGVS Recommendations for the Description of Sequence Variants, Human Mutation (2016).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import RegionError, SequenceError, SettingError, shorten
from .alphabet import BASE_SET, decode, encode
from .readable_record import ReadableRecord

__all__ = ["Edit", "EditedRecord", "parse_edits"]

_NUMBER: Final = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18}"
_NAME: Final = re.compile(
    rf"(?:(?P<record>.+):)?(?:g\.)?(?P<first>{_NUMBER})(?:_(?P<last>{_NUMBER}))?"
    r"(?:(?P<present>[A-Za-z])>(?P<instead>[A-Za-z])|(?P<change>delins|del|ins)(?P<letters>[A-Za-z]*))"
)
_CUT: Final = re.compile(rf"(?:.+:)?(?:{_NUMBER})[A-Za-z]")
_EXAMPLE: Final = "write 46A>G, 46_48del, 46_47insTA or 46_48delinsGT"
_MOST: Final = 1 << 20
"""Letters that one edit may bring."""
_N: Final = encode("N")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Letters that stand instead of some letters of a record.

    Attributes:
        start: The first letter that is replaced, 0-based.
        stop: One past the last; equal to the first where letters are only put in.
        letters: What stands there instead, in capitals; nothing where letters are only taken out.
    """

    start: int
    stop: int
    letters: str = ""

    def name(self, record: ReadableRecord) -> str:
        """Return its name, without the record's, such as `46A>G`."""
        first, last = self.start + 1, self.stop
        if self.start == self.stop:
            return f"{self.start}_{self.start + 1}ins{self.letters}"
        if len(self.letters) == self.stop - self.start == 1:
            present = decode(record.codes(self.start, self.stop)).upper()
            return f"{first}{present}>{self.letters}"
        places = f"{first}" if first == last else f"{first}_{last}"
        return f"{places}delins{self.letters}" if self.letters else f"{places}del"


@dataclass(frozen=True, eq=False)
class EditedRecord:
    """A record with edits over it, which is read like the record itself.

    Positions are those of the edited letters; `original_position` leads back.

    Attributes:
        original: The record as it is.
        edits: The edits, in order, none of which touches another.
        shortest: How many letters it has at the least; N stand at its end where too many were taken out.

    Raises:
        RegionError: An edit is not in the record.
        SettingError: Two edits change the same letters.
    """

    original: ReadableRecord
    edits: tuple[Edit, ...]
    shortest: int = 0

    def __post_init__(self) -> None:
        length = len(self.original)
        for edit in self.edits:
            if not 0 <= edit.start <= edit.stop <= length:
                raise RegionError(
                    f"the edit at {edit.start + 1:,} is not in the record",
                    where=f"record {shorten(self.name)}",
                    remedy=f"it has positions 1 to {length:,}",
                )
        for before, after in zip(self.edits, self.edits[1:], strict=False):
            if before.stop > after.start or before.start == before.stop == after.start == after.stop:
                raise SettingError(
                    f"the edits {before.name(self.original)} and {after.name(self.original)} change the same letters",
                    where=f"record {shorten(self.name)}",
                    remedy="give one edit for both, such as 46_48delinsGT",
                )

    @property
    def name(self) -> str:
        """The record's name."""
        return self.original.name

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the edits, without the record's."""
        return tuple(edit.name(self.original) for edit in self.edits)

    def __len__(self) -> int:
        return max(self._letters, self.shortest)

    @property
    def _letters(self) -> int:
        return len(self.original) + self._shifts[-1]

    @cached_property
    def _shifts(self) -> list[int]:
        """How far letters move to the right behind none, one, two … of the edits."""
        grown = (len(edit.letters) - (edit.stop - edit.start) for edit in self.edits)
        return [*accumulate(grown, initial=0)]

    @cached_property
    def _starts(self) -> list[int]:
        """Where the letters of each edit begin."""
        return [edit.start + shift for edit, shift in zip(self.edits, self._shifts, strict=False)]

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Return the codes of half-open positions, shape (stop − start,).

        Raises:
            RegionError: They are not all in the record.
            SequenceError: The file has changed or has been closed.
        """
        if not 0 <= start <= stop <= len(self):
            raise RegionError(
                f"the slice {start}:{stop} is not in the record",
                where=f"record {shorten(self.name)}",
                remedy=f"it has {len(self)} letters, 0:{len(self)}",
            )
        return np.concatenate([*self._pieces(start, stop), self.original.codes(0, 0)])

    def _pieces(self, start: int, stop: int) -> Iterator[NDArray[np.uint8]]:
        at = start
        first = max(0, bisect_right(self._starts, start) - 1)
        for number in range(first, len(self.edits)):
            edit, begins = self.edits[number], self._starts[number]
            if begins >= stop:
                break
            if at < begins:
                yield self._unedited(at, begins, number)
                at = begins
            ends = begins + len(edit.letters)
            if at < ends:
                yield encode(edit.letters)[at - begins : stop - begins]
                at = min(stop, ends)
        if at < stop:
            last = min(stop, self._letters)
            if at < last:
                yield self._unedited(at, last, bisect_right(self._starts, at))
            yield np.repeat(_N, stop - max(at, last))

    def _unedited(self, start: int, stop: int, edits_before: int) -> NDArray[np.uint8]:
        shift = self._shifts[edits_before]
        return self.original.codes(start - shift, stop - shift)

    def original_position(self, position: int) -> int:
        """Return where a letter stands in the record as it is, 0-based; of letters put in, what follows them.

        Args:
            position: A position of the edited letters, or one past the last.
        """
        number = bisect_right(self._starts, position) - 1
        if number < 0:
            return position
        edit, within = self.edits[number], position - self._starts[number]
        if within < len(edit.letters):
            return min(edit.start + within, edit.stop)
        return min(position - self._shifts[number + 1], len(self.original))

    def edited_position(self, position: int) -> int:
        """Return where a letter of the record as it is stands now, 0-based; of letters taken out, what follows."""
        number = bisect_right([edit.start for edit in self.edits], position) - 1
        if number < 0:
            return position
        edit = self.edits[number]
        if position < edit.stop:
            return self._starts[number] + min(position - edit.start, len(edit.letters))
        return position + self._shifts[number + 1]

    @cached_property
    def is_changed(self) -> NDArray[np.int64]:
        """The positions of letters that are other than in the record, or put in, ascending, shape (positions,)."""
        found = [
            begins + np.arange(len(edit.letters)) for begins, edit in zip(self._starts, self.edits, strict=True)
        ]
        return np.concatenate([np.empty(0, np.int64), *found])

    def changed(self, start: int, stop: int, letters: str) -> EditedRecord:
        """Return the record with other letters instead of some of the edited ones.

        Args:
            start: The first that is replaced, a position of the edited letters.
            stop: One past the last.
            letters: What stands there instead.

        Raises:
            RegionError: The positions are not in the record.
            SequenceError: A letter is not a nucleotide letter, or they are too many.
        """
        _ = _checked(letters)
        if not 0 <= start <= stop <= self._letters:
            raise RegionError(
                f"positions {start + 1:,} to {stop:,} hold no letters",
                where=f"record {shorten(self.name)}",
                remedy=f"the letters are 1 to {self._letters:,}",
            )
        ends = [begins + len(edit.letters) for begins, edit in zip(self._starts, self.edits, strict=True)]
        # What the change touches becomes one edit with it.
        left = sum(end < start for end in ends)
        right = sum(begins <= stop for begins in self._starts)
        first, last = min([start, *self._starts[left:right]]), max([stop, *ends[left:right]])
        text = (decode(self.codes(first, start)) + letters + decode(self.codes(stop, last))).upper()
        replaced = Edit(first - self._shifts[left], last - self._shifts[right], text)
        edits = (*self.edits[:left], *self._smallest(replaced), *self.edits[right:])
        return EditedRecord(self.original, edits, self.shortest)

    def _smallest(self, edit: Edit) -> Iterator[Edit]:
        """Yield an edit without the letters that it leaves as they are."""
        present = self.original.codes(edit.start, edit.stop) & BASE_SET
        new = encode(edit.letters) & BASE_SET
        if len(present) == len(new):
            differs = np.flatnonzero(present != new)
            for run in np.split(differs, np.flatnonzero(np.diff(differs) > 1) + 1):
                if run.size:
                    first, last = int(run[0]), int(run[-1]) + 1
                    yield Edit(edit.start + first, edit.start + last, edit.letters[first:last])
            return
        shorter = min(len(present), len(new))
        same = np.flatnonzero(present[:shorter] != new[:shorter])
        left = int(same[0]) if same.size else shorter
        ends = np.flatnonzero(present[::-1][: shorter - left] != new[::-1][: shorter - left])
        right = int(ends[0]) if ends.size else shorter - left
        yield Edit(edit.start + left, edit.stop - right, edit.letters[left : len(new) - right])


def parse_edits(names: Iterable[str], record: ReadableRecord) -> tuple[Edit, ...]:
    """Return the edits of some names, in order.

    Args:
        names: Names such as `chr1:46A>G` or `46_47insTA`.
        record: The record that they are laid over.

    Raises:
        SettingError: A name is not that of an edit, or is one of another record, or two change the same letters.
        SequenceError: The record has another letter there, or what is put in is no nucleotide letter.
        RegionError: The place is not in the record.
    """
    edits = tuple(sorted(_parsed(name, record) for name in names))
    return EditedRecord(record, edits).edits


def _parsed(name: str, record: ReadableRecord) -> Edit:
    found = _NAME.fullmatch(name.strip())
    if found is None:
        # A shell takes what stands behind > for a file's name.
        cut = _CUT.fullmatch(name.strip())
        remedy = f"in a shell, put it into quotes: '{shorten(name.strip())}>G'" if cut else _EXAMPLE
        raise SettingError(f"'{shorten(name)}' names no edit", remedy=remedy)
    if found["record"] not in (None, record.name):
        raise SettingError(
            f"the edit '{shorten(name)}' is one of record {shorten(found['record'])}",
            remedy=f"the record that is read is {shorten(record.name)}",
        )
    first = int(found["first"].replace(",", ""))
    last = int((found["last"] or found["first"]).replace(",", ""))
    letters = (found["instead"] or found["letters"] or "").upper().replace("U", "T")
    if found["change"] == "ins":
        if last != first + 1 or not letters:
            raise SettingError(
                f"'{shorten(name)}' does not say between which letters to put which in",
                remedy=f"write {first}_{first + 1}ins and the letters",
            )
        start = stop = first
    else:
        start, stop = first - 1, last
    if not 0 <= start <= stop <= len(record) or (start == stop and found["change"] != "ins"):
        raise RegionError(
            f"the edit '{shorten(name)}' is not in the record",
            where=f"record {shorten(record.name)}",
            remedy=f"it has positions 1 to {len(record):,}",
        )
    _ = _checked(letters)
    if found["change"] == "delins" and not letters:
        raise SettingError(f"'{shorten(name)}' says no letters", remedy="write del to take letters out")
    said = found["present"] or (found["letters"] if found["change"] == "del" else "")
    if said:
        _check_present(name, said, record, start, stop)
    return Edit(start, stop, "" if found["change"] == "del" else letters)


def _check_present(name: str, said: str, record: ReadableRecord, start: int, stop: int) -> None:
    present = decode(record.codes(start, stop)).upper()
    if present != said.upper().replace("U", "T"):
        raise SequenceError(
            f"the edit '{shorten(name)}' does not fit: the record has {shorten(present)} there",
            where=f"record {shorten(record.name)}",
            remedy="name the letters that the record has",
        )


def _checked(letters: str) -> str:
    encode(letters)
    if len(letters) > _MOST:
        raise SequenceError(f"{len(letters):,} letters are too many for one edit", remedy=f"the most is {_MOST:,}")
    return letters
