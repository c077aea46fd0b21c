"""Programs of torch.export: every value of many networks as PyTorch computes it, and what is said of the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from each_case import each_case
from mutations import packed, unpacked

from cnn_core.attribution.base_effects import edited_values
from cnn_core.attribution.gradients import backward
from cnn_core.errors import ModelError
from cnn_core.layers import Array, IndexInput, Input, SideInput, Unknown
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.readers.opening import read_model_file
from cnn_core.readers.operators.assembly import Missing, Picks, Tensor
from cnn_core.readers.torch_export.reader import ProgramReading

FOLDER = Path(__file__).parent / "exported"
NAMES = sorted(path.stem for path in FOLDER.glob("*.pt2"))
LARGEST_ERROR = 1e-5
"""Of a value, by the scale of its tensor."""


@cache
def _stored() -> dict[str, np.ndarray]:
    with np.load(FOLDER / "values.npz") as archive:
        index, flat = json.loads(archive["index"].tobytes()), archive["flat"]
    found, at = {}, 0
    for name, shape in index.items():
        size = int(np.prod(shape, dtype=int))
        found[name], at = flat[at : at + size].reshape(shape), at + size
    return found


def values_of(name: str) -> dict[str, np.ndarray]:
    return {key.split("/", 1)[1]: value for key, value in _stored().items() if key.startswith(f"{name}/")}


def program(name: str) -> bytes:
    return (FOLDER / f"{name}.pt2").read_bytes()


def letters_of(model: Model, x: np.ndarray) -> np.ndarray:
    """Return the letters that PyTorch read, as one-hot rows or as numbers."""
    layer = model.input
    if isinstance(layer, IndexInput):
        return encode("".join(layer.channels[int(number) - layer.first] for number in x[0]))
    axis = next(axis for axis in range(1, x.ndim) if x.shape[axis] == 4)
    return encode("".join(layer.channels[int(number)] for number in x[0].argmax(axis - 1).reshape(-1)))


def beside(model: Model, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the numbers of the inputs that are not letters."""
    inputs = [node for node in model.nodes if isinstance(node.layer, SideInput)]
    return {
        node.name: values[f"input{number}"].reshape([size or 1 for size in node.layer.shape])
        for number, node in enumerate(inputs, 1)
        if isinstance(node.layer, SideInput)
    }


def run(model: Model, values: Mapping[str, np.ndarray]) -> dict[str, Array]:
    return model.run(letters_of(model, values["input0"]), side_inputs=beside(model, values))


def framework(tensor: Tensor, array: Array) -> Array:
    """Return an array as PyTorch has it."""
    order = [axis for axis in tensor.layout if axis is not None]
    turned = array.transpose([*order, *(axis for axis in range(array.ndim) if axis not in order)])
    return turned.reshape([1 if axis is None else array.shape[axis] for axis in tensor.layout])


def ours(tensor: Tensor, array: np.ndarray, shape: tuple[int, ...]) -> Array:
    """Return an array of PyTorch's as it flows here."""
    axes = [axis for axis in tensor.order if axis is not None]
    return array.transpose([*axes, *(axis for axis in range(array.ndim) if axis not in axes)]).reshape(shape)


def check(found: Array, expected: np.ndarray, what: str) -> None:
    assert found.shape == expected.shape, what
    scale = max(1e-2, float(np.abs(expected).max()))
    assert float(np.abs(found - expected).max()) <= LARGEST_ERROR * scale, what


@each_case("name", NAMES)
def test_every_value_is_that_of_pytorch(name: str) -> None:
    values = values_of(name)
    reading = ProgramReading.of(program(name), f"{name}.pt2")
    model = reading.model()
    assert not [node.layer.reason for node in model.nodes if isinstance(node.layer, Unknown)]
    computed = run(model, values)
    compared = 0
    for key, expected in values.items():
        if not key.startswith("node:"):
            continue
        value = reading.values.get(key.removeprefix("node:"))
        if not isinstance(value, Tensor):
            assert isinstance(value, np.ndarray | Picks | Missing)
            continue
        found = framework(value, computed[value.node])
        compared += 1
        check(found, expected if found.shape == expected.shape else expected[:1], key)
    assert compared > 1
    for number, node in enumerate(model.outputs):
        expected = values[f"output{number}"]
        assert computed[node].size in (expected.size, expected[:1].size)


