"""`cnn-tui code`: the program on standard output, or in a file with its weights beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.readers.opening import open_model_file
from cnn_tui.__main__ import main

CELL = ("code", "@planted", "--model", "motifs", "--filter", "TBP", "--cell", "2")


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("framework", "imports"), [("keras", "import keras"), ("pytorch", "import torch")])
def test_prints_a_program_of_the_cell(framework: str, imports: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, *CELL, "--framework", framework)
    compile(text, "x.py", "exec")
    assert imports in text
    assert "pooled[2] of filter 0 TBP = {value:.9g}, and cnn-tui shows 9.5" in text
    assert "made by: cnn-tui convert motifs -o motifs.npz" in text
    assert 'np.load("motifs.npz")' in text
    assert text == printed(capsys, *CELL, "--framework", framework)


def test_a_printed_program_says_which_file_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CELL, "--framework", "keras"]) == 0
    assert capsys.readouterr().err == (
        "cnn-tui: warning: the program reads motifs.npz, which cnn-tui convert motifs -o motifs.npz writes; "
        "-o FILE.py writes both\n"
    )
    assert main([*CELL, "--framework", "keras", "-o", str(tmp_path / "x.py")]) == 0
    assert capsys.readouterr().err == ""


def test_of_a_position_and_of_a_layer(capsys: pytest.CaptureFixture[str]) -> None:
    keras = ("--framework", "keras")
    words = ("code", "@planted", "--model", "motifs", "--filter", "TBP", "--position", "21", *keras)
    assert "conv[21] of filter 0 TBP = {value:.9g}, and cnn-tui shows 9.5" in printed(capsys, *words)
    words = ("code", "@planted", "--model", "seed", "--layer", "dense", *keras)
    assert "dense[0] = {value:.9g}, and cnn-tui shows" in printed(capsys, *words)
    words = (
        "code",
        "@planted",
        "--model",
        "seed",
        "--layer",
        "simple_rnn",
        "--position",
        "5",
        "--filter",
        "7",
        *keras,
    )
    assert "simple_rnn[5, 7] = {value:.9g}, and cnn-tui shows" in printed(capsys, *words)


def test_a_file_has_its_weights_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "tbp.py"
    assert main([*CELL, "--framework", "pytorch", "-o", str(path)]) == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["tbp.npz", "tbp.py"]
    assert 'np.load(Path(__file__).with_name("tbp.npz"))' in path.read_text()
    opened = open_model_file(tmp_path / "tbp.npz")
    assert opened.model.name == "motifs"
    with np.load(tmp_path / "tbp.npz") as weights:
        assert weights["conv1d/kernel"].shape == (16, 4, 12)
    assert main([*CELL, "--framework", "pytorch", "-o", str(path)]) == 1
    assert main([*CELL, "--framework", "keras", "--force", "-o", str(path)]) == 0


def test_a_model_file_of_ours_is_read_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "mine.npz"
    assert main(["convert", "motifs", "-o", str(model)]) == 0
    text = printed(capsys, "code", "@planted", "--model", str(model), "--framework", "keras")
    assert f'np.load("{model}")' in text
    assert "made by" not in text


def test_the_command_that_makes_the_weights_has_the_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    motifs = tmp_path / "my motifs.meme"
    assert main(["export", "@planted", "--model", "motifs", "--motif-rule", "weights", "-o", str(motifs)]) == 0
    words = ("code", "@planted", "--model", str(motifs), "--pool-size", "4", "--framework", "keras")
    text = printed(capsys, *words)
    assert f"cnn-tui convert '{motifs}' --pool-size 4 -o 'my motifs.npz'" in text
    assert "pool_size=4, strides=4" in text


def test_long_stretches_are_read_from_the_fasta_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "long.fa"
    path.write_text(">chr1\n" + "ACGTA" * 500 + "\n")
    text = printed(capsys, "code", str(path), "--model", "motifs", "--framework", "keras")
    assert f'letters = letters_of("{path}", "chr1")[0:2500]' in text


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("absolute", [False, True])
@pytest.mark.parametrize("run_in", [".", "elsewhere"])
def test_a_program_finds_its_letters_and_weights_wherever_it_is_run(
    framework: str, absolute: bool, run_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("data", "programs/of mine", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    fasta = Path("data/long.fa")
    fasta.write_text(">chr1\n" + "ACGTA" * 500 + "\n")
    program = Path("programs/of mine/x.py").absolute()
    given = str(fasta.absolute() if absolute else fasta)
    words = ("code", given, "--model", "motifs", "--framework", framework, "-o", "programs/of mine/x.py")
    assert main([*words]) == 0
    text = program.read_text()
    assert ("../../data/long.fa" in text) is not absolute
    # What comes before the model, which needs the framework.
    lines = text[: text.index("# One-hot")].splitlines()
    before = "\n".join(line for line in lines if "keras" not in line.split() and "torch" not in line)
    monkeypatch.chdir(run_in)
    found: dict[str, object] = {"__file__": str(program)}
    exec(compile(before.replace("    return array.permute(axes) if axes else array\n", ""), "x.py", "exec"), found)
    assert found["letters"] == "ACGTA" * 500
    found["weights" if framework == "keras" else "stored"].close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--cell", "99"), "there is no cell 99"),
        (("--filter", "nosuch"), "has no filter 'nosuch'"),
        (("--layer", "nosuch"), "has no layer 'nosuch'"),
        (("-o", "x.txt"), "x.txt: the name does not end in .py; call it x.py"),
    ],
)
def test_one_sentence_where_it_cannot_be(
    words: tuple[str, ...], refusal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["code", "@planted", "--model", "motifs", "--framework", "keras", *words]) == 1
    said = capsys.readouterr().err
    assert refusal in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--framework", "jax"),
        ("--framework", "keras", "--force"),
        ("--framework", "keras", "--layer", "x", "--cell", "1"),
    ],
)
def test_wrong_usage(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["code", "@planted", *words])
    assert ended.value.code == 2
