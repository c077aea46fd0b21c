"""The prediction along the record: scanned in the background, the nearest input windows first, kept for the session."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from time import sleep
from typing import Final

from textual import on
from textual.message import Message

from cnn_core.block_reading import BlockReading
from cnn_core.errors import CnnError
from cnn_core.prediction_scan import (
    Columns,
    PredictionScan,
    check_scan,
    scan_predictions,
    units_of,
    window_starts,
)

from ..opening import OpenRequest
from ..pacing import Pacing
from ..prediction_picture import PredictionPicture
from ..threads import in_thread
from ..widgets.prediction_track import PredictionTrack
from .ask_predictions import AskPredictions, PredictionChoice
from .ranking import Rankings

__all__ = ["Predictions"]

_Key = tuple[object, ...]

_KEPT: Final = 32
"""Scans that are kept."""


@dataclass(eq=False)
class _Scan:
    """One scan of one record, going on or ended.

    Attributes:
        reading: The model on the input window that it was begun from, whose size all windows have.
        choice: How it is scanned.
        found: What is known so far.
        several: Whether the output has more values than the one that is drawn.
        turn: Counts how often it was begun or ended; a thread of another turn is no longer wanted.
        going: Whether it goes on.
        stopped: Whether somebody stopped it, so that it does not begin again by itself.
        pace: How far and how fast it goes, in words.
    """

    reading: BlockReading
    choice: PredictionChoice
    found: PredictionScan
    several: bool
    turn: int = 0
    going: bool = False
    stopped: bool = False
    pace: str = ""
    _laid: tuple[int, int, Columns] | None = None

    def columns(self, count: int) -> Columns:
        """Return what is known over so many columns, laid out again only where more is known."""
        done = self.found.done
        if self._laid is None or self._laid[:2] != (done, count):
            self._laid = (done, count, self.found.columns(count))
        return self._laid[2]


class Predictions(Rankings):
    """Draws the prediction along the whole record."""

    class Further(Message, bubble=False):
        """A scan has come further."""

        def __init__(self, scan: object, turn: int, words: str) -> None:
            super().__init__()
            self.scan = scan
            self.turn = turn
            self.words = words

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._choice: PredictionChoice | None = None
        self._prediction_scans: OrderedDict[_Key, _Scan | None] = OrderedDict()
        self._prediction_scan: _Scan | None = None

    def action_predictions(self) -> None:
        """Ask how to scan the prediction along the record."""
        if self.picture is None:
            return
        reading = self.picture.reading
        try:
            check_scan(reading, len(reading.record))
        except CnnError as error:
            self.refuse(error)
            return
        self.app.push_screen(AskPredictions(reading, self._choice), self._scan_predictions)

    def _scan_predictions(self, choice: PredictionChoice | str | None) -> None:
        if choice is None or self.picture is None:
            return
        self._choice = choice if isinstance(choice, PredictionChoice) else None
        scan = self._prediction_scan_of(self.picture.reading)
        if scan is not None:
            scan.stopped = False
        self._follow_prediction()

    # What is shown

    def watch_picture(self) -> None:
        """Show the scan that belongs to another picture."""
        super().watch_picture()
        self._follow_prediction()

    def _follow_prediction(self) -> None:
        picture = self.picture
        scan = None if picture is None else self._prediction_scan_of(picture.reading)
        if scan is not self._prediction_scan:
            self._give_up_prediction()
            self._prediction_scan = scan
        if scan is not None and not (scan.going or scan.stopped or scan.found.complete):
            self._begin_prediction(scan)
        self._show_scanned()

    def _show_scanned(self) -> None:
        scan, picture = self._prediction_scan, self.picture
        had = self.scanned is not None
        if scan is None or picture is None:
            self.scanned = None
        else:
            self.scanned = PredictionPicture(
                picture.view,
                picture.reading,
                scan.columns(picture.view.columns),
                scan.found.size,
                scan.found.done,
                len(scan.found.starts),
                scan.choice.unit if scan.several else None,
                scan.pace,
            )
        if had != (self.scanned is not None):
            self._arrange()

    def _prediction_scan_of(self, reading: BlockReading) -> _Scan | None:
        """Return the scan of a reading's record, kept or new; None where none is asked for or can be."""
        if self._choice is None:
            return None
        settings = tuple(reading.model.settings(block) for block in reading.model.blocks)
        size = reading.stop - reading.start
        key: _Key = (
            *(reading.record, self.own_model, settings, reading.reverse, reading.ambiguity, size),
            self._choice,
        )
        if key not in self._prediction_scans:
            self._prediction_scans[key] = self._new_scan(reading, self._choice)
            while len(self._prediction_scans) > _KEPT:
                self._prediction_scans.popitem(last=False)
        return self._prediction_scans[key]

    @staticmethod
    def _new_scan(reading: BlockReading, choice: PredictionChoice) -> _Scan | None:
        try:
            check_scan(reading, choice.step, choice.unit)
        except CnnError:
            # What the network says of this input window, or why it says nothing, is in the rail.
            return None
        starts = window_starts(reading, choice.step)
        found = PredictionScan(starts, reading.stop - reading.start, len(reading.record))
        return _Scan(reading, choice, found, units_of(reading) > 1)

    # Scanning

    def _begin_prediction(self, scan: _Scan) -> None:
        assert self.picture is not None
        scan.turn += 1
        scan.going, scan.pace = True, "scanning …"
        self.run_worker(self._scan_all(scan, scan.turn, self.picture.reading.start), group="predictions")

    def _give_up_prediction(self) -> None:
        scan = self._prediction_scan
        if scan is not None:
            scan.turn += 1
            scan.going, scan.pace = False, ""

    async def _scan_all(self, scan: _Scan, turn: int, here: int) -> None:
        try:
            await in_thread(lambda: self._predict_windows(scan, turn, here))
        except CnnError as error:
            if scan.turn == turn:
                scan.stopped = True
                self.refuse(error)
        except Exception:
            # The file may have been closed under a scan that is no longer wanted.
            if scan.turn == turn:
                raise
        if scan.turn == turn:
            scan.going, scan.pace = False, ""
            self._show_scanned()

    def _predict_windows(self, scan: _Scan, turn: int, here: int) -> None:
        found = scan.found
        order = found.unknown(here)

        def tell(words: str) -> None:
            self.post_message(self.Further(scan, turn, words))

        pacing = Pacing(tell, found.length * len(order) // len(found.starts))
        windows = scan_predictions(scan.reading, found.starts, order, keep_on=lambda: scan.turn == turn)
        for done, (window, values) in enumerate(windows, 1):
            if scan.turn != turn:
                return
            found.add(window, float(values[scan.choice.unit]))
            pacing(done, len(order))
            # A recurrent network is many small steps in Python: let the screen have its turn.
            sleep(0)

    @on(Further)
    def take_predictions(self, event: Further) -> None:
        """Show how far the scan is."""
        scan = self._prediction_scan
        if scan is not None and scan is event.scan and scan.turn == event.turn and scan.going:
            scan.pace = event.words
            self._show_scanned()

    def stop_job(self) -> bool:
        """Give up what goes on: a job, the overview, then this scan, which keeps what it has found."""
        if super().stop_job():
            return True
        scan = self._prediction_scan
        if scan is None or not scan.going:
            return False
        self._give_up_prediction()
        scan.stopped = True
        self._show_scanned()
        return True

    # The pointer

    @on(PredictionTrack.Chosen)
    def go_to_window(self, event: PredictionTrack.Chosen) -> None:
        """Move the input window to the one that was pressed."""
        if self.picture is not None and self.picture.reading.start != event.start:
            self.move_window(event.start)
