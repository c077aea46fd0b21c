"""Keras's model files of every age, node by node against what each Keras computed itself."""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import h5py
import numpy as np
import pytest
from each_case import each_case
from keras_fixtures import FILES, Stored, largest_error, members, node_of, one, side_inputs
from mutations import packed, unpacked

from cnn_core.errors import ModelError
from cnn_core.layers import Array, Conv1D, Convolution1D, IndexInput, Input, SideInput, Unknown
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.readers.keras import WithoutArchitectureError, inspect_keras, read_keras
from cnn_core.readers.report import ModelFile

TOLERANCE = 1e-5
"""Of a layer's largest value."""
HALF = 5e-3
"""Where Keras itself computed in half precision."""
NOT_COMPUTED = {
    # Until Keras 2.3 Bidirectional carried its states over positions without data.
    ("keras_2.2.4_theano", "masked"): {"both", "gru", "together", "out"},
}


def opened(stored: Stored, **options: object) -> ModelFile:
    return read_keras(stored.data, stored.member, architecture=stored.architecture_data, **options)  # type: ignore[arg-type]


def test_every_layer_gives_what_keras_gave_and_none_is_left_out(subtests: pytest.Subtests) -> None:
    for stored in FILES:
        with subtests.test(str(stored)):
            found = opened(stored)
            check_answers(found.model, stored)
            check_nothing_is_left_out(found, stored)


def check_answers(model: Model, stored: Stored) -> None:
    given = stored.answers
    values = model.run(given["letters"].astype(np.uint8), side_inputs=side_inputs(model, stored))
    expected = {key.removeprefix("node/"): value for key, value in given.items() if key.startswith("node/")}
    assert expected
    missing = {key for key in expected if node_of(model, key) not in values}
    assert missing == NOT_COMPUTED.get((stored.tag, stored.model), set())
    tolerance = HALF if stored.model == "half" else TOLERANCE
    errors = {
        key: largest_error(values[node_of(model, key)], value)
        for key, value in expected.items()
        if key not in missing
    }
    assert max(errors.values()) <= tolerance, sorted(errors.items(), key=lambda each: -each[1])[:5]


def check_nothing_is_left_out(found: ModelFile, stored: Stored) -> None:
    """Nothing but what nobody can read."""
    unknown = [node.name for node in found.model.nodes if isinstance(node.layer, Unknown)]
    allowed = {"unread": ["program"]}.get(stored.model, [])
    assert unknown == (["both"] if (stored.tag, stored.model) in NOT_COMPUTED else allowed)
    assert len(found.unsupported) == len(unknown)


@each_case(
    ("stored", "format_", "version"),
    [
        (one("3.15.1_torch", "question.keras"), "Keras archive", "Keras 3.15.1"),
        (one("3.0.5_tensorflow", "question.h5"), "Keras HDF5 model", "Keras 3.0.5 on TensorFlow"),
        (one("2.15.0_tensorflow", "question.keras"), "Keras archive", "Keras 2.15.0"),
        (one("2.15.0_tensorflow", "question.weights.h5", "question.json"), "file of Keras 3 weights", ""),
        (
            one("2.15.0_tensorflow", "question.legacy.h5", "question.json"),
            "file of Keras weights",
            "Keras 2.15.0 on",
        ),
        (one("2.2.4_theano", "question.h5"), "Keras HDF5 model", "Keras 2.2.4 on Theano"),
        (one("1.2.2_theano", "question.h5"), "Keras HDF5 model", "Keras 1.2.2"),
        (one("1.0.5_theano", "question.weights.h5", "question.yaml"), "file of Keras weights", ""),
        (
            one("0.3.3_theano", "question.weights.h5", "question.yaml"),
            "file of Keras 0.3's weights",
            "Keras 0.3 or",
        ),
    ],
)
def test_the_format_and_who_wrote_it_are_told(stored: Stored, format_: str, version: str) -> None:
    found = opened(stored)
    assert found.format == format_
    assert found.version.startswith(version)
    assert bool(found.version) == bool(version)
    looked_at = inspect_keras(stored.data, stored.member)
    assert (looked_at.format, looked_at.version) == (found.format, found.version)
    assert looked_at.tensors == found.tensors
    with pytest.raises(WithoutArchitectureError) if stored.architecture else nullcontext():
        read_keras(stored.data, stored.member)
    assert all(entry.dtype == "float32" for entry in found.tensors)


