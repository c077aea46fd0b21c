"""Pools, and means and maxima of a whole axis. Source: PyTorch, `torch.nn.functional.max_pool1d` and its like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ...layers import (
    AdaptiveAveragePooling1D,
    AdaptiveMaxPooling1D,
    AveragePooling1D,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Layer,
    MaxPooling1D,
    TimeDistributed,
)
from .assembly import Assembly, Missing, Tensor, Unsupported, Value, rank_of
from .convolution import pads_along
from .settings import Ends, Ints, each_of
from .settings import whole as whole_number

__all__ = ["adaptive_average_pool", "adaptive_max_pool", "average_pool", "max_pool", "max_pool_with_indices"]

_SELECTED: Final = Missing("it reads which positions a pool selected, which is not computed as a value")


def max_pool(
    assembly: Assembly,
    x: Value,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ends = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    *,
    dimensions: int = 1,
) -> Value:
    """Add a pool of maxima.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, length), of two dimensions (1, channels, rows, columns); without the 1 too.
        kernel_size: Positions of a window.
        stride: Positions between neighbouring windows; the window's size where there is none.
        padding: Positions on either side, which are never selected; or a pair of tuples (before, after).
        dilation: Positions between neighbouring taps.
        ceil_mode: Whether a last window may reach beyond the end.
        dimensions: How many dimensions there are.
    """
    along, tensor, settings = _sliding(assembly, x, dimensions, kernel_size, stride, padding)
    apart = each_of(dilation, dimensions, "dilation")[along]
    return _pooled(assembly, MaxPooling1D(**settings, dilation=apart, ceil=bool(ceil_mode)), tensor)


def max_pool_with_indices(assembly: Assembly, *arguments: Any, **named: Any) -> tuple[Value | Missing, ...]:
    """Add a pool of maxima whose selections come out too; it takes what `max_pool` takes."""
    return max_pool(assembly, *arguments, **named), _SELECTED


def average_pool(
    assembly: Assembly,
    x: Value,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ends = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    dimensions: int = 1,
) -> Value:
    """Add a pool of means.

    Args:
        assembly: Where it is added.
        x: See `max_pool`.
        kernel_size: See `max_pool`.
        stride: See `max_pool`.
        padding: Positions of zeros on either side.
        ceil_mode: See `max_pool`.
        count_include_pad: Whether the padding counts.
        divisor_override: What sums are divided by instead of their number.
        dimensions: See `max_pool`.
    """
    if divisor_override is not None:
        raise Unsupported("it divides by a number of its own")
    _, tensor, settings = _sliding(assembly, x, dimensions, kernel_size, stride, padding)
    counts = bool(count_include_pad) and "padding" in settings
    return _pooled(assembly, AveragePooling1D(**settings, ceil=bool(ceil_mode), counts_padding=counts), tensor)


def adaptive_average_pool(assembly: Assembly, x: Value, output_size: Ints) -> Value:
    """Add a pool of means that gives so many cells, whatever the length.

    Args:
        assembly: Where it is added.
        x: See `max_pool`.
        output_size: How many cells, or for each dimension how many; None keeps a dimension.
    """
    return _adaptive(assembly, x, output_size, GlobalAveragePooling1D(), AdaptiveAveragePooling1D)


def adaptive_max_pool(assembly: Assembly, x: Value, output_size: Ints) -> tuple[Value | Missing, ...]:
    """Add a pool of maxima that gives so many cells, and which positions they selected; see the one of means."""
    return _adaptive(assembly, x, output_size, GlobalMaxPooling1D(), AdaptiveMaxPooling1D), _SELECTED


def _adaptive(
    assembly: Assembly,
    x: Value,
    output_size: Ints,
    whole: Layer,
    cells: type[AdaptiveAveragePooling1D | AdaptiveMaxPooling1D],
) -> Value:
    tensor = assembly.tensor(x)
    wanted = [*output_size] if isinstance(output_size, tuple | list) else [output_size]
    dimensions = len(wanted)
    sizes = tensor.sizes[len(tensor.layout) - dimensions :]
    changed = [at for at, (size, count) in enumerate(zip(sizes, wanted, strict=True)) if count not in (None, size)]
    first = len(tensor.layout) - dimensions
    for at in changed:
        count = wanted[at]
        channels = [axis for axis in tensor.order if axis not in (None, first + at)]
        if len(channels) > 1:
            raise Unsupported("it pools along two dimensions at once")
        given = assembly.arranged(tensor, [first + at, *(channels or [first - 1])])
        if count == 1:
            layout = tuple(None if axis in (None, 0) else 0 for axis in given.layout)
            tensor = assembly.add(whole, [given], layout)
            continue
        tensor = assembly.add(cells(whole_number(count, "number of cells")), [given], given.layout)
    return tensor


def _sliding(
    assembly: Assembly, x: Value, dimensions: int, kernel_size: Ints, stride: Ints | None, padding: Ends
) -> tuple[int, Tensor, dict[str, Any]]:
    """Return the dimension along which a pool slides, what it reads as (length, channels), and its window there."""
    sizes = each_of(kernel_size, dimensions, "window")
    strides = each_of(stride, dimensions, "stride") if stride not in (None, (), []) else sizes
    pads = pads_along(padding, [*sizes], strides)
    along, tensor = _plane(assembly, x, dimensions, sizes, strides, pads)
    settings = {"size": sizes[along], "stride": strides[along]}
    return along, tensor, settings | ({"padding": pads[along]} if pads[along] != (0, 0) else {})


def _plane(
    assembly: Assembly,
    x: Value,
    dimensions: int,
    sizes: tuple[int, ...],
    strides: tuple[int, ...],
    pads: Sequence[tuple[int, int]],
) -> tuple[int, Tensor]:
    """Return the dimension along which a pool slides, and what it reads as (length, channels)."""
    tensor = assembly.tensor(x)
    first = rank_of(x) - dimensions
    if first not in (1, 2):
        raise Unsupported(f"it reads {rank_of(x)} axes, where it has {dimensions} dimensions")
    sliding = [at for at in range(dimensions) if sizes[at] != 1 or pads[at] != (0, 0)]
    if not sliding:
        sliding = [dimensions - 1]
    if len(sliding) > 1:
        raise Unsupported("it pools along two dimensions at once")
    along = first + sliding[0]
    if any(strides[at] != 1 and tensor.sizes[first + at] != 1 for at in range(dimensions) if first + at != along):
        raise Unsupported("it leaves out rows that are no positions")
    channels = [axis for axis in tensor.order if axis not in (None, along)]
    if len(channels) > 2:
        raise Unsupported("it pools a tensor of three dimensions")
    if len(channels) < 2:
        return sliding[0], assembly.arranged(tensor, [along, *(channels or [first - 1])])
    beside = [axis for axis in channels if axis != first - 1]
    return sliding[0], assembly.arranged(tensor, [*beside, along, first - 1])


def _pooled(assembly: Assembly, layer: Layer, tensor: Tensor) -> Value:
    # Strands, or rows, each for itself.
    pool = TimeDistributed(layer) if len(tensor.known()) == 3 else layer
    return assembly.add(pool, [tensor], tensor.layout)
