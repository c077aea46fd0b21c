"""Layers that normalise by statistics of their input, and Normalization by statistics of the data.

Sources: Keras's layers of these names, and `tensorflow_addons.layers.GroupNormalization` and `InstanceNormalization`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ...layers import Array, GroupNormalization, Normalization, Rescaling, RMSNormalization, UnitNormalization
from .activations import along
from .assembly import Tensor, Unsupported
from .layer_call import LayerCall
from .text import Json
from .variables import Plan

__all__ = [
    "group_normalization",
    "normalization",
    "normalization_variables",
    "rescaling",
    "rms_normalization",
    "unit_normalization",
]

_SMALLEST_DEVIATION: Final = 1e-7
"""What Keras divides by at least."""


def group_normalization(called: LayerCall) -> Tensor:
    """Add a GroupNormalization."""
    stated = called.axis()
    if not isinstance(stated, int):
        raise Unsupported("its channels lie along several axes")
    tensor, axis = along(called, called.one(), stated)
    assert isinstance(axis, int), "one axis stays one"
    gamma, beta = called.learned("gamma", "scale", None), called.learned("beta", "center", None)
    called.weights.finish()
    channels = tensor.known()[axis - 1 if axis > 0 else axis]
    groups = called.settings.get("groups", 32)
    groups = channels if groups == -1 else called.whole("groups", 32)
    if groups is None:
        raise Unsupported("its channels have no fixed number")
    return called.add(
        GroupNormalization(groups, gamma, beta, called.real("epsilon", 1e-3), axis), tensor, tensor.axes
    )


def rms_normalization(called: LayerCall) -> Tensor:
    """Add an RMSNormalization."""
    tensor, axis = along(called, called.one(), called.axis())
    scale = called.weights.take_any("scale")
    called.weights.finish()
    return called.add(RMSNormalization(scale, called.real("epsilon", 1e-6), axis), tensor, tensor.axes)


def unit_normalization(called: LayerCall) -> Tensor:
    """Add a UnitNormalization."""
    tensor, axis = along(called, called.one(), called.axis())
    return called.add(UnitNormalization(axis), tensor, tensor.axes)


def normalization(called: LayerCall) -> Tensor:
    """Add a Normalization, whose mean and variance are weights, or stand among its settings."""
    mean, variance = _statistics(called)
    deviation = np.maximum(np.sqrt(variance.astype(np.float64)), _SMALLEST_DEVIATION)
    tensor = called.plain()
    shape = tensor.known()
    axes = _axes(called, len(shape))
    if axes and any(shape[axis] not in (None, size) for axis, size in zip(axes, mean.shape, strict=False)):
        raise ModelError(
            f"its mean has shape {mean.shape}, and it reads {shape}", remedy="give this model's weights"
        )
    inverted = called.flag("invert", False)
    if len(axes) == 1 and mean.ndim == 1 and not inverted:
        squares = np.square(deviation).astype(np.float32)
        return called.add(Normalization(mean, squares, epsilon=0.0, axis=axes[0] + 1), tensor)
    laid_out = [shape[axis] or 1 if axis in axes else 1 for axis in range(len(shape))]
    if mean.size != int(np.prod(laid_out)):
        raise Unsupported("its mean and variance fit no axes that are read")
    middle, spread = mean.astype(np.float64).reshape(laid_out), deviation.reshape(laid_out)
    scale, offset = (spread, middle) if inverted else (1 / spread, -middle / spread)
    return called.add(Rescaling(_number(scale), _number(offset)), tensor)


def rescaling(called: LayerCall) -> Tensor:
    """Add a Rescaling, whose scale and offset are numbers, or one for each channel."""
    found: list[float | Array] = []
    for key, default in (("scale", 1.0), ("offset", 0.0)):
        stated = called.settings.get(key)
        found.append(
            np.array([float(each) for each in stated], np.float32)
            if isinstance(stated, list) and all(isinstance(each, int | float) for each in stated)
            else called.real(key, default)
        )
    several = any(not isinstance(each, float) for each in found)
    tensor = called.plain() if several else called.one()
    return called.add(Rescaling(*found), tensor, tensor.axes)


def _number(values: NDArray[np.float64]) -> float | Array:
    return float(values.reshape(())) if values.size == 1 else values.astype(np.float32)


def _statistics(called: LayerCall) -> tuple[Array, Array]:
    """Return mean and variance."""
    stated = called.settings.get("mean"), called.settings.get("variance")
    if None not in stated:
        try:
            mean, variance = (np.asarray(each, np.float32).squeeze() for each in stated)
            return np.broadcast_to(mean, np.broadcast_shapes(mean.shape, variance.shape)), variance
        except (TypeError, ValueError):
            # Any JSON may stand there: texts, or lists of several lengths.
            raise Unsupported("its mean and variance are not numbers that are read") from None
    mean = called.weights.take_any("mean")
    variance = called.weights.take("variance", *mean.shape)
    if len(called.weights):
        # How many values they were learned from.
        called.weights.pass_over()
    called.weights.finish()
    if (variance < 0).any():
        raise ModelError("its variance is below 0", remedy="train or save the model again")
    return mean, variance


def _axes(called: LayerCall, rank: int) -> tuple[int, ...]:
    """Return the axes of a sample that have a mean each, in order."""
    if called.settings.get("axis", -1) in (None, []):
        return ()
    stated = called.axis()
    several = (stated,) if isinstance(stated, int) else stated
    found = sorted({axis - 1 if axis > 0 else axis + rank for axis in several})
    if 0 in several or not all(0 <= axis < rank for axis in found):
        raise Unsupported("it normalises along the batch")
    return tuple(found)


def normalization_variables(settings: Json) -> Plan:
    """Return the variables of a Normalization."""
    return Plan() if settings.get("mean") is not None else Plan((), ("mean", "variance", "count"))
