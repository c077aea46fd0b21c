"""The predictions along whole records: scanned one at a time, the nearest input windows first, kept for the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import sleep
from typing import Final

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.network.model import Model
from cnn_core.scan.predictions import (
    Columns,
    PredictionScan,
    check_scan,
    scan_predictions,
    units_of,
    window_starts,
)
from cnn_core.work.lru_cache import LruCache

from ..pictures.prediction_picture import PredictionChoice, PredictionPicture
from ..view.frame import Frame
from .cancellable_task import CancellableTask, Runner
from .frame_priority import FramePriority
from .job import Job, Refuse
from .pacing import Pacing

__all__ = ["PredictionScans"]

_Key = tuple[object, ...]

_KEPT: Final = 32
"""Scans that are kept."""
_ROOM: Final = 64 << 20
"""Bytes that they may take together."""
_BYTES_A_WINDOW: Final = 13
"""Of an input window, where it begins, its prediction, and whether that is known."""


@dataclass(eq=False)
class _Scan:
    """What is known of one record under one choice.

    Attributes:
        reading: The model on the input window that it was begun from, whose size all windows have; nothing of it
            is computed.
        choice: How it is scanned.
        found: What is known so far.
        several: Whether the output has more values than the one that is drawn.
        stopped: Whether somebody stopped it, so that it does not begin again by itself.
        pace: How far and how fast it goes, in words; nothing where it does not.
    """

    reading: Reading
    choice: PredictionChoice
    found: PredictionScan
    several: bool
    stopped: bool = False
    pace: str = ""
    _laid: tuple[int, int, Columns] | None = None

    def columns(self, count: int) -> Columns:
        """Return what is known over so many columns, laid out again only where more is known."""
        done = self.found.done
        if self._laid is None or self._laid[:2] != (done, count):
            self._laid = (done, count, self.found.columns(count))
        return self._laid[2]


def _bytes_of(scan: _Scan | None) -> int:
    return 0 if scan is None else _BYTES_A_WINDOW * len(scan.found.starts)


class PredictionScans:
    """Scans the prediction along the record that is looked at, once a choice says how.

    Args:
        run: Runs a coroutine in the event loop.
        refuse: Takes why a scan cannot go on.
        changed: Called when there is more to show.
        frame_priority: What a scan gives way to.
    """

    def __init__(
        self, run: Runner, refuse: Refuse, changed: Callable[[], None], frame_priority: FramePriority
    ) -> None:
        self._job = Job(run, refuse)
        self._frame_priority = frame_priority
        self._refuse = refuse
        self._changed = changed
        self._scans: LruCache[_Key, _Scan | None] = LruCache(_KEPT, room=_ROOM, bytes_of=_bytes_of)
        self._scan: _Scan | None = None
        self.choice: PredictionChoice | None = None
        """How predictions are scanned, or None where they are not."""

    def __len__(self) -> int:
        """Return how many scans are kept."""
        return len(self._scans)

    def choose(self, choice: PredictionChoice | None) -> None:
        """Scan in another way, or not at all; a scan that was stopped may go on.

        Args:
            choice: How predictions are scanned.
        """
        self.choice = choice
        self._job.stop()
        if self._scan is not None:
            self._scan.stopped = False
        self.leave()

    def follow(self, reading: Reading, own_model: Model | None) -> None:
        """Look at the scan of a reading's record; what is not known of it is scanned.

        Args:
            reading: The model on the present input window.
            own_model: The model with the settings that it came with.
        """
        scan = self._scan_of(reading, own_model)
        if scan is not self._scan:
            self.leave()
            self._scan = scan
        if scan is not None and not (self._job.target is scan or scan.stopped or scan.found.complete):
            self._begin(scan, reading.start)

    def picture(self, view: Frame, reading: Reading) -> PredictionPicture | None:
        """Return what is known of what is followed, or None where nothing is.

        Args:
            view: The view of the tracks.
            reading: The reading that was followed last.
        """
        scan = self._scan
        if scan is None:
            return None
        found, unit = scan.found, scan.choice.unit if scan.several else None
        columns = scan.columns(view.columns)
        return PredictionPicture(view, reading, columns, found.size, found.done, len(found.starts), unit, scan.pace)

    def leave(self) -> None:
        """Look at no scan; one that goes on is given up, and keeps what it has found."""
        self._job.stop()
        if self._scan is not None:
            self._scan.pace = ""
            self._scan = None

    def stop(self) -> bool:
        """End the scan that goes on, and keep what it has found; tell whether one did."""
        scan = self._scan
        if scan is None or not self._job.stop():
            return False
        scan.stopped, scan.pace = True, ""
        self._changed()
        return True

    def forget(self) -> None:
        """Let go of all that is known: its records are closed."""
        self.leave()
        self._scans.clear()

    def _scan_of(self, reading: Reading, own_model: Model | None) -> _Scan | None:
        """Return the scan of a reading's record, kept or new; None where none is asked for or can be."""
        choice = self.choice
        if choice is None:
            return None
        size = reading.stop - reading.start
        key = (
            reading.record,
            own_model,
            reading.model.block_settings,
            reading.reverse,
            reading.ambiguity,
            size,
            choice,
        )
        return self._scans.at(key, lambda: _new(reading, choice))

    def _begin(self, scan: _Scan, here: int) -> None:
        scan.pace = "scanning …"

        def show(pace: str) -> None:
            scan.pace = pace
            self._changed()

        def work(task: CancellableTask[None]) -> None:
            found = scan.found
            order = found.unknown(here)
            bases = found.length * len(order) // len(found.starts)
            pacing = Pacing(lambda words: task.call_in_loop(partial(show, words)), bases)
            should_continue = partial(self._frame_priority.give_way, task)
            windows = scan_predictions(scan.reading, found.starts, order, should_continue=should_continue)
            for done, (window, values) in enumerate(windows, 1):
                if not task.wanted():
                    return
                found.add(window, float(values[scan.choice.unit]))
                pacing(done, len(order))
                # A recurrent network is many small steps in Python: let the screen have its turn.
                sleep(0)

        def refused(error: CnnError) -> None:
            scan.stopped = True
            self._refuse(error)
            show("")

        self._job.begin("scanning …", work, lambda _: show(""), refused=refused, target=scan, in_order=True)


def _new(reading: Reading, choice: PredictionChoice) -> _Scan | None:
    try:
        check_scan(reading, choice.step, choice.unit)
    except CnnError:
        # What the network says of this input window, or why it says nothing, is in the rail.
        return None
    starts = window_starts(reading, choice.step)
    found = PredictionScan(starts, reading.stop - reading.start, len(reading.record))
    return _Scan(reading.afresh(), choice, found, units_of(reading) > 1)
