"""What layers share that give an activation function of sums of products, their responses."""

from __future__ import annotations

from abc import abstractmethod

from .activation_functions import activation_function
from .base import Layer, LayerRun
from .shapes import Array, PerInput

__all__ = ["ActivatedLayer"]


class ActivatedLayer(Layer):
    """A layer whose output is an activation function of its responses, which are linear in its one input.

    Attributes:
        activation: The name of the activation function.
    """

    activation: str

    @abstractmethod
    def responses(self, x: Array) -> Array:
        """Return the sums, bias included, before the activation function."""

    @abstractmethod
    def _transposed(self, pulled: Array, x: Array) -> Array:
        """Return the gradient at the input, given that at the responses."""

    def forward(self, x: Array, /) -> Array:
        """Return the activations."""
        return activation_function(self.activation)(self.responses(x))

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradients at the responses that read each value, weighted."""
        function = activation_function(self.activation)
        responses = of.output if function.idempotent else self.responses(of.x)
        return (self._transposed(function.gradient(upstream, responses), of.x),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the multipliers of the responses through the activation function, weighted."""
        function = activation_function(self.activation)
        pulled = function.multipliers(upstream, self.responses(of.x), self.responses(reference.x))
        return (self._transposed(pulled, of.x),)