def test_kernels_are_turned_round_where_the_file_says_theano() -> None:
    stored = one("2.2.4_theano", "question.h5")
    turned, kept = opened(stored), opened(stored, flip_kernels=False)
    mine, theirs = turned.model["conv"].layer, kept.model["conv"].layer
    assert isinstance(mine, Conv1D)
    assert isinstance(theirs, Conv1D)
    np.testing.assert_array_equal(mine.kernel, theirs.kernel[::-1])
    assert any("turned round" in each for each in turned.warnings)
    assert not any("turned round" in each for each in kept.warnings)


def without_backend(stored: Stored) -> tuple[bytes, bytes | None]:
    """Return a file and its architecture that do not name their backend."""
    file = io.BytesIO(stored.data)
    with h5py.File(file, "r+") as opened_file:
        for holder in (opened_file, opened_file.get("model_weights", opened_file)):
            holder.attrs.pop("backend", None)
    beside = stored.architecture_data
    if beside is not None:
        beside = re.sub(rb"(?m)^backend: .*\n", b"", re.sub(rb'"backend": "\w+", |, "backend": "\w+"', b"", beside))
        assert b"backend" not in beside
    return file.getvalue(), beside


@each_case(
    "stored",
    [each for each in FILES if each.model in ("question", "danq", "padding") and each.member.endswith(".h5")],
)
def test_a_file_that_does_not_name_its_backend_gives_what_keras_gave(stored: Stored) -> None:
    data, architecture = without_backend(stored)
    found = read_keras(data, "m", architecture=architecture)
    given = stored.answers
    values = found.model.run(given["letters"].astype(np.uint8), side_inputs=side_inputs(found.model, stored))
    for key, value in given.items():
        if key.startswith("node/"):
            assert largest_error(values[node_of(found.model, key.removeprefix("node/"))], value) <= TOLERANCE
    said = [each for each in found.warnings if "--flip-kernels" in each]
    # No Keras of that age ran on Theano.
    assert len(said) == ("keras_0" in stored.tag or "keras_1" in stored.tag or "keras_2.2" in stored.tag)
    assert all("--flip-kernels no" in each for each in said) == stored.is_on_theano or not said


def test_what_the_names_of_the_weights_tell_of_the_backend_is_said() -> None:
    stored = one("1.2.2_theano", "question.h5")
    asked, silent = opened(stored, flip_kernels=False), opened(stored)
    kernels = [found.model["convolution1d_1"].layer.weights()["kernel"] for found in (asked, silent)]
    np.testing.assert_array_equal(kernels[0], kernels[1][::-1])
    assert silent.warnings[0] == (
        "the file does not name its backend, and Theano stores kernels the other way round: it was assumed that it was"
        " trained on Theano, as the names of its weights tell (convolution1d_1_W); --flip-kernels no leaves its kernels"
        " as they are"
    )
    assert not any("--flip-kernels" in each for each in asked.warnings)
    tensorflow = one("2.2.4_tensorflow", "question.h5")
    named = read_keras(without_backend(tensorflow)[0], "m")
    assert named.warnings == (
        "the file does not name its backend, and Theano stores kernels the other way round: it was assumed that it was"
        " not trained on Theano, as the names of its weights tell (conv/kernel:0); --flip-kernels yes turns its kernels"
        " round",
    )


def test_files_of_keras_0_are_taken_for_theano_s_and_that_is_said() -> None:
    stored = one("0.3.3_theano", "question.weights.h5", "question.json")
    assert "as nearly every file of Keras 0.3 was; --flip-kernels no leaves" in opened(stored).warnings[0]


@pytest.mark.parametrize("tag", ["3.15.1_torch", "2.2.4_tensorflow", "2.15.0_tensorflow"])
def test_a_file_that_needs_no_word_has_none(tag: str) -> None:
    for member in ("question.h5", "danq.h5", "gates.h5", "shared.h5"):
        assert opened(one(tag, member)).warnings == ()


@pytest.mark.parametrize(
    ("major", "function"), [("2.15.0_tensorflow", "hard_sigmoid_keras2"), ("3.15.1_torch", "hard_sigmoid")]
)
def test_hard_sigmoid_is_that_of_the_version(major: str, function: str) -> None:
    model = opened(one(major, "activations.keras")).model
    layer = model["of_hard_sigmoid"].layer
    assert layer.activation == function  # type: ignore[attr-defined]
    both = opened(one(major, "danq.keras")).model["both"].layer
    assert both.forward_layer.recurrent_activation == function  # type: ignore[attr-defined]


