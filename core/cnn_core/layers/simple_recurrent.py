"""Recurrent layers that add what they read to what they remember, and the plain one of them.

Source: Keras, `keras.layers.SimpleRNN`; those with gates are in `gated_recurrent`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .activation_functions import activation_function
from .composition import Composition, ComputedValue, Part
from .edited_states import with_more
from .recurrent import Recurrent, Steps, backward_by_step
from .shapes import Array, product

__all__ = ["SimpleRNN"]


@dataclass(frozen=True, eq=False)
class SummingRecurrent(Recurrent):
    """A recurrent layer to whose gates the input's sums and the state's are added."""

    @abstractmethod
    def _after(self, sums: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return what is carried behind a step; the sums of its gates, shape (…, gates × units), may be written to."""

    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        sums = product(carried[0], self.recurrent_kernel)
        sums += drive
        return self._after(sums, carried)

    def _edited_step(
        self, begun: int, add: Callable[[Array], None], carried: tuple[Array, ...], unedited: Sequence[Array]
    ) -> tuple[Array, ...]:
        (state, *further), held = carried, len(carried[0])
        sums = np.empty((begun, self.gates * self.units), dtype=np.float32)
        product(state, self.recurrent_kernel, out=sums[:held])
        if held < begun:
            # All that begin here have one state.
            sums[held:] = product(unedited[0][None], self.recurrent_kernel)
        add(sums)
        return self._after(sums, (state, *with_more(further, unedited[1:], begun)))

    def _carried(self, x: Array, carried: tuple[Array, ...]) -> Iterator[tuple[Array, ...]]:
        # One product a step, of what it reads, the state before and, for the bias, 1.
        channels = x.shape[2]
        read = np.ones((x.shape[1], len(self._kernels_joined)), dtype=np.float32)
        for of_step in x:
            read[:, :channels], read[:, channels : channels + self.units] = of_step, carried[0]
            carried = self._after(product(read, self._kernels_joined), carried)
            yield carried

    @cached_property
    def _kernels_joined(self) -> Array:
        """The kernel, below it the recurrent kernel, and the bias as a last row."""
        bias = [] if self.bias is None else [self.bias[None]]
        joined: Array = np.concatenate([self.kernel, self.recurrent_kernel, *bias])
        return joined


@dataclass(frozen=True, eq=False)
class SimpleRNN(SummingRecurrent):
    """state ← activation(input · kernel + bias + state · recurrent kernel), along the axis."""

    def _after(self, sums: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        return (activation_function(self.activation)(sums),)

    def _pulled(self, upstream: Array, of: Steps, reference: Steps) -> Array:
        responses, others = (run.driven + product(run.before, self.recurrent_kernel) for run in (of, reference))
        backward = backward_by_step(activation_function(self.activation), responses, others)
        pulled, carried = np.zeros_like(upstream), np.zeros(self.units, dtype=np.float32)
        for step in reversed(range(len(upstream))):
            pulled[step] = backward(step, upstream[step] + carried)
            carried = product(self.recurrent_kernel, pulled[step])
        return pulled

    def _composed(self, of: ComputedValue, position: int, past: NDArray[np.int64], unit: int) -> Composition:
        remembered, recalled = 0.0, None
        if past.size:
            before, weights = of.output[past[-1]], self.recurrent_kernel[:, unit]
            remembered = float(product(before[None], weights[:, None])[0, 0])
            amounts = before.astype(np.float64) * weights
            most = int(np.abs(amounts).argmax())
            place = int(past[-1]), most
            recalled = Part(0, place, float(before[most]), float(weights[most]), float(amounts[most]))
        return replace(self._read(of, position, unit), how="state", remembered=remembered, recalled=recalled)
