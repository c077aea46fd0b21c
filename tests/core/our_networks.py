"""The random networks of `oracle.attribution_networks` as our models."""

from __future__ import annotations

import numpy as np
from oracle.attribution_networks import Network

from cnn_core import layers
from cnn_core.layers import Layer
from cnn_core.network.model import Model

__all__ = ["our_network"]


def our_network(network: Network) -> Model:
    """Return a network with the weights that the oracle has."""
    made: list[tuple[str, Layer]] = [("letters", layers.Input(network.length))]
    shape: tuple[int | None, ...] = (network.length, 4)
    for number, (kind, *settings) in enumerate(network.steps):
        layer: Layer
        if kind == "conv":
            filters, width, dilation, padding = settings
            kernel = network.weights(number, (width, shape[1], filters))
            bias = network.weights(number, (filters,))
            layer = layers.Conv1D(kernel, bias, padding=padding, dilation=dilation)
        elif kind == "dense":
            layer = layers.Dense(
                network.weights(number, (shape[0], settings[0])), network.weights(number, (settings[0],))
            )
        elif kind == "norm":
            of_mean, of_scale = network.weights(number, (2, shape[-1]))
            layer = layers.BatchNormalization(of_mean, 1 + np.abs(of_scale), of_scale, of_mean, 1e-5)
        elif kind == "layer norm":
            gamma, beta = network.weights(number, (shape[0],)), network.weights(number, (shape[0], 1))[:, 0]
            layer = layers.LayerNormalization(gamma, beta, 1e-5)
        elif kind in ("max", "average"):
            layer = (layers.MaxPooling1D if kind == "max" else layers.AveragePooling1D)(*settings)
        elif kind == "flatten":
            layer = layers.Flatten()
        elif kind == "global average":
            layer = layers.GlobalAveragePooling1D()
        else:
            layer = layers.Activation(kind)
        made.append((f"{number}_{kind}".replace(" ", "_"), layer))
        shape = layer.output_shape(shape)
    return Model.sequential(network.name, made)
