"""`cnn-tui attribute`: gradients and contributions of every base, listed and as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.attribution import ExplainedValue, Target, attribute, dinucleotide_shuffles
from cnn_core.letters.alphabet import decode, encode, reverse_complement
from cnn_tui.__main__ import main
from cnn_tui.opening import open_model

RECORD = "".join("ACGT"[code] for code in np.random.default_rng(8).integers(0, 4, 700))
WINDOW = RECORD[100:600]


@pytest.fixture
def fasta(tmp_path: Path) -> str:
    path = tmp_path / "my.fa"
    path.write_text(f">chr1\n{RECORD}\n>other\n{RECORD[::-1]}\n")
    return str(path)


def written(fasta: str, file: Path, *words: str) -> Path:
    region = () if "--regions" in words or "--all-records" in words else ("--region", "chr1:101-600")
    assert main(["attribute", fasta, "--model", "trained", *region, "-o", str(file), *words]) == 0
    return file


def explained() -> ExplainedValue:
    model = open_model("trained").model
    return ExplainedValue(model, Target.parse("output", model, 500))


@pytest.mark.parametrize("method", ["gradient", "gradient-x-input", "deeplift"])
def test_arrays_are_the_engines(method: str, fasta: str, tmp_path: Path) -> None:
    shuffled = ("--references", "shuffled:2", "--seed", "5") if method == "deeplift" else ()
    expected = attribute(explained(), encode(WINDOW), method, references=2, seed=5)
    with np.load(written(fasta, tmp_path / "a.npz", "--method", method, *shuffled)) as found:
        first = "gradient" if "gradient" in method else "multipliers"
        assert {first, "hypothetical", "contributions", "value", "reference_values", "delta", "letters"} <= {*found}
        for name, rows in expected.rows.items():
            np.testing.assert_array_equal(found[name], rows)
        assert float(found["value"]) == expected.value
        np.testing.assert_array_equal(found["reference_values"], expected.reference_values)
        np.testing.assert_array_equal(found["delta"], expected.delta)
        assert str(found["letters"]) == WINDOW
        assert found["window"].tolist() == [100, 600]


def test_table_and_tracks_hold_what_the_letter_that_is_there_contributes(fasta: str, tmp_path: Path) -> None:
    found = attribute(explained(), encode(WINDOW), "gradient-x-input")
    lines = written(fasta, tmp_path / "a.tsv").read_text().splitlines()
    assert lines[0].startswith("# gradient × input, of logit of activation:0 (value ")
    head, *rows = (line.split("\t") for line in lines if not line.startswith("#"))
    assert head == ["record", "position", "base", "A", "C", "G", "T", "contribution", "read"]
    assert [row[1:3] for row in rows] == [[str(101 + at), letter] for at, letter in enumerate(WINDOW)]
    np.testing.assert_allclose([float(row[7] or 0) for row in rows], found.by_base, rtol=1e-5, atol=1e-12)
    track = written(fasta, tmp_path / "a.bedgraph").read_text().splitlines()
    drawn = np.zeros(500)
    for line in track:
        record, start, stop, value = line.split("\t")
        assert record == "chr1"
        drawn[int(start) - 100 : int(stop) - 100] = float(value)
    np.testing.assert_allclose(drawn, found.by_base, rtol=1e-5, atol=1e-12)


def test_references_of_a_file(fasta: str, tmp_path: Path) -> None:
    shuffles = dinucleotide_shuffles(encode(WINDOW), 2, 9)
    given = tmp_path / "references.fa"
    given.write_text("".join(f">r{number}\n{decode(each)}\n" for number, each in enumerate(shuffles)))
    drawn = written(fasta, tmp_path / "a.npz", "--method", "deeplift", "--references", "shuffled:2", "--seed", "9")
    of_file = written(fasta, tmp_path / "b.npz", "--method", "deeplift", "--references", str(given))
    with np.load(drawn) as one, np.load(of_file) as other:
        np.testing.assert_array_equal(one["hypothetical"], other["hypothetical"])


def test_references_of_another_length_are_refused(
    fasta: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "references.fa"
    given.write_text(">short\nACGT\n")
    words = ["attribute", fasta, "--model", "trained", "--region", "chr1:1-500", "--method", "deeplift"]
    assert main([*words, "--references", str(given)]) == 1
    said = capsys.readouterr().err
    assert "record short: has 4 letters; a reference has as many as the input, 500" in said


def test_the_other_strand_is_read_in_its_own_direction(fasta: str, tmp_path: Path) -> None:
    expected = attribute(explained(), reverse_complement(encode(WINDOW)), "gradient")
    with np.load(written(fasta, tmp_path / "a.npz", "--method", "gradient", "--reverse-complement")) as found:
        np.testing.assert_array_equal(found["gradient"], expected.multipliers)
        assert int(found["step"]) == -1


def test_regions_one_below_the_other_and_those_without_shuffles_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, regions = tmp_path / "my.fa", tmp_path / "regions.bed"
    path.write_text(f">chr1\n{RECORD}\n>gap\n{RECORD[:300]}N{RECORD[300:]}\n")
    regions.write_text("chr1\t200\t210\ngap\t300\t310\nchr1\t400\t420\n")
    file = tmp_path / "a.npz"
    words = ("--method", "deeplift", "--references", "shuffled:2", "--regions", str(regions))
    with np.load(written(str(path), file, *words)) as found:
        assert found["rows"].tolist() == [0, 10, 30]
        assert found["contributions"].shape == (30, 4)
        assert found["reference_values"].shape == (2, 2)
        assert found["value"].shape == (2,)
    said = capsys.readouterr().err
    assert "1 of 3 input windows have no shuffles and were passed over, first gap:" in said
    assert "'N' at position" in said
    regions.write_text("gap\t300\t310\ngap\t320\t330\n")
    assert main(["attribute", str(path), "--model", "trained", *words]) == 1
    assert "no input window has shuffles, first gap:" in capsys.readouterr().err


def test_lists_the_strongest_bases(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["attribute", "@planted", "--model", "trained", "--record", "sim_01", "--top", "3"]
    assert main([*words, "--method", "deeplift", "--references", "shuffled:3"]) == 0
    lines, said = capsys.readouterr()
    first, head, *rows, last = lines.splitlines()
    assert first.startswith("logit of activation:0: 14.32, −1.938 where the change begins, delta ")
    assert first.endswith("; DeepLIFT from 3 shuffles, seed 0")
    assert head.split() == ["base", "letter", "contribution"]
    assert len(rows) == 3
    assert rows[0].startswith("sim_01:")
    assert last.endswith("a contribution is not what another letter would change: cnn-tui effects")
    assert "simple_rnn (SimpleRNN): the rule is ours, since tangermeme has none" in said


def test_integrated_gradients_of_a_cell(fasta: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["attribute", fasta, "--model", "motifs", "--region", "chr1:101-600", "--method", "integrated"]
    words += ["--target", "max_pooling1d:7:6", "--baseline", "0.25"]
    assert main([*words, "-o", str(tmp_path / "a.npz")]) == 0
    explained = ExplainedValue(open_model("motifs").model, Target("max_pooling1d", (7, 6)))
    expected = attribute(explained, encode(WINDOW), "integrated", baseline=0.25)
    with np.load(tmp_path / "a.npz") as found:
        np.testing.assert_array_equal(found["multipliers"], expected.multipliers)
        assert found["read"].sum() == 23
        assert found["reference_values"] == expected.reference_values
    assert expected.missed
    assert f"chr1:101-600: {expected.missed}" in capsys.readouterr().err


def test_a_value_inside_the_network_reads_its_own_bases(fasta: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["attribute", fasta, "--model", "trained", "--region", "chr1:101-600", "--method", "gradient"]
    assert main([*words, "--target", "conv1d:42:30", "--top", "500"]) == 0
    first, head, *rows, _ = capsys.readouterr().out.splitlines()
    assert first.startswith("conv1d:42:30: ")
    assert head.split() == ["base", "letter", "gradient"]
    weights = open_model("trained").model["conv1d"].layer.weights()["kernel"][:, :, 30]
    # What the letter that is there is multiplied by, under the filter's window.
    expected = {f"chr1:{143 + tap}": weights[tap, "ACGT".index(RECORD[142 + tap])] for tap in range(16)}
    shown = {place: float(number.replace("−", "-")) for place, _, number in (row.split() for row in rows)}
    assert shown == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--seed", "1"], "argument --seed: it is for --method deeplift"),
        (["--baseline", "0.25"], "argument --baseline: it is for --method integrated"),
        (["--method", "integrated", "--baseline", "2"], "'2' is not a number from 0 to 1"),
        (["--method", "deeplift", "--references", "shuffled:0"], "it is shuffled:N, such as shuffled:20"),
        (["--method", "deeplift", "--references", "r.fa", "--seed", "1"], "it is for shuffles"),
        (["--top", "0"], "give a whole number from 1 on"),
        (["--method", "smooth"], "invalid choice"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["attribute", "@planted", "--model", "trained", *words])
    assert stopped.value.code == 2
    assert sentence in capsys.readouterr().err
