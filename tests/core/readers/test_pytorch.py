"""Weights that PyTorch wrote against what PyTorch computes with them, and files that must be refused."""

from __future__ import annotations

import json
import random
import runpy
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError, NotFoundError, SettingError
from cnn_core.layers import Conv1D, Input, MaxPooling1D
from cnn_core.letters.alphabet import encode
from cnn_core.readers.report import ModelFile
from cnn_core.readers.weights.first_convolution import SeveralConvolutionsError
from cnn_core.readers.weights.pytorch import read_pytorch
from cnn_core.readers.weights.safetensors import read_safetensors
from cnn_core.readers.weights.weights_file import WeightFilters

HERE = Path(__file__).parent
FOLDER = HERE / "pytorch"
TOLERANCE = 1e-5
"""Of an array's largest value."""

with np.load(FOLDER / "answers.npz") as stored:
    ANSWERS = dict(stored)

CHOICES = {
    "names_apart.safetensors": WeightFilters(weights="conv1"),
    "names_shared.pt": WeightFilters(batch_norm="bn"),
    "names_twice.pt": WeightFilters(batch_norm="conv1_bn"),
    "branches.pt": WeightFilters(weights="wide"),
    "plain.safetensors": WeightFilters(weights="0.weight"),
}
"""What has to be told of the files that leave something open."""


def opened(path: Path, settings: WeightFilters | None = None) -> ModelFile:
    read = read_safetensors if path.suffix == ".safetensors" else read_pytorch
    return read(path.read_bytes(), path.name).open(settings or WeightFilters())


def conv_of(opened_file: ModelFile) -> Conv1D:
    conv = opened_file.model.nodes[1].layer
    assert isinstance(conv, Conv1D)
    return conv


def check_against_torch(folder: Path, answers: dict[str, np.ndarray], name: str) -> None:
    """Compare a file's convolution and a pool 8/8 with torch's."""
    values = list(opened(folder / name, CHOICES.get(name)).model.run(encode(str(ANSWERS["letters"]))).values())
    for ours, kind in ((values[1], "conv"), (values[2], "pool")):
        theirs = answers[f"{name}/{kind}"]
        assert ours.dtype == np.float32
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


COMPARED = sorted({key.partition("/")[0] for key in ANSWERS} - {"letters", "versions"})


@each_case("name", COMPARED)
def test_agrees_with_torch(name: str) -> None:
    check_against_torch(FOLDER, ANSWERS, name)


def test_every_file_is_compared_or_refused() -> None:
    files = {path.name for path in FOLDER.iterdir()} - {"answers.npz"}
    # Whole models and TorchScript have tests of their own.
    assert files == {*COMPARED, *REFUSED, "branches.safetensors", "whole.pt", "script.pt"}
    assert len(COMPARED) == 45


@pytest.mark.oracle
# The fixtures also come from functions that torch no longer recommends.
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_agrees_with_the_torch_that_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    live = runpy.run_path(str(HERE / "make_pytorch_fixtures.py"))["write"](tmp_path)
    assert {key.partition("/")[0] for key in live} == {*COMPARED}
    for name in COMPARED:
        check_against_torch(tmp_path, live, name)


