"""What Tab completes: subcommands, options, files by what they are for, and what is in the files that are named."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from terminals import PACKAGES

from cnn_tui.cli.completed_words import completions
from cnn_tui.cli.shell_words import split_line

FASTA = ">chr1 one\nACGT\n>chrX|y two\nACGT\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with files of every kind, in which the command is found."""
    (tmp_path / "my dir").mkdir()
    for name in ("my.fa", "my dir/b c.fa", "indexed.fa"):
        (tmp_path / name).write_text(FASTA)
    (tmp_path / "indexed.fa.fai").write_text("chr7\t4\t6\t4\t5\n")
    for name in ("danq.h5", "notes.txt", "peaks.bed", "calls.vcf.gz", "view.toml", "rna.NPY", ".hidden.fa"):
        (tmp_path / name).touch()
    command = tmp_path / "bin" / "cnn-tui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnn_tui "$@"\n')
    command.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", PACKAGES)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


FOLDERS = ["bin/", "my dir/"]
COMPLETED = {
    "": ["summary", "scan", "completion", "help", "@planted", *FOLDERS, "my.fa", "indexed.fa", "view.toml"],
    "scan m": ["my dir/", "my.fa"],
    "scan .h": [".hidden.fa"],
    "scan my.fa --threa": ["--threads"],
    "scan my.fa --top 3 --to": ["--together"],
    "scan my.fa --": ["--record", "--threads", "--help", "--color", "--pool-size"],
    "--top 3 scan @pl": ["@planted"],
    "scan --model": ["--model"],
    "scan --model ": ["motifs", "seed", "trained", *FOLDERS, "danq.h5"],
    "scan --model=d": ["--model=danq.h5"],
    "summary s": ["seed"],
    "inspect ": [*FOLDERS, "danq.h5"],
    "scan my.fa --record ": ["chr1", "chrX|y"],
    "scan indexed.fa --record=": ["--record=chr7"],
    "--region chr --model motifs trace my.fa --record chrX": ["chrX|y"],
    "trace my.fa --region chr1": ["chr1:"],
    "scan @planted --model motifs --filter T": ["TBP", "TP53"],
    "effects @planted --model seed --target ": ["output", "conv1d:", "dense:"],
    "scan my.fa --block ": ["conv1d"],
    "trace my.fa --layer max": ["max_pooling1d"],
    "--theme d": ["dark", "dracula"],
    "--versus model:mo": ["model:motifs"],
    "my.fa --versus record:chr1": ["record:chr1"],
    "my.fa --set conv_padding=same,pool_s": ["conv_padding=same,pool_size=", "conv_padding=same,pool_stride="],
    "predict my.fa --regions ": [*FOLDERS, "peaks.bed"],
    "my.fa --input rna=r": ["rna=rna.NPY"],
    "my.fa --input rna=@": ["rna=@reverse-complement"],
    "variants my.fa c": ["calls.vcf.gz"],
    "filters my.fa --against ": ["jaspar", "none"],
    "scan my.fa -o - --format b": ["bed"],
    "help err": ["errors"],
    "completion ": ["bash", "zsh", "fish"],
    "scan nosuch.fa --record ": [],
    "scan my.fa --top ": [],
}


def test_every_kind_of_word_is_completed(subtests: pytest.Subtests, folder: Path) -> None:
    for line, expected in COMPLETED.items():
        with subtests.test(line):
            words, _ = split_line(f"cnn-tui {line}")
            found = [*completions(words[1:]).words]
            assert {*expected} <= {*found}
            if len(expected) < 3 and "against" not in line and not line.endswith("o"):
                assert found == expected


def test_what_goes_on_has_no_blank_behind_it(folder: Path) -> None:
    assert completions(["scan", "my d"]).are_begun
    assert not completions(["scan", "my"]).are_begun
    assert completions(["trace", "my.fa", "--region", ""]).are_begun


@pytest.mark.parametrize(
    ("line", "words", "is_quoted"),
    [
        ("cnn-tui ", ["cnn-tui", ""], False),
        ("cnn-tui my\\ d", ["cnn-tui", "my d"], False),
        ("cnn-tui 'my d", ["cnn-tui", "my d"], True),
        ("cnn-tui \"it's", ["cnn-tui", "it's"], True),
        ("cnn-tui my\\", ["cnn-tui", "my "], False),
    ],
)
def test_the_words_of_an_unfinished_line(line: str, words: list[str], is_quoted: bool) -> None:
    assert split_line(line) == (words, is_quoted)


IN_BASH = {
    "cnn-tui sca": "scan",
    "cnn-tui scan --model=dan": "danq.h5",
    "cnn-tui --versus model:mo": "motifs",
    "cnn-tui scan my\\ dir/": "my\\ dir/b\\ c.fa",
    "cnn-tui scan ~/my.": "~/my.fa",
    "cnn-tui scan my.fa --record chrX": "chrX\\|y",
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes(folder: Path) -> None:
    script = 'eval "$(cnn-tui completion bash)"\ncomplete -p cnn-tui\n' + "".join(
        f"COMP_LINE={shlex.quote(line)}; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({line}); _cnn_tui cnn-tui; "
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
        for line in IN_BASH
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[1:] == [*IN_BASH.values()]
    assert "-F _cnn_tui cnn-tui" in done.stdout.splitlines()[0]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(folder: Path) -> None:
    lines = (
        "sca",
        "scan my.fa --record chrX",
        "scan my\\\\ d",
        "scan --toge",
        "help -- err",
        "scan my.fa --record ",
    )
    asked = "".join(f'complete -C "cnn-tui {line}"\n' for line in lines)
    script = f"cnn-tui completion fish | source\n{asked}"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, check=True, text=True)
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == [
        "scan",
        "chrX|y",
        "my dir/",
        "--together",
        "errors",
        "chr1",
        "chrX|y",
    ]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_completes(folder: Path) -> None:
    child = pexpect.spawn("zsh", ["-fi"], env={**os.environ, "TERM": "dumb"}, encoding="utf-8", timeout=30)
    try:
        child.sendline(
            "PS1='$ '; autoload -Uz compinit; compinit -D; source <(cnn-tui completion zsh); print rea''dy"
        )
        child.expect("ready")
        shown_for = {
            "sca": "scan ",
            "scan --": "--together  -- let N",
            "help -- err": "errors ",
            "scan my.fa --record chrX": r"chrX\|y ",
            "scan my\\ dir/": r"b\ c.fa ",
        }
        for typed, shown in shown_for.items():
            child.send(f"cnn-tui {typed}\t")
            child.expect_exact(shown)
            child.sendcontrol("u")
    finally:
        child.close(force=True)
