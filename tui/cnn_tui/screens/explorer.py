"""The explorer's screen: what every key and press does, by a pure step of the view or by the part that is asked."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.binding import BindingType

from cnn_core.letters.alphabet import Ambiguity

from .. import lesson, screens, view_file
from ..commands import COMMANDS, bindings
from ..view.view_state import Level, ViewState
from ..widgets.filter_card import FilterCard
from ..widgets.heat_map import AllMaps
from ..widgets.inspector import Inspector
from ..widgets.output_track import OutputTrack
from ..widgets.overview import OverviewTrack
from ..widgets.rail import Rail
from ..widgets.track import Track
from .block_screen import BlockScreen
from .go_to_place import Places
from .network_visit import NetworkVisit
from .opener import Opener
from .player import Player
from .scan_follower import ScanFollower

if TYPE_CHECKING:
    from ..options.request import OpenRequest

__all__ = ["Explorer"]

_TERMS: Final = {Level.CELL: "cell", Level.RESPONSE: "activation", Level.BASE: "base"}

_PAGE: Final = 10
"""Filters of a page where no heat map is shown."""


class Explorer(BlockScreen):
    """One reading, looked at.

    Attributes:
        player: The demonstration.
        scans: What is computed behind the picture.
        places: The way to any place of the record.
        visit: The way to the whole network and back.
        opener: Sequences, models and records.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    COMMAND_TABLE = COMMANDS

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self.set_reactive(BlockScreen.unfolded, request.inspector in ("unfolded", "card"))
        self.set_reactive(BlockScreen.card, request.inspector == "card")
        self.player: Final = Player(self)
        self._lesson_at = 0
        self.scans: Final = ScanFollower(self)
        self.places: Final = Places(self)
        self.visit: Final = NetworkVisit(self)
        self.opener: Final = Opener(self, self.places, self.visit)
        # What a part does by itself, by the names that the keys have for it.
        self.action_play, self.action_speed = self.player.toggle, self.player.speed
        self.action_overview, self.action_output_scan = self.scans.next_subject, self.scans.ask_output_scan
        self.action_names, self.action_flip_logo = self.scans.toggle_names, self.scans.flip_logo
        self.action_hits = self.scans.toggle_hits
        self.action_goto, self.action_search = self.places.ask, self.places.ask_letters
        self.action_match, self.action_record = self.places.match, self.opener.ask_record
        self.action_open, self.action_model = self.opener.ask_sequences, self.opener.ask_model
        self.action_network, self.action_reasons = self.visit.begin, self.visit.reasons
        # Parts that the first frame does without are loaded with the first key that needs them.
        self.action_reset = lambda: self.changes.reset()
        self.action_change = lambda setting, by=1: self.changes.change(setting, by)
        self.action_block = lambda direction: self.changes.next_block(direction)
        self.action_edit, self.action_edit_weights = lambda: self.editing.begin(), lambda: self.weighing.begin()
        self.action_undo, self.action_redo = lambda: self.editing.undo(), lambda: self.editing.redo()
        self.action_edits_shown, self.action_edits = lambda: self.editing.show_next(), lambda: self.editing.ask()
        self.action_strongest = lambda direction: self.tour.step(direction)
        self.action_strongest_cells = lambda: self.tour.ask()
        self.action_variants, self.action_filters = lambda: self.variants.ask(), lambda: self.filters.ask()
        self.action_base_effects = lambda target="": self.attribution.ask(target)
        self.action_beside = lambda: self.beside.toggle()
        self.action_save, self.action_copy = lambda: self.saving.ask_view(), lambda: self.saving.copy_equation()
        self.action_export, self.action_code = lambda: self.saving.ask_export(), lambda: self.saving.show_code()

    @cached_property
    def changes(self) -> screens.BlockChanges:
        """The settings of the block, and the other blocks."""
        return screens.BlockChanges(self)

    @cached_property
    def editing(self) -> screens.LetterEditing:
        """The edits."""
        return screens.LetterEditing(self)

    @cached_property
    def weighing(self) -> screens.WeightEditing:
        """The edits of weights."""
        return screens.WeightEditing(self, self.editing)

    @cached_property
    def beside(self) -> screens.SideBySide:
        """What stands beside."""
        return screens.SideBySide(self, self.scans.follow)

    @cached_property
    def tour(self) -> screens.StrongestTour:
        """The strongest cells."""
        return screens.StrongestTour(self)

    @cached_property
    def variants(self) -> screens.VariantList:
        """The variants of a file."""
        return screens.VariantList(self, self.opener)

    @cached_property
    def filters(self) -> screens.FilterList:
        """The filters as motifs."""
        return screens.FilterList(self)

    @cached_property
    def attribution(self) -> screens.Attributing:
        """What every base does to one value."""
        return screens.Attributing(self, self.scans)

    @cached_property
    def saving(self) -> screens.Saving:
        """What is taken along: views, values, programs."""
        return screens.Saving(self)

    def on_mount(self) -> None:
        """Open what was asked for, once the first frame need not wait for it; a lesson stands over it."""
        self.call_after_refresh(self.opener.open_sequences, self.request)
        if self.request.lesson is not None:
            self._lesson_at = lesson.page_of_step(self.request.lesson)
            self.action_lesson()

    def on_unmount(self) -> None:
        """Stop what goes on, let what is being written take back its unfinished file, and close the sequences."""
        self.background_work.close()
        if self.sequences is not None:
            self.background_work.writer.afterwards(self.sequences.close)

    # What follows from what is shown

    def watch_picture(self) -> None:
        """Let the parts follow another picture."""
        self.player.follow(self.view)
        if self.request.versus is None:
            self.split, self.mapped = None, self.picture
        else:
            self.beside.follow()
        self.scans.follow()

    def watch_subject(self) -> None:
        """Make room for another overview, or take it."""
        if self.is_mounted:
            self.fit()
            self.scans.follow_overview()

    @on(BlockScreen.ScansChanged)
    def show_scans(self) -> None:
        """Show more of the overview and the outputs."""
        self.scans.show_overview()
        self.scans.show_output_scan()
        self.scans.show_attribution()
        self.scans.follow_motifs()
        self.scans.follow_hits()

    def watch_card(self) -> None:
        """Make room for the whole card, and for its logo, or take it."""
        super().watch_card()
        self.scans.resume_motifs()

    # Movement

    def on_key(self, event: events.Key) -> None:
        """Type a letter or edit a weight, where keys do that; else let a 0 that belongs to no count reset the block."""
        if self.view is not None and self.view.weighing is not None:
            if self.weighing.takes(event.key, event.character if event.is_printable else None):
                event.stop().prevent_default()
        elif self.view is not None and self.view.typing is not None:
            if self.editing.takes(event.key, event.character if event.is_printable else None):
                event.stop().prevent_default()
        elif event.character == "0" and self.view is not None and not self.view.count:
            event.stop().prevent_default()
            self.changes.reset()

    def action_step(self, direction: int) -> None:
        """Step along the axis of the cursor's level, or through the paused demonstration."""
        if self.view is not None and self.view.play is not None:
            self.player.step(direction)
        else:
            super().action_step(direction)

    def action_filter(self, direction: int) -> None:
        """Choose a neighbouring filter."""
        self.move(lambda view: view.to_filter(view.filter + direction * view.times))

    def action_filter_page(self, direction: int) -> None:
        """Choose a filter a screenful away."""
        if self.picture is not None:
            view, maps = self.picture.view, self.query_one(AllMaps)
            page = maps.filters_shown(self.picture) if maps.size.height else _PAGE
            self.show_view(view.to_filter(view.filter + direction * page * view.times))

    def action_down(self) -> None:
        """Go down to what the value under the cursor was computed from."""
        if self.picture is not None:
            view = replace(self.picture.view, play=None)
            self.show_view(view.down(self.picture.pool_step.followed))

    def action_up(self) -> None:
        """Go back up to what is computed from the value under the cursor."""
        view = self.view
        if view is None or self.picture is None:
            return
        if view.level is Level.RESPONSE and view.axes.cell_of(view.position) is None:
            self.say(
                f"no cell reads {self.picture.words.conv}[{view.position}]: ← leads to a response that one does"
            )
            return
        self.show_view(view.up())

    def action_page(self, direction: int) -> None:
        """Move by the width of the tracks."""
        self.move(lambda view: view.paged(direction * view.times))

    def action_scale(self) -> None:
        """Take the other colour scale."""
        self.move(ViewState.rescaled)

    def action_unfold(self) -> None:
        """Unfold the inspector, turn to what else it has to say, and fold it again."""
        self.card = False
        if not (self.unfolded and self.query_one(Inspector).turn()):
            self.unfolded = not self.unfolded

    def action_card(self) -> None:
        """Show the filter card whole, with its logo, or what it takes the place of."""
        self.card = not self.card
        self.unfolded = self.card

    @property
    def term(self) -> str:
        """What the cursor is on."""
        return "" if self.view is None else _TERMS[self.view.level]

    # The block and the reading

    def action_lesson(self) -> None:
        """Begin the lesson, or go on where it was left."""
        self.app.push_screen(screens.LessonScreen(self._lesson_at, self._leave_lesson))

    def _leave_lesson(self, at: int) -> None:
        self._lesson_at = at

    def action_strand(self) -> None:
        """Read the other strand; the cursor stays over the same bases of the record."""
        before = self.asked
        if before is None:
            return
        turned = replace(before, reverse=not before.reverse)

        def step(view: ViewState) -> ViewState:
            assert self.picture is not None
            shown, (first, stop) = self.picture.reading, view.cursor_span
            edge = first if shown.reverse == turned.reverse else stop - 1
            return view.over_base(turned.base_at(shown.record_position(edge)))

        self.read_again(turned, step)

    def action_ambiguity(self) -> None:
        """Take the other meaning of ambiguous letters."""
        reading = self.asked
        if reading is None:
            return
        other = Ambiguity.ZERO if reading.ambiguity is Ambiguity.UNIFORM else Ambiguity.UNIFORM
        self.read_again(replace(reading, ambiguity=other), words=f"ambiguous letters: {other}")

    # Play

    def action_escape(self) -> None:
        """Stop what goes on: a background job, the demonstration, a count."""
        view = self.view
        if not self.has_shown:
            # Without what was to be opened first there is nothing to stay for.
            self.app.exit()
        elif view is not None and view.typing is not None:
            self.show_view(view.ended_typing())
        elif view is not None and view.weighing is not None:
            self.weighing.leave()
        elif self.background_work.stop():
            self.visit.resume()
        elif view is None:
            self.action_network()
        else:
            kept = view if view.play is not None else replace(view, pattern="", sought=None)
            self.show_view(replace(kept, play=None))

    # The pointer

    @on(Track.Pressed)
    def select(self, event: Track.Pressed) -> None:
        """Put the cursor on what was pressed."""
        if self.view is None or event.place.level is None:
            return
        view = replace(self.view, play=None)
        if event.place.filter is not None:
            view = view.to_filter(event.place.filter)
        self.show_view(view.on(event.place.level, event.place.index))

    @on(FilterCard.WeightPressed)
    def select_weight(self, event: FilterCard.WeightPressed) -> None:
        """Put the cursor on the weight that was pressed."""
        self.weighing.select(event.tap, event.channel)

    @on(Rail.LayerPressed)
    def go_to_layer(self, event: Rail.LayerPressed) -> None:
        """Put the cursor on a layer of the block, or look at another one in the whole network."""
        if self.picture is None:
            return
        view, block = replace(self.picture.view, play=None), self.picture.reading.block
        read = self.picture.reading.model[block.conv].inputs[0]
        levels = {block.pool: (Level.CELL, view.cell), block.conv: (Level.RESPONSE, self.picture.position)}
        if event.name in levels:
            self.show_view(view.on(*levels[event.name]))
        elif event.name == read:
            self.show_view(view.on(Level.BASE, view.base))
        else:
            self.visit.begin(event.name)

    @on(OverviewTrack.ColumnPressed)
    def go_to_strongest(self, event: OverviewTrack.ColumnPressed) -> None:
        """Go to the strongest cell under the pressed column of the overview."""
        self.tour.show_column(event.index)

    @on(OutputTrack.ColumnPressed)
    def go_to_window(self, event: OutputTrack.ColumnPressed) -> None:
        """Move the input window to the one that was pressed."""
        if self.picture is not None and self.picture.reading.start != event.index:
            self.move_window(event.index)

    # Places and files

    @on(Opener.FirstShown)
    def list_variants(self) -> None:
        """List the variants that were asked for beside the first sequences."""
        if self.request.variants is None:
            return
        if self.view is not None:
            self.variants.ask()
        else:
            where = (
                "variants are listed at a block, and this model has none: cnn-tui variants writes what they change"
            )
            self.app.notify(where, severity="warning", markup=False)

    @on(Places.InOtherRecord)
    def go_to_other_record(self, event: Places.InOtherRecord) -> None:
        """Read another record at a place of it."""
        self.opener.open_record(event.name, event.place, event.words)

    def remember(self) -> None:
        """Keep what is looked at for another time."""
        shown = screens.shown_on(self) if self.has_shown else None
        if shown is not None:
            view_file.remember(shown)

    async def action_quit(self) -> None:
        """Leave."""
        self.app.exit()
