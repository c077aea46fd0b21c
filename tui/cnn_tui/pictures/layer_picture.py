"""What is drawn of one layer: a view of all layers' activations, laid over the bases or listed as units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.explain.walk_down import Descent, LayerStep
from cnn_core.layers import Array, Composition, Index

from ..view.layer_view import LayerView
from .visible import LaidValues, VisibleBases

__all__ = ["LayerPicture"]


@dataclass(frozen=True, eq=False)
class LayerPicture:
    """A view of one layer.

    Attributes:
        reading: The model on the input window, whose values are computed.
        view: What is looked at.
        visible: The visible bases.
        descent: The ways down through the network.
    """

    reading: Reading
    view: LayerView
    visible: VisibleBases
    descent: Descent

    @classmethod
    def of(cls, reading: Reading, view: LayerView) -> LayerPicture:
        """Return the picture of a view."""
        return cls(reading, view, VisibleBases(reading, view), Descent(reading.model, reading.values))

    @property
    def edited_bases(self) -> NDArray[np.bool_]:
        """Which of the visible letters are edited, shape (visible bases,)."""
        return self.visible.edited

    def stepped(self, view: LayerView) -> LayerPicture:
        """Return the picture of another view of the same activations."""
        visible = self.visible if self.visible.same_frame(self.reading, view) else VisibleBases(self.reading, view)
        return replace(self, view=view, visible=visible)

    @cached_property
    def array(self) -> Array:
        """The activations of the layer that is looked at, shape (positions, channels) or (units,)."""
        values = self.reading.values[self.view.axis.name]
        return values.reshape(len(values), -1) if self.view.axis.has_length else values

    @property
    def units(self) -> Array:
        """The values of a layer without a length, or the channels of the position under the cursor."""
        return self.array[self.view.position] if self.view.axis.has_length else self.array

    @cached_property
    def unavailable(self) -> Mapping[str, str]:
        """Why each layer that cannot be computed cannot, by its name."""
        return self.reading.model.unavailable(self.reading.length)

    @cached_property
    def columns(self) -> LaidValues | None:
        """Its activations over the columns, or None where it has no positions over the bases."""
        axis = self.view.axis
        if not axis.has_length or axis.alignment is None:
            return None
        stride, array = axis.alignment.stride, self.array
        if stride > 0:
            return self.visible.laid(
                lambda start, stop: array[start:stop], axis.channels, len(array), axis.alignment.first_base, stride
            )
        # An axis that runs from the last base to the first is laid turned round, and its indices turned back.
        turned, last = array[::-1], len(array) - 1
        first_base = axis.alignment.bases(last)[0]
        laid = self.visible.laid(
            lambda start, stop: turned[start:stop], axis.channels, len(array), first_base, -stride
        )
        index = np.where(laid.index >= 0, last - laid.index, -1)
        return LaidValues(laid.values, index, np.where(laid.index >= 0, index + 1, -1), laid.starts)

    @cached_property
    def step(self) -> LayerStep:
        """What the value under the cursor is computed from."""
        return self.descent.step(self.view.axis.name, self.view.place)

    @cached_property
    def below(self) -> tuple[str, Index] | None:
        """The value that most of this one comes from."""
        return self.step.largest

    @property
    def composition(self) -> Composition:
        """The parts of the value under the cursor."""
        return self.step.composition

    @property
    def value(self) -> float:
        """The value under the cursor."""
        return float(self.reading.values[self.view.axis.name][self.view.place])

    @cached_property
    def receptive_field(self) -> tuple[int, int]:
        """The receptive field of the value under the cursor, half-open."""
        position = self.view.place[0]
        return self.reading.model.receptive_field(self.view.axis.name, position, self.reading.length)

    @property
    def channels(self) -> int:
        """How many channels the layer has."""
        return self.view.axis.channels

    @property
    def chosen(self) -> int:
        """The chosen channel."""
        return self.view.channel

    @property
    def channel_noun(self) -> str:
        """What a channel is called: a filter from a convolution to its pool."""
        if not self.reading.has_block:
            return "channel"
        block = self.reading.block
        own = (block.conv, *block.between, block.pool)
        return "filter" if self.view.axis.name in own else "channel"

    def channel_name(self, channel: int) -> str:
        """Return a channel's name: of the block's convolution and pool, the filter's; of more axes, its indices."""
        axis = self.view.axis
        if len(axis.shape) > 2:
            return f"[{', '.join(map(str, axis.index(0, channel)[1:]))}]"
        if not self.reading.has_block:
            return ""
        block, names = self.reading.block, self.reading.run.conv.filter_names
        return printable(names[channel]) if names and self.view.axis.name in (block.conv, block.pool) else ""

    def scale(self, channel: int) -> tuple[float, float]:
        """Return between which values a channel lies: the ends of its colours."""
        column = self.array[..., channel] if self.view.axis.has_length else self.array
        return min(0.0, float(column.min())), max(0.0, float(column.max()))
