"""Scans of whole records: one at a time, begun by being looked at, and kept for the session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from cnn_core import blocks
from cnn_core.work.lru_cache import LruCache

from .cancellable_task import Cancelled
from .job import Job, Refuse

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.errors import CnnError
    from cnn_core.network.model import Model
    from cnn_core.work.progress import Progress

    from .cancellable_task import CancellableTask, Runner
    from .frame_priority import FramePriority

__all__ = ["SCANNING", "ChosenScans", "KeptScan", "RecordScans", "ScanHost", "ScanKey", "block_key", "model_key"]

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

    @property
    def bytes(self) -> int:
        """How many bytes it takes, where that bounds how many are kept."""
        return 0


Scan = TypeVar("Scan", bound=KeptScan)
Choice = TypeVar("Choice")


@dataclass(frozen=True, eq=False)
class ScanHost:
    """What runs scans and is told of them.

    Attributes:
        run: Runs a coroutine in the event loop.
        refuse: Takes why a scan cannot go on.
        changed: Called when there is more to show.
        frame_priority: What a scan gives way to.
    """

    run: Runner
    refuse: Refuse
    changed: Callable[[], None]
    frame_priority: FramePriority


class RecordScans(Generic[Scan]):
    """Scans the record that is looked at; a scan that is left keeps what it has found, and continues from there.

    Args:
        host: What runs the scans.
    """

    kept: ClassVar[int]
    """How many scans are kept."""
    room: ClassVar[int] = 0
    """Bytes that they may take together; 0 is any number."""

    def __init__(self, host: ScanHost) -> None:
        self._job = Job(host.run, host.refuse)
        self._frame_priority = host.frame_priority
        self._refuse = host.refuse
        self._changed = host.changed
        # What cannot be scanned is kept as None.
        self._scans: LruCache[ScanKey, Any] = LruCache(
            self.kept, room=self.room, bytes_of=lambda scan: 0 if scan is None else scan.bytes
        )
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


class ChosenScans(RecordScans[Scan], Generic[Scan, Choice]):
    """Scans that a choice begins, and without one there are none.

    Attributes:
        choice: What is scanned and how, or None.
    """

    choice: Choice | None = None

    def choose(self, choice: Choice | None) -> None:
        """Scan something else, in another way, or nothing; what was stopped may go on.

        Args:
            choice: What is scanned and how, or None.
        """
        self.choice = choice
        self.resume()
        self.leave()
