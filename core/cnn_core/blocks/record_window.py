"""A window of a record: which letters a network is given, and where they stand in its input and in the record.

Positions count from the first base of the input window, as the network's tensors do; the record's own coordinates
appear only in `window`, `record_position` and `region`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..letters.alphabet import PADDING, Ambiguity, decode, encode, first_ambiguous, reverse_complement
from ..letters.edits import Edit, EditedRecord
from ..letters.readable_record import ReadableRecord, check_record_letters
from ..network.model import Model
from .padding import Pad

__all__ = ["RecordWindow"]

_CHECKED_AT_ONCE = 1 << 20


@dataclass(frozen=True, eq=False)
class RecordWindow:
    """The window of a record that is the input of a model.

    Attributes:
        model: The model, with the settings in force.
        record: The record.
        start: The first base of the input window, in the record.
        stop: One past its last base in the record. A network of a fixed length may read on: the rest of its input
            is all-zero rows.
        reverse: Whether the other strand is read, in its own direction.
        ambiguity: What an ambiguous letter becomes.
        pad: How a record that is shorter than the input of a network of a fixed length is padded; None is as it is
            where nothing was said, with zeros on the right.
    """

    model: Model
    record: ReadableRecord
    start: int
    stop: int
    reverse: bool = False
    ambiguity: Ambiguity = Ambiguity.ZERO
    pad: Pad | None = field(default=None, kw_only=True)

    @property
    def length(self) -> int:
        """How many positions the network's input has, padding included."""
        return self.model.input.length or self.stop - self.start

    @property
    def window(self) -> tuple[int, int]:
        """The input window in the record, half-open."""
        return self.start, self.stop

    @property
    def padded(self) -> int:
        """How many positions of the input stand beside the record's letters; see `pad`."""
        return self.length - (self.stop - self.start)

    @property
    def padding(self) -> Pad:
        """How the record is padded where it is too short."""
        return self.pad or Pad()

    @property
    def letters(self) -> range:
        """Which positions of the input hold letters of the record."""
        left = self.padding.left(self.padded)
        return range(left, left + self.stop - self.start)

    @property
    def origin(self) -> int:
        """Where base 0 of the input stands in the record, or would; on the other strand one past that."""
        left = self.letters.start
        return self.stop + left if self.reverse else self.start - left

    @property
    def region(self) -> str:
        """The input window in samtools form, 1-based and inclusive."""
        return f"{self.record.name}:{self.start + 1}-{self.stop}"

    def record_position(self, base: int) -> int:
        """Return where a base of the input window stands in the record, 0-based."""
        return self.origin - 1 - base if self.reverse else self.origin + base

    def base_at(self, record_position: int) -> int:
        """Return which base of the input window a position of the record is; it may lie outside."""
        return self.origin - 1 - record_position if self.reverse else record_position - self.origin

    def moved_to(self, start: int) -> Self:
        """Return the reading whose input window begins at a position, or as near as the record allows.

        Args:
            start: A position of the record, 0-based.
        """
        size = min(self.model.input.length or self.stop - self.start, len(self.record))
        start = min(max(start, 0), len(self.record) - size)
        return replace(self, start=start, stop=start + size)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What stands over the letters of the record."""
        return self.record.edits if isinstance(self.record, EditedRecord) else ()

    @property
    def edit_names(self) -> tuple[str, ...]:
        """The names of the edits, such as `chr1:46A>G`."""
        return tuple(f"{self.record.name}:{name}" for name in self.bare_edit_names)

    @property
    def bare_edit_names(self) -> tuple[str, ...]:
        """The names of the edits without the record's, such as `46A>G`."""
        return self.record.names if isinstance(self.record, EditedRecord) else ()

    @property
    def own_record(self) -> ReadableRecord:
        """The record as it is without edits."""
        return self.record.original if isinstance(self.record, EditedRecord) else self.record

    def edited(self, edits: Sequence[Edit]) -> Self:
        """Return the reading with other edits over its record's own letters; the input window begins where it did.

        Where letters are taken out of an input of a fixed length, the record's next ones come in, and at its end N.

        Args:
            edits: The edits, in order; none of the present ones stays.

        Raises:
            RegionError: An edit is not in the record.
            SettingError: Two edits change the same letters.
        """
        own = self.own_record
        is_fixed = self.model.input.length is not None
        record = EditedRecord(own, tuple(edits), len(own) if is_fixed else 0) if edits else own
        whole = not is_fixed and self.window == (0, len(self.record))
        stop = len(record) if whole else min(self.stop, len(record))
        found = replace(self, record=record, stop=stop)
        return found.moved_to(self.start) if is_fixed else found

    def changed(self, first: int, last: int, letters: str) -> Self:
        """Return the reading with other letters instead of some of its input window.

        Args:
            first: The first base that is replaced, of the input window.
            last: One past the last.
            letters: What stands there instead, in the direction that is read.

        Raises:
            RegionError: There are no letters to replace.
            SequenceError: A letter is not a nucleotide letter.
        """
        start, stop = first + self.origin, last + self.origin
        if self.reverse:
            start, stop = self.origin - last, self.origin - first
            letters = decode(reverse_complement(encode(letters)))
        record = self.record if isinstance(self.record, EditedRecord) else EditedRecord(self.record, ())
        return self.edited(record.changed(start, stop, letters).edits)

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Return the codes of any half-open positions of the input; what lies beyond the letters is padding.

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous; the message names its place in the record.
        """
        codes = np.full(max(0, stop - start), PADDING, dtype=np.uint8)
        if self.padding.with_n:
            codes[max(0, -start) : max(0, self.length - start)] = self.padding.code
        letters, origin = self.letters, self.origin
        first, last = max(start, letters.start), min(stop, letters.stop)
        if first >= last:
            return codes
        if self.reverse:
            read = reverse_complement(self._letters(origin - last, origin - first))
        else:
            read = self._letters(origin + first, origin + last)
        codes[first - start : last - start] = read
        return codes

    def _letters(self, first: int, last: int) -> NDArray[np.uint8]:
        """Return the codes of half-open positions of the record, none of which the policy refuses."""
        codes = self.record.codes(first, last)
        check_record_letters(self.record, first, codes, self.model.input.channels, self.ambiguity)
        return codes

    def check_letters(self) -> None:
        """Refuse an ambiguous letter of the input window now, before anyone looks there.

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        if self.ambiguity is not Ambiguity.ERROR:
            return
        for start in range(self.start, self.stop, _CHECKED_AT_ONCE):
            self._letters(start, min(self.stop, start + _CHECKED_AT_ONCE))

    @cached_property
    def ambiguous(self) -> bool:
        """Whether the first 100,000 letters of the input window hold one that is ambiguous to the model."""
        size = min(self.stop - self.start, 100_000)
        start = self.stop - size if self.reverse else self.start
        return first_ambiguous(self.record.codes(start, start + size), self.model.input.channels) is not None
