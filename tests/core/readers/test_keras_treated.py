"""Layers whose program is not in the file, treated as the user says, and networks that begin where the user says."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from each_case import each_case
from keras_fixtures import Answers, largest_error

import cnn_core as cnn
from cnn_core.errors import CnnError
from cnn_core.layers import SideInput
from cnn_core.readers.keras import read_keras
from cnn_core.readers.npz import read_npz, write_npz
from cnn_core.readers.report import ModelFile

HERE = Path(__file__).parent / "keras_treated"
NEW, OLD = "3.15.1_torch", "2.15.0_tensorflow"
OPTIONS: dict[str, dict[str, Any]] = {
    "stochastic": {
        "treat": {"StochasticReverseComplement": "identity", "shift": "identity", "SwitchReverse": "identity"}
    },
    "conv_dna": {"treat": {"ConvDNA": "Conv1D", "ConvSequence": "conv1d", "score": "Dense"}},
    "slices": {"treat": {"lambda_1": "flatten"}},
    "detector": {"begin": "detectors", "treat": {"Rectify": "relu"}},
    "strands": {"begin": "conv"},
    "noisy_stack": {"treat": {"Noise": "dropout"}},
}
"""What has to be said of each model."""
PROPOSED = {
    "stochastic": {
        "turn": "--treat StochasticReverseComplement=identity",
        "shift": "--treat StochasticShift=identity",
        "back": "--treat SwitchReverse=identity",
    },
    "conv_dna": {
        "conv_dna_1": "--treat ConvDNA=Conv1D",
        "conv_sequence_1": "--treat ConvSequence=Conv1D",
        "score": "--treat MyDense=Dense",
    },
}
"""What the reason of a layer ends with."""


@cache
def members(tag: str) -> dict[str, bytes]:
    with zipfile.ZipFile(HERE / f"keras_{tag}.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@cache
def answers(tag: str, model: str) -> Answers:
    with np.load(io.BytesIO(members(tag)["answers.npz"])) as stored:
        return {key.removeprefix(f"{model}/"): stored[key] for key in stored.files if key.startswith(f"{model}/")}


def opened(tag: str, member: str, **options: Any) -> ModelFile:
    return read_keras(members(tag)[member], member, **options)


FILES = [
    (tag, member) for tag in (NEW, OLD) for member in sorted(members(tag)) if member.endswith((".keras", ".h5"))
]


def other_strand(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    rows = np.array([[code == letter for letter in (1, 2, 4, 8)] for code in codes], dtype=np.float32)
    return rows[::-1, ::-1]


@each_case(("tag", "member"), FILES)
def test_every_layer_gives_what_keras_gives_once_it_is_said_what_it_is(tag: str, member: str) -> None:
    name = member.partition(".")[0]
    found, expected = opened(tag, member, **OPTIONS[name]), answers(tag, name)
    assert not found.unsupported
    codes = expected["letters"].astype(np.uint8)
    sides = [node.name for node in found.model.inputs if isinstance(node.layer, SideInput)]
    values = found.model.run(codes, side_inputs=dict.fromkeys(sides, other_strand(codes)))
    compared = 0
    for key, wanted in expected.items():
        node = key.removeprefix("node/")
        if key == "letters" or node in ("rows", "turned"):
            continue
        assert largest_error(values[node], wanted.reshape(values[node].shape)) < 1e-5, node
        compared += 1
    assert compared >= 3
    assert {*sides} == ({"conv#2_input"} if name == "strands" else set())


@pytest.mark.parametrize("member", ["stochastic.h5", "stochastic.keras", "conv_dna.h5", "conv_dna.keras"])
@pytest.mark.parametrize("tag", [NEW, OLD])
def test_the_reason_says_what_to_type(tag: str, member: str) -> None:
    found = opened(tag, member)
    said = {each.partition(" ")[0]: each for each in found.unsupported}
    proposed = PROPOSED[member.partition(".")[0]]
    assert {name: said[name].endswith(ending) for name, ending in proposed.items()} == dict.fromkeys(proposed, True)


def test_basenjis_gelu_is_that_of_a_sigmoid() -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(members(NEW)["detector.keras"])) as stored,
        zipfile.ZipFile(file, "w") as renamed,
    ):
        for name in stored.namelist():
            data = stored.read(name)
            renamed.writestr(name, data.replace(b"Rectify", b"GELU") if name == "config.json" else data)
    begun = read_keras(file.getvalue(), "gelu.keras", begin="detectors")
    assert "x · sigmoid(1.702 x): if this is it, --treat GELU=quick_gelu" in begun.unsupported[0]
    found = read_keras(file.getvalue(), "gelu.keras", begin="detectors", treat={"GELU": "quick_gelu"})
    values = found.model.run(answers(NEW, "detector")["letters"].astype(np.uint8))
    responses = values["detectors"].astype(np.float64)
    np.testing.assert_allclose(
        values["rectify"], responses / (1 + np.exp(-1.702 * responses)), rtol=1e-5, atol=1e-7
    )


def test_what_was_said_stays_with_the_model() -> None:
    found = opened(NEW, "stochastic.keras", **OPTIONS["stochastic"])
    said = (
        "turn (StochasticReverseComplement) is treated as identity at your word"
        " (--treat StochasticReverseComplement=identity)"
    )
    assert said in found.warnings
    file = io.BytesIO()
    write_npz(found, file)
    again = read_npz(file.getvalue(), "m.npz")
    assert again.warnings == found.warnings


def test_several_layers_of_a_class_share_a_sentence() -> None:
    (said,) = opened(NEW, "noisy_stack.keras", **OPTIONS["noisy_stack"]).warnings
    assert (
        said == "sequential/noise (Noise), more (Noise) are treated as dropout at your word (--treat Noise=dropout)"
    )
    one = opened(NEW, "noisy_stack.keras", treat={"sequential/noise": "identity"})
    assert [each.partition(" ")[0] for each in one.unsupported] == ["more"]


def test_a_network_begins_where_it_is_said() -> None:
    found = opened(OLD, "detector.h5", begin="detectors", treat={"Rectify": "relu"})
    assert [node.name for node in found.model.nodes][:2] == ["detectors_input", "detectors"]
    assert found.warnings[-1] == (
        "it begins at detectors at your word (--begin detectors): the letters enter there, and numbers, rows are cut"
        " off; their number, 40, is assumed to be that of numbers"
    )
    # Keras 3 says what shape flows there.
    assert "assumed" not in opened(NEW, "detector.h5", begin="detectors").warnings[-1]


def test_the_public_face_takes_both(tmp_path: Path) -> None:
    path = tmp_path / "detector.keras"
    path.write_bytes(members(NEW)["detector.keras"])
    model = cnn.open_model(path, treat={"Rectify": "relu"}, begin="detectors")
    assert model.unsupported == ()
    assert sum("at your word" in each for each in model.assumptions) == 2
    with pytest.raises(CnnError, match="treat is given as str"):
        cnn.open_model(path, treat="Rectify=relu")


@each_case(
    ("options", "sentence"),
    [
        ({"treat": {"nothing": "identity"}}, "there is no layer or class 'nothing'"),
        ({"treat": {"Rectifi": "identity"}}, "did you mean Rectify?"),
        ({"treat": {"detectors": "identity"}}, "detectors is a Conv1D, which is computed as it is"),
        ({"treat": {"Rectify": "nothing"}}, "'nothing' is nothing that a layer can be treated as"),
        ({"treat": {"Rectify": "Lambda"}}, "'Lambda' is nothing that a layer can be treated as"),
        ({"treat": {"Rectify": "Bidirectional"}}, "is nothing that a layer can be treated as"),
        ({"treat": {f"l{number}": "identity" for number in range(100)}}, "is given 100 times; the most is 64"),
        ({"begin": "detector"}, "there is no layer 'detector' to begin at; did you mean detectors?"),
        ({"begin": "numbers"}, "there is no layer 'numbers' to begin at"),
        ({"begin": "strongest"}, "none of its inputs is a sequence of letters: strongest_input (33, 6)"),
        ({}, "--begin LAYER starts at a layer that reads letters"),
    ],
)
def test_what_cannot_be_is_one_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CnnError) as refused:
        opened(NEW, "detector.keras", **options)
    assert sentence in str(refused.value)


def test_a_layer_that_merges_is_no_beginning() -> None:
    with pytest.raises(CnnError, match="both reads several tensors; begin at a layer that reads one"):
        opened(NEW, "strands.keras", begin="both")


def test_weights_that_do_not_fit_what_a_layer_is_said_to_be_are_refused() -> None:
    with pytest.raises(CnnError, match="layer conv_dna_1: "):
        opened(NEW, "conv_dna.keras", treat={"ConvDNA": "LSTM"})
    found = opened(NEW, "conv_dna.keras", treat={"ConvDNA": "identity"})
    assert "the tensors that the file holds for conv_dna_1 are not used" in found.warnings
