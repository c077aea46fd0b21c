"""Why a model has no block: the true reason, what cannot be computed first."""

from __future__ import annotations

import numpy as np
from each_case import each_case

from cnn_core.blocks.block_absence import no_block, why_no_block
from cnn_core.blocks.offered_blocks import first_block
from cnn_core.layers import (
    AdaptiveMaxPooling1D,
    Conv1D,
    Dense,
    Flatten,
    Input,
    Layer,
    MaxPooling1D,
    Pointwise,
    Unknown,
)
from cnn_core.layers.activation import Activation
from cnn_core.network.model import Model, Node


def conv(channels: int = 4) -> Conv1D:
    return Conv1D(np.ones((3, channels, 2), dtype=np.float32))


def chain(*layers: tuple[str, Layer]) -> Model:
    nodes: list[Node] = []
    for name, layer in (("letters", Input(20)), *layers):
        nodes.append(Node(name, layer, (nodes[-1].name,) if nodes else ()))
    return Model("net", tuple(nodes))


QUANTISED = Unknown("Conv1D", "its weights are quantised")
LAMBDA = Unknown("Lambda", "it holds a program")


@each_case(
    ("model", "why"),
    [
        (chain(("flat", Flatten())), "has no convolution"),
        (
            chain(("mix", LAMBDA), ("flat", Flatten())),
            "has no convolution, but mix (Lambda), which cannot be computed: it holds a program",
        ),
        (
            chain(("conv", QUANTISED), ("pool", MaxPooling1D(2))),
            "has no convolution to look into but conv (Conv1D), which cannot be computed: its weights are quantised",
        ),
        (
            chain(("conv", conv()), ("mix", LAMBDA), ("pool", MaxPooling1D(2))),
            "has no convolution that feeds a pool: conv feeds mix (Lambda), which cannot be computed: it holds "
            "a program",
        ),
        (
            chain(("conv", conv()), ("act", Activation("relu")), ("parts", AdaptiveMaxPooling1D(3))),
            "has no pool whose windows are alike: conv feeds parts (AdaptiveMaxPooling1D), whose windows follow from "
            "the length",
        ),
        (
            chain(("conv", conv()), ("flat", Flatten()), ("out", Dense(np.ones((36, 1), dtype=np.float32)))),
            "has no convolution that feeds a pool: conv feeds flat (Flatten)",
        ),
        (
            chain(("conv", conv()), ("act", Activation("relu"))),
            "has no convolution that feeds a pool: conv feeds no layer with windows",
        ),
        (
            chain(("mix", LAMBDA), ("conv", conv()), ("pool", MaxPooling1D(2))),
            "cannot be looked into at its block conv → pool: it needs mix (Lambda), which cannot be computed: it "
            "holds a program",
        ),
    ],
)
def test_the_reason_is_the_true_one(model: Model, why: str) -> None:
    assert first_block(model, 20) is None
    assert why_no_block(model, 20) == why


def test_of_what_only_needs_another_layer_the_reason_is_the_other_s() -> None:
    needs = Unknown("Conv1D", "it depends on mix")
    model = chain(("mix", LAMBDA), ("conv", needs), ("pool", MaxPooling1D(2)))
    assert why_no_block(model) == (
        "has no convolution to look into but conv (Conv1D), which cannot be computed: it needs mix (Lambda), it holds "
        "a program"
    )


def test_a_block_on_feature_maps_that_are_too_long_to_compute() -> None:
    model = Model(
        "net", (Node("letters", Input()), *chain(("a", conv()), ("b", conv(2)), ("p", MaxPooling1D(2))).nodes[1:])
    )
    assert str(no_block(model, "give a shorter one", 300_000)) == (
        "net: cannot be looked into at its block b → p: b reads a, which is computed for up to 200,000 bases; give a "
        "shorter one"
    )


def test_names_of_a_file_are_spelled_out() -> None:
    model = chain(("conv\x1b[2J", conv()), ("flat", Flatten()))
    assert "\x1b" not in why_no_block(model)
    assert r"conv\x1b[2J feeds flat" in why_no_block(model)


def test_a_thousand_layers_between_are_no_matter() -> None:
    model = chain(("conv", conv()), *((f"act{nth}", Activation("relu")) for nth in range(3000)))
    assert isinstance(model["act9"].layer, Pointwise)
    assert why_no_block(model).endswith("conv feeds no layer with windows")
