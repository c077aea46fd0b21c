"""A file is known again by what it is, never by its name, size and time of writing alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from bgzf_files import write_bgzf

from cnn_core.letters import fasta_source
from cnn_core.letters.file_state import identity
from cnn_core.letters.sequence_files import open_sequences

TEXT = b">a\nACGTACGTAC\nAC\n>b\nTTTTTTTTTT\nTT\n"
SWAPPED = b">b\nACGTACGTAC\nAC\n>a\nTTTTTTTTTT\nTT\n"
MOVED = b">a\nACGTACGTAC\n>b\nAC\nTTTTTTTTTT\nTT\n"


def write_plain(path: Path, text: bytes) -> Path:
    path.write_bytes(text)
    return path


def rewrite(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file anew, and let it look as old as it was."""
    before = path.stat()
    write(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Put another file of the same age in a file's place."""
    before = path.stat()
    write(path.with_name("new"))
    path.with_name("new").replace(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("put", [rewrite, replace])
@pytest.mark.parametrize("write", [write_plain, write_bgzf])
@pytest.mark.parametrize(
    ("text", "letters"),
    [
        (SWAPPED, {"b": "ACGTACGTACAC", "a": "TTTTTTTTTTTT"}),
        (MOVED, {"a": "ACGTACGTAC", "b": "ACTTTTTTTTTTTT"}),
    ],
)
def test_a_file_written_anew_with_the_same_size_and_time_is_read_anew(
    text: bytes,
    letters: dict[str, str],
    write: Callable[[Path, bytes], Path],
    put: Callable[[Path, Callable[[Path], object]], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fasta_source, "_SMALL_PACKED", 0)
    path = write(tmp_path / "my.fa", TEXT)
    open_sequences(path, cache=tmp_path / "cache").close()
    put(path, lambda path: write(path, text))
    with open_sequences(path, cache=tmp_path / "cache") as opened:
        assert {record.name: record.letters() for record in opened} == letters


@pytest.mark.parametrize("size", [1, 100, 40_000, 3_000_000])
@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_the_content_tells_where_the_system_tells_nothing(
    size: int, share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(size))
    status = path.stat()
    monkeypatch.setattr(os, "fstat", lambda _: status)
    with path.open("rb") as file:
        file.seek(1)
        before = identity(file)
        assert identity(file) == before
        assert file.tell() == 1
    # Of a long file nothing is read for longer than a 31st of it.
    first = int(share * (size - 1 - size // 31))
    path.write_bytes(bytes(first) + b"\1" * (size // 31 + 1) + bytes(size - first - size // 31 - 1))
    assert path.stat().st_size == size
    with path.open("rb") as file:
        assert identity(file) != before
