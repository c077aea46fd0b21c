"""Convolutions, transposed ones, and those of two dimensions that are of one.

A kernel over (1, length) slides along the length alone, and one that is as high as its input reads all rows at once:
the rows are channels then. Both are a Conv1D. Source: PyTorch, `torch.nn.functional.conv1d` and its like.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from ... import layers
from ...layers import Array, Conv1D, Conv1DTranspose, Dense, DepthwiseConv1D, Layer, Padding, TimeDistributed
from .assembly import Assembly, Constant, Layout, Tensor, Unsupported, Value, as_float, rank_of
from .settings import Ends, Ints, each_of

__all__ = ["array_of", "convolution", "pads_along", "transposed_convolution", "weights_of"]


def weights_of(value: Value | None, what: str) -> Constant | None:
    """Return weights that a layer holds.

    Args:
        value: The weights, or None.
        what: What they are called.

    Raises:
        Unsupported: They are computed from the input.
    """
    if isinstance(value, Tensor):
        raise Unsupported(f"its {what} is computed from the input")
    return value


def array_of(value: Value | None, what: str) -> Array | None:
    """Return weights as a layer holds them; see `weights_of`."""
    found = weights_of(value, what)
    return None if found is None else as_float(found)


def convolution(
    assembly: Assembly,
    x: Value,
    weight: Value,
    bias: Value | None = None,
    stride: Ints = 1,
    padding: Ends = 0,
    dilation: Ints = 1,
    groups: int = 1,
) -> Value:
    """Add a convolution.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, length), of two dimensions (1, channels, rows, columns); without the 1 too.
        weight: Shape (filters, channels / groups, size …).
        bias: Shape (filters,), or None.
        stride: Positions between neighbouring windows.
        padding: Positions on either side; a pair of tuples (before, after); or `valid`, `same`.
        dilation: Positions between neighbouring taps.
        groups: Into how many groups the channels are split.
    """
    kernel, offset = weights_of(weight, "weight"), array_of(bias, "bias")
    if kernel is None or kernel.ndim not in (3, 4):
        raise Unsupported("it is a convolution of more than two dimensions")
    dimensions = kernel.ndim - 2
    batch = rank_of(x) - dimensions - 1
    if batch not in (0, 1):
        raise Unsupported(f"it reads {rank_of(x)} axes, where it has {dimensions} dimensions")
    tensor = assembly.tensor(x)
    strides, dilations = each_of(stride, dimensions, "stride"), each_of(dilation, dimensions, "dilation")
    sizes = tensor.sizes
    spans = [step * (size - 1) + 1 for step, size in zip(dilations, kernel.shape[2:], strict=True)]
    pads = pads_along(padding, spans, strides)
    if (
        dimensions == 2
        and kernel.shape[2:] == (1, 1)
        and strides == (1, 1)
        and not any(map(any, pads))
        and groups == 1
    ):
        return _pointwise(assembly, tensor, batch, kernel, offset)
    along, read, given = _plane(assembly, tensor, batch, kernel, strides, dilations, pads)
    layer = _layer(
        read,
        offset,
        groups,
        {
            "stride": strides[along],
            "padding": _padding(pads[along], spans[along], strides[along]),
            "dilation": dilations[along],
        },
    )
    layout: list[int | None] = [None] * len(sizes)
    if len(given.known()) == 3:
        # Strands, or rows, each for itself.
        layout[next(axis for axis in given.order[:1] if axis is not None)] = 0
        layout[batch], layout[batch + 1 + along] = 2, 1
        return assembly.add(TimeDistributed(layer), [given], tuple(layout))
    layout[batch], layout[batch + 1 + along] = 1, 0
    return assembly.add(layer, [given], tuple(layout))


def _pointwise(assembly: Assembly, tensor: Tensor, batch: int, kernel: Constant, bias: Array | None) -> Tensor:
    """Add weighted sums of the channels at every place of both dimensions."""
    given = assembly.last(tensor, batch)
    layer = Dense(as_float(kernel[:, :, 0, 0].T), bias)
    return assembly.add(layer, [given], given.layout)


def _plane(
    assembly: Assembly,
    tensor: Tensor,
    batch: int,
    kernel: Constant,
    strides: tuple[int, ...],
    dilations: tuple[int, ...],
    pads: list[tuple[int, int]],
) -> tuple[int, Constant, Tensor]:
    """Return the dimension along which a kernel slides, the kernel of one dimension, and what it reads."""
    if kernel.ndim == 3:
        several = [0] if batch and tensor.sizes[0] != 1 else []
        return 0, kernel, assembly.arranged(tensor, (*several, batch + 1, batch))
    sizes = tensor.sizes[batch + 1 :]
    for other in (0, 1):
        along = 1 - other
        size = sizes[other]
        outputs = _outputs(size, kernel.shape[2 + other], strides[other], dilations[other], pads[other])
        if outputs != 1:
            continue
        axes = (batch + 1 + along, batch)
        if size == 1:
            # The other rows lie over the padding, which is zero.
            row = np.take(kernel, pads[other][0] // dilations[other], axis=2 + other)
            if pads[other][0] % dilations[other]:
                row = np.zeros_like(row)
            return along, row, assembly.arranged(tensor, axes)
        if pads[other] != (0, 0) or dilations[other] != 1:
            continue
        return along, *_consumed(assembly, tensor, batch, kernel, other)
    for other in (0, 1):
        if kernel.shape[2 + other] == strides[other] == 1 and pads[other] == (0, 0):
            rows = (batch + 1 + other, batch + 2 - other, batch)
            return 1 - other, np.take(kernel, 0, axis=2 + other), assembly.arranged(tensor, rows)
    raise Unsupported("its kernel slides along two dimensions")


def _consumed(
    assembly: Assembly, tensor: Tensor, batch: int, kernel: Constant, other: int
) -> tuple[Constant, Tensor]:
    """Return the kernel and the tensor where all rows are read at once, as channels."""
    along, rows = batch + 2 - other, batch + 1 + other
    high = kernel.shape[2 + other]
    # (filters, channels, rows, size): a channel's rows lie together.
    turned = kernel if other == 0 else kernel.swapaxes(2, 3)
    read = turned.reshape(kernel.shape[0], -1, turned.shape[3])
    if tensor.sizes[rows] != high:
        raise Unsupported("its kernel leaves rows out")
    if tensor.sizes[batch] == 1:
        return read, assembly.arranged(tensor, (along, rows))
    ordered = assembly.arranged(tensor, (along, batch, rows))
    length = ordered.sizes[along]
    target = (-1 if length is None else length, read.shape[1])
    return read, assembly.add(layers.Reshape(target), [ordered], (0, 1), "reshape")


def _outputs(size: int | None, taps: int, stride: int, dilation: int, pads: tuple[int, int]) -> int | None:
    return None if size is None else (size + sum(pads) - dilation * (taps - 1) - 1) // stride + 1


def pads_along(padding: Ends, spans: list[int], strides: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return how many positions of padding stand before and behind each dimension.

    Args:
        padding: See `convolution`.
        spans: The reach of the kernel along each dimension.
        strides: The stride along each.
    """
    if isinstance(padding, str):
        if padding not in ("valid", "same") or (padding == "same" and any(stride != 1 for stride in strides)):
            raise Unsupported(f"its padding {padding} is not one that is read")
        return [((span - 1) // 2, span // 2) if padding == "same" else (0, 0) for span in spans]
    pair = [each for each in padding if isinstance(each, tuple)] if isinstance(padding, tuple) else []
    if len(pair) == 2:
        before, after = (each_of(each, len(spans), "padding") for each in pair)
    else:
        given = None if isinstance(padding, tuple) and pair else cast("Ints", padding)
        before = after = each_of(given, len(spans), "padding")
    return [*zip(before, after, strict=True)]


def _padding(pads: tuple[int, int], span: int, stride: int) -> Any:
    """Return padding by its name where it has one."""
    if pads == (0, 0):
        return Padding.VALID
    if stride == 1 and sum(pads) == span - 1:
        if pads[0] == (span - 1) // 2:
            return Padding.SAME
        if pads[1] == 0:
            return Padding.CAUSAL
    return pads


def _layer(kernel: Constant, bias: Array | None, groups: int, settings: dict[str, Any]) -> Layer:
    filters, per_group, size = kernel.shape
    if groups > 1 and per_group == 1 and filters % groups == 0:
        depthwise = kernel.reshape(groups, filters // groups, size).transpose(2, 0, 1)
        return DepthwiseConv1D(as_float(depthwise), bias, **settings)
    return Conv1D(as_float(kernel.transpose(2, 1, 0)), bias, groups=groups, **settings)


def transposed_convolution(
    assembly: Assembly,
    x: Value,
    weight: Value,
    bias: Value | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
) -> Value:
    """Add a transposed convolution.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, length).
        weight: Shape (channels, filters / groups, size).
        bias: Shape (filters,), or None.
        stride: Positions between what neighbouring inputs give.
        padding: Positions that are cut off on either side.
        output_padding: Positions that are added behind.
        groups: Into how many groups the channels are split.
        dilation: Positions between neighbouring taps.
    """
    kernel, offset = weights_of(weight, "weight"), array_of(bias, "bias")
    if kernel is None or kernel.ndim != 3:
        raise Unsupported("it is a transposed convolution of more than one dimension")
    batch = rank_of(x) - 2
    if batch not in (0, 1):
        raise Unsupported("it is a transposed convolution of more than one dimension")
    (step,), (cut,) = each_of(stride, 1, "stride"), each_of(padding, 1, "padding")
    (more,), (apart,) = each_of(output_padding, 1, "output padding"), each_of(dilation, 1, "dilation")
    given = assembly.arranged(x, (batch + 1, batch))
    layer = Conv1DTranspose(
        as_float(kernel.transpose(2, 1, 0)),
        offset,
        stride=step,
        dilation=apart,
        padding=(cut, cut),
        output_padding=more,
        groups=groups,
    )
    layout: Layout = (*[None] * batch, 1, 0)
    return assembly.add(layer, [given], layout)
