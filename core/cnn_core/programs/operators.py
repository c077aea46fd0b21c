"""How plain operators are written: the same expressions in both frameworks, but for names and the order of axes.

Each function here gives an expression in one framework, for a row of `rows`. Keras puts the channels last, as we do;
PyTorch has our axes in the other order. Both have the batch axis in front.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from .. import layers
from ..layers import Layer
from ..layers.shapes import Array, known_axes, sample_axes, sample_axis
from .plan import NoCodeError, Step, literal

__all__ = [
    "KERAS",
    "TORCH",
    "Framework",
    "Operation",
    "clip",
    "compared",
    "constant",
    "cumulative_sum",
    "gated_linear_unit",
    "of_inputs",
    "padded",
    "power",
    "reduced",
    "repeated",
    "rescaled",
    "reversed_axes",
    "selected",
    "sliced",
    "taken",
]


@dataclass(frozen=True, slots=True)
class Framework:
    """How a framework writes operators.

    Attributes:
        module: Where its functions stand.
        axis: What it calls an axis among the settings of a function.
        turned: Whether our axes come in the other order.
    """

    module: str
    axis: str
    turned: bool

    def of(self, axis: int, rank: int) -> int:
        """Return its number of one of our axes, of an array that has so many."""
        return rank - axis if self.turned else axis + 1

    def shape(self, shape: tuple[int, ...]) -> str:
        """Return a shape with the batch axis."""
        return f"({', '.join(map(str, (1, *reversed(shape)) if self.turned else (-1, *shape)))})"

    def reshaped(self, x: str, shape: tuple[int, ...]) -> str:
        """Return an array laid out in another shape, which has one axis at most."""
        return f"{x}.reshape{self.shape(shape)}" if self.turned else f"keras.ops.reshape({x}, {self.shape(shape)})"

    def among(self, x: str, axes: int, rank: int) -> str:
        """Return an input so that it broadcasts with others that have more axes."""
        ahead = rank - axes
        if not ahead:
            return x
        if self.turned:
            return x + "[..., None]" * ahead
        return f"keras.ops.expand_dims({x}, {tuple(range(1, ahead + 1)) if ahead > 1 else 1})"

    def stored(self, step: Step, array: Array, rank: int) -> str:
        """Return an array of the layer so that it broadcasts with arrays of so many axes."""
        (name,) = step.stored(array)
        if not self.turned:
            return f"weights[{literal(name)}]"
        axes = "".join(f", {axis}" for axis in reversed(range(array.ndim)))
        return self.among(f"weight({literal(name)}{axes})", array.ndim, rank)

    def settings(self, layer: Layer, step: Step) -> dict[str, Any]:
        """Return a layer's settings and, as expressions, its weights, which broadcast with its inputs."""
        rank = max(map(len, step.input_shapes))
        held = {field.name: getattr(layer, field.name) for field in fields(layer)}
        return {
            name: self.stored(step, value, rank) if isinstance(value, np.ndarray) else value
            for name, value in held.items()
        }


KERAS: Final = Framework("keras.ops", "axis", turned=False)
TORCH: Final = Framework("torch", "dim", turned=True)

