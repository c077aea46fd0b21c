"""Contributions against captum and tangermeme, and what holds of them whatever the network."""

from __future__ import annotations

import json
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.attribution_networks import NETWORKS, SHUFFLED
from oracle.layer_case import Array
from oracle.stored_layers import STORED, read_numbers
from our_networks import our_network
from worked import CASES, TARGET, acgt, network

from cnn_core.attribution import (
    Attribution,
    ExplainedValue,
    Method,
    Target,
    attribute,
    deep_lift_shap,
    dinucleotide_shuffles,
    gradient_contributions,
    integrated_gradients,
)
from cnn_core.attribution.references import dinucleotide_shuffle
from cnn_core.errors import CnnError, SequenceError
from cnn_core.layers import (
    ACTIVATIONS,
    GRU,
    LSTM,
    Activation,
    AveragePooling1D,
    Bidirectional,
    Conv1D,
    Dense,
    Dot,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    Layer,
    LayerNormalization,
    Maximum,
    MaxPooling1D,
    Minimum,
    Multiply,
    SimpleRNN,
    Softmax,
    TimeDistributed,
)
from cnn_core.letters.alphabet import decode, encode
from cnn_core.network.model import Model, Node

LETTERS = "ACGTTGCAAGCTTAGCATCGGATCCATTAGCAGGTA"
SEVENTH_DIGIT = 6e-7


@pytest.fixture(scope="module")
def tangermeme() -> dict[str, Array]:
    return read_numbers(STORED.with_name("attribution.npz"))


def weights(*shape: int, seed: int = 0) -> Array:
    fan = np.prod(shape[:-1]) if len(shape) > 1 else 4
    return (np.random.default_rng([seed, *shape]).normal(size=shape) / np.sqrt(fan)).astype(np.float32)


class TestWorkedCases:
    def test_gradient_x_input(self, subtests: pytest.Subtests) -> None:
        for case in CASES:
            with subtests.test(case["name"]):
                found = gradient_contributions(ExplainedValue(network(case), TARGET), encode(case["sequence"]))
                np.testing.assert_allclose(found.contributions, acgt(case["gradient_x_input"]), atol=2e-6)
                assert not found.delta.size
                assert not found.notes

    @pytest.mark.parametrize(
        ("baseline", "key", "delta"),
        [
            (0.0, "captum_ig_zero_baseline_50_gausslegendre", "captum_ig_delta"),
            (0.25, "captum_ig_quarter_baseline_50", "captum_ig_quarter_delta"),
        ],
    )
    def test_integrated_gradients(self, baseline: float, key: str, delta: str) -> None:
        for case in CASES:
            found = integrated_gradients(ExplainedValue(network(case), TARGET), encode(case["sequence"]), baseline)
            np.testing.assert_allclose(found.contributions, acgt(case[key]), atol=2e-6)
            assert found.delta[0] == pytest.approx(case[delta], abs=2e-6)
            assert found.notes[0].startswith("the contributions miss the change by up to 0.01")

    def test_deep_lift(self, subtests: pytest.Subtests) -> None:
        for case in CASES:
            with subtests.test(case["name"]):
                references = np.stack([encode(letters) for letters in case["references"]])
                explained = ExplainedValue(network(case), TARGET)
                found = deep_lift_shap(explained, encode(case["sequence"]), references)
                np.testing.assert_allclose(found.by_reference, acgt(case["tangermeme_multipliers"]), atol=2e-6)
                np.testing.assert_allclose(found.hypothetical, acgt(case["tangermeme_hypothetical"]), atol=2e-6)
                np.testing.assert_allclose(found.contributions, acgt(case["tangermeme_attributions"]), atol=2e-6)
                np.testing.assert_allclose(found.reference_values, np.ravel(case["y_references"]), atol=2e-6)
                assert np.abs(found.delta).max() < 1e-6
                assert not found.notes


