"""`cnn-tui predict`: every output of every record, in all formats, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorers import fasta
from small_models import random_kernel

from cnn_core.layers import (
    Concatenate,
    Conv1D,
    Dense,
    GlobalMaxPooling1D,
    Input,
    MaxPooling1D,
    Reshape,
    SideInput,
)
from cnn_core.letters.alphabet import encode, reverse_complement
from cnn_core.network.model import Model, Node
from cnn_core.readers import write_npz
from cnn_tui.__main__ import main

_RNG = np.random.default_rng(11)
ONE, TWO, LONG = ("".join("ACGT"[code] for code in _RNG.integers(0, 4, length)) for length in (20, 20, 73))


def weights(*shape: int) -> np.ndarray:
    return _RNG.normal(size=shape).astype(np.float32)


FIXED = Model.sequential(
    "fixed",
    [
        ("letters", Input(20)),
        ("conv", Conv1D(random_kernel(4, 6), weights(6), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("best", GlobalMaxPooling1D()),
        ("dense", Dense(weights(6, 3), weights(3), activation="sigmoid")),
    ],
)
PROFILE = Model.sequential(
    "profile",
    [("letters", Input()), ("conv", Conv1D(random_kernel(5, 2), padding="same", activation="relu"))],
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "my.fa", one=ONE, two=TWO, long=LONG)
    for model in (FIXED, PROFILE):
        with Path(f"{model.name}.npz").open("wb") as file:
            write_npz(model, file)
    return tmp_path


def table(text: str) -> list[dict[str, str]]:
    head, *rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [dict(zip(head, row, strict=True)) for row in rows]


def arrays(*words: str) -> dict[str, Any]:
    assert main(["predict", *words, "-o", "x.npz", "--force"]) == 0
    with np.load("x.npz") as found:
        return dict(found)


def alone(letters: str, *, reverse: bool = False) -> np.ndarray:
    codes = encode(letters)
    return FIXED.run(reverse_complement(codes) if reverse else codes)["dense"]


def test_a_table_has_a_row_a_window_and_a_column_a_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "my.fa", "--model", "fixed.npz", "--step", "30"]) == 0
    printed = capsys.readouterr()
    rows = table(printed.out)
    places = [(row["record"], int(row["start"]), int(row["stop"])) for row in rows]
    assert places == [("one", 0, 20), ("two", 0, 20), ("long", 0, 20), ("long", 30, 50), ("long", 53, 73)]
    assert [*rows[0]] == ["record", "start", "stop", "strand", "dense[0]", "dense[1]", "dense[2]"]
    letters = [ONE, TWO, LONG[:20], LONG[30:50], LONG[53:]]
    for row, read in zip(rows, letters, strict=True):
        np.testing.assert_allclose([float(row[f"dense[{unit}]"]) for unit in range(3)], alone(read), atol=1e-6)
    assert "was read in 5 of them, 30 bases from one to the next" in printed.err


@pytest.mark.parametrize(("merge", "merged"), [("mean", np.mean), ("max", np.max)])
def test_both_strands_are_merged(merge: str, merged: Any) -> None:
    found = arrays("my.fa", "--model", "fixed.npz", "--record", "one", "--strand", "both", "--merge", merge)
    expected = merged([alone(ONE), alone(ONE, reverse=True)], axis=0)
    np.testing.assert_allclose(found["dense"], [expected], atol=1e-6)
    assert str(found["strand"]) == "both"


@pytest.mark.parametrize("word", ["-", "reverse"])
def test_the_other_strand_alone(word: str) -> None:
    found = arrays("my.fa", "--model", "fixed.npz", "--record", "two", f"--strand={word}")
    np.testing.assert_allclose(found["dense"], [alone(TWO, reverse=True)], atol=1e-6)


def test_arrays_are_located(here: Path) -> None:
    found = arrays("my.fa", "--model", "fixed.npz")
    assert found["dense"].shape == (6, 3)
    assert bytes(found["records"]).decode().split("\n") == ["one", "two", "long"]
    assert found["places"].tolist() == [0, 1, 2, 2, 2, 2]
    assert found["starts"].tolist() == [0, 0, 0, 20, 40, 53]
    assert found["stops"].tolist() == [20, 20, 20, 40, 60, 73]


def test_outputs_along_records_of_several_lengths_stand_below_each_other() -> None:
    found = arrays("my.fa", "--model", "profile.npz", "--strand", "both")
    assert found["rows:conv"].tolist() == [0, 20, 40, 113]
    both = [PROFILE.run(codes)["conv"] for codes in (encode(LONG), reverse_complement(encode(LONG)))]
    np.testing.assert_allclose(found["conv"][40:], (both[0] + both[1][::-1]) / 2, atol=1e-6)


def test_units_that_a_reshape_made_axes_of_are_merged_with_themselves(here: Path) -> None:
    """Three tasks of two classes have no direction, and task 0 is never merged with task 2."""
    kernel, units = random_kernel(4, 6), weights(6, 6)
    model = Model.sequential(
        "tasks",
        [
            ("letters", Input(20)),
            ("conv", Conv1D(kernel)),
            ("best", GlobalMaxPooling1D()),
            ("dense", Dense(units)),
            ("tasks", Reshape((3, 2))),
        ],
    )
    with Path("tasks.npz").open("wb") as file:
        write_npz(model, file)
    found = arrays("my.fa", "--model", "tasks.npz", "--record", "one", "--strand", "both")["tasks"]
    by_hand = []
    for letters in (ONE, ONE[::-1].translate(str.maketrans("ACGT", "TGCA"))):
        rows = np.array([[letter == base for base in "ACGT"] for letter in letters], dtype=np.float64)
        responses = [np.einsum("tc,tcf->f", rows[at : at + 4], kernel) for at in range(17)]
        by_hand.append((np.max(responses, axis=0) @ units).reshape(3, 2))
    np.testing.assert_allclose(found[0], (by_hand[0] + by_hand[1]) / 2, atol=1e-5)


@pytest.mark.parametrize(("side", "left"), [("right", 0), ("left", 7), ("center", 3)])
def test_what_is_merged_of_a_padded_record_lies_over_the_same_bases(here: Path, side: str, left: int) -> None:
    """Each letter's own weight, of either strand, stands where the letter does."""
    kernel = np.array([[[1], [2], [4], [8]]], dtype=np.float32)
    model = Model.sequential("each", [("letters", Input(20)), ("each", Conv1D(kernel))])
    with Path("each.npz").open("wb") as file:
        write_npz(model, file)
    fasta(here / "short.fa", short="GGATCACAGTTAC")
    found = arrays("short.fa", "--model", "each.npz", "--strand", "both", "--pad", side)["each"]
    # A weighs 1 and its complement T 8; C 2 and G 4.
    merged = [4.5 if letter in "AT" else 3 for letter in "GGATCACAGTTAC"]
    assert found[0, :, 0].tolist() == [0] * left + merged + [0] * (7 - left)