@pytest.mark.parametrize("tag", ["2.15.0_tensorflow", "3.6.0_tensorflow", "3.15.1_torch"])
def test_groups_are_counted_by_class_and_not_by_name(tag: str) -> None:
    # The first convolution is called conv1d_1 and stored in the group conv1d.
    by_class, by_name = (opened(one(tag, f"shared.{kind}")).model for kind in ("keras", "h5"))
    for node in by_class.nodes:
        for weight, values in node.layer.weights().items():
            np.testing.assert_array_equal(values, by_name[node.name].layer.weights()[weight])
    assert {"conv1d_1", "conv1d", "stack/conv"} <= {node.name for node in by_class.nodes}


def test_a_shared_layer_is_one_layer_at_several_nodes() -> None:
    model = opened(one("3.15.1_torch", "shared.keras")).model
    assert model["common"].layer is model["common#2"].layer
    assert model["block/norm"].layer is model["block#2/norm"].layer
    assert model["stack#2/conv"].inputs == ("block#2/sum",)
    names = [row.name for row in model.summary()]
    assert "common#2" not in names


def test_the_outputs_are_those_of_the_configuration() -> None:
    assert opened(one("3.15.1_torch", "sides.keras")).model.outputs == ("out", "other")
    assert opened(one("2.15.0_tensorflow", "unread.h5")).model.outputs == ("out", "strongest")


def test_a_lambda_stops_its_own_branch_alone() -> None:
    found = opened(one("3.15.1_torch", "unread.keras"))
    assert found.unsupported == (
        "program (Lambda): a Lambda is a piece of a program, which is never executed; --treat NAME=CLASS computes it"
        " as what you know it to be",
    )
    assert [*found.model.unavailable()] == ["program", "behind", "strongest"]
    assert "out" in found.model.shapes()


def test_letters_enter_first_and_the_rest_beside_them() -> None:
    found = opened(one("3.15.1_torch", "sides.keras"))
    first, *others = found.model.inputs
    assert isinstance(first.layer, Input)
    assert first.layer.channels == "ACGTN"
    assert any("5 channels" in each and "ACGTN" in each for each in found.warnings)
    assert {node.name: node.layer.shape for node in others if isinstance(node.layer, SideInput)} == {
        "scores": (48, 2),
        "kind": (3,),
    }
    named = opened(one("3.15.1_torch", "sides.keras"), channels="NTGCA")
    assert named.model.input.channels == "NTGCA"
    assert not any("5 channels" in each for each in named.warnings)


def test_letters_as_numbers_enter_an_embedding() -> None:
    found = opened(one("3.15.1_torch", "embedded.keras"))
    layer = found.model.input
    assert isinstance(layer, IndexInput)
    assert (layer.numbers, layer.other, layer.length) == ({"A": 1, "C": 2, "G": 3, "T": 4}, 0, 48)
    assert found.warnings == (
        "the input letters reads letters as numbers, which the file does not name: it was assumed that they are A 1, C"
        " 2, G 3, T 4, and that any other letter is 0; --channels says the order of the numbers, beginning with 0",
    )