class TestTangermeme:
    def test_draws_the_same_shuffles(self, tangermeme: dict[str, Array], subtests: pytest.Subtests) -> None:
        for letters, seed, count in SHUFFLED:
            with subtests.test(letters[:20]):
                ours = [dinucleotide_shuffle(encode(letters), seed + number) for number in range(count)]
                np.testing.assert_array_equal(ours, tangermeme[f"shuffles: {letters}"])

    def test_says_the_same_of_networks_of_many_kinds(
        self, tangermeme: dict[str, Array], subtests: pytest.Subtests
    ) -> None:
        for each in NETWORKS:
            with subtests.test(each.name):
                model = our_network(each)
                explained = ExplainedValue(model, Target(model.outputs[0], (1,)))
                found = attribute(
                    explained, encode(each.letters), "deeplift", references=each.references, seed=each.seed
                )
                theirs = {
                    what: tangermeme[f"{each.name}: {what}"]
                    for what in ("value", "references", "reference values", "multipliers", "hypothetical")
                }
                drawn = dinucleotide_shuffles(encode(each.letters), each.references, each.seed)
                np.testing.assert_array_equal(drawn, theirs["references"])
                assert found.value == pytest.approx(float(theirs["value"]), abs=1e-6)
                np.testing.assert_allclose(found.reference_values, theirs["reference values"], atol=1e-6)
                for ours, what in ((found.by_reference, "multipliers"), (found.hypothetical, "hypothetical")):
                    scale = np.abs(theirs[what]).max()
                    # A ratio of changes in float32 has the digits that the changes have.
                    np.testing.assert_allclose(ours, theirs[what], atol=1e-4 * scale)
                assert np.abs(found.delta).max() < 1e-5
                assert not found.notes

    def test_the_numbers_are_of_the_version_that_is_named(self) -> None:
        with np.load(STORED.with_name("attribution.npz")) as found:
            assert json.loads(str(found["versions"]))["tangermeme"].startswith("1.6")


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_tangermeme_still_says_what_is_stored(tangermeme: dict[str, Array], subtests: pytest.Subtests) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("tangermeme")
    from oracle.make_attribution_fixtures import deep_lift_answers

    for each in NETWORKS:
        with subtests.test(each.name):
            for what, found in deep_lift_answers(each).items():
                np.testing.assert_allclose(found, tangermeme[f"{each.name}: {what}"], rtol=1e-5, atol=1e-6)


def _cell(kind: type[Layer], units: int, gates: int, channels: int, **settings: object) -> Layer:
    return kind(weights(channels, gates * units), weights(units, gates * units), weights(gates * units), **settings)


def behind_a_convolution(*layers: Layer) -> Model:
    """Return a network that ends with some layers and a Dense of one unit."""
    conv = Conv1D(weights(4, 4, 6), weights(6), activation="relu")
    named: list[tuple[str, Layer]] = [("letters", Input(len(LETTERS))), ("conv", conv)]
    named += [(f"layer{number}", layer) for number, layer in enumerate(layers)]
    shape = Model.sequential("part", named).shapes()[named[-1][0]]
    if len(shape) > 1:
        named.append(("flat", Flatten()))
    units = int(np.prod(shape))
    return Model.sequential("whole", [*named, ("out", Dense(weights(units, 1)))])


def deep_lifted(model: Model, count: int = 3) -> Attribution:
    return attribute(
        ExplainedValue(model, Target(model.outputs[0], (0,))), encode(LETTERS), Method.DEEPLIFT, references=count
    )


BACKWARD: dict[str, object] = {"go_backwards": True}
OWN_RULES: dict[str, tuple[Layer, ...]] = {
    "GlobalMaxPooling1D": (GlobalMaxPooling1D(),),
    "SimpleRNN": (_cell(SimpleRNN, 5, 1, 6),),
    "LSTM": (_cell(LSTM, 5, 4, 6, return_sequences=True),),
    "GRU": (GRU(weights(6, 15), weights(5, 15), weights(2, 15), return_sequences=True),),
    "GRU before": (_cell(GRU, 5, 3, 6, reset_after=False, go_backwards=True),),
    "Bidirectional": (Bidirectional(_cell(LSTM, 4, 4, 6), _cell(LSTM, 4, 4, 6, **BACKWARD), "mul"),),
    "a function": (Activation("hard_silu"),),
    "log_softmax": (Activation("log_softmax"),),
}


