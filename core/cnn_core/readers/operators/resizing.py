"""Operators that give an axis another number of places, by the nearest or between two neighbours.

Source: PyTorch, `torch.nn.functional.interpolate`, `torch.repeat_interleave`.
"""

from __future__ import annotations

from typing import Any

from ...layers import Resize1D, UpSampling1D
from .assembly import Assembly, Layout, Unsupported, Value, rank_of

__all__ = ["linear_upsample", "nearest_upsample", "repeat_each"]


def repeat_each(assembly: Assembly, x: Value, times: int, axis: int) -> Value:
    """Return every place of an axis several times."""
    tensor = assembly.tensor(x)
    others = [each for each in tensor.order if each not in (None, axis)]
    given = assembly.arranged(tensor, [axis, *(others or [1])])
    return assembly.add(UpSampling1D(times), [given], given.layout)


def nearest_upsample(assembly: Assembly, x: Value, output_size: Any = None, scale_factors: Any = None) -> Value:
    """Return the nearest place for every place of a longer or shorter axis.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, length).
        output_size: How many places come out, or None.
        scale_factors: How many come out for one that goes in, or None; rounded down.
    """
    size, factor = _first(output_size), _first(scale_factors)
    length = assembly.tensor(x).sizes[-1]
    if factor is None and size and length and size % length == 0:
        factor = size // length
    if factor is not None and factor == int(factor) and rank_of(x) == 3:
        return repeat_each(assembly, x, int(factor), 2)
    return _resized(assembly, x, size, factor, "nearest", "asymmetric")


def linear_upsample(
    assembly: Assembly,
    x: Value,
    output_size: Any = None,
    align_corners: bool = False,
    scale_factors: Any = None,
) -> Value:
    """Return a longer or shorter axis whose places lie between two neighbours.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, length).
        output_size: How many places come out, or None.
        align_corners: Whether the first and the last place stay where they are.
        scale_factors: How many come out for one that goes in, or None; rounded down.
    """
    coordinates = "align_corners" if align_corners else "half_pixel"
    return _resized(assembly, x, _first(output_size), _first(scale_factors), "linear", coordinates)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list | tuple) and value else value


def _resized(
    assembly: Assembly, x: Value, size: int | None, factor: float | None, interpolation: str, coordinates: str
) -> Value:
    if rank_of(x) != 3:
        raise Unsupported("it stretches more than one axis")
    if size is None and factor is None:
        raise Unsupported("it stretches an axis to a length that depends on the input's")
    layer = Resize1D(size, None if factor is None else float(factor), interpolation, coordinates)
    layout: Layout = (None, 1, 0)
    return assembly.add(layer, [assembly.arranged(x, (2, 1))], layout)
