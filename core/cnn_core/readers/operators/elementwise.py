"""Functions value by value, of one tensor and of several. Source: PyTorch, `torch.nn.functional` and `torch`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ...errors import NotFoundError
from ...layers import (
    ELU,
    Activation,
    Add,
    AddConstant,
    Clip,
    Compare,
    Divide,
    GatedLinearUnit,
    Layer,
    LeakyReLU,
    Maximum,
    Minimum,
    Multiply,
    Pow,
    Power,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
    Subtract,
    Where,
    activation_function,
)
from .assembly import Assembly, Constant, Tensor, Unsupported, Value, axis_of, rank_of
from .convolution import weights_of

__all__ = [
    "add",
    "clamp",
    "compare",
    "divide",
    "elu",
    "function",
    "gated_linear_unit",
    "leaky_relu",
    "log_softmax",
    "maximum",
    "minimum",
    "multiply",
    "power",
    "prelu",
    "softmax",
    "subtract",
    "where",
]

Operand: TypeAlias = Value | float | int | bool | None
"""A tensor, or a number; None is a number that depends on the input's length."""


def function(assembly: Assembly, x: Value, name: str) -> Value:
    """Add a function of every value.

    Args:
        assembly: Where it is added.
        x: The values.
        name: Its name among the activation functions.
    """
    try:
        activation_function(name)
    except NotFoundError:
        raise Unsupported(f"its function {name} is not one that we know") from None
    return assembly.elementwise(ReLU() if name == "relu" else Activation(name), assembly.tensor(x))


def leaky_relu(assembly: Assembly, x: Value, negative_slope: float = 0.01) -> Value:
    """Add a leaky ReLU."""
    return assembly.elementwise(LeakyReLU(float(negative_slope)), assembly.tensor(x))


def elu(assembly: Assembly, x: Value, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0) -> Value:
    """Add an ELU."""
    given = assembly.tensor(x if input_scale == 1 else multiply(assembly, x, input_scale))
    found = assembly.elementwise(ELU(float(alpha)), given)
    return found if scale == 1 else multiply(assembly, found, scale)


def prelu(assembly: Assembly, x: Value, weight: Value) -> Value:
    """Add a PReLU, with one slope for all or one for each index of axis 1."""
    slopes = weights_of(weight, "slope")
    assert slopes is not None
    tensor = assembly.tensor(x)
    if slopes.size > 1:
        tensor = assembly.with_axis(tensor, 1)
        slopes = slopes.reshape([-1 if axis == 1 else 1 for axis in range(rank_of(x))])
    found = assembly.laid_out(slopes.reshape((1,) * (rank_of(x) - slopes.ndim) + slopes.shape), tensor)
    if found is None:
        raise Unsupported("it has more slopes than values")
    return assembly.elementwise(PReLU(found), tensor)


def softmax(assembly: Assembly, x: Value, dim: int) -> Value:
    """Add a softmax along an axis."""
    return _along(assembly, x, dim, Softmax)


def log_softmax(assembly: Assembly, x: Value, dim: int) -> Value:
    """Add the logarithm of a softmax along an axis."""
    return assembly.elementwise(Activation("log_softmax"), assembly.last(x, axis_of(x, dim)))


def gated_linear_unit(assembly: Assembly, x: Value, dim: int = -1) -> Value:
    """Add a gated linear unit: the first half along an axis times the sigmoid of the second."""
    return _along(assembly, x, dim, GatedLinearUnit)


def _along(assembly: Assembly, x: Value, dim: int, kind: type[Softmax | GatedLinearUnit]) -> Value:
    axis = axis_of(x, dim)
    tensor = assembly.with_axis(x, axis)
    found = tensor.axis(axis)
    return assembly.elementwise(kind(axis=-1 if found == len(tensor.known()) else found), tensor)


def clamp(assembly: Assembly, x: Value, lowest: Operand = None, highest: Operand = None) -> Value:
    """Add a clamp between two numbers, or tensors of them."""
    low, high = _number(lowest), _number(highest)
    if low is None and isinstance(lowest, Tensor | np.ndarray):
        x = maximum(assembly, x, lowest)
    if high is None and isinstance(highest, Tensor | np.ndarray):
        x = minimum(assembly, x, highest)
    if low is None and high is None:
        return x
    tensor = assembly.tensor(x)
    if low == 0 and high is None:
        return assembly.elementwise(ReLU(), tensor)
    return assembly.elementwise(Clip(low, high), tensor)


def add(assembly: Assembly, x: Operand, other: Operand, alpha: float = 1) -> Value:
    """Add a sum, `x + alpha · other`."""
    other = _times(assembly, other, alpha)
    if (found := _scaled(assembly, x, 1, other)) is not None:
        return found
    if (found := _scaled(assembly, other, 1, x)) is not None:
        return found
    return _merged(assembly, Add(), x, other)


