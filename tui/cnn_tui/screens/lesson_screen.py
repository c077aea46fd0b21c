"""The screen of the lesson: the app itself, brought to where a question is asked, over the explorer that waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import reactive

from .. import pictures, view_file
from ..commands import LESSON_COMMANDS, bindings
from ..lesson.progress import Lesson
from ..options.request import OpenRequest
from ..view.view_state import Level, Subject, ViewState
from ..widgets.lesson_panel import LessonPanel, LessonStatus
from ..widgets.rail import Rail
from ..widgets.track_stack import Tracks
from ..widgets.unscrolled import Area
from .block_screen import BlockScreen
from .player import Player
from .track_screen import TrackScreen

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

    from ..background.cancellable_task import CancellableTask

__all__ = ["LessonScreen"]


class LessonScreen(BlockScreen):
    """Asks before it shows; what it opens is its own, so that the explorer under it stays as it is.

    Args:
        at: The page to begin with.
        left: Called with the page at which the lesson is left.

    Attributes:
        player: The demonstration.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LESSON_COMMANDS, "lesson")]
    COMMAND_TABLE = LESSON_COMMANDS
    lesson: reactive[Lesson] = reactive(Lesson())
    """How far the learner has come."""

    def __init__(self, at: int, left: Callable[[int], None]) -> None:
        super().__init__(OpenRequest())
        self._left = left
        self.set_reactive(LessonScreen.lesson, Lesson(at))
        self.set_reactive(BlockScreen.subject, Subject.NOTHING)
        self.player: Final = Player(self)

    def parts(self) -> ComposeResult:
        """Yield the header, the tracks, the lesson's words and the status line."""
        yield Rail().data_bind(BlockScreen.picture, TrackScreen.source)
        with Area(id="main"):
            yield Tracks().data_bind(BlockScreen.picture, BlockScreen.overview, BlockScreen.scanned)
            yield LessonPanel().data_bind(BlockScreen.picture, LessonScreen.lesson)
        yield LessonStatus().data_bind(BlockScreen.picture, LessonScreen.lesson)

    def on_mount(self) -> None:
        """Open what the page asks about."""
        self.fit()
        self._open()

    def on_unmount(self) -> None:
        """Stop what goes on, and close the sequences."""
        self.background_work.close()
        if self.sequences is not None:
            self.sequences.close()

    def fit(self) -> None:
        """Give every part its room."""
        arrangement = self.arrangement()
        self.set_class(arrangement is None, "-too-small")
        if arrangement is None:
            return
        tracks = replace(arrangement, tracks=self.size.width)
        self.query_one(Tracks).take(tracks)
        panel = self.query_one(LessonPanel)
        panel.styles.height = "1fr"
        panel.styles.margin = (arrangement.gap, 0, 0, 0)

    @property
    def columns(self) -> int:
        """How many columns the tracks get: no card and no guide stands beside them."""
        arrangement = self.arrangement()
        return 1 if arrangement is None else replace(arrangement, tracks=self.size.width).columns

    # What is shown

    def _open(self) -> None:
        """Open the place of the page, before its answer or with it."""
        shown = self.lesson
        request = shown.page.request(told=shown.told)
        original: Reading | None = None

        def work(task: CancellableTask[view_file.Opened]) -> view_file.Opened:
            opened = view_file.open_request(request)
            # The output stands in the header.
            _ = opened.reading.output
            nonlocal original
            original = pictures.original_of(opened.reading)
            if original is not None:
                _ = original.output
            return opened

        def show(opened: view_file.Opened) -> None:
            if self.sequences is not None:
                self.sequences.close()
            self.request, self.sequences = opened.request, opened.sequences
            self.source = opened.sequences.source
            self.own_model = opened.own or opened.reading.model
            self.show_reading(opened.reading, lambda _: self._covered(opened.view), original)
            self.has_shown = True

        self.job.begin(
            "opening …", work, show, refused=self.refuse_opening, discard=lambda opened: opened.sequences.close()
        )

    def _covered(self, view: ViewState | None) -> ViewState:
        """Return a view with what would give the answer away covered, until it is given."""
        assert view is not None
        page = self.lesson.page
        if page.base is not None:
            view = view.on(Level.BASE, page.base)
        cover = () if self.lesson.told else page.cover
        return replace(view, covered=cover, covered_cell=page.covered_cell)

    def _go(self, lesson: Lesson) -> None:
        """Show another moment of the lesson; where nothing else is opened, only the covers go."""
        before, self.lesson = self.lesson, lesson
        self.forget_words()
        if before.at != lesson.at or (before.told != lesson.told and lesson.page.told):
            self._open()
        elif before.told != lesson.told and self.view is not None:
            self.show_view(self._covered(replace(self.view, play=None)))

    def watch_picture(self) -> None:
        """Let the demonstration follow another picture."""
        self.player.follow(self.view)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Take an answer, or a digit of it."""
        if event.character is not None and "0" <= event.character <= "9":
            event.stop()
            self._go(self.lesson.pressed(event.character))

    def action_enter(self) -> None:
        """Answer with the number that was typed, show the answer, or go on; behind the last page, leave."""
        if self.lesson.told and self.lesson.is_last:
            self.action_leave()
        else:
            self._go(self.lesson.entered())

    def action_erase(self) -> None:
        """Take back a digit."""
        self._go(self.lesson.erased())

    def action_turn(self, by: int) -> None:
        """Go to the next page, or the one before."""
        self._go(self.lesson.moved(by))

    def action_play(self) -> None:
        """Play what the answer shows."""
        if self.lesson.told:
            self.player.toggle()

    def action_leave(self) -> None:
        """Go back to the explorer, which remembers the page."""
        self._left(self.lesson.at)
        self.dismiss(None)

    async def action_quit(self) -> None:
        """Leave the app."""
        self.app.exit()
