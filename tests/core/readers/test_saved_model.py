"""SavedModels and checkpoints of TensorFlow: every layer gives what Keras gave, and damage is one sentence."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras_fixtures import Answers, largest_error

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.keras.bundle import read_bundle
from cnn_core.readers.keras.crc32c import crc32c, masked
from cnn_core.readers.keras.sorted_table import table_entries
from cnn_core.readers.opening import inspect_model_file, open_model_file

ARCHIVE = Path(__file__).parent / "saved_models" / "tensorflow_2.15.1.zip"
TREAT: dict[str, dict[str, str]] = {
    "stochastic": {"turn": "identity", "StochasticShift": "identity", "SwitchReverse": "identity"},
    "conv_dna": {"ConvDNA": "Conv1D", "ConvSequence": "Conv1D", "MyDense": "Dense"},
}


@cache
def members() -> dict[str, bytes]:
    with zipfile.ZipFile(ARCHIVE) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@cache
def answers(model: str) -> Answers:
    with np.load(io.BytesIO(members()["answers.npz"])) as stored:
        return {key.removeprefix(f"{model}/"): stored[key] for key in stored.files if key.startswith(f"{model}/")}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    for name, data in members().items():
        path = tmp_path.joinpath(*name.split("!"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path


def assert_as_keras(values: Answers, model: str) -> None:
    compared = 0
    for key, wanted in answers(model).items():
        if key == "letters":
            continue
        node = key.removeprefix("node/")
        assert largest_error(values[node], wanted.reshape(values[node].shape)) < 1e-5, node
        compared += 1
    assert compared > 3


@pytest.mark.parametrize("model", ["every_kind", "stack", "stochastic", "conv_dna"])
def test_every_layer_gives_what_keras_gives(saved: Path, model: str) -> None:
    codes = answers(model)["letters"].astype(np.uint8)
    for path in (saved / model, saved / model / "saved_model.pb"):
        found = open_model_file(path, treat=TREAT.get(model))
        assert (found.format, found.version, found.model.name) == (
            "TensorFlow SavedModel",
            "Keras 2.15.0 on TensorFlow",
            model,
        )
        assert not found.unsupported
        assert_as_keras(found.model.run(codes), model)
    (saved / model / "keras_metadata.pb").unlink()
    given = open_model_file(saved / model, treat=TREAT.get(model), architecture=saved / f"{model}.json")
    assert_as_keras(given.model.run(codes), model)
    assert not any("was given the weights" in each for each in (*found.warnings, *given.warnings))


def test_a_checkpoint_opens_with_its_architecture(saved: Path) -> None:
    found = open_model_file(saved / "checkpoint" / "stack.index", architecture=saved / "stack.json")
    assert_as_keras(found.model.run(answers("stack")["letters"].astype(np.uint8)), "stack")
    assert found.format == "TensorFlow checkpoint"


def test_without_a_configuration_the_filters_are_shown(saved: Path) -> None:
    found = open_model_file(saved / "own_model", pool_size=3)
    conv = found.model["own.motifs"].layer
    np.testing.assert_array_equal(conv.kernel, answers("own_model")["kernel"])  # type: ignore[attr-defined]
    assert found.warnings[0].startswith(
        "own_model holds weights and no architecture: own.motifs.weight is taken as 6"
    )
    first = open_model_file(saved / "checkpoint" / "first.index")
    assert first.model.nodes[1].layer.kernel.shape == (6, 4, 5)  # type: ignore[attr-defined]
    several = open_model_file(saved / "checkpoint" / "stack.index", weights="first", batch_norm="none").model
    assert several.nodes[1].name == "first"


def test_what_it_holds_is_listed(saved: Path) -> None:
    for path in (saved / "stack", saved / "checkpoint" / "stack.index"):
        shapes = {each.name: each.shape for each in inspect_model_file(path).tensors}
        assert shapes["layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE"] == (5, 4, 4)


def test_what_is_missing_or_does_not_apply_is_said(saved: Path) -> None:
    with pytest.raises(CnnError, match="stack: --motif-score does not apply to this kind of file, checkpoint"):
        open_model_file(saved / "stack", motif_score="probability")
    (saved / "stack" / "variables" / "variables.data-00000-of-00001").unlink()
    with pytest.raises(
        ModelError, match=r"its numbers are in variables\.data-00000-of-00001, which is not beside it"
    ):
        open_model_file(saved / "stack")
    (saved / "conv_dna" / "variables" / "variables.index").unlink()
    with pytest.raises(ModelError, match="is a TensorFlow SavedModel, which is a folder; save the model again"):
        open_model_file(saved / "conv_dna")


# Damage

INDEX = "stack!variables!variables.index"
DATA = members()["stack!variables!variables.data-00000-of-00001"]


def shards(data: bytes = DATA) -> Callable[[int, int, int, int], bytes]:
    return lambda _shard, _count, start, size: data[start : start + size]


def values_of(index: bytes, data: bytes = DATA) -> dict[str, Any]:
    bundle = read_bundle(index, shards(data), "m")
    return {name: tensor.values() for name, tensor in bundle.tensors.items()}


def test_a_changed_number_is_found_by_its_checksum() -> None:
    assert len(values_of(members()[INDEX])) == 9
    where = members()[INDEX]
    for at in range(0, 700, 61):
        damaged = bytearray(DATA)
        damaged[at] ^= 4
        with pytest.raises(ModelError, match="checksum"):
            values_of(where, bytes(damaged))


def test_checksums_are_those_of_the_standard() -> None:
    # RFC 3720, B.4.
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(bytes(range(32))) == 0x46DD794E
    # In lanes as byte by byte.
    data = np.random.RandomState(0).bytes(70_001)
    whole, state = crc32c(data), 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    assert whole == state ^ 0xFFFFFFFF


def refusal(read: Callable[[], object]) -> str:
    """Return why something is refused, or nothing; any other error is a failure."""
    try:
        read()
    except CnnError as error:
        return str(error)
    return ""


def signed(index: bytes) -> bytes:
    """Return an index whose blocks have the checksums of their contents, wherever they still can be found."""
    found = bytearray(index)
    footer = list(_handles(index[-48:]))
    at, size = footer[1]
    for start, length in (*_blocks(index, at, size), *footer):
        if start + length + 5 <= len(found):
            checksum = masked(crc32c(bytes(found[start : start + length + 1])))
            found[start + length + 1 : start + length + 5] = struct.pack("<I", checksum)
    return bytes(found)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        value |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 128:
            break
    return value, at


def _handles(footer: bytes) -> list[tuple[int, int]]:
    numbers, at = [], 0
    for _ in range(4):
        number, at = _varint(footer, at)
        numbers.append(number)
    return [(numbers[0], numbers[1]), (numbers[2], numbers[3])]


def _blocks(index: bytes, at: int, size: int) -> list[tuple[int, int]]:
    block, found, place = index[at : at + size], [], 0
    while place + 12 < len(block):
        _, place = _varint(block, place)
        own, place = _varint(block, place)
        length, place = _varint(block, place)
        start, end = _varint(block, place + own)
        found.append((start, _varint(block, end)[0]))
        place += own + length
    return found


def test_signing_anew_changes_nothing() -> None:
    assert signed(members()[INDEX]) == members()[INDEX]
    assert len([*table_entries(members()[INDEX], "m")]) == 11


@pytest.mark.parametrize("name", [INDEX, "every_kind!variables!variables.index", "checkpoint!first.index"])
def test_damage_is_one_sentence(name: str) -> None:
    """Bytes changed anywhere, with the checksums of what they became, or cut off."""
    good = members()[name]
    data = members()[name.replace(".index", ".data-00000-of-00001")]
    draw = random.Random(name)
    refused = 0
    for number in range(150):
        damaged = bytearray(good)
        for _ in range(draw.randint(1, 4)):
            damaged[draw.randrange(len(damaged) - 48)] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
        index = signed(bytes(damaged)) if number % 3 else bytes(damaged[: draw.randrange(len(damaged))])
        said = refusal(lambda index=index: values_of(index, data))
        refused += bool(said)
        assert "\n" not in said
        assert len(said) < 300
    assert refused > 75


def test_a_damaged_configuration_is_one_sentence(saved: Path) -> None:
    path = saved / "stack" / "keras_metadata.pb"
    good, draw = path.read_bytes(), random.Random(3)
    for _ in range(40):
        damaged = bytearray(good)
        for _ in range(3):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(damaged[: draw.choice((len(good), draw.randrange(len(good))))])
        assert "\n" not in refusal(lambda: open_model_file(saved / "stack"))
