"""The influence of filters: each equals the whole network run with the filter's activations replaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from oracle.attribution_networks import NETWORKS, sequences
from oracle.stored_layers import read_numbers
from our_networks import our_network
from small_models import Letters, block_model, one_letter_kernel, random_letters
from spreading_models import random_graph

from cnn_core import blocks, layers
from cnn_core.attribution import InputWindow, Target, input_windows, replaced_filters, spreading
from cnn_core.attribution.replaced_filters import ReplacedFilters
from cnn_core.errors import CnnError
from cnn_core.layers import (
    GRU,
    LSTM,
    Add,
    Array,
    Bidirectional,
    Concatenate,
    Conv1D,
    Dense,
    Flatten,
    GlobalMaxPooling1D,
    Input,
    Layer,
    MaxPooling1D,
    Permute,
    Reverse,
    SimpleRNN,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model, Node
from cnn_core.scan import FilterInfluence, Influence, influences

CLOSE = 1e-5
"""Of the largest value of the output, as the whole network gives it."""
STORED = Path(__file__).parents[1] / "oracle" / "influence.npz"


def windows_of(model: Model, *records: str) -> list[InputWindow]:
    return [
        window
        for letters in records
        for window in input_windows(blocks.Reading.of(model, Letters(letters)), step=model.input.length)
    ]


def run_with(model: Model, codes: np.ndarray, replaced: dict[str, tuple[int, float]]) -> dict[str, Array]:
    """Return all layers' values, one by one, with a channel of some of them replaced by a number everywhere."""
    values: dict[str, Array] = {}
    for node in model.nodes:
        layer = node.layer
        given = layer.encoded(codes) if isinstance(layer, Input) else None
        values[node.name] = layer.forward(*(values[name] for name in node.inputs)) if given is None else given
        if node.name in replaced:
            channel, number = replaced[node.name]
            values[node.name] = values[node.name].copy()
            values[node.name][:, channel] = number
    return values


