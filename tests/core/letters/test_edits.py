"""Edits are read as if a file had been edited by hand, and are named as HGVS does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnn_core.errors import CnnError
from cnn_core.letters.alphabet import decode, encode
from cnn_core.letters.edits import Edit, EditedRecord, parse_edits


@dataclass(frozen=True)
class _Held:
    text: str
    name: str = "chr1"

    def __len__(self) -> int:
        return len(self.text)

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        assert 0 <= start <= stop <= len(self.text)
        return encode(self.text[start:stop])


_RECORD = _Held("ACGTACGTAC")


def _edited(*names: str, record: _Held = _RECORD) -> str:
    found = EditedRecord(record, parse_edits(names, record))
    return decode(found.codes(0, len(found)))


@each_case(
    ("name", "letters"),
    [
        ("1A>G", "GCGTACGTAC"),
        ("chr1:10C>T", "ACGTACGTAT"),
        ("g.3G>N", "ACNTACGTAC"),
        ("3del", "ACTACGTAC"),
        ("3_5del", "ACCGTAC"),
        ("3_5delGTA", "ACCGTAC"),
        ("3_4insTTT", "ACGTTTTACGTAC"),
        ("0_1insG", "GACGTACGTAC"),
        ("10_11insG", "ACGTACGTACG"),
        ("3_5delinsAA", "ACAACGTAC"),
        ("3u>a", "refused"),
    ],
)
def test_an_edit_is_what_its_name_says(name: str, letters: str) -> None:
    if letters == "refused":
        with pytest.raises(CnnError, match="the record has G"):
            _edited(name)
    else:
        assert _edited(name) == letters


def test_several_edits_count_in_the_record_as_it_is() -> None:
    assert _edited("9A>T", "3_5del", "1_2insGG") == "AGGCCGTTC"


@each_case(
    ("name", "words"),
    [
        ("", "names no edit"),
        ("46", "names no edit"),
        ("chr1:46A", "in a shell, put it into quotes: 'chr1:46A>G'"),
        ("chr2:1A>G", "is one of record chr2"),
        ("11A>G", "not in the record"),
        ("0A>G", "not in the record"),
        ("5_3del", "not in the record"),
        ("3_4ins", "between which letters"),
        ("3_5insA", "between which letters"),
        ("3delins", "says no letters"),
        ("3G>J", "not a nucleotide letter"),
        ("3_4delCC", "the record has GT"),
    ],
)
def test_what_is_no_edit_of_the_record_is_refused(name: str, words: str) -> None:
    with pytest.raises(CnnError, match=words):
        parse_edits([name], _RECORD)


def test_two_edits_of_the_same_letters_are_refused() -> None:
    with pytest.raises(CnnError, match="3_5del and 5A>G change the same letters"):
        parse_edits(["5A>G", "3_5del"], _RECORD)


@each_case("name", ["3G>T", "3del", "3_5del", "3_4insTA", "3_5delinsCC", "0_1insG", "10_11insG"])
def test_a_name_leads_to_the_edit_and_back(name: str) -> None:
    assert EditedRecord(_RECORD, parse_edits([name], _RECORD)).names == (name,)


def test_letters_that_are_put_back_are_no_edit() -> None:
    once = EditedRecord(_RECORD, ()).changed(2, 3, "T")
    assert once.edits == (Edit(2, 3, "T"),)
    assert once.changed(2, 3, "G").edits == ()
    assert EditedRecord(_RECORD, ()).changed(4, 4, "TT").changed(4, 6, "").edits == ()


def test_neighbouring_changes_are_one_edit_and_others_two() -> None:
    typed = EditedRecord(_RECORD, ()).changed(2, 3, "T").changed(3, 4, "A")
    assert typed.names == ("3_4delinsTA",)
    assert typed.changed(7, 8, "A").names == ("3_4delinsTA", "8T>A")


def test_soft_masked_letters_are_the_same_letters() -> None:
    record = _Held("acgt")
    assert EditedRecord(record, ()).changed(1, 2, "C").edits == ()
    assert EditedRecord(record, parse_edits(["2C>G"], record)).names == ("2C>G",)


def test_a_record_is_filled_with_n_where_it_may_not_grow_shorter() -> None:
    found = EditedRecord(_RECORD, parse_edits(["3_5del"], _RECORD), shortest=10)
    assert decode(found.codes(0, 10)) == "ACCGTACNNN"
    assert decode(found.codes(6, 9)) == "CNN"


_LETTERS = st.text("ACGT", max_size=4)


@given(
    st.text("ACGT", min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), _LETTERS), max_size=8),
)
def test_any_changes_give_the_letters_that_a_hand_would(text: str, changes: list[tuple[int, int, str]]) -> None:
    record, by_hand = EditedRecord(_Held(text), ()), text
    for at, count, letters in changes:
        start = min(at, len(by_hand))
        stop = min(start + count, len(by_hand))
        by_hand = by_hand[:start] + letters + by_hand[stop:]
        record = record.changed(start, stop, letters)
        assert len(record) == len(by_hand)
        assert decode(record.codes(0, len(by_hand))) == by_hand
        for first in range(len(by_hand) + 1):
            assert decode(record.codes(first, len(by_hand))) == by_hand[first:]
    again = EditedRecord(_Held(text), parse_edits(record.names, _Held(text)))
    assert decode(again.codes(0, len(again))) == by_hand
    changed = {*record.is_changed.tolist()}
    for position, letter in enumerate(by_hand):
        if position not in changed:
            assert text[record.original_position(position)] == letter
            assert record.edited_position(record.original_position(position)) == position