@each_case("name", [name for name in NAMES if name not in ("embedding_gru", "larger_batch")])
def test_the_gradient_at_the_letters_is_that_of_pytorch(name: str) -> None:
    values = values_of(name)
    reading = ProgramReading.of(program(name), f"{name}.pt2")
    model, value = reading.model(), reading.values.get(reading.signature.outputs[0])
    computed = run(model, values)
    weights = np.cos(np.arange(values["output0"].size, dtype=np.float32)).reshape(values["output0"].shape)
    at = backward(model, computed, value.node, ours(value, weights, computed[value.node].shape))
    found = at[model.nodes[0].name]
    assert isinstance(model.nodes[0].layer, Input)
    expected = values["gradient"][0].squeeze()
    check(found, expected.T if expected.shape[0] == 4 else expected, name)


@each_case("name", NAMES)
def test_behind_an_edit_every_layer_is_what_a_fresh_run_gives(name: str) -> None:
    values = values_of(name)
    model = read_model_file(program(name), f"{name}.pt2", {}).model
    letters, sides = letters_of(model, values["input0"]), beside(model, values)
    computed = model.run(letters, side_inputs=sides)
    edited_letters = letters.copy()
    edited_letters[17], edited_letters[22:24] = encode("T")[0], encode("GA")
    found = edited_values(model, computed, letters, edited_letters, side_inputs=sides)
    for layer, expected in model.run(edited_letters, side_inputs=sides).items():
        check(found[layer], expected, layer)


@each_case("path", sorted((FOLDER / "older").glob("*.pt2")))
def test_older_layouts_and_decomposed_programs_give_the_same(path: Path) -> None:
    values = values_of(path.stem.rpartition("_")[0])
    file = read_model_file(path.read_bytes(), path.name, {})
    computed = run(file.model, values)
    check(computed[file.model.outputs[0]].reshape(-1), values["output0"].reshape(-1), path.stem)
    assert not file.unsupported
    assert file.tensors


@each_case(
    ("name", "blocks"),
    [
        ("sequential", ["0 1 2 3"]),
        ("beluga", ["features.2 features.3 features.5"]),
        ("basset", ["conv1 bn1 relu pool1", "conv2 bn2 relu_1 pool2"]),
        ("scbasset", ["stem.0 stem.1 stem.2", "tower.1 tower.2 tower.3"]),
        ("strand_average", ["body.0 body.1 body.2", "body.0#2 body.1#2 body.2#2"]),
        ("deepbind", ["conv relu max_pool1d", "conv relu avg_pool1d"]),
    ],
)
def test_conv_pool_blocks_are_found_by_the_names_that_the_author_knows(name: str, blocks: list[str]) -> None:
    model = read_model_file(program(name), f"{name}.pt2", {}).model
    assert [" ".join((each.conv, *each.between, each.pool)) for each in model.blocks] == blocks


def edited(name: str, change: Callable[[dict[str, Any]], None], *, drop: str = "\0") -> bytes:
    """Return a program with its JSON changed, and without the members whose names hold some text."""
    members = {each: data for each, data in unpacked(program(name)).items() if drop not in each}
    path = next(each for each in members if each.endswith("models/model.json"))
    found = json.loads(members[path])
    change(found)
    members[path] = json.dumps(found).encode()
    return packed(members)


def nodes(found: dict[str, Any], target: str) -> list[dict[str, Any]]:
    return [node for node in found["graph_module"]["graph"]["nodes"] if target in node["target"]]


def argument(node: dict[str, Any], name: str, value: object) -> None:
    node["inputs"] = [each for each in node["inputs"] if each["name"] != name]
    node["inputs"].append({"name": name, "arg": value, "kind": 1})


def unsupported(data: bytes) -> str:
    (found,) = read_model_file(data, "m.pt2", {}).unsupported
    return found


def test_the_content_says_what_a_file_is() -> None:
    for name in ("m.pt2", "m.keras", "m"):
        assert read_model_file(program("sequential"), name, {}).format == "PyTorch program"


def test_only_the_declared_length_runs_and_any_where_none_is_declared() -> None:
    fixed = read_model_file(program("sequential"), "m.pt2", {}).model
    assert fixed.input.length == 40
    assert fixed.misfit(41) is not None
    free = read_model_file(program("free_length"), "m.pt2", {}).model
    assert free.input.length is None
    assert [free.flow(length).shapes["reshape"] for length in (8, 41, 400)] == [(4, 6), (21, 6), (200, 6)]
    assert not free.flow(400).unavailable


def test_a_module_called_twice_is_one_layer() -> None:
    model = read_model_file(program("strand_average"), "m.pt2", {}).model
    assert model["body.0"].layer is model["body.0#2"].layer
    assert model["body.4"].layer is model["body.4#2"].layer
    assert model.parameter_count == sum(layer.parameter_count for layer in {n.layer for n in model.nodes})


