"""Models that PyTorch pickled whole against what PyTorch computes with them."""

from __future__ import annotations

import importlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case
from test_pytorch_archives import archive

from cnn_core.errors import ModelError
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.letters.alphabet import encode
from cnn_core.readers.opening import inspect_model_file, open_model_file
from cnn_core.readers.report import ModelFile
from cnn_core.readers.weights.pytorch import read_pytorch
from cnn_core.readers.weights.weights_file import WeightFilters

FOLDER = Path(__file__).parent / "pytorch_modules"
TOLERANCE = 1e-5
"""Of an array's largest value."""

with np.load(FOLDER / "answers.npz") as stored:
    ANSWERS = dict(stored)
LETTERS = encode(str(ANSWERS["letters"]))
NOT_NODES = {
    # Dropout does nothing; what an author's class calls is not read.
    "deepsea": {"3"},
    # Behind a pool of the whole axis there is nothing to flatten.
    "nested": {"head.0"},
    "weight_norm": {key.partition("/")[2] for key in ANSWERS if key.startswith("weight_norm/3.")},
}
BEFORE = "_before_1.6"


def opened(name: str, **options: object) -> ModelFile:
    return open_model_file(FOLDER / f"{name}.pt", **options)


def compare(file: ModelFile, answers: str, stored: dict[str, np.ndarray] = ANSWERS) -> set[str]:
    """Compare every layer that PyTorch has a module for, and return their names."""
    # What one module computes in several steps has its name, with a number from the second step on.
    values = {name.partition("#")[0]: array for name, array in file.model.run(LETTERS).items()}
    compared = set()
    for name, ours in values.items():
        theirs = stored.get(f"{answers}/{name}")
        if theirs is None:
            continue
        compared.add(name)
        if theirs.ndim == ours.ndim - 1:
            theirs = theirs[None]
        theirs = theirs.reshape(ours.shape) if theirs.size == ours.size and theirs.ndim != ours.ndim else theirs
        assert ours.shape == theirs.shape, name
        assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max(), name
    return compared


WHOLE = {
    "deepsea": "deepsea",
    f"deepsea{BEFORE}": "deepsea",
    "nested": "nested",
    "checkpoint": "nested",
    "picture": "picture",
    "rows": "rows",
    "weight_norm": "weight_norm",
}
"""Files of nn.Sequential, and the model in each."""


@each_case(("file", "answers"), WHOLE.items())
def test_nn_sequential_computes_whole(file: str, answers: str) -> None:
    read = opened(file)
    wanted = {key.partition("/")[2] for key in ANSWERS if key.startswith(f"{answers}/")}
    assert compare(read, answers) == wanted - NOT_NODES.get(answers, set())
    assert "is a model of nn.Sequential alone, whose layers compute one after the other" in read.warnings[0]


@pytest.mark.oracle
# The fixtures also come from functions that torch no longer recommends.
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
def test_agrees_with_the_torch_that_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    live = importlib.import_module("make_pytorch_module_fixtures").write(tmp_path)
    for file, answers in WHOLE.items():
        assert compare(open_model_file(tmp_path / f"{file}.pt"), answers, live)


def test_the_input_is_as_long_as_the_first_linear_wants_it() -> None:
    assert "the input has length 64 (assumed: 64 to 71 fit the first Linear)" in opened("deepsea").warnings
    assert opened("deepsea").model.input.length == 64
    assert opened("nested").model.input.length is None
    assert "the input has length 64 (assumed: 61 to 64 fit the first Linear)" in opened("picture").warnings


def test_a_class_of_the_author_s_in_nn_sequential_is_named_and_what_is_before_it_computes() -> None:
    file = opened("weight_norm")
    assert file.unsupported == ("3 (__main__.Basset): what it computes is in the author's program",)
    assert [*file.model.unavailable()] == ["3"]


class TestAuthorsClasses:
    @pytest.mark.parametrize("name", ["bpnet", f"bpnet{BEFORE}"])
    def test_bpnet_lite(self, name: str) -> None:
        file = opened(name)
        assert compare(file, "bpnet") == {"iconv", "irelu"}
        conv = file.model["iconv"].layer
        assert isinstance(conv, Conv1D)
        assert (conv.padding, conv.kernel_size) == ("same", 7)
        assert file.warnings[0] == (
            f"{name}.pt holds a whole model of bpnetlite.bpnet.BPNet: iconv is taken with its own settings, in this "
            "order: iconv, ReLU irelu, a max pool (assumed); that they follow so is assumed from the order in which "
            "they were made"
        )
        assert "torch.export.export(model, (torch.zeros(1, 4, LENGTH),))" in file.warnings[-1]

    def test_a_convolution_with_its_batch_norm_activation_and_pool(self) -> None:
        file = opened("basset", weights="conv1")
        assert compare(file, "basset") == {"conv1", "bn1", "act1", "pool1"}
        assert "conv1, batch norm bn1 (ε 0.001), LeakyReLU act1, MaxPool1d pool1; that" in file.warnings[0]
        (block,) = file.model.blocks
        assert (block.conv, block.pool) == ("conv1", "pool1")

    def test_any_other_convolution_over_the_letters(self) -> None:
        file = opened("basset", weights="wide", activation="tanh", pool_size=3)
        assert compare(file, "basset") == {"wide"}
        conv, pool = file.model["wide"].layer, file.model["max_pooling1d"].layer
        assert isinstance(conv, Conv1D)
        assert isinstance(pool, MaxPooling1D)
        assert (conv.groups, pool.size) == (2, 3)
        with pytest.raises(ModelError, match="holds 2 convolutions that could read the letters: conv1"):
            opened("basset")
        with pytest.raises(ModelError, match="is not a convolution over 4 or 5 letters"):
            opened("basset", weights="conv2")

    def test_options_of_a_filter_bank_ask_for_one(self) -> None:
        file = opened("towers", pool_size=4, batch_norm="none")
        assert [node.name for node in file.model.nodes] == ["input", "features.0.0", "activation", "max_pooling1d"]

    def test_a_network_without_a_pool_gets_one_where_it_is_asked_for(self) -> None:
        path = FOLDER.with_name("pytorch") / "whole.pt"
        assert [node.name for node in open_model_file(path).model.nodes] == ["input", "0"]
        bank = open_model_file(path, pool_size=8).model
        assert [node.name for node in bank.nodes] == ["input", "0", "activation", "max_pooling1d"]

    def test_a_container_of_nn_sequential_computes_one_layer_after_the_other(self) -> None:
        file = opened("towers")
        assert compare(file, "towers") == {"features.0.0", "features.0.1", "features.0.2", "features.0.3"} | {
            "features.1",
            "features.2",
        }
        assert file.warnings[0].startswith(
            "features is an nn.Sequential, so its layers compute one after the other"
        )
        assert "it was saved in training mode, and computes here as behind model.eval()" in file.warnings

    def test_the_model_of_a_checkpoint_is_preferred(self) -> None:
        assert "the model in ema was left aside for the one in model" in opened("checkpoint").warnings


