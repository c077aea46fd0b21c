"""The explorer's screen: keys and pointer become pure steps of the view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType

from cnn_core.errors import CnnError
from cnn_core.layers import Padding
from cnn_core.letters.alphabet import Ambiguity
from cnn_core.network.block import BlockSettings

from ..commands import COMMANDS, bindings
from ..opening import OpenRequest
from ..pictures.overview_picture import Subject
from ..view.play import SPEEDS, Phase, Play
from ..view.view_state import Level, ViewState
from ..widgets.heat_map import AllMaps
from ..widgets.inspector import Inspector
from ..widgets.status import Status
from ..widgets.track import Track
from .asking import Dialogs
from .saving import Saving

__all__ = ["Explorer"]


class Explorer(Dialogs):
    """One reading, looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    COMMAND_TABLE: ClassVar = COMMANDS
    """What the command palette and the help screen offer here."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._saving = Saving(self)

    # Counts

    def on_key(self, event: events.Key) -> None:
        """Collect digits before a step; a 0 alone resets the block."""
        view = self.view
        if view is None or event.character is None or not ("0" <= event.character <= "9"):
            return
        event.stop()
        if event.character == "0" and not view.count:
            self.action_reset()
        elif len(view.count) < 9:
            assert self.picture is not None
            self.forget_words()
            self.picture = self.picture.stepped(replace(view, count=view.count + event.character))

    @staticmethod
    def _times(view: ViewState) -> int:
        return int(view.count or 1)

    # Movement

    def action_step(self, direction: int) -> None:
        """Step along the axis of the cursor's level, or through the paused demonstration."""
        if self.view is None:
            return
        if self.view.play is not None:
            self._step_play(direction)
        else:
            self.show_view(self.view.stepped(direction * self._times(self.view)))

    def action_filter(self, direction: int) -> None:
        """Choose a neighbouring filter."""
        if self.view is not None:
            self.show_view(self.view.to_filter(self.view.filter + direction * self._times(self.view)))

    def action_filter_page(self, direction: int) -> None:
        """Choose a filter a screenful away."""
        if self.picture is not None:
            view, page = self.picture.view, self.query_one(AllMaps).filters_shown(self.picture)
            self.show_view(view.to_filter(view.filter + direction * page * self._times(view)))

    def action_down(self) -> None:
        """Go down to what the value under the cursor was computed from."""
        if self.picture is not None:
            view = replace(self.picture.view, play=None)
            self.stop_play()
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
        if self.view is not None:
            self.show_view(self.view.paged(direction * self._times(self.view)))

    def action_first(self) -> None:
        """Go to the first place of the level."""
        if self.view is not None:
            self.show_view(self.view.at(0))

    def action_last(self) -> None:
        """Go to the last place of the level."""
        if self.view is not None:
            self.show_view(self.view.at(self.view.extent - 1))

    def action_zoom(self, direction: int) -> None:
        """Zoom in or out."""
        if self.view is not None:
            self.show_view(self.view.zoomed(direction))

    def action_scale(self) -> None:
        """Take the other colour scale."""
        if self.view is not None:
            self.show_view(self.view.rescaled())

    def action_unfold(self) -> None:
        """Unfold the inspector, turn to what else it has to say, and fold it again."""
        self.card = False
        if not (self.unfolded and self.query_one(Inspector).turn()):
            self.unfolded = not self.unfolded

    def action_card(self) -> None:
        """Show the filter card in the inspector's place, or the inspector again."""
        arrangement = self._arrangement()
        if arrangement is not None and arrangement.card:
            self.card = self.unfolded = False
            self.say("the filter card stands beside the inspector" if not arrangement.side else "")
            return
        self.card = not self.card
        self.unfolded = self.card

    def action_overview(self) -> None:
        """Show the whole record for this filter, for all filters, or not at all."""
        order = [Subject.FILTER, Subject.ALL, Subject.NOTHING]
        at = self.subject
        if at is Subject.AUTOMATIC:
            at = Subject.NOTHING if self.overview_lines == 0 else Subject.FILTER
        self.subject = order[(order.index(at) + 1) % len(order)]
        self.say(f"the whole record: {self.subject}")

    def action_theme(self) -> None:
        """Take the other theme."""
        self.app.theme = "light" if self.app.current_theme.dark else "dark"
        self.refresh(layout=True)

    # The block

    def action_conv_stride(self, by: int) -> None:
        """Change the stride of the convolution."""
        self._change(lambda now, times: replace(now, conv_stride=now.conv_stride + by * times))

    def action_pool_size(self, by: int) -> None:
        """Change the size of the pool window."""
        self._change(lambda now, times: replace(now, pool_size=now.pool_size + by * times))

    def action_pool_stride(self, by: int) -> None:
        """Change the stride of the pool."""
        self._change(lambda now, times: replace(now, pool_stride=now.pool_stride + by * times))

    def action_dilation(self, by: int) -> None:
        """Change the dilation of the convolution."""
        self._change(lambda now, times: replace(now, dilation=now.dilation + by * times))

    def action_conv_padding(self) -> None:
        """Take the next padding of the convolution."""
        order = list(Padding)
        self._change(
            lambda now, _: replace(now, conv_padding=order[(order.index(now.conv_padding) + 1) % len(order)])
        )

    def action_pool_padding(self) -> None:
        """Take the other padding of the pool."""
        other = {Padding.VALID: Padding.SAME, Padding.SAME: Padding.VALID}
        self._change(lambda now, _: replace(now, pool_padding=other[now.pool_padding]))

    def action_reset(self) -> None:
        """Take the model's own settings again."""
        if self.own_settings is not None:
            own = self.own_settings
            self._change(lambda _now, _times: own)

    def _change(self, change: Callable[[BlockSettings, int], BlockSettings]) -> None:
        before = self.asked
        if before is None or self.picture is None:
            return
        settings = change(before.settings, self._times(self.picture.view))
        if settings == before.settings:
            return
        try:
            reading = before.with_settings(settings)
        except CnnError as error:
            self.show_view(self.picture.view)
            self.refuse(error)
            return
        self.stop_play()
        self.show_computed(reading)

    # The reading

    def action_window(self, direction: int) -> None:
        """Move the input window along the record."""
        reading, view = self.asked, self.view
        if reading is None or view is None:
            return
        bases = int(view.count) if view.count else max(1, (reading.stop - reading.start) // 10)
        self.move_window(reading.start + direction * bases)

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

    def action_play(self) -> None:
        """Play the present cell, or pause, or go on."""
        view = self.view
        if view is None:
            return
        play = view.play
        self._show_play(Play(view.cell) if play is None else play.paused(not play.running))

    def action_speed(self, by: int) -> None:
        """Play slower or faster."""
        if self.view is not None and self.view.play is not None:
            self._show_play(self.view.play.faster(by))

    def action_escape(self) -> None:
        """Stop what goes on: a background job, the demonstration, a count."""
        view = self.view
        if not self.has_shown:
            # Without what was to be opened first there is nothing to stay for.
            self.app.exit()
        elif self.background_work.stop():
            self.back_to_network()
        elif view is None:
            self.action_network()
        else:
            self.stop_play()
            self.show_view(replace(view, play=None, pattern="" if view.play is None else view.pattern))

    def _show_play(self, play: Play | None) -> None:
        assert self.view is not None
        self.stop_play()
        self.show_view(self.view.played(play))
        if play is not None and play.running:
            self.timer = self.set_timer(SPEEDS[play.speed], self.tick)

    def tick(self) -> None:
        """Go on to the next moment of the demonstration, from cell to cell."""
        if self.view is None or self.view.play is None:
            return
        play = self.view.play
        responses = len(self.view.axes.pool.window(play.cell, self.view.axes.positions).positions)
        following = play.forward(responses)
        if following is None and play.cell + 1 < self.view.axes.cells:
            following = replace(play, cell=play.cell + 1, nth=0, phase=Phase.WINDOW)
        self._show_play(following)

    def _step_play(self, direction: int) -> None:
        assert self.view is not None
        assert self.view.play is not None
        play = self.view.play.paused(False)
        responses = len(self.view.axes.pool.window(play.cell, self.view.axes.positions).positions)
        self._show_play(play.backward() if direction < 0 else play.forward(responses) or play)

    # The pointer

    @on(Track.Pressed)
    def select(self, event: Track.Pressed) -> None:
        """Put the cursor on what was pressed."""
        if self.view is None or event.place.level is None:
            return
        self.stop_play()
        view = replace(self.view, play=None)
        if event.place.filter is not None:
            view = view.to_filter(event.place.filter)
        self.show_view(view.on(event.place.level, event.place.index))

    @on(Track.Hovered)
    def describe(self, event: Track.Hovered) -> None:
        """Say what is under the pointer."""
        self.query_one(Status).hovered = event.words or ""

    @on(Track.Wheeled)
    def scroll_tracks(self, event: Track.Wheeled) -> None:
        """Move the tracks under the cursor."""
        if self.view is not None:
            self.show_view(self.view.scrolled(event.columns))

    # Dialogs and jobs

    def action_match(self, direction: int) -> None:
        """Go to the next match of the letters searched for, or the one before."""
        if self.view is None or not self.view.pattern:
            self.say("nothing is searched for yet: / begins a search")
            return
        self.search(self.view.pattern, direction)

    def action_save(self) -> None:
        """Ask where to save the view."""
        self._saving.ask_view()

    def action_export(self) -> None:
        """Ask what to export, and where to."""
        self._saving.ask_export()

    def action_code(self) -> None:
        """Show the value under the cursor as a program."""
        self._saving.show_code()

    def action_palette(self) -> None:
        """Open the command palette."""
        self.app.action_command_palette()

    def action_suspend(self) -> None:
        """Leave the terminal to the shell for a while."""
        self.app.action_suspend_process()

    async def action_quit(self) -> None:
        """Leave."""
        self.app.exit()
