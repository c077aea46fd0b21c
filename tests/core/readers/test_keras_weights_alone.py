"""Keras weights without an architecture: the convolution over the letters gives what it gives in the whole network."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from each_case import each_case
from keras_fixtures import FILES, Stored, largest_error, one

from cnn_core.errors import CnnError, ModelError, SettingError
from cnn_core.readers.opening import open_model_file, read_model_file
from cnn_core.readers.report import ModelFile

HERE = Path(__file__).parent
ALONE = [each for each in FILES if each.model == "question" and each.member.endswith((".weights.h5", ".legacy.h5"))]
ORDER = (
    "the layers' order, functions and pools are not in the file; with the architecture, as model.to_json() wrote it, "
    "the whole network is shown: --architecture model.json"
)


def opened(data: bytes, **options: Any) -> ModelFile:
    return read_model_file(data, "m.weights.h5", options)


def without_architecture(data: bytes) -> bytes:
    """Return the weights of a legacy file alone."""
    file = io.BytesIO(data)
    with h5py.File(file, "r+") as whole:
        for name in ("model_config", "training_config"):
            whole.attrs.pop(name, None)
    return file.getvalue()


def weights_of(data: bytes) -> bytes:
    """Return the weights of an archive alone."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("model.weights.h5")


@each_case("stored", ALONE)
def test_the_convolution_gives_what_it_gives_in_the_network(stored: Stored) -> None:
    found = opened(stored.data, pool_size=4)
    input_, conv, pool = found.model.nodes
    assert (input_.layer.type, conv.layer.type, pool.layer.size) == ("InputLayer", "Conv1D", 4)  # type: ignore[attr-defined]
    codes = stored.answers["letters"].astype(np.uint8)
    (key,) = {key for key in stored.answers if key in ("node/conv", "node/0", "node/convolution1d_1")}
    assert largest_error(found.model.run(codes)[conv.name], stored.answers[key]) < 1e-5
    assert ORDER in found.warnings
    assert found.warnings[0].startswith(
        f"m.weights.h5 holds weights and no architecture: {conv.name}.weight is taken"
    )
    assert any("turned round" in each for each in found.warnings) == stored.is_on_theano


@pytest.mark.parametrize("member", ["stochastic.keras", "stochastic.h5"])
@pytest.mark.parametrize("tag", ["3.15.1_torch", "2.15.0_tensorflow"])
def test_batch_norm_behind_it_is_folded(tag: str, member: str) -> None:
    with zipfile.ZipFile(HERE / "keras_treated" / f"keras_{tag}.zip") as packed:
        data, answers = packed.read(member), np.load(io.BytesIO(packed.read("answers.npz")))
        codes, norm = (answers[f"stochastic/{key}"] for key in ("letters", "node/norm"))
    alone = weights_of(data) if member.endswith(".keras") else without_architecture(data)
    found = opened(alone, activation="linear")
    values = found.model.run(codes.astype(np.uint8))[found.model.nodes[1].name]
    # The network's convolution of 7 is padded on both sides, and the bank's is not.
    assert largest_error(values, norm[3:-3]) < 1e-5
    assert any("with Keras's default ε of 0.001" in each for each in found.warnings)


def test_what_an_old_batch_norm_keeps_is_not_guessed() -> None:
    found = opened(one("1.2.2_theano", "danq.weights.h5", "danq.json").data)
    assert any("keeps deviations or, from Keras 1.0.7 on, variances" in each for each in found.warnings)


def test_several_convolutions_are_listed_as_the_file_has_them() -> None:
    stored = one("3.15.1_torch", "shared.weights.h5", "shared.json")
    with pytest.raises(ModelError, match=r"conv1d_1.weight \(5, 4, 4\).*; choose one, such as --weights conv1d_1"):
        opened(stored.data)
    chosen = opened(stored.data, weights="sequential.conv")
    assert chosen.model.nodes[1].layer.filters == 3  # type: ignore[attr-defined]


def test_options_that_cannot_matter_are_refused(tmp_path: Path) -> None:
    question = one("3.15.1_torch", "question.keras").data
    alone = one("3.15.1_torch", "question.weights.h5", "question.json")
    for data, options, sentence in (
        (question, {"pool_size": 3}, "--pool-size is for weights alone, and this file has its architecture"),
        (alone.data, {"begin": "conv"}, "--begin needs the architecture, and the file holds weights alone"),
        (
            alone.data,
            {"architecture": alone.architecture_data, "weights": "conv"},
            "--weights is for weights alone, and an architecture is given with them",
        ),
    ):
        with pytest.raises(SettingError, match=sentence):
            opened(data, **options)
    (tmp_path / "m.weights.h5").write_bytes(alone.data)
    (tmp_path / "m.json").write_bytes(alone.architecture_data or b"")
    assert len(open_model_file(tmp_path / "m.weights.h5").model.nodes) > 3
    # What only a filter bank has asks for one.
    assert len(open_model_file(tmp_path / "m.weights.h5", pool_size=2).model.nodes) == 3


def test_without_a_convolution_over_letters_the_architecture_is_asked_for() -> None:
    file = io.BytesIO()
    with h5py.File(file, "w") as made:
        made.create_dataset("layers/dense/vars/0", data=np.ones((7, 2), dtype=np.float32))
        made.create_dataset("layers/conv1d/vars/0", data=np.ones((3, 9, 2), dtype=np.float32))
    with pytest.raises(CnnError) as refused:
        opened(file.getvalue())
    assert str(refused.value) == (
        "m.weights.h5: holds weights alone, and not which layers they belong to; it holds no convolution over 4 or 5 "
        "letters; give the architecture, as model.to_json() wrote it: --architecture model.json"
    )
