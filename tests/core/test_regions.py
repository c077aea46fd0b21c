"""Regions: text that counts from 1, slices that count from 0."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import NotFoundError, RegionError
from cnn_core.regions import Region, parse_region, resolve_region, what_was_cut
from cnn_core.sequences import Sequences, open_sequences

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = b">chr1\n" + b"ACGTACGTAC" * 6 + b"\n>chr1:5-9\nGG\n>HLA:A*01\nACGTACGT\n>none\n"


@pytest.fixture
def sequences() -> Iterator[Sequences]:
    with open_sequences("-", stdin=BytesIO(TEXT)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("chr1", Region("chr1")),
        ("chr1:46", Region("chr1", 45)),
        ("chr1:46-", Region("chr1", 45)),
        ("chr1:46-61", Region("chr1", 45, 61)),
        ("chr1:46–61", Region("chr1", 45, 61)),
        (" chr1:46 - 61 ", Region("chr1", 45, 61)),
        ("chr1:7-7", Region("chr1", 6, 7)),
        ("chr1:1,000-2,000", Region("chr1", 999, 2000)),
        ("chr1:1,234,567", Region("chr1", 1_234_566)),
        ("HLA:A*01:2-3", Region("HLA:A*01", 1, 3)),
        ("chr1:q21", Region("chr1:q21")),
        ("chr1:", Region("chr1:")),
    ],
)
def test_what_a_text_means(text: str, region: Region) -> None:
    assert parse_region(text) == region


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "names no record"),
        (":5-9", "names no record"),
        ("chr1:0-5", "starts before the record"),
        ("chr1:0", "starts before the record"),
        ("chr1:9-5", "ends before it starts"),
        ("chr1:5-0", "ends before it starts"),
        ("chr1:46,61", "is not a range"),
        ("chr1:1,00-2,000", "is not a range"),
        ("chr1:46..61", "is not a range"),
        ("chr1:-61", "is not a range"),
        ("chr1:1-2-3", "is not a range"),
        ("chr1:" + "9" * 6000, "is not a range"),
    ],
)
def test_what_is_no_region(text: str, what: str) -> None:
    with pytest.raises(RegionError, match=what):
        parse_region(text)


@settings(deadline=None, print_blob=True)
@given(st.integers(0, 10**12), st.none() | st.integers(1, 10**12))
def test_a_region_reads_back_as_itself(start: int, length: int | None) -> None:
    region = Region("chr1", start, None if length is None else start + length)
    assert parse_region(str(region)) == region


@pytest.mark.parametrize(
    ("text", "name", "start", "stop"),
    [
        ("chr1", "chr1", 0, 60),
        ("chr1:46", "chr1", 45, 60),
        ("chr1:1-60", "chr1", 0, 60),
        ("chr1:60-60", "chr1", 59, 60),
        ("chr1:5-9", "chr1:5-9", 0, 2),
        ("chr1:5-9:2-2", "chr1:5-9", 1, 2),
        ("HLA:A*01", "HLA:A*01", 0, 8),
        ("HLA:A*01:3", "HLA:A*01", 2, 8),
        ("none", "none", 0, 0),
        ("chr1:46-61", "chr1", 45, 60),
        ("chr1:60-999,999", "chr1", 59, 60),
    ],
)
def test_the_record_and_the_slice_of_a_region(
    sequences: Sequences, text: str, name: str, start: int, stop: int
) -> None:
    assert resolve_region(text, sequences) == (sequences[name], start, stop)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("chr1:61-61", "standard input: 'chr1:61-61' is not in the record; the record is chr1:1-60"),
        ("chr1:61", "standard input: 'chr1:61' is not in the record; the record is chr1:1-60"),
        ("none:1-2", "standard input: 'none:1-2' is not in the record; it has no letters"),
    ],
)
def test_a_range_past_the_end_is_told_the_real_one(sequences: Sequences, text: str, sentence: str) -> None:
    with pytest.raises(RegionError) as caught:
        resolve_region(text, sequences)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chr1", ""),
        ("chr1:46", ""),
        ("chr1:46-60", ""),
        ("chr1:46-61", "chr1:46-61 reaches past the record's end and is cut off at 60"),
        ("chr1:5-9", ""),
        ("chr1:5-9:2-20", "chr1:5-9:2-20 reaches past the record's end and is cut off at 2"),
    ],
)
def test_what_is_cut_off_is_said(sequences: Sequences, text: str, said: str) -> None:
    assert what_was_cut(text, sequences) == said


@pytest.mark.parametrize(("text", "close"), [("1:5-9", "chr1"), ("CHR1", "chr1"), ("HLA:A*02:1-2", r"HLA:A\*01")])
def test_an_unknown_record_is_told_what_is_close(sequences: Sequences, text: str, close: str) -> None:
    with pytest.raises(NotFoundError, match=f"did you mean {close}"):
        resolve_region(text, sequences)
