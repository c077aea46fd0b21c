"""Layers with weights that treat every position alike, and TimeDistributed around one.

Sources: Keras's layers of these names.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from ...errors import ModelError
from ...layers import BatchNormalization, Dense, Embedding, Layer, LayerNormalization, PReLU, TimeDistributed
from .activations import activated, along
from .assembly import PLAIN, Assembly, Tensor, Unsupported
from .layer_call import LayerCall
from .layer_config import LayerConfig

__all__ = ["batch_normalization", "dense", "embedding", "layer_normalization", "prelu", "time_distributed"]


def prelu(called: LayerCall) -> Tensor:
    """Add a PReLU, with its slopes laid out as what it reads flows."""
    tensor = called.one()
    alpha = called.weights.take_any("alpha")
    called.weights.finish()
    if tensor.axes != PLAIN:
        if alpha.ndim != len(tensor.axes):
            raise ModelError(
                f"its slopes have shape {alpha.shape}, and it reads {len(tensor.axes)} axes",
                remedy="they have one axis for each",
            )
        length, channels, one = (
            (tensor.axes.index(axis) for axis in ("L", "C", "1"))
            if "1" in tensor.axes
            else (tensor.axes.index("L"), tensor.axes.index("C"), None)
        )
        order = [length, channels] if one is None else [length, channels, one]
        alpha = alpha.transpose(order).reshape(alpha.shape[length], alpha.shape[channels])
    return called.add(PReLU(np.ascontiguousarray(alpha)), tensor, tensor.axes)


def batch_normalization(called: LayerCall) -> Tensor:
    """Add a BatchNormalization."""
    # A frozen one keeps its statistics in Keras 3, whatever its call says.
    if called.training and (called.config.trainable or called.age.major < 3):
        raise Unsupported("it is called with training=True, so that it normalises by the batch's own statistics")
    if called.whole("mode", 0) != 0:
        raise Unsupported(f"its mode {called.whole('mode', 0)} normalises by the input's own statistics")
    for unread in ("renorm", "fused_activation"):
        if called.settings.get(unread) not in (None, False):
            raise Unsupported(f"its {unread} is not computed")
    tensor, axis = along(called, called.one(), called.axis())
    if not isinstance(axis, int):
        raise Unsupported("it normalises several axes at once")
    gamma, beta = called.learned("gamma", "scale", None), called.learned("beta", "center", None)
    mean = called.weights.take("moving_mean", None)
    variance = called.weights.take("moving_variance", len(mean))
    called.weights.finish()
    epsilon = called.real("epsilon", 1e-3)
    if called.age.deviates:
        # Epsilon was added to the deviation, rather than to its square.
        with np.errstate(over="ignore"):
            variance = ((variance.astype(np.float64) + epsilon) ** 2).astype(np.float32)
        epsilon = 0.0
    return called.add(BatchNormalization(mean, variance, gamma, beta, epsilon, axis), tensor, tensor.axes)


def layer_normalization(called: LayerCall) -> Tensor:
    """Add a LayerNormalization."""
    if called.flag("rms_scaling", False):
        raise Unsupported("its rms_scaling is not computed")
    tensor, axis = along(called, called.one(), called.axis())
    gamma = called.weights.take_any("gamma") if called.flag("scale", True) else None
    beta = called.weights.take_any("beta") if called.flag("center", True) else None
    called.weights.finish()
    return called.add(LayerNormalization(gamma, beta, called.real("epsilon", 1e-3), axis), tensor, tensor.axes)


def dense(called: LayerCall) -> Tensor:
    """Add a Dense."""
    units = called.whole("units")
    kernel = called.weights.take("kernel", None, units)
    bias = called.bias(units)
    tensor = called.one()
    # It sums over Keras's last axis.
    if not (tensor.axes or "C").endswith("C"):
        tensor = called.plain()
    return activated(called, partial(Dense, kernel, bias), tensor, tensor.axes)


def embedding(called: LayerCall) -> Tensor:
    """Add an Embedding."""
    table = called.weights.take("embeddings", called.whole("input_dim"), called.whole("output_dim"))
    called.weights.finish()
    return called.add(Embedding(table, called.flag("mask_zero", False)), called.plain())


def time_distributed(called: LayerCall) -> Tensor:
    """Add a TimeDistributed around a layer that needs nothing but its own position."""
    inner = called.config.inner
    if inner is None or inner.network is not None:
        raise Unsupported("it wraps a model" if inner is not None else "it wraps nothing")
    tensor = called.plain()
    shape = tensor.known()
    if len(shape) < 2:
        raise Unsupported(f"it reads positions, and {tensor.node} has none")
    return called.add(TimeDistributed(_alone(called, inner, Tensor("position", shape[1:]))), tensor)


def _alone(called: LayerCall, config: LayerConfig, given: Tensor) -> Layer:
    """Return what a wrapped layer is where it becomes one node and no more."""
    aside = Assembly(called.assembly.source, called.age)
    called.build(LayerCall(aside, config, called.name, (given,), called.weights, called.build, called.training))
    called.assembly.warnings += aside.warnings
    if len(aside.nodes) != 1:
        raise Unsupported(f"it wraps a {config.stored_class}, which is more than one step")
    return aside.nodes[0].layer
