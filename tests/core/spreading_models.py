"""Networks on letters in which every layer of the grid stands, and random graphs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from operator_models import both_strands, of_cases, operators, with_constants
from oracle.layer_case import NO_DATA, Case, Given
from oracle.layer_grid import LAYER_CASES
from oracle.our_layers import our_layer, stored_cases

from cnn_core.layers import (
    Add,
    AveragePooling1D,
    Bidirectional,
    Concatenate,
    Conv1D,
    Cropping1D,
    Dense,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    IndexInput,
    Input,
    Layer,
    LayerNormalization,
    MaxPooling1D,
    Multiply,
    Reshape,
    SimpleRNN,
    Softmax,
    UpSampling1D,
    ZeroPadding1D,
)
from cnn_core.network.model import Model, Node

__all__ = ["grid_models", "random_graph"]


def grid_models() -> Iterator[tuple[str, Model, int]]:
    """Yield cases of the grid with their inputs made of letters, of every kind: a name, a network and its length."""
    seen: dict[str, int] = {}
    for case in LAYER_CASES:
        kind = case.steps[0].kind
        seen[kind] = seen.get(kind, 0) + 1
        # Of the many settings of some layers a part will do, some from everywhere.
        if seen[kind] > 8 and seen[kind] % 8:
            continue
        length = max(each.shape[0] for each in case.given.values())
        yield case.name, _on_letters(case, stored_cases()[case.name][0], max(length, 6)), max(length, 6)
    for model in (operators(), with_constants(), both_strands(), *of_cases()):
        assert model.input.length is not None
        yield model.name, model, model.input.length


def _on_letters(case: Case, weights: dict, length: int) -> Model:
    built: dict[str, Layer] = {}
    nodes = [Node("letters", Input())]
    for name, given in case.given.items():
        nodes += _made_of_letters(name, given, length)
    for step in case.steps:
        layer = built[step.shared] if step.shared else our_layer(step.kind, step.settings, weights[step.name])
        built[step.name] = layer
        nodes.append(Node(step.name, layer, step.inputs))
    return Model(case.name, tuple(nodes))


def _made_of_letters(name: str, given: Given, length: int) -> list[Node]:
    random = np.random.RandomState(zlib.crc32(name.encode()))
    if given.of == "indices":
        return [Node(name, IndexInput())]
    rank, channels = len(given.shape), int(np.prod(given.shape[1:])) if len(given.shape) > 1 else given.shape[0]
    padded, large = given.of == "padded", given.of == "large"
    kernel = random.randn(1 if padded else 3, 4, channels).astype(np.float32)
    bias = np.full(channels, NO_DATA if padded else 100 if large else 0.1, dtype=np.float32)
    conv = Node(f"{name}/conv", Conv1D(kernel, bias, padding="same"), ("letters",))
    if rank == 1:
        return [conv, Node(name, GlobalMaxPooling1D(), (conv.name,))]
    own = given.shape[0]
    if own == 1:
        cut = Node(f"{name}/cut", GlobalAveragePooling1D(keepdims=True), (conv.name,))
    else:
        cut = Node(f"{name}/cut", Cropping1D((0, length - own)), (conv.name,))
    return (
        [conv, cut, Node(name, Reshape(given.shape), (cut.name,))]
        if rank > 2
        else [conv, Node(name, cut.layer, (conv.name,))]
    )


def random_graph(seed: int) -> tuple[Model, int]:
    """Return a network of layers drawn at random, with branches that come together again, and its length."""
    random = np.random.RandomState(seed)
    length, channels = int(random.randint(30, 60)), int(random.randint(2, 5))

    def numbers(*shape: int) -> np.ndarray:
        return (random.randn(*shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)

    def conv(inputs: int, **settings: object) -> Conv1D:
        size = int(random.randint(1, 5))
        return Conv1D(numbers(size, inputs, channels), numbers(channels), **settings)

    def some(stage: int) -> Layer:
        stride = int(random.randint(1, 3))
        kept = {"padding": ["same", "causal"][random.randint(2)], "activation": "relu"}
        choices: list[Layer] = [
            conv(channels, dilation=int(random.randint(1, 6)), **kept),
            conv(channels, stride=stride, **kept),
            MaxPooling1D(int(random.randint(2, 4)), stride, "same"),
            AveragePooling1D(2, 1, "same"),
            LayerNormalization(),
            Softmax(),
            ZeroPadding1D((2, 1)),
            UpSampling1D(2),
            Cropping1D((1, 2)),
            SimpleRNN(numbers(channels, channels), numbers(channels, channels), return_sequences=True),
        ]
        return choices[random.randint(len(choices))]

    nodes = [Node("letters", Input()), Node("conv", conv(4, padding="same", activation="relu"), ("letters",))]
    for stage in range(random.randint(2, 6)):
        before = nodes[-1].name
        if random.rand() < 0.4:
            sides = [conv(channels, padding="same", dilation=d, activation="relu") for d in (1, 4)]
            nodes += [Node(f"side{stage}_{n}", side, (before,)) for n, side in enumerate(sides)]
            merge = [Add(), Multiply()][random.randint(2)]
            nodes.append(Node(f"merge{stage}", merge, (nodes[-2].name, nodes[-1].name, before)))
        else:
            nodes.append(Node(f"layer{stage}", some(stage), (before,)))
    last = nodes[-1].name
    nodes += [
        Node("average", GlobalAveragePooling1D(), (last,)),
        Node("largest", GlobalMaxPooling1D(), (last,)),
        Node("both_ways", _both_ways(channels, numbers), (last,)),
        Node("side_by_side", Concatenate(), ("average", "largest", "both_ways")),
        Node("dense", Dense(numbers(4 * channels, 2), numbers(2), "softmax"), ("side_by_side",)),
    ]
    return Model(f"random {seed}", tuple(nodes)), length


def _both_ways(channels: int, numbers) -> Bidirectional:  # draws of one generator, in order
    ways = [
        SimpleRNN(numbers(channels, channels), numbers(channels, channels), go_backwards=backwards)
        for backwards in (False, True)
    ]
    return Bidirectional(*ways)
