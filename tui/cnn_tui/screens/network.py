"""The screen of the whole network: any layer over the bases, and the way down from any value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import reactive

from cnn_core.blocks.block_absence import no_block
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.explain.seen_above import seen_in
from cnn_core.explain.walk_down import Descent
from cnn_core.layers import Input

from ..background.job import Job
from ..commands import ALL_NETWORK_COMMANDS, BLOCK_COMMANDS, NETWORK_COMMANDS, Command, bindings
from ..pictures.layer_picture import LayerPicture
from ..view.layer_view import LayerView, layer_axes
from ..view.track_sizes import arrange_layer
from ..view.view_state import Level
from ..widgets.layer_inspector import LayerInspector, LayerStatus
from ..widgets.layer_list import LayerList
from ..widgets.layer_rail import LayerRail
from ..widgets.layer_tracks import AllChannels, LayerTracks
from ..widgets.track import Track
from ..widgets.units import Units
from ..widgets.unscrolled import Area
from ..words.output_words import why_no_output
from . import dialogs
from .track_screen import TrackScreen

__all__ = ["Network", "Return"]


@dataclass(frozen=True, eq=False)
class Return:
    """Where the explorer goes on.

    Attributes:
        reading: What was read last; its input window may have been moved.
        level: The level of the cursor; None stays where it was.
        index: The place on the axis of that level.
        filter: The filter, or None.
        action: What the explorer is to do next, as Textual writes it.
    """

    reading: Reading
    level: Level | None = None
    index: int = 0
    filter: int | None = None
    action: str = ""


class Network(TrackScreen[Return, LayerView]):
    """Any layer of the network over the same bases.

    Args:
        reading: The model on the input window, whose values are computed.
        source: Where the record comes from.
        layer: The layer to look at first.
        offset: The base at the left edge of the tracks.
        zoom: An index of `frame.ZOOMS`.
        place: The position and the channel to stand on, or None.
        below: The value that the explorer stands on: its layer, position and channel; the layer is looked at where
            that counts most.
        listed: Whether all layers are listed first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(NETWORK_COMMANDS, "network"),
        *(
            replace(binding, action=f"at_block({nth})")
            for nth, binding in enumerate(bindings(BLOCK_COMMANDS, "network"))
        ),
    ]
    COMMAND_TABLE = NETWORK_COMMANDS
    DEFAULT_CSS = """
    Network #words { height: 1fr; border-top: solid $panel; }
    Network LayerStatus { dock: bottom; }
    """
    picture: reactive[LayerPicture | None] = reactive(None, repaint=False)
    """What is shown: the one state that all widgets are bound to."""

    def __init__(
        self,
        reading: Reading,
        source: str,
        layer: str,
        offset: int,
        zoom: int,
        place: tuple[int, int] | None = None,
        below: tuple[str, int, int] | None = None,
        *,
        listed: bool = False,
    ) -> None:
        super().__init__()
        self._job = Job(self.run_behind, self.refuse, self.show_activity)
        view = self._first_view(reading, layer, offset, zoom)
        if below is not None:
            view = self._seen_from(reading, view, below)
        view = replace(view, listed=listed)
        if place is not None:
            view = view.to_channel(place[1]).to_position(place[0])
        self.set_reactive(Network.picture, LayerPicture.of(reading, view))
        self.set_reactive(TrackScreen.source, source)

    @classmethod
    def of(cls, reading: Reading, source: str, view: LayerView) -> Network:
        """Return the screen of a view, such as one that was saved.

        Args:
            reading: The model on the input window, whose values are computed.
            source: Where the record comes from.
            view: What is looked at; on a screen as wide as it was, it is shown exactly so.
        """
        screen = cls(reading, source, view.axis.name, view.offset, view.zoom)
        screen.set_reactive(Network.picture, LayerPicture.of(reading, view))
        return screen

    @staticmethod
    def _first_view(reading: Reading, layer: str, offset: int, zoom: int) -> LayerView:
        layers = layer_axes(reading.model, reading.length)
        names = [axis.name for axis in layers]
        view = LayerView(layers, reading.length, zoom=zoom, offset=offset)
        return view.to_layer(names.index(layer) if layer in names else len(names) - 1)

    @staticmethod
    def _seen_from(reading: Reading, view: LayerView, below: tuple[str, int, int]) -> LayerView:
        """Return the view of the same layer where a value that it reads, or its base, is seen."""
        name, position, channel = below
        names = [axis.name for axis in view.layers]
        if name not in names:
            return view
        start = replace(view, at=names.index(name), position=position, channel=channel)
        seen = replace(start.to_layer(view.at), listed=True)
        place = seen_in(Descent(reading.model, reading.values), seen.axis.name, seen.position, (name, start.place))
        if place is None:
            return seen
        return seen.on(place)

    def parts(self) -> ComposeResult:
        """Yield the rail, the layers, or the tracks or units of one, the inspector and the status line."""
        yield LayerRail().data_bind(Network.picture, TrackScreen.source)
        yield LayerList().data_bind(Network.picture)
        yield LayerTracks().data_bind(Network.picture)
        yield Units().data_bind(Network.picture)
        with Area(id="words"):
            yield LayerInspector().data_bind(Network.picture)
        yield LayerStatus().data_bind(Network.picture)

    @property
    def term(self) -> str:
        """What the cursor is on: a layer, or a number of one."""
        return "layer" if self.view.listed else "channel" if self.view.axis.has_length else "unit"

    @property
    def view(self) -> LayerView:
        """The present view."""
        assert self.picture is not None
        return self.picture.view

    @property
    def reading(self) -> Reading:
        """What is looked at."""
        assert self.picture is not None
        return self.picture.reading

    def step_to(self, view: LayerView) -> None:
        """Show another view of the same reading, without reading anything."""
        assert self.picture is not None
        self.picture = self.picture.stepped(view)

    def show_view(self, view: LayerView) -> None:
        """Show another view."""
        assert self.picture is not None
        other_layer = (view.at, view.listed) != (self.picture.view.at, self.picture.view.listed)
        self.say("")
        picture = self.picture.stepped(replace(view, count=""))
        try:
            _ = picture.visible.codes
        except CnnError as error:
            self.refuse(error)
            return
        self.picture = picture
        if other_layer:
            self.fit()

    def fit(self) -> None:
        """Give every part its room."""
        assert self.picture is not None
        axis = self.view.axis
        arrangement = arrange_layer(*self.size, axis.channels)
        self.set_class(arrangement is None, "-too-small")
        over_bases = axis.lies_over_bases
        tracks, units, listed = self.query_one(LayerTracks), self.query_one(Units), self.query_one(LayerList)
        # Set here it wins over the style that hides all parts where there is no room for them.
        listed.display = arrangement is not None and self.view.listed
        tracks.display = arrangement is not None and over_bases and not self.view.listed
        units.display = arrangement is not None and not over_bases and not self.view.listed
        if arrangement is None:
            return
        # Headings and the sum of all, under an empty line.
        listed.styles.height = min(arrangement.units, len(self.reading.model.nodes) + 3)
        tracks.take(arrangement)
        units.styles.height = arrangement.units
        if self.view.columns != arrangement.columns:
            self.picture = self.picture.stepped(self.view.resized(arrangement.columns))

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Forget what was said of the step before."""
        self.say("")

    def action_walk(self, by: int) -> None:
        """Look at the next layer, or the one before; a layer that reads the value shows it where it counts most."""
        assert self.picture is not None
        before, view = self.view, self.view.walked(by * self.view.times)
        if view.at > before.at:
            below = before.axis.name, before.place
            if place := seen_in(self.picture.descent, view.axis.name, view.position, below):
                view = view.on(place)
        self.show_view(view)

    def action_channel(self, direction: int) -> None:
        """Choose a neighbouring channel, or the unit a line away; in the list, the layer a line away."""
        assert self.picture is not None
        if self.view.listed:
            self.action_walk(direction)
            return
        line = 1 if self.view.axis.lies_over_bases else self.query_one(Units).per_line(self.picture)
        self.show_view(self.view.to_channel(self.view.channel + direction * line * self.view.times))

    def action_channel_page(self, direction: int) -> None:
        """Choose a channel a screenful away, or the next position of those that do not lie over the bases."""
        assert self.picture is not None
        axis = self.view.axis
        if axis.has_length and not axis.lies_over_bases:
            self.show_view(self.view.to_position(self.view.position + direction * self.view.times))
            return
        if axis.lies_over_bases:
            page = self.query_one(AllChannels).filters_shown(self.picture)
        else:
            units = self.query_one(Units)
            page = units.per_line(self.picture) * max(1, units.content_size.height)
        self.show_view(self.view.to_channel(self.view.channel + direction * page * self.view.times))

    def action_list(self) -> None:
        """List all layers, or show the values of the one that is looked at."""
        self.show_view(replace(self.view, listed=not self.view.listed))

    def action_reasons(self) -> None:
        """Show what the output is the sum of, or say why there is none."""
        reading, axis = self.reading, self.view.axis
        if why := why_no_output(reading):
            self.say(why)
            return
        unit = self.view.place if axis.name == reading.model.outputs[0] else None
        self.app.push_screen(dialogs.OutputReasons(reading, unit))

    def action_base_effects(self) -> None:
        """Ask at the block what every base does to the value under the cursor, or say why that is not shown."""
        reading = self.reading
        if not reading.has_block:
            self.say("there is no conv → pool block to draw effects over: cnn-tui effects lists them")
            return
        view = self.view
        target = "" if view.listed else ":".join(map(str, (view.axis.name, *view.place)))
        self.dismiss(Return(reading, action=f"base_effects({target!r})"))

    def action_read_on(self) -> None:
        """Show what the inspector has to say beyond its lines."""
        self.query_one(LayerInspector).turn()

    def action_down(self) -> None:
        """Go down to what the value was computed from; at the block, back to the explorer."""
        assert self.picture is not None
        model = self.picture.reading.model
        if isinstance(model[self.view.axis.name].layer, Input) or self.picture.below is None:
            return
        layer, index = self.picture.below
        reading = self.picture.reading
        blocks: dict[str, Level] = {}
        if reading.has_block:
            blocks = {reading.block.pool: Level.CELL, reading.block.conv: Level.RESPONSE}
        if layer in blocks:
            # A pool over all positions has no axis of cells.
            place = index[0] if len(index) > 1 else 0
            self.dismiss(Return(reading, blocks[layer], place, index[-1]))
        else:
            self.show_view(self.view.down(layer, index))

    def action_up(self) -> None:
        """Go back to where the way down came from."""
        self.move(LayerView.up)

    def action_leave(self) -> None:
        """Go back to the block, where there is one."""
        reading = self.reading
        if reading.has_block:
            self.dismiss(Return(reading))
        else:
            self.say("this model has no block to go back to: m opens another, q quits")

    def action_quit(self) -> None:
        """Go back to the block, or quit where the model has none."""
        if self.reading.has_block:
            self.action_leave()
        else:
            self.app.exit()

    @property
    def commands(self) -> tuple[Command, ...]:
        """What can be done here, with the keys in force; a key of the block's may have been taken from here."""
        return self._with_keys(ALL_NETWORK_COMMANDS)[: len(NETWORK_COMMANDS)]

    def action_ask(self, action: Literal["open", "model", "record"]) -> None:
        """Let the explorer ask for something else to look at."""
        self.dismiss(Return(self.reading, action=action))

    def action_at_block(self, nth: int) -> None:
        """Do what can only be done at a block there, or say why the model has none.

        Args:
            nth: Which of `BLOCK_COMMANDS`.
        """
        command, reading = self._with_keys(ALL_NETWORK_COMMANDS)[len(NETWORK_COMMANDS) + nth], self.reading
        if reading.has_block:
            self.dismiss(Return(reading, action=command.action))
        else:
            self.refuse(no_block(reading.model, f"{command.shown} needs a conv → pool block", reading.length))

    async def action_explorer(self, action: Literal["save", "code", "copy"]) -> None:
        """Let the explorer do something with what is looked at here."""
        await self.app.screen_stack[0].run_action(action)

    # The reading

    @property
    def job(self) -> Job:
        """What the user waits for."""
        return self._job

    def action_strand(self) -> None:
        """Read the other strand."""
        if (asked := self.asked) is not None:
            self.show_moved(replace(asked, reverse=not asked.reverse))

    def show_moved(self, reading: Reading) -> None:
        """Compute the network on another input window and show it, unless a later one is asked for first."""
        self.show_view(self.view)

        def show(_: object) -> None:
            self.picture = LayerPicture.of(reading, self.view)

        self._job.begin("computing the network …", lambda _: reading.values, show, target=reading, in_order=True)

    def on_unmount(self) -> None:
        """Stop what is being computed."""
        self._job.stop()

    # The pointer

    @on(LayerList.LayerPressed)
    def look_at(self, event: LayerList.LayerPressed) -> None:
        """Look at the layer that was pressed."""
        self.show_view(replace(self.view.to_layer(event.at), listed=False))

    @on(LayerRail.LayerPressed)
    def look_at_named(self, event: LayerRail.LayerPressed) -> None:
        """Look at the layer whose name was pressed."""
        names = [axis.name for axis in self.view.layers]
        if event.name in names:
            self.show_view(replace(self.view.to_layer(names.index(event.name)), listed=False))

    @on(Track.Pressed)
    def select(self, event: Track.Pressed) -> None:
        """Put the cursor on what was pressed."""
        view, place = self.view, event.place
        if place.level is None and not view.axis.has_length:
            self.show_view(view.to_channel(place.index))
        elif place.level is None:
            view = view if place.filter is None else view.to_channel(place.filter)
            self.show_view(view.to_position(place.index))
