"""Activation functions: from a response to an activation.

Definitions are those of Keras 3, `keras.activations`, except where a name says otherwise. Three names are missing:
glu halves the channels, threshold has settings that a name cannot hold, and what Keras 3.15 computes for sparsemax
differs from its definition (the values do not sum to 1), so that no number would be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..errors import ModelError, NotFoundError, did_you_mean
from . import activation_formulas as f
from .elementwise_functions import FORMULAS
from .shapes import Array
from .softmax import (
    SMALLEST_CHANGE,
    log_softmax,
    log_softmax_gradient,
    log_softmax_multipliers,
    softmax,
    softmax_gradient,
    softmax_multipliers,
)

__all__ = [
    "ACTIVATIONS",
    "ELEMENTWISE",
    "ActivationFunction",
    "activation_function",
    "rescaled",
    "unbounded",
]


@dataclass(frozen=True, slots=True)
class ActivationFunction:
    """An activation function, and what the explorer must know about it.

    Attributes:
        name: Keras's name.
        function: Response → activation, float32, any shape, channels last.
        floor: The lowest value it can take, or None where there is no such value. A pool window that holds
            nothing else is all 0.
        elementwise: Whether each value depends on its own response only (all but the softmax family).
        dip: A value that no activation lies below, of a function that first falls and then rises; None of one that
            goes one way all along.
        between: What bounds on its responses become, the lowest and the highest of each channel, shape (1, channels);
            `unbounded` where nothing is known of them. None of a function value by value that goes one way all along,
            or first falls and then rises: its bounds follow from its ends and its dip.
        rising: Whether it never falls, as it is computed: of two responses the larger never gives the smaller
            activation, not even in the last bit. The largest activation is then that of the largest response.
        slope: Response → derivative of the activation by it; None of a function that takes values together, and of
            one that no layer is given by name.
        idempotent: Whether an activation given to it stays as it is and has the slope of its response: of such a
            function the slopes follow from the activations.
        backward: Of a function that takes values together, the gradient at responses: (upstream, responses) → it.
        multiplied: Of such a function, DeepLIFT's multipliers: (upstream, responses, those of the reference) → them.
        parts: Of several functions in a row, each of them, the first to be applied first.
    """

    name: str
    function: Callable[[Array], Array]
    floor: float | None = None
    elementwise: bool = True
    dip: float | None = None
    rising: bool = False
    between: Callable[[Array, Array], tuple[Array, Array]] | None = None
    slope: Callable[[Array], Array] | None = None
    idempotent: bool = False
    backward: Callable[[Array, Array], Array] | None = None
    multiplied: Callable[[Array, Array, Array], Array] | None = None
    parts: tuple[ActivationFunction, ...] = ()

    def __call__(self, responses: Array) -> Array:
        """Return the activations of responses."""
        return self.function(responses)

    def gradient(self, upstream: Array, responses: Array) -> Array:
        """Return the gradient at responses, given that at their activations, of the same shape.

        Raises:
            ModelError: The function has no gradient.
        """
        if self.slope is not None:
            return upstream * self.slope(responses)
        if self.backward is None:
            raise ModelError(f"the function {self.name} has no gradient")
        return self.backward(upstream, responses)

    def multipliers(self, upstream: Array, responses: Array, reference: Array) -> Array:
        """Return DeepLIFT's multipliers at responses, given those at their activations; see `rescaled`.

        Raises:
            ModelError: The function has no gradient.
        """
        if self.slope is not None:
            return upstream * rescaled(
                responses, self(responses), reference, self(reference), self.slope(responses)
            )
        if self.multiplied is None:
            raise ModelError(f"the function {self.name} has no multipliers")
        return self.multiplied(upstream, responses, reference)

    @property
    def goes_one_way(self) -> bool:
        """Whether it is known to rise all along, or to fall all along."""
        if self.parts:
            return all(part.goes_one_way for part in self.parts)
        return self.between is None and self.dip is None

    def bounds(self, lowest: Array, highest: Array) -> tuple[Array, Array]:
        """Return bounds on the activations of all responses between two bounds, shape (1, channels); ±∞ if unknown."""
        if self.parts:
            for part in self.parts:
                lowest, highest = part.bounds(lowest, highest)
            return lowest, highest
        if self.between is not None:
            return self.between(lowest, highest)
        ends = self._at_end(lowest), self._at_end(highest)
        below = np.minimum(*ends)
        return below if self.dip is None else np.minimum(below, np.float32(self.dip)), np.maximum(*ends)

    def _at_end(self, responses: Array) -> Array:
        """Return activations; where an infinite response gives no number, such as ∞ · 0, that of the largest finite."""
        largest = np.finfo(np.float32).max
        with np.errstate(all="ignore"):
            found = self(responses)
            return np.where(np.isnan(found), self(np.clip(responses, -largest, largest)), found)


def rescaled(responses: Array, activations: Array, reference: Array, activated: Array, slopes: Array) -> Array:
    """Return DeepLIFT's rescale rule: the change of every activation over that of its response.

    Source: tangermeme 1.6, `_rescale`. Where a response hardly changes (by less than 1e-6), the slope stands for it.

    Args:
        responses: The responses, any shape.
        activations: Their activations.
        reference: The responses of the reference.
        activated: Their activations.
        slopes: The slopes at the responses.
    """
    change = responses - reference
    moves = np.abs(change) >= SMALLEST_CHANGE
    ratios = (activations - activated) / np.where(moves, change, np.float32(1))
    return np.where(moves, ratios, slopes)


def _between_0_and_1(lowest: Array, highest: Array) -> tuple[Array, Array]:
    return np.zeros_like(lowest), np.ones_like(highest)


def _below_0(lowest: Array, highest: Array) -> tuple[Array, Array]:
    largest_sum = highest.max(axis=-1, keepdims=True) + np.float32(math.log(highest.shape[-1]))
    return lowest - largest_sum, np.zeros_like(highest)


# Rising are those made of steps that rounding keeps in order: sums, products and limits, each with a constant.
# The exponentials of numpy are right to a few units in the last place, which is not enough.
ACTIVATIONS: Final = {
    each.name: each
    for each in (
        ActivationFunction("linear", f.linear, rising=True, slope=f.linear_slope, idempotent=True),
        ActivationFunction("relu", f.relu, floor=0.0, rising=True, slope=f.relu_slope, idempotent=True),
        ActivationFunction("sigmoid", f.sigmoid, floor=0.0, slope=f.sigmoid_slope),
        ActivationFunction("tanh", f.tanh, floor=-1.0, slope=f.tanh_slope),
        ActivationFunction(
            "softmax",
            softmax,
            floor=0.0,
            elementwise=False,
            between=_between_0_and_1,
            backward=softmax_gradient,
            multiplied=softmax_multipliers,
        ),
        ActivationFunction("elu", f.elu, floor=-1.0, slope=f.elu_slope),
        ActivationFunction("selu", f.selu, floor=f.SELU_FLOOR, slope=f.selu_slope),
        ActivationFunction("softplus", f.softplus, floor=0.0, slope=f.sigmoid),
        ActivationFunction("exponential", f.exponential, floor=0.0, slope=f.exponential),
        ActivationFunction("gelu", f.gelu, dip=-0.17, slope=f.gelu_slope),
        ActivationFunction("leaky_relu", f.leaky_relu, rising=True, slope=f.leaky_relu_slope),
        ActivationFunction("hard_sigmoid", f.hard_sigmoid, floor=0.0, rising=True, slope=f.hard_sigmoid_slope),
        ActivationFunction(
            "hard_sigmoid_keras2",
            f.hard_sigmoid_keras2,
            floor=0.0,
            rising=True,
            slope=f.hard_sigmoid_keras2_slope,
        ),
        ActivationFunction("relu6", f.relu6, floor=0.0, rising=True, slope=f.relu6_slope, idempotent=True),
        ActivationFunction("silu", f.silu, dip=-0.2785, slope=f.silu_slope),
        ActivationFunction("hard_silu", f.hard_silu, dip=-0.3751, slope=f.hard_silu_slope),
        ActivationFunction("mish", f.mish, dip=-0.3089, slope=f.mish_slope),
        ActivationFunction("gelu_approximate", f.gelu_approximate, dip=-0.1701, slope=f.gelu_approximate_slope),
        ActivationFunction("quick_gelu", f.quick_gelu, dip=-0.1637, slope=f.quick_gelu_slope),
        # A name cannot set alpha, and with an alpha of 1 CELU is ELU.
        ActivationFunction("celu", f.elu, floor=-1.0, slope=f.elu_slope),
        ActivationFunction("softsign", f.softsign, slope=f.softsign_slope),
        ActivationFunction("squareplus", f.squareplus, slope=f.squareplus_slope),
        ActivationFunction("log_sigmoid", f.log_sigmoid, slope=f.log_sigmoid_slope),
        ActivationFunction(
            "log_softmax",
            log_softmax,
            elementwise=False,
            between=_below_0,
            backward=log_softmax_gradient,
            multiplied=log_softmax_multipliers,
        ),
        ActivationFunction(
            "hard_tanh",
            f.hard_tanh,
            floor=-1.0,
            rising=True,
            slope=f.hard_tanh_slope,
            idempotent=True,
        ),
        ActivationFunction("hard_shrink", f.hard_shrink, rising=True, slope=f.shrink_slope),
        ActivationFunction("soft_shrink", f.soft_shrink, rising=True, slope=f.shrink_slope),
        ActivationFunction("tanh_shrink", f.tanh_shrink, slope=f.tanh_shrink_slope),
        ActivationFunction("sparse_plus", f.sparse_plus, floor=0.0, slope=f.sparse_plus_slope),
        ActivationFunction(
            "sparse_sigmoid", f.sparse_sigmoid, floor=0.0, rising=True, slope=f.sparse_sigmoid_slope
        ),
    )
}
"""Every activation function by its name.

