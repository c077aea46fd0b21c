"""Records one after the other: the same as those that are held together, each alone in memory, to the very end."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import SequenceError
from cnn_core.letters import record_stream
from cnn_core.letters.fasta import Layout, stream_fasta
from cnn_core.letters.held_letters import HeldLetters
from cnn_core.letters.record_stream import RecordStream, open_stream
from cnn_core.letters.sequence_files import Record, open_sequences

TEXT = b">chr1 the first one\nACGTN\nacgtn\nGG\n>chr2\tof one base\nA\n>chr3\n>chr4\nTTT\nGG\nA"


StreamOf = Callable[..., RecordStream]


@pytest.fixture
def stream_of(tmp_path: Path) -> Iterator[StreamOf]:
    """Open text as a file, or piped, and close what was opened."""
    with ExitStack() as opened:

        def stream(data: bytes, *, piped: bool = False, **how: int) -> RecordStream:
            if piped:
                found = open_stream("-", stdin=BytesIO(data), **how)
            else:
                (tmp_path / "my.fa").write_bytes(data)
                found = open_stream(tmp_path / "my.fa", **how)
            assert found is not None
            return opened.enter_context(found)

        yield stream


@pytest.mark.parametrize("piped", [False, True])
@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_the_records_are_those_that_are_held_together(
    pack: type[bytes], piped: bool, stream_of: StreamOf, tmp_path: Path
) -> None:
    if not piped and pack is bytes:
        (tmp_path / "my.fa").write_bytes(TEXT)
        assert open_stream(tmp_path / "my.fa") is None
        return
    with stream_of(pack(TEXT), piped=piped) as stream:
        told = [(record.name, record.description, len(record), record.letters()) for record in stream]
    held = open_sequences("-", stdin=BytesIO(TEXT))
    assert told == [(record.name, record.description, len(record), record.letters()) for record in held]
    assert (stream.source, stream.letters, stream.notice) == ("standard input" if piped else "my.fa", 19, "")


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(1, 40), st.randoms(use_true_random=False))
def test_blocks_of_any_size_give_the_same(lengths: list[int], size: int, random: st.DataObject) -> None:
    wanted = [("".join(random.choices("ACGTn", k=length))) for length in lengths]  # type: ignore[attr-defined]
    text = "".join(f">r{number}\n{letters}\n" for number, letters in enumerate(wanted)).encode()
    blocks = [text[at : at + size] for at in range(0, len(text), size)]

    def letters_of(layout: Layout, codes: bytearray) -> str:
        record = Record(layout.name, "", layout.length, 0, "", HeldLetters(codes, [layout.offset], ""))
        return record.letters()

    found = [letters_of(*each) for each in stream_fasta(blocks, "my.fa", limit=1000, too_long="")]
    assert found == wanted


def test_a_record_is_given_back_where_the_next_is_asked_for(stream_of: StreamOf) -> None:
    records = iter(stream_of(TEXT, piped=True))
    first = next(records)
    assert first.letters(0, 3) == "ACG"
    next(records)
    with pytest.raises(SequenceError, match="closed"):
        first.codes()


def test_one_record_is_in_memory_at_a_time(stream_of: StreamOf) -> None:
    letters = 1 << 23
    data = gzip.compress(b"".join(b">r%d\n%s\n" % (number, b"ACGT" * (letters // 4)) for number in range(4)), 1)
    stream = stream_of(data)
    tracemalloc.start()
    assert sum(len(record.codes()) for record in stream) == 4 * letters
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The record, room for it to grow, and the blocks on their way.
    assert peak < 2 * letters


def test_the_limit_is_that_of_one_record(stream_of: StreamOf) -> None:
    text = b"".join(b">r%d\n%s\n" % (number, b"A" * 900) for number in range(2000))
    assert len([*stream_of(gzip.compress(text), memory_limit=1 << 21)]) == 2000
    with pytest.raises(SequenceError, match=r"my.fa, record long: there are more than the 1,048,576 letters"):
        list(stream_of(gzip.compress(b">long\n" + b"A" * (1 << 21)), memory_limit=1 << 20))


def test_what_is_cut_short_is_refused_at_its_end(stream_of: StreamOf) -> None:
    text = b"".join(b">r%d\n%s\n" % (number, b"ACGT" * 40_000) for number in range(3))
    records = iter(stream_of(gzip.compress(text, 0)[:-50]))
    assert [next(records).name, next(records).name] == ["r0", "r1"]
    with pytest.raises(SequenceError, match=r"^my.fa: the compressed data is cut short"):
        list(records)


def test_a_file_that_changes_meanwhile_is_refused(stream_of: StreamOf, tmp_path: Path) -> None:
    records = iter(stream_of(gzip.compress(TEXT)))
    next(records)
    with (tmp_path / "my.fa").open("ab") as file:
        file.write(b"more")
    with pytest.raises(SequenceError):
        list(records)


def test_a_long_one_is_told(stream_of: StreamOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stream, "NOTEWORTHY", 18)
    stream = stream_of(gzip.compress(TEXT))
    list(stream)
    assert stream.notice == (
        "my.fa: its 19 letters were read one record after the other; unpacked, or packed with bgzip, they would be "
        "read where needed"
    )


@pytest.mark.parametrize(("text", "words"), [(b"", "nothing in it"), (b"ACGT", "does not start with '>'")])
def test_what_is_no_fasta_is_refused_as_ever(text: bytes, words: str, stream_of: StreamOf) -> None:
    with pytest.raises(SequenceError, match=words):
        list(stream_of(text, piped=True))