class TestReport:
    def test_what_is_said_of_a_plain_state_dict(self) -> None:
        file = opened(FOLDER / "plain.pt")
        assert (file.format, file.version, file.unsupported) == ("PyTorch state dict", "", ())
        assert [(each.name, each.shape, each.dtype) for each in file.tensors] == [
            ("0.weight", (6, 4, 5), "float32"),
            ("0.bias", (6,), "float32"),
            ("3.weight", (4, 6, 3), "float32"),
            ("3.bias", (4,), "float32"),
            ("4.weight", (3, 4, 1), "float32"),
            ("4.bias", (3,), "float32"),
        ]
        assert file.warnings == (
            "plain.pt holds weights and no architecture: 0.weight is taken as 6 filters of width 5 over ACGT "
            "(assumed), then relu, then a max pool",
            "0.weight was converted from (6, 4, 5) to (kernel size, channels, filters) (5, 4, 6)",
            "4 other tensors are not used",
            "3.weight reads the 6 channels of 0.weight; by their numbers 2 layers without weights stand between them, "
            "a pool perhaps among them",
            "the order in which the layers compute is in the author's program, not in the file; to see the whole "
            "network, save it there: model.eval().cpu(); ep = torch.export.export(model, (torch.zeros(1, 4, "
            'LENGTH),)); torch.export.save(ep, "model.pt2") ((1, LENGTH, 4) where the model takes that)',
        )

    def test_the_model_is_a_filter_bank_for_any_length(self) -> None:
        model = opened(FOLDER / "plain.pt").model
        assert [(node.name, node.layer.type) for node in model.nodes] == [
            ("input", "InputLayer"),
            ("0", "Conv1D"),
            ("max_pooling1d", "MaxPooling1D"),
        ]
        assert model.name == "plain.pt"
        assert model.input.length is None
        assert len(model.blocks) == 1
        conv = conv_of(opened(FOLDER / "plain.pt"))
        assert conv.kernel.flags.c_contiguous
        assert conv.kernel.shape == (5, 4, 6)

    def test_activation_pool_and_channels_are_what_was_asked_for(self) -> None:
        settings = WeightFilters(activation="tanh", pool_size=3, pool_stride=2, channels="ATGC")
        file = opened(FOLDER / "plain.pt", settings)
        entrance, conv, pool = (node.layer for node in file.model.nodes)
        assert isinstance(entrance, Input)
        assert isinstance(conv, Conv1D)
        assert isinstance(pool, MaxPooling1D)
        assert (entrance.channels, conv.activation, pool.size, pool.stride) == ("ATGC", "tanh", 3, 2)
        assert "6 filters of width 5 over ATGC, then tanh" in file.warnings[0]

    def test_a_batch_norm_that_was_folded_is_named(self) -> None:
        file = opened(FOLDER / "norm.pt")
        assert file.warnings[2:-1] == (
            "batch norm features.1 was folded into features.0.weight, with PyTorch's default ε of 1e-5",
        )
        assert file.model.nodes[1].name == "features.0"

    def test_a_batch_norm_in_front_is_folded_and_named(self) -> None:
        said = opened(FOLDER / "front.pt").warnings
        assert said[2:4] == (
            "batch norm 0 in front of 1.weight was folded into it, with PyTorch's default ε of 1e-5: exact for windows "
            "that read no padding",
            "batch norm 2 was folded into 1.weight, with PyTorch's default ε of 1e-5",
        )
        assert not any("not used" in each for each in said)
        said = opened(FOLDER / "front.pt", WeightFilters(batch_norm="none")).warnings
        assert any(
            "batch norm 0 has one number a letter: if it stands in front of 1.weight, its" in each for each in said
        )
        assert "10 other tensors are not used" in said

    def test_what_is_no_tensor_is_passed_over_and_named(self) -> None:
        said = opened(FOLDER / "beside.ckpt").warnings
        (passed,) = (each for each in said if "were skipped" in each)
        assert passed.startswith(
            "objects other than tensors were skipped and not executed: argparse.Namespace, numpy."
        )
        assert "torch.device, torch.float32, torch.Size, builtins.set" in passed.replace("__builtin__", "builtins")

    def test_no_batch_norm_is_folded_on_request(self) -> None:
        file = opened(FOLDER / "norm.pt", WeightFilters(batch_norm="none"))
        folded = conv_of(opened(FOLDER / "norm.pt"))
        assert not any("folded" in each for each in file.warnings)
        assert not np.array_equal(conv_of(file).kernel, folded.kernel)

    def test_a_batch_norm_that_there_is_not(self) -> None:
        with pytest.raises(NotFoundError, match="there is no batch norm 'bn2'; there are bn1"):
            opened(FOLDER / "named.pt", WeightFilters(batch_norm="bn2"))
        with pytest.raises(NotFoundError, match="the file has none"):
            opened(FOLDER / "plain.pt", WeightFilters(batch_norm="bn2"))

    def test_doubts_are_said(self) -> None:
        assert any("transposed" in each for each in opened(FOLDER / "parameter.pt").warnings)
        assert any("without a bias" in each for each in opened(FOLDER / "parameter.pt").warnings)
        assert any("rows or its columns" in each for each in opened(FOLDER / "turned.pt").warnings)
        assert any("rounded from float64" in each for each in opened(FOLDER / "float64.pt").warnings)
        assert any("was normalised" in each for each in opened(FOLDER / "weight_norm.pt").warnings)
        # A batch norm has one number a filter, which tells the two kinds of convolution apart.
        assert not any("transposed" in each for each in opened(FOLDER / "norm_bare.pt").warnings)

    def test_what_may_be_no_motifs_is_said_before_anything_else(self) -> None:
        assert opened(FOLDER / "width_one.pt").warnings[0] == (
            "0.weight has width 1: each of its 8 filters reads a single letter, so they recode the letters for the "
            "layers behind and are no motifs"
        )
        assert opened(FOLDER / "embedded.pt").warnings[0] == (
            "lookup.weight (5, 4) looks like an embedding in front of scan.weight: then the convolution reads the 4 "
            "numbers of its rows and not letters, and what is shown is not what the network computes"
        )
        assert opened(FOLDER / "plain.pt", WeightFilters(weights="4")).warnings[:2] == (
            "4.weight has width 1: each of its 3 filters reads a single letter, so they recode the letters for the "
            "layers behind and are no motifs",
            "0.weight (6, 4, 5) comes before 4.weight in the file, so 4.weight may not be the first convolution of the "
            "network",
        )

    def test_convolution_convolution_pool_is_named(self) -> None:
        assert (
            "features.2.weight reads the 6 channels of features.0.weight, and by their numbers one layer without "
            "weights, such as an activation, stands between them: this is convolution, convolution, pool, and the max "
            "pool shown behind features.0.weight is not the network's"
        ) in opened(FOLDER / "doubled.pt").warnings
        assert any("and by their numbers no layer" in each for each in opened(FOLDER / "width_one.pt").warnings)
        said = opened(FOLDER / "names_apart.pt").warnings
        assert (
            "conv2.weight reads the 5 channels of conv1.weight; whether a pool stands between them is not"
            in str(said)
        )

    def test_the_lines_that_save_the_whole_network_have_the_length_of_the_checkpoint(self) -> None:
        assert "(torch.zeros(1, 4, 600),)); torch.export.save(" in opened(FOLDER / "lightning.ckpt").warnings[-1]
        assert "(torch.zeros(1, 5, LENGTH),))" in opened(FOLDER / "five.pt").warnings[-1]

    def test_lightning_is_named_and_its_optimiser_passed_over(self) -> None:
        file = opened(FOLDER / "lightning.ckpt")
        assert file.version == "PyTorch Lightning 2.5.0"
        assert [each.name for each in file.tensors] == ["0.weight", "0.bias"]


