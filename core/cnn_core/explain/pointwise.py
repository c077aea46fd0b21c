"""Values computed from the one at the same place: normalisation and activation functions."""

from __future__ import annotations

import math

import numpy as np

from ..layers import BatchNormalization, LayerNormalization, Pointwise
from ..layers.base import sample_axis
from .parts import Composition, Computed, Part

__all__ = ["batch_normalization", "layer_normalization", "pointwise"]


def pointwise(layer: Pointwise, of: Computed) -> Composition:
    """Return the value that a function is applied to."""
    value = float(of.x[of.index])
    name = getattr(layer, "activation", layer.type)
    parts = (Part(0, of.index, value, None, value),)
    return Composition("function", parts, 1, of.value, function=str(name), among=layer.among(of.x.shape))


def batch_normalization(layer: BatchNormalization, of: Computed) -> Composition:
    """Return the value times its channel's scale, and beta less the mean times the scale."""
    channel = of.index[sample_axis(layer.axis, of.x.ndim, layer.type)]
    beta = 0.0 if layer.beta is None else float(layer.beta[channel])
    return _scaled(of, float(layer.scale[channel]), float(layer.mean[channel]), beta)


def layer_normalization(layer: LayerNormalization, of: Computed) -> Composition:
    """Return the value times gamma over the deviation of those around it, and beta less their mean times that."""
    axes = layer.normalised_axes(of.x.ndim)
    around = of.x[tuple(slice(None) if axis in axes else place for axis, place in enumerate(of.index))]
    learned = tuple(of.index[axis] for axis in axes)
    mean, variance = around.mean(dtype=np.float64), around.var(dtype=np.float64)
    gamma = 1.0 if layer.gamma is None else float(layer.gamma[learned])
    beta = 0.0 if layer.beta is None else float(layer.beta[learned])
    scale = gamma / math.sqrt(variance + layer.epsilon)
    return _scaled(of, scale, float(mean), beta, layer.among(of.x.shape))


def _scaled(of: Computed, scale: float, mean: float, beta: float, among: int = 1) -> Composition:
    """Return value × scale + (beta − mean × scale)."""
    value = float(of.x[of.index])
    parts = (Part(0, of.index, value, scale, value * scale),)
    return Composition("sum", parts, 1, of.value, bias=beta - mean * scale, among=among)
