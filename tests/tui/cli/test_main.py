"""The command as a process: what it imports, what it says where, and its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from terminals import PACKAGES, on_a_terminal

from cnn_core import __version__
from cnn_samples import sample_path
from cnn_tui.__main__ import main
from cnn_tui.cli import summary
from cnn_tui.cli.arguments import SUBCOMMANDS, parse
from cnn_tui.options.arguments import request_of
from cnn_tui.options.request import OpenRequest


def run(
    *arguments: str, stdin: str | None = None, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cnn_tui", *arguments],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": PACKAGES, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1", **environment},
    )


# Help, version and usage


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from contextlib import redirect_stdout\n"
        "from cnn_tui.__main__ import main\n"
        "for arguments in sys.argv[1:]:\n"
        "    try:\n"
        "        with redirect_stdout(None): main(arguments.split())\n"
        "    except SystemExit: pass\n"
        "    heavy = {'numpy', 'textual', 'rich', 'pyfaidx', 'asyncio', 'cnn_core.network.model'} & {*sys.modules}\n"
        "    if heavy: sys.exit(f'{arguments} imported {heavy}')\n"
    )
    asked = ["--help", "--version", *(f"{name} --help" for name in SUBCOMMANDS), "--x"]
    done = subprocess.run(
        [sys.executable, "-c", script, *asked],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONPATH": PACKAGES},
    )
    assert done.returncode == 0, done.stderr


def test_the_version_is_the_package_s() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"cnn-tui {__version__}\n", "")


def test_the_main_help_lists_the_subcommands_and_a_worked_example() -> None:
    done = run("--help", COLUMNS="80")
    assert done.returncode == 0
    for name, gives in SUBCOMMANDS.items():
        assert f"{name:<10} {gives}" in done.stdout
    assert "cnn-tui my.fa --region chr1:46-845" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_subcommand_has_help_with_a_worked_example(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    shown = capsys.readouterr().out
    assert not ended.value.code
    assert f"example:\n  cnn-tui {command} " in shown
    assert "exit status: 0 " in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_the_example_in_the_help_of_trace_is_what_trace_says(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["trace", "--help"])
    shown = capsys.readouterr().out.split("example:\n")[1].split("\n\nexit status")[0].splitlines()
    assert main(shown[0].split()[1:]) == 0
    said = capsys.readouterr().out.splitlines()
    assert all(line.removeprefix("  ") in said for line in shown[2:])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nosuch"], "unknown option --nosuch; cnn-tui --help lists them"),
        (["a.fa", "b.fa"], "unexpected argument b.fa"),
        (["--cell", "1", "--position", "2"], "not allowed with argument --cell"),
        (["--cell", "-1"], "'-1' is not a position"),
        (["--cell", "²"], "'²' is not a position"),
        (["--theme", "blue"], "invalid choice: 'blue'"),
        (["--ambiguity", "none"], "invalid choice: 'none'"),
        (["--mod", "seed"], "unknown option --mod; did you mean --model?"),
        (["--model", "seed", "summary"], "'summary' is a subcommand and comes first"),
        (["summary", "seed", "more"], "unexpected argument more"),
        (["trace", "@planted"], "the following arguments are required: --cell, --filter"),
        (["trace", "--cell", "1", "--filter", "1"], "the following arguments are required: SEQUENCES"),
        (["export", "@planted"], "the following arguments are required: -o/--output"),
        *(
            (
                [*command, option, "a", option, "b"],
                f"error: argument {option}: it is given more than once; leave one",
            )
            for command in ([], *([name, "x.fa"] for name in ("trace", "export", "scan", "snapshot", "code")))
            for option in ("--model", "--record", "--region")
        ),
    ],
)
def test_a_wrong_usage_exits_with_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_file_called_like_a_subcommand_opens_by_its_path() -> None:
    typed = parse(["./summary"])
    assert (typed.command, typed.sequences) == (None, "./summary")


def test_what_is_typed_becomes_a_request() -> None:
    assert request_of(parse([])) == OpenRequest()
    typed = (
        "my.fa --model seed --record r --region r:1-50 --filter 17 --cell 3 --theme light --ambiguity uniform "
        "--reverse-complement"
    )
    assert request_of(parse(typed.split())) == OpenRequest(
        sequences="my.fa",
        model="seed",
        record="r",
        region="r:1-50",
        filter="17",
        cell=3,
        theme="light",
        ambiguity="uniform",
        reverse=True,
    )
    assert request_of(parse(["--position", "9"])).position == 9


# Input at fault


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["summary", "nope.h5"], "nope.h5: there is no such file; the models are motifs, seed and trained"),
        (["summary", "sead"], "there is no model 'sead'; did you mean seed?"),
        (["trace", "nosuch.fa", "--cell", "0", "--filter", "0"], "nosuch.fa: there is no such file; "),
        (["trace", "@nope", "--cell", "0", "--filter", "0"], "there is no sample '@nope'; "),
        (["trace", "-", "--cell", "0", "--filter", "0"], "standard input: there is nothing in it; "),
        (
            ["export", "@planted", "-o", "x.csv"],
            "x.csv: the name does not end in .npz, .tsv, .bedgraph, .bdg, .bw, .bigwig, .bed or .meme; call it x.npz",
        ),
        (
            ["export", "@planted", "--what", "layers", "-o", "x.tsv"],
            "x.tsv: the name does not end in .npz; call it x.npz",
        ),
        (["export", "@planted", "-o", "no/x.npz"], "no: there is no such folder; "),
    ],
)
def test_input_at_fault_is_one_sentence_on_standard_error(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"cnn-tui: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_the_explorer_needs_a_terminal_to_draw_on(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cnn-tui: standard output: the explorer needs a terminal to draw on; ")
    assert done.stderr.count("\n") == 1


def test_a_hostile_name_reaches_the_terminal_as_plain_characters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.fa"
    path.write_text(f">\x1b[2J[bold]evil\n{'ACGT' * 10}\n")
    assert main(["trace", str(path), "--cell", "0", "--filter", "0"]) == 0
    assert main(["trace", str(path), "--cell", "99", "--filter", "0", "--record", "\x1b[31mno"]) == 1
    told, refused = capsys.readouterr()
    assert r"record \x1b[2J[bold]evil, 40 bases" in told
    assert "\x1b" not in told + refused
    assert r"\x1b[31mno" in refused


def test_standard_input_is_read_and_an_encoding_without_our_characters_gets_plain_ones() -> None:
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    words = ("trace", "-", "--model", "motifs", "--cell", "2", "--filter", "TBP")
    done = run(*words, stdin=sample_path("planted").read_text(), **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("record sim_01, 500 bases\n")
    assert "conv[21] = relu(sum of 16 of 64 weights + bias) = relu(14.75 - 5.250) = 9.500" in done.stdout
    assert "pool: floor((485 - 8) / 8) + 1 = 60 cells" in done.stdout
    assert "?" not in done.stdout


# The explorer's terminal


def test_the_explorer_does_not_read_standard_input_unasked() -> None:
    reader, writer = os.pipe()
    try:
        status, shown = on_a_terminal(stdin=reader)
    finally:
        os.close(reader)
        os.close(writer)
    assert status == 1
    assert "standard input: this is not the keyboard, and no SEQUENCES are given; write cnn-tui -" in shown


def test_the_explorer_asked_for_standard_input_wants_something_piped_in() -> None:
    status, shown = on_a_terminal("-")
    assert status == 1
    assert "standard input: nothing is piped in; write cat my.fa | cnn-tui -, or name a file" in shown


def test_without_a_terminal_for_its_keys_the_explorer_does_not_start() -> None:
    with Path(os.devnull).open("rb") as nothing:
        status, shown = on_a_terminal("@planted", stdin=nothing.fileno())
    assert status == 1
    assert "standard input: the explorer needs a terminal for its keys" in shown
    assert "use summary, trace, export, scan or snapshot" in shown


def test_the_explorer_refuses_what_is_not_there_before_it_draws() -> None:
    status, shown = on_a_terminal("nosuch.fa", fresh=True)
    assert status == 1
    assert shown.startswith("cnn-tui: nosuch.fa: there is no such file; ")


# Whatever else happens


@pytest.mark.parametrize(
    ("thrown", "status", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (MemoryError(), 1, "cnn-tui: there is not enough memory; give a shorter --region\n"),
        (PermissionError(13, "Permission denied", "x"), 1, "cnn-tui: x: permission denied\n"),
        (RuntimeError("boo"), 1, "cnn-tui: stopped at a defect of its own (RuntimeError: boo); "),
    ],
)
def test_nothing_ends_in_a_traceback(
    thrown: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise thrown

    monkeypatch.delenv("CNN_TUI_TRACEBACK", raising=False)
    monkeypatch.setattr(summary, "run", fails)
    monkeypatch.setattr("cnn_tui.cli.program.drop", lambda _: None)
    assert main(["summary"]) == status
    shown = capfd.readouterr().err
    assert shown.startswith(said)
    assert "Traceback" not in shown


def test_a_developer_may_see_where_a_defect_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("boo")

    monkeypatch.setenv("CNN_TUI_TRACEBACK", "1")
    monkeypatch.setattr(summary, "run", fails)
    with pytest.raises(RuntimeError):
        main(["summary"])


def test_a_signal_ends_the_program_in_good_order(monkeypatch: pytest.MonkeyPatch) -> None:
    put_back = []

    def signalled(*_: object, **__: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            put_back.append(True)

    monkeypatch.setattr(summary, "run", signalled)
    before = signal.getsignal(signal.SIGTERM)
    assert main(["summary"]) == 128 + signal.SIGTERM
    assert put_back == [True]
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("arguments", [["summary", "seed"], ["--help"]])
def test_a_reader_that_has_gone_away_is_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnn_tui", *arguments],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PACKAGES, "PYTHONUNBUFFERED": ""},
    )
    os.close(writer)
    _, said = process.communicate()
    assert (process.returncode, said) == (141, b"")