def subtract(assembly: Assembly, x: Operand, other: Operand, alpha: float = 1) -> Value:
    """Add a difference, `x − alpha · other`."""
    other = _times(assembly, other, alpha)
    if (
        isinstance(other, np.ndarray | float | int)
        and (found := _scaled(assembly, x, 1, -np.asarray(other))) is not None
    ):
        return found
    if (found := _scaled(assembly, other, -1, x)) is not None:
        return found
    return _merged(assembly, Subtract(), x, other)


def multiply(assembly: Assembly, x: Operand, other: Operand) -> Value:
    """Add a product, value by value."""
    if (found := _scaled(assembly, x, other, 0)) is not None:
        return found
    if (found := _scaled(assembly, other, x, 0)) is not None:
        return found
    return _merged(assembly, Multiply(), x, other)


def divide(assembly: Assembly, x: Operand, other: Operand, rounding_mode: str | None = None) -> Value:
    """Add a quotient, value by value."""
    if rounding_mode is not None:
        if rounding_mode not in ("floor",):
            raise Unsupported("it divides without rest")
        return function(assembly, divide(assembly, x, other), "floor")
    if isinstance(other, np.ndarray | float | int):
        divisor = np.asarray(other, dtype=np.float64)
        if (divisor == 0).any():
            raise Unsupported("it divides by 0")
        if (found := _scaled(assembly, x, 1 / divisor, 0)) is not None:
            return found
    return _merged(assembly, Divide(), x, other)


def power(assembly: Assembly, x: Operand, exponent: Operand) -> Value:
    """Add a power, value by value."""
    number = _number(exponent)
    if number is not None and isinstance(x, Tensor):
        if number == 1:
            return x
        return assembly.elementwise(Power(number), x)
    return _merged(assembly, Pow(), x, exponent)


def maximum(assembly: Assembly, x: Operand, other: Operand) -> Value:
    """Add the larger of two, value by value."""
    return _merged(assembly, Maximum(), x, other)


def minimum(assembly: Assembly, x: Operand, other: Operand) -> Value:
    """Add the smaller of two, value by value."""
    return _merged(assembly, Minimum(), x, other)


def compare(assembly: Assembly, x: Operand, other: Operand, how: Any) -> Value:
    """Add a comparison, which gives 1 and 0.

    Args:
        assembly: Where it is added.
        x: The values.
        other: What they are compared with.
        how: `equal`, `not_equal`, `greater`, `greater_equal`, `less` or `less_equal`.
    """
    return _merged(assembly, Compare(how), x, other)


def where(assembly: Assembly, condition: Operand, x: Operand, other: Operand) -> Value:
    """Add a choice: where the condition is not 0 the first value, elsewhere the second."""
    values = [_value(each) for each in (condition, x, other)]
    tensors = assembly.alike(values)
    return assembly.add(Where(), tensors, assembly.together(tensors))


def _number(value: Operand | Sequence[float]) -> float | None:
    """Return a number, also from a constant that holds one."""
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, np.ndarray) and value.size == 1:
        return float(value.reshape(-1)[0])
    return None


def _value(operand: Operand) -> Value:
    if operand is None:
        raise Unsupported("it computes with the length of the input, which is not fixed")
    return operand if isinstance(operand, Tensor | np.ndarray) else np.asarray(operand, dtype=np.float32)


def _times(assembly: Assembly, other: Operand, alpha: float) -> Operand:
    if alpha == 1:
        return other
    return multiply(assembly, other, alpha) if isinstance(other, Tensor) else np.asarray(_value(other)) * alpha


def _scaled(assembly: Assembly, x: Operand, scale: Operand, offset: Operand) -> Value | None:
    """Add x · scale + offset where these are constants that fit; None where they do not."""
    if not isinstance(x, Tensor) or isinstance(scale, Tensor) or isinstance(offset, Tensor):
        return None
    factors, added = np.asarray(_value(scale)), np.asarray(_value(offset))
    if max(factors.ndim, added.ndim) > rank_of(x):
        return None
    if _is(factors, 1) and _is(added, 0):
        return x
    fitting = [assembly.laid_out(each, x) for each in (factors, added)]
    if fitting[0] is None or fitting[1] is None:
        return None
    if not np.isfinite(fitting[0]).all() or not np.isfinite(fitting[1]).all():
        raise Unsupported("it computes with infinity")
    settings = [float(each.reshape(-1)[0]) if each.size == 1 else each for each in fitting if each is not None]
    kind = AddConstant if _is(factors, 1) else Rescaling
    return assembly.elementwise(kind(*settings), x)


def _is(values: Constant, number: int) -> bool:
    return values.size == 1 and bool(values.reshape(-1)[0] == number)


def _merged(assembly: Assembly, layer: Layer, *operands: Operand) -> Value:
    tensors = assembly.alike([_value(each) for each in operands])
    return assembly.add(layer, tensors, assembly.together(tensors))
