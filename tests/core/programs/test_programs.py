"""A program that computes what is on the screen: what stands in it, and, where installed, what it computes."""

from __future__ import annotations

import ast
import os
import runpy
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attention_models import resizing
from each_case import each_case
from program_models import BOTH, KERAS_ONLY, PYTORCH_ONLY, RECORD
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, NotFoundError, RegionError, SettingError, ShapeError
from cnn_core.layers import Conv1D, Dense, Flatten, Index, MaxPooling1D, Unknown
from cnn_core.letters.alphabet import Ambiguity, decode
from cnn_core.network.model import Model, Node
from cnn_core.network.weight_edits import parse_weight_edits
from cnn_core.presets import preset
from cnn_core.programs import FRAMEWORKS, LONGEST_EMBEDDED, WeightFile, place_of, script
from cnn_core.readers.npz import write_npz

WEIGHTS = WeightFile("model.npz", made_by="cnn-tui convert danq.h5 -o model.npz")
by_framework = pytest.mark.parametrize("framework", FRAMEWORKS)
MODELS = [*BOTH.values(), *KERAS_ONLY.values()]
PROGRAMS = [
    *((model, framework) for model in BOTH.values() for framework in FRAMEWORKS),
    *((model, "keras") for model in KERAS_ONLY.values()),
    *((model, "pytorch") for model in PYTORCH_ONLY.values()),
    (resizing(), "pytorch"),
]
by_program = each_case(("model", "framework"), PROGRAMS)
of_every_model = each_case("model", MODELS)