def test_every_module_is_listed_with_its_settings() -> None:
    contents = inspect_model_file(FOLDER / "bpnet.pt")
    assert contents.format == "pickled PyTorch model"
    listed = {each.name: each for each in contents.modules}
    assert [*listed] == [
        *(
            "",
            "iconv",
            "irelu",
            "rconvs",
            "rconvs.0",
            "rconvs.1",
            "rrelus",
            "rrelus.0",
            "rrelus.1",
            "fconv",
            "linear",
        )
    ]
    assert listed[""].type == "bpnetlite.bpnet.BPNet"
    assert listed[""].settings == {"n_filters": "6", "n_layers": "2", "trimming": "4", "name": "bpnet"}
    assert listed["rconvs.1"].type == "Conv1d"
    assert listed["rconvs.1"].settings["dilation"] == "(4)"
    assert listed["rconvs.1"].settings["padding_mode"] == "zeros"


def module(kind: str, state: bytes) -> bytes:
    """Return a pickled module: its class, and what it keeps."""
    return b"c" + kind.encode() + b"\n)\x81}(" + state + b"ub"


def texts(*names: str) -> list[bytes]:
    return [b"X" + len(name).to_bytes(4, "little") + name.encode() for name in names]


PARAMETERS, BUFFERS, MODULES = texts("_parameters", "_buffers", "_modules")
LEAF = PARAMETERS + b"}" + BUFFERS + b"}" + MODULES + b"}"
SEQUENTIAL = "torch.nn.modules.container\nSequential"


def read(pickle: bytes) -> ModelFile:
    return read_pytorch(archive(b"\x80\x02" + pickle + b"."), "m.pt").open(WeightFilters())


class TestHostileTrees:
    def test_a_model_without_weights(self) -> None:
        # There is no tensor, so what is asked for is named as ever.
        with pytest.raises(ModelError, match="holds a whole model"):
            read(module(SEQUENTIAL, LEAF))

    def test_modules_that_hold_each_other_twice_over_and_over(self) -> None:
        made = module(SEQUENTIAL, LEAF) + b"q\x00"
        for _ in range(30):
            parts = MODULES + b"}(" + b"".join(text + b"h\x00" for text in texts("0", "1")) + b"u"
            made += b"0" + module(SEQUENTIAL, PARAMETERS + b"}" + BUFFERS + b"}" + parts) + b"q\x00"
        tensor = (
            b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
            b"X\x03\x00\x00\x00cpuK\x06tQK\x00K\x06\x85K\x01\x85\x89}tR"
        )
        with pytest.raises(ModelError, match="has more than 20,000 modules, or they are more than 64 deep"):
            read(b"(" + made + tensor + b"t")

    def test_a_model_in_itself(self) -> None:
        tensor = (
            b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
            b"X\x03\x00\x00\x00cpuK\x06tQK\x00K\x06\x85K\x01\x85\x89}tR"
        )
        (zero,) = texts("0")
        made = b"c" + SEQUENTIAL.encode() + b"\n)\x81q\x00}(" + PARAMETERS + b"}" + zero + tensor + b"s" + BUFFERS
        with pytest.raises(ModelError, match="has more than 20,000 modules, or they are more than 64 deep"):
            read(made + b"}" + MODULES + b"}" + zero + b"h\x00sub")


def test_the_fixtures_name_no_machine() -> None:
    assert json.loads(str(ANSWERS["versions"]))["torch"]
    for path in FOLDER.iterdir():
        assert b"site-packages" not in path.read_bytes()
        assert b"/make_pytorch" not in path.read_bytes()


def test_a_model_is_written_to_our_own_format_and_back() -> None:
    from cnn_core.readers.npz import read_npz, write_npz

    file = io.BytesIO()
    write_npz(opened("picture"), file)
    assert compare(read_npz(file.getvalue(), "m.npz"), "picture")
