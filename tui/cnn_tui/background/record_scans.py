"""Scans of whole records: one at a time, begun by being looked at, and kept for the session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from cnn_core import blocks

from .cancellable_task import Cancelled
from .job import Job, Refuse

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.errors import CnnError
    from cnn_core.network.model import Model
    from cnn_core.work.lru_cache import LruCache
    from cnn_core.work.progress import Progress

    from .cancellable_task import CancellableTask, Runner
    from .frame_priority import FramePriority

__all__ = ["SCANNING", "KeptScan", "RecordScans", "ScanKey", "block_key", "model_key"]

ScanKey = tuple[object, ...]
"""All that a scan depends on."""

SCANNING: Final = "scanning …"
"""What is said of a scan before its pace is known."""


def block_key(reading: Reading, own_model: Model | None) -> ScanKey:
    """Return what a block's cells depend on, but for the strand; records and models are told apart by what they are.

    Args:
        reading: The block on an input window; of one that reads feature maps the window is a part of it.
        own_model: The model with the settings that it came with, whose weights they are: with every other setting
            the reading's own model is another.
    """
    window = None if blocks.is_on_letters(reading.model, reading.block) else reading.window
    return reading.record, *model_key(reading, own_model), reading.block, reading.ambiguity, window


def model_key(reading: Reading, own_model: Model | None) -> ScanKey:
    """Return what tells a model from others: what it came as, the settings of its blocks, the edits of its weights.

    Args:
        reading: The model as it is read.
        own_model: The model as it came, see `block_key`.
    """
    return own_model or reading.model, reading.model.block_settings, reading.model.weight_edits


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


class RecordScans(Generic[Scan]):
    """Scans the record that is looked at; a scan that is left keeps what it has found, and continues from there.

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
        self._pace = ""
        """How fast the scan goes that is looked at, or nothing where it does not."""

    def __len__(self) -> int:
        """Return how many scans are kept."""
        return len(self._scans)

    def leave(self) -> None:
        """Look at no scan; a running one is cancelled, and keeps what it has found."""
        self._job.stop()
        self._scan, self._pace = None, ""

    def stop(self) -> bool:
        """Stop the running scan, which keeps what it has found; tell whether there was one."""
        if self._scan is None or not self._job.stop():
            return False
        self._scan.stopped, self._pace = True, ""
        self._changed()
        return True

    def resume(self) -> None:
        """Let what was stopped go on when it is followed again."""
        if self._scan is not None:
            self._scan.stopped = False

    def forget(self) -> None:
        """Forget all scans: their records are closed."""
        self.leave()
        self._scans.clear()

    def _look_at(self, scan: Scan | None, work: Callable[[Scan, CancellableTask[None]], None]) -> None:
        """Look at a scan, and begin it where that is due: what it does in a thread is given it and the task."""
        if scan is not self._scan:
            self.leave()
            self._scan = scan
        if scan is None or self._job.target is scan or scan.stopped or scan.complete:
            return
        self._pace = SCANNING

        def ended() -> None:
            self._pace = ""
            self._changed()

        def refused(error: CnnError) -> None:
            scan.stopped = True
            self._refuse(error)
            ended()

        self._job.begin(
            SCANNING, partial(work, scan), lambda _: ended(), refused=refused, target=scan, in_order=True
        )

    def _giving_way(self, task: CancellableTask[None], told: Progress) -> Progress:
        """Return a progress that lets frames come first, and ends what is no longer wanted."""

        def progress(done: int, total: int) -> None:
            if not self._frame_priority.give_way(task):
                raise Cancelled
            told(done, total)

        return progress

    def _tell(self, task: CancellableTask[Any], pace: str) -> None:
        """Say how fast the scan goes, from the thread that does it."""

        def show() -> None:
            self._pace = pace
            self._changed()

        task.call_in_loop(show)