def middle(reading: Reading, layer: str) -> Index:
    """Return a place in the middle of a layer."""
    return tuple(size // 2 for size in reading.values[layer].shape)


def written(reading: Reading, framework: str, layer: str | None = None, **given: Any) -> str:
    layer = layer or reading.model.outputs[0]
    return script(reading, framework, layer, middle(reading, layer), **{"weights": WEIGHTS, **given})


def constants(text: str, name: str) -> Any:
    """Return what a program assigns to a name, where that is a literal."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise AssertionError(f"{name} is not assigned")


def names_of_weights(text: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "weights":
            found.add(ast.literal_eval(node.slice))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "weight":
            found.add(ast.literal_eval(node.args[0]))
    return found


class TestText:
    @by_framework
    @of_every_model
    def test_is_python_the_same_every_time(self, model: Model, framework: str) -> None:
        reading = Reading.of(model, RECORD)
        layer = model.nodes[2].name if framework == "pytorch" and model.name in KERAS_ONLY else None
        text = written(reading, framework, layer)
        compile(text, "script.py", "exec")
        assert text == written(reading, framework, layer)
        assert all(len(line) <= 120 or "backward_layer=" in line for line in text.splitlines())
        assert text.isascii()

    @by_program
    def test_its_weights_are_in_the_file_that_convert_writes(
        self, model: Model, framework: str, tmp_path: Path
    ) -> None:
        text = written(Reading.of(model, RECORD), framework)
        write_npz(model, tmp_path / "model.npz")
        with np.load(tmp_path / "model.npz") as stored:
            assert names_of_weights(text) == {name for name in stored if name != "cnn_tui_model"}

    @each_case("model", PYTORCH_ONLY.values())
    def test_what_keras_lacks_is_said(self, model: Model) -> None:
        pool = model.nodes[2]
        with pytest.raises(ShapeError, match=rf"layer {pool.name}: .*Keras has no {pool.layer.type}"):
            written(Reading.of(model, RECORD), "keras")

    @by_framework
    @pytest.mark.parametrize("reverse", [False, True])
    def test_its_letters_are_those_that_are_read(self, framework: str, reverse: bool) -> None:
        reading = Reading.of(preset("motifs"), RECORD, (3, 50), reverse=reverse)
        letters = constants(written(reading, framework), "letters")
        assert letters == decode(reading.codes(0, 47))

    def test_it_says_what_is_shown(self) -> None:
        record = Letters(random_letters(60, seed=1), "chr1")
        reading = Reading.of(preset("motifs"), record).into()
        cells = reading.run.values(0, reading.run.cells)
        cell, index = np.unravel_index(int(cells.argmax()), cells.shape)
        layer, place = place_of(reading, int(index), cell=int(cell))
        text = script(reading, "keras", layer, place, weights=WEIGHTS)
        name = reading.run.conv.filter_names[index]
        assert f"pooled[{cell}] of filter {index} {name} = {{value:.9g}}, and cnn-tui shows {cells.max():g}" in text
        assert "cnn-tui convert danq.h5 -o model.npz" in text
        layer, place = place_of(reading, 2, position=7)
        assert f"conv[7] of filter 2 {reading.run.conv.filter_names[2]}" in script(
            reading, "pytorch", layer, place, weights=WEIGHTS
        )

    @by_framework
    def test_it_has_the_settings_in_force(self, framework: str) -> None:
        reading = Reading.of(preset("seed"), Letters(random_letters(500), "chr1")).into()
        settings = reading.settings
        changed = reading.with_settings(type(settings)(2, settings.conv_padding, 1, 5, 3, settings.pool_padding))
        text = script(changed, framework, "max_pooling1d", (1, 2), weights=WEIGHTS)
        assert ("strides=2" if framework == "keras" else "stride=2") in text
        assert ("pool_size=5, strides=3" if framework == "keras" else "5, stride=3") in text
        # The dense layer fits no longer, and the program says so.
        assert "# Not here: dense (Dense): Dense reads 7,680 inputs" in text

    @by_framework
    def test_it_stops_before_a_layer_that_is_not_known(self, framework: str) -> None:
        small = block_model(Conv1D(random_kernel(3), activation="relu"), MaxPooling1D(2), length=20)
        unknown = Unknown("Lambda", "a Lambda holds code")
        model = Model("small", (*small.nodes, Node("odd", unknown, ("pool",)), Node("flat", Flatten(), ("odd",))))
        reading = Reading.of(model, RECORD).into()
        text = script(reading, framework, "pool", (1, 1), weights=WEIGHTS)
        assert "# Not here: odd (Lambda): a Lambda holds code\n# Not here: flat (Flatten): needs odd" in text
        with pytest.raises(
            ShapeError, match=r"layer flat: cannot be written as .* code: needs odd.*; odd: a Lambda"
        ):
            script(reading, framework, "flat", (0,), weights=WEIGHTS)

    @by_framework
    def test_text_from_files_stays_text(self, framework: str) -> None:
        conv = Conv1D(random_kernel(3), filter_names=('a"{x}', "b\\\n"))
        model = Model.sequential(
            'm"""\n',
            [("in{}", block_model(conv, MaxPooling1D(2)).input), ('c"', conv), ("p'{1}\n#", MaxPooling1D(2))],
        )
        reading = Reading.of(model, Letters("ACGTACGT", "r\"'\\")).into()
        for index in (0, 1):
            layer, place = place_of(reading, index, cell=0)
            compile(script(reading, framework, layer, place, weights=WeightFile('w"\\.npz')), "x.py", "exec")

    def test_long_stretches_are_read_from_the_file(self) -> None:
        record = Letters(random_letters(LONGEST_EMBEDDED + 1), "chr1")
        reading = Reading.of(preset("motifs"), record)
        assert 'letters = letters_of("my.fa", "chr1")[0:2001]' in written(reading, "keras", fasta="my.fa")
        with pytest.raises(SettingError, match="2,001 letters are too many to stand in a program"):
            written(reading, "keras")

    def test_what_cannot_be_is_refused(self) -> None:
        reading = Reading.of(preset("motifs"), RECORD).into()
        with pytest.raises(NotFoundError, match="no framework 'jax' here; it is keras or pytorch"):
            script(reading, "jax", "conv1d", (0, 0), weights=WEIGHTS)
        with pytest.raises(RegionError, match="has no place"):
            script(reading, "keras", "conv1d", (0, 12), weights=WEIGHTS)
        with pytest.raises(CnnError, match="no layer 'dense'"):
            script(reading, "keras", "dense", (0,), weights=WEIGHTS)


