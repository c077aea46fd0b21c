"""Layers of two dimensions that are used as of one: which axis is the sequence, and what the other one is.

A Conv2D over (1, length, channels) slides along the length alone. One over (4, length, 1), whose kernel has 4 rows,
reads all four letters at once: the rows are its channels. Both are a Conv1D. A kernel of 2 rows over 4 is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ModelError
from ...layers import Array, Cropping1D, Resize1D, UpSampling1D, ZeroPadding1D
from .assembly import PLAIN, Tensor, Unsupported
from .layer_call import LayerCall, shape_text, whole_numbers

__all__ = ["Plane", "crop", "pad", "plane_of", "upsample"]


@dataclass(frozen=True, slots=True)
class Plane:
    """How a layer of one or two dimensions lies over a sequence.

    Attributes:
        rank: How many dimensions it has.
        axes: What Keras's axes of its output are.
        length: Which of its dimensions runs along the sequence.
        consumes: Whether the other dimension runs over the channels, which a kernel reads at once.
        middle: Which row of a kernel is read where the other dimension has length 1.
    """

    rank: int
    axes: str
    length: int = 0
    consumes: bool = False
    middle: int = 0

    @property
    def other(self) -> int:
        """Which of two dimensions does not run along the sequence."""
        return 1 - self.length

    def along(self, kernel: Array) -> Array:
        """Return the part of a kernel that is read, without the dimension that has length 1.

        Args:
            kernel: Shape (kernel size, …), or (rows, columns, …).
        """
        return np.take(kernel, self.middle, axis=self.other) if self.rank > 1 else kernel


def plane_of(called: LayerCall, *, pools: bool) -> tuple[Plane, Tensor]:
    """Return how a layer lies over what it reads, and that as (length, channels).

    Args:
        called: The layer's call.
        pools: Whether each channel is treated for itself, instead of all being read at once.

    Raises:
        Unsupported: It works on two dimensions.
    """
    # Keras 1 left it out where a layer moves or repeats rows, and meant what its other layers say.
    usual = "channels_first" if called.assembly.channels_first else "channels_last"
    first = called.text("data_format", usual) == "channels_first"
    if "2D" not in called.config.class_name:
        axes = "CL" if first else PLAIN
        return Plane(1, axes), called.assembly.as_sequence(called.name, called.one(), axes)
    tensor = _laid_out(called, called.one(), 0 if first else 2)
    roles = tensor.axes
    channel, dimensions = (0, (1, 2)) if first else (2, (0, 1))
    spatial = [roles[index] for index in dimensions]
    if "L" not in spatial:
        raise Unsupported(f"its channels run along the sequence, in {shape_text(tensor.keras_shape)}")
    along = spatial.index("L")
    if spatial[1 - along] == "1":
        return Plane(2, roles, along, middle=0 if pools else _middle(called, 1 - along)), tensor
    if pools:
        return Plane(2, roles, along, consumes=True), tensor
    letters = tensor.known()[1]
    _check_consumed(called, 1 - along, letters)
    found = [*roles]
    found[dimensions[1 - along]], found[channel] = "1", "C"
    return Plane(2, "".join(found), along, consumes=True), tensor


def _laid_out(called: LayerCall, tensor: Tensor, channel: int) -> Tensor:
    """Return a tensor of three axes as (length, channels)."""
    if len(tensor.axes) == 3:
        return tensor
    tensor = called.assembly.as_keras(called.name, tensor)
    shape = tensor.known()
    if len(shape) != 3:
        raise Unsupported(f"it reads three axes, and {tensor.node} gives {len(shape)}")
    dimensions = [axis for axis in range(3) if axis != channel]
    ones = [axis for axis in dimensions if shape[axis] == 1]
    axes = ["L"] * 3
    if ones:
        # Of two, the last is taken for the sequence.
        axes[ones[0]], axes[channel] = "1", "C"
    elif shape[channel] == 1:
        sizes = called.wholes("kernel_size", 2) if "kernel_size" in called.settings else (0, 0)
        whole = [axis for axis, size in zip(dimensions, sizes, strict=True) if shape[axis] == size]
        if not whole:
            raise Unsupported(f"it works on two dimensions, {shape_text(shape)}")
        axes[whole[0]], axes[channel] = "C", "1"
    else:
        raise Unsupported(f"it works on two dimensions, {shape_text(shape)}")
    return called.assembly.as_sequence(called.name, tensor, "".join(axes))


def _middle(called: LayerCall, other: int) -> int:
    """Return which row of a kernel lies over an axis of length 1."""
    size = called.wholes("kernel_size", 2)[other]
    if size > 1 and called.text("padding", "valid") != "same":
        raise Unsupported(f"its kernel of {size} rows does not fit an axis of length 1")
    # The others lie over the padding, which is zero; Theano puts the odd row of it in front.
    return size // 2 if called.age.theano else (size - 1) // 2


def _check_consumed(called: LayerCall, other: int, letters: int | None) -> None:
    """Refuse a kernel that does not read all channels of another axis at once."""
    size = called.wholes("kernel_size", 2)[other]
    stride = called.wholes("strides", 2, 1)[other]
    dilation = called.wholes("dilation_rate", 2, 1)[other]
    same = called.text("padding", "valid") == "same"
    if size != letters or dilation != 1 or (same and (stride < size or called.age.theano)):
        raise Unsupported(
            f"its kernel slides over {letters} rows as well as along the sequence, so that it is no convolution of one"
            " dimension"
        )


def pad(called: LayerCall) -> Tensor:
    """Add a ZeroPadding1D, or a ZeroPadding2D that is one."""
    ends, plane, tensor = _ends(called, "padding", 1)
    return called.add(ZeroPadding1D(ends), tensor, plane.axes)


def crop(called: LayerCall) -> Tensor:
    """Add a Cropping1D, or a Cropping2D that is one."""
    ends, plane, tensor = _ends(called, "cropping", 1 if called.config.class_name.endswith("1D") else 0)
    return called.add(Cropping1D(ends), tensor, plane.axes)


def upsample(called: LayerCall) -> Tensor:
    """Add an UpSampling1D, or an UpSampling2D that is one."""
    plane, tensor = plane_of(called, pools=True)
    sizes = called.wholes("size", plane.rank, 2)
    if plane.rank == 2 and sizes[plane.other] != 1:
        raise Unsupported("it repeats what is no sequence")
    interpolation, size = called.text("interpolation", "nearest"), sizes[plane.length]
    if interpolation == "bilinear":
        layer = Resize1D(scale=float(size), interpolation="linear", coordinates="half_pixel")
        return called.add(layer, tensor, plane.axes)
    if interpolation != "nearest":
        raise Unsupported(f"its interpolation is '{interpolation}', which is not computed")
    return called.add(UpSampling1D(size), tensor, plane.axes)


_SIDES = (("top_pad", "bottom_pad"), ("left_pad", "right_pad"))


def _ends(called: LayerCall, key: str, default: int) -> tuple[tuple[int, int], Plane, Tensor]:
    """Return what is added or cut off at the ends of the sequence."""
    plane, tensor = plane_of(called, pools=True)
    value = called.settings.get(key)
    rank = plane.rank
    if isinstance(value, dict):
        # Keras 1 names the sides.
        value = [[value.get(side, 0) for side in sides] for sides in _SIDES[-rank:]]
        value = value[0] if rank == 1 else value
    if rank == 2 and isinstance(value, list) and len(value) == 4:
        value = [value[:2], value[2:]]
    each = value if rank == 2 and isinstance(value, list) else [value] * rank
    if len(each) != rank:
        raise ModelError(f"its {key} has {len(each)} parts", remedy=f"it has {rank}")
    ends = []
    for part in each:
        left, right = whole_numbers(part, key, 2, default)
        ends.append((left, right))
    if rank == 2 and any(ends[plane.other]):
        raise Unsupported(f"its {key} changes what is no sequence")
    return ends[plane.length], plane, tensor
