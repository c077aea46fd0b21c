"""Keras files that are damaged, hostile, incomplete or of another kind: one calm sentence, fast, and nothing run."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
import pytest
from each_case import each_case
from keras_fixtures import FILES, Stored, one

from cnn_core.errors import CnnError
from cnn_core.readers.keras import inspect_keras, read_keras

QUESTION = one("3.15.1_torch", "question.keras")
LEGACY = one("2.15.0_tensorflow", "question.h5")
WEIGHTS = one("3.15.1_torch", "question.weights.h5", "question.json")


def unpacked(stored: Stored = QUESTION) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(stored.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def changed_config(change: Callable[[list[dict[str, Any]]], object], stored: Stored = QUESTION) -> bytes:
    """Return an archive whose layers' configurations were changed."""
    members = unpacked(stored)
    config = json.loads(members["config.json"])
    change(config["config"]["layers"])
    return packed({**members, "config.json": json.dumps(config).encode()})


def changed_weights(change: Callable[[h5py.File], object], stored: Stored = QUESTION) -> bytes:
    """Return an archive whose weights were changed."""
    members = unpacked(stored)
    file = io.BytesIO(members["model.weights.h5"])
    with h5py.File(file, "r+") as opened:
        change(opened)
    return packed({**members, "model.weights.h5": file.getvalue()})


def refusal(data: bytes, **options: Any) -> str:
    with pytest.raises(CnnError) as refused:
        read_keras(data, "m.keras", **options)
    return str(refused.value)


def test_weights_alone_need_their_architecture() -> None:
    assert refusal(WEIGHTS.data) == (
        "m.keras: holds weights alone, and not which layers they belong to; give the architecture, as "
        "model.to_json() wrote it: --architecture model.json"
    )
    looked_at = inspect_keras(WEIGHTS.data, "m")
    assert [entry.shape for entry in looked_at.tensors if entry.name.startswith("layers/conv1d/")] == [
        (8, 4, 6),
        (6,),
    ]


def test_an_architecture_of_another_model_is_refused() -> None:
    other = one("3.15.1_torch", "shared.weights.h5", "shared.json")
    assert "layer conv" in refusal(WEIGHTS.data, architecture=other.architecture_data)
    legacy = one("2.15.0_tensorflow", "question.legacy.h5", "question.json")
    assert "weights for 3 layers, and the architecture has" in refusal(
        legacy.data, architecture=other.architecture_data
    )
    ancient = one("0.3.3_theano", "question.weights.h5", "question.json")
    danq = one("0.3.3_theano", "danq.weights.h5", "danq.json")
    assert "holds 6 layers, and the architecture has 10" in refusal(
        ancient.data, architecture=danq.architecture_data
    )


@pytest.mark.parametrize("missing", ["config.json", "model.weights.h5"])
def test_an_archive_without_a_part_says_which(missing: str) -> None:
    members = {name: data for name, data in unpacked().items() if name != missing}
    assert refusal(packed(members)) == (
        f"m.keras: is a zip archive without {missing}; give a .keras file that model.save() wrote"
    )


def test_hdf5_of_something_else_says_what_it_holds() -> None:
    file = io.BytesIO()
    with h5py.File(file, "w") as opened:
        opened["pixels"] = np.zeros(3)
    assert "is HDF5 but no Keras model: it holds pixels" in refusal(file.getvalue())
    assert "is no HDF5 file" in refusal(b"something else entirely")


