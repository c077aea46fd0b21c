"""ONNX's convolutions and pools, of one dimension or of two that are one.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md, Conv, ConvTranspose, AveragePool, MaxPool.
"""

from __future__ import annotations

from typing import Final

from ...layers import Shape
from ..operators.assembly import Missing, Unsupported, Value, rank_of, sizes_of
from ..operators.convolution import convolution, transposed_convolution
from ..operators.pooling import average_pool, max_pool_with_indices
from ..operators.reductions import reduce
from .call import Call

__all__ = ["average", "conv", "conv_transpose", "maximum", "over_all"]

_UPPER, _LOWER, _VALID, _STATED = "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"
Pads = tuple[tuple[int, ...], tuple[int, ...]]
"""Positions before each dimension, and behind each."""
_USUAL: Final = 1


def conv(call: Call) -> Value:
    """Add a convolution."""
    kernel = call.needed(1)
    dimensions = kernel.ndim - 2
    strides, dilations = _each(call, "strides", dimensions), _each(call, "dilations", dimensions)
    pads = _pads(call, kernel.shape[2:], strides, dilations)
    groups = call.integer("group", 1)
    return convolution(call.assembly, call.value(), kernel, call.constant(2), strides, pads, dilations, groups)


def conv_transpose(call: Call) -> Value:
    """Add a transposed convolution."""
    kernel = call.needed(1)
    dimensions = kernel.ndim - 2
    if call.integers("output_shape") or call.text("auto_pad", _STATED) not in (_STATED, _VALID):
        raise Unsupported("it is told how long its output is, and not its padding")
    more = _each(call, "output_padding", dimensions, 0)
    strides, dilations = _each(call, "strides", dimensions), _each(call, "dilations", dimensions)
    before, after = _pads(call, kernel.shape[2:], strides, dilations)
    # PyTorch cuts off as much on either side, and adds behind.
    added = tuple(first - last + each for first, last, each in zip(before, after, more, strict=True))
    return transposed_convolution(
        call.assembly,
        call.value(),
        kernel,
        call.constant(2),
        strides,
        before,
        added,
        call.integer("group", 1),
        dilations,
    )


def maximum(call: Call) -> tuple[Value | Missing, ...]:
    """Add a pool of maxima."""
    sizes = _window(call)
    strides, dilations = _each(call, "strides", len(sizes)), _each(call, "dilations", len(sizes))
    pads = _pads(call, sizes, strides, dilations)
    ceil = bool(call.integer("ceil_mode"))
    return max_pool_with_indices(
        call.assembly, call.value(), sizes, strides, pads, dilations, ceil, dimensions=len(sizes)
    )


def average(call: Call) -> Value:
    """Add a pool of means."""
    sizes = _window(call)
    strides, dilations = _each(call, "strides", len(sizes)), _each(call, "dilations", len(sizes))
    if any(each != 1 for each in dilations):
        raise Unsupported("it is a pool of means with gaps between its taps")
    pads = _pads(call, sizes, strides, dilations)
    return average_pool(
        call.assembly,
        call.value(),
        sizes,
        strides,
        pads,
        bool(call.integer("ceil_mode")),
        bool(call.integer("count_include_pad")),
        dimensions=len(sizes),
    )


def over_all(call: Call, how: str) -> Value:
    """Add a mean or a maximum over all positions.

    Args:
        call: The node.
        how: As `reduce` takes it.
    """
    return reduce(call.assembly, call.value(), how, range(2, rank_of(call.value())), True)


def _window(call: Call) -> tuple[int, ...]:
    sizes = call.integers("kernel_shape")
    if sizes is None or len(sizes) != rank_of(call.value()) - 2:
        raise Unsupported("its window does not go with what it reads")
    return sizes


def _each(call: Call, name: str, dimensions: int, usual: int = _USUAL) -> tuple[int, ...]:
    """Return an attribute with a number for each dimension."""
    found = call.integers(name) or (usual,) * dimensions
    if len(found) != dimensions:
        raise Unsupported(f"its {name} has {len(found)} numbers for {dimensions} dimensions")
    return found


def _pads(call: Call, sizes: tuple[int, ...], strides: tuple[int, ...], dilations: tuple[int, ...]) -> Pads:
    """Return the padding, which is stated or follows from the input's length."""
    dimensions, how = len(sizes), call.text("auto_pad", _STATED)
    zeros = (0,) * dimensions
    if how in ("", _STATED):
        stated = call.integers("pads") or zeros * 2
        if len(stated) != 2 * dimensions:
            raise Unsupported(f"its pads has {len(stated)} numbers for {dimensions} dimensions")
        return stated[:dimensions], stated[dimensions:]
    if how == _VALID:
        return zeros, zeros
    if how not in (_UPPER, _LOWER):
        raise Unsupported(f"its padding {how} is not one that is read")
    lengths: Shape = sizes_of(call.value())[-dimensions:]
    each = [
        _same(*numbers, upper=how == _UPPER) for numbers in zip(lengths, sizes, strides, dilations, strict=True)
    ]
    return tuple(before for before, _ in each), tuple(after for _, after in each)


def _same(length: int | None, size: int, stride: int, dilation: int, *, upper: bool) -> tuple[int, int]:
    span = dilation * (size - 1) + 1
    if stride == 1:
        total = span - 1
    elif length is None:
        raise Unsupported("its padding depends on the length of the input, which is free")
    elif stride < 1:
        raise Unsupported(f"its stride is {stride}")
    else:
        total = max(0, (-(-length // stride) - 1) * stride + span - length)
    less, more = total // 2, total - total // 2
    return (less, more) if upper else (more, less)
