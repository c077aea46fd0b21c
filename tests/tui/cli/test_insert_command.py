"""`cnn-tui insert`: what a motif changes, as table, file and words, and what is refused."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorers import fasta
from small_models import random_kernel

from cnn_core import open_model, open_sequences
from cnn_core.layers import Conv1D, Dense, GlobalMaxPooling1D, Input, MaxPooling1D
from cnn_core.motifs import MotifRule, MotifSettings
from cnn_core.network.model import Model
from cnn_core.readers import write_npz
from cnn_tui.__main__ import main
from cnn_tui.cli import insert
from cnn_tui.cli.insert import Asked
from cnn_tui.options.request import OpenRequest

_RNG = np.random.default_rng(12)
ONE, TWO, LONG = ("".join("ACGT"[code] for code in _RNG.integers(0, 4, length)) for length in (40, 40, 100))
MEME = """MEME version 4

MOTIF M1 FIRST
letter-probability matrix: alength= 4 w= 3
0 0 1 0
0.5 0 0.5 0
0 0 0 1

MOTIF M2 TWICE
letter-probability matrix: alength= 4 w= 2
0 0 1 0
0 1 0 0

MOTIF M3 TWICE
letter-probability matrix: alength= 4 w= 2
1 0 0 0
0 1 0 0
"""


def weights(*shape: int) -> np.ndarray:
    return _RNG.normal(size=shape).astype(np.float32)


MODEL = Model.sequential(
    "small",
    [
        ("letters", Input(40)),
        ("conv", Conv1D(random_kernel(4, 6), weights(6), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("best", GlobalMaxPooling1D()),
        ("dense", Dense(weights(6, 2), weights(2), activation="sigmoid")),
    ],
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "my.fa", one=ONE, two=TWO, long=LONG)
    Path("some.meme").write_text(MEME)
    with Path("small.npz").open("wb") as file:
        write_npz(MODEL, file)
    return tmp_path


def typed(words: str) -> int:
    return main(["insert", "my.fa", "--model", "small.npz", *words.split()])


def rows_of(text: str) -> list[dict[str, str]]:
    head, *rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [dict(zip(head, row, strict=True)) for row in rows]


def predicted(letters: list[str], capsys: pytest.CaptureFixture[str]) -> np.ndarray:
    """Return what `cnn-tui predict` gives for letters, shape (sequences, 2)."""
    fasta(Path("edited.fa"), **{f"e{at}": each for at, each in enumerate(letters)})
    capsys.readouterr()
    assert main(["predict", "edited.fa", "--model", "small.npz"]) == 0
    return np.array([[float(row[f"dense[{at}]"]) for at in (0, 1)] for row in rows_of(capsys.readouterr().out)])


def test_probabilities_are_what_predict_gives_on_edited_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("--motif GATAAG --strand both --at 3-20 --step 9 --probability") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("# with GATAAG put at 2 places on both strands of 5 input windows, less")
    rows = rows_of(printed.out)
    assert [(row["output"], row["base"], row["strand"]) for row in rows] == [
        (f"dense[{unit}]", base, strand) for unit in (0, 1) for base in ("3", "12") for strand in "+-"
    ]
    backgrounds = [ONE, TWO, LONG[:40], LONG[40:80], LONG[60:]]
    before = predicted(backgrounds, capsys)
    for row in rows:
        unit, base = int(row["output"][6]), int(row["base"])
        letters = {"+": "GATAAG", "-": "CTTATC"}[row["strand"]]
        after = predicted([each[:base] + letters + each[base + 6 :] for each in backgrounds], capsys)
        changes = (after - before)[:, unit]
        assert row["n"] == "5"
        assert float(row["without"]) == pytest.approx(before[:, unit].mean(), abs=1e-6)
        assert float(row["change"]) == pytest.approx(changes.mean(), abs=1e-6)
        assert float(row["with"]) == pytest.approx(after[:, unit].mean(), abs=1e-6)
        assert float(row["sd"]) == pytest.approx(changes.std(ddof=1), abs=1e-6)
        assert float(row["se"]) == pytest.approx(changes.std(ddof=1) / np.sqrt(5), abs=1e-6)


def test_files_hold_what_the_engine_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("--motif GATAAG --shuffled 3 --seed 5 --step 17 -o x.tsv") == 0
    assert typed("--motif GATAAG --shuffled 3 --seed 5 --step 17 -o x.npz") == 0
    with open_sequences("my.fa") as records:
        found = open_model("small.npz").insert("GATAAG", records, shuffled=3, seed=5, step=17)
    (change,) = found.changes
    assert (change.n, change.is_logit) == (15, True)
    with np.load("x.npz") as held:
        arrays: dict[str, Any] = dict(held)
    np.testing.assert_array_equal(arrays["change:dense"], change.mean)
    np.testing.assert_array_equal(arrays["sd:dense"], change.sd)
    np.testing.assert_array_equal(arrays["se:dense"], change.se)
    np.testing.assert_array_equal(arrays["without:dense"], change.without)
    assert arrays["change:dense"].shape == (1, 3, 2)
    assert (arrays["bases"].tolist(), int(arrays["n"]), str(arrays["letters"])) == ([0, 17, 34], 15, "GATAAG")
    assert bool(arrays["logit:dense"])
    assert "dense (logit) of small" in str(arrays["described"])
    assert "15 shuffles of 5 input windows from seed 5 on" in str(arrays["described"])
    rows = rows_of(Path("x.tsv").read_text())
    assert [float(row["change"]) for row in rows] == pytest.approx(change.mean[0].T.ravel().tolist(), rel=1e-6)
    assert typed("--motif GATAAG -o x.npz") == 1
    assert "add --force" in capsys.readouterr().err


def test_a_motif_is_letters_a_matrix_or_a_filter(capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "gatrag": "# with GATRAG put at base 17 ",
        "some.meme:M1": "with the consensus of M1 FIRST (GRT) put",
        "some.meme:FIRST --draw": "with letters drawn from the shares of M1 FIRST (consensus GRT) put",
        "MA0108.3": "with the consensus of MA0108.3 TBP (TATAAAW) put",
        "jaspar:TBP": "with the consensus of MA0108.3 TBP (TATAAAW) put",
        "filter:2 --motif-rule weights:8": "with the consensus of filter2 by the rule weights:8 (",
        "filter:2 --fewest-sites 1": "with the consensus of filter2 by the rule windows (",
    }
    for motif, words in said.items():
        assert typed(f"--motif {motif}") == 0
        assert words in capsys.readouterr().out.splitlines()[0]


def test_stands_on_a_terminal_in_columns() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    request = OpenRequest("my.fa", model="small.npz", record="one")
    with redirect_stdout(out):
        insert.run(Asked(request, "GATAAG", MotifRule(), MotifSettings()))
    *said, head, first, second, end = out.getvalue().splitlines()
    assert "less without: what dense (logit) of small changes by" in " ".join(said)
    assert max(map(len, [*said, head, first, second])) < 80
    assert head.split() == ["output", "base", "strand", "n", "without", "with", "change", "sd", "se"]
    assert [row.split()[:4] for row in (first, second)] == [
        ["dense[0]", "17", "+", "1"],
        ["dense[1]", "17", "+", "1"],
    ]
    assert len(first.split()) == 7  # one sequence has no spread
    assert end.startswith("bases count from 0")


def test_says_what_could_not_be_shuffled(capsys: pytest.CaptureFixture[str]) -> None:
    fasta(Path("my.fa"), one=ONE, two=f"{TWO[:10]}N{TWO[11:]}")
    assert typed("--motif GATAAG --shuffled 2") == 0
    printed = capsys.readouterr()
    assert "1 of 2 input windows hold other letters than A, C, G and T" in printed.err
    assert "# assumed: 1 of 2" in printed.out or "1 of 2 input windows hold" in printed.out


def test_what_cannot_be_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], subtests: pytest.Subtests
) -> None:
    cases = {
        "--motif GATA1": "did you mean jaspar:GATA1?",
        "--motif MYB": "write jaspar:MYB for the motif, or MYBN for the letters",
        "--motif GATAXX": "write IUPAC letters such as GATAAG",
        f"--motif {'ACGT' * 80}": "the motif has 320 letters, and the input 40",
        "--motif NNN": "no letter but N",
        "--motif GATA --draw": "leave out --draw",
        "--motif some.meme": "holds 3 motifs",
        "--motif some.meme:TWICE": "name one by its identifier: M2, M3",
        "--motif some.meme:M9": "its first is M1",
        "--motif same.meme:M1": "did you mean some.meme?",
        "--motif filter:99": "filter",
        "--motif filter:2 --motif-rule best": "sites in these sequences, fewer than 10",
        "--motif GATAAG --at 36": "it fits at 0 to 34",
        "--motif GATAAG --target conv:1 --logit": "there is no logit",
        "--motif GATAAG --record one --region 1-20 --seed -4": "a seed is 0 to",
        "--motif GATAAG -o x.bed": "call it x.tsv",
    }
    for words, sentence in cases.items():
        with subtests.test(words):
            assert typed(words) == 1
            printed = capsys.readouterr()
            assert sentence in printed.err
            assert printed.err.count("\n") == 1
            assert not printed.out
    wrong = {
        "": "argument --motif: it is required",
        "--motif GATAAG --motif-rule best": "it is for --motif filter:N",
        "--motif GATAAG --force": "it is for -o",
        "--motif GATAAG --regions x.bed --record one": "leave out --record",
        "--motif GATAAG --step 0": "whole number from 1 on",
    }
    for words, sentence in wrong.items():
        with subtests.test(words), pytest.raises(SystemExit) as ended:
            typed(words)
        assert ended.value.code == 2
        assert sentence in capsys.readouterr().err
    assert not [*Path().glob("*.part")]
    assert json.dumps(sorted(each.name for each in Path().iterdir())) == '["my.fa", "small.npz", "some.meme"]'
