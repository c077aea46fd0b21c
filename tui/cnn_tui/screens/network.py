"""The screen of the whole network: any layer over the bases, and the way down from any value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from cnn_core.layers import Array, Input
from cnn_core.reading import Reading

from ..arrangement import SMALLEST
from ..layer_picture import LayerPicture
from ..layer_view import LayerView, layer_axes
from ..view import Level
from ..widgets.layer_inspector import LayerInspector, LayerStatus
from ..widgets.layer_rail import LayerRail
from ..widgets.layer_tracks import AllChannels, LayerTracks
from ..widgets.track import GUTTER, MARGIN, Track
from ..widgets.units import Units

__all__ = ["Network", "Return"]

Return = tuple[Level, int, int | None]
"""Where the explorer goes on: a level, an index on its axis, and a filter or None."""


class Network(Screen[Return | None]):
    """Any layer of the network over the same bases.

    Args:
        reading: The model on the input window.
        values: Every layer's activations by its name.
        source: Where the record comes from.
        layer: The layer to look at first.
        offset: The base at the left edge of the tracks.
        zoom: An index of `frame.ZOOMS`.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,right_square_bracket", "walk(1)", "Next layer", show=False),
        Binding("shift+tab,left_square_bracket", "walk(-1)", "Previous layer", show=False),
        Binding("left,h", "step(-1)", "Step left", show=False),
        Binding("right,l", "step(1)", "Step right", show=False),
        Binding("up,k", "channel(-1)", "Previous channel", show=False),
        Binding("down,j", "channel(1)", "Next channel", show=False),
        Binding("pageup", "channel_page(-1)", "A page of channels up", show=False),
        Binding("pagedown", "channel_page(1)", "A page of channels down", show=False),
        Binding("home", "end(False)", "First", show=False),
        Binding("end", "end(True)", "Last", show=False),
        Binding("enter", "down", "Down to what this was computed from", show=False),
        Binding("backspace", "up", "Back up", show=False),
        Binding("minus", "zoom(-1)", "Zoom out", show=False),
        Binding("equals_sign,plus", "zoom(1)", "Zoom in", show=False),
        Binding("escape,q,b", "leave", "Back to the block", show=False),
    ]
    DEFAULT_CSS = """
    Network #main { layout: vertical; height: 1fr; }
    Network #too-small { display: none; width: 100%; height: 100%; content-align: center middle; }
    Network.-too-small > * { display: none; }
    Network.-too-small > #too-small { display: block; }
    Network LayerInspector { height: 1fr; }
    Network LayerStatus { dock: bottom; }
    """
    picture: reactive[LayerPicture | None] = reactive(None)
    """What is shown: the one state that all widgets are bound to."""
    source: reactive[str] = reactive("")
    """Where the record comes from."""

    def __init__(
        self, reading: Reading, values: Mapping[str, Array], source: str, layer: str, offset: int, zoom: int
    ) -> None:
        super().__init__()
        layers = layer_axes(reading.model, reading.length)
        names = [axis.name for axis in layers]
        view = LayerView(layers, reading.length, zoom=zoom, offset=offset)
        view = view.to_layer(names.index(layer) if layer in names else 0)
        self.set_reactive(Network.picture, LayerPicture.of(reading, values, view))
        self.set_reactive(Network.source, source)

    def compose(self) -> ComposeResult:
        """Yield the rail, the tracks or the units, the inspector and the status line."""
        yield Static(f"too small: cnn-tui needs {SMALLEST[0]}×{SMALLEST[1]}", id="too-small", markup=False)
        yield LayerRail().data_bind(Network.picture, Network.source)
        yield LayerTracks().data_bind(Network.picture)
        yield Units().data_bind(Network.picture)
        yield LayerInspector().data_bind(Network.picture)
        yield LayerStatus().data_bind(Network.picture)

    def on_mount(self) -> None:
        """Fit everything into the screen."""
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        """Fit everything into the new size."""
        self._arrange()

    @property
    def view(self) -> LayerView:
        """The present view."""
        assert self.picture is not None
        return self.picture.view

    def show_view(self, view: LayerView) -> None:
        """Show another view."""
        assert self.picture is not None
        other_layer = view.at != self.picture.view.at
        self.picture = self.picture.stepped(replace(view, count=""))
        if other_layer:
            self._arrange()

    def _arrange(self) -> None:
        width, height = self.size
        self.set_class(width < SMALLEST[0] or height < SMALLEST[1], "-too-small")
        if self.picture is None or not width:
            return
        axis = self.view.axis
        over_bases = axis.has_length and axis.alignment is not None
        tracks, units = self.query_one(LayerTracks), self.query_one(Units)
        tracks.display, units.display = over_bases, not over_bases
        details = min(max(6, height // 3), 16)
        tracks.take(width, height - 3 - details, axis.channels)
        units.styles.height = height - 3 - details
        columns = width - GUTTER - MARGIN
        if self.view.columns != columns:
            self.picture = self.picture.stepped(self.view.resized(columns))

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Collect digits before a step."""
        if event.character is not None and "0" <= event.character <= "9" and len(self.view.count) < 9:
            event.stop()
            assert self.picture is not None
            self.picture = self.picture.stepped(replace(self.view, count=self.view.count + event.character))

    def _times(self) -> int:
        return int(self.view.count or 1)

    def action_walk(self, by: int) -> None:
        """Look at the next layer, or the one before."""
        self.show_view(self.view.walked(by * self._times()))

    def action_step(self, direction: int) -> None:
        """Step along the positions, or the units where there are none."""
        self.show_view(self.view.stepped(direction * self._times()))

    def action_channel(self, direction: int) -> None:
        """Choose a neighbouring channel, or the unit a line away."""
        assert self.picture is not None
        line = 1 if self.view.axis.has_length else self.query_one(Units).per_line(self.picture)
        self.show_view(self.view.to_channel(self.view.channel + direction * line * self._times()))

    def action_channel_page(self, direction: int) -> None:
        """Choose a channel a screenful away."""
        assert self.picture is not None
        if self.view.axis.has_length:
            page = self.query_one(AllChannels).filters_shown(self.picture)
        else:
            units = self.query_one(Units)
            page = units.per_line(self.picture) * max(1, units.content_size.height)
        self.show_view(self.view.to_channel(self.view.channel + direction * page * self._times()))

    def action_end(self, last: bool) -> None:
        """Go to the first or the last position, or unit."""
        self.show_view(self.view.ended(last))

    def action_zoom(self, direction: int) -> None:
        """Zoom in or out."""
        self.show_view(self.view.zoomed(direction))

    def action_down(self) -> None:
        """Go down to what the value was computed from; at the block, back to the explorer."""
        assert self.picture is not None
        model = self.picture.reading.model
        if isinstance(model[self.view.axis.name].layer, Input) or self.picture.step.below is None:
            return
        layer, index = self.picture.step.below
        block = self.picture.reading.block
        if layer in (block.pool, block.conv) and len(index) == 2:
            self.dismiss((Level.CELL if layer == block.pool else Level.RESPONSE, index[0], index[1]))
        else:
            self.show_view(self.view.down(layer, index))

    def action_up(self) -> None:
        """Go back to where the way down came from."""
        self.show_view(self.view.up())

    def action_leave(self) -> None:
        """Go back to the block."""
        self.dismiss(None)

    # The pointer

    @on(Track.Pressed)
    def select(self, event: Track.Pressed) -> None:
        """Put the cursor on what was pressed."""
        view, place = self.view, event.place
        if place.level is None and not view.axis.has_length:
            self.show_view(view.to_channel(place.index))
        elif place.level is None:
            view = view if place.filter is None else view.to_channel(place.filter)
            self.show_view(view.to_position(place.index))

    @on(Track.Hovered)
    def describe(self, event: Track.Hovered) -> None:
        """Say what is under the pointer."""
        self.query_one(LayerStatus).hovered = event.words or ""

    @on(Track.Wheeled)
    def scroll_tracks(self, event: Track.Wheeled) -> None:
        """Move the tracks under the cursor."""
        self.show_view(self.view.scrolled(event.columns))
