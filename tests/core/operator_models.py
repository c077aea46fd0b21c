"""Small networks of the plain operators, on letters: a conv → pool block, and operators behind it or around it."""

from __future__ import annotations

import numpy as np
from oracle.operator_grid import OPERATOR_CASES, OPERATORS

from cnn_core import layers
from cnn_core.layers import (
    Add,
    Array,
    Broadcast,
    Clip,
    Compare,
    Constant,
    Conv1D,
    CumulativeSum,
    Dense,
    Divide,
    GatedLinearUnit,
    Input,
    Layer,
    MaxPooling1D,
    Multiply,
    Pad,
    Pow,
    Power,
    Reduce,
    Rescaling,
    Reverse,
    Select,
    Slice,
    Take,
    Where,
)
from cnn_core.network.graph import Node
from cnn_core.network.model import Model

__all__ = ["both_strands", "of_cases", "operators", "with_constants"]


def drawn(*shape: int) -> Array:
    values = np.random.RandomState(sum(shape)).randn(*shape) / np.sqrt(shape[0])
    return values.astype(np.float32)


def graph(name: str, *behind: tuple[str, Layer, str], length: int | None = 60) -> Model:
    """Return a network whose block has 6 filters, and nodes of a name, a layer and what they read, by spaces."""
    nodes = [
        Node("letters", Input(length)),
        Node("conv", Conv1D(drawn(5, 4, 6), drawn(6), activation="sigmoid"), ("letters",)),
        Node("pool", MaxPooling1D(3), ("conv",)),
        *(Node(each, layer, tuple(read.split())) for each, layer, read in behind),
    ]
    return Model(name, tuple(nodes))


def operators() -> Model:
    """Return operators of every family, one behind the other and side by side; 18 × 6 values come from the pool."""
    return graph(
        "operators",
        ("scaled", Rescaling(drawn(6), drawn(18, 1)), "pool"),
        ("halved", Rescaling(0.5, -0.25), "scaled"),
        ("clipped", Clip(-0.5, 0.75), "halved"),
        ("cube", Power(3.0), "clipped"),
        ("cut", Slice(1, 1, -1), "cube"),
        ("every", Slice(2, step=2), "cut"),
        ("turned", Reverse((1, 2)), "every"),
        ("padded", Pad(1, 1, 1, value=0.5), "turned"),
        ("mirrored", Pad(1, 2, 0, "reflect"), "padded"),
        ("taken", Take(2, (2, 0, 1, 0)), "mirrored"),
        ("opened", GatedLinearUnit(), "taken"),
        ("summed", CumulativeSum(1, reverse=True), "opened"),
        ("mean", Reduce("mean", 2), "summed"),
        ("lowest", Reduce("min", 1), "mean"),
        ("most", Reduce("max", -1, keepdims=True), "summed"),
        ("larger", Compare("greater"), "summed most"),
        ("ratio", Divide(), "summed most"),
        ("spread", Reduce("variance", 1), "ratio"),
        ("one", Select(1, 3), "opened"),
        ("either", Where(), "larger summed one"),
        ("sum", Reduce("sum", (1, 2)), "either"),
        ("size", Reduce("norm", 1), "summed"),
        ("log", Reduce("logsumexp", 1), "summed"),
        ("product", Reduce("prod", 1), "ratio"),
        ("last", Select(-1, -1), "taken"),
        ("end", Slice(1, -3), "last"),
        ("all", Add(), "sum size log spread product"),
    )


def with_constants() -> Model:
    """Return a network in which numbers stand that read nothing, some of them infinite."""
    mask = np.where(np.arange(18)[:, None] < 3, -np.inf, 0).astype(np.float32)
    return graph(
        "constants",
        ("factors", Constant(drawn(6)), ""),
        ("table", Constant(drawn(18, 6)), ""),
        ("mask", Constant(mask), ""),
        ("row", Broadcast((18, 6)), "factors"),
        ("weighted", Multiply(), "pool factors"),
        ("placed", Add(), "weighted table"),
        ("power", Pow(), "pool row"),
        ("masked", Add(), "placed mask"),
        ("most", Reduce("max", 1), "masked"),
        ("both", Add(), "most factors"),
        ("dense", Dense(drawn(6, 2), drawn(2)), "both"),
    )


def both_strands() -> Model:
    """Return a network that sees both strands by turning the one-hot letters round, and takes the mean."""
    conv = Conv1D(drawn(5, 4, 6), drawn(6), activation="relu")
    nodes = (
        Node("letters", Input(60)),
        Node("other", Reverse((1, 2)), ("letters",)),
        Node("conv", conv, ("letters",)),
        Node("conv#2", conv, ("other",)),
        Node("back", Reverse(1), ("conv#2",)),
        Node("sum", Add(), ("conv", "back")),
        Node("mean", Rescaling(0.5), ("sum",)),
        Node("pool", MaxPooling1D(4), ("mean",)),
        Node("most", Reduce("max", 1), ("pool",)),
    )
    return Model("both strands", nodes)


def of_cases() -> list[Model]:
    """Return for every operator of the grid one network, whose inputs are stretches of a convolution's positions."""
    found: dict[str, Model] = {}
    for case in OPERATOR_CASES:
        how = f"{case.kind} {case.settings.get('how', case.settings.get('activation', ''))} {len(case.shapes[0])}"
        if case.of == "special" or case.kind not in OPERATORS or how in found:
            continue
        if case.settings.get("value") in (-np.inf,) or any(len(shape) > 2 for shape in case.shapes):
            continue
        nodes = [Node("letters", Input(30))]
        for number, shape in enumerate(case.shapes):
            kernel = drawn(3, 4, shape[-1] if len(shape) > 1 else 1) + number
            name = f"x{number}"
            nodes.append(Node(f"{name}/conv", Conv1D(kernel, activation="softplus"), ("letters",)))
            nodes.append(Node(f"{name}/cut", Slice(1, 3 * number, 3 * number + shape[0]), (f"{name}/conv",)))
            nodes.append(
                Node(name, Select(2, 0), (f"{name}/cut",))
                if len(shape) == 1
                else Node(name, Rescaling(1.0, 0.125), (f"{name}/cut",))
            )
        layer = getattr(layers, case.kind)(**case.settings)
        nodes.append(Node("operator", layer, tuple(f"x{number}" for number in range(len(case.shapes)))))
        found[how] = Model(case.name, tuple(nodes))
    return [*found.values()]
