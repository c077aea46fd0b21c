"""Layers with weights that treat every position alike, and TimeDistributed around one.

Sources: Keras's layers of these names.
"""

from __future__ import annotations

import numpy as np

from ...errors import ModelError
from ...layers import Array, BatchNormalization, Dense, Embedding, Layer, LayerNormalization, PReLU, TimeDistributed
from .activations import activated, along
from .assembly import PLAIN, Assembly, Tensor, Unsupported
from .layer_config import LayerConfig
from .site import Site

__all__ = ["batch_normalization", "dense", "embedding", "layer_normalization", "prelu", "time_distributed"]


def prelu(site: Site) -> Tensor:
    """Add a PReLU, with its slopes laid out as what it reads flows."""
    tensor = site.one()
    alpha = site.weights.take("alpha", *(None for _ in site.weights.next_shape()))
    site.weights.finish()
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
    return site.add(PReLU(np.ascontiguousarray(alpha)), tensor, tensor.axes)


def batch_normalization(site: Site) -> Tensor:
    """Add a BatchNormalization."""
    # A frozen one keeps its statistics in Keras 3, whatever its call says.
    if site.training and (site.config.trainable or site.age.major < 3):
        raise Unsupported("it is called with training=True, so that it normalises by the batch's own statistics")
    if site.whole("mode", 0) != 0:
        raise Unsupported(f"its mode {site.whole('mode', 0)} normalises by the input's own statistics")
    for unread in ("renorm", "fused_activation"):
        if site.settings.get(unread) not in (None, False):
            raise Unsupported(f"its {unread} is not computed")
    tensor, axis = along(site, site.one(), site.axis())
    if not isinstance(axis, int):
        raise Unsupported("it normalises several axes at once")
    gamma = _vector(site, "gamma", "scale")
    beta = _vector(site, "beta", "center")
    mean = site.weights.take("moving_mean", None)
    variance = site.weights.take("moving_variance", len(mean))
    site.weights.finish()
    epsilon = site.real("epsilon", 1e-3)
    if site.age.deviates:
        # Epsilon was added to the deviation, rather than to its square.
        with np.errstate(over="ignore"):
            variance = ((variance.astype(np.float64) + epsilon) ** 2).astype(np.float32)
        epsilon = 0.0
    return site.add(BatchNormalization(mean, variance, gamma, beta, epsilon, axis), tensor, tensor.axes)


def layer_normalization(site: Site) -> Tensor:
    """Add a LayerNormalization."""
    if site.flag("rms_scaling", False):
        raise Unsupported("its rms_scaling is not computed")
    tensor, axis = along(site, site.one(), site.axis())
    gamma = _normalised(site, "gamma", "scale")
    beta = _normalised(site, "beta", "center")
    site.weights.finish()
    return site.add(LayerNormalization(gamma, beta, site.real("epsilon", 1e-3), axis), tensor, tensor.axes)


def _vector(site: Site, name: str, switch: str) -> Array | None:
    return site.weights.take(name, None) if site.flag(switch, True) else None


def _normalised(site: Site, name: str, switch: str) -> Array | None:
    if not site.flag(switch, True):
        return None
    return site.weights.take(name, *(None for _ in site.weights.next_shape()))


def dense(site: Site) -> Tensor:
    """Add a Dense."""
    units = site.whole("units")
    kernel = site.weights.take("kernel", None, units)
    bias = site.weights.take("bias", units) if site.flag("use_bias", True) else None
    site.weights.finish()
    tensor = site.one()
    # It sums over Keras's last axis.
    if not (tensor.axes or "C").endswith("C"):
        tensor = site.plain()
    return activated(site, lambda activation: Dense(kernel, bias, activation), tensor, tensor.axes)


def embedding(site: Site) -> Tensor:
    """Add an Embedding."""
    table = site.weights.take("embeddings", site.whole("input_dim"), site.whole("output_dim"))
    site.weights.finish()
    return site.add(Embedding(table, site.flag("mask_zero", False)), site.plain())


def time_distributed(site: Site) -> Tensor:
    """Add a TimeDistributed around a layer that needs nothing but its own position."""
    inner = site.config.inner
    if inner is None or inner.network is not None:
        raise Unsupported("it wraps a model" if inner is not None else "it wraps nothing")
    tensor = site.plain()
    shape = tensor.known()
    if len(shape) < 2:
        raise Unsupported(f"it reads positions, and {tensor.node} has none")
    return site.add(TimeDistributed(_alone(site, inner, Tensor("position", shape[1:]))), tensor)


def _alone(site: Site, config: LayerConfig, given: Tensor) -> Layer:
    """Return what a wrapped layer is where it becomes one node and no more."""
    aside = Assembly(site.assembly.source, site.age)
    site.build(Site(aside, config, site.name, (given,), site.weights, site.build, site.training))
    site.assembly.warnings += aside.warnings
    if len(aside.nodes) != 1:
        raise Unsupported(f"it wraps a {config.stored_class}, which is more than one step")
    return aside.nodes[0].layer
