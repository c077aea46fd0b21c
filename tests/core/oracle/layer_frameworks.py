"""What Keras computes on the grid of layers. Only `make_layer_fixtures` and the live tests import this."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from .layer_case import Array, Case, Settings, drawn_weights

VERSIONS = {"keras": f"{keras.__version__} on {keras.backend.backend()}", "numpy": np.__version__}

Answers = dict[str, NDArray[np.generic]]


def keras_layer(kind: str, settings: Settings) -> keras.layers.Layer:
    """Return a layer of Keras; a (class, settings) among the settings becomes a layer too."""
    made = {
        name: keras_layer(*value) if name in ("layer", "backward_layer") else value
        for name, value in settings.items()
    }
    return getattr(keras.layers, kind)(**made)


def keras_model(case: Case) -> tuple[keras.Model, dict[str, list[Array]]]:
    """Return a case as a model that gives the outputs of all steps, and the weights of every step in Keras's order."""
    symbols = {
        name: keras.Input(each.shape, dtype="int32" if each.of == "indices" else keras.config.floatx())
        for name, each in case.given.items()
    }
    entrances = dict(symbols)
    layers: dict[str, keras.layers.Layer] = {}
    for step in case.steps:
        layer = layers[step.shared] if step.shared else keras_layer(step.kind, step.settings)
        layers[step.name] = layer
        read = [symbols[name] for name in step.inputs]
        symbols[step.name] = layer(read if len(read) > 1 else read[0])
    weights: dict[str, list[Array]] = {}
    for step in case.steps:
        if not step.shared:
            layer = layers[step.name]
            named = [(weight.name, tuple(weight.shape)) for weight in layer.weights]
            weights[step.name] = drawn_weights(f"{case.name}/{step.name}", named)
            layer.set_weights(weights[step.name])
    return keras.Model(entrances, {step.name: symbols[step.name] for step in case.steps}), weights


def keras_answers(case: Case) -> tuple[dict[str, list[Array]], Answers]:
    """Return the weights of every step, in Keras's order, and the outputs that Keras computes with them."""
    model, weights = keras_model(case)
    batches = {name: x[None] for name, x in case.drawn.items()}
    answers = {
        name: keras.ops.convert_to_numpy(keras.ops.stop_gradient(values))[0]
        for name, values in model(batches, training=False).items()
    }
    return weights, answers
