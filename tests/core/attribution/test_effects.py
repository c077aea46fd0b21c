"""The effects of every base: each equals what a run of the whole network on the edited letters gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import worked
from each_case import each_case
from numpy.typing import NDArray
from oracle.attribution_networks import NETWORKS, Network
from oracle.stored_layers import STORED, read_numbers
from our_networks import our_network
from small_models import random_kernel, random_letters
from spreading_models import grid_models, random_graph

from cnn_core.attribution import SaturationMutagenesis, Spreading, Target, edited_values, effects, spreading
from cnn_core.attribution.substituted_cells import substituted_cells
from cnn_core.layers import (
    GRU,
    LSTM,
    Add,
    Array,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Dense,
    DepthwiseConv1D,
    Dropout,
    Edited,
    Flatten,
    GlobalMaxPooling1D,
    Input,
    Layer,
    MaxPooling1D,
    Multiply,
    ReLU,
    Rescaling,
    Reshape,
    SideInput,
    SimpleRNN,
)
from cnn_core.layers.edited_states import EditedStates
from cnn_core.layers.recurrent import Recurrent
from cnn_core.letters.alphabet import BASES, encode
from cnn_core.network.model import Model, Node
from cnn_core.readers import open_model_file
from cnn_samples import model_path

CLOSE = 1e-5
"""Of the largest value of the layer."""


def substituted(codes: NDArray[np.uint8], position: int, base: str) -> NDArray[np.uint8]:
    edited = codes.copy()
    edited[position] = encode(base)[0]
    return edited


def assert_equals_whole_runs(
    model: Model, codes: NDArray[np.uint8], targets: list[Target], positions: list[int]
) -> None:
    """Compare the effects at some bases with runs of the whole network, each of which holds all targets."""
    unedited = model.run(codes)
    all_found = [effects(model, target, codes) for target in targets]
    for target, found in zip(targets, all_found, strict=True):
        assert found.value == unedited[target.layer][target.index]
        assert found.known.all()
    for position in positions:
        for index, base in enumerate(BASES):
            letters = substituted(codes, position, base)
            edited = model.run(letters) if (letters != codes).any() else unedited
            for target, found in zip(targets, all_found, strict=True):
                scale = max(1e-3, float(np.abs(unedited[target.layer]).max()))
                change = float(edited[target.layer][target.index]) - found.value
                assert abs(found.raw[position, index] - change) <= 2 * CLOSE * scale
                if not found.read[position]:
                    assert change == 0
                    assert found.raw[position, index] == 0


def assert_same_values(given: dict[str, Array], fresh: dict[str, Array]) -> None:
    assert [*given] == [*fresh]
    for name, values in fresh.items():
        assert given[name].shape == values.shape
        scale = max(1e-3, float(np.abs(values[np.isfinite(values)]).max(initial=0)))
        np.testing.assert_allclose(given[name], values, rtol=0, atol=CLOSE * scale, err_msg=name)


def test_every_layer_of_the_grid(subtests: pytest.Subtests) -> None:
    for name, model, length in grid_models():
        with subtests.test(name):
            codes = encode(random_letters(length, len(name), "ACGTN"))
            unedited = model.run(codes)
            last = model.outputs[-1]
            values = unedited[last]
            index = tuple(size // 2 for size in values.shape)
            assert_equals_whole_runs(model, codes, [Target(last, index)], [0, length // 2, length - 1])
            edited = substituted(codes, length // 3, "G")
            assert_same_values(edited_values(model, unedited, codes, edited), model.run(edited))


def test_what_only_acts_in_training_may_stand_between_the_letters_and_a_convolution() -> None:
    conv, pool = ("conv", Conv1D(random_kernel(5), activation="relu")), ("pool", MaxPooling1D(4))
    plain = Model.sequential("plain", [("letters", Input(30)), conv, pool])
    noisy = Model.sequential("noisy", [("letters", Input(30)), ("noise", Dropout()), conv, pool])
    assert noisy.letter_blocks == plain.letter_blocks
    codes = encode(random_letters(30, 3, "ACGTN"))
    for name in ("conv", "pool"):
        np.testing.assert_array_equal(noisy.run(codes)[name], plain.run(codes)[name])
    assert_equals_whole_runs(noisy, codes, [Target("pool", (2, 1))], [*range(30)])
    # Letters that are given as numbers are read as they are.
    rows = np.full((30, 4), 0.25, dtype=np.float32)
    np.testing.assert_array_equal(noisy.run(codes, side_inputs={"letters": rows})["conv"], conv[1].forward(rows))


@each_case("seed", range(24))
def test_random_graphs(seed: int) -> None:
    model, length = random_graph(seed)
    codes = encode(random_letters(length, seed))
    places = np.random.RandomState(seed).randint(0, length, 3).tolist()
    unedited = model.run(codes)
    targets = [
        Target(layer, tuple(size // 2 for size in unedited[layer].shape))
        for layer in ("dense", model.nodes[2].name, model.nodes[-6].name)
    ]
    assert_equals_whole_runs(model, codes, targets, [0, length - 1, *places])
    edited = codes.copy()
    edited[min(places) : max(places)] = encode("T")
    assert_same_values(edited_values(model, unedited, codes, edited), model.run(edited))


def test_in_several_parts_they_are_the_same(subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(12):
        model, length = random_graph(seed)
        codes = encode(random_letters(length, seed))
        target = Target.parse("dense:0", model, length)
        whole = effects(model, target, codes)
        with subtests.test(seed), monkeypatch.context() as patch:
            patch.setattr(spreading, "_VALUES_AT_ONCE", 512)
            scale = max(1e-3, float(np.abs(whole.raw).max()))
            np.testing.assert_allclose(effects(model, target, codes).raw, whole.raw, rtol=0, atol=CLOSE * scale)


SATURATION = json.loads((Path(__file__).parent / "saturation.json").read_text())["cases"]


@each_case("case", worked.CASES)
def test_worked_numbers(case: dict[str, Any]) -> None:
    model, codes = worked.network(case), encode(case["sequence"])
    expected = next(each for each in SATURATION if each["name"] == case["name"])
    found = effects(model, worked.TARGET, codes)
    assert found.letters == case["sequence"]
    np.testing.assert_allclose(found.raw + found.value, worked.acgt(expected["ism_y_hat"]), atol=2e-6)
    np.testing.assert_allclose(found.centred, worked.acgt(expected["ism_hypothetical"]), atol=2e-6)
    np.testing.assert_allclose(found.projected, worked.acgt(expected["ism_attributions"]), atol=2e-6)


@each_case("network", NETWORKS)
def test_numbers_of_tangermeme(network: Network) -> None:
    numbers = read_numbers(STORED.with_name("saturation.npz"))
    assert_as_in_tangermeme(
        network, {what: numbers[f"{network.name}: {what}"] for what in ("centred", "projected")}
    )


@pytest.mark.oracle
def test_numbers_of_the_installed_tangermeme() -> None:
    pytest.importorskip("tangermeme")
    from oracle.make_saturation_fixtures import saturation_answers

    for network in NETWORKS:
        assert_as_in_tangermeme(network, saturation_answers(network))


def assert_as_in_tangermeme(network: Network, expected: dict[str, Any]) -> None:
    model, codes = our_network(network), encode(network.letters)
    found = effects(model, Target(model.outputs[0], (1,)), codes)
    for what, numbers in expected.items():
        scale = max(float(np.abs(numbers).max()), abs(found.value))
        np.testing.assert_allclose(getattr(found, what), numbers, rtol=0, atol=1e-5 * scale)


HOLES: dict[str, tuple[Layer, ...]] = {
    "same": tuple(Conv1D(random_kernel(3, 6, step, 6), padding="same", dilation=step) for step in (1, 2, 4, 8)),
    "unlike": tuple(Conv1D(random_kernel(2, 6, step, 6), padding="same", dilation=step) for step in (3, 6, 9, 4)),
    "causal": tuple(Conv1D(random_kernel(3, 6, step, 6), padding="causal", dilation=step) for step in (5, 10)),
    "strides": (
        Conv1D(random_kernel(3, 6, 1, 6), dilation=2),
        Conv1D(random_kernel(4, 6, 2, 6), stride=3, dilation=2, activation="tanh"),
        Dense(random_kernel(1, 6, 3, 6)[0], activation="relu"),
        Conv1D(random_kernel(2, 6, 4, 6), dilation=6),
    ),
    "groups and channels": (
        Conv1D(random_kernel(3, 6, 1, 3), padding="same", dilation=4, groups=2),
        BatchNormalization(*np.random.RandomState(0).rand(4, 6).astype(np.float32)),
        DepthwiseConv1D(random_kernel(3, 1, 2, 6), padding="same", dilation=8),
    ),
    "others in between": (
        Conv1D(random_kernel(3, 6, 1, 6), padding="same", dilation=4),
        MaxPooling1D(3, 1, "same"),
        Conv1D(random_kernel(3, 6, 2, 6), padding="same", dilation=6),
        AveragePooling1D(2),
        Conv1D(random_kernel(3, 6, 3, 6), padding="same", dilation=9),
    ),
}


@pytest.mark.parametrize("shortcuts", [False, True], ids=["", "with shortcuts"])
@each_case("layers", HOLES.values())
def test_dilated_windows_leave_holes(layers: tuple[Layer, ...], shortcuts: bool) -> None:
    nodes = [Node("letters", Input()), Node("conv", Conv1D(random_kernel(5, 6), padding="same"), ("letters",))]
    codes = encode(random_letters(70, 1))
    for number, layer in enumerate(layers):
        before = nodes[-1].name
        nodes += [Node(f"layer_{number}", layer, (before,)), Node(f"relu_{number}", ReLU(), (f"layer_{number}",))]
        shapes = {name: values.shape for name, values in Model("so far", tuple(nodes)).run(codes).items()}
        if shortcuts and shapes[before] == shapes[nodes[-1].name]:
            nodes.append(Node(f"added_{number}", Add(), (before, nodes[-1].name)))
    model = Model("dilated", tuple(nodes))
    last, length = model.outputs[-1], len(model.run(codes)[model.outputs[-1]])
    targets = [Target(last, (position, 2)) for position in (0, length // 2, length - 1)]
    assert_equals_whole_runs(model, codes, targets, [*range(length % 3, 70, 3)])


def recurrent_layers() -> dict[str, Layer]:
    """Every recurrent layer of three channels, of a few settings."""
    numbers = np.random.RandomState(7)

    def recurrent(kind: type[Recurrent], units: int, **settings: Any) -> Any:
        wide = kind.gates * units
        bias = (2, wide) if kind is GRU and settings.get("reset_after", True) else (wide,)
        kernels = (numbers.normal(size=shape).astype(np.float32) for shape in ((3, wide), (units, wide), bias))
        return kind(*kernels, **settings)

    found: dict[str, Layer] = {}
    for sequences in (True, False):
        for kind, further in ((SimpleRNN, {}), (LSTM, {}), (GRU, {}), (GRU, {"reset_after": False})):
            for backwards in (True, False):
                settings = {"return_sequences": sequences, "go_backwards": backwards, **further}
                found[f"{kind.__name__} {settings}"] = recurrent(kind, 4, **settings)
        for merge, units in (("concat", 5), ("ave", 4)):
            ways = (
                recurrent(LSTM, size, return_sequences=sequences, go_backwards=backwards)
                for size, backwards in ((4, False), (units, True))
            )
            found[f"both {merge} {sequences}"] = Bidirectional(*ways, merge_mode=merge)
    return found


def test_states_that_a_dense_layer_sums(subtests: pytest.Subtests) -> None:
    codes, numbers = encode(random_letters(40, 5)), np.random.RandomState(8)
    below = [
        ("letters", Input(40)),
        ("conv", Conv1D(random_kernel(5, 3), activation="relu")),
        ("pool", MaxPooling1D(4)),
    ]
    for place, (name, layer) in enumerate(recurrent_layers().items()):
        with subtests.test(name):
            row = Reshape((-1,)) if place % 2 else Flatten()
            so_far = Model.sequential("so far", [*below, ("states", layer), ("row", row)])
            kernel = numbers.normal(size=(so_far.run(codes)["row"].size, 3)).astype(np.float32)
            model = Model(name, (*so_far.nodes, Node("dense", Dense(kernel, activation="tanh"), ("row",))))
            assert_equals_whole_runs(model, codes, [Target("dense", (1,)), Target("row", (3,))], [0, 9, 22, 35, 39])
            # Two heads, one of which reads the states themselves.
            largest = Node("largest", GlobalMaxPooling1D(), ("states",))
            if len(so_far.run(codes)["states"].shape) > 1:
                both = Node("both", Concatenate(), ("dense", "largest"))
                heads = Model(name, (*model.nodes, largest, both))
                assert_equals_whole_runs(heads, codes, [Target("both", (place % 6,))], [0, 22, 39])


def test_states_that_a_dense_layer_sums_are_not_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[EditedStates] = []
    monkeypatch.setattr(EditedStates, "values", property(laid_out.append))
    effects(open_model_file(model_path("trained")).model, Target("dense", (0,)), encode(random_letters(500)))
    assert not laid_out


def test_rows_of_positions(subtests: pytest.Subtests) -> None:
    codes, numbers = encode(random_letters(40, 6, "ACGTN")), np.random.RandomState(9)
    conv = Conv1D(random_kernel(5, 3), padding="same", activation="elu")
    below = {
        "conv": (conv,),
        "overlapping": (conv, AveragePooling1D(5, 2, padding="same")),
        "strided": (replace(conv, stride=3, padding="causal"), MaxPooling1D(2)),
    }
    for name, layers in below.items():
        for row in (Flatten(), Reshape((-1,))):
            with subtests.test(name, row=row.type):
                named = [("letters", Input(40)), *((f"layer_{place}", each) for place, each in enumerate(layers))]
                so_far = Model.sequential("so far", [*named, ("row", row)])
                kernel = numbers.normal(size=(so_far.run(codes)["row"].size, 3)).astype(np.float32)
                model = Model(name, (*so_far.nodes, Node("dense", Dense(kernel, activation="tanh"), ("row",))))
                targets = [Target("dense", (0,)), Target("row", (4,)), Target("row", (len(kernel) - 1,))]
                assert_equals_whole_runs(model, codes, targets, [0, 1, 17, 38, 39])


POOLS: dict[str, tuple[tuple[Layer, ...], MaxPooling1D]] = {
    "relu": ((Conv1D(random_kernel(5, 6), activation="relu"),), MaxPooling1D(4)),
    "low": ((Conv1D(random_kernel(5, 6), np.full(6, -3, np.float32), activation="relu"),), MaxPooling1D(3)),
    "linear": ((Conv1D(random_kernel(5, 6)),), MaxPooling1D(4)),
    "padded": ((Conv1D(random_kernel(6, 6), padding="same", dilation=2), ReLU()), MaxPooling1D(5, 3)),
    "strided": ((Conv1D(random_kernel(4, 6), padding="causal", stride=3, activation="relu6"),), MaxPooling1D(2)),
    "flat in the middle": ((Conv1D(random_kernel(3, 6), activation="hard_shrink"),), MaxPooling1D(4)),
    "flat on both sides": ((Conv1D(random_kernel(3, 6), activation="hard_tanh"),), MaxPooling1D(4, 6)),
    "rescaled": ((Conv1D(random_kernel(5, 6)), Rescaling(np.arange(6) / 2, -1.5), ReLU()), MaxPooling1D(4)),
}


def test_pools_on_letters(subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[Edited | None] = []
    monkeypatch.setattr(
        spreading, "substituted_cells", lambda *given: computed.append(substituted_cells(*given)) or computed[-1]
    )
    codes = encode(random_letters(30, 2, "ACGTN"))
    for name, (layers, pool) in POOLS.items():
        convs = [(f"layer_{place}", layer) for place, layer in enumerate(layers)]
        model = Model.sequential(name, [("letters", Input(30, channels="TGCA")), *convs, ("pool", pool)])
        targets = [
            Target("pool", (0, 1)),
            Target("pool", (1, 4)),
            Target("pool", (len(model.run(codes)["pool"]) - 1, 5)),
        ]
        for times_as_long in (0, 10**9):
            monkeypatch.setattr("cnn_core.attribution.substituted_cells._TIMES_AS_LONG", times_as_long)
            with subtests.test(name, times_as_long=times_as_long):
                computed.clear()
                assert_equals_whole_runs(model, codes, targets, [*range(30)])
                assert [each is None for each in computed] == 3 * [times_as_long > 0]


def test_pools_side_by_side_of_which_one_is_computed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        spreading,
        "substituted_cells",
        lambda pool, *given: None if "high" in pool.passed_over else substituted_cells(pool, *given),
    )
    nodes = [Node("letters", Input(30))]
    for side, bias in (("low", -2), ("high", 0)):
        conv = Conv1D(random_kernel(5, 6, bias + 5), np.full(6, bias, np.float32), activation="relu")
        nodes += [Node(side, conv, ("letters",)), Node(f"{side}_pool", MaxPooling1D(4), (side,))]
    model = Model("sides", (*nodes, Node("both", Add(), ("low_pool", "high_pool"))))
    codes = encode(random_letters(30, 4))
    assert_equals_whole_runs(model, codes, [Target("both", (place, 2)) for place in range(6)], [*range(30)])


def test_penalties_for_letters_leave_the_small_sums_as_they_are(subtests: pytest.Subtests) -> None:
    kernel = random_kernel(5, 6)
    kernel[2, :3] = kernel[4, 1] = -1e5
    conv, codes = Conv1D(kernel, activation="relu"), encode(random_letters(30, 5, "ACGTN"))
    below: dict[str, tuple[Layer, ...]] = {
        "pool": (conv, MaxPooling1D(4)),
        "same": (replace(conv, padding="same", stride=2), AveragePooling1D(2)),
        "with holes": (replace(conv, padding="causal"), Conv1D(random_kernel(3, 6, 1, 6), dilation=4)),
    }
    for name, layers in below.items():
        with subtests.test(name):
            named = [("letters", Input(30)), *((f"layer_{place}", each) for place, each in enumerate(layers))]
            model = Model.sequential(name, named)
            last = len(model.run(codes)["layer_1"]) - 1
            targets = [Target("layer_1", (place, 2)) for place in (0, last // 2, last)]
            assert_equals_whole_runs(model, codes, targets, [*range(30)])


def profile(length: int | None = None) -> Model:
    """A convolution, a pool that leaves positions over, and a dense layer with a sigmoid."""
    kernel = random_kernel(4, 3)
    head = Dense(random_kernel(1, 2, 3, 3)[0].astype(np.float32), activation="sigmoid")
    layers = [("conv", Conv1D(kernel)), ("pool", MaxPooling1D(4)), ("unit", head)]
    return Model.sequential("profile", [("letters", Input(length)), *layers])


def test_definitions() -> None:
    codes = encode("ACGTNACGTTACCG")
    found = effects(profile(), Target("unit", (1, 0)), codes)
    present = np.array([[base == letter for base in BASES] for letter in found.letters])
    assert (found.raw[present] == 0).all()
    np.testing.assert_allclose(found.centred.sum(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(found.projected[~present], 0)
    behind = found.value + found.raw
    np.testing.assert_allclose(found.loss, np.maximum(found.value - behind.min(axis=1), 0), atol=1e-6)
    np.testing.assert_allclose(found.gain, np.maximum(behind.max(axis=1) - found.value, 0), atol=1e-6)
    # Of an N there are four edits, and nothing is there to project on.
    assert found.read[4]
    assert np.count_nonzero(found.raw[4]) == 4
    assert not found.projected[4].any()


def test_what_is_not_read_is_not_an_effect_of_0() -> None:
    # Cells 0 to 2 take windows 0 to 11 of 12; the last positions are left over.
    codes = encode("ACGTAACGTTACCGAG")
    found = effects(profile(), Target("unit", (1, 1)), codes)
    assert np.flatnonzero(found.read).tolist() == [*range(4, 11)]
    assert not found.raw[~found.read].any()


def test_padding_holds_no_base() -> None:
    codes = np.concatenate([encode("ACGTAACGTT"), np.zeros(6, np.uint8)])
    found = effects(profile(16), Target("unit", (2, 0)), codes)
    assert np.flatnonzero(found.read).tolist() == [8, 9]
    assert not found.raw[10:].any()


def test_logit_and_probability() -> None:
    codes = encode(random_letters(20))
    probability = effects(profile(), Target("unit", (0, 0)), codes)
    logit = effects(profile(), Target("unit", (0, 0), logit=True), codes, values=profile().run(codes))
    assert probability.value == pytest.approx(1 / (1 + np.exp(-logit.value)), abs=1e-6)
    np.testing.assert_allclose(
        probability.value + probability.raw, 1 / (1 + np.exp(-logit.value - logit.raw.astype(float))), atol=1e-6
    )


def test_pieces_come_nearest_first_and_make_the_whole() -> None:
    codes = encode(random_letters(90))
    largest = Model.sequential(
        "largest", [*((n.name, n.layer) for n in profile().nodes), ("largest", GlobalMaxPooling1D())]
    )
    work = SaturationMutagenesis(largest, Target("largest", (0,)), codes)
    pieces = [*work.pieces(near=50, size=8)]
    distances = [min(abs(piece.positions - 50)) for piece in pieces]
    assert distances == sorted(distances)
    some = work.nothing_yet
    assert some.known.tolist() == (~work.read).tolist()
    for piece in pieces:
        some = some.with_piece(piece)
    whole = work.effects()
    assert some.known.all()
    np.testing.assert_allclose(some.raw, whole.raw, atol=1e-6)
    assert [len(piece.positions) for piece in work.pieces(size=8, within=(3, 20))] == [8, 8, 1]


def test_responses_on_letters_are_those_of_a_fresh_run_to_the_last_bit() -> None:
    model = profile()
    codes = encode(random_letters(60, letters="ACGTN"))
    ready = Spreading(model, codes)
    for position, base in ((0, "A"), (17, "N"), (30, "C"), (59, "T")):
        edited = substituted(codes, position, base)
        given, fresh = ready.of_letters(edited), model.run(edited)
        assert (given["conv"] == fresh["conv"]).all()
        assert_same_values(given, fresh)
    longer = np.append(codes, codes[:4])
    assert_same_values(ready.of_letters(longer), model.run(longer))


def test_side_inputs_stay_and_letters_that_nobody_reads_do_nothing() -> None:
    nodes = (
        Node("letters", Input()),
        Node("beside", SideInput((None, 2))),
        Node("conv", Conv1D(random_kernel(3, 2), padding="same"), ("letters",)),
        Node("added", Multiply(), ("conv", "beside")),
        Node("largest", GlobalMaxPooling1D(), ("added",)),
        Node("alone", GlobalMaxPooling1D(), ("beside",)),
    )
    model, codes = Model("sides", nodes), encode(random_letters(30))
    sides = {"beside": np.random.RandomState(0).randn(30, 2).astype(np.float32)}
    found = effects(model, Target("largest", (1,)), codes, side_inputs=sides)
    edited = model.run(substituted(codes, 12, "A"), side_inputs=sides)
    assert found.raw[12, 0] == pytest.approx(float(edited["largest"][1]) - found.value, abs=1e-6)
    nothing = effects(model, Target("alone", (1,)), codes, side_inputs=sides)
    assert not nothing.read.any()
    assert not nothing.raw.any()
