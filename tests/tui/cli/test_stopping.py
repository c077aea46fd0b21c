"""Ctrl-C: every long command says in one sentence how far it was and what there is of it, and leaves nothing half."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from explorers import fasta
from terminals import BARS_AT_ONCE, on_a_terminal

from cnn_samples import model_path
from cnn_tui.__main__ import main
from cnn_tui.cli import progress

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(8).integers(0, 4, 2_000))
VIEWS = '[[view]]\noutput = "{0}.txt"\nmodel = "motifs"\nsize = "60x18"\n'
TRAINED = "my.fa --model trained"
COMMANDS = {
    "scan": "scan my.fa --model motifs --threshold 0 -o x.bed",
    "scan to standard output": "scan my.fa --model motifs --threshold 0",
    "scan for a few": "scan my.fa --model motifs --top 3",
    "predict": f"predict {TRAINED} --step 3 -o x.tsv",
    "predict -o -": f"predict {TRAINED} --step 3 -o - --format tsv",
    "predict to standard output": f"predict {TRAINED} --step 3",
    "effects": f"effects {TRAINED} --all-records -o x.tsv",
    "effects as a list": f"effects {TRAINED} --all-records",
    "attribute": f"attribute {TRAINED} --all-records -o x.npz",
    "variants": "variants my.fa calls.vcf --model trained -o x.vcf",
    "filters": f"filters {TRAINED} --filter 0 -o x.meme",
    "filters and their influence": f"filters {TRAINED} --filter 0 --influence --against none",
    "insert": f"insert {TRAINED} --motif TATAAA -o x.tsv",
    "export": "export my.fa --model motifs -o x.bedgraph --filter 0",
    "export of all records": "export my.fa --model motifs -o x.npz --all-records",
    "diff": "diff trained copy.h5 my.fa",
    "snapshot": "snapshot --views views.toml",
}
STREAMED = ("predict -o -", "predict to standard output", "scan to standard output")
STOP = """
import os, signal
from cnn_tui.cli import progress
tell = progress._Reached.tell
def stopped(reached, done, total):
    tell(reached, done, total)
    if reached.words == {words!r} and done:
        os.kill(os.getpid(), signal.SIGINT)
progress._Reached.tell = stopped
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "my.fa", one=LETTERS, two=LETTERS[::-1])
    lines = (f"one\t{pos}\t.\t{LETTERS[pos - 1]}\t<DEL>\t.\t.\t." for pos in range(1, 2_000))
    Path("calls.vcf").write_text("\n".join(["##fileformat=VCFv4.2", *lines, ""]))
    Path("views.toml").write_text("".join(map(VIEWS.format, ("a", "b"))))
    Path("copy.h5").write_bytes(Path(model_path("trained")).read_bytes())
    return tmp_path


@pytest.mark.parametrize("case", COMMANDS)
def test_a_command_that_is_stopped_says_how_far_it_was(
    case: str, here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    tell, before = progress._Reached.tell, {*here.iterdir()}

    def stopped(reached: progress._Reached, done: int, total: int) -> None:
        tell(reached, done, total)
        if done and reached.words != "reading":
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(progress._Reached, "tell", stopped)
    assert main(COMMANDS[case].split()) == 130
    *_, said = capfd.readouterr().err.splitlines()
    assert said.startswith("cnn-tui: stopped while "), said
    assert " of " in said
    if case == "snapshot":
        assert said == "cnn-tui: stopped while drawing, after 1 of 2 views; a.txt is whole"
    else:
        assert said.endswith(
            "; what came before went to standard output" if case in STREAMED else "; nothing was written"
        )
    assert {path.name for path in {*here.iterdir()} - before if path.suffix != ".fai"} == (
        {"a.txt"} if case == "snapshot" else set()
    )


def test_on_a_terminal_the_sentence_stands_where_the_bar_was(here: Path) -> None:
    code = STOP.format(words="substituting") + BARS_AT_ONCE
    status, shown = on_a_terminal(*COMMANDS["effects"].split(), program=code)
    assert status == 130
    assert "substituting" in shown
    said = shown.rpartition("\x1b[2K")[2].strip()
    assert said == "cnn-tui: stopped while substituting, after 500 b of 4.00 kb; nothing was written"
    assert not Path("x.tsv").exists()