def test_a_zip_bomb_is_not_unpacked() -> None:
    members = unpacked()
    bomb = packed({**members, "config.json": bytes(60_000_000)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 200_000
    assert "member config.json: would unpack to 60,000,000 bytes" in refusal(bomb)


def test_names_in_an_archive_lead_nowhere() -> None:
    found = read_keras(packed({**unpacked(), "../../evil": b"x", "/etc/passwd": b"y"}), "m.keras")
    assert found.model.blocks


@each_case(
    ("change", "sentence"),
    [
        (
            lambda layers: layers[1]["config"].update(filters=7),
            "layer conv: its kernel (layers/conv1d/vars/0) has shape (8, 4, 6); its configuration says (8, any, 7)",
        ),
        (lambda layers: layers[1]["config"].update(kernel_size=[9]), "its configuration says (9, any, 6)"),
        (lambda layers: layers[1]["config"].update(kernel_size="x"), "layer conv: its kernel_size is 'x'"),
        (lambda layers: layers[1]["config"].update(use_bias=False), "the file holds 2 tensors for it"),
        (lambda layers: layers[1]["config"].update(strides=[0]), "layer conv: its strides are 0"),
        (lambda layers: layers[3]["config"].update(units=6), "layer rnn: its kernel"),
        (
            lambda layers: layers[5].update(class_name="BatchNormalization"),
            "layer dense: the file holds no weights",
        ),
        (lambda layers: layers.clear(), "has no layers"),
        (lambda layers: layers.__setitem__(1, 3), "described by something else than an object"),
        (
            lambda layers: layers[0]["config"].update(batch_shape=[None, 48, 7]),
            "none of its inputs is a sequence of letters: letters (48, 7)",
        ),
    ],
)
def test_weights_that_contradict_the_configuration_are_refused(
    change: Callable[[list[dict[str, Any]]], object], sentence: str
) -> None:
    sentence = sentence.replace("letters (48, 7)", f"{_input_name()} (48, 7)")
    assert sentence in refusal(changed_config(change))


def _input_name() -> str:
    name: str = json.loads(unpacked()["config.json"])["config"]["layers"][0]["config"]["name"]
    return name


@each_case(
    ("change", "reason"),
    [
        (lambda layers: layers[1]["config"].update(padding="reflect"), "padding is 'reflect'"),
        (
            lambda layers: layers[1]["config"].update(activation={"class_name": "function", "config": "mine"}),
            "the author's own",
        ),
        (lambda layers: layers[1]["config"].update(activation="relish"), "'relish' is not one that we know"),
        (lambda layers: layers[2].update(class_name="MyPool"), "a MyPool is not a layer that can be read"),
        (lambda layers: layers[2].update(class_name="Lambda"), "a piece of a program, which is never executed"),
        (
            lambda layers: layers[2]["config"].update(data_format="channels_first"),
            "SimpleRNN reads 6 channels, not 1",
        ),
        (lambda layers: layers[0]["config"].update(batch_shape=[None, 48, 5]), "Conv1D reads 4 channels, not 5"),
    ],
)
def test_a_layer_that_nobody_knows_stops_itself_and_what_follows(
    change: Callable[[list[dict[str, Any]]], object], reason: str
) -> None:
    found = read_keras(changed_config(change), "m.keras")
    assert any(reason in each for each in found.unsupported), found.unsupported
    assert found.model.unavailable()
    assert found.model.nodes[-1].name == "sigmoid"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda layers: layers[1]["config"].update(padding="same", dilation_rate=10**7),
            "conv (Conv1D): a window of 70,000,001 positions is too wide; the widest is 1,048,576",
        ),
        (
            lambda layers: layers[2]["config"].update(padding="same", pool_size=10**9),
            "pool (MaxPooling1D): a window of 1,000,000,000 positions is too wide",
        ),
        (
            lambda layers: layers.insert(
                2, {"class_name": "UpSampling1D", "config": {"name": "up", "size": 10**9}}
            ),
            "up (UpSampling1D): it would give 41,000,000,000 × 6 values, which are too many to compute; the most is "
            "268,435,456",
        ),
        (
            lambda layers: layers.insert(
                2, {"class_name": "ZeroPadding1D", "config": {"name": "up", "padding": 10**9}}
            ),
            "up (ZeroPadding1D): it would give 2,000,000,041 × 6 values",
        ),
    ],
)
def test_what_a_file_asks_for_beyond_all_measure_is_not_computed(
    change: Callable[[list[dict[str, Any]]], object], reason: str
) -> None:
    found = read_keras(changed_config(change), "m.keras")
    assert found.unsupported[0].startswith(reason)
    assert [*found.model.run(np.full(48, 1, dtype=np.uint8))][-1] in ("conv", _input_name())


def test_an_input_beyond_all_measure_is_refused() -> None:
    said = refusal(changed_config(lambda layers: layers[0]["config"].update(batch_shape=[None, 10**12, 4])))
    assert said == (
        f"m.keras, layer {_input_name()}: it would give 1,000,000,000,000 × 4 values, which are too many to compute; "
        "the most is 268,435,456"
    )


