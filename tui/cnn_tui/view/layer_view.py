"""Which value of which layer is looked at: a frozen state and its pure steps, for any layer of a network."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cnn_core.layers import Alignment, Index
from cnn_core.network.alignment import alignments
from cnn_core.network.model import Model

from .axes import clamped
from .frame import Frame

__all__ = ["LayerAxis", "LayerView", "layer_axes"]


@dataclass(frozen=True, slots=True)
class LayerAxis:
    """One layer as it can be looked at.

    Attributes:
        name: The layer's name.
        type: Keras's name of its class.
        shape: The shape of its output: (positions, channels), or (units,) where no length is left. Of more axes than
            two, those behind the first count as channels, the last of them running fastest.
        alignment: How its positions lie over the bases, or None where they do not.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    alignment: Alignment | None

    @property
    def has_length(self) -> bool:
        """Whether it has positions and channels."""
        return len(self.shape) > 1

    @property
    def positions(self) -> int:
        """How many positions it has; 1 where no length is left."""
        return self.shape[0] if self.has_length else 1

    @property
    def channels(self) -> int:
        """How many channels it has, or units where no length is left."""
        return math.prod(self.shape[1:]) if self.has_length else self.shape[0]

    @property
    def lies_over_bases(self) -> bool:
        """Whether it has positions that lie over the bases."""
        return self.has_length and self.alignment is not None

    def index(self, position: int, channel: int) -> Index:
        """Return the place of a value in the layer's output."""
        place: list[int] = []
        for size in self.shape[:0:-1]:
            channel, at = divmod(channel, size)
            place.insert(0, at)
        return (position, *place) if self.has_length else (channel,)

    def position_and_channel(self, index: Index) -> tuple[int, int]:
        """Return the position, 0 where no length is left, and the channel of a place in the layer's output."""
        channel = 0
        for size, at in zip(self.shape[1:], index[1:], strict=True):
            channel = channel * size + at
        return (index[0], channel) if self.has_length else (0, index[0])


def layer_axes(model: Model, length: int) -> tuple[LayerAxis, ...]:
    """Return every layer that can be looked at, in the order of computation.

    Args:
        model: The model.
        length: The length of the input, in bases.
    """
    shapes, aligned = model.flow(length).shapes, alignments(model, length)
    axes = []
    for node in model.nodes:
        shape = shapes.get(node.name, ())
        known = tuple(axis for axis in shape if axis is not None)
        if len(known) == len(shape) and shape:
            axes.append(LayerAxis(node.name, node.layer.type, known, aligned[node.name]))
    return tuple(axes)


@dataclass(frozen=True, slots=True)
class LayerView(Frame):
    """Everything that a picture of a layer depends on, beside the values themselves.

    Attributes:
        layers: Every layer that can be looked at.
        bases: How many bases the input has.
        at: Which of the layers is looked at.
        position: The position under the cursor; 0 where no length is left.
        channel: The chosen channel, or unit.
        trail: Where the way down came through: (layer, position, channel), the latest last.
        listed: Whether all layers are listed in place of the values of the one that is looked at.
    """

    layers: tuple[LayerAxis, ...]
    bases: int
    at: int = 0
    position: int = 0
    channel: int = 0
    trail: tuple[tuple[int, int, int], ...] = ()
    listed: bool = False

    @property
    def axis(self) -> LayerAxis:
        """The layer that is looked at."""
        return self.layers[self.at]

    @property
    def place(self) -> Index:
        """The place of the value under the cursor."""
        return self.axis.index(self.position, self.channel)

    @property
    def length(self) -> int:
        """How many bases the input has."""
        return self.bases

    @property
    def reach(self) -> tuple[int, int]:
        """The bases that anything is drawn over, half-open; below 0 where there is padding."""
        alignment = self.axis.alignment
        if alignment is None or not self.axis.has_length:
            return 0, self.bases
        ends = alignment.bases(0), alignment.bases(self.axis.positions - 1)
        return min(0, ends[0][0], ends[1][0]), max(self.bases, ends[0][1], ends[1][1])

    @property
    def cursor_span(self) -> tuple[int, int]:
        """The bases that the value under the cursor stands over, half-open."""
        if self.axis.alignment is None or not self.axis.has_length:
            return self.offset, self.offset + 1
        return self.axis.alignment.bases(self.position)

    @property
    def at_end(self) -> bool:
        """Whether the cursor stands on the last position."""
        return self.axis.has_length and self.position == self.axis.positions - 1

    def stepped(self, by: int) -> LayerView:
        """Move by positions, or by values where none lies over the bases: of one position, then of the next."""
        if self.axis.lies_over_bases:
            return self.to_position(self.position + by)
        last = self.axis.positions * self.axis.channels
        position, channel = divmod(
            clamped(self.position * self.axis.channels + self.channel + by, last), self.axis.channels
        )
        return replace(self, position=position, channel=channel, listed=False).shown()

    def to_position(self, position: int) -> LayerView:
        """Move to a position, or the nearest there is."""
        return replace(self, position=clamped(position, self.axis.positions), listed=False).shown()

    def to_channel(self, channel: int) -> LayerView:
        """Choose a channel or a unit, or the nearest there is."""
        return replace(self, channel=clamped(channel, self.axis.channels), listed=False)

    def ended(self, last: bool) -> LayerView:
        """Move to the first or the last position, or unit."""
        extent = self.axis.positions * (1 if self.axis.lies_over_bases else self.axis.channels)
        return self.stepped(extent if last else -extent)

    def walked(self, by: int) -> LayerView:
        """Look at another layer in the order of computation, over the same bases where it has positions."""
        return self.to_layer(clamped(self.at + by, len(self.layers)))

    def to_layer(self, at: int) -> LayerView:
        """Look at a layer, over the same bases where it has positions."""
        before, axis = self.axis.alignment, self.layers[at]
        position = 0
        if axis.has_length and axis.alignment is not None:
            base = before.bases(self.position)[0] if before is not None and self.axis.has_length else self.offset
            position = (base - axis.alignment.first_base) // axis.alignment.stride
        moved = replace(
            self,
            at=at,
            position=clamped(position, axis.positions),
            channel=clamped(self.channel, axis.channels),
            trail=(),
        )
        return moved.shown()

    def down(self, layer: str, index: Index) -> LayerView:
        """Go down to a value that the one under the cursor is computed from."""
        names = [axis.name for axis in self.layers]
        if layer not in names:
            return self
        trail = (*self.trail, (self.at, self.position, self.channel))
        return replace(replace(self, at=names.index(layer)).on(index), trail=trail, listed=False)

    def on(self, index: Index) -> LayerView:
        """Stand on a place of the layer's output."""
        position, channel = self.axis.position_and_channel(index)
        return replace(self, position=position, channel=channel).shown()

    def up(self) -> LayerView:
        """Go back to where the way down came from."""
        if not self.trail:
            return self
        *trail, (at, position, channel) = self.trail
        return replace(self, at=at, position=position, channel=channel, trail=tuple(trail), listed=False).shown()
