"""`cnn-tui diff`: which layers of two files belong together, and where they differ."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorers import fasta
from small_models import random_kernel

from cnn_core.layers import (
    Activation,
    BatchNormalization,
    Conv1D,
    Dense,
    Flatten,
    Input,
    Layer,
    MaxPooling1D,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.readers import write_npz
from cnn_tui.__main__ import main

_RNG = np.random.default_rng(2)
ONE, TWO = ("".join("ACGT"[code] for code in _RNG.integers(0, 4, 20)) for _ in range(2))


def weights(*shape: int) -> np.ndarray:
    return _RNG.normal(size=shape).astype(np.float32)


KERNEL = random_kernel(4, 3)
GAMMA, BETA, MEAN, VARIANCE = (
    np.array([1, 2, -0.5], np.float32),
    weights(3),
    weights(3),
    np.array([1, 2, 3], np.float32),
)
LAST = Dense(weights(24, 2), weights(2), activation="sigmoid")


def saved(name: str, *layers: tuple[str, Layer]) -> Model:
    model = Model.sequential(name, [("letters", Input(20)), *layers])
    with Path(f"{name}.npz").open("wb") as file:
        write_npz(model, file)
    return model


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network, and the same with a folded batch norm, activations of their own and other names."""
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "my.fa", one=ONE, two=TWO)
    norm = BatchNormalization(mean=MEAN, variance=VARIANCE, gamma=GAMMA, beta=BETA)
    saved(
        "one",
        ("conv", Conv1D(KERNEL)),
        ("norm", norm),
        ("relu", Activation("relu")),
        ("pool", MaxPooling1D(2)),
        ("flat", Flatten()),
        ("last", LAST),
    )
    factor = GAMMA / np.sqrt(VARIANCE + norm.epsilon)
    saved(
        "other",
        ("conv", Conv1D((KERNEL * factor).astype(np.float32), (BETA - MEAN * factor).astype(np.float32))),
        ("node_1", Activation("relu")),
        ("node_2", MaxPooling1D(2)),
        ("node_3", Flatten()),
        ("node_4", replace(LAST, activation="linear")),
        ("node_5", Activation("sigmoid")),
    )
    return tmp_path


def compared(*words: str, status: int) -> dict[str, Any]:
    assert main(["diff", *words, "-o", "d.json", "--force"]) == status
    found: dict[str, Any] = json.loads(Path("d.json").read_text())
    return found


def test_files_of_one_network_agree(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared("one.npz", "other.npz", "my.fa", status=0)
    assert found["agree"]
    assert found["windows"] == 2
    assert [(each["layer"], each["other"]) for each in found["layers"]] == [
        ("norm", "conv"),
        ("relu", "node_1"),
        ("pool", "node_2"),
        ("flat", "node_3"),
        ("last", "node_5"),
    ]
    assert found["only_in_model"] == ["conv"]
    assert found["only_in_other"] == ["node_4"]
    assert all(each["relative"] < 1e-6 for each in found["layers"])
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["only in one.npz: conv", "only in other.npz: node_4"] or told[:2] == [
        "only in one: conv",
        "only in other: node_4",
    ]
    assert told[2].startswith("they agree: on 2 input windows no layer differs by more than ")


def test_where_they_differ_most_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kernel = KERNEL.copy()
    kernel[1, 2, 1] += 0.25
    layers = [("flat", Flatten()), ("last", Dense(weights(51, 2)))]
    mine = saved("a", ("conv", Conv1D(KERNEL)), *layers)
    theirs = saved("b", ("conv", Conv1D(kernel)), *layers)
    found = compared("a.npz", "b.npz", "my.fa", status=1)
    assert not found["agree"]
    conv = found["layers"][0]
    values = {
        name: (mine.run(encode(read)), theirs.run(encode(read))) for name, read in (("one", ONE), ("two", TWO))
    }
    scale = max(abs(run["conv"]).max() for run, _ in values.values())
    assert conv["scale"] == pytest.approx(scale)
    assert conv["difference"] == pytest.approx(0.25, abs=1e-6)
    assert conv["relative"] == pytest.approx(0.25 / scale, abs=1e-6)
    position, channel = conv["index"]
    run, other = values[conv["record"]]
    assert channel == 1
    assert (conv["value"], conv["other_value"]) == (
        pytest.approx(run["conv"][position, channel]),
        pytest.approx(other["conv"][position, channel]),
    )
    capsys.readouterr()
    assert main(["diff", "a.npz", "b.npz", "my.fa", "--tolerance", "1"]) == 0
    assert main(["diff", "a.npz", "b.npz", "my.fa", "-o", "d.tsv"]) == 1
    head, first, *_ = [line.split("\t") for line in (here / "d.tsv").read_text().splitlines()]
    row = dict(zip(head, first, strict=True))
    assert (row["layer"], row["other"], row["shape"]) == ("conv", "conv", "17,3")
    assert float(row["difference"]) == pytest.approx(0.25, abs=1e-6)
    assert "they differ: on 2 input windows 3 of 3 layers by more than 1e-05 of their scale, first conv" in (
        capsys.readouterr().out
    )


def test_a_value_that_is_no_number_differs_beyond_any_tolerance() -> None:
    saved("a", ("conv", Conv1D(KERNEL)), ("end", Activation("sqrt")))
    saved("b", ("conv", Conv1D(KERNEL)), ("end", Activation("relu")))
    found = compared("a.npz", "b.npz", "my.fa", "--tolerance", "1e9", status=1)
    assert found["layers"][1]["difference"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["one.npz", "short.npz", "my.fa"], "reads 20 bases and"),
        (["one.npz", "other.npz", "my.fa", "--record", "three"], "no record is named 'three'"),
    ],
)
def test_refusals(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Path("short.npz").open("wb") as file:
        write_npz(Model.sequential("short", [("letters", Input(19)), ("conv", Conv1D(KERNEL))]), file)
    assert main(["diff", *words]) == 1
    assert said in capsys.readouterr().err
