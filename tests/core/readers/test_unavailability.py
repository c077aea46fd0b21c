"""Layers that cannot be computed, told by cause."""

from __future__ import annotations

import json

import numpy as np
from keras_fixtures import one
from mutations import packed, unpacked

from cnn_core.layers import Add, Conv1D, Dense, Flatten, Input, Unknown
from cnn_core.network.model import Model, Node
from cnn_core.readers.keras import read_keras
from cnn_core.readers.unavailability import causes


def test_a_model_that_can_be_computed_has_none() -> None:
    kernel = np.zeros((3, 4, 2), dtype=np.float32)
    model = Model.sequential("m", [("letters", Input(9)), ("conv", Conv1D(kernel)), ("flat", Flatten())])
    assert causes(model) == ()


def test_layers_of_one_reason_are_told_together_and_the_first_cause_first() -> None:
    nodes = [Node("letters", Input(9)), Node("program", Unknown("Lambda", "it is a program"), ("letters",))]
    for number in range(160):
        before = nodes[-1].name
        if number % 4 == 1:
            nodes.append(Node(f"mine_{number}", Unknown("Mine", "its class is the author's own"), (before,)))
        elif number % 4 == 2:
            nodes.append(
                Node(f"norm_{number}", Unknown("Norm", f"it depends on {before}, whose shape ..."), (before,))
            )
        else:
            nodes.append(Node(f"flat_{number}", Flatten(), (before,)))
    assert causes(Model("m", tuple(nodes))) == (
        "program (Lambda): it is a program; 120 layers that need it cannot be computed either",
        "mine_1, mine_5, mine_9 and 37 more (Mine): its class is the author's own",
    )


def test_what_needs_two_of_them_is_counted_once() -> None:
    nodes = (
        Node("letters", Input(9)),
        Node("a", Unknown("A", "why"), ("letters",)),
        Node("b", Unknown("B", "because"), ("letters",)),
        Node("both", Add(), ("a", "b")),
        Node("end", Flatten(), ("both",)),
        Node("other", Flatten(), ("letters",)),
    )
    assert causes(Model("m", nodes)) == (
        "a (A): why; 2 layers that need it cannot be computed either",
        "b (B): because",
    )


def test_a_layer_that_cannot_read_what_it_is_given_is_a_cause_as_well() -> None:
    dense = Dense(np.zeros((3, 2), dtype=np.float32))
    model = Model(
        "m",
        (Node("letters", Input(9)), Node("dense", dense, ("letters",)), Node("flat", Flatten(), ("dense",))),
    )
    said = model.unavailable()["dense"]
    assert causes(model) == (f"dense: {said}; 1 layer that needs it cannot be computed either",)


def test_every_layer_behind_the_first_that_is_not_read_is_one_line() -> None:
    members = unpacked(one("3.15.1_torch", "residual.keras").data)
    config = json.loads(members["config.json"])
    layers = config["config"]["layers"]
    first = next(each for each in layers if each["class_name"] == "Conv1D")
    first["config"]["padding"] = "reflect"
    found = read_keras(packed({**members, "config.json": json.dumps(config).encode()}), "m")
    name, behind = first["config"]["name"], len(found.model.nodes) - 2
    assert behind > 10
    assert causes(found.model) == (
        f"{name} (Conv1D): its padding is 'reflect', which is not computed; {behind} layers that need it cannot be "
        "computed either",
    )
