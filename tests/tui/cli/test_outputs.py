"""Outputs that are closed, full or of few characters: the right status, and one sentence at most."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from terminals import PACKAGES, on_a_terminal

from cnn_core.presets import preset
from cnn_core.readers.npz import write_npz
from cnn_tui.__main__ import main

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")

CLOSED = "cnn-tui: standard output: it is closed\n"
FULL = "cnn-tui: no space left on device\n"
WRITERS = {
    "summary": "summary motifs",
    "trace": "trace @planted --model motifs --cell 2 --filter 0",
    "scan": "scan @planted --model motifs --top 2",
    "code": "code @planted --model motifs --framework keras --filter 0",
    "inspect": "inspect motifs.npz",
    "--help": "--help",
    "--version": "--version",
    "scan --help": "scan --help",
}
"""What writes to standard output."""
SILENT = {
    "export": "export @planted --model motifs --record sim_01 -o v.bed",
    "snapshot": "snapshot @planted --model motifs -o v.txt",
    "convert": "convert motifs -o v.npz",
}
"""What writes nothing but a file."""
LATIN = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(words: str, redirected: str, cwd: Path, **environment: str) -> tuple[int, str, str]:
    """Return a command's status, its output and what it says on standard error."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m cnn_tui {words} {redirected}', sys.executable],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": PACKAGES, "PYTHONUNBUFFERED": "", "PYTHONUTF8": "1", **environment},
    )
    return done.returncode, done.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8")), done.stderr.decode()


def printed(words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return a command's output where it is run in this process."""
    with suppress(SystemExit):
        assert main(words.split()) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_what_cannot_be_written_is_said_in_one_sentence(words: str, tmp_path: Path) -> None:
    write_npz(preset("motifs"), tmp_path / "motifs.npz")
    assert run(words, ">&- <&-", tmp_path) == (1, "", CLOSED)
    # Each at the first line or at the last.
    buffering = {"PYTHONUNBUFFERED": "1"} if [*WRITERS.values()].index(words) % 2 else {}
    assert run(words, ">/dev/full", tmp_path, **buffering) == (1, "", FULL)


@pytest.mark.parametrize(("name", "words"), WRITERS.items(), ids=WRITERS)
def test_what_needs_no_other_stream_does_not_miss_it(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    write_npz(preset("motifs"), "motifs.npz")
    output = printed(words, capsys)
    assert output
    assert run(words, "2>&- <&-", tmp_path) == (0, output, "")
    if name in ("summary", "scan", "--version"):
        assert run(words, "2>/dev/full <&-", tmp_path) == (0, output, "")


@pytest.mark.parametrize(
    ("name", "redirected"),
    [
        ("export", "<&- >&- 2>&-"),
        ("export", ">/dev/full 2>/dev/full"),
        ("snapshot", "<&- >&- 2>&-"),
        ("snapshot", ">&-"),
        ("convert", ">/dev/full 2>/dev/full"),
    ],
)
def test_a_file_is_written_whatever_the_streams_are(name: str, redirected: str, tmp_path: Path) -> None:
    assert run(SILENT[name], redirected, tmp_path) == (0, "", "")
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size > 0


@pytest.mark.parametrize(
    ("words", "status", "redirected"),
    [
        ("summary --nosuch", 2, "2>&-"),
        ("summary --nosuch", 2, "2>/dev/full"),
        ("summary nosuch.h5", 1, "2>/dev/full"),
        ("summary nosuch.h5", 1, "<&- >&- 2>&-"),
        ("trace - --cell 0 --filter 0", 1, "2>&-"),
        ("trace - --cell 0 --filter 0", 1, "<&- >&- 2>&-"),
    ],
)
def test_a_refusal_has_its_status_where_it_cannot_be_said(
    words: str, status: int, redirected: str, tmp_path: Path
) -> None:
    assert run(words, redirected, tmp_path) == (status, "", "")


@pytest.mark.parametrize("environment", [LATIN, ASCII], ids=["latin-1", "C"])
def test_tables_keep_their_columns_in_any_encoding(environment: dict[str, str], tmp_path: Path) -> None:
    status, output, said = run("summary motifs", "", tmp_path, **environment)
    assert (status, said) == (0, "")
    table = [line for line in output.splitlines() if line[:1] in "+|"]
    assert len(table) == 9
    assert {len(line) for line in table} == {61}
    assert {line.isascii() for line in table} == {True}


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
@pytest.mark.parametrize("words", [words for words in WRITERS.values() if "inspect" not in words])
def test_no_character_is_spelled_as_a_number(words: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = [
        io.TextIOWrapper(io.BytesIO(), encoding),
        io.TextIOWrapper(io.BytesIO(), encoding, "backslashreplace"),
    ]
    for name, stream in zip(("stdout", "stderr"), streams, strict=True):
        monkeypatch.setattr(sys, name, stream)
    with suppress(SystemExit):
        assert main(words.split()) == 0
    written = b""
    for stream in streams:
        stream.flush()
        written += stream.buffer.getvalue()  # type: ignore[attr-defined]
    assert written
    assert b"\\u" not in written
    assert b"\\x" not in written


@pytest.mark.parametrize(
    ("environment", "encoding"), [(LATIN, "iso8859-1"), (ASCII, "ascii")], ids=["latin-1", "C"]
)
def test_the_explorer_says_which_encoding_it_needs(
    environment: dict[str, str], encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    status, shown = on_a_terminal("-m", "cnn_tui", "@planted")
    assert status == 1
    assert shown == (
        "cnn-tui: standard output: the explorer draws with characters that the encoding "
        f"{encoding} does not have; set PYTHONIOENCODING=utf-8 where the terminal takes it\r\n"
    )
