"""Scans of whole records: one at a time, begun by being looked at, and kept for the session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from cnn_core.errors import CnnError
from cnn_core.work.lru_cache import LruCache

from .cancellable_task import CancellableTask, Runner
from .frame_priority import FramePriority
from .job import Job, Refuse

__all__ = ["KeptScan", "RecordScans", "ScanKey"]

ScanKey = tuple[object, ...]
"""All that a scan depends on."""


@dataclass(eq=False, kw_only=True)
class KeptScan(ABC):
    """What is known of one record.

    Attributes:
        stopped: Whether it was stopped, or cannot go on, so that it does not begin again by itself.
    """

    stopped: bool = False

    @property
    @abstractmethod
    def complete(self) -> bool:
        """Whether all is known."""


Scan = TypeVar("Scan", bound=KeptScan)
Pace = TypeVar("Pace")


class RecordScans(Generic[Scan, Pace]):
    """Scans the record that is looked at; what is left keeps what it has found, and goes on from there.

    Args:
        run: Runs a coroutine in the event loop.
        refuse: Takes why a scan cannot go on.
        changed: Called when there is more to show.
        frame_priority: What a scan gives way to.
        scans: Keeps scans, and what there is instead of one that cannot be.
    """

    def __init__(
        self,
        run: Runner,
        refuse: Refuse,
        changed: Callable[[], None],
        frame_priority: FramePriority,
        scans: LruCache[ScanKey, Any],
    ) -> None:
        self._job = Job(run, refuse)
        self._frame_priority = frame_priority
        self._refuse = refuse
        self._changed = changed
        self._scans = scans
        self._scan: Scan | None = None
        self._pace: Pace | None = None
        """How fast the scan goes that is looked at, or None where it does not."""

    def __len__(self) -> int:
        """Return how many scans are kept."""
        return len(self._scans)

    def leave(self) -> None:
        """Look at no scan; one that goes on is cancelled, and keeps what it has found."""
        self._job.stop()
        self._scan = self._pace = None

    def stop(self) -> bool:
        """End the scan that goes on, and keep what it has found; tell whether one did."""
        if self._scan is None or not self._job.stop():
            return False
        self._scan.stopped, self._pace = True, None
        self._changed()
        return True

    def forget(self) -> None:
        """Let go of all that is known: its records are closed."""
        self.leave()
        self._scans.clear()

    def _look_at(
        self, scan: Scan | None, first_pace: Pace, work: Callable[[Scan, CancellableTask[None]], None]
    ) -> None:
        """Look at a scan, and begin it where that is due: what it does in a thread is given it and the task."""
        if scan is not self._scan:
            self.leave()
            self._scan = scan
        if scan is None or self._job.target is scan or scan.stopped or scan.complete:
            return
        self._pace = first_pace

        def ended() -> None:
            self._pace = None
            self._changed()

        def refused(error: CnnError) -> None:
            scan.stopped = True
            self._refuse(error)
            ended()

        self._job.begin(
            "scanning …", partial(work, scan), lambda _: ended(), refused=refused, target=scan, in_order=True
        )

    def _tell(self, task: CancellableTask[Any], pace: Pace) -> None:
        """Say how fast the scan goes, from the thread that does it."""

        def show() -> None:
            self._pace = pace
            self._changed()

        task.call_in_loop(show)
