"""The index of a plain file: made once, remembered, and never trusted for another state of the file."""

from __future__ import annotations

import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from cnn_core.errors import SequenceError
from cnn_core.letters import fasta, fasta_index, sliced_letters
from cnn_core.letters.sequence_files import Sequences, open_sequences
from cnn_core.work.cache_folder import cache_directory

TEXT = b">chr1 one\nACGT\nACGT\nAC\n>chr2\nGGGG\nTT\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "my.fa").write_bytes(TEXT)
    return tmp_path / "data" / "my.fa"


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of every file that was read from its start to its end."""
    names: list[str] = []
    read = fasta.read_fasta

    def counted(blocks: object, source: str, **asked: int) -> object:
        names.append(source)
        return read(blocks, source, **asked)  # type: ignore[arg-type]

    monkeypatch.setattr(fasta_index, "read_fasta", counted)
    return names


def letters(opened: Sequences) -> dict[str, str]:
    with opened:
        return {record.name: record.letters() for record in opened}


def replace(path: Path, data: bytes) -> None:
    """Write a file anew, as of a second later."""
    modified = path.stat().st_mtime_ns + 10**9
    path.write_bytes(data)
    os.utime(path, ns=(modified, modified))


def test_a_file_is_indexed_once(path: Path, tmp_path: Path, passes: list[str]) -> None:
    first = letters(open_sequences(path, cache=tmp_path / "cache"))
    again = letters(open_sequences(path, cache=tmp_path / "cache"))
    assert first == again == {"chr1": "ACGTACGTAC", "chr2": "GGGGTT"}
    assert passes == ["my.fa"]
    assert [entry.name for entry in path.parent.iterdir()] == ["my.fa"]
    assert [entry.suffix for entry in (tmp_path / "cache" / "fasta").iterdir()] == [".records"]


def test_a_remembered_record_has_its_description(path: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with open_sequences(path, cache=tmp_path / "cache") as opened:
            assert [record.description for record in opened] == ["one", ""]


@pytest.mark.parametrize("data", [TEXT.replace(b"GG", b"CC"), TEXT[:-5], b">a\nACGTACGT\nAC\n"])
def test_a_changed_file_is_indexed_anew(data: bytes, path: Path, tmp_path: Path, passes: list[str]) -> None:
    open_sequences(path, cache=tmp_path / "cache").close()
    replace(path, data)
    opened = letters(open_sequences(path, cache=tmp_path / "cache"))
    assert "".join(opened.values()).encode() == b"".join(
        line for line in data.splitlines() if not line.startswith(b">")
    )
    assert passes == ["my.fa", "my.fa"]
    assert len(list((tmp_path / "cache" / "fasta").iterdir())) == 1


def test_files_of_one_name_do_not_share_an_index(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "my.fa"
    other.write_bytes(TEXT.replace(b"A", b"T"))
    os.utime(other, ns=(path.stat().st_mtime_ns,) * 2)
    assert letters(open_sequences(path, cache=tmp_path / "cache"))["chr1"] == "ACGTACGTAC"
    assert letters(open_sequences(other, cache=tmp_path / "cache"))["chr1"] == "TCGTTCGTTC"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-3],
        lambda _: b"",
        lambda content: content.replace(b"chr2", b"chr3"),
        lambda content: content.split(b"\n", 1)[1],
        lambda _: b"\xff\x00" * 20,
    ],
)
def test_a_damaged_index_is_made_anew(damage: object, path: Path, tmp_path: Path, passes: list[str]) -> None:
    open_sequences(path, cache=tmp_path / "cache").close()
    (index,) = (tmp_path / "cache" / "fasta").iterdir()
    whole = index.read_bytes()
    index.write_bytes(damage(whole))  # type: ignore[operator]
    assert letters(open_sequences(path, cache=tmp_path / "cache"))["chr1"] == "ACGTACGTAC"
    assert passes == ["my.fa", "my.fa"]
    assert index.read_bytes() == whole


def test_an_index_older_than_the_file_says_nothing(path: Path, tmp_path: Path) -> None:
    os.utime(path, (4e9, 4e9))
    for _ in range(2):
        assert letters(open_sequences(path, cache=tmp_path / "cache"))["chr1"] == "ACGTACGTAC"


def test_a_cache_that_cannot_be_written_is_done_without(path: Path, tmp_path: Path, passes: list[str]) -> None:
    (tmp_path / "cache").write_text("a file where the directory should be")
    for _ in range(2):
        assert letters(open_sequences(path, cache=tmp_path / "cache"))["chr1"] == "ACGTACGTAC"
    assert passes == ["my.fa", "my.fa"]
    assert [entry.name for entry in path.parent.iterdir()] == ["my.fa"]


def test_a_full_disk_leaves_no_part_of_an_index(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_file = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if tmp_path / "cache" in target.parents:
            raise OSError(28, "No space left on device")
        return replace_file(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    assert letters(open_sequences(path, cache=tmp_path / "cache"))["chr1"] == "ACGTACGTAC"
    assert list((tmp_path / "cache" / "fasta").iterdir()) == []


def test_a_place_that_cannot_be_written_is_no_obstacle(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert letters(open_sequences(path, cache=tmp_path / "cache"))["chr1"] == "ACGTACGTAC"


def test_where_the_cache_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    monkeypatch.delenv("CNN_TUI_CACHE", raising=False)
    assert cache_directory() == tmp_path / "cnn-tui"
    monkeypatch.setenv("CNN_TUI_CACHE", str(tmp_path / "mine"))
    assert cache_directory() == tmp_path / "mine"
    assert cache_directory(tmp_path / "given") == tmp_path / "given"
    monkeypatch.setenv("CNN_TUI_CACHE", "")
    assert cache_directory() == tmp_path / "cnn-tui"


def test_a_user_without_a_home_has_no_cache(
    path: Path, tmp_path: Path, passes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CNN_TUI_CACHE", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: f"~/.cache/{name}")
    monkeypatch.chdir(tmp_path)
    assert letters(open_sequences(path))["chr1"] == "ACGTACGTAC"
    assert {entry.name for entry in tmp_path.iterdir()} == {"data"}
    assert passes == ["my.fa"]


@pytest.mark.parametrize(
    "data", [TEXT[:20], TEXT[:9], b"", TEXT.replace(b"A", b"T"), TEXT + b">more\nAC\n", b"\xff" * len(TEXT)]
)
def test_a_file_that_changes_while_it_is_open_is_no_longer_read(data: bytes, path: Path, tmp_path: Path) -> None:
    with open_sequences(path, cache=tmp_path / "cache") as opened:
        assert opened["chr1"].letters(0, 4) == "ACGT"
        replace(path, data)
        for record in opened:
            with pytest.raises(SequenceError, match=r"my\.fa: the file has changed while it was open"):
                record.codes(2, 6)


def test_letters_that_cannot_be_are_refused_whatever_the_clock_says(path: Path, tmp_path: Path) -> None:
    modified = path.stat().st_mtime_ns
    with open_sequences(path, cache=tmp_path / "cache") as opened:
        path.write_bytes(TEXT.replace(b"ACGT", b"A>GT"))
        os.utime(path, ns=(modified, modified))
        with pytest.raises(SequenceError, match="has changed"):
            opened["chr1"].codes()


def test_a_disk_that_fails_is_said(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(BytesIO):
        def __init__(self, file: BinaryIO) -> None:
            super().__init__()
            self.fileno = file.fileno  # type: ignore[method-assign]

        def read(self, *_: object) -> bytes:
            raise OSError(5, "Input/output error")

    with open_sequences(path, cache=tmp_path / "cache") as opened, path.open("rb") as file:
        monkeypatch.setattr(opened._letters, "_file", Failing(file))
        with pytest.raises(SequenceError, match=r"my\.fa: it cannot be read \(Input/output error\)"):
            opened["chr1"].codes()
        monkeypatch.undo()


def test_a_file_that_is_replaced_is_read_on_as_it_was(path: Path, tmp_path: Path) -> None:
    with open_sequences(path, cache=tmp_path / "cache") as opened:
        (tmp_path / "new.fa").write_bytes(TEXT.replace(b"A", b"T"))
        (tmp_path / "new.fa").replace(path)
        assert opened["chr1"].letters() == "ACGTACGTAC"


@pytest.mark.parametrize("cached", [True, False])
def test_a_file_that_goes_while_it_is_indexed(cached: bool, path: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").touch() if not cached else None
    with pytest.raises(SequenceError, match="has changed"):
        open_sequences(path, cache=tmp_path / "cache", progress=lambda *_: path.unlink(missing_ok=True))


def test_a_file_that_grows_while_it_is_indexed(path: Path, tmp_path: Path) -> None:
    with pytest.raises(SequenceError, match="has changed"):
        open_sequences(path, cache=tmp_path / "cache", progress=lambda *_: replace(path, TEXT + b">a\nA\n"))
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("fetched", [1, 2, 3, 7])
def test_a_long_slice_is_fetched_in_parts(
    fetched: int, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sliced_letters, "_FETCHED", fetched)
    with open_sequences(path, cache=tmp_path / "cache") as opened:
        for start in range(11):
            assert opened["chr1"].letters(start) == "ACGTACGTAC"[start:]


def test_many_records_keep_their_order_and_letters(tmp_path: Path) -> None:
    records = {f"r{number}": "ACGT"[number % 4] * (number % 23) for number in range(1500)}
    path = tmp_path / "many.fa"
    path.write_text("".join(f">{name}\n{text[:9]}\n{text[9:18]}\n{text[18:]}\n" for name, text in records.items()))
    for _ in range(2):
        assert letters(open_sequences(path, cache=tmp_path / "cache")) == records