class TestChoosing:
    def test_candidates_are_listed(self) -> None:
        with pytest.raises(SeveralConvolutionsError) as unclear:
            opened(FOLDER / "branches.pt")
        assert unclear.value.candidates == ("narrow.weight", "wide.weight")
        assert str(unclear.value) == (
            "branches.pt: holds 2 convolutions that could read the letters: narrow.weight (3, 4, 3), wide.weight "
            "(3, 4, 9); choose one, such as --weights narrow.weight"
        )

    def test_where_the_order_says_nothing_a_deeper_layer_is_a_candidate_too(self) -> None:
        with pytest.raises(SeveralConvolutionsError, match=r"0\.weight .* 4\.weight"):
            opened(FOLDER / "plain.safetensors")

    @pytest.mark.parametrize("key", ["4.weight", "4"])
    def test_by_weight_or_by_layer(self, key: str) -> None:
        file = opened(FOLDER / "plain.pt", WeightFilters(weights=key))
        assert conv_of(file).kernel.shape == (1, 4, 3)
        assert file.model.nodes[1].name == "4"

    def test_a_wrong_name_names_the_nearest(self) -> None:
        with pytest.raises(NotFoundError, match=r"no tensor '0.weigth'; did you mean 0.weight\?"):
            opened(FOLDER / "plain.pt", WeightFilters(weights="0.weigth"))
        with pytest.raises(NotFoundError, match=r"there are 0.weight, 0.bias, 3.weight"):
            opened(FOLDER / "plain.pt", WeightFilters(weights="@@@"))

    def test_a_tensor_that_is_no_such_convolution(self) -> None:
        with pytest.raises(ModelError, match=r"tensor 3.weight: has shape \(4, 6, 3\), which is not a convolution"):
            opened(FOLDER / "plain.pt", WeightFilters(weights="3"))
        with pytest.raises(ModelError, match="not a convolution over 5 letters"):
            opened(FOLDER / "plain.pt", WeightFilters(weights="0", channels="ACGTN"))

    def test_a_transposed_convolution_that_was_asked_for_betrays_itself(self) -> None:
        with pytest.raises(ModelError, match=r"tensor bias: has shape \(4,\), which is not one number for each"):
            opened(FOLDER / "transposed.pt", WeightFilters(weights="weight"))

    @pytest.mark.parametrize(
        ("settings", "error"),
        [
            (WeightFilters(activation="rleu"), NotFoundError),
            (WeightFilters(pool_size=0), SettingError),
            (WeightFilters(pool_stride=0), SettingError),
            (WeightFilters(channels="ACG"), ModelError),
        ],
    )
    def test_settings_that_cannot_be(self, settings: WeightFilters, error: type[CnnError]) -> None:
        with pytest.raises(error):
            opened(FOLDER / "norm.pt", settings)