def test_channels_give_the_order_of_the_letters() -> None:
    model = read_model_file(program("sequential"), "m.pt2", {"channels": "TGCA"}).model
    assert model.input.channels == "TGCA"
    by_number = read_model_file(program("embedding_gru"), "m.pt2", {"channels": "-ACGTN"}).model.input
    assert isinstance(by_number, IndexInput)
    assert by_number.numbers == {"A": 1, "C": 2, "G": 3, "T": 4, "N": 5}


def test_what_cannot_be_computed_is_said_and_what_comes_before_still_works() -> None:
    def own(found: dict[str, Any]) -> None:
        nodes(found, "relu")[0]["target"] = "torch.ops.mylib.gate.default"

    file = read_model_file(edited("sequential", own), "m.pt2", {})
    assert file.unsupported == (
        "2 (gate): mylib.gate.default is an operator of the author's own, whose program is not in the file",
    )
    assert "1" in file.model.run(encode("A" * 40))
    assert file.model.unavailable()["9"] == "needs 2, which cannot be computed"


@each_case(
    ("change", "said"),
    [
        (lambda found: argument(nodes(found, "batch_norm")[0], "training", {"as_bool": True}), "in training mode"),
        (lambda found: argument(nodes(found, "dropout")[0], "train", {"as_bool": True}), "drops values at random"),
        (
            lambda found: argument(nodes(found, "max_pool1d")[0], "stride", {"as_ints": [3]}),
            "declares that it gives",
        ),
        (lambda found: argument(nodes(found, "relu")[0], "wide", {"as_int": 3}), "its setting wide is not one"),
        (
            lambda found: nodes(found, "sigmoid")[0].update(target="torch.ops.aten.lgamma.default"),
            "operator lgamma",
        ),
        (lambda found: nodes(found, "relu")[0].update(target="torch.ops.higher_order.cond"), "runs a part of the"),
    ],
)
def test_an_operator_that_is_not_read_says_why(change: Callable[[dict[str, Any]], None], said: str) -> None:
    assert said in unsupported(edited("sequential", change))


def test_a_larger_batch_that_cannot_be_divided_out_asks_for_a_batch_of_1() -> None:
    def mixed(found: dict[str, Any]) -> None:
        # The mean over the samples is no value of one sample.
        node = nodes(found, "softmax")[0]
        node["target"] = "torch.ops.aten.flip.default"
        node["inputs"] = [node["inputs"][0], {"name": "dims", "arg": {"as_ints": [1]}, "kind": 1}]
        values = found["graph_module"]["graph"]["tensor_values"]
        values[node["outputs"][0]["as_tensor"]["name"]]["sizes"] = [{"as_int": size} for size in (1, 2, 3, 9)]

    assert "export it with a batch of 1" in unsupported(edited("larger_batch", mixed))


def test_a_value_that_changes_in_place_changes_under_every_name() -> None:
    def of_the_convolution(found: dict[str, Any]) -> None:
        for node in nodes(found, "max_pool1d"):
            node["inputs"][0]["arg"]["as_tensor"]["name"] = "batch_norm"
        nodes(found, "aten.relu.")[0]["target"] = "torch.ops.aten.relu_.default"

    model = read_model_file(edited("sequential", of_the_convolution), "m.pt2", {}).model
    assert model["3"].inputs == ("2",)


def test_a_part_of_a_value_that_changed_in_place_is_not_read() -> None:
    def view(found: dict[str, Any]) -> None:
        norm, relu = nodes(found, "batch_norm")[0], nodes(found, "aten.relu.")[0]
        relu["target"] = "torch.ops.aten.relu_.default"
        part = {
            "target": "torch.ops.aten.slice.Tensor",
            "inputs": [
                {
                    "name": "self",
                    "arg": {"as_tensor": {"name": norm["outputs"][0]["as_tensor"]["name"]}},
                    "kind": 1,
                },
                {"name": "dim", "arg": {"as_int": 1}, "kind": 1},
                {"name": "end", "arg": {"as_int": 3}, "kind": 1},
            ],
            "outputs": [{"as_tensor": {"name": "part"}}],
            "metadata": {},
        }
        all_nodes = found["graph_module"]["graph"]["nodes"]
        all_nodes.insert(all_nodes.index(relu), part)
        nodes(found, "max_pool1d")[0]["inputs"][0]["arg"]["as_tensor"]["name"] = "part"

    assert "changed in place through another name" in unsupported(edited("sequential", view))