def run_script(text: str, folder: Path) -> tuple[float, dict[str, Any]]:
    path = folder / "script.py"
    path.write_text(text)
    found = runpy.run_path(str(path))
    # Which a program leaves to its end.
    found.get("weights", found.get("stored")).close()
    return float(found["value"]), found


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
class TestLivePrograms:
    @pytest.fixture(autouse=True, scope="class")
    def frameworks(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pytest.importorskip("torch")
            os.environ.setdefault("KERAS_BACKEND", "torch")
            pytest.importorskip("keras")

    @pytest.mark.parametrize(("ambiguity", "reverse"), [("zero", False), ("zero", True), ("uniform", False)])
    def test_every_layer_has_the_value_that_is_shown(
        self, ambiguity: str, reverse: bool, tmp_path: Path, subtests: pytest.Subtests
    ) -> None:
        weights = WeightFile("model.npz", beside=True)
        for model, framework in PROGRAMS:
            reading = Reading.of(model, RECORD, (2, 65), reverse=reverse, ambiguity=Ambiguity(ambiguity))
            write_npz(model, tmp_path / "model.npz")
            layers = [node.name for node in model.nodes if node not in model.inputs]
            for layer in layers if ambiguity == "zero" and not reverse else layers[-1:]:
                with subtests.test(f"{model.name} {framework} {layer}"):
                    value, _ = run_script(written(reading, framework, layer, weights=weights), tmp_path)
                    expected = float(reading.values[layer][middle(reading, layer)])
                    assert value == pytest.approx(expected, rel=1e-4, abs=1e-5)

    @by_framework
    def test_the_network_of_the_question_has_the_output_that_is_shown(self, framework: str, tmp_path: Path) -> None:
        reading = Reading.of(preset("seed"), Letters(random_letters(500, seed=2), "chr1")).into()
        write_npz(reading.model, tmp_path / "model.npz")
        layer, place = place_of(reading, 17, cell=3)
        text = script(reading, framework, layer, place, weights=WeightFile("model.npz", beside=True))
        value, found = run_script(text, tmp_path)
        assert value == pytest.approx(float(reading.run.values(3, 4)[0, 17]), rel=1e-5)
        assert reading.output.values is not None
        np.testing.assert_allclose(found["said"], reading.output.values, rtol=1e-4)

    @by_framework
    def test_edited_weights_are_those_of_the_file(self, framework: str, tmp_path: Path) -> None:
        model = block_model(Conv1D(random_kernel(5), activation="relu"), MaxPooling1D(3))
        # The filters had no bias, and now have one.
        edits = parse_weight_edits(["conv:1:bias=0.75", "conv:1=shuffled:3", "conv:1:2G=2"], model)
        reading = Reading.of(model.with_weights(edits), RECORD).into()
        write_npz(reading.model, tmp_path / "model.npz")
        text = script(reading, framework, "pool", (5, 1), weights=WeightFile("model.npz", beside=True))
        assert "# edited: conv:1:bias=0.75, conv:1=shuffled:3, conv:1:2G=2\n" in text
        value, _ = run_script(text, tmp_path)
        assert value == pytest.approx(float(reading.run.values(5, 6)[0, 1]), rel=1e-5)

    @by_framework
    @pytest.mark.parametrize("reverse", [False, True])
    def test_letters_from_a_file(self, framework: str, reverse: bool, tmp_path: Path) -> None:
        letters = random_letters(2500, seed=5, letters="ACGTNRacgu")
        folded = "\n".join(letters[at : at + 70] for at in range(0, 2500, 70))
        (tmp_path / "my.fa").write_text(f">other\nACGT\n>chr1 of mine\n{folded}\n>last\nGG\n")
        reading = Reading.of(preset("motifs"), Letters(letters, "chr1"), (100, 2400), reverse=reverse)
        write_npz(reading.model, tmp_path / "model.npz")
        text = written(
            reading, framework, fasta=str(tmp_path / "my.fa"), weights=WeightFile("model.npz", beside=True)
        )
        _, found = run_script(text, tmp_path)
        np.testing.assert_array_equal(found["one_hot"], reading.values["input"])


def test_dense_only_networks_can_be_written() -> None:
    model = Model.sequential(
        "dense",
        [
            ("letters", preset("seed").input),
            ("flat", Flatten()),
            ("dense", Dense(np.ones((2000, 1), dtype=np.float32))),
        ],
    )
    text = script(Reading.of(model, Letters("A" * 500)), "pytorch", "dense", (0,), weights=WEIGHTS)
    assert "cnn-tui shows 500" in text
