"""Finding letters, against a search that compares them one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnn_core.errors import SequenceError
from cnn_core.letters import search
from cnn_core.letters.alphabet import PADDING, encode
from cnn_core.letters.search import count_matches, find, matches, strands

MEANS = {
    "A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT",
    "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
COMPLEMENT = str.maketrans("ACGTURYSWKMBDHVN", "TGCAAYRSWMKVHDBN")
ANY = settings(max_examples=200)

letters = st.text("ACGTacgtN", max_size=40)
patterns = st.text("ACGTRYN", min_size=1, max_size=5)


def fits(stretch: str, pattern: str) -> bool:
    return all(
        set(MEANS[there.upper()]) <= set(MEANS[wanted]) for there, wanted in zip(stretch, pattern, strict=True)
    )


def places(record: str, pattern: str) -> list[int]:
    """Return where a pattern stands on either strand, letter by letter."""
    strands = (pattern, pattern.translate(COMPLEMENT)[::-1])
    starts = range(len(record) - len(pattern) + 1)
    return [start for start in starts if any(fits(record[start : start + len(pattern)], each) for each in strands)]


def reads(record: str) -> Callable[[int, int], NDArray[np.uint8]]:
    codes = encode(record)

    def read(start: int, stop: int) -> NDArray[np.uint8]:
        assert 0 <= start <= stop <= len(codes), "the search asks for letters that are not there"
        return codes[start:stop]

    return read


def found(record: str, pattern: str, start: int, *, backwards: bool = False) -> int | None:
    return find(reads(record), len(record), pattern, start, backwards=backwards)


def expected(record: str, pattern: str, start: int, *, backwards: bool = False) -> int | None:
    """Return the next place by looking at all of them."""
    known = places(record, pattern)
    ahead = [place for place in known if (place <= start if backwards else place >= start)]
    chosen = ahead or known
    if not chosen:
        return None
    return chosen[-1] if backwards else chosen[0]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_CHUNK", 4)


class TestMatches:
    @given(letters, patterns)
    @ANY
    def test_are_where_every_letter_fits_on_either_strand(self, record: str, pattern: str) -> None:
        assert np.flatnonzero(matches(encode(record), pattern)).tolist() == places(record, pattern)

    @given(st.data())
    def test_of_many_letters_are_where_all_of_them_fit(self, data: st.DataObject) -> None:
        # Mutations of the pattern and of its mirror image among repeats: near misses at every letter.
        pattern = data.draw(st.text("ACGTRYKN", min_size=6, max_size=30))
        near = st.sampled_from([pattern, pattern.translate(COMPLEMENT)[::-1]])
        record = ""
        for _ in range(data.draw(st.integers(1, 4))):
            stretch = [data.draw(st.sampled_from(MEANS[letter])) for letter in data.draw(near)]
            if data.draw(st.booleans()):
                stretch[data.draw(st.integers(0, len(stretch) - 1))] = data.draw(st.sampled_from("ACGTN"))
            record += data.draw(st.text("ACGTn", max_size=3)) + "".join(stretch)
        assert np.flatnonzero(matches(encode(record), pattern)).tolist() == places(record, pattern)

    @each_case("letter", MEANS)
    def test_an_iupac_letter_finds_the_bases_that_it_stands_for(self, letter: str) -> None:
        # The A is on this strand alone, since no pattern here can end in T on the other.
        found_on = {base for base in "ACGT" if matches(encode(base + "AAAA"), letter + "AAAA")[0]}
        assert found_on == set(MEANS[letter])

    @each_case("letter", MEANS)
    def test_an_ambiguous_letter_is_found_only_where_all_that_it_may_be_is_wanted(self, letter: str) -> None:
        wanting = {pattern for pattern in MEANS if matches(encode(letter + "AAAA"), pattern + "AAAA")[0]}
        assert wanting == {pattern for pattern in MEANS if set(MEANS[letter]) <= set(MEANS[pattern])}

    def test_the_other_strand_is_looked_at_in_its_own_direction(self) -> None:
        assert np.flatnonzero(matches(encode("GGGTTATCTGGG"), "AGATAA")).tolist() == [3]
        assert np.flatnonzero(matches(encode("GGGAATAGAGGG"), "AGATAA")).tolist() == []

    def test_a_palindrome_is_found_once_a_place(self) -> None:
        assert np.flatnonzero(matches(encode("GAATTCGAATTC"), "GAATTC")).tolist() == [0, 6]

    def test_case_and_u_make_no_difference(self) -> None:
        assert matches(encode("acgu"), "ACGT").tolist() == matches(encode("ACGT"), "acgu").tolist() == [True]

    def test_padding_is_never_found(self) -> None:
        assert not matches(np.full(5, PADDING, dtype=np.uint8), "N").any()

    def test_overlapping_places_are_all_found(self) -> None:
        assert np.flatnonzero(matches(encode("AAAA"), "AA")).tolist() == [0, 1, 2]

    @pytest.mark.parametrize(("record", "pattern"), [("ACG", "ACGT"), ("", "A"), ("ACGT", "")])
    def test_there_are_none_where_nothing_could_begin(self, record: str, pattern: str) -> None:
        assert matches(encode(record), pattern).size == 0

    def test_another_letter_is_refused(self) -> None:
        with pytest.raises(SequenceError, match="'X' at position 2"):
            matches(encode("ACGT"), "ACX")


class TestFind:
    @pytest.mark.usefixtures("small_chunks")
    @given(letters, patterns, st.integers(-3, 45), st.booleans())
    @ANY
    def test_is_the_next_place_round_the_record(
        self, record: str, pattern: str, start: int, backwards: bool
    ) -> None:
        assert found(record, pattern, start, backwards=backwards) == expected(
            record, pattern, start, backwards=backwards
        )

    @pytest.mark.parametrize("start", range(12))
    @pytest.mark.parametrize("backwards", [False, True])
    def test_a_place_across_the_border_of_two_chunks_is_found(
        self, small_chunks: None, start: int, backwards: bool
    ) -> None:
        for place in range(9):
            record = "C" * place + "ATTG" + "C" * (8 - place)
            assert found(record, "ATTG", start, backwards=backwards) == place

    def test_it_goes_round_at_the_end_and_at_the_beginning(self) -> None:
        record = "CCATACCCCCATAC"
        onwards = {start: found(record, "ATA", start) for start in (0, 2, 3, 10, 11, 13, 14)}
        assert onwards == {0: 2, 2: 2, 3: 10, 10: 10, 11: 2, 13: 2, 14: 2}
        back = {start: found(record, "ATA", start, backwards=True) for start in (14, 13, 10, 9, 2, 1, 0, -1)}
        assert back == {14: 10, 13: 10, 10: 10, 9: 2, 2: 2, 1: 10, 0: 10, -1: 10}

    def test_stepping_on_visits_every_place_once_and_comes_back(self) -> None:
        record = "GATAAGGATAAACCTTATCTTTATCAAGATA"
        for backwards, by in ((False, 1), (True, -1)):
            at, visited = 0, []
            for _ in places(record, "GATA"):
                at = found(record, "GATA", at, backwards=backwards)
                assert at is not None
                visited.append(at)
                at += by
            assert sorted(visited) == places(record, "GATA")

    def test_nowhere_is_none(self) -> None:
        assert found("CCCC", "A", 0) is None
        assert found("CC", "CCC", 0) is None
        assert found("", "A", 0) is None

    @pytest.mark.parametrize("backwards", [False, True])
    def test_it_can_be_stopped_between_chunks(self, small_chunks: None, backwards: bool) -> None:
        looked: list[tuple[int, int]] = []

        def read(start: int, stop: int) -> NDArray[np.uint8]:
            looked.append((start, stop))
            return encode("C" * (stop - start))

        answers = iter([True, True, False])
        assert find(read, 1000, "A", 500, backwards=backwards, should_continue=lambda: next(answers)) is None
        assert len(looked) == 2

    def test_no_chunk_is_read_twice_and_none_is_left_out(self, small_chunks: None) -> None:
        for backwards in (False, True):
            looked: list[int] = []

            def read(start: int, stop: int, looked: list[int] = looked) -> NDArray[np.uint8]:
                looked.extend(range(start, stop))
                return encode("C" * (stop - start))

            assert find(read, 30, "A", 13, backwards=backwards) is None
            assert sorted(looked) == list(range(30))

    @pytest.mark.parametrize(
        ("pattern", "words"), [("", "nothing to search for"), ("AX", "not a nucleotide letter")]
    )
    def test_what_cannot_be_searched_for_is_refused(self, pattern: str, words: str) -> None:
        with pytest.raises(SequenceError, match=words):
            found("ACGT", pattern, 0)


@pytest.mark.parametrize(
    ("letters", "pattern", "found"),
    [
        ("TATAAA", "TATAWA", "+"),
        ("TTTATA", "TATAWA", "−"),
        ("GATATC", "GATATC", "+ and −"),
        ("CCCCCC", "TATAWA", ""),
    ],
)
def test_the_strand_of_a_match_is_told(letters: str, pattern: str, found: str) -> None:
    assert strands(encode(letters), pattern) == found


@given(st.text("ACGTN", min_size=1, max_size=200), st.text("ACGTWN", min_size=1, max_size=4))
def test_matches_are_counted_and_numbered(text: str, pattern: str) -> None:
    codes = encode(text)
    places = np.flatnonzero(matches(codes, pattern)).tolist()
    for nth, place in enumerate(places[:5], start=1):
        counted = count_matches(lambda low, high: codes[low:high], len(codes), pattern, place)
        assert counted == (len(places), nth)
    assert count_matches(
        lambda low, high: codes[low:high], len(codes), pattern, 0, should_continue=lambda: False
    ) in (
        None,
        (0, 0),
    )