def test_nan_in_the_weights_is_named() -> None:
    def spoil(file: h5py.File) -> None:
        file["layers/conv1d/vars/0"][0, 0, 0] = np.nan

    assert refusal(changed_weights(spoil)) == (
        "m.keras, model.weights.h5, tensor layers/conv1d/vars/0: holds NaN or infinity; train or save the model again"
    )


def test_a_missing_tensor_is_named() -> None:
    def take_out(file: h5py.File) -> None:
        del file["layers/conv1d/vars/1"]

    assert "m.keras, layer conv: the file holds too few weights for it" in refusal(changed_weights(take_out))


def test_a_list_that_names_what_is_not_there_is_refused() -> None:
    file = io.BytesIO(LEGACY.data)
    with h5py.File(file, "r+") as opened:
        group = opened["model_weights/conv"]
        del group[group.attrs["weight_names"][0]]
    assert "lists the tensor conv/kernel:0, which is not there" in refusal(file.getvalue())


def test_integers_are_no_weights() -> None:
    def quantise(file: h5py.File) -> None:
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = np.ones((40, 1), dtype=np.int8)

    assert "holds int8, which cannot be used as weights" in refusal(changed_weights(quantise))


def test_weights_that_were_packed_are_read() -> None:
    def pack(file: h5py.File) -> None:
        kernel = file["layers/conv1d/vars/0"][()]
        del file["layers/conv1d/vars/0"]
        file["layers/conv1d"]["vars"].create_dataset("0", data=kernel, compression="gzip", shuffle=True)

    ours, theirs = (
        read_keras(data, "m").model["conv"].layer.weights() for data in (changed_weights(pack), QUESTION.data)
    )
    np.testing.assert_array_equal(ours["kernel"], theirs["kernel"])


def network(layers: list[dict[str, Any]], inputs: object, outputs: object) -> bytes:
    config = {"name": "m", "layers": layers, "input_layers": inputs, "output_layers": outputs}
    return json.dumps({"class_name": "Functional", "config": config}).encode()


def layer(name: str, reads: list[list[object]], class_name: str = "Add") -> dict[str, Any]:
    return {"class_name": class_name, "name": name, "config": {"name": name}, "inbound_nodes": reads}


LETTERS_TENSOR = {
    "class_name": "__keras_tensor__",
    "config": {"shape": [None, 9, 4], "dtype": "float32", "keras_history": ["letters", 0, 0]},
}
LETTERS = {**layer("letters", [], "InputLayer"), "config": {"batch_shape": [None, 9, 4], "name": "letters"}}


