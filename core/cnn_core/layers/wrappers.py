"""Layers around a layer: Bidirectional and TimeDistributed.

Sources: Keras, `keras.layers.Bidirectional` and `keras.layers.TimeDistributed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Final

import numpy as np

from ..errors import ModelError, ShapeError
from .base import Layer, LayerRun, PositionwiseLayer, spans_of, whole_axis
from .composition import Composition, ComputedValue
from .dense import Dense
from .edited import Edited, Spans
from .edited_states import EditedStates
from .merging import Add, Average, Concatenate, Merge, Multiply
from .recurrent import Recurrent
from .shapes import Array, Mask, PerInput, Shape
from .windows import Alignment

__all__ = ["MERGE_MODES", "Bidirectional", "TimeDistributed"]

_MERGES: Final[dict[str, Merge | Concatenate]] = {
    "concat": Concatenate(),
    "sum": Add(),
    "mul": Multiply(),
    "ave": Average(),
}
MERGE_MODES: Final = tuple(_MERGES)
"""How the two directions of a Bidirectional come together."""


@dataclass(frozen=True, eq=False)
class Bidirectional(Layer):
    """A recurrent layer along the axis and another from its end, merged position by position.

    The backward layer's states are turned round, so that both have read up to the position they stand at.

    Attributes:
        forward_layer: The layer that reads the axis forward.
        backward_layer: The layer that reads it from its end.
        merge_mode: `concat` (side by side, the forward layer first), `sum`, `mul` or `ave`.

    Raises:
        ModelError: Both read in one direction, one gives sequences and the other does not, or the merge mode is
            unknown.
    """

    own_rule: ClassVar[bool] = True
    stepwise: ClassVar[bool] = True
    at_once: ClassVar[bool] = True
    forward_layer: Recurrent
    backward_layer: Recurrent
    merge_mode: str | None = "concat"

    def __post_init__(self) -> None:
        if self.merge_mode not in MERGE_MODES:
            raise ModelError(
                "a Bidirectional without a merge mode gives two outputs"
                if self.merge_mode is None
                else f"there is no merge mode '{self.merge_mode}'",
                remedy=f"a merge mode is {', '.join(MERGE_MODES[:-1])} or {MERGE_MODES[-1]}",
            )
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise ModelError(
                "both layers of a Bidirectional read in one direction", remedy="one of them goes backwards"
            )
        if self.return_sequences != self.backward_layer.return_sequences:
            raise ModelError(
                "one layer of a Bidirectional gives sequences and the other does not",
                remedy="both do, or neither",
            )

    @property
    def return_sequences(self) -> bool:
        """Whether every position's states come out, or only the last ones."""
        return self.forward_layer.return_sequences

    @property
    def merge(self) -> Merge | Concatenate:
        """The layer that brings the two directions together."""
        return _MERGES[str(self.merge_mode)]

    @cached_property
    def _directions(self) -> tuple[Recurrent, Recurrent]:
        """Both layers as they run in this one."""
        # Keras gives zeros at positions without data here, whatever the layers themselves say.
        forward, backward = (
            replace(layer, zero_output_for_mask=self.return_sequences)
            for layer in (self.forward_layer, self.backward_layer)
        )
        return forward, backward

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length, units), or (units,) without return_sequences; both layers' units where side by side.

        Raises:
            ShapeError: The channels differ from the kernels', or the layers' units where they are not side by side.
        """
        forward, backward = (layer.output_shape(shape) for layer in (self.forward_layer, self.backward_layer))
        if self.merge_mode != "concat" and forward != backward:
            raise ShapeError(
                f"the layers of a Bidirectional have {forward[-1]} and {backward[-1]} units",
                remedy=f"to merge by {self.merge_mode} they have the same number",
            )
        return self.merge.output_shape(forward, backward)

    def forward(self, x: Array, /, mask: Mask | None = None) -> Array:
        """Return the merged states, shape (length, units), or the last ones, shape (units,).

        Args:
            x: Input, shape (length, channels).
            mask: Which positions hold data, shape (length,); the states are carried over the others.
        """
        forward, backward = (layer.forward(x, mask=mask) for layer in self._directions)
        return self.merge.forward(forward, backward[::-1] if self.return_sequences else backward)

    def forward_together(self, inputs: Sequence[Sequence[Array]]) -> list[Array]:
        """Return the merged states for several inputs, each step taken for all of them at once."""
        both = (layer.forward_together(inputs) for layer in self._directions)
        return [self.merge.forward(*self._turned(*each)) for each in zip(*both, strict=True)]

    def forward_masked(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return the merged states; over positions without data the states are carried."""
        return self.forward(inputs[0], mask=masks[0])

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the sum of both directions' gradients."""
        both = self._both(of)
        pulled = self._turned(*self.merge.gradient(upstream, self._merged(both, of)))
        found = [layer.gradient(at, run)[0] for layer, at, run in zip(self._directions, pulled, both, strict=True)]
        return (_added(*found),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the sum of both directions' multipliers, if both runs hold data at the same positions."""
        both, others = self._both(of), self._both(reference)
        merged = self.merge.multipliers(upstream, self._merged(both, of), self._merged(others, reference))
        assert merged is not None
        found = [
            layer.multipliers(at, run, other)
            for layer, at, run, other in zip(self._directions, self._turned(*merged), both, others, strict=True)
        ]
        if found[0] is None or found[1] is None:
            return None
        return (_added(found[0][0], found[1][0]),)

    def _both(self, of: LayerRun) -> list[LayerRun]:
        """Return what both directions were given and gave."""
        if self.return_sequences and self.merge_mode == "concat":
            first = self.forward_layer.units
            states = [of.output[:, :first], of.output[::-1, first:]]
        else:
            states = [layer.forward(of.x, mask=of.mask) for layer in self._directions]
        return [LayerRun(of.inputs, each, of.masks) for each in states]

    def _merged(self, both: list[LayerRun], of: LayerRun) -> LayerRun:
        """Return what the merge was given and gave."""
        return LayerRun(self._turned(*(run.output for run in both)), of.output, (None, None))

    def _turned(self, forward: Array | None, backward: Array | None) -> list[Array]:
        """Return arrays of both directions with the backward one's positions the other way round."""
        assert forward is not None
        assert backward is not None
        return [forward, backward[::-1] if self.return_sequences else backward]

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return the mask as it is, where every position's states come out."""
        return masks[0] if self.return_sequences else None

    def weights(self) -> dict[str, Array]:
        """Return both layers' weights, as forward_layer/kernel and so on."""
        return {
            f"{name}/{weight}": values
            for name, layer in (("forward_layer", self.forward_layer), ("backward_layer", self.backward_layer))
            for weight, values in layer.weights().items()
        }

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the whole axis: what lies before a position and what lies behind it."""
        return (whole_axis(wanted, shapes[0]),)

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return what both directions do."""
        return tuple(each for layer in self._directions for each in layer.steps(*inputs))

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the merged states."""
        edits, length = len(spans), len(inputs[0].unedited) if self.return_sequences else 0
        ahead, behind = (
            layer.compute(Spans.whole(edits, length or layer.units), mine, *inputs)
            for layer, mine in zip(self._directions, self._each(remembered), strict=True)
        )
        if self.return_sequences:
            return spans_of(self.merge.forward(ahead, behind[::-1]), spans)
        return spans_of(self.merge.forward(ahead.T, behind.T).T, spans)

    def edited(self, output: Array, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Edited:
        """Return the states; side by side they are not laid out before they are asked for."""
        if not self.return_sequences or self.merge_mode != "concat":
            return super().edited(output, spans, remembered, *inputs)
        ahead, behind = (
            layer.made_behind(inputs[0], mine)
            for layer, mine in zip(self._directions, self._each(remembered), strict=True)
        )
        behind = replace(behind, first_channel=self.forward_layer.units, turned=True)
        return EditedStates(output, spans, [ahead, behind])

    def _each(self, remembered: tuple[Array, ...]) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Return each direction's own: what the input adds to the gates, and what is carried."""
        first_of = 1 + self.forward_layer.carries
        return remembered[:first_of], remembered[first_of:]

    def hidden_states(self, masks: Sequence[Mask | None], *inputs: Array) -> tuple[Array, ...]:
        """Return the states of both directions, in the order they are made, where they do not come out themselves."""
        if self.return_sequences and self.merge_mode == "concat":
            return ()
        return tuple(
            replace(each, return_sequences=True).forward(inputs[0], mask=masks[0]) for each in self._directions
        )

    def compose(self, of: ComputedValue) -> Composition:
        """Return the direction that a unit is of, or both, where their values are merged."""
        pair, unit, last = self._directions, of.index[-1], len(of.x) - 1
        steps = (of.index[0], last - of.index[0]) if self.return_sequences else (last, last)
        first = pair[0].units
        states = of.states or self.hidden_states([of.mask], of.x) or (of.output[:, :first], of.output[::-1, first:])

        def direction(which: int, unit: int) -> Composition:
            found = pair[which].compose_state(replace(of, output=states[which], index=(steps[which], unit)))
            return replace(found, direction="backward" if pair[which].go_backwards else "forward")

        if isinstance(self.merge, Concatenate):
            which = int(unit >= first)
            return direction(which, unit - which * first)
        both = direction(0, unit), direction(1, unit)
        count = sum(each.count for each in both)
        return Composition(self.merge.word, (), count, of.value, directions=both)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the forward layer's alignment."""
        return self.forward_layer.aligned(inputs, *shapes)


@dataclass(frozen=True, eq=False)
class TimeDistributed(PositionwiseLayer):
    """Gives every position to a layer of its own, one after the other.

    Attributes:
        layer: The layer; it reads what stands at one position.
    """

    keeps_mask: ClassVar[bool] = True
    layer: Layer

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the length and, behind it, what the layer gives for one position.

        Raises:
            ShapeError: There is no axis of positions, or the layer cannot read what stands at one.
        """
        if len(shape) < 2:
            raise ShapeError(
                f"TimeDistributed reads positions, not {len(shape)} axes",
                remedy="give it the output of a layer that keeps the length",
            )
        return (shape[0], *self.layer.output_shape(shape[1:]))

    def forward(self, x: Array, /) -> Array:
        """Return what the layer gives for every position."""
        if isinstance(self.layer, Dense):
            return self.layer.forward(x)
        return np.stack([self.layer.forward(at_position) for at_position in x])

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return at every position the inner layer's gradient."""
        if isinstance(self.layer, Dense):
            return self.layer.gradient(upstream, of)
        found = [self.layer.gradient(at, run)[0] for at, run in zip(upstream, _positions(of), strict=True)]
        return (_stacked(found),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return at every position the inner layer's multipliers; None where it has no rule."""
        if isinstance(self.layer, Dense):
            return self.layer.multipliers(upstream, of, reference)
        runs = zip(upstream, _positions(of), _positions(reference), strict=True)
        found = [self.layer.multipliers(*run) for run in runs]
        ruled = [each[0] for each in found if each is not None]
        return (_stacked(ruled),) if len(ruled) == len(found) else None

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return what the layer gives for the positions."""
        rows = inputs[0].rows(spans)
        given = self.forward(rows.reshape(-1, *rows.shape[2:]))
        return given.reshape(*rows.shape[:2], *given.shape[1:])

    def weights(self) -> dict[str, Array]:
        """Return the layer's weights."""
        return self.layer.weights()

    def compose(self, of: ComputedValue) -> Composition:
        """Return the inner layer's composition, at the position of the value."""
        position, *inner = of.index
        return self.layer.compose(ComputedValue([of.x[position]], of.output[position], tuple(inner))).at(position)


def _positions(of: LayerRun) -> list[LayerRun]:
    """Return what an inner layer was given and gave at every position."""
    return [LayerRun([x], output, (None,)) for x, output in zip(of.x, of.output, strict=True)]


def _stacked(found: Sequence[Array | None]) -> Array | None:
    """Return arrays of all positions as one; None of indices."""
    known = [each for each in found if each is not None]
    return np.stack(known) if len(known) == len(found) else None


def _added(forward: Array | None, backward: Array | None) -> Array | None:
    """Return what both directions give together."""
    return None if forward is None or backward is None else forward + backward
