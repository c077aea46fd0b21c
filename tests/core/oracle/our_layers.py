"""The cases of the grid of layers as our own models, with the weights that were stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnn_core import layers
from cnn_core.layers import Input, Layer, Recurrent, SideInput
from cnn_core.network.model import Model, Node

from .layer_case import Array, Case, Settings
from .stored_layers import stored

Answers = dict[str, NDArray[np.generic]]


@cache
def stored_cases() -> dict[str, tuple[dict[str, list[Array]], Answers]]:
    return stored()


def our_layer(kind: str, settings: Settings, weights: list[Array]) -> Layer:
    """Return our layer for Keras's settings, and its weights in Keras's order."""
    return BUILDERS.get(kind, _by_class(kind))(settings, weights)


def _by_class(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    """Return what builds a layer whose settings have Keras's names; those of the training are left out."""

    def built(settings: Settings, weights: list[Array]) -> Layer:
        mine = {name: value for name, value in settings.items() if name != "l1"}
        return getattr(layers, kind)(*weights, **mine)

    return built


def _convolution(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    def built(settings: Settings, weights: list[Array]) -> Layer:
        kernels = 2 if kind == "SeparableConv1D" else 1
        return getattr(layers, kind)(
            *weights[:kernels],
            bias=weights[kernels] if settings.get("use_bias", True) else None,
            stride=settings.get("strides", 1),
            padding=settings.get("padding", "valid"),
            dilation=settings.get("dilation_rate", 1),
            activation=settings.get("activation", "linear"),
        )

    return built


def _pool(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    def built(settings: Settings, weights: list[Array]) -> Layer:
        size, stride, padding = (settings.get(name) for name in ("pool_size", "strides", "padding"))
        return getattr(layers, kind)(size, stride, padding or "valid")

    return built


def _dense(settings: Settings, weights: list[Array]) -> Layer:
    return layers.Dense(*weights, activation=settings.get("activation", "linear"))


def _batch_normalization(settings: Settings, weights: list[Array]) -> Layer:
    *learned, mean, variance = weights
    gamma = learned.pop(0) if settings.get("scale", True) else None
    beta = learned.pop(0) if settings.get("center", True) else None
    epsilon, axis = settings.get("epsilon", 1e-3), settings.get("axis", -1)
    return layers.BatchNormalization(mean, variance, gamma, beta, epsilon, axis)


def _layer_normalization(settings: Settings, weights: list[Array]) -> Layer:
    learned = [*weights]
    gamma = learned.pop(0) if settings.get("scale", True) else None
    beta = learned.pop(0) if settings.get("center", True) else None
    return layers.LayerNormalization(gamma, beta, settings.get("epsilon", 1e-3), settings.get("axis", -1))


def _prelu(settings: Settings, weights: list[Array]) -> Layer:
    return layers.PReLU(weights[0])


def _embedding(settings: Settings, weights: list[Array]) -> Layer:
    return layers.Embedding(weights[0], mask_zero=settings.get("mask_zero", False))


def _recurrent(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    def built(settings: Settings, weights: list[Array]) -> Layer:
        left_out = ("units", "use_bias", "unit_forget_bias")
        mine = {name: value for name, value in settings.items() if name not in left_out}
        return getattr(layers, kind)(*weights, **mine)

    return built


def _bidirectional(settings: Settings, weights: list[Array]) -> Layer:
    half = len(weights) // 2
    kind, inner = settings["layer"]
    forward = our_layer(kind, inner, weights[:half])
    kind, inner = settings.get("backward_layer", (kind, {**inner, "go_backwards": True}))
    backward = our_layer(kind, inner, weights[half:])
    assert isinstance(forward, Recurrent)
    assert isinstance(backward, Recurrent)
    return layers.Bidirectional(forward, backward, settings.get("merge_mode", "concat"))


def _time_distributed(settings: Settings, weights: list[Array]) -> Layer:
    kind, inner = settings["layer"]
    return layers.TimeDistributed(our_layer(kind, inner, weights))


BUILDERS: dict[str, Callable[[Settings, list[Array]], Layer]] = {
    **{kind: _convolution(kind) for kind in ("Conv1D", "DepthwiseConv1D", "SeparableConv1D")},
    **{kind: _pool(kind) for kind in ("MaxPooling1D", "AveragePooling1D")},
    **{kind: _recurrent(kind) for kind in ("SimpleRNN", "LSTM", "GRU")},
    "BatchNormalization": _batch_normalization,
    "Bidirectional": _bidirectional,
    "Dense": _dense,
    "Embedding": _embedding,
    "LayerNormalization": _layer_normalization,
    "PReLU": _prelu,
    "TimeDistributed": _time_distributed,
}


def our_model(case: Case, weights: dict[str, list[Array]]) -> Model:
    """Return the case as a model; letters enter it too, and nothing reads them."""
    built: dict[str, Layer] = {}
    nodes = [Node("letters", Input()), *(Node(name, SideInput(each.shape)) for name, each in case.given.items())]
    for step in case.steps:
        layer = built[step.shared] if step.shared else our_layer(step.kind, step.settings, weights[step.name])
        built[step.name] = layer
        nodes.append(Node(step.name, layer, step.inputs))
    return Model(case.name, tuple(nodes))