@each_case(
    ("data", "said"),
    [
        (
            packed({"m/archive_format": b"pt2", "m/data/aotinductor/model/a.so": b"\x7fELF"}),
            "m.pt2: holds a program that was compiled (AOTInductor), without the graph that it was made of; save the"
            " program itself: torch.export.save(program, 'model.pt2')",
        ),
        (
            packed({"serialized_exported_program.json": b'{"schema_version": 1}', "version": b"1"}),
            "m.pt2: holds a program of PyTorch 2.3 or older; export it again with PyTorch 2.4 or newer: "
            "torch.export.save(program, 'model.pt2')",
        ),
        (
            packed({"serialized_exported_program.json": b'{"schema_version": {"major": 4, "minor": 1}}'}),
            "m.pt2: holds a program of PyTorch 2.3 or older;",
        ),
        (
            packed({"m/models/model.json": b'{"schema_version": {"major": 9, "minor": 1}}'}),
            "m.pt2: holds a program of schema 9, which is newer than those that are read;",
        ),
        (packed({"m/models/model.json": b"[" * 100_000}), "m.pt2, member m/models/model.json: is damaged;"),
        (packed({"m/models/model.json": b"{" * 700_000}), "holds more than 600,000 lists and objects"),
        (packed({"m/archive_format": b"pt2"}), "m.pt2: is a zip archive without a program;"),
        (edited("sequential", lambda _: None, drop="weight_0"), "is not in the archive; copy or download it again"),
    ],
)
def test_a_file_that_is_no_program_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        read_model_file(data, "m.pt2", {})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("sizes", [{"as_int": 1 << 40}] * 3, "reads beyond the"),
        ("storage_offset", {"as_int": 5}, "reads beyond the"),
        ("strides", [{"as_int": 0}] * 2, "is described as torch.export does not"),
        ("dtype", 99, "holds numbers of kind 99"),
    ],
)
def test_every_place_of_a_tensor_lies_in_its_row(key: str, value: object, said: str) -> None:
    members = unpacked(program("sequential"))
    path = next(name for name in members if name.endswith("weights_config.json"))
    found = json.loads(members[path])
    found["config"]["0.weight"]["tensor_meta"][key] = value
    members[path] = json.dumps(found).encode()
    with pytest.raises(ModelError, match=said):
        read_model_file(packed(members), "m.pt2", {})


def test_views_of_one_row_are_read_as_they_lie() -> None:
    members = unpacked(program("sequential"))
    path = next(name for name in members if name.endswith("weights_config.json"))
    found = json.loads(members[path])
    row = np.arange(1000, dtype=np.float32)
    members[path.replace("model_weights_config.json", "weight_0")] = row.tobytes()
    meta = found["config"]["0.weight"]["tensor_meta"]
    meta["strides"], meta["storage_offset"] = [{"as_int": size} for size in (1, 0, 7)], {"as_int": 3}
    members[path] = json.dumps(found).encode()
    kernel = read_model_file(packed(members), "m.pt2", {}).model["0"].layer.weights()["kernel"]
    expected = np.lib.stride_tricks.as_strided(row[3:], (6, 4, 7), (4, 0, 28)).transpose(2, 1, 0)
    np.testing.assert_array_equal(kernel, expected)


@pytest.mark.oracle
@pytest.mark.parametrize("name", NAMES)
def test_a_program_exported_now_gives_what_pytorch_gives(name: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    maker = pytest.importorskip("make_exported_fixtures")
    example = maker.MODELS[name]
    module, inputs = maker.prepared(f"{name} again", example)
    torch.export.save(maker.exported(example, module, inputs), tmp_path / "m.pt2")
    model = read_model_file((tmp_path / "m.pt2").read_bytes(), "m.pt2", {}).model
    given = {f"input{number}": each.numpy() for number, each in enumerate(inputs)}
    computed = run(model, given)
    with torch.no_grad():
        outputs = module(*inputs)
    for node, expected in zip(model.outputs, outputs if isinstance(outputs, tuple) else (outputs,), strict=True):
        flat = expected.numpy()[: 1 if name == "larger_batch" else None]
        check(np.sort(computed[node].reshape(-1)), np.sort(flat.reshape(-1)), node)


def test_embeddings_of_positions_are_the_addition_of_a_constant() -> None:
    model = read_model_file(program("transformer"), "transformer.pt2", {}).model
    layer = model["add"].layer
    assert (layer.type, layer.parameter_count) == ("AddConstant", 80)
