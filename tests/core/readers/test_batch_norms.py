"""Which batch norms are folded under which names, against what PyTorch computes with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import ModelError
from cnn_core.layers import Array
from cnn_core.letters.alphabet import encode
from cnn_core.readers.opening import open_model_file
from cnn_core.readers.report import FileContents, ModelFile
from cnn_core.readers.tensors import StoredTensor
from cnn_core.readers.weights.safetensors import read_tensors
from cnn_core.readers.weights.weights_file import WeightFilters, WeightsFile

FOLDER = Path(__file__).parent / "pytorch"
NAME = "names_apart.safetensors"
"""Two convolutions of 5 filters, conv1 over the letters and conv2, and their batch norms bn1 and bn2."""

with np.load(FOLDER / "answers.npz") as stored:
    LETTERS = str(stored["letters"])
    ANSWERS: Array = stored[f"{NAME}/conv"]
TENSORS = {
    each.name: each.values() for each in read_tensors((FOLDER / NAME).read_bytes(), NAME) if each.dtype == "float32"
}
ASSUMED = "that it comes right behind, before the activation, is assumed: --batch-norm none leaves it out"


def tensors(names: Mapping[str, str], **more: tuple[int, ...]) -> list[StoredTensor]:
    """Return the fixture's layers under other names, in the order in which they are named; and tensors of ones."""
    found = []
    for ours, theirs in names.items():
        for last, values in [
            (name.rpartition(".")[2], TENSORS[name]) for name in TENSORS if name.startswith(f"{theirs}.")
        ]:
            found.append(StoredTensor(f"{ours}.{last}", values.shape, "float32", "m", lambda values=values: values))
    for name, shape in more.items():
        full = name.replace("__", ".")
        found.append(StoredTensor(full, shape, "float32", "m", lambda shape=shape: np.ones(shape, np.float32)))
    return found


def opened(given: list[StoredTensor], settings: WeightFilters, *, ordered: bool) -> ModelFile:
    contents = FileContents("file", "", tuple(each.entry for each in given))
    return WeightsFile("m", contents, tuple(given), ordered).open(settings)


def read(given: list[StoredTensor], *, ordered: bool = True, batch_norm: str = "auto") -> tuple[Array, list[str]]:
    """Return the activations of the convolution, and what is said of batch norms."""
    settings = WeightFilters(weights=given[0].name.removesuffix(".bias"), batch_norm=batch_norm)
    file = opened(given, settings, ordered=ordered)
    return [*file.model.run(encode(LETTERS)).values()][1], [each for each in file.warnings if "norm" in each]


def is_torchs(activations: Array) -> bool:
    return bool(np.abs(activations - ANSWERS).max() <= 1e-5 * np.abs(ANSWERS).max())


@pytest.mark.parametrize("ordered", [True, False])
@each_case(
    ("first", "its_norm", "second", "another"),
    [
        ("conv1", "bn1", "conv2", "bn2"),
        ("conv", "bn", "conv2", "bn2"),
        ("conv_1", "batchnorm_1", "conv_2", "batchnorm_2"),
        ("conv1d_1", "batch_norm_1", "conv1d_2", "batch_norm_2"),
        ("Conv1d_0", "BatchNorm1d_0", "Conv1d_1", "BatchNorm1d_1"),
        ("conv1d1", "bn1d1", "conv1d2", "bn1d2"),
        ("conv1", "norm1", "conv2", "norm2"),
        ("conv01", "bn1", "conv02", "bn2"),
        ("features.conv0", "features.norm0", "features.conv1", "features.norm1"),
        ("layer1.conv", "layer1.bn", "layer2.conv", "layer2.bn"),
        ("layer1_conv", "layer1_bn", "layer2_conv", "layer2_bn"),
        ("conv1", "conv1_bn", "conv2", "conv2_bn"),
        ("conv1", "bn_conv1", "conv2", "bn_conv2"),
        ("conv1.conv", "conv1.bn", "conv2.conv", "conv2.bn"),
        ("convs.0", "bns.0", "convs.1", "bns.1"),
        ("conv_layers.0", "bn_layers.0", "conv_layers.1", "bn_layers.1"),
        ("conv_layer1", "bn1", "conv_layer2", "bn2"),
        ("module.encoder.conv1", "module.encoder.bn1", "module.decoder.conv1", "module.decoder.bn1"),
        ("convBn1.conv", "convBn1.norm", "convBn2.conv", "convBn2.norm"),
        ("conv1", "bn2", "conv3", "bn4"),
        ("block.layer_0", "block.layer_1", "block.layer_2", "block.layer_3"),
    ],
)
def test_pairs_by_name(first: str, its_norm: str, second: str, another: str, ordered: bool) -> None:
    given = tensors({first: "conv1", second: "conv2", its_norm: "bn1", another: "bn2"})
    activations, said = read(given, ordered=ordered)
    assert is_torchs(activations)
    assert said == [
        f"batch norm {its_norm} was folded into {first}.weight, with PyTorch's default ε of 1e-5; {ASSUMED}"
    ]
    assert not is_torchs(read(given, ordered=ordered, batch_norm="none")[0])


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("names", [("features.0", "features.1"), ("0", "1"), ("net.conv.3", "net.conv.4")])
def test_the_next_number_of_a_container_is_certain(names: tuple[str, str], ordered: bool) -> None:
    activations, said = read(tensors({names[0]: "conv1", names[1]: "bn1", "bn1": "bn2"}), ordered=ordered)
    assert is_torchs(activations)
    assert said[0].endswith("with PyTorch's default ε of 1e-5")