@each_case(
    ("architecture", "sentence"),
    [
        (
            network(
                [LETTERS, layer("a", [[["b", 0, 0], ["letters", 0, 0]]]), layer("b", [[["a", 0, 0]]])],
                [["letters", 0, 0]],
                [["b", 0, 0]],
            ),
            "layer a: depends on itself",
        ),
        (
            network([LETTERS, layer("a", [[["nobody", 0, 0]]])], [["letters", 0, 0]], [["a", 0, 0]]),
            "layer a: reads nobody, which is not there",
        ),
        (
            network([LETTERS], [["letters", 0, 0]], [["nobody", 0, 0]]),
            "has no layer 'nobody', which is said to be an",
        ),
        (
            network([LETTERS], [["nobody", 0, 0]], [["letters", 0, 0]]),
            "has no layer 'nobody', which is said to be an",
        ),
        (network([LETTERS], 3, [["letters", 0, 0]]), "does not say what enters and what comes out"),
        (network([LETTERS, LETTERS], [["letters", 0, 0]], [["letters", 0, 0]]), "two of its layers have one name"),
        (
            network([LETTERS, layer("a", [[["letters", -1, 0]]])], [["letters", 0, 0]], [["a", 0, 0]]),
            "reads call -1",
        ),
        (
            network([LETTERS, layer("a", [[3]])], [["letters", 0, 0]], [["a", 0, 0]]),
            "reads something that is no tensor",
        ),
        (b'{"class_name": "MyModel", "config": {}}', "describes a MyModel rather than a model of layers"),
        (b'{"a": 1}', "is not the configuration of a model; it has a class_name and a config"),
        (b'{"config": {"layers": [], "input_layers": []}}', "its class_name is missing; it is a word"),
        (b'{"class_name": ["Sequential"], "config": {}}', "its class_name is ['Sequential']; it is a word"),
        (b'{"class_name": "Sequential", "config": [{"config": {}}]}', "a layer has no class_name"),
        (b'{"class_name": "Sequential", "config": [{"class_name": {}, "config": {}}]}', "its class_name is {}"),
        (b'{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": 3}]}', "else than an object"),
        (
            b'{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": [1]}}]}',
            "its name is [1]; it is a word",
        ),
        (
            b'{"class_name": "Sequential", "config": [{"class_name": "' + b"D" * 9000 + b'", "config": {}}]}',
            "its class_name is 'DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD…; it is a word",
        ),
        (b'{"class_name": "Sequential", "config": {"layers": []}}', "has no layers"),
    ],
)
def test_architectures_that_are_none_are_refused(architecture: bytes, sentence: str) -> None:
    assert sentence in refusal(WEIGHTS.data, architecture=architecture)


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        # As Keras 3 writes a function of `keras.ops`, and as Keras 2 writes one of TensorFlow's.
        ({"args": [LETTERS_TENSOR, 0.5], "kwargs": {}}, "0.5"),
        (
            {"args": [LETTERS_TENSOR, {"class_name": "__numpy__", "config": {"value": [1, 2]}}], "kwargs": {}},
            "an array",
        ),
        ([["letters", 0, 0], ["_CONSTANT_VALUE", -1, 2.5, {}]], "2.5"),
        ([["letters", 0, 0], ["_CONSTANT_VALUE", -1, [1.0, 2.0], {}]], "an array"),
    ],
)
def test_a_function_with_a_constant_says_what_it_is_and_what_to_do(reads: Any, said: str) -> None:
    operation = {**layer("angle", [reads], "Arctan2"), "module": "keras.src.ops.numpy"}
    architecture = network([LETTERS, operation], [["letters", 0, 0]], [["angle", 0, 0]])
    assert read_keras(WEIGHTS.data, "m", architecture=architecture).unsupported == (
        f"angle (Arctan2): it computes with a constant of the file, {said}, which is not read; the model up to the"
        " layer before it can be: keras.Model(model.input, model.get_layer(…).output)",
    )


def test_a_function_whose_constant_does_not_fit_says_so() -> None:
    reads = {"args": [LETTERS_TENSOR, {"class_name": "__numpy__", "config": {"value": [1, 2]}}], "kwargs": {}}
    operation = {**layer("twice", [reads], "Multiply"), "module": "keras.src.ops.numpy"}
    architecture = network([LETTERS, operation], [["letters", 0, 0]], [["twice", 0, 0]])
    (sentence,) = read_keras(WEIGHTS.data, "m", architecture=architecture).unsupported
    assert sentence.startswith("twice (Multiply): Rescaling has numbers of shape (1, 2) for an input of (9, 4)")


@pytest.mark.parametrize("value", [["one", "two"], [[1], [1, 2]]])
def test_a_function_whose_constant_is_no_numbers_says_so(value: Any) -> None:
    reads = {"args": [LETTERS_TENSOR, {"class_name": "__numpy__", "config": {"value": value}}], "kwargs": {}}
    operation = {**layer("twice", [reads], "Multiply"), "module": "keras.src.ops.numpy"}
    architecture = network([LETTERS, operation], [["letters", 0, 0]], [["twice", 0, 0]])
    assert read_keras(WEIGHTS.data, "m", architecture=architecture).unsupported == (
        "twice (Multiply): its constant is not an array of numbers",
    )


@pytest.mark.parametrize(
    ("mean", "variance"), [([1, 2, 3], [1, 2]), ([1, 2, 3, 4, 5, 6], ["a"] * 6), ([[1], [1, 2]], 1)]
)
def test_a_normalization_by_what_is_no_numbers_is_not_computed(mean: Any, variance: Any) -> None:
    config = {"name": "norm", "axis": -1, "mean": mean, "variance": variance}
    data = changed_config(lambda layers: layers[2].update(class_name="Normalization", config=config))
    reason = read_keras(data, "m.keras").unsupported[0]
    assert reason == "norm (Normalization): its mean and variance are not numbers that are read"


