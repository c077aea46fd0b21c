"""Outputs that are closed, full or of few characters: the right status, and one sentence at most."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

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


ON_STARTING = ("inspect", "--help")
"""What is run as processes too: what is closed when Python starts is the same to all that is run in it."""
Streams = dict[str, TextIO | None]
NOWHERE: Streams = {"stdin": None, "stdout": None, "stderr": None}
Here = Callable[[str, Streams], tuple[int, str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Run commands in this process, in a folder of the test's own."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    write_npz(preset("motifs"), "motifs.npz")

    def run_here(words: str, streams: Streams) -> tuple[int, str, str]:
        with pytest.MonkeyPatch.context() as patch:
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            try:
                status = main(words.split())
            except SystemExit as ended:
                status = int(ended.code or 0)
        return (status, *capsys.readouterr())

    return run_here


@contextmanager
def full(*names: str, buffered: bool = True) -> Iterator[Streams]:
    """Give streams of a full disk, of which a buffer takes some, or nothing is taken."""
    with ExitStack() as opened:
        disks = {name: opened.enter_context(Path("/dev/full").open("wb", -1 if buffered else 0)) for name in names}
        yield {
            name: opened.enter_context(TextIOWrapper(disk, write_through=not buffered))
            for name, disk in disks.items()
        }


def test_what_cannot_be_written_is_said_in_one_sentence(here: Here, subtests: pytest.Subtests) -> None:
    for name, words in WRITERS.items():
        with subtests.test(name):
            assert here(words, {"stdout": None, "stdin": None}) == (1, "", CLOSED)
            # At the first line or at the last.
            for buffered in (False, True):
                with full("stdout", buffered=buffered) as streams:
                    assert here(words, streams) == (1, "", FULL)
        if name in ON_STARTING:
            with subtests.test(f"process {name}"):
                assert run(words, ">&- <&-", Path.cwd()) == (1, "", CLOSED)
                assert run(words, ">/dev/full", Path.cwd()) == (1, "", FULL)
                assert run(words, ">/dev/full", Path.cwd(), PYTHONUNBUFFERED="1") == (1, "", FULL)


def test_what_needs_no_other_stream_does_not_miss_it(here: Here, subtests: pytest.Subtests) -> None:
    for name, words in WRITERS.items():
        with subtests.test(name):
            status, output, _ = here(words, {})
            assert status == 0
            assert output
            assert here(words, {"stdin": None, "stderr": None}) == (0, output, "")
            with full("stderr") as streams:
                assert here(words, {"stdin": None, **streams}) == (0, output, "")
        if name in ON_STARTING:
            with subtests.test(f"process {name}"):
                assert run(words, "2>&- <&-", Path.cwd()) == (0, output, "")
                assert run(words, "2>/dev/full <&-", Path.cwd()) == (0, output, "")


def test_a_file_is_written_whatever_the_streams_are(here: Here, subtests: pytest.Subtests) -> None:
    for name, words in SILENT.items():
        with subtests.test(name):
            file = Path(words.split()[-1])
            for nowhere in (NOWHERE, {"stdout": None}):
                assert here(words, nowhere) == (0, "", "")
                assert file.stat().st_size > 0
                file.unlink()
            with full("stdout", "stderr") as streams:
                assert here(words, streams) == (0, "", "")
            assert file.stat().st_size > 0
            file.unlink()
        if name == "snapshot":
            with subtests.test(f"process {name}"):
                assert run(words, "<&- >&- 2>&-", Path.cwd()) == (0, "", "")
                assert file.stat().st_size > 0


def test_a_refusal_has_its_status_where_it_cannot_be_said(here: Here, subtests: pytest.Subtests) -> None:
    for words, status in (("summary --nosuch", 2), ("summary nosuch.h5", 1), ("trace - --cell 0 --filter 0", 1)):
        with subtests.test(words):
            assert here(words, NOWHERE) == (status, "", "")
            with full("stderr") as streams:
                assert here(words, {"stdin": None, **streams}) == (status, "", "")
    with subtests.test("process"):
        assert run("summary --nosuch", "2>/dev/full", Path.cwd()) == (2, "", "")
        assert run("trace - --cell 0 --filter 0", "<&- >&- 2>&-", Path.cwd()) == (1, "", "")


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
    status, shown = on_a_terminal("@planted", fresh=True)
    assert status == 1
    assert shown == (
        "cnn-tui: standard output: the explorer draws with characters that the encoding "
        f"{encoding} does not have; set PYTHONIOENCODING=utf-8 where the terminal takes it\r\n"
    )