class TestSizeAndPlace:
    @pytest.mark.parametrize("ordered", [True, False])
    def test_a_norm_that_no_other_layer_fits(self, ordered: bool) -> None:
        given = tensors({"scan": "conv1", "standardise": "bn1"}, head__weight=(1, 40))
        activations, said = read(given, ordered=ordered)
        assert is_torchs(activations)
        assert said[0].endswith(ASSUMED)

    def test_a_norm_right_behind_in_the_file(self) -> None:
        names = {"scan": "conv1", "standardise": "bn1", "deep": "conv2", "again": "bn2"}
        activations, said = read(tensors(names))
        assert is_torchs(activations)
        assert said[0].endswith(ASSUMED)
        with pytest.raises(ModelError, match=r"scan\.weight has 2 batch norms .*: standardise, again; say which"):
            read(tensors(names), ordered=False)

    def test_a_norm_of_a_dense_layer_is_left_to_it(self) -> None:
        given = tensors({"scan": "conv1"}, fc1__weight=(5, 40)) + tensors({"standardise": "bn1"})
        plain = read(tensors({"scan": "conv1"}))[0]
        activations, said = read(given)
        np.testing.assert_array_equal(activations, plain)
        assert said == [
            "batch norm standardise was not folded: its name does not say that it comes right behind scan.weight, "
            "before the activation; --batch-norm NAME folds it if it does"
        ]


