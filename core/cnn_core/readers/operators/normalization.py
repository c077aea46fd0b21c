"""Normalisation. Source: PyTorch, `torch.nn.functional.batch_norm` and its like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...layers import Array, BatchNormalization, GroupNormalization, LayerNormalization, RMSNormalization
from .assembly import Assembly, Tensor, Unsupported, Value, as_float, rank_of
from .convolution import array_of, weights_of

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm"]

_TRAINING = "it is in training mode, where it computes with the batch; export the model behind model.eval()"


def batch_norm(
    assembly: Assembly,
    x: Value,
    weight: Value | None = None,
    bias: Value | None = None,
    running_mean: Value | None = None,
    running_var: Value | None = None,
    training: bool = False,
    eps: float = 1e-5,
) -> Value:
    """Add a batch normalisation with the statistics of the training.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, …).
        weight: The scale, shape (channels,), or None.
        bias: The offset, shape (channels,), or None.
        running_mean: Shape (channels,).
        running_var: Shape (channels,).
        training: Whether it computes with the batch's own statistics, which is refused.
        eps: What keeps the root above 0.
    """
    mean, variance = weights_of(running_mean, "mean"), weights_of(running_var, "variance")
    if training or mean is None or variance is None:
        raise Unsupported(_TRAINING)
    tensor = assembly.with_axis(x, 1)
    layer = BatchNormalization(
        as_float(mean),
        as_float(variance),
        array_of(weight, "weight"),
        array_of(bias, "bias"),
        float(eps),
        _named(tensor, 1),
    )
    return assembly.elementwise(layer, tensor)


def layer_norm(
    assembly: Assembly,
    x: Value,
    normalized_shape: Sequence[int],
    weight: Value | None = None,
    bias: Value | None = None,
    eps: float = 1e-5,
) -> Value:
    """Add a normalisation over the last axes.

    Args:
        assembly: Where it is added.
        x: Any shape.
        normalized_shape: The lengths of the last axes, over which it goes.
        weight: The scale, of that shape, or None.
        bias: The offset, of that shape, or None.
        eps: What keeps the root above 0.
    """
    tensor, axes = _normalised(assembly, x, len(normalized_shape))
    layer = LayerNormalization(
        _learned(weight, tensor, axes, "weight"),
        _learned(bias, tensor, axes, "bias"),
        float(eps),
        _several(tensor, axes),
    )
    return assembly.elementwise(layer, tensor)


def rms_norm(
    assembly: Assembly,
    x: Value,
    normalized_shape: Sequence[int],
    weight: Value | None = None,
    eps: float | None = None,
) -> Value:
    """Add a division by the root of the mean square over the last axes; see `layer_norm`."""
    tensor, axes = _normalised(assembly, x, len(normalized_shape))
    smallest = float(np.finfo(np.float32).eps) if eps is None else float(eps)
    layer = RMSNormalization(
        _learned(weight, tensor, axes, "weight"), epsilon=smallest, axis=_several(tensor, axes)
    )
    return assembly.elementwise(layer, tensor)


def group_norm(
    assembly: Assembly,
    x: Value,
    num_groups: int,
    weight: Value | None = None,
    bias: Value | None = None,
    eps: float = 1e-5,
) -> Value:
    """Add a normalisation over groups of channels, with all their positions.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, …).
        num_groups: How many groups there are.
        weight: The scale, shape (channels,), or None.
        bias: The offset, shape (channels,), or None.
        eps: What keeps the root above 0.
    """
    tensor = assembly.last(x, 1)
    if tensor.sizes[0] != 1:
        raise Unsupported("it normalises several samples at once")
    layer = GroupNormalization(
        num_groups,
        array_of(weight, "weight"),
        array_of(bias, "bias"),
        epsilon=float(eps),
    )
    return assembly.elementwise(layer, tensor)


def instance_norm(
    assembly: Assembly,
    x: Value,
    weight: Value | None = None,
    bias: Value | None = None,
    running_mean: Value | None = None,
    running_var: Value | None = None,
    use_input_stats: bool = True,
    eps: float = 1e-5,
) -> Value:
    """Add a normalisation over every channel's positions, or one with the statistics of the training.

    Args:
        assembly: Where it is added.
        x: Shape (1, channels, …).
        weight: The scale, shape (channels,), or None.
        bias: The offset, shape (channels,), or None.
        running_mean: Shape (channels,), or None.
        running_var: Shape (channels,), or None.
        use_input_stats: Whether it computes with the input's own statistics.
        eps: What keeps the root above 0.
    """
    if not use_input_stats:
        return batch_norm(assembly, x, weight, bias, running_mean, running_var, False, eps)
    channels = assembly.tensor(x).sizes[1]
    if channels is None:
        raise Unsupported("its number of channels is not known")
    return group_norm(assembly, x, channels, weight, bias, eps)


def _normalised(assembly: Assembly, x: Value, count: int) -> tuple[Tensor, list[int]]:
    """Return a tensor whose array has the last axes, and which those are."""
    rank = rank_of(x)
    axes = [*range(rank - count, rank)]
    tensor = assembly.tensor(x)
    for axis in axes:
        tensor = assembly.with_axis(tensor, axis)
    return tensor, axes


def _learned(value: Value | None, tensor: Tensor, axes: Sequence[int], what: str) -> Array | None:
    """Return weights over several of the framework's axes in the order that those have in our array."""
    values = weights_of(value, what)
    if values is None:
        return None
    in_order = [axis for axis in tensor.order if axis in axes]
    return as_float(values.transpose([axes.index(axis) for axis in in_order if axis is not None]))


def _several(tensor: Tensor, axes: Sequence[int]) -> int | tuple[int, ...]:
    named = tuple(_named(tensor, axis) for axis in axes)
    return named[0] if len(named) == 1 else tuple(sorted(tensor.axis(axis) for axis in axes))


def _named(tensor: Tensor, axis: int) -> int:
    """Return an axis as our layers name it, the last as −1."""
    found = tensor.axis(axis)
    return -1 if found == len(tensor.known()) else found