REFUSED = {
    "deep.pt": "deep.pt: holds no convolution over 4 or 5 letters; its weight would be (filters, 4, kernel size); "
    "there are weight (3, 8, 5)",
    "embedded_wide.pt": "embedded_wide.pt: holds no convolution over 4 or 5 letters: embed.weight (5, 16) looks like "
    "an embedding in front; its weight would be (filters, 4, kernel size); there are scan.weight (5, 16, 6); the order "
    "in which the layers compute is in the author's program, not in the file: save the whole network there: model.",
    "transposed.pt": "transposed.pt: holds no convolution over 4 or 5 letters",
    "sparse.pt": "sparse.pt, data.pkl: asks for torch._utils._rebuild_sparse_tensor; only tensors in dicts are read",
    "int8.pt": "int8.pt, tensor conv.weight: holds int8, which cannot be used as weights",
    "nan.pt": "nan.pt, tensor conv.weight: holds NaN or infinity; train or save the model again",
}


@each_case("name", REFUSED)
def test_refusals_say_what_to_do_instead(name: str) -> None:
    with pytest.raises(ModelError) as refused:
        opened(FOLDER / name)
    assert str(refused.value).startswith(REFUSED[name])
    assert refused.value.remedy


def test_damage_anywhere_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(5)
    for name in (
        "norm.pt",
        "lightning.ckpt",
        "views.pt",
        "norm.safetensors",
        "whole.pt",
        "script.pt",
        "legacy_kinds.pt",
    ):
        whole = (FOLDER / name).read_bytes()
        for _ in range(250):
            damaged = bytearray(whole)
            if draw.random() < 0.3:
                del damaged[draw.randrange(len(damaged)) :]
            else:
                for _ in range(draw.randrange(1, 6)):
                    damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            read = read_safetensors if name.endswith("safetensors") else read_pytorch
            with suppress(CnnError):
                read(bytes(damaged), name).open(WeightFilters())


def test_the_fixtures_name_no_machine() -> None:
    assert json.loads(str(ANSWERS["versions"]))["torch"]
    for path in FOLDER.iterdir():
        assert b"site-packages" not in path.read_bytes()
