"""One number for many along any axes, and running sums.

Sources: PyTorch, `torch.sum`, `mean`, `amax`, `amin`, `prod`, `var`, `std`, `logsumexp`, `norm`, `argmax`, `cumsum`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, SettingError
from .activation_functions import rescaled
from .base import Layer, LayerRun, PositionwiseLayer, spans_of, whole_axis
from .composition import LARGEST_SHOWN, Composition, ComputedValue, Part, Places, weighted_sum
from .edited import Edited, Spans
from .selection_and_ties import change_ratio, shared_change, ties_of
from .shapes import Array, Mask, PerInput, Shape, axis_length, sample_axes, sample_axis
from .softmax import change_slopes, powers_of_both
from .windows import Alignment

__all__ = ["CumulativeSum", "Reduce"]

ReduceHow = Literal[
    "sum",
    "mean",
    "max",
    "min",
    "prod",
    "variance",
    "std",
    "logsumexp",
    "l1",
    "norm",
    "argmax",
    "argmin",
    "any",
    "all",
]
_WORDS: Final = {"sum": "sum", "mean": "mean", "max": "maximum", "min": "minimum", "prod": "product"}


def _logsumexp(x: Array, axes: tuple[int, ...]) -> Array:
    highest = x.max(axis=axes, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, np.float32(0))
    found: Array = np.log(np.exp(x - highest).sum(axis=axes, keepdims=True)) + highest
    return found


def _arg(of: Callable[..., NDArray[np.int64]]) -> Callable[[Array, tuple[int, ...]], Array]:
    def places(x: Array, axes: tuple[int, ...]) -> Array:
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        flat = x.transpose([*kept, *axes]).reshape(*(x.shape[axis] for axis in kept), -1)
        return of(flat, axis=-1).astype(np.float32).reshape(_with_ones(x.shape, axes))

    return places


_TOTALS: Final[dict[str, Callable[[Array, tuple[int, ...]], NDArray[np.generic]]]] = {
    "sum": lambda x, axes: x.sum(axis=axes, keepdims=True, dtype=np.float64),
    "mean": lambda x, axes: x.mean(axis=axes, keepdims=True, dtype=np.float64),
    "max": lambda x, axes: x.max(axis=axes, keepdims=True),
    "min": lambda x, axes: x.min(axis=axes, keepdims=True),
    "prod": lambda x, axes: x.prod(axis=axes, keepdims=True, dtype=np.float64),
    "logsumexp": _logsumexp,
    "l1": lambda x, axes: np.abs(x).sum(axis=axes, keepdims=True, dtype=np.float64),
    "norm": lambda x, axes: np.sqrt(np.square(x, dtype=np.float64).sum(axis=axes, keepdims=True)),
    "argmax": _arg(np.argmax),
    "argmin": _arg(np.argmin),
    "any": lambda x, axes: (x != 0).any(axis=axes, keepdims=True),
    "all": lambda x, axes: (x != 0).all(axis=axes, keepdims=True),
}


@dataclass(frozen=True, eq=False)
class Reduce(Layer):
    """One number of all values along some axes.

    Attributes:
        how: `sum`, `mean`, `max`, `min`, `prod`, `variance`, `std`, `logsumexp`, `norm` (the root of the sum of
            squares), `l1` (the sum of sizes), `argmax` or `argmin` (a place among them, in their order; of several that
            tie the first), `any` or `all` (1 or 0).
        axes: The axis, or several, as Keras writes them; None is all.
        keepdims: Whether the axes stay, with length 1. Where not one would be left, one of length 1 stays all the same.
        correction: What `variance` and `std` take off the number of values that they divide by; PyTorch's default is 1.
    """

    how: ReduceHow
    axes: int | tuple[int, ...] | None = None
    keepdims: bool = False
    correction: float = 0.0

    def __post_init__(self) -> None:
        if self.how not in _TOTALS and self.how not in ("variance", "std"):
            raise SettingError(
                f"there is no reduction '{self.how}'", remedy=f"it is {', '.join([*_TOTALS, 'variance', 'std'])}"
            )

    def reduced_axes(self, rank: int) -> tuple[int, ...]:
        """Return which axes of an input of so many are reduced."""
        return tuple(range(rank)) if self.axes is None else sample_axes(self.axes, rank, self.type)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the axes that stay.

        Raises:
            ShapeError: The input does not have an axis.
        """
        axes = self.reduced_axes(len(shape))
        if self.keepdims:
            return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
        return tuple(size for axis, size in enumerate(shape) if axis not in axes) or (1,)

    def forward(self, x: Array, /) -> Array:
        """Return the numbers; NaN where any of the values is, but in `any` and `all`."""
        axes = self.reduced_axes(x.ndim)
        return self._laid_out(self._kept(x, axes), axes)

    def _kept(self, x: Array, axes: tuple[int, ...]) -> Array:
        """Return the numbers with all axes, those that are reduced of length 1."""
        with np.errstate(all="ignore"):
            if self.how in _TOTALS:
                return _TOTALS[self.how](x, axes).astype(np.float32)
            variances = np.square(_deviations(x, axes)).sum(axis=axes, keepdims=True) / self._divisor(x, axes)
            return np.asarray(np.sqrt(variances) if self.how == "std" else variances, dtype=np.float32)

    def _divisor(self, x: Array, axes: tuple[int, ...]) -> np.float64:
        # numpy's own number: what is divided by 0 is infinite or NaN, as in PyTorch.
        return np.float64(max(0.0, math.prod(x.shape[axis] for axis in axes) - self.correction))

    def _laid_out(self, kept: Array, axes: tuple[int, ...]) -> Array:
        if self.keepdims:
            return kept
        return kept.squeeze(axes) if len(axes) < kept.ndim else kept.reshape(1)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the slope by every value; an extreme shares it among all that tie.

        Raises:
            ModelError: A place, or whether any or all are other than 0, has no gradient.
        """
        axes = self.reduced_axes(of.x.ndim)
        kept = _with_ones(of.x.shape, axes)
        with np.errstate(all="ignore"):
            slopes = self._slopes(of.x, of.output.reshape(kept), axes)
            return (np.asarray(upstream.reshape(kept) * slopes, dtype=np.float32),)

    def _slopes(self, x: Array, found: Array, axes: tuple[int, ...]) -> NDArray[np.floating]:
        """Return the derivative of every number by each of its values, of the input's shape."""
        match self.how:
            case "sum":
                return np.ones_like(x)
            case "mean":
                return np.full_like(x, 1 / math.prod(x.shape[axis] for axis in axes))
            case "max" | "min":
                mine = (x == found).astype(np.float64)
                return np.asarray(mine / mine.sum(axis=axes, keepdims=True))
            case "prod":
                return _products_of_others(x, axes)
            case "logsumexp":
                return np.asarray(np.exp(x - found))
            case "l1":
                return np.sign(x)
            case "norm":
                return np.where(found == 0, 0, x / found)
            case "variance":
                return 2 * _deviations(x, axes) / self._divisor(x, axes)
            case "std":
                return _deviations(x, axes) / (self._divisor(x, axes) * found)
        raise ModelError(f"the {self.how} of values has no gradient", remedy="explain a value before it")

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the gradient of a sum or a mean; of a maximum or a minimum, the multipliers of a pool.

        Of a variance it is the gradient half-way between both runs, which is exact.
        """
        axes = self.reduced_axes(of.x.ndim)
        kept = _with_ones(of.x.shape, axes)
        upstream, found, before = (each.reshape(kept) for each in (upstream, of.output, reference.output))
        if self.how in ("sum", "mean"):
            return self.gradient(upstream, of)
        if self.how in ("variance", "std", "norm"):
            middle = (of.x + reference.x) / np.float32(2)
            if self.how == "norm":
                slopes = 2 * middle.astype(np.float64)
            else:
                slopes = 2 * _deviations(middle, axes) / self._divisor(middle, axes)
            if self.how == "variance":
                return (np.asarray(upstream * slopes, dtype=np.float32),)
            # A root changes by the change under it over the sum of both roots.
            both = found.astype(np.float64) + before
            return (
                np.asarray(np.where(both == 0, 0, upstream * slopes / np.where(both == 0, 1, both)), np.float32),
            )
        if self.how == "l1":
            ratios = rescaled(of.x, np.abs(of.x), reference.x, np.abs(reference.x), np.sign(of.x))
            return (np.asarray(upstream * ratios, dtype=np.float32),)
        if self.how == "logsumexp":
            return (upstream * _logsumexp_ratios(of.x, reference.x, axes),)
        if self.how not in ("max", "min"):
            return None
        to_mine, to_reference = shared_change(upstream, found, before)
        if self.how == "min":
            # The smallest is the largest of the negative, which rises where it falls.
            to_mine, to_reference = to_reference, to_mine
        share = to_mine * _first_of(of.x == found, axes) + to_reference * _first_of(reference.x == before, axes)
        (gradient,) = self.gradient(upstream, of)
        assert gradient is not None
        return (change_ratio(share, of.x - reference.x, gradient),)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions, or all where the length is reduced."""
        return (whole_axis(wanted, shapes[0]) if 0 in self.reduced_axes(len(shapes[0])) else wanted,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, or all where the length is reduced."""
        return super().changed(edited, *shapes) if 0 in self.reduced_axes(len(shapes[0])) else edited[0]

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the numbers of the positions."""
        (x,) = inputs
        axes = self.reduced_axes(x.unedited.ndim)
        if 0 not in axes:
            rows = x.rows(spans)
            kept = self._kept(rows, tuple(axis + 1 for axis in axes))
            return kept if self.keepdims else kept.squeeze(tuple(axis + 1 for axis in axes))
        # The edits are the second axis of the whole, and are put first for as long as axes go.
        kept = self._kept(x.whole().swapaxes(0, 1), tuple(axis + 1 for axis in axes))
        found = kept.reshape(len(spans), *self.output_shape(x.unedited.shape))
        return spans_of(found.swapaxes(0, 1), spans)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, or None where the length is reduced."""
        return None if 0 in self.reduced_axes(len(shapes[0])) else inputs[0]

    def compose(self, of: ComputedValue) -> Composition:
        """Return the values that the number is of: the largest, or those with the largest part of it, first."""
        places = self._places(of)
        values = of.x[places]
        how = _WORDS.get(self.how, "function")
        if how in ("sum", "mean"):
            weight = 1 / len(values) if how == "mean" else 1.0
            return weighted_sum(of, places, np.full(len(values), weight, dtype=np.float32), how=how)
        sign = -1 if self.how in ("min", "argmin") else 1
        order = np.argsort(-np.abs(values) if how == "product" else -sign * values, kind="stable")
        parts = tuple(
            Part(0, tuple(int(axis[at]) for axis in places), float(values[at]), None, float(values[at]))
            for at in order[:LARGEST_SHOWN].tolist()
        )
        if how == "product":
            rest = math.prod(values[order[LARGEST_SHOWN:]].astype(np.float64).tolist())
            return Composition(how, parts, len(values), of.value, rest)
        if how == "function":
            return Composition(how, parts, len(values), of.value, function=self.how, among=len(values))
        floor = of.floor is not None and how == "maximum" and bool((values == np.float32(of.floor)).all())
        return Composition(how, parts, len(values), of.value, ties=ties_of(sign * values), all_zero=floor)

    def _places(self, of: ComputedValue) -> Places:
        """Return the places of all values that a number is of."""
        axes = self.reduced_axes(of.x.ndim)
        kept = iter(of.index)
        # Where all axes are reduced, the output's only index belongs to no axis of the input.
        at = (
            [0] * of.x.ndim
            if len(axes) == of.x.ndim
            else [0 if axis in axes and not self.keepdims else next(kept) for axis in range(of.x.ndim)]
        )
        along = [np.arange(of.x.shape[axis]) if axis in axes else np.array([at[axis]]) for axis in range(of.x.ndim)]
        return tuple(each.reshape(-1).astype(np.int64) for each in np.meshgrid(*along, indexing="ij"))


@dataclass(frozen=True, eq=False)
class CumulativeSum(PositionwiseLayer):
    """The sum of all values of an axis up to each.

    Attributes:
        axis: The axis, as Keras writes it.
        exclusive: Whether a value itself is left out of its sum.
        reverse: Whether sums run from the last value to the first.
    """

    linear: ClassVar[bool] = True
    axis: int = -1
    exclusive: bool = False
    reverse: bool = False

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The input does not have the axis.
        """
        sample_axis(self.axis, len(shape), self.type)
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the sums, of the same shape."""
        return self._summed(x, sample_axis(self.axis, x.ndim, self.type), reverse=self.reverse)

    def _summed(self, x: Array, axis: int, *, reverse: bool) -> Array:
        turned = np.flip(x, axis) if reverse else x
        with np.errstate(invalid="ignore"):
            sums = np.cumsum(turned, axis=axis, dtype=np.float64)
            if self.exclusive:
                sums -= turned
        return (np.flip(sums, axis) if reverse else sums).astype(np.float32)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the sum of the gradients of all sums that a value is in."""
        return (self._summed(upstream, sample_axis(self.axis, upstream.ndim, self.type), reverse=not self.reverse),)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions, and along the length all before them, or behind them."""
        if sample_axis(self.axis, len(shapes[0]), self.type):
            return (wanted,)
        axis_length(shapes[0])
        turned = wanted if self.reverse else wanted[::-1]
        read = np.logical_or.accumulate(turned)
        if self.exclusive:
            read = np.concatenate([[False], read[:-1]])
        return (read if self.reverse else read[::-1],)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, or all where sums run along the length."""
        if sample_axis(self.axis, len(shapes[0]), self.type):
            return edited[0]
        return Spans.whole(len(edited[0]), axis_length(shapes[0]))

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the sums at the positions."""
        (x,) = inputs
        axis = sample_axis(self.axis, x.unedited.ndim, self.type)
        if axis:
            return self._summed(x.rows(spans), axis + 1, reverse=self.reverse)
        return spans_of(self._summed(x.whole(), 0, reverse=self.reverse), spans)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the sum of the values up to the place."""
        axis = sample_axis(self.axis, of.x.ndim, self.type)
        at, size = of.index[axis], of.x.shape[axis]
        out = int(self.exclusive)
        along = np.arange(at + out, size) if self.reverse else np.arange(at + 1 - out)
        places = tuple(along if each == axis else np.full_like(along, place) for each, place in enumerate(of.index))
        return weighted_sum(of, places, np.ones(len(along), dtype=np.float32))


def _logsumexp_ratios(x: Array, before: Array, axes: tuple[int, ...]) -> Array:
    """Return what the logarithm changes by for each change of a value: through the powers, and their sum."""
    change, (power, total), (power_before, total_before) = powers_of_both(x, before, axes)
    of_power = change_slopes(power - power_before, change, power)
    of_total = change_slopes(np.log(total) - np.log(total_before), total - total_before, 1 / total)
    return np.asarray(of_power * of_total, dtype=np.float32)


def _with_ones(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape))


def _deviations(x: Array, axes: tuple[int, ...]) -> NDArray[np.float64]:
    wide = x.astype(np.float64)
    deviations: NDArray[np.float64] = wide - wide.mean(axis=axes, keepdims=True)
    return deviations


def _first_of(held: Mask, axes: tuple[int, ...]) -> Mask:
    """Return the first place along some axes where something holds."""
    kept = [axis for axis in range(held.ndim) if axis not in axes]
    moved = held.transpose([*kept, *axes])
    flat = moved.reshape(*moved.shape[: len(kept)], -1)
    first = np.zeros_like(flat)
    np.put_along_axis(first, flat.argmax(axis=-1)[..., None], values=True, axis=-1)
    return (first & flat).reshape(moved.shape).transpose(np.argsort([*kept, *axes]))


def _products_of_others(x: Array, axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Return for every value the product of all others with which it is multiplied; a 0 divides nothing."""
    wide = x.astype(np.float64)
    zeros = (wide == 0).sum(axis=axes, keepdims=True)
    others = np.where(wide == 0, 1, wide).prod(axis=axes, keepdims=True)
    alone = (wide == 0) & (zeros == 1)
    return np.where(alone, others, np.where(zeros > 0, 0, others / np.where(wide == 0, 1, wide)))
