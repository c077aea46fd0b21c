"""Sums, means, maxima and the like over axes. Source: PyTorch, `torch.sum` and its like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...layers import CumulativeSum, GlobalAveragePooling1D, GlobalMaxPooling1D, Layer, Reduce
from .assembly import Assembly, Layout, Missing, Tensor, Unsupported, Value, axis_of, rank_of

__all__ = ["cumulative_sum", "extreme", "reduce"]

_OF_ONE = ("sum", "mean", "max", "min", "prod", "logsumexp")


def reduce(
    assembly: Assembly, x: Value, how: Any, dim: int | Sequence[int] | None = None, keepdim: bool = False
) -> Value:
    """Add a reduction over axes.

    Args:
        assembly: Where it is added.
        x: The values.
        how: `sum`, `mean`, `max`, `min`, `prod`, `variance`, `std`, `logsumexp`, `norm` …, see `Reduce`.
        dim: The axis, or several; None, or none, stands for all.
        keepdim: Whether the axes stay, with length 1.
    """
    tensor = assembly.tensor(x)
    rank = rank_of(x)
    named = [dim] if isinstance(dim, int) else [*(dim or range(rank))]
    axes = sorted({axis_of(rank, axis) for axis in named})
    inside = [axis for axis in axes if tensor.layout[axis] is not None]
    # Of an axis of length 1 that our array lacks, a sum is the value itself.
    if not inside and how not in _OF_ONE:
        raise Unsupported("it reduces an axis of length 1")
    if inside:
        kept = [axis for axis in tensor.order if axis not in inside]
        layout: Layout = tuple(kept.index(axis) if axis in kept else None for axis in range(rank))
        tensor = assembly.add(_layer(how, tensor, inside), [tensor], layout)
    if keepdim:
        return tensor
    return replace(tensor, layout=tuple(at for axis, at in enumerate(tensor.layout) if axis not in axes))


def _layer(how: Any, tensor: Tensor, axes: Sequence[int]) -> Layer:
    if len(tensor.known()) == 2 and axes == [tensor.order[0]]:
        if how == "mean":
            return GlobalAveragePooling1D()
        if how == "max":
            return GlobalMaxPooling1D()
    everything = len(axes) == len(tensor.known())
    # Our arrays have an axis at least.
    return Reduce(how, tuple(sorted(tensor.axis(axis) for axis in axes)), everything)


def extreme(
    assembly: Assembly, x: Value, how: Any, dim: int | Sequence[int] | None = None, keepdim: bool = False
) -> tuple[Value | Missing, ...]:
    """Add the largest or the smallest value along an axis; where it stands comes out too, and cannot be had.

    Args:
        assembly: Where it is added.
        x: The values.
        how: `max` or `min`.
        dim: See `reduce`.
        keepdim: See `reduce`.
    """
    found = reduce(assembly, x, how, dim, keepdim)
    return found, Missing("it reads at which place a maximum stands, which is not computed as a value")


def cumulative_sum(assembly: Assembly, x: Value, dim: int, exclusive: bool = False, reverse: bool = False) -> Value:
    """Add the sums up to every place of an axis."""
    tensor = assembly.with_axis(x, axis_of(x, dim))
    return assembly.elementwise(CumulativeSum(tensor.axis(axis_of(x, dim)), exclusive, reverse), tensor)