@each_case(
    ("class_name", "config"),
    [
        ("Normalization", {"axis": -1, "mean": 10**400, "variance": 1}),
        ("Rescaling", {"scale": 10**400}),
        ("Rescaling", {"scale": [10**400] * 6}),
        ("LeakyReLU", {"negative_slope": 10**400}),
        ("Masking", {"mask_value": -(10**400)}),
    ],
)
def test_a_whole_number_beyond_every_float_is_an_infinite_one(class_name: str, config: dict[str, object]) -> None:
    def outcome(as_infinite: bool) -> object:
        stated = {"name": "n", **config}
        if as_infinite:
            # Python writes an infinite number as Infinity, which JSON reads as one too.
            stated = json.loads(
                json.dumps(stated), parse_int=lambda text: int(text) if len(text) < 99 else float(text)
            )
        data = changed_config(lambda layers: layers[2].update(class_name=class_name, config=stated))
        try:
            return read_keras(data, "m.keras").unsupported
        except CnnError as refused:
            return str(refused)

    assert outcome(False) == outcome(True)


def test_models_in_models_without_an_end_are_refused() -> None:
    deep = {"class_name": "Dense", "config": {"name": "d", "units": 1}}
    for _ in range(40):
        deep = {"class_name": "Sequential", "config": {"name": "s", "layers": [deep]}}
    assert "nests models more than 12 deep" in refusal(WEIGHTS.data, architecture=json.dumps(deep).encode())


def test_a_yaml_that_multiplies_itself_is_refused() -> None:
    lines = ["class_name: Sequential", "config:", "  layers:"]
    lines += ["  - &l0 {class_name: Dense, config: {name: d, units: 1}}"]
    for depth in range(1, 10):
        inner = ", ".join([f"*l{depth - 1}"] * 20)
        lines += [f"  - &l{depth} {{class_name: Sequential, config: {{name: s{depth}, layers: [{inner}]}}}}"]
    assert "repeats parts of itself without measure" in refusal(
        WEIGHTS.data, architecture="\n".join(lines).encode()
    )


def test_more_layers_than_a_model_has_are_refused() -> None:
    dense = {"class_name": "Dense", "config": {"units": 1}}
    many = {"class_name": "Sequential", "config": [dense] * 20_001}
    assert "describes more than 20,000 layers" in refusal(WEIGHTS.data, architecture=json.dumps(many).encode())


def test_pools_that_theano_begins_elsewhere_are_not_computed() -> None:
    stored = one("2.2.4_theano", "question.legacy.h5", "question.json")
    assert stored.architecture_data is not None
    same = stored.architecture_data.replace(
        b'"pool_size": [5], "padding": "valid"', b'"pool_size": [5], "padding": "same"'
    )
    assert (
        "pool (MaxPooling1D): Theano's pools of padding 'same' begin elsewhere"
        in (read_keras(stored.data, "m", architecture=same).unsupported[0])
    )


def test_channels_that_do_not_fit_are_refused() -> None:
    assert "it reads 4 channels, and ACGTN names 5" in refusal(QUESTION.data, channels="ACGTN")
    assert "channel order 'AAAA'" in refusal(QUESTION.data, channels="AAAA")


@each_case("seed", range(4))
def test_damage_to_any_file_is_a_sentence_or_no_damage(seed: int) -> None:
    draw = random.Random(seed)
    small = [stored for stored in FILES if len(stored.data) < 60_000]
    refused = 0
    for _ in range(120):
        stored = draw.choice(small)
        data, architecture = bytearray(stored.data), stored.architecture_data
        how = draw.random()
        if how < 0.15:
            data = data[: draw.randrange(len(data))]
        elif how < 0.4 and architecture is not None:
            damaged = bytearray(architecture)
            for _ in range(draw.choice([1, 4])):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            architecture = bytes(damaged)
        else:
            for _ in range(draw.choice([1, 3, 30])):
                data[draw.randrange(len(data))] = draw.choice([0, 255, draw.randrange(256)])
        try:
            read_keras(bytes(data), "m", architecture=architecture).model.unavailable()
        except CnnError:
            refused += 1
    assert refused


def test_a_file_is_read_from_its_path_as_well(tmp_path: Any) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(QUESTION.data)
    assert read_keras(path, "m.keras").model.name == "m.keras"
    assert inspect_keras(str(path), "m.keras").format == "Keras archive"
