"""Attention, norms, resizing and functions of tensors in Keras's files, node by node against what Keras computed."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case
from keras_fixtures import Answers, largest_error

from cnn_core.layers import Unknown
from cnn_core.readers.keras import read_keras
from cnn_core.readers.report import ModelFile

HERE = Path(__file__).parent / "keras_operators"
NEW, OLD = "3.15.1_torch", "2.15.0_tensorflow"
TOLERANCE = 1e-5
"""Of a layer's largest value."""
WITHOUT_DATA = {"heads"}
"""The layers in whose masked positions a backend of Keras puts what another does not; nothing reads them."""


@cache
def members(tag: str) -> dict[str, bytes]:
    with zipfile.ZipFile(HERE / f"keras_{tag}.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@cache
def answers(tag: str, model: str) -> Answers:
    with np.load(io.BytesIO(members(tag)["answers.npz"])) as stored:
        return {key.removeprefix(f"{model}/"): stored[key] for key in stored.files if key.startswith(f"{model}/")}


def opened(tag: str, member: str) -> ModelFile:
    return read_keras(members(tag)[member], member)


FILES = [
    (tag, member)
    for tag in (NEW, OLD)
    for member in sorted(members(tag))
    if member.endswith((".keras", ".h5")) and not member.startswith("batches")
]


@each_case(("tag", "member"), FILES)
def test_every_layer_gives_what_keras_gave(tag: str, member: str) -> None:
    found, name = opened(tag, member), member.partition(".")[0]
    assert [(node.name, node.layer.reason) for node in found.model.nodes if isinstance(node.layer, Unknown)] == []
    given = answers(tag, name)
    letters = given["letters"].astype(np.uint8)
    values = found.model.run(letters)
    nodes = {node.name for node in found.model.nodes}
    expected = {key.removeprefix("node/"): value for key, value in given.items() if key.startswith("node/")}
    assert expected.keys() & nodes
    errors = {}
    for key, value in expected.items():
        if key not in nodes:
            # A function that only moves the axes of a batch has no node.
            continue
        ours = values[key]
        if "mask" in name and key in WITHOUT_DATA:
            value, ours = value[letters < 15], ours[letters < 15]
        errors[key] = largest_error(ours, value)
    assert max(errors.values()) <= TOLERANCE, sorted(errors.items(), key=lambda each: -each[1])[:5]


@pytest.mark.parametrize("member", ["batches.keras", "batches.h5"])
def test_what_mixes_the_samples_of_a_batch_is_not_computed(member: str) -> None:
    found = opened(NEW, member).model
    assert {node.name for node in found.nodes if not isinstance(node.layer, Unknown)} == {"letters", "conv", "mean"}
