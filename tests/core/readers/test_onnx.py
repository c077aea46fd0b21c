"""ONNX models: every value of a graph is what ONNX Runtime computed, whichever exporter wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from onnx_fixtures import FILES, graph_values, sampled, stored
from onnx_fixtures import HERE as FOLDER
from test_torch_export import run as run_exported
from test_torch_export import values_of

from cnn_core.layers import Array
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_core.readers.opening import open_model_file


def test_every_value_of_every_graph_is_the_runtimes(subtests: pytest.Subtests) -> None:
    answers = stored()[1]
    for name in FILES:
        with subtests.test(name):
            found, reasons = graph_values(name)
            assert reasons == {}
            compared = 0
            for value, (shape, numbers) in answers[name].items():
                if value not in found:
                    continue
                assert found[value].shape == shape, value
                scale = max(1.0, float(np.abs(numbers).max()))
                ours = found[value].ravel()[sampled(found[value].size)]
                np.testing.assert_allclose(ours, numbers, rtol=0, atol=1e-5 * scale, err_msg=value)
                compared += 1
            assert compared >= len(answers[name]) / 2


def test_every_model_opens_whole_and_gives_the_runtimes_outputs(subtests: pytest.Subtests) -> None:
    codes = stored()[0]
    for name, path in FILES.items():
        with subtests.test(name):
            file = open_model_file(path)
            assert file.unsupported == ()
            run = file.model.run(codes)
            assert set(file.model.outputs) <= run.keys()


SAME = FOLDER / "same"


def largest_difference(
    found: Model, other: Model, run: Mapping[str, Array], other_run: Mapping[str, Array]
) -> float:
    """Return how far the outputs of two models lie apart, by the scale of each."""
    worst = 0.0
    for mine, theirs in zip(found.outputs, other.outputs, strict=True):
        assert run[mine].shape == other_run[theirs].shape
        scale = max(1e-2, float(np.abs(other_run[theirs]).max()))
        worst = max(worst, float(np.abs(run[mine] - other_run[theirs]).max()) / scale)
    return worst


def test_the_same_network_in_another_file_gives_the_same(subtests: pytest.Subtests) -> None:
    letters = encode("ACGTTGCAAGCTTCGA" * 4)[:60]
    files = [*SAME.glob("*.onnx")]
    assert len(files) == 15
    for path in files:
        name = path.name.split(".")[0]
        with subtests.test(path.name):
            mine = open_model_file(path)
            assert mine.unsupported == ()
            if name == "keras":
                theirs = open_model_file(SAME / "keras.keras").model
                runs = mine.model.run(letters), theirs.run(letters)
            else:
                theirs = open_model_file(FOLDER.parent / "exported" / f"{name}.pt2").model
                answers = values_of(name)
                runs = run_exported(mine.model, answers), run_exported(theirs, answers)
            assert largest_difference(mine.model, theirs, *runs) < 1e-5
            assert len(mine.model.blocks) == len(theirs.blocks)


def test_layers_are_called_by_their_modules(subtests: pytest.Subtests) -> None:
    expected = {
        "danq.new": ["x", "conv", "relu", "pool", "lstm", "view", "dense", "sigmoid"],
        "danq.old": ["letters", "conv", "relu", "pool", "lstm", "reshape", "dense", "sigmoid"],
        "tf2onnx.hand": [
            "letters",
            "conv1d",
            "conv1d#2",
            "conv1d#3",
            "max_pooling1d",
            "flatten",
            "dense",
            "dense#2",
        ],
    }
    for name, names in expected.items():
        with subtests.test(name):
            assert [node.name for node in open_model_file(FILES[name]).model.nodes] == names


def test_a_layer_that_is_called_twice_is_one_layer() -> None:
    for name in ("shared.new", "shared.old"):
        nodes = open_model_file(FILES[name]).model.nodes
        assert len({id(node.layer) for node in nodes if node.layer.type == "Conv1D"}) == 2
        assert sum(node.layer.type == "Conv1D" for node in nodes) == 4


def test_a_batch_norm_that_the_exporter_folded_is_said() -> None:
    for name, several in (("basset.new", "blocks.0.0, blocks.1.0"), ("free.new", "conv"), ("free.old", "conv")):
        said = " ".join(open_model_file(FILES[name]).warnings)
        assert (
            f"the exporter folded a batch norm into {several}: the weights there are the trained ones times" in said
        )
    assert "folded" not in " ".join(open_model_file(FILES["danq.old"]).warnings)


def test_a_converted_model_opens_the_same(tmp_path: Path) -> None:
    letters = stored()[0]
    for name in ("transformer.new", "unet.old", "arithmetic.new"):
        file = open_model_file(FILES[name])
        write_npz(file, tmp_path / "m.npz")
        again = open_model_file(tmp_path / "m.npz").model
        assert again.outputs == file.model.outputs
        before, after = file.model.run(letters), again.run(letters)
        assert all(np.array_equal(before[each], after[each]) for each in file.model.outputs)