Written = Callable[[Any, Step, Framework], str]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator that Keras has no layer for: an expression.

    Attributes:
        written: Gives it.
    """

    written: Written

    def in_keras(self, layer: Layer, step: Step) -> str:
        """Return it in Keras."""
        return self.written(layer, step, KERAS)

    def in_pytorch(self, layer: Layer, step: Step) -> str:
        """Return it in PyTorch."""
        return self.written(layer, step, TORCH)


def of_inputs(keras: str, torch: str = "") -> Written:
    """Return an expression of the inputs, `{0}` and `{1}`, with the layer's settings and weights.

    Args:
        keras: What it is in Keras.
        torch: What it is in PyTorch; the same where nothing is said.
    """

    def written(layer: Layer, step: Step, framework: Framework) -> str:
        rank = max(map(len, step.input_shapes))
        inputs = [
            framework.among(x, len(shape), rank) for x, shape in zip(step.inputs, step.input_shapes, strict=True)
        ]
        form = (torch or keras) if framework.turned else keras
        return form.format(*inputs, **framework.settings(layer, step))

    return written


def compared(layer: layers.Compare, step: Step, framework: Framework) -> str:
    """Return 1 where a relation holds, else 0."""
    # PyTorch's `equal` compares whole tensors.
    relation = "eq" if framework.turned and layer.how == "equal" else layer.how
    return of_inputs(
        f'keras.ops.cast(keras.ops.{relation}({{0}}, {{1}}), "float32")', f"torch.{relation}({{0}}, {{1}}).float()"
    )(layer, step, framework)


def constant(layer: layers.Constant, step: Step, framework: Framework) -> str:
    """Return the numbers, with a batch axis."""
    return f"{framework.stored(step, layer.values, layer.values.ndim)}[None]"


def rescaled(layer: layers.Rescaling, step: Step, framework: Framework) -> str:
    """Return an input times the scale, and the offset."""
    x, rank = step.inputs[0], len(step.shape)
    if isinstance(layer.scale, np.ndarray):
        x = f"{x} * {framework.stored(step, layer.scale, rank)}"
    elif layer.scale != 1:
        x = f"{x} * {float(layer.scale)!r}"
    if isinstance(layer.offset, np.ndarray):
        return f"{x} + {framework.stored(step, layer.offset, rank)}"
    return f"{x} {'-' if layer.offset < 0 else '+'} {abs(float(layer.offset))!r}" if layer.offset else x


def power(layer: layers.Power, step: Step, framework: Framework) -> str:
    """Return a power of an input."""
    return f"{step.inputs[0]} ** {layer.exponent!r}"


def clip(layer: layers.Clip, step: Step, framework: Framework) -> str:
    """Return an input within limits."""
    x = step.inputs[0]
    if framework.turned:
        limits = [
            f", {name}={each!r}" for name, each in (("min", layer.low), ("max", layer.high)) if each is not None
        ]
        return f"torch.clamp({x}{''.join(limits)})" if limits else x
    x = x if layer.low is None else f"keras.ops.maximum({x}, {layer.low!r})"
    return x if layer.high is None else f"keras.ops.minimum({x}, {layer.high!r})"


def gated_linear_unit(layer: layers.GatedLinearUnit, step: Step, framework: Framework) -> str:
    """Return one half of an input times the sigmoid of the other."""
    glu = "F.glu" if framework.turned else "keras.activations.glu"
    return f"{glu}({step.inputs[0]}, {framework.axis}={_axis(layer.axis, layer, step, framework)})"


def sliced(layer: layers.Slice, step: Step, framework: Framework) -> str:
    """Return a stretch of an axis."""
    if framework.turned and layer.step < 0:
        raise NoCodeError("a slice that goes backwards is written as Keras only")
    ends = [str(each) if each is not None else "" for each in (layer.start, layer.stop)]
    pace = f":{layer.step}" if layer.step != 1 else ""
    return _indexed(f"{ends[0]}:{ends[1]}{pace}", layer.axis, layer, step, framework)


def selected(layer: layers.Select, step: Step, framework: Framework) -> str:
    """Return one place of an axis."""
    alone = len(step.input_shapes[0]) == 1
    place = f"{layer.index}:{layer.index + 1 or ''}" if alone else str(layer.index)
    return _indexed(place, layer.axis, layer, step, framework)


def taken(layer: layers.Take, step: Step, framework: Framework) -> str:
    """Return places of an axis."""
    if framework.turned:
        return _indexed(str([*layer.indices]), layer.axis, layer, step, framework)
    return f"keras.ops.take({step.inputs[0]}, {[*layer.indices]}, axis={_axis(layer.axis, layer, step, framework)})"


def reversed_axes(layer: layers.Reverse, step: Step, framework: Framework) -> str:
    """Return an input turned round."""
    rank = len(step.shape)
    axes = tuple(framework.of(axis, rank) for axis in sample_axes(layer.axes, rank, layer.type))
    return f"{framework.module}.flip({step.inputs[0]}, {axes})"


def padded(layer: layers.Pad, step: Step, framework: Framework) -> str:
    """Return an input with places before and behind an axis."""
    axis, rank, x = _axis(layer.axis, layer, step, framework), len(step.shape), step.inputs[0]
    ends = layer.before, layer.after
    if framework.turned:
        behind = rank - axis
        if layer.mode != "constant" and behind:
            raise NoCodeError("a padding of the channels by their own values is not written as PyTorch")
        how = f"value={layer.value!r}" if layer.mode == "constant" else f'mode="{layer.mode}"'
        return f"F.pad({x}, {(0, 0) * behind + ends}, {how})"
    if layer.mode not in ("constant", "reflect"):
        raise NoCodeError(f"Keras has no padding '{layer.mode}'")
    if min(ends) < 0:
        cut = f"{max(0, -ends[0])}:{min(0, ends[1]) or ''}"
        x, ends = f"{x}[{':, ' * axis}{cut}]", (max(0, ends[0]), max(0, ends[1]))
    widths = tuple(ends if at == axis else (0, 0) for at in range(rank + 1))
    value = f", constant_values={layer.value!r}" if layer.mode == "constant" else ""
    return f'keras.ops.pad({x}, {widths}, mode="{layer.mode}"{value})'


def repeated(layer: layers.Broadcast, step: Step, framework: Framework) -> str:
    """Return an input repeated to a shape."""
    given = framework.among(step.inputs[0], len(step.input_shapes[0]), len(step.shape))
    if not framework.turned:
        return f"{given} + keras.ops.zeros({(1, *known_axes(step.shape))})"
    return f"{given}.expand{framework.shape(known_axes(step.shape))}"


_TORCH_NAMES: Final = {"max": "amax", "min": "amin"}


def reduced(layer: layers.Reduce, step: Step, framework: Framework) -> str:
    """Return one number for many."""
    rank, x, how = len(step.input_shapes[0]), step.inputs[0], layer.how
    axes = tuple(framework.of(axis, rank) for axis in layer.reduced_axes(rank))
    of_one = ("any", "all", "argmax", "argmin", *(("prod",) if framework.turned else ()))
    if len(axes) > 1 and how in of_one:
        raise NoCodeError(f"the {how} along several axes has no line of code here")
    keeps = layer.keepdims
    over = f"{framework.axis}={axes[0] if len(axes) == 1 else axes}"
    over += f", keepdim{'' if framework.turned else 's'}=True" if keeps else ""
    if how in ("l1", "norm"):
        norm = "torch.linalg.vector_norm" if framework.turned else "keras.ops.norm"
        if not framework.turned and len(axes) > 1:
            raise NoCodeError(f"Keras has no norm of this kind along {len(axes)} axes")
        found = f"{norm}({x}, ord={1 if how == 'l1' else 2}, {over})"
    elif how in ("variance", "std"):
        if not framework.turned and layer.correction:
            raise NoCodeError("Keras divides a variance by the number of values alone")
        corrected = f"correction={layer.correction!r}, " if framework.turned else ""
        name = "std" if how == "std" else "var"
        found = f"{framework.module}.{name}({x}, {corrected}{over})"
    else:
        name = _TORCH_NAMES.get(how, how) if framework.turned else how
        found = f"{framework.module}.{name}({x}, {over})"
        if how in ("any", "all", "argmax", "argmin"):
            found = f"{found}.float()" if framework.turned else f'keras.ops.cast({found}, "float32")'
    return framework.reshaped(found, (1,)) if len(axes) == rank and not keeps else found


def cumulative_sum(layer: layers.CumulativeSum, step: Step, framework: Framework) -> str:
    """Return running sums."""
    axis, x = _axis(layer.axis, layer, step, framework), step.inputs[0]
    turned = f"{framework.module}.flip({x}, ({axis},))" if layer.reverse else x
    found = f"{framework.module}.cumsum({turned}, {axis})"
    found = f"{framework.module}.flip({found}, ({axis},))" if layer.reverse else found
    return f"{found} - {x}" if layer.exclusive else found


def _axis(axis: int, layer: Layer, step: Step, framework: Framework) -> int:
    rank = len(step.input_shapes[0])
    return framework.of(sample_axis(axis, rank, layer.type), rank)


def _indexed(place: str, axis: int, layer: Layer, step: Step, framework: Framework) -> str:
    return f"{step.inputs[0]}[{':, ' * _axis(axis, layer, step, framework)}{place}]"
