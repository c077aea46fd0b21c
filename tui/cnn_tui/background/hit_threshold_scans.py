"""What makes a hit of each filter, worked out in the background; `pictures.visible_hits` keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnn_core import scan

from .. import pictures
from .record_scans import KeptScan, RecordScans

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.scan import HitThresholds

    from .cancellable_task import CancellableTask

__all__ = ["HitThresholdScans"]

_TOLD_EVERY: Final = 32
"""Filters between two words on how far it is."""
_WORKING: Final = "working out p-values …"
_STOPPED: Final = "working out p-values was stopped: H, and H again, begins anew"


@dataclass(eq=False)
class _Sought(KeptScan):
    """The thresholds of a block, once they are known; any thread may look."""

    reading: Reading
    thresholds: HitThresholds | None = None

    @property
    def complete(self) -> bool:
        return self.thresholds is not None


class HitThresholdScans(RecordScans[_Sought]):
    """Works out what makes a hit in the block that is looked at, see `RecordScans`."""

    kept = 4

    def follow(self, reading: Reading) -> str:
        """Find out what makes a hit in a reading's block, unless that is known.

        Args:
            reading: The block on an input window.

        Returns:
            What is to be said instead of hits; nothing where they are known.
        """
        if pictures.hit_thresholds(reading) is not None:
            self.leave()
            return ""
        sought: _Sought = self._scans.at((reading.model, reading.block), lambda: _Sought(reading.afresh()))
        if sought.thresholds is not None:
            pictures.keep_hit_thresholds(reading, sought.thresholds)
            self.leave()
            return ""
        self._look_at(sought, self._find)
        return _STOPPED if sought.stopped else f"{_WORKING}  {self._pace}".rstrip()

    # In the thread

    def _find(self, sought: _Sought, task: CancellableTask[None]) -> None:

        def told(done: int, total: int) -> None:
            if done % _TOLD_EVERY == 0:
                self._tell(task, f"{done:,} of {total:,} filters")

        before, progress = pictures.last_hit_thresholds(), self._giving_way(task, told)
        sought.thresholds = scan.HitThresholds.of(sought.reading, before, progress)