def test_outputs_of_several_lengths_have_no_common_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "my.fa", "--model", "profile.npz", "-o", "x.tsv"]) == 1
    assert "write .npz, or read windows of one length with --window" in capsys.readouterr().err
    assert not [*Path().glob("*.part"), *Path().glob(".*.part"), *Path().glob("x.tsv")]


def test_regions_lie_in_the_middle_of_their_windows(here: Path) -> None:
    (here / "r.bed").write_text("long\t30\t34\nlong\t0\t2\n")
    found = arrays("my.fa", "--model", "fixed.npz", "--regions", "r.bed")
    np.testing.assert_allclose(found["dense"], [alone(LONG[22:42]), alone(LONG[:20])], atol=1e-6)
    assert [*zip(found["starts"].tolist(), found["stops"].tolist(), strict=True)] == [(30, 34), (0, 2)]


def test_edits_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "my.fa", "--model", "fixed.npz", "--edit", f"one:3{ONE[2]}>N"]) == 0
    printed = capsys.readouterr()
    (row,) = table(printed.out)
    assert float(row["dense[0]"]) == pytest.approx(alone(f"{ONE[:2]}N{ONE[3:]}")[0], abs=1e-6)
    assert "# edited: one:3" in printed.out
    assert "ambiguous letters are rows of zeros" in printed.err


def test_any_value_of_any_layer(capsys: pytest.CaptureFixture[str]) -> None:
    targets = ["--target", "output:1", "--target", "pool:2", "--target", "conv:3:5"]
    assert main(["predict", "my.fa", "--model", "fixed.npz", "--record", "one", *targets]) == 0
    (row,) = table(capsys.readouterr().out)
    values = FIXED.run(encode(ONE))
    expected = [values["dense"][1], *values["pool"][:, 2], values["conv"][3, 5]]
    columns = ["dense[1]", *(f"pool[{cell},2]" for cell in range(4)), "conv[3,5]"]
    assert [*row][4:] == columns
    np.testing.assert_allclose([float(row[name]) for name in columns], expected, atol=1e-6)


