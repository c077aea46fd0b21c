"""Regions: text that counts from 1, slices that count from 0."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import NotFoundError, RegionError
from cnn_core.letters.regions import Region, parse_region, resolve_region, what_was_cut
from cnn_core.letters.sequence_files import Sequences, open_sequences

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = b">chr1\n" + b"ACGTACGTAC" * 6 + b"\n>chr1:5-9\nGG\n>HLA:A*01\nACGTACGT\n>none\n"


@pytest.fixture
def sequences() -> Iterator[Sequences]:
    with open_sequences("-", stdin=BytesIO(TEXT)) as opened:
        yield opened


@each_case(
    ("text", "region"),
    [
        ("chr1", Region("chr1")),
        ("chr1:46", Region("chr1", 45)),
        ("chr1:46-", Region("chr1", 45)),
        ("chr1:46-61", Region("chr1", 45, 61)),
        ("chr1:46–61", Region("chr1", 45, 61)),
        (" chr1:46 - 61 ", Region("chr1", 45, 61)),
        ("chr1:46 − 61", Region("chr1", 45, 61)),
        ("chr1:-61", Region("chr1", 0, 61)),
        ("chr1:- 1,061", Region("chr1", 0, 1061)),
        ("chr1:1k-2k", Region("chr1", 999, 2000)),
        ("chr1:1.5K-2M", Region("chr1", 1499, 2_000_000)),
        ("chr1:0.25k-1.234567M", Region("chr1", 249, 1_234_567)),
        ("chr1:1g", Region("chr1", 999_999_999)),
        ("{chr1}", Region("chr1")),
        ("{chr1}:46-61", Region("chr1", 45, 61)),
        ("{chr1:46-61}", Region("chr1:46-61")),
        ("{chr1:46-61}:2-3", Region("chr1:46-61", 1, 3)),
        ("{{a}}:2", Region("{a}", 1)),
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


@each_case(
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
        ("chr1:1.2345k", "is not a range"),
        ("{chr1}:46..61", "is not a range"),
        ("chr1:1-2-3", "is not a range"),
        ("chr1:" + "9" * 6000, "is not a range"),
    ],
)
def test_what_is_no_region(text: str, what: str) -> None:
    with pytest.raises(RegionError, match=what):
        parse_region(text)


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
        ("{chr1:5-9}", "chr1:5-9", 0, 2),
        ("{chr1}:5-9", "chr1", 4, 9),
        ("chr1:5-10", "chr1", 4, 10),
        ("chr1:-5", "chr1", 0, 5),
        ("chr1:60-", "chr1", 59, 60),
        ("chr1:0.05k-1k", "chr1", 49, 60),
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
        ("{chr1:5-9}", ""),
        ("chr1:5-9:2-20", "chr1:5-9:2-20 reaches past the record's end and is cut off at 2"),
    ],
)
def test_what_is_cut_off_is_said(sequences: Sequences, text: str, said: str) -> None:
    assert what_was_cut(text, sequences) == said


@pytest.mark.parametrize(("text", "close"), [("1:5-9", "chr1"), ("CHR1", "chr1"), ("HLA:A*02:1-2", r"HLA:A\*01")])
def test_an_unknown_record_is_told_what_is_close(sequences: Sequences, text: str, close: str) -> None:
    with pytest.raises(NotFoundError, match=f"did you mean {close}"):
        resolve_region(text, sequences)


# What can mean two stretches, as in htslib


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("chr1:5-9", "{chr1:5-9}", "{chr1}:5-9"),
        ("5-9", "{5-9}", "chr1:5-9"),
        ("5-9:2-2", "{5-9:2-2}", "5-9:2"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_both(text: str, first: str, second: str) -> None:
    data = TEXT + b">5-9\nACGT\n>5-9:2-2\nTT\n"
    second = second.replace("5-9:2", "{5-9}:2-2") if text == "5-9:2-2" else second
    second = second.replace("chr1:5-9", "{chr1}:5-9") if text == "5-9" else second
    with open_sequences("-", stdin=BytesIO(data)) as opened:
        with pytest.raises(RegionError) as caught:
            resolve_region(text, opened, here="chr1")
        assert str(caught.value) == (f"standard input: '{text}' can be read in two ways; write {first} or {second}")
        one, other = resolve_region(first, opened, here="chr1"), resolve_region(second, opened, here="chr1")
        assert one[0].name == text
        assert other[0].name != text


@pytest.mark.parametrize("text", ["5-9", "chr1:5-9", "{chr1}:5-9", " 5 - 9 "])
def test_with_a_record_a_range_is_always_that_records(sequences: Sequences, text: str) -> None:
    assert resolve_region(text, sequences, record="chr1", here="chr1") == (sequences["chr1"], 4, 9)


@pytest.mark.parametrize(
    ("record", "text", "start", "stop"),
    [
        ("chr1:5-9", "chr1:5-9", 0, 2),
        ("chr1:5-9", "2-2", 1, 2),
        ("chr1:5-9", "chr1:5-9:2", 1, 2),
        ("chr1", "chr1", 0, 60),
        ("chr1", "{chr1}", 0, 60),
        ("chr1", "-5", 0, 5),
        ("chr1", "55", 54, 60),
    ],
)
def test_a_region_beside_a_record(sequences: Sequences, record: str, text: str, start: int, stop: int) -> None:
    assert resolve_region(text, sequences, record=record, here=record) == (sequences[record], start, stop)


def test_a_number_alone_is_the_record_of_that_name() -> None:
    with open_sequences("-", stdin=BytesIO(b">X\nACGT\n>2\nGG\n")) as opened:
        assert resolve_region("2", opened, here="X") == (opened["2"], 0, 2)
        assert resolve_region("3", opened, here="X") == (opened["X"], 2, 4)
        assert resolve_region("2", opened, record="X", here="X") == (opened["X"], 1, 4)


# What is refused, and advice that works

ADVICE = re.compile(r"write (?:a region such as )?(\S+)(?: or (\S+))?( and ask .*)?")
REFUSED = {
    "chr1:10-60:+": "'chr1:10-60:+' has a strand at its end; write chr1:10-60",
    "chr1:10-60:-": "'chr1:10-60:-' has a strand at its end; write chr1:10-60 and ask for the reverse complement "
    "beside it",
    "chr1:10-60(-)": "'chr1:10-60(-)' has a strand at its end; write chr1:10-60 and ask for the reverse complement "
    "beside it",
    "10-60:+": "'10-60:+' has a strand at its end; write 10-60",
    "chr1:10-60:-1": "'chr1:10-60:-1' has a strand at its end; write chr1:10-60 and ask for the reverse complement "
    "beside it",
    "chr1:10-60/rc": "'chr1:10-60/rc' has a strand at its end; write chr1:10-60 and ask for the reverse complement "
    "beside it",
    "chr1 10 60": "'chr1 10 60' is in columns as in BED, which counts from 0; write chr1:11-60",
    "chr1\t4\t9": "'chr1\\t4\\t9' is in columns as in BED, which counts from 0; write {chr1}:5-9",
    "chr1 10 60 peak_1 0 +": "'chr1 10 60 peak_1 0 +' is in columns as in BED, which counts from 0; write chr1:11-60",
    "chr1 90 95": "'chr1 90 95' is in columns as in BED, which counts from 0; write a region such as chr1:1-60",
    "46-61, no region": "'46-61, no region' is more than a region; write 46-61",
    "chr1:1-5,chr1:7-8": "'chr1:1-5,chr1:7-8' is more than a region; write chr1:1-5",
    "chr1 first": "'chr1 first' is more than a region; write chr1",
    "chr1:46..60": "'chr1:46..60' has dots for the dash of a region; write chr1:46-60",
    "chr1:4.5": "'4.5' is not a range; write a region such as chr1:1-60",
    "chr1:x": "'x' is not a range; write a region such as chr1:1-60",
    "chr1:1kb": "'1kb' is not a range; write a region such as chr1:1-60",
    "chr1:-": "'chr1:-' has a strand at its end; write chr1 and ask for the reverse complement beside it",
    "chr1 :-": "'chr1 :-' has a strand at its end; write chr1 and ask for the reverse complement beside it",
    "chr1:": "there is no range after the colon of 'chr1:'; write a region such as chr1:1-60",
    "chr1:1-2-3": "'1-2-3' is not a range; write a region such as chr1:1-60",
    "1-2-3": "'1-2-3' is not a range; write a region such as chr1:1-60",
    "46,61": "'46,61' is not a range; write a region such as chr1:1-60",
    "chr1:0-5": "'chr1:0-5' starts before the record; write a region such as chr1:1-60",
    "0": "'chr1:0' starts before the record; write a region such as chr1:1-60",
    "9-5": "'chr1:9-5' ends before it starts; write a region such as chr1:1-60",
    "HLA:A*01:9-5": "'HLA:A*01:9-5' ends before it starts; write a region such as chr1:1-60",
    "chr1:99": "'chr1:99' is not in the record; the record is chr1:1-60",
    ":5-9": "':5-9' names no record; write a region such as chr1:1-60",
    "": "'' names no record; write a region such as chr1:1-60",
    "{chr1:5-9": "'{chr1:5-9' has a brace that is not closed; write a region such as chr1:1-60",
    "{chr1}x": "'{chr1}x' has a brace that is not closed; write a region such as chr1:1-60",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_is_told_what_it_is_and_what_works(text: str, sequences: Sequences) -> None:
    with pytest.raises(RegionError) as caught:
        resolve_region(text, sequences, here="chr1")
    assert str(caught.value) == f"standard input: {REFUSED[text]}"
    advised = ADVICE.fullmatch(caught.value.remedy) or re.fullmatch(r"the record is (\S+)()", caught.value.remedy)
    assert advised is not None
    for advice in filter(None, advised.groups()[:2]):
        record, start, stop = resolve_region(advice, sequences, here="chr1")
        assert (record.name, start < stop) == ("chr1", True)


HOSTILE = ["chr1", "chr1:5-9", "{chr1}", "5-9", "a:b", "{a:b", "a}", "7", "7:1-2", "n" * 80, "1k", "-", ":", "x:"]


@settings(max_examples=300)
@given(
    names=st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=6, unique=True),
    parts=st.lists(
        st.sampled_from([*HOSTILE, ":", "-", "1", "5", "9", "60", "{", "}", " ", ",", "k", "+", "(", "..", "0"]),
        max_size=6,
    ),
    beside=st.booleans(),
)
def test_whatever_is_typed_is_one_stretch_or_advice_that_works(
    names: list[str], parts: list[str], beside: bool
) -> None:
    data = "".join(f">{name}\n{'ACGT' * 15}\n" for name in names).encode()
    with open_sequences("-", stdin=BytesIO(data)) as opened:
        record, typed = names[0] if beside else None, "".join(parts)
        try:
            found, start, stop = resolve_region(typed, opened, record=record, here=names[0])
        except (RegionError, NotFoundError) as refused:
            error = refused
        else:
            assert found.name in names
            assert 0 <= start < stop <= 60
            return
        advised = ADVICE.fullmatch(error.remedy)
        for advice in filter(None, advised.groups()[:2] if advised else ()):
            resolve_region(advice, opened, record=record, here=names[0])
        others = ("did you mean", "there is", "there are", "the record is", "write the record's name")
        assert advised or error.remedy.startswith(others)
