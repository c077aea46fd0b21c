"""Functions whose arguments PyTorch orders or names in its own way, for the table in `aten`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...layers import CELU, HardShrink, Threshold
from .assembly import (
    Assembly,
    Given,
    Missing,
    Picks,
    Tensor,
    Unsupported,
    Value,
    axis_of,
    rank_of,
    sizes_of,
)
from .calls import read
from .constants import DTYPES
from .convolution import convolution, transposed_convolution
from .elementwise import Operand, clamp, compare, divide, function, multiply, subtract, where
from .folding import bounded
from .moved_values import broadcast, permute, reshape, select, slice_along, split, take, transpose
from .products import embedding
from .reductions import reduce
from .settings import Ints, whole

__all__ = [
    "cast",
    "celu",
    "chunk",
    "decomposed_convolution",
    "dropout",
    "expand_as",
    "flatten",
    "gather",
    "gelu",
    "hardtanh",
    "index",
    "index_select",
    "masked_fill",
    "movedim",
    "narrow",
    "native_dropout",
    "norm",
    "one_hot",
    "opposite",
    "place",
    "reshape_as",
    "reversed_subtract",
    "roll",
    "same",
    "select_along",
    "shrink",
    "slice_of",
    "softplus",
    "spread",
    "swapped",
    "threshold_at",
    "unbind",
    "unflatten",
    "weight_norm",
    "with_statistics",
]


def same(assembly: Assembly, x: Value) -> Value:
    """Return a tensor as it is."""
    return x


def dropout(assembly: Assembly, x: Value, p: float, train: bool) -> Value:
    """Return a tensor as it is, if nothing is dropped."""
    if train and p:
        raise Unsupported("it drops values at random; export the model behind model.eval()")
    return x


def native_dropout(assembly: Assembly, x: Value, p: float, train: bool | None) -> tuple[Given, ...]:
    """Return a tensor as it is, if nothing is dropped, and which values were."""
    return dropout(assembly, x, p, bool(train)), Missing("it reads which values were dropped")


def hardtanh(assembly: Assembly, x: Value, min_val: float = -1, max_val: float = 1) -> Value:
    """Add a clamp."""
    return function(assembly, x, "relu6") if (min_val, max_val) == (0, 6) else clamp(assembly, x, min_val, max_val)


def gelu(assembly: Assembly, x: Value, approximate: str = "none") -> Value:
    """Add a GELU, exact or by tanh."""
    return function(assembly, x, "gelu_approximate" if approximate == "tanh" else "gelu")


def softplus(assembly: Assembly, x: Value, beta: float = 1, threshold: float = 20) -> Value:
    """Add a softplus of a steepness."""
    if beta == 1:
        return function(assembly, x, "softplus")
    return divide(assembly, function(assembly, multiply(assembly, x, beta), "softplus"), beta)


def threshold_at(assembly: Assembly, x: Value, threshold: float, value: float) -> Value:
    """Add what keeps values above a threshold and puts a number in place of others."""
    if threshold or value:
        return assembly.elementwise(Threshold(float(threshold), float(value)), assembly.tensor(x))
    return function(assembly, x, "relu")


def shrink(assembly: Assembly, x: Value, threshold: float = 0.5, *, kind: type[HardShrink]) -> Value:
    """Add a function that shrinks values up to a threshold to 0."""
    return assembly.elementwise(kind(float(threshold)), assembly.tensor(x))


def celu(assembly: Assembly, x: Value, alpha: float = 1) -> Value:
    """Add a CELU."""
    return assembly.elementwise(CELU(float(alpha)), assembly.tensor(x))


def decomposed_convolution(
    assembly: Assembly,
    x: Value,
    weight: Value,
    bias: Value | None,
    stride: Ints,
    padding: Ints,
    dilation: Ints,
    transposed: bool,
    output_padding: Ints,
    groups: int,
) -> Value:
    """Add a convolution of either kind."""
    if transposed:
        return transposed_convolution(assembly, x, weight, bias, stride, padding, output_padding, groups, dilation)
    return convolution(assembly, x, weight, bias, stride, padding, dilation, groups)


def with_statistics(assembly: Assembly, *arguments: Any, of: Any, **named: Any) -> tuple[Given, ...]:
    """Add a normalisation whose means and deviations come out too."""
    missing = Missing("it reads the mean or the deviation of a normalisation")
    return of(assembly, *arguments, **named), missing, missing


def reversed_subtract(assembly: Assembly, x: Operand, other: Operand, alpha: float = 1) -> Value:
    """Add `other − alpha · x`."""
    return subtract(assembly, other, x if alpha == 1 else multiply(assembly, x, alpha))


def weight_norm(assembly: Assembly, v: Value, g: Value, dim: int = 0) -> Value:
    """Refuse a weight that is not constant."""
    raise Unsupported("its weight is computed from the input")


def spread(
    assembly: Assembly,
    x: Value,
    dim: int | Sequence[int] | None = None,
    unbiased: bool = True,
    keepdim: bool = False,
    correction: float | None = None,
    *,
    how: str,
) -> Value:
    """Add a variance or a deviation, with Bessel's correction."""
    by = correction if correction is not None else float(unbiased)
    found = reduce(assembly, x, how, dim, keepdim)
    if not by:
        return found
    rank = rank_of(x)
    named = [dim] if isinstance(dim, int) else [*(dim or range(rank))]
    sizes = assembly.tensor(x).sizes
    count = float(np.prod([whole(sizes[axis_of(rank, axis)], "number of values") for axis in named]))
    if count <= by:
        raise Unsupported("it takes the variance of a single value")
    factor = count / (count - by)
    return multiply(assembly, found, factor if how == "variance" else factor**0.5)