def numbers(*shape: int, seed: int = 0) -> Array:
    random = np.random.RandomState(seed + sum(shape))
    return (random.randn(*shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def recurrent(kind: type, channels: int, units: int, **settings: object) -> Layer:
    gates = {SimpleRNN: 1, LSTM: 4, GRU: 3}[kind]
    return kind(numbers(channels, gates * units), numbers(units, gates * units), **settings)


def test_two_filters_by_hand() -> None:
    # Filters that are 1 at an A and at a C, pools of 2, and 2 · (an A in the first pool) + 5 · (a C in the second).
    kernel = np.array([[2], [0], [0], [5]], dtype=np.float32)
    head = [("flat", Flatten()), ("sum", Dense(kernel))]
    model = block_model(Conv1D(one_letter_kernel("A", "C")), MaxPooling1D(2), head=head, length=4)
    # 3 of 12 letters are A and 4 are C; the outputs are 7, 5 and 2.
    found = influences(model, windows_of(model, "ACCG", "CTCT", "GAGA"))
    assert (found.n, found.values, found.logit, found.layer) == (3, 1, False, "sum")
    np.testing.assert_allclose(found.replaced_by, [1 / 4, 1 / 3], atol=1e-7)
    # What is left less what is replaced: 2 · (1 − 1/4), 2 · (0 − 1/4), 2 · (1 − 1/4), and 5 · (1 − 1/3) and so on.
    np.testing.assert_allclose(found.mean, [2.5 / 3, 5 / 3], atol=1e-6)
    np.testing.assert_allclose(found.rms, [(4.75 / 3) ** 0.5, (25 / 3) ** 0.5], atol=1e-6)


def test_equal_to_pytorch(subtests: pytest.Subtests) -> None:
    stored = read_numbers(STORED)
    for network in NETWORKS:
        with subtests.test(network.name):
            model = our_network(network)
            found = influences(model, windows_of(model, *sequences(network)), block=model.blocks[0])
            for what, mine in (
                ("means", found.replaced_by),
                ("changes", found.changes),
                ("rms", found.rms_changes),
            ):
                np.testing.assert_allclose(mine, stored[f"{network.name}: {what}"], rtol=0, atol=CLOSE)


def heads() -> Iterator[tuple[str, Model]]:
    """Yield what may stand behind a convolution of 6 filters: every way in which filters come to an output."""
    channels, length, pooled = 6, 41, 9

    def model(name: str, *steps: tuple[Layer, str], of: str = "relu") -> tuple[str, Model]:
        conv = Conv1D(numbers(5, 4, channels), numbers(channels), activation=of)
        nodes = [Node("letters", Input(length)), Node("conv", conv, ("letters",))]
        for number, (layer, read) in enumerate(steps):
            names = tuple(f"n{each}" if each.isdigit() else each for each in read.split(",") if each)
            nodes.append(Node(f"n{number}", layer, names or (nodes[-1].name,)))
        return name, Model(name, tuple(nodes))

    pool, flat = (MaxPooling1D(4), ""), (Flatten(), "")
    logits = (Dense(numbers(pooled * channels, 3), numbers(3), "softmax"), "")
    yield model("dense", pool, flat, logits)
    yield model("softmax before the pool", pool, flat, logits, of="softmax")
    yield model("channels first", pool, (Permute((2, 1)), ""), flat, logits)
    yield model(
        "overlapping",
        (MaxPooling1D(5, 4, "same"), ""),
        (layers.ReLU(), ""),
        (layers.Cropping1D((0, 1)), ""),
        flat,
        logits,
    )
    yield model(
        "padding counts",
        (layers.AveragePooling1D(4, 4, (2, 2), counts_padding=True), ""),
        (layers.Cropping1D((0, 1)), ""),
        flat,
        logits,
    )
    norm = layers.BatchNormalization(
        numbers(6), 1 + np.abs(numbers(6)), numbers(6, seed=1), numbers(6, seed=2), 1e-3
    )
    yield model("norm on both sides", (norm, ""), pool, (norm, ""), flat, logits)
    yield model(
        "largest of all",
        (GlobalMaxPooling1D(), ""),
        (Dense(numbers(6, 4), None, "tanh"), ""),
        (Dense(numbers(4, 2)), ""),
    )
    yield model(
        "two pools",
        pool,
        (layers.AveragePooling1D(4), "conv"),
        (Concatenate(), "0,1"),
        (recurrent(LSTM, 12, 5), ""),
    )
    yield model(
        "dense along the axis", pool, (Dense(numbers(6, 4), numbers(4), "relu"), ""), (GlobalMaxPooling1D(), "")
    )
    yield model(
        "convolutions",
        pool,
        (Conv1D(numbers(3, 6, 5), numbers(5), padding="same", dilation=2, activation="relu"), ""),
        (Conv1D(numbers(2, 5, 3), stride=2), ""),
        flat,
    )
    yield model("causal and strided", pool, (Conv1D(numbers(3, 6, 5), stride=2, padding="causal"), ""), flat)
    yield model("groups", pool, (Conv1D(numbers(2, 3, 4), groups=2), ""), flat)
    yield model("beside the pool", pool, (Conv1D(numbers(29, 6, 6), None), "conv"), (Add(), "0,1"), flat, logits)
    yield model("residual", pool, (Conv1D(numbers(3, 6, 6), padding="same"), ""), (Add(), "0,1"), flat, logits)
    yield model(
        "times the letters", pool, (Conv1D(numbers(33, 4, 6)), "letters"), (layers.Multiply(), "0,1"), flat, logits
    )
    for kind in (SimpleRNN, GRU, LSTM):
        backwards = recurrent(kind, 6, 4, return_sequences=True, go_backwards=True)
        yield model(f"{kind.__name__} backwards", pool, (backwards, ""), flat, (Dense(numbers(36, 2)), ""))
        both = Bidirectional(recurrent(kind, 6, 4), recurrent(kind, 6, 4, go_backwards=True))
        yield model(f"{kind.__name__} both ways", pool, (both, ""), (Dense(numbers(8, 2)), ""))
    yield model("profile", pool, (Conv1D(numbers(3, 6, 2), padding="same"), ""))
    shared = Conv1D(numbers(5, 4, channels), numbers(channels), activation="relu")
    nodes = [
        Node("letters", Input(length)),
        Node("turned", Reverse((1, 2)), ("letters",)),
        *(Node(f"conv_{way}", shared, (way,)) for way in ("letters", "turned")),
        *(Node(f"pool_{way}", MaxPooling1D(4), (f"conv_{way}",)) for way in ("letters", "turned")),
        Node("larger", layers.Maximum(), ("pool_letters", "pool_turned")),
        Node("flat", Flatten(), ("larger",)),
        Node("last", Dense(numbers(54, 2)), ("flat",)),
    ]
    yield "both strands", Model("both strands", tuple(nodes))


def whole_runs(
    model: Model, nodes: Sequence[str], records: Sequence[str], layer: str
) -> tuple[Array, Array, Array]:
    """Return the mean and the root mean square changes, shape (filters, values), by whole runs, and the outputs."""
    runs = [run_with(model, encode(letters), {}) for letters in records]
    means = {name: np.mean([run[name] for run in runs], axis=(0, 1), dtype=np.float64) for name in nodes}
    changes = [
        [
            run[layer] - run_with(model, encode(letters), {name: (at, means[name][at]) for name in nodes})[layer]
            for letters, run in zip(records, runs, strict=True)
        ]
        for at in range(len(means[nodes[0]]))
    ]
    of_all = np.array(changes, dtype=np.float64).reshape(len(changes), len(records), -1)
    outputs = np.array([run[layer] for run in runs])
    return of_all.mean(axis=1), np.sqrt(np.square(of_all).mean(axis=1)), outputs


def test_equal_to_whole_runs(subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [random_letters(41, seed) for seed in range(3)]
    for name, model in heads():
        with subtests.test(name):
            found = influences(model, windows_of(model, *records))
            with monkeypatch.context() as small:
                # One filter after the other in some layers, and four at a time in all.
                small.setattr(spreading, "_VALUES_AT_ONCE", 1)
                small.setattr(replaced_filters, "_MOST_AT_ONCE", 4)
                in_parts = influences(model, windows_of(model, *records))
            of = model if not found.logit else Target(found.layer, (), logit=True).applied(model)
            nodes = [node.name for node in model.nodes if node.name == "conv" or node.name.startswith("conv_")]
            if name == "norm on both sides":
                nodes = ["n0"]
            mean, rms, outputs = whole_runs(of, nodes, records, found.layer)
            scale = max(1e-3, float(np.abs(outputs).max()))
            for each in (found, in_parts):
                np.testing.assert_allclose(each.changes, mean, rtol=0, atol=CLOSE * scale)
                np.testing.assert_allclose(each.rms_changes, rms, rtol=0, atol=CLOSE * scale)
            assert rms.max() > 1e-3


def test_random_graphs_one_layer_after_the_other(subtests: pytest.Subtests) -> None:
    for seed in range(20):
        with subtests.test(f"seed {seed}"):
            model, length = random_graph(seed)
            codes = encode(random_letters(length, seed))
            values = run_with(model, codes, {})
            last = model.outputs[0]
            means = np.random.RandomState(seed).rand(values["conv"].shape[1]).astype(np.float32)
            replaced = ReplacedFilters(model, {"conv": means}, range(len(means)), length)
            changes = np.zeros((len(means), *values[last].shape))
            for filters, found in replaced.changes(values):
                changes[filters] = found
            for at, mean in enumerate(means):
                whole = values[last] - run_with(model, codes, {"conv": (at, mean)})[last]
                np.testing.assert_allclose(changes[at], whole, rtol=0, atol=2 * CLOSE)


def small(length: int | None = None, **settings: object) -> Model:
    """A network whose filters' largest activations of all are weighted."""
    head = [("dense", Dense(numbers(3, 2), None, "sigmoid"))]
    conv = Conv1D(numbers(4, 4, 3), None, activation="relu")
    return block_model(conv, GlobalMaxPooling1D(), head=head, length=length, **settings)


def test_one_value_is_one_of_all(subtests: pytest.Subtests) -> None:
    records = [random_letters(41, seed) for seed in range(2)]
    for name, model in [*heads()][::4]:
        last = model.outputs[0]
        shape = model.shapes_of(last, 41)[last]
        every = influences(model, windows_of(model, *records))
        for index in [(0,) * len(shape), tuple(size - 1 for size in shape)]:
            with subtests.test(f"{name} {index}"):
                target = Target(last, index, every.logit)
                found = influences(model, windows_of(model, *records), target=target, filters=[4, 1])
                column = int(np.ravel_multi_index(index, shape))
                assert (found.values, found.filters, found.index) == (1, (4, 1), index)
                np.testing.assert_allclose(found.mean, every.changes[[4, 1], column], rtol=0, atol=1e-6)
                np.testing.assert_allclose(found.rms, every.rms_changes[[4, 1], column], rtol=0, atol=1e-6)


def test_over_all_values_of_an_output() -> None:
    found = Influence("out", (), False, (0,), np.zeros(1, np.float32), np.array([[1, -3]]), np.array([[3, 4]]), 5)
    assert found.mean == [-1]
    assert found.rms == [12.5**0.5]


def test_windows_that_are_read(subtests: pytest.Subtests) -> None:
    model, letters = small(20), random_letters(50)
    cut = [letters[:20], letters[20:40], letters[30:]]
    turned = [each[::-1].translate(str.maketrans("ACGT", "TGCA")) for each in cut]
    for strands, read in (("+", cut), ("-", turned), ("both", cut + turned)):
        with subtests.test(strands):
            found = influences(model, windows_of(model, letters), strands=strands)
            alone = influences(small(), windows_of(small(), *read))
            assert found.n == alone.n == len(read)
            for mine, theirs in (
                (found.replaced_by, alone.replaced_by),
                (found.changes, alone.changes),
                (found.rms_changes, alone.rms_changes),
            ):
                np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-6)


def test_records_of_several_lengths() -> None:
    # The mean is over all positions of all records alike, not over the records.
    model, records = small(), [random_letters(10, 1), random_letters(90, 2), "ACG"]
    work = FilterInfluence(model)
    list(work.average(windows_of(model, *records)))
    list(work.replace(windows_of(model, *records)))
    activations = [run_with(model, encode(each), {})["conv"] for each in records[:2]]
    np.testing.assert_allclose(work.found.replaced_by, np.concatenate(activations).mean(axis=0), rtol=1e-5)
    assert (work.found.n, work.too_short) == (2, 1)


def test_before_and_behind_the_last_function() -> None:
    model, records = small(), [random_letters(30, seed) for seed in range(4)]
    for logit, of in ((True, Target("dense", (), logit=True).applied(model)), (False, model)):
        found = influences(model, windows_of(model, *records), logit=logit)
        mean, _, _ = whole_runs(of, ["conv"], records, "dense")
        np.testing.assert_allclose(found.changes, mean, rtol=0, atol=CLOSE)
    assert influences(model, windows_of(model, *records)).logit


def test_ended_early() -> None:
    model, records = small(), [random_letters(30, seed) for seed in range(3)]
    work = FilterInfluence(model)
    assert [*work.average(windows_of(model, *records))][-1] == 3
    for done in work.replace(windows_of(model, *records)):
        if done >= 3:
            break
    assert (work.windows, work.replaced_windows, work.found.n) == (3, 1, 1)
    told: list[tuple[int, int]] = []
    influences(model, windows_of(model, *records), progress=lambda *at: told.append(at))
    assert told[-1] == (9, 9)


def test_what_has_no_influence_is_said() -> None:
    def said(model: Model, *records: str, **settings: object) -> str:
        with pytest.raises(CnnError) as caught:
            influences(model, windows_of(model, *(records or ["ACGTACGTACGT"])), **settings)
        return str(caught.value)

    model = small()
    assert "reads nothing that the pool makes of the filters of conv" in said(model, target=Target("conv", (0, 0)))
    assert "no input window is long enough" in said(model, "ACG")
    only = Model.sequential("only", [("letters", Input()), ("conv", model["conv"].layer)])
    assert "has no convolution that feeds a pool" in said(only)
    masked = block_model(model["conv"].layer, MaxPooling1D(2), head=[("marks", layers.Masking())])
    assert "marks positions as without data" in said(masked)
    profile = block_model(model["conv"].layer, MaxPooling1D(2))
    head = Node("after", Conv1D(numbers(1, 3, 1)), ("pool",))
    profile = replace(profile, nodes=(*profile.nodes, head), outputs=("after",))
    assert "gives outputs of several shapes" in said(profile, "ACGTACGT", "ACGTACGTACGT")
    at_five = Target("after", (4, 0))
    assert "has no value after:4:0 in a window of 8 bases" in said(profile, "ACGTACGT", target=at_five)
