"""Sequences by every route: a plain file by its index, gzip, and standard input, which must all agree."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from fasta_routes import ROUTES

import cnn_core.letters.sequence_files
from cnn_core.errors import NotFoundError, RegionError, SequenceError
from cnn_core.letters.alphabet import encode
from cnn_core.letters.sequence_files import Sequences, open_sequences

TEXT = b">chr1 the first one\nACGTN\nacgtn\nGG\n>chr2\tof one base\nA\n>chr3\n"


@pytest.fixture(params=ROUTES)
def sequences(request: pytest.FixtureRequest, tmp_path: Path) -> Sequences:
    return ROUTES[request.param](TEXT, tmp_path)


def test_the_records_of_a_file(sequences: Sequences) -> None:
    assert sequences.names == ("chr1", "chr2", "chr3")
    assert [(record.name, record.description, len(record), record.length) for record in sequences] == [
        ("chr1", "the first one", 12, 12),
        ("chr2", "of one base", 1, 1),
        ("chr3", "", 0, 0),
    ]
    assert len(sequences) == 3
    assert sequences[0] == sequences["chr1"] == next(iter(sequences))
    assert len({sequences[0], sequences["chr1"], sequences[1]}) == 2
    assert sequences[-1] == sequences[np.int64(2)] != sequences[1]  # type: ignore[index]
    assert "chr2" in sequences
    assert "chr9" not in sequences
    assert sequences.source in ("my.fa", "standard input")
    assert repr(sequences) == f"<Sequences {sequences.source}: 3 records>"
    assert repr(sequences["chr2"]) == "Record(name='chr2', description='of one base', length=1)"


@pytest.mark.parametrize(("start", "stop"), [(0, 12), (0, 0), (12, 12), (3, 7), (5, 6), (4, 11), (np.int64(2), 9)])
def test_a_slice(sequences: Sequences, start: int, stop: int) -> None:
    record = sequences["chr1"]
    assert record.letters(start, stop) == "ACGTNacgtnGG"[start:stop]
    codes = record.codes(start, stop)
    assert codes.dtype == np.uint8
    assert codes.tolist() == encode("ACGTNacgtnGG")[start:stop].tolist()
    assert not codes.flags.writeable


def test_a_whole_record(sequences: Sequences) -> None:
    assert [record.letters() for record in sequences] == ["ACGTNacgtnGG", "A", ""]


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 13), (13, 13), (13, 20)])
def test_a_slice_past_the_record_is_refused(sequences: Sequences, start: int, stop: int) -> None:
    with pytest.raises(RegionError) as caught:
        sequences["chr1"].codes(start, stop)
    assert str(caught.value) == (
        f"{sequences.source}, record chr1: the slice {start}:{stop} is not in the record; it has 12 letters, 0:12"
    )


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("2", "did you mean chr2?"),
        ("Chr3", "did you mean chr3?"),
        ("chr11", "did you mean chr1 or chr3 or chr2?"),
        ("scaffold", "there are chr1, chr2, chr3"),
        ("\x1b[2J", "there are chr1, chr2, chr3"),
    ],
)
def test_an_unknown_name_is_told_what_is_close(sequences: Sequences, name: str, remedy: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        sequences[name]
    assert caught.value.remedy == remedy
    assert str(caught.value).isprintable()


def test_an_index_too_large(sequences: Sequences) -> None:
    with pytest.raises(IndexError):
        sequences[3]


def test_nothing_is_read_after_the_end(sequences: Sequences) -> None:
    with sequences:
        record = sequences["chr1"]
    sequences.close()
    with pytest.raises(SequenceError, match="has been closed"):
        record.codes(0, 5)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere.fa", "there is no such file; check its name and folder"),
        (".", "this is a folder; name a FASTA file in it"),
        ("a\0b", "it cannot be opened (embedded null byte)"),
        ("a" * 300, "it cannot be opened (File name too long)"),
    ],
)
def test_what_cannot_be_opened(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SequenceError) as caught:
        open_sequences(tmp_path / name)
    assert str(caught.value).endswith(sentence)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SequenceError, match="you may not read it; ask for its read permission"):
        open_sequences(tmp_path / "my.fa")
    with pytest.raises(SequenceError, match="this is a folder"):
        open_sequences(tmp_path)  # which some systems refuse as if by permission


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_named_pipe_is_read_as_standard_input_is(pack: type[bytes], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as threads:
        threads.submit((tmp_path / "pipe").write_bytes, pack(TEXT))
        with open_sequences(tmp_path / "pipe", cache=tmp_path / "cache") as opened:
            assert [record.letters() for record in opened] == ["ACGTNacgtnGG", "A", ""]
    assert not (tmp_path / "cache").exists()


class Pipe(BytesIO):
    """Standard input as the tests need it."""

    def __init__(self, data: bytes, terminal: bool = False, end: bytes | OSError | None = b"") -> None:
        super().__init__(data)
        self.terminal = terminal
        self.end = end

    def isatty(self) -> bool:
        return self.terminal

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        if not block and isinstance(self.end, OSError):
            raise self.end
        return block or self.end  # type: ignore[return-value]


def test_standard_input_stays_open_and_is_the_programs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = Pipe(TEXT)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe))
    with open_sequences("-") as opened:
        assert opened["chr1"].letters(0, 5) == "ACGTN"
    assert not pipe.closed


@pytest.mark.parametrize("stdin", [None, io.TextIOWrapper(Pipe(b"", terminal=True))])
def test_a_terminal_is_not_waited_for(stdin: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(SequenceError, match="nothing is piped in"):
        open_sequences("-")


@pytest.mark.parametrize(
    ("end", "what"),
    [
        (None, "it cannot be waited for"),
        (OSError(5, "Input/output error"), "it cannot be read"),
    ],
)
def test_a_pipe_that_fails_is_not_taken_for_its_end(end: OSError | None, what: str) -> None:
    with pytest.raises(SequenceError, match=what):
        open_sequences("-", stdin=Pipe(TEXT, end=end))


def test_gzip_is_told_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "plain.fa.gz").write_bytes(TEXT)
    with open_sequences(tmp_path / "plain.fa.gz") as plain:
        assert plain["chr1"].letters() == "ACGTNacgtnGG"
    with open_sequences("-", stdin=BytesIO(gzip.compress(TEXT))) as piped:
        assert piped["chr1"].letters() == "ACGTNacgtnGG"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "ragged.fa",
            b">a\nACGT\n>b\nACGT\nAC\nACGT\n",
            "ragged.fa, record b, line 5: the line is shorter than those above it and not the last, and the file "
            "is too large to be held in memory; rewrap it to one width, for instance with seqkit seq -w 60",
        ),
        (
            "spaced.fa",
            b">a\nACGT\nAC GT\n",
            "spaced.fa, record a, line 3: the line has spaces or tabs in it, and the file is "
            "too large to be held in memory; rewrap it to one width, for instance with seqkit seq -w 60",
        ),
        (
            "longer.fa",
            b">a\nACGT\nACGT\nACGTA\nA\n",
            "longer.fa, record a, line 4: the line is longer than those above it, and the file is "
            "too large to be held in memory; rewrap it to one width, for instance with seqkit seq -w 60",
        ),
        (
            "my.fa",
            gzip.compress(TEXT),
            "my.fa, record chr1: there are more than the 10 letters that are held in memory; "
            "unpack it: a plain file is read by slice",
        ),
    ],
    ids=lambda value: "gzip" if isinstance(value, bytes) and value[:2] == b"\x1f\x8b" else None,
)
def test_too_much_for_the_memory(name: str, data: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SequenceError) as caught:
        open_sequences(tmp_path / name, cache=tmp_path / "cache", memory_limit=10)
    assert str(caught.value) == sentence


def test_a_file_read_by_slice_knows_no_limit(tmp_path: Path) -> None:
    (tmp_path / "my.fa").write_bytes(TEXT)
    with open_sequences(tmp_path / "my.fa", cache=tmp_path / "cache", memory_limit=1) as opened:
        assert opened["chr1"].letters() == "ACGTNacgtnGG"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_progress_reaches_the_end(pack: type[bytes], tmp_path: Path) -> None:
    (tmp_path / "my.fa").write_bytes(pack(TEXT))
    size = (tmp_path / "my.fa").stat().st_size
    steps: list[tuple[int, int]] = []
    open_sequences(tmp_path / "my.fa", cache=tmp_path / "cache", progress=lambda *step: steps.append(step)).close()
    assert steps == sorted(steps)
    assert steps[-1] == (size, size)
    steps.clear()
    open_sequences("-", stdin=BytesIO(pack(TEXT)), progress=lambda *step: steps.append(step)).close()
    assert steps[-1] == (size, 0)


class StopReadingError(Exception):
    pass


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_progress_may_stop_the_reading(pack: type[bytes], tmp_path: Path) -> None:
    def stop(done: int, _: int) -> None:
        if done > 2:
            raise StopReadingError

    (tmp_path / "my.fa").write_bytes(pack(TEXT))
    with pytest.raises(StopReadingError):
        open_sequences(tmp_path / "my.fa", cache=tmp_path / "cache", progress=stop)
    assert [path.name for path in tmp_path.rglob("*")] == ["my.fa"]


def test_a_compressed_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "my.fa"
    path.write_bytes(gzip.compress(TEXT))

    def change(done: int, _: int) -> None:
        if done == 2:
            with path.open("ab") as file:
                file.write(gzip.compress(b">more\nAC\n"))

    with pytest.raises(SequenceError, match="has changed while it was open"):
        open_sequences(path, progress=change)


def test_threads_share_a_record(sequences: Sequences) -> None:
    record = sequences["chr1"]
    places = [(start, stop) for start in range(13) for stop in range(start, 13)] * 20
    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(lambda place: record.letters(*place), places))
    assert read == ["ACGTNacgtnGG"[start:stop] for start, stop in places]


def test_the_module_waits_for_no_reader() -> None:
    module = cnn_core.letters.sequence_files.__name__
    script = f"import sys, {module}; print(*{{'pyfaidx', 'platformdirs', 'textual'}} & {{*sys.modules}})"
    folder = Path(cnn_core.letters.sequence_files.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