def test_a_track_of_one_value(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["predict", "my.fa", "--model", "fixed.npz", "--record", "long", "--step", "10"]
    assert main([*words, "--target", "output:2", "-o", "x.bedgraph"]) == 0
    lines = [line.split("\t") for line in (here / "x.bedgraph").read_text().splitlines()]
    starts = [0, 10, 20, 30, 40, 50, 53]
    # Over ten bases at the middle of each window; what two share, the first has.
    places = [(str(start + 5), str(start + 15)) for start in starts]
    places[-1] = ("65", "68")
    assert [(start, stop) for _, start, stop, _ in lines] == places
    expected = [alone(LONG[start : start + 20])[2] for start in starts]
    np.testing.assert_allclose([float(value) for *_, value in lines], expected, atol=1e-6)
    assert main([*words, "-o", "y.bw"]) == 1
    assert "a track holds one value, and 3 are predicted a window; name it, such as --target dense:0" in (
        capsys.readouterr().err
    )
    assert not (here / "y.bw").exists()


def test_a_track_along_the_bases_on_either_strand(here: Path) -> None:
    for strand in ("forward", "reverse"):
        words = ["--record", "one", "--strand", strand, "--target", "conv:1", "-o", f"{strand}.bedgraph"]
        assert main(["predict", "my.fa", "--model", "profile.npz", *words]) == 0
        drawn = np.full(20, np.nan)
        for line in (here / f"{strand}.bedgraph").read_text().splitlines():
            _, start, stop, value = line.split("\t")
            drawn[int(start) : int(stop)] = float(value)
        codes = encode(ONE)
        if strand == "forward":
            expected = PROFILE.run(codes)["conv"][:, 1]
        else:
            expected = PROFILE.run(reverse_complement(codes))["conv"][::-1, 1]
        np.testing.assert_allclose(drawn, expected, atol=1e-6)


def test_a_second_input_has_its_numbers_in_every_window(here: Path) -> None:
    model = Model(
        "two",
        (
            Node("letters", Input(20)),
            Node("cell", SideInput((2,))),
            Node("conv", Conv1D(random_kernel(4, 3)), ("letters",)),
            Node("best", GlobalMaxPooling1D(), ("conv",)),
            Node("both", Concatenate(), ("best", "cell")),
        ),
    )
    with (here / "two.npz").open("wb") as file:
        write_npz(model, file)
    np.save("cell.npy", np.array([0.5, -2], dtype=np.float32))
    found = arrays("my.fa", "--model", "two.npz", "--input", "cell=cell.npy")
    assert found["both"][:, 3:].tolist() == [[0.5, -2]] * 6


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "fixed.npz", "--window", "30"], "reads 20 bases, not 30; leave out --window"),
        (["--model", "fixed.npz", "--target", "dense:3"], "there is no dense:3; dense gives 3 values"),
        (["--model", "fixed.npz", "--target", "dense:x"], "'dense:x' names no values"),
        (["--model", "fixed.npz", "--target", "nothing"], "nothing"),
        (["--model", "fixed.npz", "--edit", "one:1_5del"], "record one: has 15 letters, and fixed reads 20"),
        (["--model", "profile.npz", "--ambiguity", "error", "--edit", "one:1N"], "one"),
    ],
)
def test_refusals(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "my.fa", *words, "-o", "x.npz"]) == 1
    assert said in capsys.readouterr().err
    assert not Path("x.npz").exists()


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["--pad", "right"], "{}············"),
        (["--pad", "left"], "············{}"),
        (["--pad", "center"], "······{}······"),
        (["--pad", "left", "--pad-with", "N", "--ambiguity", "uniform"], "NNNNNNNNNNNN{}"),
    ],
)
@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_short_record_is_padded_as_it_is_read(
    here: Path, words: list[str], read: str, strand: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fasta(here / "short.fa", tiny="ACGGTTCA")
    assert main(["predict", "short.fa", "--model", "fixed.npz", f"--strand={strand}", *words]) == 0
    letters = read.format("ACGGTTCA" if strand == "+" else "TGAACCGT")
    codes = np.concatenate([encode(each) if each != "·" else np.zeros(1, np.uint8) for each in letters])
    expected = FIXED.run(codes, "uniform" if "uniform" in words else "zero")["dense"]
    told = capsys.readouterr()
    (row,) = table(told.out)
    np.testing.assert_allclose([float(row[f"dense[{unit}]"]) for unit in range(3)], expected, atol=1e-6)
    assert (row["start"], row["stop"]) == ("0", "8")
    assert "# assumed: records shorter than 20 bases have " in told.out


def test_a_short_record_is_refused_and_the_option_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fasta(here / "short.fa", tiny="ACGGTTCA")
    assert main(["predict", "short.fa", "--model", "fixed.npz", "-o", "x.npz"]) == 1
    assert "record tiny: has 8 letters, and fixed reads 20; --pad right puts zeros behind them" in (
        capsys.readouterr().err
    )
    assert main(["predict", "short.fa", "--model", "fixed.npz", "--pad-with", "N"]) == 1
    assert "--pad-with says what --pad puts there; add --pad right" in capsys.readouterr().err


@pytest.mark.parametrize("more", [(), ("--reverse-complement",)])
def test_effects_of_a_padded_record_lie_at_its_bases(here: Path, more: tuple[str, ...]) -> None:
    fasta(here / "short.fa", tiny="ACGGTTCA")
    words = ["short.fa", "--model", "fixed.npz", "--target", "output:1", "--probability", "--pad", "left", *more]
    assert main(["effects", *words, "-o", "e.npz"]) == 0
    with np.load("e.npz") as found:
        raw, letters, assumed = found["raw"], str(found["letters"]), str(found["assumptions"])
    assert letters == ("TGAACCGT" if more else "ACGGTTCA")
    assert "tiny has 8 letters and fixed reads 20: 12 all-zero rows stand left of the letters" in assumed
    codes = np.concatenate([np.zeros(12, np.uint8), encode(letters)])
    value = FIXED.run(codes)["dense"][1]
    for position in range(8):
        for at, base in enumerate("ACGT"):
            edited = codes.copy()
            edited[12 + position] = encode(base)[0]
            assert raw[position, at] == pytest.approx(FIXED.run(edited)["dense"][1] - value, abs=1e-5)
