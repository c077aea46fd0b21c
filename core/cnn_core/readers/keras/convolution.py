"""Convolutions and pools along a sequence, from layers of one and of two dimensions.

Sources: Keras's layers of these names, and for Theano's ways `keras/backend/theano_backend.py` of Keras 2.2.4, whose
convolutions flip their kernels and whose padding `same` puts the odd position on the left.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from ...errors import ModelError
from ...layers import (
    AdaptiveAveragePooling1D,
    AdaptiveMaxPooling1D,
    Array,
    AveragePooling1D,
    Conv1D,
    DepthwiseConv1D,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Layer,
    MaxPooling1D,
    Padding,
    SeparableConv1D,
    Sliding,
    ZeroPadding1D,
)
from .activations import activated
from .assembly import Tensor, Unsupported
from .layer_call import Builder, LayerCall
from .two_dimensional import Plane, plane_of

__all__ = ["adaptive_pool", "convolution", "depthwise", "global_pool", "pool", "separable"]

_PADDINGS: Final = tuple(each.value for each in Padding)


def convolution(called: LayerCall) -> Tensor:
    """Add a Conv1D, or a Conv2D that is one."""
    plane, tensor = _plane(called)
    filters, groups = called.whole("filters"), called.whole("groups", 1)
    kernel = _kernel(called, filters)
    if plane.consumes:
        if kernel.shape[2] != 1 or groups != 1:
            raise ModelError(
                f"its kernel reads {kernel.shape[2] * groups} channels, not 1",
                remedy="give the weights of this layer",
            )
        kernel = kernel[:, :, 0] if plane.other else kernel[:, :, 0].transpose(1, 0, 2)
    else:
        kernel = plane.along(kernel)
    bias = called.bias(filters)
    layer = partial(Conv1D, np.ascontiguousarray(kernel), bias, groups=groups)
    return _slide(called, plane, tensor, int(kernel.shape[0]), layer)


def depthwise(called: LayerCall) -> Tensor:
    """Add a DepthwiseConv1D, or a DepthwiseConv2D that is one."""
    plane, tensor = _plane(called)
    kernel = _depthwise_kernel(called, plane)
    bias = called.bias(int(kernel.shape[1] * kernel.shape[2]))
    return _slide(called, plane, tensor, int(kernel.shape[0]), partial(DepthwiseConv1D, kernel, bias))


def separable(called: LayerCall) -> Tensor:
    """Add a SeparableConv1D, or a SeparableConv2D that is one."""
    plane, tensor = _plane(called)
    kernel = _depthwise_kernel(called, plane)
    filters = called.whole("filters")
    inner = int(kernel.shape[1] * kernel.shape[2])
    if _is_ancient(called):
        pointwise = called.weights.take("pointwise_kernel", filters, inner, 1, 1).transpose(2, 3, 1, 0)[0]
    elif called.config.class_name.endswith("2D"):
        pointwise = called.weights.take("pointwise_kernel", 1, 1, inner, filters)[0]
    else:
        pointwise = called.weights.take("pointwise_kernel", 1, inner, filters)
    bias = called.bias(filters)
    layer = partial(SeparableConv1D, kernel, np.ascontiguousarray(pointwise), bias)
    return _slide(called, plane, tensor, int(kernel.shape[0]), layer)


def pool(kind: type[MaxPooling1D | AveragePooling1D]) -> Builder:
    """Return the builder of a pool of one dimension, or of one of two dimensions that is one.

    Args:
        kind: The layer.
    """

    def build(called: LayerCall) -> Tensor:
        plane, tensor = plane_of(called, pools=True)
        sizes = called.wholes("pool_size", plane.rank, 2)
        strides = called.wholes("strides", plane.rank) if called.settings.get("strides") is not None else sizes
        padding = _padding(called)
        if plane.rank == 2:
            other, step = sizes[plane.other], strides[plane.other]
            # Beyond an axis of length 1 there is only padding, which no pool counts.
            if (plane.consumes and (other, step) != (1, 1)) or (other != 1 and padding != "same"):
                raise Unsupported(f"it pools {other} rows by {step} across the sequence")
        size, stride = sizes[plane.length], strides[plane.length]
        if padding == "same" and called.age.theano and size > 1:
            _check_theano_pool(size, stride, tensor)
        return called.add(kind(size, stride, padding), tensor, plane.axes)

    return build


def _check_theano_pool(size: int, stride: int, tensor: Tensor) -> None:
    """Refuse a pool whose windows Theano begins elsewhere than the others do."""
    padded = size - 2 if size > 2 and size % 2 else size - 1
    length = tensor.known()[0]
    if length is None or Sliding(size, stride, Padding.SAME).pads(length)[0] != padded:
        raise Unsupported("Theano's pools of padding 'same' begin elsewhere, and those are not computed")


def global_pool(kind: type[GlobalMaxPooling1D | GlobalAveragePooling1D]) -> Builder:
    """Return the builder of a pool over all positions, or of one of two dimensions that is one.

    Args:
        kind: The layer.
    """

    def build(called: LayerCall) -> Tensor:
        plane, tensor = plane_of(called, pools=True)
        if plane.consumes:
            raise Unsupported("it pools over the letters as well as along the sequence")
        if not called.flag("keepdims", False):
            return called.add(kind(), tensor)
        return called.add(kind(keepdims=True), tensor, plane.axes)

    return build


def adaptive_pool(kind: type[AdaptiveMaxPooling1D | AdaptiveAveragePooling1D]) -> Builder:
    """Return the builder of a pool that has so many cells whatever the length.

    Args:
        kind: The layer.
    """

    def build(called: LayerCall) -> Tensor:
        plane, tensor = plane_of(called, pools=True)
        return called.add(kind(called.wholes("output_size", 1)[0]), tensor, plane.axes)

    return build


def _plane(called: LayerCall) -> tuple[Plane, Tensor]:
    plane, tensor = plane_of(called, pools=False)
    if plane.consumes and not called.config.class_name.startswith("Conv"):
        raise Unsupported("it slides along the letters as well as along the sequence")
    return plane, tensor


def _kernel(called: LayerCall, filters: int) -> Array:
    """Return a kernel as (kernel size, in, out), or (rows, columns, in, out)."""
    if called.config.class_name == "Conv1D":
        size = called.whole("kernel_size")
        shape = called.weights.next_shape()
        if len(shape) != 4:
            kernel = called.weights.take("kernel", size, None, filters)
        elif shape[:2] == (size, 1) and shape[3] == filters:
            kernel = called.weights.take("kernel", size, 1, None, filters)[:, 0]
        else:
            # Before Keras 1.2 a convolution of one dimension was stored as Theano's of two.
            kernel = called.weights.take("kernel", filters, None, size, 1)[..., 0].transpose(2, 1, 0)
        return np.flip(kernel, 0) if called.age.theano else kernel
    rows, columns = called.wholes("kernel_size", 2)
    if _is_ancient(called):
        kernel = called.weights.take("kernel", filters, None, rows, columns).transpose(2, 3, 1, 0)
    else:
        kernel = called.weights.take("kernel", rows, columns, None, filters)
    return np.flip(kernel, (0, 1)) if called.age.theano else kernel


def _depthwise_kernel(called: LayerCall, plane: Plane) -> Array:
    """Return a depthwise kernel as (kernel size, in, filters a channel)."""
    rank = plane.rank
    sizes = called.wholes("kernel_size", rank)
    multiplier = called.whole("depth_multiplier", 1)
    if _is_ancient(called):
        kernel = called.weights.take("depthwise_kernel", multiplier, None, *sizes).transpose(2, 3, 1, 0)
    else:
        kernel = called.weights.take("depthwise_kernel", *sizes, None, multiplier)
    # Keras turned these round itself where it ran on Theano.
    return np.ascontiguousarray(plane.along(kernel))


def _is_ancient(called: LayerCall) -> bool:
    """Tell whether a kernel of two dimensions is stored as (out, in, rows, columns): Keras 0.3 and 1 with 'th'."""
    return (
        called.age.major < 2
        and called.config.class_name.endswith("2D")
        and called.text("data_format", "channels_last") == "channels_first"
    )


def _padding(called: LayerCall) -> str:
    padding = called.text("padding", "valid")
    if padding not in _PADDINGS:
        raise Unsupported(f"its padding is '{padding}', which is not computed")
    return padding


def _slide(called: LayerCall, plane: Plane, tensor: Tensor, size: int, of: Callable[..., Layer]) -> Tensor:
    """Add a convolution with its strides and padding."""
    rank = plane.rank
    stride = called.wholes("strides", rank, 1)[plane.length]
    dilation = called.wholes("dilation_rate", rank, 1)[plane.length]
    padding = _padding(called)
    if min(stride, dilation) < 1:
        raise ModelError(f"its strides are {stride} and its dilation {dilation}", remedy="the smallest is 1")
    span = dilation * (size - 1) + 1
    if padding == "same" and called.age.theano and span > 1 and (span % 2 == 0 or stride > 1):
        if span % 2 == 0 and called.config.class_name.startswith("Separable"):
            raise Unsupported("Theano gives one position too many here")
        zeros = ZeroPadding1D((span // 2, (span - 1) // 2))
        tensor = called.add_before("padding", zeros, tensor, tensor.axes)
        padding = "valid"
    layer = partial(of, padding=padding, stride=stride, dilation=dilation)
    return activated(called, layer, tensor, plane.axes)
