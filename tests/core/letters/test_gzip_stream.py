"""Compressed files: all of the data, or none."""

from __future__ import annotations

import gzip
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from bgzf_files import bgzf
from each_case import each_case
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import SequenceError
from cnn_core.letters.gzip_stream import BGZF_END, unpack
from cnn_core.letters.sequence_files import open_sequences

TEXT = b">chr1 one\nACGT\nACGT\nAC\n>chr2\nGGGG\nTT\n"


def read(data: bytes) -> dict[str, str]:
    with open_sequences("-", stdin=BytesIO(data)) as opened:
        return {record.name: record.letters() for record in opened}


WHOLE = {
    "one member": gzip.compress(TEXT),
    "members": gzip.compress(TEXT[:7]) + gzip.compress(b"") + gzip.compress(TEXT[7:]),
    "stored": gzip.compress(TEXT, 0),
    "padding": gzip.compress(TEXT) + b"\0" * 600,
    "bgzf": bgzf(TEXT),
    "bgzf joined": bgzf(TEXT[:20]) + bgzf(TEXT[20:]),
}


@each_case("case", WHOLE)
def test_what_is_whole_is_read_to_its_end(case: str) -> None:
    assert read(WHOLE[case]) == {"chr1": "ACGTACGTAC", "chr2": "GGGGTT"}


def test_a_header_with_a_name_and_a_comment(tmp_path: Path) -> None:
    with gzip.GzipFile("a name.fa", "wb", fileobj=(packed := BytesIO()), mtime=1) as file:
        file.write(TEXT)
    assert read(packed.getvalue())["chr2"] == "GGGGTT"


CUT = "standard input: the compressed data is cut short; copy or download the file again"
BROKEN = {
    "no end block": (bgzf(TEXT, end=b""), CUT),
    "another kind of gzip among the blocks": (
        bgzf(TEXT, end=b"") + gzip.compress(b">c\nA\n") + BGZF_END,
        "standard input: the compressed data is damaged; copy or download the file again",
    ),
    "joined, no end block": (bgzf(TEXT) + bgzf(b">c\nA\n", end=b""), CUT),
    "half an end block": (bgzf(TEXT)[:-14], CUT),
    "second member cut": (gzip.compress(TEXT) + gzip.compress(TEXT)[:-1], CUT),
    "second header cut": (gzip.compress(TEXT) + b"\x1f\x8b\x08", CUT),
    "one byte more": (gzip.compress(TEXT) + b"\x1f", CUT),
    "garbage": (
        gzip.compress(TEXT) + b">chr3\nAC\n",
        "standard input: something else follows the compressed data; compress the file anew",
    ),
    "twice": (
        gzip.compress(gzip.compress(TEXT)),
        "standard input: this is compressed with gzip a second time; unpack it first",
    ),
    "wrong check sum": (
        gzip.compress(TEXT)[:-8] + b"\0\0\0\0" + gzip.compress(TEXT)[-4:],
        "standard input: the compressed data is damaged; copy or download the file again",
    ),
    "wrong length": (
        gzip.compress(TEXT)[:-4] + b"\0\0\0\0",
        "standard input: the compressed data is damaged; copy or download the file again",
    ),
    "not deflated": (
        b"\x1f\x8b\x07" + gzip.compress(TEXT)[3:],
        "standard input: the compressed data is damaged; copy or download the file again",
    ),
    "nothing": (gzip.compress(b""), "standard input: there is nothing in it; a record starts with a line '>name'"),
}


@each_case("case", BROKEN)
def test_what_is_broken_is_refused(case: str) -> None:
    data, sentence = BROKEN[case]
    with pytest.raises(SequenceError) as caught:
        read(data)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("pack", [gzip.compress, bgzf])
def test_a_cut_anywhere_is_refused(pack: type[bytes]) -> None:
    data = pack(TEXT)
    for length in range(len(data)):
        with pytest.raises(SequenceError):
            read(data[:length])


@given(st.text(alphabet="ACGTNacgt", max_size=3000), st.sampled_from([gzip.compress, bgzf]), st.data())
def test_a_cut_anywhere_is_refused_whatever_the_letters(
    letters: str, pack: type[bytes], data: st.DataObject
) -> None:
    packed = pack(f">chr1\n{letters}\n".encode())
    assert read(packed) == {"chr1": letters}
    with pytest.raises(SequenceError):
        read(packed[: data.draw(st.integers(0, len(packed) - 1))])


@pytest.mark.parametrize("pack", [gzip.compress, bgzf])
def test_no_flipped_bit_gives_other_letters(pack: type[bytes]) -> None:
    data = pack(TEXT)
    for place in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        try:
            letters = read(bytes(flipped))
        except SequenceError:
            continue
        assert letters == {"chr1": "ACGTACGTAC", "chr2": "GGGGTT"}


@given(st.lists(st.integers(0, 400), max_size=20), st.sampled_from(list(WHOLE.values())))
def test_how_the_data_arrives_changes_nothing(cuts: list[int], data: bytes) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[first:last] for first, last in pairwise(places)]
    assert b"".join(unpack(pieces, "my.fa")) == TEXT


def test_a_bomb_is_unpacked_in_pieces_and_stopped() -> None:
    bomb = gzip.compress(b">a\n" + b"A" * 5_000_000)
    assert max(map(len, unpack([bomb], "my.fa"))) <= 1 << 20
    with pytest.raises(SequenceError, match="more than the 1,000,000 letters that are held in memory"):
        open_sequences("-", stdin=BytesIO(bomb), memory_limit=1_000_000)


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "my.fa").write_bytes(bgzf(TEXT))
    with open_sequences(tmp_path / "my.fa", cache=tmp_path / "cache") as opened:
        assert opened["chr1"].letters(3, 9) == "TACGTA"
    assert not (tmp_path / "cache").exists()
