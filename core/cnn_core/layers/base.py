"""What every layer knows: its output shape, its forward pass, its weights, what an output depends on, and why."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from inspect import get_annotations
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..errors import ModelError
from .composition import Composition, ComputedValue
from .edited import Edited, Spans, picked
from .shapes import Array, Mask, PerInput, Shape, axis_length, pad_ends
from .windows import Alignment, Sliding

__all__ = ["Layer", "LayerRun", "PositionwiseLayer", "SlidingLayer", "whole_axis"]


@dataclass(frozen=True, eq=False)
class LayerRun:
    """What a layer was given and what it gave.

    Attributes:
        inputs: What it was given, in order.
        output: What it gave.
        masks: Which positions of each input hold data, shape (length,), or None where all do.
    """

    inputs: Sequence[Array]
    output: Array
    masks: Sequence[Mask | None]

    @property
    def x(self) -> Array:
        """The first input, for most layers the only one."""
        return self.inputs[0]

    @property
    def mask(self) -> Mask | None:
        """Which positions of the first input hold data, or None where all do."""
        return self.masks[0]

    def masked_alike(self, other: LayerRun) -> bool:
        """Tell whether the same positions hold data in both runs."""
        return all(
            mine is theirs or (mine is not None and theirs is not None and np.array_equal(mine, theirs))
            for mine, theirs in zip(self.masks, other.masks, strict=True)
        )


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """One layer: immutable settings and weights, and what follows from them.

    Arrays are float32 and channels-last, `(length, channels)` or `(units,)`, without a batch axis. Where a setting
    names an axis, it is written as Keras writes it: 0 is the batch axis, so 1 is the first of ours, and a negative
    one counts from the last. A layer that merges takes several inputs, in order, wherever others take one.
    """

    type: ClassVar[str]
    """The class name that Keras gives this layer: that of our class, unless it says another."""
    merges: ClassVar[bool] = False
    """Whether the layer reads several inputs."""
    keeps_mask: ClassVar[bool] = False
    """Whether a mask on the positions of its input holds for its output too, as Keras has it."""
    linear: ClassVar[bool] = False
    """Whether its output changes by exactly its gradient times the change of its inputs, however large that is."""
    own_rule: ClassVar[bool] = False
    """Whether its DeepLIFT multipliers follow a rule of ours, since tangermeme has none."""
    stepwise: ClassVar[bool] = False
    """Whether it goes along its axis step by step, so that a step for many edits at once takes little longer."""
    at_once: ClassVar[bool] = False
    """Whether `forward_together` takes less time than one input after the other."""

    takes_holes: ClassVar[bool] = False
    """Whether `compute` takes spans with holes, of its output and its inputs; otherwise it is given them without."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "type" not in get_annotations(cls):
            cls.type = cls.__name__

    @abstractmethod
    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the shape of the output.

        Args:
            shape: The shape of the input.

        Raises:
            ShapeError: The layer cannot read such an input; the message says which it could.
        """

    @abstractmethod
    def forward(self, x: Array, /) -> Array:
        """Return the output for an input.

        Args:
            x: The input, of a shape that `output_shape` accepts.
        """

    def forward_together(self, inputs: Sequence[Sequence[Array]]) -> list[Array]:
        """Return the outputs for several inputs of the same shapes, in which every position holds data.

        Args:
            inputs: The inputs of each, in order.
        """
        return [self.forward(*each) for each in inputs]

    def forward_masked(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return the output for inputs of which some positions hold no data; most layers read all the same.

        Args:
            masks: One mask an input, shape (length,), or None where every position holds data.
            inputs: The inputs.
        """
        return self.forward(*inputs)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient of a number at every input, given that at the output (a vector–Jacobian product).

        Conventions where there is no derivative are PyTorch's, but that a global maximum is shared by all that tie.

        Args:
            upstream: The gradient at the output, of its shape.
            of: What the layer was given and gave.

        Returns:
            Arrays of the inputs' shapes; None for an input of indices, which have no gradient.

        Raises:
            ModelError: The layer has no gradient.
        """
        raise ModelError(f"a {self.type} has no gradient", remedy="explain a value before it")

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return DeepLIFT's multipliers at every input, given those at the output.

        Times the changes from the reference they sum to what the output's multipliers times its change do.

        Args:
            upstream: The multipliers at the output, of its shape.
            of: What the layer was given and gave.
            reference: What it was given and gave for the reference.

        Returns:
            Arrays of the inputs' shapes (None for an input of indices); None where there is no rule, so that the
            gradient has to do.
        """
        return self.gradient(upstream, of) if self.linear else None

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return which positions of the output hold data, or None where all do.

        Args:
            masks: One mask an input, shape (length,), or None where every position holds data.
            inputs: The inputs.
        """
        return masks[0] if self.keeps_mask and masks else None

    def weights(self) -> dict[str, Array]:
        """Return the weights by the name Keras gives them (kernel, bias …): those attributes that are arrays."""
        held = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: weight for name, weight in held if isinstance(weight, np.ndarray)}

    @property
    def parameter_count(self) -> int:
        """How many numbers the layer has learned."""
        return sum(int(weight.size) for weight in self.weights().values())

    @abstractmethod
    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions of every input that any of the wanted output positions depends on.

        A layer that reads several positions at once says so here; one whose outputs read only their own position,
        or whose outputs are moved inputs, inherits the answer from `PositionwiseLayer` or `MovingLayer`.

        Args:
            wanted: Which indices of the output's first axis: positions, or units where no length is left.
            shapes: The shapes of the inputs, in order, with their lengths known.

        Returns:
            One mask for each input, over its first axis.

        Raises:
            ShapeError: A length is not known.
        """

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return which positions of the output can change, where some of the inputs do; here, any.

        A layer that says less than the whole axis here, says in `compute` how a part of it is computed, or has the
        whole computed for it all the same.

        Args:
            edited: What can change of every input, for every edit; some of it does.
            shapes: The shapes of the inputs, in order, with their lengths known.
        """
        return Spans.whole(len(edited[0]), axis_length(self.output_shape(*shapes)))

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return what is computed once of the unedited inputs, and needed in `compute`; most layers: nothing.

        Args:
            output: What the layer makes of them.
            inputs: The inputs without an edit.
        """
        return ()

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return a span of the output for every edit, and compute no more than that takes; here, all of it.

        Args:
            spans: Which positions, within `changed`.
            remembered: What `remembered` said.
            inputs: The inputs, and what the edits make of them.

        Returns:
            Values, shape (width, edits, …); past the ends of the axis they mean nothing.
        """
        each = [self.forward(*(x.of(edit) for x in inputs)) for edit in range(len(spans))]
        return spans_of(np.stack(each, axis=1), spans)

    def edited(self, output: Array, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Edited:
        """Return what `compute` gives, in the unedited output; some layers put it off until it is asked for.

        Who asks once for the values, or for sums of them alone, is then spared what is not needed for that.
        """
        return Edited(output, spans, self.compute(spans, remembered, *inputs))

    def compose(self, of: ComputedValue) -> Composition:
        """Return what one value of the output is computed from.

        Args:
            of: The value, with what the layer was given and gave.

        Returns:
            A composition without parts where the layer does not say more.
        """
        return Composition("function", (), 0, of.value, function=self.type)

    def hidden_states(self, masks: Sequence[Mask | None], *inputs: Array) -> tuple[Array, ...]:
        """Return what the layer makes on the way, does not give, and needs in `compose`; most layers: nothing.

        It takes a forward pass, so it is made once for all values of an output.

        Args:
            masks: Which positions of each input hold data, shape (length,), or None where all do.
            inputs: What it was given, in order.
        """
        return ()

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return how the output's length axis lies over the bases.

        Args:
            inputs: How the length axis of each input does; None where it has none.
            shapes: The shapes of the inputs, in order, with their lengths known.

        Returns:
            None where the output has no axis that runs along the bases.
        """
        return None


