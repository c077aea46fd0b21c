"""Small networks of attention, sums of products, norms and resizing, for programs in both frameworks."""

from __future__ import annotations

import numpy as np

from cnn_core.layers import (
    AdditiveAttention,
    Array,
    Attention,
    Conv1D,
    Conv1DTranspose,
    Einsum,
    EinsumDense,
    GroupNormalization,
    Input,
    Layer,
    MatMul,
    MaxPooling1D,
    MultiHeadAttention,
    Normalization,
    Resize1D,
    RMSNormalization,
    ScaledDotProductAttention,
    UnitNormalization,
)
from cnn_core.network.graph import Node
from cnn_core.network.model import Model

__all__ = ["attending", "products", "resizing", "upwards"]


def drawn(*shape: int) -> Array:
    values = np.random.RandomState(sum(shape)).randn(*shape) / np.sqrt(shape[0] if shape else 1)
    return np.asarray(values, np.float32)


def behind_a_pool(name: str, *behind: tuple[str, Layer, tuple[str, ...]]) -> Model:
    """Return a network whose pool gives 18 cells of 6 filters."""
    start = (
        Node("letters", Input(60)),
        Node("conv", Conv1D(drawn(5, 4, 6), drawn(6), activation="relu"), ("letters",)),
        Node("pool", MaxPooling1D(3), ("conv",)),
    )
    return Model(name, (*start, *(Node(*each) for each in behind)))


def products() -> Model:
    return behind_a_pool(
        "products",
        ("of-data", Normalization(drawn(6), np.abs(drawn(6)) + 1, epsilon=0.0), ("pool",)),
        ("scores", Einsum("ij,kj->ik"), ("pool", "of-data")),
        ("matrix", MatMul(), ("scores", "pool")),
        ("attended", ScaledDotProductAttention(0.5), ("matrix", "pool", "of-data")),
        ("grouped", GroupNormalization(2, drawn(6), drawn(6)), ("attended",)),
        ("unit", UnitNormalization(), ("grouped",)),
        ("all", Einsum("ij,ij->"), ("unit", "pool")),
    )


def upwards() -> Model:
    return behind_a_pool(
        "upwards",
        ("same", Conv1DTranspose(drawn(5, 4, 6), drawn(4), stride=3, padding="same", activation="relu"), ("pool",)),
        ("valid", Conv1DTranspose(drawn(2, 3, 4), stride=3), ("same",)),
        ("sparse", Conv1DTranspose(drawn(3, 2, 3), drawn(2), dilation=2), ("valid",)),
    )


def attending() -> Model:
    """Keras's own layers."""
    kernels = {f"{part}_kernel": drawn(6, 2, 3) for part in ("query", "key", "value")}
    biases = {f"{part}_bias": drawn(2, 3) for part in ("query", "key", "value")}
    heads = MultiHeadAttention(**kernels, output_kernel=drawn(2, 3, 5), **biases, output_bias=drawn(5), causal=True)
    return behind_a_pool(
        "attending",
        ("heads", heads, ("pool", "pool")),
        ("rms", RMSNormalization(drawn(5)), ("heads",)),
        ("plain", Attention(drawn(), causal=True), ("rms", "heads")),
        ("concat", Attention(None, drawn()), ("plain", "heads", "rms")),
        ("additive", AdditiveAttention(drawn(5)), ("concat", "heads")),
        ("einsum", EinsumDense("bc,cde->bde", drawn(5, 2, 3), drawn(2, 3), "tanh"), ("additive",)),
        ("open", EinsumDense("...x,xy->...y", drawn(3, 4)), ("einsum",)),
    )


def resizing() -> Model:
    """What PyTorch alone has."""
    grouped = Conv1DTranspose(drawn(3, 2, 6), drawn(6), stride=2, padding=(1, 2), output_padding=1, groups=3)
    return behind_a_pool(
        "resizing",
        ("nearest", Resize1D(scale=2.5), ("pool",)),
        ("between", Resize1D(30, interpolation="linear", coordinates="half_pixel"), ("nearest",)),
        ("corners", Resize1D(17, interpolation="linear", coordinates="align_corners"), ("between",)),
        ("attended", ScaledDotProductAttention(causal=True), ("corners", "corners", "corners")),
        ("grouped", grouped, ("attended",)),
    )