def norm(
    assembly: Assembly,
    x: Value,
    order: float | None = 2,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
) -> Value:
    """Add a norm, the root of the sum of squares."""
    if order not in (None, 2):
        raise Unsupported(f"it is a norm of order {order}")
    return reduce(assembly, x, "norm", dim, keepdim)


def place(assembly: Assembly, x: Value, dim: int | None = None, keepdim: bool = False, *, how: str) -> Value:
    """Add where along an axis the largest or the smallest value stands."""
    if dim is None and sum(size != 1 for size in sizes_of(x)) > 1:
        raise Unsupported("it gives a place among all values")
    return reduce(assembly, x, how, dim, keepdim)


def flatten(assembly: Assembly, x: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    """Return a tensor with several axes as one."""
    first, last = axis_of(x, start_dim), axis_of(x, end_dim)
    sizes = assembly.tensor(x).sizes
    together = sizes[first : last + 1]
    size = None if None in together else int(np.prod([each for each in together if each is not None]))
    return reshape(assembly, x, (*sizes[:first], size, *sizes[last + 1 :]))


def unflatten(assembly: Assembly, x: Value, dim: int, sizes: Sequence[int | None]) -> Value:
    """Return a tensor with one axis as several."""
    axis, before = axis_of(x, dim), assembly.tensor(x).sizes
    if -1 in sizes and before[axis] is not None:
        known = int(np.prod([size for size in sizes if size is not None and size > 0]))
        sizes = [(before[axis] or 0) // known if size == -1 else size for size in sizes]
    return reshape(assembly, x, (*before[:axis], *sizes, *before[axis + 1 :]))


def reshape_as(assembly: Assembly, x: Value, other: Value) -> Value:
    """Return a tensor in the shape of another."""
    return reshape(assembly, x, assembly.tensor(other).sizes)


def expand_as(assembly: Assembly, x: Value, other: Value) -> Value:
    """Return a tensor as long as another."""
    return broadcast(assembly, x, assembly.tensor(other).sizes)


def swapped(assembly: Assembly, x: Value) -> Value:
    """Return a matrix with its axes exchanged."""
    return transpose(assembly, x, 0, 1) if rank_of(x) == 2 else x


def movedim(assembly: Assembly, x: Value, source: Ints, destination: Ints) -> Value:
    """Return a tensor with some axes at other places."""
    before, after = (
        [axis_of(x, whole(each, "axis")) for each in (given if isinstance(given, list | tuple) else [given])]
        for given in (source, destination)
    )
    rest = iter(axis for axis in range(rank_of(x)) if axis not in before)
    moved = dict(zip(after, before, strict=True))
    return permute(assembly, x, [moved[at] if at in moved else next(rest) for at in range(rank_of(x))])


def select_along(assembly: Assembly, x: Given, dim: int, index: int) -> Value:
    """Return one place of an axis."""
    if isinstance(x, Picks) and dim == 0 and -len(x.values) <= index < len(x.values):
        return x.values[index].value()
    found: Value = read(assembly, x)
    return select(assembly, found, dim, index)


def slice_of(
    assembly: Assembly, x: Given, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Given:
    """Return a stretch of an axis."""
    if isinstance(x, Picks) and dim == 0:
        return Picks(x.values[slice(start, end, step)])
    found: Value = read(assembly, x)
    return slice_along(assembly, found, dim, start, end, step)


def chunk(assembly: Assembly, x: Value, chunks: int, dim: int = 0) -> tuple[Value | Missing, ...]:
    """Return so many stretches of an axis."""
    size = assembly.tensor(x).sizes[axis_of(x, dim)]
    return split(assembly, x, -(-whole(size, "length") // chunks), dim)


def unbind(assembly: Assembly, x: Value, dim: int = 0) -> tuple[Value, ...]:
    """Return every place of an axis."""
    axis = axis_of(x, dim)
    count = whole(assembly.tensor(x).sizes[axis], "length")
    return tuple(select(assembly, x, axis, index) for index in range(count))


def narrow(assembly: Assembly, x: Value, dim: int, start: int, length: int) -> Value:
    """Return a stretch of an axis by its length."""
    return slice_along(assembly, x, dim, start, start + length)


def index_select(assembly: Assembly, x: Value, dim: int, index: Value) -> Value:
    """Return places of an axis."""
    if isinstance(index, Tensor):
        raise Unsupported("it takes places that are computed from the input")
    return take(assembly, x, dim, index.reshape(-1).tolist())


def index(assembly: Assembly, x: Value, indices: Sequence[Value | None]) -> Value:
    """Return places of one axis."""
    named = [(axis, each) for axis, each in enumerate(indices) if each is not None]
    if len(named) != 1:
        raise Unsupported("it takes places along several axes at once")
    axis, places = named[0]
    if isinstance(places, Tensor):
        raise Unsupported("it takes places that are computed from the input")
    if places.ndim != 1:
        raise Unsupported(f"it takes places by an array of {places.ndim} axes")
    return take(assembly, x, axis, (np.flatnonzero(places) if places.dtype == np.bool_ else places).tolist())


def roll(assembly: Assembly, x: Value, shifts: Ints, dims: Ints = ()) -> Value:
    """Return a tensor with axes turned, so that what leaves at the end enters at the start."""
    several = zip(*((each if isinstance(each, list | tuple) else [each]) for each in (shifts, dims)), strict=True)
    found = x
    for shift, axis in several:
        size = whole(assembly.tensor(found).sizes[axis_of(x, whole(axis, "axis"))], "length")
        found = take(assembly, found, whole(axis, "axis"), np.roll(np.arange(size), whole(shift, "shift")).tolist())
    return found


def gather(assembly: Assembly, x: Value, dim: int, index: Value, sparse_grad: bool = False) -> Value:
    """Refuse places that are computed from the input."""
    raise Unsupported("it takes places that are computed from the input")


def masked_fill(assembly: Assembly, x: Value, mask: Value, value: Operand) -> Value:
    """Add a choice of a number where a mask is not 0."""
    return where(assembly, mask, value, x)


def one_hot(assembly: Assembly, x: Value, num_classes: int = -1) -> Value:
    """Add a table whose row of an index is 1 there and 0 elsewhere."""
    if num_classes < 1:
        raise Unsupported("its number of classes depends on the input")
    bounded((num_classes, num_classes))
    return embedding(assembly, np.eye(num_classes, dtype=np.float32), x)


def opposite(assembly: Assembly, x: Value) -> Value:
    """Add 1 where there is a 0, and 0 elsewhere."""
    return compare(assembly, x, 0, "equal")


def cast(assembly: Assembly, x: Value, dtype: int | None = None) -> Value:
    """Return a tensor as another kind of numbers."""
    kind = DTYPES.get(7 if dtype is None else dtype, "")
    tensor = assembly.tensor(x)
    if kind.startswith(("float", "bfloat")) or tensor.whole or kind == "bool":
        if kind == "bool":
            return compare(assembly, x, 0, "not_equal")
        return tensor
    return function(assembly, x, "trunc")