class TestDoubt:
    """Nothing is guessed where two fit equally; all that may be meant are named, with the option that says which."""

    @pytest.mark.parametrize("ordered", [True, False])
    def test_two_norms_of_one_name(self, ordered: bool) -> None:
        given = tensors({"conv1": "conv1", "bn1": "bn1", "conv1_bn": "bn2"})
        with pytest.raises(ModelError) as unclear:
            read(given, ordered=ordered)
        assert str(unclear.value) == (
            "m: conv1.weight has 2 batch norms that may stand right behind it: bn1, conv1_bn; say which stands there: "
            "--batch-norm bn1, or --batch-norm none"
        )
        assert is_torchs(read(given, ordered=ordered, batch_norm="bn1")[0])

    @pytest.mark.parametrize("ordered", [True, False])
    def test_two_convolutions_and_one_norm(self, ordered: bool) -> None:
        given = tensors({"conv1": "conv1", "conv2": "conv2", "bn": "bn1"})
        with pytest.raises(
            ModelError, match=r"batch norm bn may stand right behind conv1\.weight or behind another"
        ):
            read(given, ordered=ordered)
        assert is_torchs(read(given, ordered=ordered, batch_norm="bn")[0])

    def test_numbers_that_run_past_each_other(self) -> None:
        for names in (("conv0", "bn1", "conv1", "bn2"), ("conv0", "conv1", "bn1", "bn2")):
            origin = {"conv0": "conv1", "conv1": "conv2", "bn1": "bn1", "bn2": "bn2"}
            with pytest.raises(ModelError, match="may stand right behind"):
                read(tensors({name: origin[name] for name in names}))

    @pytest.mark.parametrize("ordered", [True, False])
    def test_behind_an_activation_or_a_pool(self, ordered: bool) -> None:
        plain = read(tensors({"features.0": "conv1"}))[0]
        for later in ("features.2", "features.3"):
            given = tensors({"features.0": "conv1", later: "bn1"}, features__7__weight=(5, 5, 3))
            activations, said = read(given, ordered=ordered)
            np.testing.assert_array_equal(activations, plain)
            assert said[0].startswith(
                f"batch norm {later} was not folded: its name does not say that it comes right"
            )

    @pytest.mark.parametrize("ordered", [True, False])
    def test_outside_the_container_that_may_end_with_an_activation(self, ordered: bool) -> None:
        activations, said = read(tensors({"conv1.0": "conv1", "bn1": "bn1"}), ordered=ordered)
        np.testing.assert_array_equal(activations, read(tensors({"conv1.0": "conv1"}))[0])
        assert said[0].startswith("batch norm bn1 was not folded: its name does not say")

    @pytest.mark.parametrize("ordered", [True, False])
    def test_a_norm_behind_another_layer_is_none_of_its(self, ordered: bool) -> None:
        plain = read(tensors({"conv": "conv1"}))[0]
        for names in (("blocks.0.conv1", "blocks.0.bn1"), ("conv2", "bn2"), ("head.0", "head.1")):
            given = tensors({"conv": "conv1", names[0]: "conv2", names[1]: "bn1"})
            activations, said = read(given, ordered=ordered)
            np.testing.assert_array_equal(activations, plain)
            assert not said

    def test_a_norm_without_statistics_is_missed(self) -> None:
        given = tensors({"conv1": "conv1"}, norm1__weight=(5,), norm1__bias=(5,))
        assert read(given)[1] == [
            "norm1 may normalise what conv1.weight gives; it has no running mean, so it is not folded, and its part is "
            "missing in the responses"
        ]


class TestInFront:
    """With one number a letter; the second of the fixture's norms is cut to four of its numbers."""

    @staticmethod
    def four(name: str) -> list[StoredTensor]:
        return [
            StoredTensor(f"{name}.{last}", (4,), "float32", "m", lambda last=last: TENSORS[f"bn2.{last}"][:4])
            for last in ("weight", "bias", "running_mean", "running_var")
        ]

    @pytest.mark.parametrize("ordered", [True, False])
    @pytest.mark.parametrize("name", ["bn0", "input_norm", "bn1"])
    def test_by_size(self, name: str, ordered: bool) -> None:
        conv = tensors({"conv1": "conv1"})
        known = read([*tensors({"1": "conv1"}), *self.four("0")])[0]
        activations, said = read([*conv, *self.four(name)], ordered=ordered)
        np.testing.assert_array_equal(activations, known)
        assert said == [
            f"batch norm {name} in front of conv1.weight was folded into it, with PyTorch's default ε of 1e-5: exact "
            "for windows that read no padding; that it stands there is assumed: --batch-norm none leaves it out"
        ]

    def test_by_place_where_another_layer_has_as_many_outputs(self) -> None:
        conv, dense = tensors({"conv1": "conv1"}), tensors({}, fc__weight=(4, 40))
        known = read([*tensors({"1": "conv1"}), *self.four("0")])[0]
        settings = WeightFilters(weights="conv1")
        model = opened([*self.four("bn0"), *conv, *dense], settings, ordered=True).model
        np.testing.assert_array_equal([*model.run(encode(LETTERS)).values()][1], known)
        activations, said = read([*conv, *dense, *self.four("bn0")])
        np.testing.assert_array_equal(activations, read(conv)[0])
        assert said == [
            "batch norm bn0 has one number a letter: if it stands in front of conv1.weight, its part is missing in the "
            "responses"
        ]


def test_what_was_assumed_names_the_option() -> None:
    (said,) = (each for each in open_model_file(FOLDER / "named.pt").warnings if "assumed:" in each)
    assert said == f"batch norm bn1 was folded into conv1.weight, with PyTorch's default ε of 1e-5; {ASSUMED}"


def test_one_among_thousands_of_layers() -> None:
    names = {"conv1": "conv1"}
    for index in range(3000):
        names |= {f"m{index}.conv1": "conv2", f"m{index}.bn1": "bn1", f"m{index}.other": "bn2"}
    activations, said = read(tensors({**names, "bn1": "bn1"}))
    assert is_torchs(activations)
    assert len(said) == 1
