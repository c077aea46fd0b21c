"""Small networks of every layer that a program can hold, with weights that follow from a seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attention_models import attending, products, upwards
from operator_models import both_strands, operators, with_constants
from small_models import Letters, random_letters

from cnn_core.layers import (
    ELU,
    GRU,
    LSTM,
    Activation,
    AdaptiveAveragePooling1D,
    AdaptiveMaxPooling1D,
    Add,
    Array,
    Average,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Cropping1D,
    Dense,
    DepthwiseConv1D,
    Dot,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    IndexInput,
    Input,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Masking,
    Maximum,
    MaxPooling1D,
    Multiply,
    Permute,
    PReLU,
    ReLU,
    RepeatVector,
    Reshape,
    RMSNormalization,
    ScaledDotProductAttention,
    SeparableConv1D,
    SideInput,
    SimpleRNN,
    Softmax,
    SpatialDropout1D,
    TimeDistributed,
    UpSampling1D,
    ZeroPadding1D,
)
from cnn_core.network.graph import Node
from cnn_core.network.model import Model

RECORD = Letters(random_letters(70, seed=11, letters="ACGTRN"), "chr1")


def drawn(*shape: int) -> Array:
    values = np.random.RandomState(sum(shape)).randn(*shape) / np.sqrt(shape[0])
    return values.astype(np.float32)


def norm(channels: int, axis: int = -1) -> BatchNormalization:
    return BatchNormalization(
        drawn(channels), np.abs(drawn(channels)) + 1, drawn(channels) + 1, drawn(channels), axis=axis
    )


def recurrent(
    cls: Callable[..., Layer], gates: int, channels: int = 6, units: int = 5, **settings: object
) -> Layer:
    after = cls is GRU and settings.get("reset_after", True)
    bias = drawn(2, gates * units) if after else drawn(gates * units)
    weights = drawn(channels, gates * units), drawn(units, gates * units), bias
    return cls(*weights, **{"activation": "tanh", **settings})


def chain(
    name: str, *behind: Layer, conv: Layer | None = None, pool: Layer | None = None, length: int = 60
) -> Model:
    """Return a network whose block has 6 filters, and what follows it."""
    layers: list[Layer] = [
        Input(length),
        conv or Conv1D(drawn(5, 4, 6), drawn(6), activation="relu"),
        pool or MaxPooling1D(3),
        *behind,
    ]
    return Model.sequential(name, [(f"{each.type} {at}", each) for at, each in enumerate(layers)])


def residual() -> Model:
    """Return branches that come together in three ways, one layer called twice, and another input."""
    same = Conv1D(drawn(3, 6, 6), drawn(6), padding="same", activation="relu")
    return Model(
        "residual",
        (
            Node("letters", Input(60)),
            Node("conv", Conv1D(drawn(5, 4, 6), drawn(6)), ("letters",)),
            Node("norm", norm(6), ("conv",)),
            Node("gelu", Activation("gelu"), ("norm",)),
            Node("pool", MaxPooling1D(4, 2, "same"), ("gelu",)),
            Node("same", same, ("pool",)),
            Node("same#2", same, ("same",)),
            Node("add", Add(), ("pool", "same#2")),
            Node("most", Maximum(), ("add", "same")),
            Node("mean", Average(), ("most", "pool", "add")),
            Node("gate", Multiply(), ("mean", "most")),
            Node("side", Concatenate(), ("gate", "pool")),
            Node("ends", Concatenate(axis=1), ("gate", "pool")),
            Node("best", GlobalMaxPooling1D(), ("ends",)),
            Node("mean of all", GlobalAveragePooling1D(), ("side",)),
            Node("cells", SideInput((3,)), ()),
            Node("all", Concatenate(), ("best", "mean of all", "cells")),
            Node("dense", Dense(drawn(21, 2), drawn(2), activation="softmax"), ("all",)),
        ),
    )


def heads_first() -> Model:
    """Return attention of two heads, whose positions are the first axis."""
    block = chain("heads", Reshape((-1, 2, 3)))
    before = block.nodes[-1].name
    attention = Node("attention", ScaledDotProductAttention(axis=-3), (before,) * 3)
    return Model("heads", (*block.nodes, attention))


BOTH: dict[str, Model] = {
    model.name: model
    for model in (
        chain("bare"),
        chain("flat", Dropout(), Flatten(), Dense(drawn(108, 1), drawn(1)), Activation("sigmoid")),
        chain("pool-overlap", pool=MaxPooling1D(4, 2, "same")),
        chain("pool-mean", pool=AveragePooling1D(4, 2)),
        chain("strided", conv=Conv1D(drawn(5, 4, 6), None, stride=2, padding="same", activation="elu")),
        chain(
            "dilated", conv=Conv1D(drawn(5, 4, 6), drawn(6), dilation=3, padding="causal", activation="softplus")
        ),
        chain("grouped", Conv1D(drawn(3, 3, 4), drawn(4), groups=2, padding="same", activation="softmax")),
        chain("normed", norm(6), ReLU(max_value=1.0), SpatialDropout1D(), LeakyReLU(), ELU(0.5), Softmax()),
        chain("dense-along", Dense(drawn(6, 3), drawn(3), activation="hard_sigmoid"), GlobalMaxPooling1D()),
        chain("rnn", recurrent(SimpleRNN, 1, return_sequences=True), Flatten()),
        chain("rnn-backwards", recurrent(SimpleRNN, 1, go_backwards=True, activation="relu")),
        chain("lstm", recurrent(LSTM, 4, return_sequences=True), recurrent(LSTM, 4, 5, activation="sigmoid")),
        chain("gru", recurrent(GRU, 3, return_sequences=True)),
        chain("gru-before", recurrent(GRU, 3, reset_after=False, recurrent_activation="hard_sigmoid_keras2")),
        chain(
            "both-ways",
            Bidirectional(
                recurrent(LSTM, 4, return_sequences=True),  # type: ignore[arg-type]
                recurrent(LSTM, 4, return_sequences=True, go_backwards=True),  # type: ignore[arg-type]
            ),
            Bidirectional(
                recurrent(GRU, 3, 10, activation="softsign"),  # type: ignore[arg-type]
                recurrent(GRU, 3, 10, go_backwards=True),  # type: ignore[arg-type]
                "ave",
            ),
        ),
        chain("ends", Cropping1D((1, 2)), ZeroPadding1D((2, 0)), UpSampling1D(3), GlobalAveragePooling1D()),
        chain(
            "zeros",
            AdaptiveAveragePooling1D(4),
            AdaptiveMaxPooling1D(3),
            conv=Conv1D(drawn(5, 4, 6), drawn(6), stride=2, padding=(3, 2), activation="relu"),
            pool=AveragePooling1D(3, 2, (1, 1), counts_padding=True),
        ),
        residual(),
        products(),
        upwards(),
        operators(),
        with_constants(),
        both_strands(),
        chain("padded", length=90),
        Model.sequential(
            "channels",
            [
                ("letters", Input(60, "TGC-NA")),
                ("conv", Conv1D(drawn(5, 6, 6), drawn(6), activation="relu")),
                ("pool", MaxPooling1D(3)),
            ],
        ),
        chain("layer-norm", LayerNormalization(drawn(6), drawn(6))),
        chain("shapes", Reshape((6, -1)), Permute((2, 1)), Flatten(), RepeatVector(2)),
        chain(
            "three-axes",
            Reshape((-1, 2, 6)),
            Permute((2, 1, 3)),
            Dense(drawn(6, 4), drawn(4)),
            Softmax(1),
            Flatten(),
        ),
        chain("norm-of-three-axes", Reshape((-1, 2, 6)), LayerNormalization(drawn(6), drawn(6))),
        heads_first(),
        chain("separable", SeparableConv1D(drawn(3, 6, 2), drawn(1, 12, 4), drawn(4), padding="same")),
        chain("depthwise", DepthwiseConv1D(drawn(3, 6, 2), drawn(12), dilation=2, activation="relu")),
        chain("prelu", PReLU(np.abs(drawn(1, 6))), PReLU(np.abs(drawn(18, 1))), Activation("quick_gelu")),
        chain("rms-norm", RMSNormalization(drawn(6)), Reshape((-1, 2, 3)), RMSNormalization(drawn(3), axis=3)),
        Model.sequential(
            "indices",
            [
                ("letters", IndexInput(60)),
                ("embedding", Embedding(drawn(5, 4), mask_zero=False)),
                ("conv", Conv1D(drawn(5, 4, 6), drawn(6))),
                ("pool", MaxPooling1D(3)),
            ],
        ),
    )
}
"""Networks that are written for both frameworks."""

PYTORCH_ONLY: dict[str, Model] = {
    model.name: model
    for model in (
        chain("pool-ceil", conv=Conv1D(drawn(5, 4, 6), padding=(2, 2)), pool=MaxPooling1D(5, 4, (2, 2), ceil=True)),
        # Its last window would begin in the padding.
        chain("pool-drops", pool=MaxPooling1D(4, 9, (1, 3), ceil=True)),
        chain("pool-apart", pool=MaxPooling1D(4, 2, dilation=3, ceil=True)),
        chain("mean-ceil", pool=AveragePooling1D(5, 4, (2, 2), ceil=True)),
        chain("mean-ceil-counts", pool=AveragePooling1D(5, 4, (2, 2), ceil=True, counts_padding=True)),
        chain("mean-sides", pool=AveragePooling1D(5, 4, (0, 3), ceil=True)),
        chain("mean-sides-counts", pool=AveragePooling1D(5, 9, (4, 3), ceil=True, counts_padding=True)),
    )
}
"""Networks that are written for PyTorch alone."""

KERAS_ONLY: dict[str, Model] = {
    model.name: model
    for model in (
        attending(),
        chain("distributed", TimeDistributed(Dense(drawn(6, 3), drawn(3)))),
        chain("masked", Masking(0.0), recurrent(LSTM, 4)),
        Model(
            "dot",
            (
                Node("letters", Input(60)),
                Node("conv", Conv1D(drawn(5, 4, 6), drawn(6), activation="relu"), ("letters",)),
                Node("pool", MaxPooling1D(3), ("conv",)),
                Node("dot", Dot(axes=(1, 1), normalize=True), ("pool", "pool")),
            ),
        ),
    )
}
"""Networks that are written for Keras, and for PyTorch as far as it goes."""
