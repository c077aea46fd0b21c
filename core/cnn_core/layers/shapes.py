"""What arrays and shapes are called here, and the small questions that every layer asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, SettingError, ShapeError

__all__ = [
    "Array",
    "Index",
    "Mask",
    "PerInput",
    "Shape",
    "axis_length",
    "check_bias",
    "check_inputs",
    "check_smallest",
    "known_axes",
    "pad_ends",
    "product",
    "sample_axes",
    "sample_axis",
    "serving",
    "spatial",
]

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
"""One truth value a position: which positions are wanted, or which hold data (Keras's masking)."""
PerInput = tuple[Array | None, ...]
"""A gradient an input, of its shape; None for an input of indices, which have none."""
Shape = tuple[int | None, ...]
"""The shape of one sample, without the batch axis; None where any length will do."""
Index = tuple[int, ...]
"""The place of a value in one sample: (position, channel), or (unit,) where no length is left."""


_Kind = TypeVar("_Kind", bound=np.generic)


def pad_ends(values: NDArray[_Kind], left: int, right: int, fill: float = 0) -> NDArray[_Kind]:
    """Return a copy of values with so many rows of one number before and behind them.

    Args:
        values: Of shape (rows, …).
        left: Rows before them.
        right: Rows behind them.
        fill: What stands in these rows.

    Returns:
        Values, shape (left + rows + right, …).
    """
    # `np.pad` takes ten times as long for a short axis.
    stop = left + len(values)
    padded = np.empty((stop + right, *values.shape[1:]), dtype=values.dtype)
    padded[:left] = padded[stop:] = fill
    padded[left:stop] = values
    return padded


def product(left: Array, right: Array, out: Array | None = None) -> Array:
    """Return a matrix product, `left @ right`.

    Args:
        left: Of shape (…, n).
        right: Of shape (n, m).
        out: Where the products are written, if anywhere.

    Returns:
        Products, shape (…, m).
    """
    # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
    with np.errstate(invalid="ignore"):
        products: Array = np.matmul(left, right, out=out)
    return products


def check_bias(bias: Array | None, shape: tuple[int, ...], units: str) -> None:
    """Refuse a bias of another shape.

    Raises:
        ModelError: It does not fit the units.
    """
    if bias is not None and bias.shape != shape:
        raise ModelError(f"bias of shape {bias.shape} does not fit {units}", remedy=f"its shape is {shape}")


def check_inputs(count: int, layer: str, shapes: Sequence[Shape]) -> None:
    """Refuse another number of inputs.

    Raises:
        ShapeError: There are fewer or more.
    """
    words = {2: "two", 3: "three"}[count]
    if len(shapes) != count:
        raise ShapeError(f"{layer} reads {words} inputs, not {len(shapes)}", remedy=f"give it {words}")


def check_smallest(smallest: int, **settings: float) -> None:
    """Refuse settings, given by their names, that are below the smallest value they can have.

    Raises:
        SettingError: One is; the message names it.
    """
    for name, value in settings.items():
        if value < smallest:
            raise SettingError(f"{name} {value} is below {smallest}", remedy=f"the smallest {name} is {smallest}")


def axis_length(shape: Shape) -> int:
    """Return the length of a shape's first axis.

    Raises:
        ShapeError: It is not known.
    """
    if not shape or shape[0] is None:
        raise ShapeError("the length of the input is not known", remedy="give a sequence first")
    return shape[0]


def known_axes(shape: Shape) -> tuple[int, ...]:
    """Return a shape of which every axis is known.

    Raises:
        ShapeError: The length of one is not.
    """
    axes = tuple(axis for axis in shape if axis is not None)
    if len(axes) < len(shape):
        raise ShapeError("the length of the input is not known", remedy="give a sequence first")
    return axes


def serving(index: Index, shape: tuple[int, ...]) -> Index:
    """Return the place of an array that serves a place of one that it broadcasts to.

    Args:
        index: The place.
        shape: The shape of the array, of as many axes or fewer.
    """
    own = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else at for at, size in zip(own, shape, strict=True))


def sample_axis(axis: int, rank: int, layer: str) -> int:
    """Return which axis of one sample Keras's number for an axis means.

    Args:
        axis: As Keras writes it: 0 is the batch axis, a negative one counts from the last.
        rank: How many axes the sample has.
        layer: The layer's type, for the message.

    Raises:
        ShapeError: It is the batch axis, or there is no such axis.
    """
    found = axis - 1 if axis > 0 else axis + rank
    if axis == 0 or not 0 <= found < rank:
        raise ShapeError(
            f"{layer} works on axis {axis}, and its input has {rank} axes",
            remedy=f"its axis is 1 to {rank}, or −1 for the last" if rank else "give it an input that has axes",
        )
    return found


def sample_axes(axes: int | tuple[int, ...], rank: int, layer: str) -> tuple[int, ...]:
    """Return which axes of one sample Keras's number for an axis, or several, mean, in order; see `sample_axis`."""
    several = (axes,) if isinstance(axes, int) else axes
    return tuple(sorted(sample_axis(axis, rank, layer) for axis in several))


def spatial(shape: Shape, layer: str) -> tuple[int | None, int]:
    """Return the length and the channels of a `(length, channels)` shape.

    Args:
        shape: The shape that a layer is given.
        layer: The layer's type, for the message.

    Raises:
        ShapeError: The shape does not have two axes.
    """
    if len(shape) != 2 or shape[1] is None:
        raise ShapeError(
            f"{layer} reads (length, channels), not {len(shape)} axes",
            remedy="give it the output of a layer that keeps the length",
        )
    return shape[0], shape[1]