class TestCompleteness:
    """Contributions sum to the change of the value, by rules that no other program has as well."""

    @each_case("layers", OWN_RULES.values())
    def test_of_rules_of_our_own(self, layers: tuple[Layer, ...]) -> None:
        found = deep_lifted(behind_a_convolution(*layers))
        np.testing.assert_allclose(found.delta, 0, atol=2e-6)
        change = found.value - found.reference_values.mean()
        assert found.contributions.sum() == pytest.approx(change, abs=3e-6)
        assert [*found.notes] == [
            f"layer0 ({layers[0].type}): the rule is ours, since tangermeme has none",
        ]

    @pytest.mark.parametrize(
        "layers",
        [
            (Softmax(1),),
            (LayerNormalization(weights(6), weights(6)), Activation("gelu")),
            (TimeDistributed(Dense(weights(6, 3), None, "tanh")), GlobalAveragePooling1D()),
            (Dense(weights(6, 5), weights(5), "softmax"),),
        ],
    )
    def test_of_layers_that_take_values_together(self, layers: tuple[Layer, ...]) -> None:
        found = deep_lifted(behind_a_convolution(*layers))
        np.testing.assert_allclose(found.delta, 0, atol=2e-6)
        assert not found.notes

    @pytest.mark.parametrize("merge", [Multiply(), Maximum(), Minimum(), Dot(1)])
    def test_of_two_branches(self, merge: Layer) -> None:
        gated = Conv1D(weights(3, 4, 5, seed=1), weights(5, seed=1), activation="sigmoid")
        plain = Conv1D(weights(3, 4, 5, seed=2), weights(5, seed=2), activation="relu")
        nodes = (
            Node("letters", Input(len(LETTERS))),
            Node("gate", gated, ("letters",)),
            Node("maps", plain, ("letters",)),
            Node("both", merge, ("maps", "gate", *(["maps"] if not isinstance(merge, Dot) else []))),
            Node("mean", GlobalAveragePooling1D(), ("both",)),
            Node("out", Dense(weights(5, 1)), ("mean",)),
        )
        found = deep_lifted(Model("gated", nodes))
        np.testing.assert_allclose(found.delta, 0, atol=2e-6)
        assert bool(found.notes) == isinstance(merge, Maximum | Minimum)

    def test_where_there_is_no_rule_the_gradient_stands_for_it_and_is_marked(self) -> None:
        nodes = (
            Node("letters", Input(len(LETTERS))),
            Node("left", Conv1D(weights(3, 4, 5, seed=1)), ("letters",)),
            Node("right", Conv1D(weights(3, 4, 5, seed=2)), ("letters",)),
            Node("cosine", Dot(1, normalize=True), ("left", "right")),
            Node("flat", Flatten(), ("cosine",)),
            Node("out", Dense(weights(25, 1)), ("flat",)),
        )
        found = deep_lifted(Model("cosine", nodes))
        assert found.notes[0] == ("cosine (Dot): there is no rule for it here, so its plain gradient stands for it")
        assert found.notes[1].startswith("the contributions miss the change by up to ")

    def test_integrated_gradients_of_a_smooth_network(self) -> None:
        model = behind_a_convolution(GRU(weights(6, 15), weights(5, 15), weights(2, 15)))
        conv = Node("conv", Conv1D(weights(4, 4, 6), activation="tanh"), ("letters",))
        smooth = Model("smooth", (model.nodes[0], conv, *model.nodes[2:]))
        for baseline in (0.0, 0.25):
            found = integrated_gradients(ExplainedValue(smooth, Target("out", (0,))), encode(LETTERS), baseline)
            assert found.delta[0] == pytest.approx(0, abs=2e-6)
            assert not found.notes
            # What the letter that is there would contribute is what all four do.
            present = np.array([[base == letter for base in "ACGT"] for letter in LETTERS])
            by_base = found.hypothetical[present]
            np.testing.assert_allclose(by_base, found.contributions.sum(axis=1), atol=1e-6)


KINDS: Final = (
    *(("function", name) for name in ACTIVATIONS if name != "exponential"),
    *(("max", *each) for each in ((2, 2, "valid"), (3, 1, "same"), (4, 3, "same"), (3, 2, "same"))),
    *(("average", *each) for each in ((2, 2, "valid"), (3, 2, "same"))),
    *(("conv", *each) for each in ((3, 1, 1), (3, 1, 2), (4, 2, 1))),
    ("layer norm",),
    ("gru",),
    ("both ways",),
)
"""What a random network may be made of."""


def drawn_layer(kind: tuple[object, ...], seed: int) -> Layer:
    """Return a layer of six channels."""
    name, *how = kind
    if name == "function":
        return Activation(*how)
    if name == "max":
        return MaxPooling1D(*how)
    if name == "average":
        return AveragePooling1D(*how)
    if name == "conv":
        width, stride, dilation = how
        kernel = weights(width, 6, 6, seed=seed)
        return Conv1D(kernel, weights(6, seed=seed), stride=stride, dilation=dilation, padding="same")
    if name == "layer norm":
        return LayerNormalization(weights(6, seed=seed), weights(6, seed=seed + 1))
    if name == "gru":
        return GRU(weights(6, 18, seed=seed), weights(6, 18), weights(2, 18, seed=seed), return_sequences=True)
    lstm = partial(LSTM, weights(6, 12, seed=seed), weights(3, 12, seed=seed), return_sequences=True)
    return Bidirectional(lstm(), lstm(go_backwards=True))


@settings(max_examples=60)
@given(st.lists(st.sampled_from(KINDS), max_size=4), st.booleans(), st.integers(0, 1000))
def test_contributions_of_any_network_sum_to_the_change(
    kinds: list[tuple[object, ...]], is_global: bool, seed: int
) -> None:
    layers = [drawn_layer(kind, seed + number) for number, kind in enumerate(kinds)]
    found = deep_lifted(behind_a_convolution(*layers, *([GlobalMaxPooling1D()] if is_global else [])), 2)
    size = np.abs(found.by_reference).sum(axis=(1, 2)).max() + np.abs([found.value, *found.reference_values]).max()
    assert np.abs(found.delta).max() <= 2e-5 * size + 2e-6
    change = found.value - found.reference_values.mean()
    assert abs(found.contributions.sum() - change) <= 2e-5 * size + 2e-6


