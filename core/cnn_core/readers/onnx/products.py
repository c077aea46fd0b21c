"""ONNX's products of matrices, its attention, its norms and its reductions.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..operators import moved_values, normalization, products
from ..operators.assembly import Tensor, Unsupported, Value, as_float, rank_of, sizes_of
from ..operators.elementwise import add, clamp, divide, function, multiply
from ..operators.reductions import cumulative_sum, reduce
from .call import Call, Numbers, whole

__all__ = [
    "attention",
    "batch_norm",
    "cumulative",
    "einsum",
    "extreme_place",
    "gemm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "lp_norm",
    "matmul",
    "reduced",
    "rms_norm",
]


def matmul(call: Call) -> Value:
    """Add a product of matrices; of a third input, which is no part of ONNX's operator, a bias behind it."""
    left, right, bias = call.value(0), call.value(1), call.given(2)
    if isinstance(left, Tensor) and isinstance(right, np.ndarray) and isinstance(bias, np.ndarray):
        units = right.shape[-1:]
        if right.ndim == 2 and bias.ndim <= rank_of(left) and bias.shape[-1:] == units == (bias.size,):
            return products.linear(call.assembly, left, right.T, bias.reshape(-1))
    found = products.matmul(call.assembly, left, right)
    return found if bias is None else add(call.assembly, found, bias)


def gemm(call: Call) -> Value:
    """Add a product of two matrices and what is added to it, each with a factor."""
    left, right, offset = call.value(0), call.value(1), call.given(2)
    if rank_of(left) != 2 or rank_of(right) != 2:
        raise Unsupported("it multiplies what are no matrices")
    if call.integer("transA"):
        left = _turned(call, left)
    if call.integer("transB"):
        right = _turned(call, right)
    alpha, beta = call.real("alpha", 1.0), call.real("beta", 1.0)
    if isinstance(left, Tensor) and isinstance(right, np.ndarray) and not isinstance(offset, Tensor):
        units = right.shape[1]
        if offset is None or offset.size == 1 or offset.shape in ((units,), (1, units)):
            bias = (
                None if offset is None else np.broadcast_to(as_float(offset).ravel() * np.float32(beta), (units,))
            )
            kernel = as_float(right) * np.float32(alpha) if alpha != 1 else right
            return products.linear(call.assembly, left, kernel.T, bias)
    found = products.matmul(call.assembly, left, right)
    found = found if alpha == 1 else multiply(call.assembly, found, alpha)
    if offset is None or not beta:
        return found
    return add(call.assembly, found, offset if beta == 1 else multiply(call.assembly, offset, beta))


def _turned(call: Call, value: Value) -> Value:
    return moved_values.permute(call.assembly, value, (1, 0)) if isinstance(value, Tensor) else value.T


def einsum(call: Call) -> Value:
    """Add a sum of products."""
    return products.einsum(call.assembly, call.text("equation"), call.values())


def attention(call: Call) -> Value:
    """Add scaled dot-product attention, of heads that are apart or side by side."""
    if call.real("softcap", 0.0) or any(call.given(index) is not None for index in (4, 5, 6)):
        raise Unsupported("it attends to what was kept from before, or caps its scores")
    given = [call.value(index) for index in range(3)]
    ranks = {rank_of(each) for each in given}
    heads = [call.integer("q_num_heads"), *[call.integer("kv_num_heads")] * 2]
    if ranks == {3}:
        given = [_apart(call, each, count) for each, count in zip(given, heads, strict=True)]
    elif ranks != {4}:
        raise Unsupported("it reads tensors of unlike rank")
    if len({sizes_of(each)[1] for each in given}) > 1:
        raise Unsupported("its heads share keys")
    scale = call.real("scale", 0.0) or None
    causal = bool(call.integer("is_causal"))
    mask = call.constant(3)
    _check_mask(mask, causal)
    query, key, value = given
    found = products.attention(call.assembly, query, key, value, mask, is_causal=causal, scale=scale)
    if ranks == {4}:
        return found
    side_by_side = moved_values.permute(call.assembly, found, (0, 2, 1, 3))
    batch, length, count, units = sizes_of(side_by_side)
    return moved_values.reshape(call.assembly, side_by_side, (batch, length, (count or 1) * (units or 1)))


def _check_mask(mask: Numbers | None, causal: bool) -> None:
    """Refuse a mask that lets a position attend to nothing."""
    if mask is None or mask.ndim < 2:
        return
    allows = mask if mask.dtype == np.bool_ else mask > -np.inf
    if causal:
        allows = np.tril(allows)
    if not allows.any(axis=-1).all():
        raise Unsupported("its mask leaves a position nothing to attend to")