@dataclass(frozen=True, eq=False)
class SlidingLayer(Layer):
    """A layer whose outputs read windows that slide along the length axis."""

    @property
    @abstractmethod
    def sliding(self) -> Sliding:
        """The window and how it moves."""

    def tap_values(self, x: Array, fill: float = 0.0) -> Iterator[tuple[int, Array]]:
        """Yield what every window reads at each tap, without the taps that read padding in all of them.

        Args:
            x: Input, shape (length, channels).
            fill: What stands in the padding.

        Yields:
            The tap, and its values, shape (windows, channels).
        """
        return zip(*self.taps_together(x, fill), strict=True)

    def taps_together(self, x: Array, fill: float = 0.0) -> tuple[range, Array]:
        """Return the taps that `tap_values` yields, and their values in one view, shape (taps, windows, channels)."""
        sliding = self.sliding
        taps, windows = sliding.taps_inside(len(x)), sliding.output_length(len(x))
        if not taps:
            return taps, np.empty((0, windows, x.shape[1]), dtype=x.dtype)
        # The first value of the first tap, and one past the last of the last; both may lie in the padding.
        start = taps[0] * sliding.dilation - sliding.pads(len(x))[0]
        stop = start + (len(taps) - 1) * sliding.dilation + (windows - 1) * sliding.stride + 1
        read = x[max(0, start) : max(0, stop)]
        left, right = max(0, -start), max(0, stop - len(x))
        padded = pad_ends(read, left, right, fill) if left or right else read
        along, across = padded.strides
        strides = sliding.dilation * along, sliding.stride * along, across
        return taps, as_strided(padded, (len(taps), windows, x.shape[1]), strides, writeable=False)

    def added_under_taps(self, length: int, channels: int, of_tap: Callable[[int], Array]) -> Array:
        """Return what every position gets when each window gives something to the positions under its taps.

        It is `tap_values` turned round: where windows overlap, what they give adds up, and padding's share is lost.

        Args:
            length: The length of the axis that is read.
            channels: How many channels there are.
            of_tap: What all windows give at a tap, shape (windows, channels).

        Returns:
            Shape (length, channels).
        """
        sliding = self.sliding
        left, right = sliding.pads(length)
        reach = (sliding.output_length(length) - 1) * sliding.stride + 1
        added = np.zeros((left + length + max(right, reach + sliding.span), channels), dtype=np.float32)
        for tap in sliding.taps_inside(length):
            first = tap * sliding.dilation
            added[first : first + reach : sliding.stride] += of_tap(tap)
        return added[left : left + length]

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions under the windows of the wanted outputs."""
        return (self.sliding.positions_read(wanted, axis_length(shapes[0])),)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the outputs whose windows lie over what can change."""
        return self.sliding.reached(edited[0], axis_length(shapes[0]))

    def windows_of(self, spans: Spans, x: Edited, fill: float = 0.0) -> Iterator[tuple[int, Array]]:
        """Yield what the windows of a span of outputs read at each tap, for every edit.

        Args:
            spans: The outputs.
            x: The input.
            fill: What stands in the padding.

        Yields:
            The tap, and its values, shape (width, edits, channels).
        """
        sliding = self.sliding
        reach = (spans.width - 1) * sliding.stride + 1
        rows = x.rows(sliding.reading(spans, len(x.unedited)), fill)
        for tap in range(sliding.size):
            begin = tap * sliding.dilation
            yield tap, rows[begin : begin + reach : sliding.stride]

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, seen through the windows."""
        return inputs[0] and inputs[0].through(self.sliding, axis_length(shapes[0]))


@dataclass(frozen=True, eq=False)
class PositionwiseLayer(Layer):
    """A layer whose every output position reads the same position of its input, and no other."""

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions that are wanted."""
        axis_length(shapes[0])
        return (wanted,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input."""
        return edited[0]

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment."""
        return inputs[0]


def spans_of(values: Array, spans: Spans) -> Array:
    """Return the spans of every edit's whole output.

    Args:
        values: Shape (length, edits, …).
        spans: The spans.
    """
    first = np.clip(spans.first, 0, max(0, len(values) - spans.width))
    # Past the ends stands what is nearest.
    rows = np.clip(spans.positions, 0, len(values) - 1)
    if spans.step == 1 and (first == spans.first).all():
        return picked(values, first, spans.width)
    return values[rows, np.arange(len(spans))]


def whole_axis(wanted: Mask, shape: Shape) -> Mask:
    """Return every position of an input if any output is wanted, otherwise none, shape (length,).

    Raises:
        ShapeError: The length is not known.
    """
    return np.full(axis_length(shape), wanted.any())