class TestReferences:
    def test_shuffles_keep_pairs_and_both_ends(self) -> None:
        codes = encode(LETTERS.lower())
        pairs = sorted(pairwise(LETTERS))
        shuffles = [decode(each) for each in dinucleotide_shuffles(codes, 5)]
        assert len(set(shuffles)) == 5
        for each in shuffles:
            assert sorted(pairwise(each)) == pairs
            assert (each[0], each[-1]) == (LETTERS[0], LETTERS[-1])

    def test_the_nth_is_that_of_the_seed_and_n(self) -> None:
        codes = encode(LETTERS)
        np.testing.assert_array_equal(
            dinucleotide_shuffles(codes, 5, 10)[3], dinucleotide_shuffles(codes, 5, 13)[0]
        )

    @pytest.mark.parametrize("letters", ["AAAAAAAA", "ACGT", "AC", "A"])
    def test_shuffles_that_are_all_alike_are_refused(self, letters: str) -> None:
        with pytest.raises(SequenceError, match="all shuffles that keep its pairs of letters are alike"):
            dinucleotide_shuffles(encode(letters))

    def test_an_n_is_refused_with_its_place(self) -> None:
        with pytest.raises(SequenceError, match="'N' at position 3 of the input is not A, C, G or T"):
            dinucleotide_shuffles(encode("ACNGT"))
        model = behind_a_convolution(GlobalAveragePooling1D())
        explained = ExplainedValue(model, Target("out", (0,)))
        with pytest.raises(SequenceError, match="'N' at position 1 "):
            deep_lift_shap(explained, encode("N" + LETTERS[1:]), encode(LETTERS)[None])

    def test_references_of_another_length_are_refused(self) -> None:
        explained = ExplainedValue(behind_a_convolution(GlobalAveragePooling1D()), Target("out", (0,)))
        with pytest.raises(SequenceError, match=r"references of shape \(1, 4\) do not fit a sequence of 36 bases"):
            deep_lift_shap(explained, encode(LETTERS), encode("ACGT")[None])

    @pytest.mark.parametrize(("count", "seed"), [(0, 0), (2, -1), (1, 2**31)])
    def test_what_cannot_be_drawn_is_refused(self, count: int, seed: int) -> None:
        with pytest.raises(CnnError, match="cannot be drawn"):
            dinucleotide_shuffles(encode(LETTERS), count, seed)

    def test_a_reference_may_hold_n(self) -> None:
        model = behind_a_convolution(GlobalAveragePooling1D())
        found = deep_lift_shap(
            ExplainedValue(model, Target("out", (0,))), encode(LETTERS), encode("N" * len(LETTERS))[None]
        )
        np.testing.assert_allclose(found.delta, 0, atol=2e-6)


class TestWhatIsToldAndWritten:
    def test_progress_counts_points_and_references(self) -> None:
        explained = ExplainedValue(behind_a_convolution(GlobalAveragePooling1D()), Target("out", (0,)))
        told: list[tuple[int, int]] = []
        for method in (Method.INTEGRATED, Method.DEEPLIFT):
            attribute(explained, encode(LETTERS), method, references=3, progress=lambda *done: told.append(done))
        assert told == [*((done, 50) for done in range(51)), *((done, 3) for done in range(4))]

    def test_numbers_of_letters_have_a_name_in_files(self) -> None:
        explained = ExplainedValue(behind_a_convolution(GlobalAveragePooling1D()), Target("out", (0,)))
        for method in Method:
            found = attribute(explained, encode(LETTERS), method, references=3)
            first = "gradient" if "gradient" in method else "multipliers"
            assert [*found.rows] == [first, "hypothetical", "contributions"]
            assert all(rows.shape == (len(LETTERS), 4) for rows in found.rows.values())
            np.testing.assert_array_equal(found.by_base, found.contributions.sum(axis=1))
            assert found.letters == LETTERS

    def test_bases_that_the_value_does_not_read_are_told_from_zeros(self) -> None:
        model = behind_a_convolution(GlobalAveragePooling1D())
        found = gradient_contributions(ExplainedValue(model, Target("conv", (3, 2))), encode(LETTERS))
        assert np.flatnonzero(found.read).tolist() == [3, 4, 5, 6]
        assert not found.contributions[~found.read].any()

    def test_a_baseline_beyond_0_to_1_is_refused(self) -> None:
        explained = ExplainedValue(behind_a_convolution(GlobalAveragePooling1D()), Target("out", (0,)))
        with pytest.raises(CnnError, match="from a baseline of 2 cannot be computed"):
            integrated_gradients(explained, encode(LETTERS), 2)