def _apart(call: Call, value: Value, heads: int) -> Value:
    """Return (batch, positions, heads × units) as (batch, heads, positions, units)."""
    batch, length, units = sizes_of(value)
    if heads < 1 or units is None or units % heads:
        raise Unsupported(f"it has {heads} heads for {units} units")
    apart = moved_values.reshape(call.assembly, value, (batch, length, heads, units // heads))
    return moved_values.permute(call.assembly, apart, (0, 2, 1, 3))


def batch_norm(call: Call) -> Value:
    """Add a batch normalisation."""
    training = bool(call.integer("training_mode"))
    if call.opset < 9 and call.integer("spatial", 1) != 1:
        raise Unsupported("it has statistics for every position")
    scale, offset, mean, variance = (call.needed(index) for index in range(1, 5))
    return normalization.batch_norm(
        call.assembly, call.value(), scale, offset, mean, variance, training, call.real("epsilon", 1e-5)
    )


def instance_norm(call: Call) -> Value:
    """Add a normalisation over every channel's positions."""
    return normalization.instance_norm(
        call.assembly, call.value(), call.needed(1), call.needed(2), eps=call.real("epsilon", 1e-5)
    )


def group_norm(call: Call) -> Value:
    """Add a normalisation over groups of channels; until opset 20 it has one scale a group."""
    groups = call.integer("num_groups")
    channels = sizes_of(call.value())[1]
    if groups < 1 or channels is None or channels % groups:
        raise Unsupported(f"it has {groups} groups for {channels} channels")
    scale, offset = (
        np.repeat(each, channels // groups) if call.opset < 21 and each.size == groups else each
        for each in (call.needed(1), call.needed(2))
    )
    return normalization.group_norm(call.assembly, call.value(), groups, scale, offset, call.real("epsilon", 1e-5))


def layer_norm(call: Call) -> Value:
    """Add a normalisation over the last axes."""
    shape = _last_axes(call)
    scale, offset = _over(call, 1, shape), _over(call, 2, shape)
    return normalization.layer_norm(call.assembly, call.value(), shape, scale, offset, call.real("epsilon", 1e-5))


def rms_norm(call: Call) -> Value:
    """Add a division by the root of the mean square over the last axes."""
    shape = _last_axes(call)
    return normalization.rms_norm(
        call.assembly, call.value(), shape, _over(call, 1, shape), call.real("epsilon", 1e-5)
    )


def _last_axes(call: Call) -> tuple[int, ...]:
    sizes = sizes_of(call.value())[call.axes((call.integer("axis", -1),))[0] :]
    found = tuple(size for size in sizes if size is not None)
    if len(found) < len(sizes):
        raise Unsupported("it normalises over an axis whose length is free")
    return found


def _over(call: Call, index: int, shape: tuple[int, ...]) -> Numbers | None:
    """Return a scale or an offset, stretched over the axes that are normalised."""
    found = call.constant(index)
    if found is None:
        return None
    while found.ndim > len(shape) and found.shape[0] == 1:
        found = found[0]
    try:
        return np.broadcast_to(found, shape)
    except ValueError:
        raise Unsupported("its scale does not fit the axes that it normalises over") from None


def lp_norm(call: Call) -> Value:
    """Add a division by the length along an axis."""
    order, axis = call.integer("p", 2), call.axes((call.integer("axis", -1),))
    x = call.value()
    if order == 2:
        length = reduce(call.assembly, x, "norm", axis, True)
    elif order == 1:
        length = reduce(call.assembly, x, "l1", axis, True)
    else:
        raise Unsupported(f"its length is of order {order}")
    # A length of 0 gives zeros.
    return divide(call.assembly, x, clamp(call.assembly, length, 1e-38))


def reduced(how: str, since: int = 18, before: str = "", behind: str = "") -> Callable[[Call], Value]:
    """Return a reduction over axes.

    Args:
        how: As `reduce` takes it.
        since: The first opset in which the axes are an input.
        before: The function of every value before it, such as abs.
        behind: The function of every value behind it, such as log.
    """

    def add_reduction(call: Call) -> Value:
        x = call.value()
        axes, keeps = call.listed("axes", 1, since), bool(call.integer("keepdims", 1))
        if call.integer("noop_with_empty_axes") and not axes:
            return function(call.assembly, x, before) if before else x
        over = call.axes(axes) if axes else tuple(range(rank_of(x)))
        if before:
            x = function(call.assembly, x, before)
        found = reduce(call.assembly, x, how, over, keeps)
        return function(call.assembly, found, behind) if behind else found

    return add_reduction


def extreme_place(call: Call, how: str) -> Value:
    """Add the places of the largest or the smallest values along an axis.

    Args:
        call: The node.
        how: `argmax` or `argmin`.
    """
    if call.integer("select_last_index"):
        raise Unsupported("of equal values it takes the last")
    axis = call.axes((call.integer("axis"),))[0]
    return reduce(call.assembly, call.value(), how, axis, bool(call.integer("keepdims", 1)))


def cumulative(call: Call) -> Value:
    """Add the sums up to every place of an axis."""
    axis = call.axes(whole(call.needed(1)))
    if len(axis) != 1:
        raise Unsupported("it sums up along several axes")
    return cumulative_sum(
        call.assembly, call.value(), axis[0], bool(call.integer("exclusive")), bool(call.integer("reverse"))
    )
