"""The architecture that lies beside weights: found under any name by what fits, or refused by name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from each_case import each_case
from keras_fixtures import Stored, largest_error, members, node_of, one

from cnn_core.errors import ModelError
from cnn_core.readers.keras import architecture_files
from cnn_core.readers.keras.matching_architecture import nearness
from cnn_core.readers.opening import open_model_file

OLDEST = one("0.3.3_theano", "question.weights.h5", "question.json")
OLD = one("1.2.2_theano", "danq.weights.h5", "danq.json")
LEGACY = one("2.15.0_tensorflow", "question.legacy.h5", "question.json")
TREE = one("3.15.1_torch", "question.weights.h5", "question.json")
READ = "the file holds weights alone, and its architecture was read from"


def written(folder: Path, files: dict[str, bytes | None]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data or b"")


def renamed(architecture: bytes | None) -> bytes:
    """Return an architecture of the same layers under other names."""
    return (architecture or b"").replace(b'"conv"', b'"convolve"')


def of_others(model: str) -> dict[str, bytes | None]:
    """Return architectures of three other models, whatever Keras wrote them."""
    found = {
        "ancient.json": one("0.3.3_theano", "danq.weights.h5", "danq.json"),
        "old.json": one("1.2.2_theano", "danq.weights.h5", "danq.json"),
        "early.json": one("0.3.3_theano", "question.weights.h5", "question.json"),
        "later.json": one("1.2.2_theano", "question.weights.h5", "question.json"),
        "shared.json": one("3.15.1_torch", "shared.weights.h5", "shared.json"),
    }
    return {name: stored.architecture_data for name, stored in found.items() if stored.model != model}


@pytest.mark.parametrize("stored", [OLDEST, OLD, LEGACY, TREE], ids=str)
@pytest.mark.parametrize(
    ("weights", "architecture"),
    [
        ("X.h5", "X.json"),
        ("X.weights.h5", "X.json"),
        ("X.h5", "X.arch.json"),
        ("X_weights.h5", "X.json"),
        ("X_weights.h5", "X_architecture.json"),
        ("weights.h5", "model.json"),
        ("best_weights.hdf5", "model_arch.json"),
        ("X_modelWeights.h5", "X_modelYaml.yaml"),
        ("fold_3.h5", "network.yml"),
    ],
)
def test_it_is_found_under_any_name(stored: Stored, weights: str, architecture: str, tmp_path: Path) -> None:
    yaml = stored.member.replace(".weights.h5", ".yaml").replace(".legacy.h5", ".yaml")
    is_yaml = not architecture.endswith(".json")
    beside = members(stored.tag).get(yaml) if is_yaml else stored.architecture_data
    # Keras writes no YAML any more; JSON is YAML, too.
    beside = beside or b"# model\n" + (stored.architecture_data or b"")
    written(tmp_path, {weights: stored.data, architecture: beside})
    found = open_model_file(tmp_path / weights)
    assert found.warnings[0] == f"{READ} {architecture} beside it"
    given = stored.answers
    values = found.model.run(given["letters"].astype("uint8"))
    errors = [
        largest_error(values[node_of(found.model, key.removeprefix("node/"))], value)
        for key, value in given.items()
        if key.startswith("node/")
    ]
    assert max(errors) < 1e-5


@pytest.mark.parametrize("stored", [OLDEST, OLD, LEGACY, TREE], ids=str)
def test_it_is_found_among_others_that_do_not_fit(stored: Stored, tmp_path: Path) -> None:
    others = of_others(stored.model)
    beside = {
        **others,
        "zebra.json": stored.architecture_data,
        "package.json": b'{"name": "x"}',
        "table.json": b"[1]",
    }
    written(tmp_path, {"weights.h5": stored.data, **beside})
    assert open_model_file(tmp_path / "weights.h5").warnings[0] == (
        f"{READ} zebra.json beside it, the only one of 4 that fits"
    )


def test_what_lies_beside_and_does_not_fit_is_named(tmp_path: Path) -> None:
    others = of_others("question")
    written(tmp_path, {"shared.h5": TREE.data, **others, "package.json": b'{"name": "x"}'})
    with pytest.raises(ModelError) as refused:
        open_model_file(tmp_path / "shared.h5")
    said = str(refused.value)
    assert said.startswith("shared.h5: holds weights alone, and shared.json beside it does not fit them: ")
    assert said.endswith(
        "nor does ancient.json, old.json; give the architecture that they were trained with: --architecture FILE"
    )


def test_where_nothing_lies_beside_it_is_a_filter_bank_and_the_option_is_named(tmp_path: Path) -> None:
    written(tmp_path, {"a.h5": TREE.data, "package.json": b'{"name": "x"}', "broken.yaml": b"a: ["})
    found = open_model_file(tmp_path / "a.h5")
    assert found.warnings[0].startswith("a.h5 holds weights and no architecture: conv.weight is taken as 6 filters")
    assert any(each.endswith("--architecture model.json") for each in found.warnings)


def test_several_that_fit_as_well_are_refused_by_name(tmp_path: Path) -> None:
    again = json.loads(TREE.architecture_data or b"")
    again["config"]["name"] = "another"
    written(tmp_path, {"w.h5": TREE.data, "a.json": TREE.architecture_data, "b.json": json.dumps(again).encode()})
    with pytest.raises(ModelError) as refused:
        open_model_file(tmp_path / "w.h5")
    assert str(refused.value) == (
        "w.h5: holds weights alone, and a.json, b.json beside it fit them equally well; say which is theirs: "
        "--architecture a.json"
    )
    assert open_model_file(tmp_path / "w.h5", architecture=tmp_path / "b.json").model.blocks


@pytest.mark.parametrize(
    ("weights", "files", "taken"),
    [
        # The nearer name.
        ("X_weights.h5", ("X.arch.json", "Y.arch.json"), "X.arch.json"),
        ("X.h5", ("X.json", "X_model.json"), "X.json"),
        # JSON before YAML.
        ("X.h5", ("X_model.yaml", "X_model.json"), "X_model.json"),
    ],
)
def test_of_several_the_one_with_the_nearest_name_is_taken(
    weights: str, files: tuple[str, ...], taken: str, tmp_path: Path
) -> None:
    # Another epsilon would be another model, and stands in none of its tensors.
    for number, name in enumerate(files):
        config = json.loads(TREE.architecture_data or b"")
        config["config"]["name"] = f"variant_{number}"
        (tmp_path / name).write_text(json.dumps(config))
    (tmp_path / weights).write_bytes(TREE.data)
    assert (
        open_model_file(tmp_path / weights).warnings[0] == f"{READ} {taken} beside it, the best match of 2 that fit"
    )


def test_one_that_calls_the_layers_as_the_file_does_goes_before_a_nearer_name(tmp_path: Path) -> None:
    own, other = LEGACY.architecture_data, renamed(LEGACY.architecture_data)
    written(tmp_path, {"X.h5": LEGACY.data, "X.json": other, "trained.json": own})
    assert open_model_file(tmp_path / "X.h5").warnings == (
        f"{READ} trained.json beside it, the best match of 2 that fit",
    )


def test_two_copies_of_one_architecture_are_one(tmp_path: Path) -> None:
    written(tmp_path, {"w.h5": TREE.data, "a.json": TREE.architecture_data, "b.json": TREE.architecture_data})
    assert (
        open_model_file(tmp_path / "w.h5").warnings[0] == f"{READ} a.json beside it, the best match of 2 that fit"
    )


def without_last(layers: list[Any]) -> None:
    del layers[-2:]


def test_one_that_leaves_tensors_unused_does_not_fit(tmp_path: Path) -> None:
    config = json.loads(TREE.architecture_data or b"")
    without_last(config["config"]["layers"])
    (tmp_path / "model.json").write_text(json.dumps(config))
    (tmp_path / "weights.h5").write_bytes(TREE.data)
    with pytest.raises(
        ModelError, match=r"model\.json beside it does not fit them: it has no layer for layers/dense"
    ):
        open_model_file(tmp_path / "weights.h5")


def fifo(path: Path) -> None:
    os.mkfifo(path)


def too_large(path: Path) -> None:
    path.write_bytes(b'{"class_name": ' + b" " * (1 << 24))


_NO_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


@pytest.mark.parametrize("made", [pytest.param(fifo, marks=_NO_PIPES), too_large, Path.mkdir])
def test_what_cannot_be_an_architecture_is_passed_over(made: Callable[[Path], None], tmp_path: Path) -> None:
    made(tmp_path / "X.json")
    written(tmp_path, {"X.h5": TREE.data, "model.json": TREE.architecture_data})
    assert open_model_file(tmp_path / "X.h5").warnings[0] == f"{READ} model.json beside it"


def test_no_more_than_some_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architecture_files, "MOST_TRIED", 3)
    written(tmp_path, {f"{number}.json": b'{"layers": 1}' for number in range(9)})
    written(tmp_path, {"w.h5": TREE.data, "w_model.json": TREE.architecture_data})
    assert (
        open_model_file(tmp_path / "w.h5").warnings[0]
        == f"{READ} w_model.json beside it, the only one of 3 that fits"
    )


@each_case(
    ("weights", "architecture", "near"),
    [
        ("X.h5", "X.json", 0),
        ("X.weights.h5", "X.yaml", 0),
        ("X_weights.h5", "X.json", 1),
        ("X_modelWeights.h5", "X_modelYaml.yaml", 1),
        ("weights.h5", "model.json", 1),
        ("DeepSEA_best.h5", "deepsea.json", 1),
        ("DeepSEA.h5", "DeepBind.json", 2),
        ("X_1.h5", "X_2.json", 2),
        ("ß.h5", "ü.json", 2),
    ],
)
def test_how_near_two_names_are(weights: str, architecture: str, near: int) -> None:
    assert nearness(weights, architecture) == near
