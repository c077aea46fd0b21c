"""Corners of Keras: a layer is computed as Keras computes it, or is Unknown with the reason, never something else."""

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
from cnn_core.readers.keras.settings import qualified
from cnn_core.readers.report import ModelFile

HERE = Path(__file__).parent / "keras_corners"
NEW, OLD = "3.15.1_jax", "2.15.0_tensorflow"
NOT_COMPUTED = {
    "own_classes": {"turned", "thrice"},
    "own_inside": {"both", "backward", "each", "activated"},
    "own_nested": {"block"},
    "training": {"moving", "block/told"},
    "mask_given": {"other"},
    "operations": {"cast"},
    "quantised": {"dense"},
}
"""The layers of each model that are Unknown, beside what only depends on them."""
RANDOM = {"noisy", "d"}
"""What Keras draws at random."""
HALF = 5e-4
"""What float16 loses, where a function rounds to it."""


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


def reasons(found: ModelFile) -> dict[str, str]:
    return {node.name: node.layer.reason for node in found.model.nodes if isinstance(node.layer, Unknown)}


FILES = [
    (tag, member) for tag in (NEW, OLD) for member in sorted(members(tag)) if member.endswith((".keras", ".h5"))
]


@each_case(("tag", "member"), FILES)
def test_every_layer_gives_what_keras_gave_or_is_unknown(tag: str, member: str) -> None:
    name = member.partition(".")[0]
    found = opened(tag, member)
    model, given = found.model, answers(tag, name)
    values = model.run(given["letters"].astype(np.uint8))
    unknown = set(reasons(found))
    expected = NOT_COMPUTED.get(name, {"dense"} if member == "adapted.h5" else set())
    if member == "own_classes.h5":
        # A legacy file has no word of a class that was not registered.
        expected = {"turned"}
    if (tag, name) == (NEW, "unlike_masks"):
        # Keras 3 works the mask of a Concatenate out with functions that are not followed.
        expected = {"of_both", "of_end"}
        unknown = {each for each in unknown if each.startswith("of_")}
    assert unknown == expected
    compared = 0
    for key, value in given.items():
        node = key.removeprefix("node/")
        if not key.startswith("node/") or node in RANDOM or (member, node) == ("own_classes.h5", "thrice"):
            continue
        if node in values:
            assert largest_error(values[node], value) <= (HALF if node in ("cast_2", "flat7") else 1e-5), node
            compared += 1
        else:
            assert node in model.unavailable()
    assert compared


@each_case(
    ("tag", "member", "layer", "reason"),
    [
        (
            NEW,
            "own_classes.keras",
            "turned",
            "mine>Conv1D is a class of the author's own, whose program is not in the",
        ),
        (NEW, "own_classes.keras", "thrice", "keras_corner_models>Dense is a class of the author's own"),
        (NEW, "own_classes.h5", "turned", "mine>Conv1D is a class of the author's own"),
        (OLD, "own_classes.keras", "turned", "mine>Conv1D is a class of the author's own"),
        (OLD, "own_classes.h5", "turned", "mine>Conv1D is a class of the author's own"),
        (NEW, "own_inside.keras", "both", "it wraps mine>GRU, a class of the author's own"),
        (NEW, "own_inside.h5", "backward", "its backward layer is mine>GRU, a class of the author's own"),
        (OLD, "own_inside.keras", "each", "mine>Dense is a class of the author's own"),
        (OLD, "own_inside.h5", "activated", "its activation function is the author's own"),
        (NEW, "own_nested.keras", "block", "mine>Sequential is a class of the author's own"),
        (NEW, "training.keras", "moving", "training=True, so that it normalises by the batch's own statistics"),
        (OLD, "training.h5", "block/told", "training=True, so that it normalises by the batch's own statistics"),
        (NEW, "mask_given.keras", "other", "it is given its mask by the network"),
        (NEW, "operations.keras", "cast", "it turns its values into int32, which is not computed"),
        (NEW, "quantised.keras", "dense", "its weights were quantised to int8, which is not computed"),
        (NEW, "quantised.h5", "dense", "its weights were quantised to int8, which is not computed"),
        (NEW, "adapted.h5", "dense", "its kernel is adapted by two of rank 2 (lora_rank), which are stored apart"),
    ],
)
def test_what_is_not_computed_says_why(tag: str, member: str, layer: str, reason: str) -> None:
    assert reason in reasons(opened(tag, member))[layer]


@pytest.mark.parametrize("tag", [NEW, OLD])
def test_values_that_keras_draws_at_random_are_said(tag: str) -> None:
    for member in ("training.keras", "training.h5"):
        said = opened(tag, member).warnings
        assert [each.partition(" ")[0] for each in said if "training=True" in each] == ["noisy"]


def test_a_model_of_an_own_class_is_read_as_far_as_its_layers_go() -> None:
    found = opened(NEW, "own_model.keras")
    assert any("the author's own class Wrapper" in each for each in found.warnings)
    assert not any("own class" in each for each in opened(NEW, "two_inputs.keras").warnings)


def test_only_a_class_of_keras_s_own_is_read_by_its_name() -> None:
    keras = {"class_name": "Conv1D", "module": "keras.layers", "registered_name": None}
    assert qualified(keras) == qualified({**keras, "module": "tf_keras.src.layers"}) == "Conv1D"
    assert qualified({"class_name": "Conv1D"}) == qualified({"name": "Conv1D"}) == "Conv1D"
    assert qualified({"class_name": "Addons>Sparsemax"}) == "Sparsemax"
    assert qualified({**keras, "module": None}) == "Custom>Conv1D"
    assert qualified({**keras, "module": "keras_models.mine"}) == "keras_models.mine>Conv1D"
    assert qualified({**keras, "registered_name": "mine>Conv1D"}) == "mine>Conv1D"
    assert qualified({"class_name": "mine>Conv1D"}) == "mine>Conv1D"
    operation = {"class_name": "Add", "module": "keras.src.ops.numpy", "registered_name": "Add"}
    assert qualified(operation) == "Add"
