"""What is looked at: one reading and one view of it, and what goes on behind them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from textual import on
from textual.timer import Timer

from cnn_core.blocks.block_reading import BlockReading
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError

from ..background.background_work import BackgroundWork
from ..opening import OpenRequest
from ..pictures.block_picture import Picture
from ..pictures.overview_picture import Subject
from ..view.view_state import Axes, ViewState
from ..widgets.prediction_track import PredictionTrack
from ..widgets.status import Status
from .stage import Stage

__all__ = ["Looking", "Step"]

Step = Callable[[ViewState], ViewState]
"""A step from the view that is shown to the one that is to be shown."""


class Looking(Stage):
    """Shows a view of a reading, and what is computed behind it as it comes."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self.background_work = BackgroundWork(
            self._run_behind, self.refuse, self._show_activity, self._show_overview, self._show_predictions
        )
        self.timer: Timer | None = None
        """The clock of the demonstration, while it runs."""
        self._unpredicted: Reading | None = None
        """The reading whose network could not be computed, which is said once."""

    def _run_behind(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, group="behind")

    def _show_activity(self) -> None:
        # It is not there yet before the first frame, and no more after the last.
        for status in self.query(Status):
            status.activity = self.background_work.activity

    # The view

    def show_view(self, view: ViewState) -> None:
        """Show another view of the same reading; a pending count is used up."""
        assert self.picture is not None
        self.forget_words()
        self.show_picture(self.picture.stepped(replace(view, count="")))

    def stop_play(self) -> None:
        """Stop the clock of the demonstration."""
        if self.timer is not None:
            self.timer.stop()
            self.timer = None

    # The reading

    @property
    def asked(self) -> BlockReading | None:
        """What the next change starts from: the reading that is being computed to be shown, or the one that is."""
        if self.picture is None:
            return None
        shown, target = self.picture.reading, self.background_work.job.target
        return target if isinstance(target, BlockReading) and target.block == shown.block else shown

    def show_reading(self, reading: BlockReading, step: Step | None = None) -> None:
        """Show another reading, as near as can be to what is looked at now.

        Args:
            reading: The model on an input window.
            step: What is done then, with the view on the reading's own axes.
        """
        if self.background_work.job.target not in (None, reading):
            # It computes what was asked for before.
            self.background_work.job.stop()
        axes = Axes.of(reading.run)
        view = ViewState(axes=axes) if self.view is None else self.view.with_axes(axes)
        if step is not None:
            view = step(view)
        self.forget_words()
        picture = Picture.of(reading, replace(view, count="", play=None).resized(self.columns))
        if not self.show_picture(picture):
            return
        self.without_block = None
        self.query_one(Status).changed = self.own_settings not in (None, reading.settings)
        self.fit()

    def show_computed(self, reading: BlockReading, step: Step | None = None, words: str = "") -> None:
        """Show another reading as soon as its block's values can be asked for.

        Args:
            reading: The model on an input window.
            step: What is done then, with the view on the reading's own axes.
            words: What is to be said of it.
        """

        def show(_: None = None) -> None:
            self.show_reading(reading, step)
            self.say(words)

        if reading.is_quick:
            show()
            return
        if self.picture is not None:
            self.show_view(self.picture.view)
        self.background_work.job.begin(
            "computing the block …", lambda _: reading.compute(), show, target=reading, in_order=True
        )

    def read_again(self, reading: BlockReading, step: Step | None = None, words: str = "") -> None:
        """Show another reading, or say why it cannot be read.

        Args:
            reading: The model on an input window.
            step: What is done then, with the view on the reading's own axes.
            words: What is to be said of it.
        """
        self.stop_play()
        try:
            _ = reading.run
            reading.check_letters()
        except CnnError as error:
            self.refuse(error)
            return
        self.show_computed(reading, step, words)

    def move_window(self, start: int) -> None:
        """Move the input window to a position of the record, or as near as it can go."""
        reading = self.asked
        if reading is None or self.picture is None:
            return
        moved = reading.moved_to(start)
        if moved.start == reading.start:
            self.show_view(self.picture.view)
            whole = reading.stop - reading.start == len(reading.record)
            words = "the input window is the whole record" if whole else "the record ends here"
            self.say(words)
            return
        self.read_again(moved)

    # BackgroundWork it

    def watch_picture(self) -> None:
        """Compute and show what belongs to another picture, without making a key wait for it."""
        self.background_work.frame_priority.begin_frame()
        self._predict()
        self._follow_overview()
        self.follow_predictions()

    def watch_subject(self) -> None:
        """Make room for another overview, or take it."""
        if self.is_mounted:
            self.fit()
            self._follow_overview()

    def _predict(self) -> None:
        reading, job = self.reading, self.background_work.prediction
        if reading is None or reading.is_computed or reading.obstacle:
            job.stop()
            return
        if job.target is reading or self._unpredicted is reading:
            return

        def refused(error: CnnError) -> None:
            self._unpredicted = reading
            self.refuse(error)

        job.begin(
            "computing the network …",
            lambda _: reading.values,
            lambda _: self.refresh_prediction(),
            refused=refused,
            target=reading,
            in_order=True,
        )

    def _follow_overview(self) -> None:
        picture = self.picture
        if picture is None or self.overview_lines == 0:
            self.background_work.overviews.leave()
            self.overview = None
            return
        chosen = None if self.subject is Subject.ALL else picture.view.filter
        position = picture.reading.record_position(max(0, picture.view.cursor_span[0]))
        self.background_work.overviews.follow(picture.reading, self.own_model, chosen, position)
        self._show_overview()

    def _show_overview(self) -> None:
        picture = self.picture
        if picture is not None:
            self.overview = self.background_work.overviews.picture(picture.view, picture.reading)

    def follow_predictions(self) -> None:
        """Show the scan of predictions that belongs to what is looked at."""
        if self.picture is None:
            self.background_work.predictions.leave()
        else:
            self.background_work.predictions.follow(self.picture.reading, self.own_model)
        self._show_predictions()

    def _show_predictions(self) -> None:
        picture, had = self.picture, self.scanned is not None
        self.scanned = (
            None if picture is None else self.background_work.predictions.picture(picture.view, picture.reading)
        )
        if had != (self.scanned is not None):
            self.fit()

    @on(PredictionTrack.Chosen)
    def go_to_window(self, event: PredictionTrack.Chosen) -> None:
        """Move the input window to the one that was pressed."""
        if self.picture is not None and self.picture.reading.start != event.start:
            self.move_window(event.start)
