"""A layer is added as CONTRIBUTING.md says, in three files: it opens, runs, traces, is stored, and prints as code."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from added_layer import LENGTH, OFFSET, SCALE, added_layer, write_keras_file

import cnn_core as cnn
from cnn_core.attribution import Target, gradients_of
from cnn_core.errors import ModelError
from cnn_core.letters.alphabet import encode
from cnn_core.programs import FRAMEWORKS, WeightFile, script
from cnn_core.programs.rows import ROWS
from cnn_core.readers.keras.layer_classes import CLASSES
from cnn_core.readers.npz import write_npz
from cnn_core.readers.opening import open_model_file

LETTERS = "ACGTACGTTGCAACGTTGCAACGT"


@pytest.fixture
def added() -> Iterator[None]:
    with added_layer():
        yield


@pytest.fixture
def keras_file(tmp_path: Path) -> Path:
    write_keras_file(tmp_path / "added.keras")
    return tmp_path / "added.keras"


def contents() -> dict[str, object]:
    """Return the names in every module of the engine, and by itself what is in each of its tables."""
    found: dict[str, object] = {}
    for module in [each for each in sys.modules if each.startswith("cnn_core.")]:
        held = {name: value for name, value in vars(sys.modules[module]).items() if not name.startswith("__")}
        found[module] = {name: id(value) for name, value in held.items()}
        for table in held.values():
            if isinstance(table, dict):
                found[f"table {id(table)}"] = [*map(id, table.values())]
    return found


def test_it_stands_in_its_module_its_line_among_the_families_and_two_rows() -> None:
    before = contents()
    with added_layer():
        after = contents()
    assert {place for place, held in after.items() if held != before.get(place)} == {
        "cnn_core.layers",
        "cnn_core.layers.scaling",
        f"table {id(CLASSES)}",
        f"table {id(ROWS)}",
    }
    assert contents() == before


def test_without_it_the_layer_is_unknown_and_what_is_before_it_is_read(keras_file: Path) -> None:
    model = cnn.open_model(keras_file)
    assert [row.name for row in model.layers if row.unavailable] == [
        "scaling",
        "max_pooling1d",
        "flatten",
        "dense",
    ]
    assert model.read(LETTERS)["conv1d"].shape == (21, 3)


@pytest.mark.usefixtures("added")
class TestAddedLayer:
    def test_opens_and_runs(self, keras_file: Path) -> None:
        model = cnn.open_model(keras_file)
        assert not model.unsupported
        assert model.layers[2].type == "Scaling"
        reading = model.read(LETTERS)
        expected = reading["conv1d"] * SCALE + OFFSET
        np.testing.assert_allclose(reading["scaling"], expected, rtol=1e-6)
        np.testing.assert_array_equal(reading["max_pooling1d"], reading["scaling"][:20].reshape(10, 2, 3).max(1))

    def test_is_traced_from_the_output_down_to_the_bases(self, keras_file: Path) -> None:
        reading = cnn.open_model(keras_file).read(LETTERS)
        steps = reading.explain("max_pooling1d", cell=3, channel=1)
        lines = str(steps).splitlines()
        value = reading["scaling"][7, 1]
        assert lines[0].startswith("max_pooling1d[3, 1] = max of 2")
        assert any(line.startswith("scaling[7, 1] = ") and "+ bias 0.25" in line for line in lines)
        assert any(line.strip().startswith("conv1d[7, 1]: ") and "× −0.5" in line for line in lines)
        assert lines[-1].strip().startswith("base 10 ")
        assert steps.value == pytest.approx(value)

    def test_depends_on_its_own_position_alone(self, keras_file: Path) -> None:
        model = open_model_file(keras_file).model
        assert model.receptive_field("scaling", 5, LENGTH) == (5, 9)
        assert model.alignment("scaling", LENGTH) == model.alignment("conv1d", LENGTH)

    def test_passes_the_gradient_on(self, keras_file: Path) -> None:
        model = open_model_file(keras_file).model
        found = gradients_of(model, Target.parse("output", model, LENGTH), encode(LETTERS))
        np.testing.assert_allclose(found.at["conv1d"], found.at["scaling"] * SCALE, rtol=1e-6)
        assert found.letters is not None
        assert np.abs(found.letters).max() > 0

    def test_opens_again_from_a_file_of_ours(self, keras_file: Path, tmp_path: Path) -> None:
        opened = open_model_file(keras_file)
        write_npz(opened, tmp_path / "added.npz")
        again = cnn.open_model(tmp_path / "added.npz")
        assert again.layers == cnn.open_model(keras_file).layers
        one, other = (cnn.open_model(path).read(LETTERS).output for path in (keras_file, tmp_path / "added.npz"))
        np.testing.assert_array_equal(one, other)

    @pytest.mark.parametrize(
        ("framework", "line"),
        [
            ("keras", 'scaling = conv1d * weights["scaling/scale"] + 0.25'),
            ("pytorch", 'scaling = conv1d * weight("scaling/scale", 0)[..., None] + 0.25'),
        ],
    )
    def test_prints_as_code(self, framework: str, line: str, keras_file: Path) -> None:
        text = program(keras_file, framework)
        compile(text, "script.py", "exec")
        assert f"\n{line}  # " in text
        assert "Not here" not in text

    @pytest.mark.oracle
    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("framework", FRAMEWORKS)
    def test_its_code_computes_what_is_shown(self, framework: str, keras_file: Path, tmp_path: Path) -> None:
        pytest.importorskip("torch" if framework == "pytorch" else "keras")
        write_npz(open_model_file(keras_file), tmp_path / "added.npz")
        (tmp_path / "script.py").write_text(program(keras_file, framework))
        found = runpy.run_path(str(tmp_path / "script.py"))
        expected = cnn.open_model(keras_file).read(LETTERS).output
        assert found["value"] == pytest.approx(float(expected[0]), rel=1e-5)


def program(file: Path, framework: str) -> str:
    """Return the program of the output."""
    opened = cnn.open_model(file)
    reading = opened.read(LETTERS).reading
    return script(reading, framework, "dense", (0,), weights=WeightFile("added.npz", beside=True))


def test_a_file_of_ours_cannot_name_it_where_it_is_not_there(keras_file: Path, tmp_path: Path) -> None:
    with added_layer():
        write_npz(open_model_file(keras_file), tmp_path / "added.npz")
    with pytest.raises(ModelError, match="is of a class that this version does not know"):
        cnn.open_model(tmp_path / "added.npz")
