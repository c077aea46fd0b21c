"""What recurrent layers share: each position remembers what came before.

The layers are in `simple_recurrent` and `gated_recurrent`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, ShapeError
from .activation_functions import ActivationFunction, activation_function
from .base import Layer, LayerRun, spans_of
from .composition import Composition, ComputedValue, channels_at, weighted_sum
from .edited import Edited, Spans
from .edited_states import EditedStates, EditedSteps, StatesMade, with_more
from .shapes import Array, Mask, PerInput, Shape, axis_length, check_bias, product, spatial
from .windows import Alignment

__all__ = ["Recurrent", "Steps", "backward_by_step"]


@dataclass(frozen=True, eq=False)
class Steps:
    """A recurrent layer at the positions that hold data, in the order in which it reads them.

    Attributes:
        driven: What the input adds to every gate, shape (steps, gates × units).
        before: The state before each step, shape (steps, units).
    """

    driven: Array
    before: Array


@dataclass(frozen=True, eq=False)
class Recurrent(Layer):
    """What the recurrent layers share: a state that is carried from position to position.

    Attributes:
        kernel: Weights on the input, shape (input channels, gates × units).
        recurrent_kernel: Weights on the previous state, shape (units, gates × units).
        bias: One number a gate and unit, shape (gates × units,), or None.
        activation: The name of the activation function.
        return_sequences: Whether every position's state comes out, or only the last one's.
        go_backwards: Whether the axis is read from its end; the states come out in the order they are made.
        zero_output_for_mask: Whether a position without data gives zeros, instead of the state before it.
    """

    own_rule: ClassVar[bool] = True
    stepwise: ClassVar[bool] = True
    at_once: ClassVar[bool] = True
    gates: ClassVar[int] = 1
    """How many blocks of units the kernels hold side by side."""
    carries: ClassVar[int] = 1
    """How many arrays are carried from position to position."""
    kernel: Array
    recurrent_kernel: Array
    bias: Array | None = None
    activation: str = "tanh"
    return_sequences: bool = False
    go_backwards: bool = False
    zero_output_for_mask: bool = False

    def __post_init__(self) -> None:
        wide = self.gates * self.units
        if (
            self.kernel.ndim != 2
            or 0 in self.kernel.shape
            or self.kernel.shape[1] != wide
            or self.recurrent_kernel.shape != (self.units, wide)
        ):
            several = f"{self.gates} × " if self.gates > 1 else ""
            raise ModelError(
                f"kernel {self.kernel.shape} and recurrent kernel {self.recurrent_kernel.shape} do not fit",
                remedy=f"their shapes are (input channels, {several}units) and (units, {several}units)",
            )
        check_bias(self.bias, self._bias_shape, f"{self.units} units")
        activation_function(self.activation)

    @property
    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    @property
    def units(self) -> int:
        """How many numbers the state holds."""
        return int(self.recurrent_kernel.shape[0]) if self.recurrent_kernel.ndim else 0

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length, units), or (units,) without return_sequences.

        Raises:
            ShapeError: The channels differ from the kernel's.
        """
        length, channels = spatial(shape, self.type)
        if channels != self.kernel.shape[0]:
            raise ShapeError(
                f"{self.type} reads {self.kernel.shape[0]} channels, not {channels}",
                remedy=f"give it an input of {self.kernel.shape[0]} channels",
            )
        return (length, self.units) if self.return_sequences else (self.units,)

    def forward(self, x: Array, /, mask: Mask | None = None) -> Array:
        """Return the states, shape (length, units), or the last one, shape (units,).

        Args:
            x: Input, shape (length, channels).
            mask: Which positions hold data, shape (length,); the state is carried over the others.
        """
        driven = self._in_order(self.driven(x))
        if self.go_backwards:
            mask = None if mask is None else mask[::-1]
        carried = self._at_rest()
        states = np.zeros((len(x), self.units), dtype=np.float32)
        shown = np.zeros(self.units, dtype=np.float32)
        for step, drive in enumerate(driven):
            if mask is None or mask[step]:
                carried = self._step(drive, carried)
                shown = carried[0]
            elif self.zero_output_for_mask:
                shown = np.zeros(self.units, dtype=np.float32)
            states[step] = shown
        return states if self.return_sequences else shown

    def forward_together(self, inputs: Sequence[Sequence[Array]]) -> list[Array]:
        """Return the states for several inputs, each step taken for all of them at once."""
        if len(inputs) == 1:
            return super().forward_together(inputs)
        x = np.stack([self._in_order(x) for (x,) in inputs], axis=1)
        at_rest = carried = tuple(np.repeat(each[None], len(inputs), axis=0) for each in self._at_rest())
        shown = len(x) if self.return_sequences else 0
        states = np.empty((len(inputs), shown, self.units), dtype=np.float32)
        for step, carried in enumerate(self._carried(x, at_rest)):
            if self.return_sequences:
                states[:, step] = carried[0]
        return [*states] if self.return_sequences else [*carried[0]]

    def _carried(self, x: Array, carried: tuple[Array, ...]) -> Iterator[tuple[Array, ...]]:
        """Yield what is carried behind each step of several inputs, shape (steps, inputs, channels)."""
        for drive in self.driven(x):
            carried = self._step(drive, carried)
            yield carried

    def driven(self, x: Array) -> Array:
        """Return what the input adds to every gate at every position, shape (…, gates × units).

        Args:
            x: Input, shape (…, channels).
        """
        driven = product(x.reshape(-1, x.shape[-1]), self.kernel)
        if self.input_bias is not None:
            driven += self.input_bias
        return driven.reshape(*x.shape[:-1], driven.shape[-1])

    @property
    def input_bias(self) -> Array | None:
        """What is added to the input's sums, shape (gates × units,), or None."""
        return self.bias

    def _at_rest(self) -> tuple[Array, ...]:
        """Return the state before the first position; its first array is what comes out."""
        return (np.zeros(self.units, dtype=np.float32),)

    @abstractmethod
    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return the state behind a position, or behind it the states of several edits, shape (edits, units)."""

    def forward_masked(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return the states; over positions without data the state is carried."""
        return self.forward(inputs[0], mask=masks[0])

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient through all states, from the last back to the first (backpropagation through time)."""
        return self._backward(upstream, of, of)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the multipliers through all states, if both runs hold data at the same positions.

        A function passes on the change of its activation over that of its response; of a gate times what it lets
        through each passes on the mean of the other in both runs. tangermeme has no rule for it.
        """
        return self._backward(upstream, of, reference) if of.masked_alike(reference) else None

    def _backward(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        order = slice(None, None, -1 if self.go_backwards else 1)
        marked = np.ones(len(of.x), dtype=np.bool_) if of.mask is None else of.mask[order]
        # Each position shows the state of the last step that was made there or before.
        step_shown = np.cumsum(marked) - 1
        at_states = np.zeros((int(marked.sum()), self.units), dtype=np.float32)
        shown = marked if self.zero_output_for_mask else step_shown >= 0
        if self.return_sequences:
            np.add.at(at_states, step_shown[shown], upstream[shown])
        elif len(marked) and shown[-1]:
            at_states[-1] = upstream
        mine = self._steps(of, order, marked)
        pulled = self._pulled(at_states, mine, mine if reference is of else self._steps(reference, order, marked))
        gradient = np.zeros_like(of.x)
        gradient[order][marked] = product(pulled, self.kernel.T)
        return (gradient,)

    def _steps(self, of: LayerRun, order: slice, marked: Mask) -> Steps:
        x = of.x[order][marked]
        if self.return_sequences and of.mask is None:
            states = of.output
        else:
            states = replace(self, return_sequences=True, go_backwards=False).forward(x)
        return Steps(self.driven(x), np.concatenate([np.zeros_like(states[:1]), states[:-1]]))

    @abstractmethod
    def _pulled(self, upstream: Array, of: Steps, reference: Steps) -> Array:
        """Return the multipliers at what the input adds, shape (steps, gates × units), given those at the states."""

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return the mask as it is, where every position's state comes out."""
        # As in Keras, whose mask stays in reading order even where the states come out in the other.
        return masks[0] if self.return_sequences else None

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the past of the last wanted position, in reading order; of the last state, the whole axis."""
        read = np.zeros(axis_length(shapes[0]), dtype=np.bool_)
        if wanted.any():
            steps = int(np.flatnonzero(wanted)[-1]) + 1 if self.return_sequences else len(read)
            read[len(read) - steps if self.go_backwards else 0 :][:steps] = True
        return (read,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return every step from the first that any edit changes; the last state, where only that comes out."""
        length, (given,) = axis_length(shapes[0]), edited
        if not self.return_sequences:
            return super().changed(edited, *shapes)
        first = length - given.stop if self.go_backwards else given.first
        start = min(max(0, int(first.min())), length)
        return Spans(np.full(len(given), start), length - start)

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return what `steps` gives."""
        if not self.return_sequences or self.carries > 1:
            return self.steps(*inputs)
        # All that is carried comes out.
        return self._in_order(self.driven(*inputs)), np.concatenate([self._at_rest()[0][None], output])

    def steps(self, x: Array) -> tuple[Array, ...]:
        """Return what the input adds to the gates at every step, and what is carried: before each and behind the last.

        Args:
            x: Input, shape (length, channels).
        """
        driven = self._in_order(self.driven(x))
        carried = [self._at_rest()]
        for drive in driven:
            carried.append(self._step(drive, carried[-1]))
        return (driven, *(np.stack(each) for each in zip(*carried, strict=True)))

    def _in_order(self, positions: Array) -> Array:
        """Return positions in the order in which they are read."""
        return positions[::-1] if self.go_backwards else positions

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the states: from the first step that an edit changes on, for all such edits at once."""
        states = remembered[1]
        if self.return_sequences:
            return self.edited(states[1:], spans, remembered, *inputs).values
        behind = self.made_behind(inputs[0], remembered)
        last = np.repeat(states[-1:], len(spans), axis=0)
        for step, made in behind.made(len(states)):
            if step == len(states) - 2:
                last[behind.steps.between(0, len(made))] = made
        return spans_of(last.T, spans)

    def edited(self, output: Array, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Edited:
        """Return the states, which are not laid out before they are asked for."""
        if not self.return_sequences:
            return super().edited(output, spans, remembered, *inputs)
        return EditedStates(output, spans, [self.made_behind(inputs[0], remembered)])

    def made_behind(self, x: Edited, remembered: tuple[Array, ...]) -> StatesMade:
        """Return the states that edits of the input make.

        Args:
            x: The input.
            remembered: What `steps` gives.
        """
        driven, *before = remembered
        changed, differences = x.differences_times(self.kernel)
        first, steps = x.spans.first, len(driven)
        if self.go_backwards:
            first, changed, differences = steps - x.spans.stop, changed[::-1], differences[::-1]
        edits = EditedSteps.of(first, changed, differences)

        def made(start: int) -> Iterator[tuple[int, Array]]:
            carried = tuple(each[:0] for each in before)
            along = np.arange(min(edits.start, start), steps)
            for step, begun in zip(along.tolist(), edits.begun_by(along).tolist(), strict=True):
                if begun:
                    add = partial(edits.add_to, step=step, unedited=driven[step])
                    carried = self._edited_step(begun, add, carried, [each[step] for each in before])
                yield step, carried[0]

        return StatesMade(edits, made)

    def _edited_step(
        self, begun: int, add: Callable[[Array], None], carried: tuple[Array, ...], unedited: Sequence[Array]
    ) -> tuple[Array, ...]:
        """Return what is carried behind a step of the edits begun by then.

        Args:
            begun: How many these are.
            add: Adds to their gates, shape (edits begun, gates × units), what the input adds.
            carried: What is carried before the step of the edits begun before it.
            unedited: What is carried before it without an edit.
        """
        driven = np.zeros((begun, self.gates * self.units), dtype=np.float32)
        add(driven)
        return self._step(driven, with_more(carried, unedited, begun))

    def hidden_states(self, masks: Sequence[Mask | None], *inputs: Array) -> tuple[Array, ...]:
        """Return every position's state, in the order they are made, where only the last one comes out."""
        if self.return_sequences:
            return ()
        return (replace(self, return_sequences=True).forward(inputs[0], mask=masks[0]),)

    def compose(self, of: ComputedValue) -> Composition:
        """Return what a unit sums up at its position; where only the last state comes out, at the last position."""
        if self.return_sequences:
            return self.compose_state(of)
        (states,) = of.states or self.hidden_states([of.mask], of.x)
        composed = self.compose_state(replace(of, output=states, index=(len(states) - 1, of.index[-1])))
        return replace(composed, recalled=None)

    def compose_state(self, of: ComputedValue) -> Composition:
        """Return what a state is computed from.

        Args:
            of: The state; its output are all states in the order they are made, right at least where there is data,
                and its place is (step, unit).
        """
        step, unit = of.index
        order = slice(None, None, -1 if self.go_backwards else 1)
        marked = np.ones(len(of.x), dtype=np.bool_) if of.mask is None else of.mask[order]
        past = np.flatnonzero(marked[:step])
        if not marked[step]:
            if self.return_sequences or self.zero_output_for_mask or not past.size:
                return Composition("carried", (), 0, of.value, remembered=of.value)
            step, past = int(past[-1]), past[:-1]
        return self._composed(of, len(of.x) - 1 - step if self.go_backwards else step, past, unit)

    @abstractmethod
    def _composed(self, of: ComputedValue, position: int, past: NDArray[np.int64], unit: int) -> Composition:
        """Return what a state is computed from that reads a position, after the steps of the past."""

    def _read(self, of: ComputedValue, position: int, column: int) -> Composition:
        """Return the products of a position's channels with a column of the kernel."""
        return weighted_sum(
            of,
            channels_at((position,), of.x.shape[1]),
            self.kernel[:, column],
            unit=column,
            bias=self.input_bias,
            activation=self.activation,
            units=self.units,
        )

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, turned round where the axis is read from its end."""
        given = inputs[0]
        if given is None or not self.return_sequences:
            return None
        if not self.go_backwards:
            return given
        return Alignment(given.moved(axis_length(shapes[0]) - 1).first_base, -given.stride, given.span)


def backward_by_step(
    function: ActivationFunction, responses: Array, reference: Array
) -> Callable[[int, Array], Array]:
    """Return what takes a step, and the multipliers at its activations, to the multipliers at its responses.

    Args:
        function: The activation function.
        responses: Its responses, shape (steps, units).
        reference: Those of the reference; the responses themselves for the gradient.
    """
    if function.elementwise:
        ratios = function.multipliers(np.ones_like(responses), responses, reference)
        return lambda step, upstream: upstream * ratios[step]
    return lambda step, upstream: function.multipliers(upstream, responses[step], reference[step])
