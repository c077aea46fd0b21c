"""`cnn-tui effects`: what it lists, what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorers import fasta
from small_models import random_kernel

from cnn_core.attribution import Target
from cnn_core.layers import Conv1D, Dense, GlobalMaxPooling1D, Input
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.readers import write_npz
from cnn_tui.__main__ import main
from cnn_tui.opening import open_model

_RANDOM = "".join("ACGT"[code] for code in np.random.default_rng(5).integers(0, 4, 60))
# With what TBP binds, in the windows of cell 3.
LETTERS = f"{_RANDOM[:28]}GTATAAAAGGCGGGG{_RANDOM[43:]}"
SHORT = "ACGTTGCA"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "my.fa", one=LETTERS, short=SHORT, two=LETTERS[::-1])
    return tmp_path


def arrays(*words: str, file: str = "x.npz") -> dict[str, Any]:
    assert main(["effects", *words, "-o", file, "--force"]) == 0
    with np.load(file) as found:
        return dict(found)


def motifs() -> Model:
    return open_model("motifs").model


def brute_force(letters: str, target: Target, model: Model | None = None) -> np.ndarray:
    model = model or motifs()
    codes = encode(letters)
    value = target.of(model.run(codes))
    raw = np.zeros((len(codes), 4))
    for position in range(len(codes)):
        for letter, base in enumerate("ACGT"):
            edited = codes.copy()
            edited[position] = encode(base)[0]
            raw[position, letter] = target.of(model.run(edited)) - value
    return raw


TARGET = Target("max_pooling1d", (3, 0))
TYPED = "max_pooling1d:3:0"


def test_arrays_are_those_of_whole_runs() -> None:
    found = arrays("my.fa", "--model", "motifs", "--target", TYPED)
    raw = brute_force(LETTERS, TARGET)
    assert np.count_nonzero(raw) > 30
    np.testing.assert_allclose(found["raw"], raw, atol=1e-5)
    np.testing.assert_allclose(found["centred"], raw - raw.mean(axis=1, keepdims=True), atol=1e-5)
    np.testing.assert_allclose(found["projected"].sum(axis=1), -raw.mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(found["loss"], -raw.min(axis=1), atol=1e-5)
    np.testing.assert_allclose(found["gain"], raw.max(axis=1), atol=1e-5)
    assert float(found["value"]) == TARGET.of(motifs().run(encode(LETTERS)))
    assert str(found["letters"]) == LETTERS
    # Cell 3 reads 8 windows of 16 from base 24 on.
    assert np.flatnonzero(found["read"]).tolist() == [*range(24, 24 + 8 + 15)]
    assert str(found["record"]) == "one"
    assert found["window"].tolist() == [0, 60]


def test_table_and_track_hold_the_same(here: Path) -> None:
    words = ["my.fa", "--model", "motifs", "--target", TYPED]
    found = arrays(*words)
    assert main(["effects", *words, "-o", "x.tsv"]) == 0
    comment, head, *lines = (here / "x.tsv").read_text().splitlines()
    assert comment.startswith(f"# effects on {TYPED} (value ")
    assert head == "record\tposition\tbase\tA\tC\tG\tT\tloss\tgain\tread"
    for base, line in enumerate(lines):
        record, position, letter, *numbers, loss, gain, read = line.split("\t")
        assert (record, int(position), letter) == ("one", base + 1, LETTERS[base])
        assert read == ("yes" if found["read"][base] else "no")
        if found["read"][base]:
            assert np.float32(numbers).tolist() == found["raw"][base].tolist()
            assert [np.float32(loss), np.float32(gain)] == [found["loss"][base], found["gain"][base]]
        else:
            assert [*numbers, loss, gain] == [""] * 6
    assert main(["effects", *words, "-o", "x.bedgraph", "--track-line"]) == 0
    track, *runs = (here / "x.bedgraph").read_text().splitlines()
    assert "less their mean over the four letters" in track
    drawn = np.full(60, np.nan, dtype=np.float32)
    for _, start, stop, value in (run.split("\t") for run in runs):
        drawn[int(start) : int(stop)] = np.float32(value)
    np.testing.assert_array_equal(np.isnan(drawn), ~found["read"])
    np.testing.assert_array_equal(drawn[found["read"]], found["projected"].sum(axis=1)[found["read"]])


def test_the_strongest_bases_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    raw = brute_force(LETTERS, TARGET)
    assert main(["effects", "my.fa", "--model", "motifs", "--target", TYPED, "--top", "3"]) == 0
    first, head, *rows, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{TYPED}: ")
    assert first.endswith("reads 23 of 60 bases")
    assert head.split() == ["base", "edit", "value", "behind", "change", "loss", "gain"]
    assert len(rows) == 3
    strongest = int(np.abs(raw).max(axis=1).argmax())
    letter = int(np.abs(raw[strongest]).argmax())
    assert rows[0].split()[:2] == [f"one:{strongest + 1}", f"{LETTERS[strongest]}→{'ACGT'[letter]}"]
    assert "not proof of no function" in last


def test_all_records_stand_one_below_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    found = arrays("my.fa", "--model", "motifs", "--target", TYPED, "--all-records")
    assert found["rows"].tolist() == [0, 60, 120]
    assert bytes(found["records"]).decode().split("\n") == ["one", "two"]
    np.testing.assert_allclose(found["raw"][60:], brute_force(LETTERS[::-1], TARGET), atol=1e-5)
    assert found["value"].shape == (2,)
    assert "1 of 3 input windows are too short" in capsys.readouterr().err


def test_the_other_strand() -> None:
    found = arrays("my.fa", "--model", "motifs", "--target", TYPED, "--reverse-complement")
    turned = LETTERS[::-1].translate(str.maketrans("ACGT", "TGCA"))
    assert str(found["letters"]) == turned
    np.testing.assert_allclose(found["raw"], brute_force(turned, TARGET), atol=1e-5)
    assert (int(found["origin"]), int(found["step"])) == (60, -1)


def test_edits_are_read_and_said(here: Path) -> None:
    edited = f"{LETTERS[:29]}{'A' if LETTERS[29] != 'A' else 'C'}{LETTERS[30:]}"
    name = f"30{LETTERS[29]}>{edited[29]}"
    found = arrays("my.fa", "--model", "motifs", "--target", TYPED, "--edit", name)
    assert str(found["letters"]) == edited
    assert found["edits"].tolist() == [f"one:{name}"]
    np.testing.assert_allclose(found["raw"], brute_force(edited, TARGET), atol=1e-5)


def test_regions_of_a_bed_file_lie_in_the_middle_of_their_input_windows(here: Path) -> None:
    long = "".join("ACGT"[code] for code in np.random.default_rng(6).integers(0, 4, 900))
    fasta(here / "long.fa", chr1=long)
    (here / "peaks.bed").write_text("chr1\t600\t620\nchr1\t300\t310\n")
    model = open_model("seed").model
    found = arrays("long.fa", "--model", "seed", "--regions", "peaks.bed")
    assert found["rows"].tolist() == [0, 20, 30]
    assert found["window"].tolist() == [[600, 620], [300, 310]]
    assert str(found["letters"]) == long[600:620] + long[300:310]
    target = Target("activation", (0,), logit=True)
    applied = target.applied(model)
    for value, start in zip(found["value"].tolist(), (360, 55), strict=True):
        assert value == pytest.approx(target.of(applied.run(encode(long[start : start + 500]))), abs=1e-6)
    codes = encode(long[360:860])
    codes[605 - 360] = encode("G")[0]
    assert found["raw"][5, 2] == pytest.approx(target.of(applied.run(codes)) - float(found["value"][0]), abs=1e-6)
    # A track is sorted along the records.
    assert main(["effects", "long.fa", "--model", "seed", "--regions", "peaks.bed", "-o", "x.bedgraph"]) == 0
    starts = [int(line.split("\t")[1]) for line in (here / "x.bedgraph").read_text().splitlines()]
    assert starts == sorted(starts)


def test_what_is_longer_than_the_input_is_read_in_windows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = "".join("ACGT"[code] for code in np.random.default_rng(6).integers(0, 4, 700))
    fasta(here / "long.fa", chr1=long)
    found = arrays("long.fa", "--model", "seed", "--target", "max_pooling1d:59:0")
    assert str(found["letters"]) == long
    assert found["window"].tolist() == [[0, 500], [500, 700]]
    assert "was read in 2 of them" in capsys.readouterr().err
    whole = arrays("long.fa", "--model", "seed", "--region", "chr1:201-700", "--target", "max_pooling1d:59:0")
    np.testing.assert_array_equal(found["raw"][500:], whole["raw"][300:])


def test_logit_or_probability(here: Path) -> None:
    layers = [
        ("letters", Input()),
        ("conv", Conv1D(random_kernel(5, 3))),
        ("largest", GlobalMaxPooling1D()),
        ("dense", Dense(random_kernel(1, 2, 1, 3)[0], activation="sigmoid")),
    ]
    with (here / "unit.npz").open("wb") as file:
        write_npz(Model.sequential("unit", layers), file)
    words = ["my.fa", "--model", "unit.npz", "--target", "output:1"]
    logit, probability = arrays(*words), arrays(*words, "--probability")
    np.testing.assert_allclose(float(probability["value"]), 1 / (1 + np.exp(-float(logit["value"]))), atol=1e-6)
    assert (logit["raw"] == arrays(*words, "--logit")["raw"]).all()
    assert main(["effects", *words[:-1], "output", "-o", "x.tsv"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--target", "nothing:0:0"], "no layer 'nothing'"),
        (["--target", "max_pooling1d:99:0"], "there is no max_pooling1d:99:0"),
        (["--target", TYPED, "--logit"], "no sigmoid or softmax"),
        (["-o", "x.txt"], "does not end in"),
        (["--regions", "missing.bed"], "missing.bed"),
    ],
)
def test_what_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["effects", "my.fa", "--model", "motifs", *words]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--force"],
        ["--all-records", "--regions", "x.bed"],
        ["--all-records", "--record", "one"],
        ["--regions", "x.bed", "--edit", "5A>C"],
        ["--logit", "--probability"],
        ["--top", "0"],
    ],
)
def test_what_does_not_go_together(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["effects", "my.fa", *words])
    assert ended.value.code == 2


def test_regions_that_overlap_are_no_track_and_leave_no_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "x.bed").write_text("one\t0\t40\none\t20\t60\n")
    words = ["effects", "my.fa", "--model", "motifs", "--target", "max_pooling1d:0:0", "--regions", "x.bed"]
    assert main([*words, "-o", "x.bw"]) == 1
    assert "overlap" in capsys.readouterr().err
    assert not (here / "x.bw").exists()
    assert main([*words, "-o", "x.tsv"]) == 0
