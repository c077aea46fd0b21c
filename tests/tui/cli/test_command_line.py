"""What is typed in any order, mistyped, or asked of every subcommand alike."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from terminals import PACKAGES

from cnn_core import __version__
from cnn_core.errors import CnnError
from cnn_core.scan.whole_scan import default_threads
from cnn_core.work.cores import cores
from cnn_samples import sample_path
from cnn_tui.__main__ import main
from cnn_tui.cli.arguments import SUBCOMMANDS, parse
from cnn_tui.cli.common_options import held_to
from cnn_tui.output.whole_file import OutputFile, only_below


def said(words: str, capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    """Return the exit status, what is written to standard output, and the last line on standard error."""
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    shown = capsys.readouterr()
    return ended.value.code, shown.out, (shown.err.splitlines() or [""])[-1]


def test_every_subcommand_tells_the_version_and_has_short_options(
    subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("", *SUBCOMMANDS):
        with subtests.test(command):
            for flag in ("-V", "--version"):
                assert said(f"{command} {flag}", capsys) == (0, f"cnn-tui {__version__}\n", "")
            shown = said(f"{command} -h", capsys)
            assert shown == said(f"{command} --help --nosuch", capsys)
            assert shown[0] == 0
            assert shown[1].startswith(f"usage: cnn-tui {command}".rstrip())


@pytest.mark.parametrize(
    "words",
    [
        "scan my.fa --model seed --top 3",
        "scan --model seed my.fa --top 3",
        "scan --top=3 --model=seed my.fa",
        "--model seed scan my.fa --top 3",
        "--top 3 --model seed scan my.fa",
        "--top 3 --model seed scan -- my.fa",
    ],
)
def test_options_may_stand_anywhere(words: str) -> None:
    typed = parse(words.split())
    assert (typed.command, typed.sequences, typed.model, typed.top) == ("scan", "my.fa", "seed", 3)


def test_places_and_options_may_alternate() -> None:
    typed = parse(["diff", "--pad", "right", "a.h5", "--tolerance", "1", "b.h5", "--record", "-1", "my.fa"])
    assert (typed.model, typed.other, typed.sequences) == ("a.h5", "b.h5", "my.fa")
    assert (typed.pad, typed.tolerance, typed.record) == ("right", 1, "-1")


def test_the_value_of_an_option_is_no_subcommand() -> None:
    typed = parse(["--record", "scan", "my.fa"])
    assert (typed.command, typed.record, typed.sequences) == (None, "scan", "my.fa")
    assert parse(["--", "scam"]).sequences == "scam"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--modle seed", "cnn-tui: error: unknown option --modle; did you mean --model?"),
        ("scan --modle=x", "cnn-tui scan: error: unknown option --modle; did you mean --model?"),
        ("scan x.fa --recrod x", "cnn-tui scan: error: unknown option --recrod; did you mean --record?"),
        ("effects x.fa --prob", "cnn-tui effects: error: unknown option --prob; did you mean --probability?"),
        ("learn -z", "cnn-tui learn: error: unknown option -z; cnn-tui learn --help lists them"),
        ("sacn x.fa --top 3", "cnn-tui: error: unknown subcommand sacn; did you mean scan? (a file is ./sacn)"),
        ("exprot", "cnn-tui: error: unknown subcommand exprot; did you mean export? (a file is ./exprot)"),
        ("x.fa scan", "cnn-tui: error: unexpected argument scan"),
    ],
)
def test_what_is_mistyped_is_told_the_nearest_name(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(words, capsys) == (2, "", sentence)


WRITERS = {
    "scan @planted --model motifs --top 1": "tsv bed",
    "export @planted --model motifs --filter 0": "tsv bedgraph bed meme",
    "predict @planted --record sim_01 --model seed": "tsv bedgraph",
    "insert @planted --model seed --record sim_01 --motif GATAAG": "tsv",
    "effects @planted --model motifs --target max_pooling1d:2:0": "tsv bedgraph",
    "filters @planted --model motifs --filter 0 --motif-rule weights --against none": "tsv html",
    "filters @planted --model motifs --motif-rule weights": "meme",
    "diff motifs motifs @planted --record sim_01": "tsv json",
    "snapshot @planted --model motifs": "txt json",
}


def test_text_goes_to_standard_output_as_to_a_file(
    subtests: pytest.Subtests, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for words, formats in WRITERS.items():
        for name in formats.split():
            with subtests.test(f"{words} as {name}"):
                file = tmp_path / f"{words.split()[0]}.{name}"
                assert main([*words.split(), "-o", str(file)]) == 0
                capfdbinary.readouterr()
                # What standard output has where nothing else is said.
                asked = ["-o", "-", *(["--format", name] if name not in ("tsv", "txt") else [])]
                assert main([*words.split(), *asked]) == 0
                assert capfdbinary.readouterr().out == file.read_bytes()


def test_a_format_says_what_no_name_says(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    scan = ["scan", "@planted", "--model", "motifs", "--top", "1"]
    assert main([*scan, "--format", "bed"]) == 0
    shown = capfdbinary.readouterr().out
    assert shown.startswith(b"sim_01\t21\t37\tTBP\t1000\t+\n")
    assert main([*scan, "-o", str(tmp_path / "hits"), "--format", "bed"]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["hits"]
    assert (tmp_path / "hits").read_bytes() == shown
    assert main([*scan, "-o", str(tmp_path / "hits"), "--format", "tsv"]) == 1
    assert b"hits: there is such a file already" in capfdbinary.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_that_has_a_name_takes_what_is_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with only_below(tmp_path / "views"), pytest.raises(CnnError, match="outside the folder of the views"):
        OutputFile(tmp_path / "pipe", "hits", ("",), force=True).check()
    taken: list[bytes] = []
    reader = threading.Thread(target=lambda: taken.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    scan = ["scan", "@planted", "--model", "motifs", "--filter", "TBP", "--format", "bed", "-o"]
    assert main([*scan, str(tmp_path / "pipe")]) == 0
    reader.join()
    assert taken[0].startswith(b"sim_01\t21\t37\tTBP")
    assert (tmp_path / "pipe").is_fifo()


def test_a_reader_that_has_seen_enough_ends_it_without_a_word() -> None:
    words = "export @planted --model seed --what activations -o - | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$0" -m cnn_tui {words}', sys.executable],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": PACKAGES},
    )
    assert (done.returncode, done.stderr) == (128 + 13, b"")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ("convert motifs -o -", 2, "argument -o: .npz is no text; give the name of a file"),
        ("scan @planted --force", 2, "argument --force: it is for -o"),
        ("export @planted -o x --format bam", 2, "argument --format: invalid choice: 'bam'"),
        ("export @planted -o - --what layers", 1, "standard output: this is written as .npz, and not as .tsv"),
        (
            "export @planted --model motifs -o - --format bedgraph",
            1,
            "standard output: .bedgraph holds one filter, and there are 12; add --filter",
        ),
    ],
)
def test_what_cannot_go_to_standard_output_is_said(
    words: str, status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        found = main(words.split())
    except SystemExit as ended:
        found = int(str(ended.code))
    assert found == status
    assert sentence in capsys.readouterr().err.splitlines()[-1]


# What is said beside it, colours and threads


def lines(words: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    """Return what is written to standard output, and the lines on standard error without their seconds."""
    assert main(words.split()) == 0
    shown = capsys.readouterr()
    return shown.out, re.sub(r"^cnn-tui: \d+\.\d{3} s: ", "", shown.err, flags=re.MULTILINE).splitlines()


def test_quiet_leaves_out_warnings_and_verbose_says_where_things_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CNN_TUI_CACHE", str(tmp_path))
    scan = "scan @seed_20mer --model seed --threads 3 --set pool_size=2,pool_stride=2"
    shown, usual = lines(scan, capsys)
    assert usual
    assert all(line.startswith("cnn-tui: warning: ") for line in usual)
    assert lines(f"{scan} -q", capsys) == (shown, [])
    again, verbose = lines(f"{scan} --verbose", capsys)
    assert again == shown
    assert [line for line in verbose if line.startswith("cnn-tui: warning: ")] == usual
    said = [line for line in verbose if line not in usual]
    assert said[0].startswith(f"cnn-tui {__version__}, Python ")
    assert said[0].endswith("threads: 3")
    assert said[1] == "model seed: preset, 7 layers, 85953 numbers"
    (index,) = (tmp_path / "fasta").iterdir()
    assert said[2] == f"{sample_path('seed_20mer')}: read by slice, by the index kept as {index}"
    assert "scan of conv1d → max_pooling1d, threads: 3" in said
    assert re.fullmatch(r"done, in \d+\.\d{3} s of processor time", said[-1])
    assert not logging.getLogger("cnn_core").handlers


def test_errors_are_said_however_quiet_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "nosuch.fa", "-q"]) == 1
    assert capsys.readouterr().err.startswith("cnn-tui: nosuch.fa: there is no such file")
    assert said("scan my.fa -q -v", capsys)[2].endswith(
        "argument -v/--verbose: not allowed with argument -q/--quiet"
    )


@pytest.mark.parametrize(
    ("environment", "words", "is_coloured"),
    [
        ({}, "", False),
        ({}, "--color always", True),
        ({"FORCE_COLOR": "1"}, "", True),
        ({"FORCE_COLOR": "1"}, "--color never", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "", False),
        ({"NO_COLOR": "1"}, "--color=always", True),
    ],
)
def test_colours_are_where_they_are_asked_for(
    environment: dict[str, str],
    words: str,
    is_coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["help", "errors", *words.split()]) == 0
    assert ("\x1b[1;36;40m" in capsys.readouterr().out) == is_coloured
    assert {name: os.environ[name] for name in ("NO_COLOR", "FORCE_COLOR") if name in os.environ} == environment


def test_the_libraries_that_multiply_are_held_to_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    for name in names:
        monkeypatch.setenv(name, "2")
    with held_to(parse(["scan", "my.fa", "--threads", "1"]), draws=False):
        assert [os.environ[name] for name in names] == ["1"] * 4
        assert cores() == default_threads() == 1
    assert [os.environ[name] for name in names] == ["2"] * 4