`hard_sigmoid` is Keras 3's, relu6(x + 3) / 6; `hard_sigmoid_keras2` is that of Keras 1 and 2, clip(0.2 x + 0.5).
`gelu_approximate` is the form with tanh, and `quick_gelu` that of Basenji and Hugging Face, x · sigmoid(1.702 x).
"""


def unbounded(lowest: Array, highest: Array) -> tuple[Array, Array]:
    """Return the bounds of a function of which nothing is known.

    Args:
        lowest: The least that it reads.
        highest: The largest that it reads.
    """
    return np.full_like(lowest, -np.inf), np.full_like(highest, np.inf)


def _within_1(lowest: Array, highest: Array) -> tuple[Array, Array]:
    return np.full_like(lowest, -1), np.ones_like(highest)


_FALL_THEN_RISE: Final = {"abs": 0.0, "cosh": 1.0, "square": 0.0}
_STEPS: Final = ("ceil", "floor", "round", "sign", "trunc")
_ONE_WAY: Final = (*_STEPS, "asinh", "atan", "erf", "erfc", "exp2", "expm1", "neg", "sinh")

ELEMENTWISE: Final = {
    name: ActivationFunction(
        name,
        function,
        dip=_FALL_THEN_RISE.get(name),
        rising=name in _STEPS,
        between=_within_1
        if name in ("cos", "sin")
        else None
        if name in (*_ONE_WAY, *_FALL_THEN_RISE)
        else unbounded,
        slope=slope,
    )
    for name, (function, slope) in FORMULAS.items()
}
"""Every other function value by value, by PyTorch's name; Keras has them as `keras.ops` alone."""

_ALIASES: Final = {"swish": "silu", "hard_swish": "hard_silu", "exp": "exponential"}


def activation_function(name: str) -> ActivationFunction:
    """Return the activation function of a name.

    Args:
        name: Keras's name, such as relu, one of its other names (swish, hard_swish), or one of `ELEMENTWISE`.

    Raises:
        NotFoundError: No function has that name.
    """
    known = _ALIASES.get(name, name)
    try:
        return ACTIVATIONS[known] if known in ACTIVATIONS else ELEMENTWISE[known]
    except KeyError:
        remedy = did_you_mean(name, ACTIVATIONS, f"there are {', '.join(ACTIVATIONS)}")
        raise NotFoundError(f"there is no activation function '{name}'", remedy=remedy) from None