def looked_up(rows: int, *, mask_zero: bool, channels: str | None = None) -> tuple[list[int], tuple[str, ...]]:
    """Return which rows of an Embedding the letters A, C, G, T, N and R become, and what is said."""
    members_of = unpacked(one("3.15.1_torch", "embedded.keras").data)
    config = json.loads(members_of["config.json"])
    table = next(each for each in config["config"]["layers"] if each["class_name"] == "Embedding")
    table["config"] |= {"input_dim": rows, "mask_zero": mask_zero}
    weights = io.BytesIO(members_of["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        del file["layers/embedding/vars/0"]
        file["layers/embedding/vars/0"] = np.repeat(np.arange(rows, dtype=np.float32)[:, None], 3, axis=1)
    changed = {"config.json": json.dumps(config).encode(), "model.weights.h5": weights.getvalue()}
    found = read_keras(packed({**members_of, **changed}), "m", channels=channels)
    values = found.model.run(encode("ACGTNR" * 8))["table"]
    return [int(each) for each in values[:6, 0]], found.warnings


@each_case(
    ("rows", "mask_zero", "channels", "expected"),
    [
        # Without a number for padding A is the first row.
        (4, False, None, [0, 1, 2, 3, 0, 0]),
        (5, False, None, [0, 1, 2, 3, 4, 4]),
        # Keras keeps 0 for padding.
        (5, True, None, [1, 2, 3, 4, 0, 0]),
        (6, True, None, [1, 2, 3, 4, 0, 0]),
        (6, False, None, [1, 2, 3, 4, 0, 0]),
        (5, True, "ACGTN", [0, 1, 2, 3, 4, 4]),
        (5, False, "-ACGT", [1, 2, 3, 4, 0, 0]),
        (6, False, "-TGCAN", [4, 3, 2, 1, 5, 5]),
        (9, False, "NA-C-G-T", [1, 3, 5, 7, 0, 0]),
    ],
)
def test_which_row_of_an_embedding_each_letter_is(
    rows: int, mask_zero: bool, channels: str | None, expected: list[int]
) -> None:
    found, said = looked_up(rows, mask_zero=mask_zero, channels=channels)
    assert found == expected
    # What was given was not assumed.
    assert any("--channels says the order" in each for each in said) == (channels is None)


def test_more_letters_than_an_embedding_has_rows_are_refused() -> None:
    with pytest.raises(
        ModelError, match=r"layer table: its table has 4 rows, and ACGTN names 5; name the letter of"
    ):
        looked_up(4, mask_zero=False, channels="ACGTN")


@each_case("stored", [each for each in FILES if each.model in ("rows", "single_row", "channels_first")])
def test_two_dimensions_of_which_one_is_the_sequence_are_one(stored: Stored) -> None:
    model = opened(stored).model
    convolutions = [node for node in model.nodes if isinstance(node.layer, Convolution1D)]
    assert convolutions
    assert model.letters_of(convolutions[0]) or convolutions[0].inputs[0].endswith("/padding")
    assert all(node.layer.type != "Conv2D" for node in model.nodes)


def test_half_precision_is_read_exactly_and_said() -> None:
    found = opened(one("3.15.1_torch", "half.keras"))
    dtypes = {entry.dtype for entry in found.tensors}
    assert dtypes == {"bfloat16", "float16", "float32"}
    kernel = found.model["brain"].layer.weights()["kernel"]
    # The lower half of a float32 that was a bfloat16 is zero.
    assert not (kernel.view(np.uint32) & 0xFFFF).any()
    assert any("bfloat16" in each and "float16" in each for each in found.warnings)


def test_the_layers_of_cudnn_are_read_as_the_plain_ones() -> None:
    model = opened(one("2.2.4_tensorflow", "cudnn.h5")).model
    assert [model[name].layer.type for name in ("lstm", "both", "gru")] == ["LSTM", "Bidirectional", "GRU"]


def test_padding_of_theano_is_put_in_front_where_it_is_another() -> None:
    model = opened(one("1.2.2_theano", "danq.h5")).model
    names = [node.name for node in model.nodes]
    even, odd = (
        name for name in names if name.startswith("convolution1d") and "/" not in name and "input" not in name
    )
    assert model[even].inputs == (f"{even}/padding",)
    assert model[f"{even}/padding"].layer.padding == (3, 2)  # type: ignore[attr-defined]
    # The second has a stride, whose windows begin elsewhere.
    assert model[f"{odd}/padding"].layer.padding == (1, 1)  # type: ignore[attr-defined]


def test_statistics_of_the_first_keras_are_deviations() -> None:
    # Keras 1.0.5 says its version in the architecture alone; without it the same is assumed, and said.
    stored = one("1.0.5_theano", "danq.weights.h5", "danq.json")
    told = opened(stored)
    config = json.loads(stored.architecture_data or b"")
    del config["keras_version"]
    untold = read_keras(stored.data, "m", architecture=json.dumps(config).encode(), flip_kernels=True)
    name = next(node.name for node in told.model.nodes if node.layer.type == "BatchNormalization")
    for weight, values in told.model[name].layer.weights().items():
        np.testing.assert_array_equal(values, untold.model[name].layer.weights()[weight])
    assert not any("deviations" in each for each in told.warnings)
    assert any("deviations" in each for each in untold.warnings)


def test_an_architecture_that_was_given_goes_before_the_file_s_own() -> None:
    stored = one("2.15.0_tensorflow", "question.h5")
    found = read_keras(stored.data, "m", architecture=members(stored.tag)["question.json"])
    assert found.warnings == ("the architecture beside it was read, and the file's own was not",)


def test_other_names_are_matched_in_order_and_that_is_said() -> None:
    stored = one("2.15.0_tensorflow", "question.legacy.h5", "question.json")
    renamed = (stored.architecture_data or b"").replace(b'"conv"', b'"conv_7"').replace(b'"dense"', b'"dense_9"')
    found = read_keras(stored.data, "m", architecture=renamed)
    np.testing.assert_array_equal(
        found.model["conv_7"].layer.weights()["kernel"], opened(stored).model["conv"].layer.weights()["kernel"]
    )
    assert any("matched in order" in each for each in found.warnings)


def test_in_a_tree_a_layer_of_another_name_at_its_place_is_said() -> None:
    stored = one("3.15.1_torch", "shared.weights.h5", "shared.json")
    swapped = (
        (stored.architecture_data or b"")
        .replace(b'"conv1d_1"', b'"a"')
        .replace(b'"conv1d"', b'"conv1d_1"')
        .replace(b'"a"', b'"conv1d"')
    )
    found = read_keras(stored.data, "m", architecture=swapped)
    assert any(
        "layer conv1d was given the weights that the file keeps for a layer called" in each
        for each in found.warnings
    )


@pytest.mark.oracle
def test_what_the_installed_keras_writes_is_read_alike(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    import make_keras_fixtures

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = make_keras_fixtures.write(str(tmp_path))
    compared = 0
    for path in sorted([*tmp_path.glob("*.keras"), *tmp_path.glob("*.h5")]):
        name = path.name.partition(".")[0]
        beside = tmp_path / f"{name}.json"
        architecture = beside.read_bytes() if ".weights" in path.name else None
        model = read_keras(path, path.name, architecture=architecture).model
        expected = {
            key.removeprefix(f"{name}/"): value for key, value in given.items() if key.startswith(f"{name}/")
        }
        sides = {key.removeprefix("side/"): value for key, value in expected.items() if key.startswith("side/")}
        sides = {key: value for key, value in sides.items() if key in {node.name for node in model.inputs}}
        values = model.run(expected["letters"], side_inputs=sides)
        for key, value in expected.items():
            if key.startswith("node/"):
                error = largest_error(values[key.removeprefix("node/")], value)
                assert error <= (HALF if name == "half" else TOLERANCE), (path.name, key, error)
                compared += 1
    assert compared > 200


def test_further_channels_are_zero_where_the_order_names_fewer() -> None:
    stored = one("3.15.1_torch", "sides.keras")
    five = read_keras(stored.data, "m")
    four = read_keras(stored.data, "m", channels="TGCA")
    assert five.model.input.channels == "ACGTN"
    assert four.model.input.channels == "TGCA-"
    assert any("5 channels of input letters, 1 are zero" in each for each in four.warnings)
    with pytest.raises(ModelError, match="it reads 5 channels, and ACGTN- names 6"):
        read_keras(stored.data, "m", channels="ACGTN-")


@each_case(("kind", "of"), [("AdaptiveMaxPooling1D", np.max), ("AdaptiveAveragePooling1D", np.mean)])
def test_a_pool_of_so_many_cells_shares_out_what_it_reads(kind: str, of: Callable[..., Array]) -> None:
    inside = unpacked(one("3.15.1_torch", "question.keras").data)
    config = json.loads(inside["config.json"])
    (pool,) = (layer for layer in config["config"]["layers"] if layer["class_name"] == "MaxPooling1D")
    pool["class_name"] = kind
    pool["config"] = {"name": pool["config"]["name"], "output_size": 6}
    model = read_keras(packed({**inside, "config.json": json.dumps(config).encode()}), "m.keras").model
    values = model.run(encode("ACGTTGCAGATTACGATCCAGTCAGGATTACAGCATTGACCATGGTAC"))
    read, cells = (values[name] for name in ("conv", pool["config"]["name"]))
    # Neighbours share a position where the length is no multiple of their number, as with PyTorch.
    ends = [(nth * len(read) // 6, -(-(nth + 1) * len(read) // 6)) for nth in range(6)]
    np.testing.assert_allclose(cells, [of(read[start:stop], axis=0) for start, stop in ends], rtol=1e-6)
