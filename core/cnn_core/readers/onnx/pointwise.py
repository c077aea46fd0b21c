"""ONNX's functions of values one by one, of one tensor and of several.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Final

import numpy as np

from ...layers import PReLU
from ..operators import elementwise as functions
from ..operators.assembly import Assembly, Tensor, Unsupported, Value, rank_of
from ..operators.moved_values import reshape
from .call import Call
from .stored import REAL, TRUTH, WHOLE

__all__ = [
    "cast",
    "celu",
    "clip",
    "compared",
    "divide",
    "elu",
    "function",
    "gelu",
    "hard_sigmoid",
    "leaky_relu",
    "mean",
    "merged",
    "prelu",
    "selu",
    "softmax",
    "swish",
    "thresholded_relu",
]

Of = Callable[[Call], Value]
_LOWEST, _HIGHEST = -3.4e38, 3.4e38
_SELU: Final = (1.67326319217681884765625, 1.05070102214813232421875)


def function(name: str) -> Of:
    """Return an operator that is one of our functions.

    Args:
        name: Its name among the activation functions.
    """
    return lambda call: functions.function(call.assembly, call.value(), name)


def merged(how: Callable[[Assembly, Value, Value], Value]) -> Of:
    """Return an operator of two tensors, or of several from the left to the right.

    Args:
        how: The operator of two.
    """
    return lambda call: reduce(lambda left, right: how(call.assembly, left, right), call.values())


def compared(how: str) -> Of:
    """Return a comparison.

    Args:
        how: As `functions.compare` takes it.
    """
    return lambda call: functions.compare(call.assembly, call.value(0), call.value(1), how)


def divide(call: Call) -> Value:
    """Add a quotient."""
    left, right = call.value(0), call.value(1)
    if isinstance(left, Tensor) and left.whole:
        raise Unsupported("it divides whole numbers")
    return functions.divide(call.assembly, left, right)


def mean(call: Call) -> Value:
    """Add the mean of several tensors."""
    return functions.divide(call.assembly, merged(functions.add)(call), float(len(call.inputs)))


def clip(call: Call) -> Value:
    """Add a clamp, whose limits are attributes until opset 10 and inputs since."""
    if call.opset < 11:
        low, high = call.real("min", _LOWEST), call.real("max", _HIGHEST)
        limits: list[Value | float | None] = [
            None if low <= _LOWEST else low,
            None if high >= _HIGHEST else high,
        ]
    else:
        limits = [call.given(1), call.given(2)]
    return functions.clamp(call.assembly, call.value(), *limits)


def leaky_relu(call: Call) -> Value:
    """Add a leaky ReLU."""
    return functions.leaky_relu(call.assembly, call.value(), call.real("alpha", 0.01))


def elu(call: Call) -> Value:
    """Add an ELU."""
    return functions.elu(call.assembly, call.value(), call.real("alpha", 1.0))


def selu(call: Call) -> Value:
    """Add a SELU."""
    alpha, gamma = call.real("alpha", _SELU[0]), call.real("gamma", _SELU[1])
    if np.allclose((alpha, gamma), _SELU, rtol=1e-6):
        return functions.function(call.assembly, call.value(), "selu")
    return functions.multiply(call.assembly, functions.elu(call.assembly, call.value(), alpha), gamma)


def celu(call: Call) -> Value:
    """Add a CELU: an ELU whose argument is divided by its scale."""
    alpha = call.real("alpha", 1.0)
    if not alpha:
        raise Unsupported("its alpha is 0")
    scaled = functions.divide(call.assembly, call.value(), alpha)
    return functions.multiply(call.assembly, functions.elu(call.assembly, scaled), alpha)


def thresholded_relu(call: Call) -> Value:
    """Add a ReLU that is 0 up to a threshold above 0."""
    x = call.value()
    above = functions.compare(call.assembly, x, call.real("alpha", 1.0), "greater")
    return functions.multiply(call.assembly, x, above)


def hard_sigmoid(call: Call) -> Value:
    """Add a sigmoid of straight lines."""
    alpha, beta = call.real("alpha", 0.2), call.real("beta", 0.5)
    for name, usual in (("hard_sigmoid_keras2", 0.2), ("hard_sigmoid", 1 / 6)):
        if beta == 0.5 and abs(alpha - usual) < 1e-7:
            return functions.function(call.assembly, call.value(), name)
    line = functions.multiply(call.assembly, call.value(), alpha)
    line = functions.add(call.assembly, line, beta)
    return functions.clamp(call.assembly, line, 0.0, 1.0)


def gelu(call: Call) -> Value:
    """Add a GELU."""
    how = call.text("approximate", "none")
    if how not in ("none", "tanh"):
        raise Unsupported(f"its approximation {how} is not one that is read")
    return functions.function(call.assembly, call.value(), "gelu" if how == "none" else "gelu_approximate")


def swish(call: Call) -> Value:
    """Add a swish."""
    alpha = call.real("alpha", 1.0)
    if alpha == 1:
        return functions.function(call.assembly, call.value(), "silu")
    scaled = functions.multiply(call.assembly, call.value(), alpha)
    return functions.multiply(call.assembly, call.value(), functions.function(call.assembly, scaled, "sigmoid"))


def prelu(call: Call) -> Value:
    """Add a PReLU, whose slopes are of any shape that is stretched to the input's."""
    slopes = call.needed(1)
    tensor = call.assembly.tensor(call.value())
    for axis, size in enumerate(reversed(slopes.shape), start=1):
        if size != 1 and axis <= rank_of(tensor):
            tensor = call.assembly.with_axis(tensor, rank_of(tensor) - axis)
    found = call.assembly.laid_out(slopes, tensor)
    if found is None:
        raise Unsupported("it has more slopes than values")
    return call.assembly.elementwise(PReLU(found), tensor)


def softmax(how: Callable[[Assembly, Value, int], Value]) -> Of:
    """Return a softmax, which until opset 12 goes over all axes from one on.

    Args:
        how: The operator along one axis.
    """

    def add(call: Call) -> Value:
        x = call.value()
        if call.opset >= 13:
            return how(call.assembly, x, call.integer("axis", -1))
        axis = call.axes((call.integer("axis", 1),))[0]
        sizes = call.assembly.tensor(x).sizes
        long = [each for each in range(axis, len(sizes)) if sizes[each] != 1]
        if len(long) <= 1:
            return how(call.assembly, x, long[0] if long else axis)
        flat = reshape(call.assembly, x, (*sizes[:axis], -1))
        return reshape(call.assembly, how(call.assembly, flat, -1), sizes)

    return add


def cast(call: Call) -> Value:
    """Return a tensor whose numbers become of another kind: here all are float32."""
    x = call.value()
    like = call.given(1) if call.node.operator == "CastLike" else None
    if isinstance(like, Tensor) and not like.whole:
        return x
    if not isinstance(x, Tensor) or isinstance(like, Tensor):
        raise Unsupported("it turns its values into whole numbers")
    to = call.integer("to", 1) if like is None else {"f": 1, "i": 7, "b": 9}.get(like.dtype.kind, 0)
    if to in REAL or (to in WHOLE and x.whole):
        return x
    if to == TRUTH:
        return functions.compare(call.assembly, x, 0.0, "not_equal")
    raise Unsupported("it turns its values into whole numbers")
