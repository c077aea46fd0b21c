"""What is typed in any order, mistyped, or asked of every subcommand alike."""

from __future__ import annotations

import pytest

from cnn_core import __version__
from cnn_tui.__main__ import main
from cnn_tui.cli.arguments import SUBCOMMANDS, parse


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
