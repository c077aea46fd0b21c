"""Names that repeat: every record can be had, called alike by every route, and it is said."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from bgzf_files import fai, write_bgzf
from fasta_routes import ROUTES

from cnn_core.errors import SequenceError
from cnn_core.letters import fasta, fasta_source, record_names, samtools_index
from cnn_core.letters.record_names import RecordNames
from cnn_core.letters.record_stream import open_stream
from cnn_core.letters.sequence_files import Sequences, open_sequences

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b">a\nAC\n>b\nGG\n>a again\nGT\n>a\nTT\n>a\nAA\n>b\nCC\n"
RECORDS = {"a": "AC", "b": "GG", "a#2": "GT", "a#3": "TT", "a#4": "AA", "b#2": "CC"}


def open_bgzf(data: bytes, folder: Path) -> Sequences:
    return open_sequences(write_bgzf(folder / "my.fa", data), cache=folder / "cache")


@pytest.mark.parametrize("route", [*ROUTES, "bgzip"])
def test_later_records_of_a_name_are_called_by_a_number(
    route: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fasta_source, "_SMALL_PACKED", 0)
    for _ in range(2):  # by the index that was made, too
        with {**ROUTES, "bgzip": open_bgzf}[route](TEXT, tmp_path) as opened:
            assert {record.name: record.letters() for record in opened} == RECORDS
            assert opened.names == (*RECORDS,)
            assert opened["a#2"].description == "again"
            assert opened.assumptions == (
                f"{opened.source}: 4 records have the name of an earlier one and are called a#2, a#3, a#4, …",
            )


def without_repeats(rows: bytes) -> bytes:
    """Return the `.fai` that `samtools faidx` makes of such a file."""
    first: dict[bytes, bytes] = {}
    for row in rows.splitlines(keepends=True):
        first.setdefault(row.partition(b"\t")[0], row)
    return b"".join(first.values())


@pytest.mark.parametrize("text", [TEXT, b">a\nAC\n>a\nGT\n>b\nAC\n", b">a\nAC\n>b\nGT\n>b\nAC\n"])
def test_an_index_that_leaves_later_records_out_is_left_aside(
    text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fasta_source, "_SMALL_PACKED", 0)
    path = write_bgzf(tmp_path / "my.fa", text, indexed=True)
    path.with_name("my.fa.fai").write_bytes(without_repeats(fai(text)))
    with open_sequences(path, cache=tmp_path / "cache") as opened:
        assert len(opened) == text.count(b">")
        assert "".join(record.letters() for record in opened) == "".join(
            line for line in text.decode().split("\n") if not line.startswith(">")
        )


def test_of_many_records_an_index_that_leaves_some_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fasta_source, "_SMALL_PACKED", 0)
    monkeypatch.setattr(samtools_index, "_HEADERS_READ", 0)
    text = b">a\nAC\n>b\nGT\n>a\nTT\n>c\nAC\n"
    path = write_bgzf(tmp_path / "my.fa", text, indexed=True)
    path.with_name("my.fa.fai").write_bytes(without_repeats(fai(text)))
    with open_sequences(path, cache=tmp_path / "cache") as opened:
        assert opened["a"].letters() == "AC"
        with pytest.raises(SequenceError) as caught:
            opened["b"].letters()
    assert str(caught.value) == ("my.fa: the .fai beside it has only the first of the records called a; remove it")


def test_a_stream_gives_the_same_names() -> None:
    with open_stream("-", stdin=BytesIO(TEXT)) or pytest.fail("it is streamed") as stream:
        assert stream.assumptions == ()
        assert {record.name: record.letters() for record in stream} == RECORDS
        assert [said.partition(": ")[2] for said in stream.assumptions] == [
            "4 records have the name of an earlier one and are called a#2, a#3, a#4, …"
        ]


@pytest.mark.parametrize(
    ("names", "called"),
    [
        ("a b c", "a b c"),
        ("a a#2 a a", "a a#2 a#3 a#4"),
        ("a a a#2 a", "a a#2 a#2#2 a#3"),
        ("a#2 a#2 a a", "a#2 a#2#2 a a#3"),
    ],
)
def test_the_next_number_that_is_free(names: str, called: str) -> None:
    given, taken = RecordNames("my.fa"), dict[str, None]()
    for name in names.split():
        taken[given.instead_of(name, taken)] = None
    assert " ".join(taken) == called


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b">a\nAC\n>b\nAC\n", ()),
        (
            b">a\nAC\n>a\nAC\n",
            ("standard input: 1 record has the name of an earlier one and is called a#2",),
        ),
        (
            b">a\x1b[2J\nAC\n>a\x1b[2J\nAC\n",
            ("standard input: 1 record has the name of an earlier one and is called a\\x1b[2J#2",),
        ),
        (
            b">a\nAC\n>a\nAC\n>b\nA\n>b\nC\n",
            ("standard input: 2 records have the name of an earlier one and are called a#2, b#2",),
        ),
    ],
)
def test_what_is_said(data: bytes, said: tuple[str, ...]) -> None:
    with open_sequences("-", stdin=BytesIO(data)) as opened:
        assert opened.assumptions == said


def test_more_than_can_be_named_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_names, "MOST_REPEATED", 3)
    said = (
        "standard input: more than 3 records have the name of an earlier one; give every record a name of its own"
    )
    with open_sequences("-", stdin=BytesIO(b">a\nAC\n" * 4)) as opened:
        assert opened.names == ("a", "a#2", "a#3", "a#4")
    with pytest.raises(SequenceError) as caught:
        open_sequences("-", stdin=BytesIO(b">a\nAC\n" * 5))
    assert str(caught.value) == said
    stream = open_stream("-", stdin=BytesIO(b">a\nAC\n" * 5)) or pytest.fail("it is streamed")
    with stream, pytest.raises(SequenceError) as caught:
        list(stream)
    assert str(caught.value) == said


@pytest.mark.parametrize("streamed", [True, False])
def test_a_small_file_of_more_records_than_bytes_is_refused(
    streamed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fasta, "_FEW_RECORDS", 100)
    path = tmp_path / "my.fa.gz"
    path.write_bytes(gzip.compress(b">a\n" * 10_000))
    most = max(100, path.stat().st_size)

    def read() -> None:
        with open_sequences(path) as opened:
            list(opened)

    def stream() -> None:
        with open_stream(path) or pytest.fail("it is streamed") as opened:
            list(opened)

    with pytest.raises(SequenceError) as caught:
        (stream if streamed else read)()
    assert str(caught.value) == (
        f"my.fa.gz: there are more than {most} records in it; split it, for instance with seqkit split2"
    )
