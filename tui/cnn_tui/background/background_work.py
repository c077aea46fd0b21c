"""All work behind the explorer's screen: what Escape stops, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .attribution_scans import AttributionScans
from .file_writer import FileWriter
from .filter_motifs import FilterMotifs
from .frame_priority import FramePriority
from .hit_threshold_scans import HitThresholdScans
from .job import Activity, Job, Refuse
from .output_scans import OutputScans
from .overview_scans import OverviewScans
from .record_scans import RecordScans, ScanHost

if TYPE_CHECKING:
    from .cancellable_task import Runner

__all__ = ["BackgroundWork"]


class BackgroundWork:
    """The work behind the explorer's screen.

    Args:
        run: Runs a coroutine in the event loop.
        refuse: Takes what is wrong.
        activity_changed: Called when `activity` is another.
        scans_changed: Called when there is more to show of what is scanned.

    Attributes:
        frame_priority: What scans in the background give way to.
        job: What the user waits for: an opening, a search, a block, the whole network.
        output: The network's values on the present input window, computed without being asked for.
        overviews: The overviews of whole records.
        output_scans: The outputs along whole records.
        attribution_scans: What every base of the input window does to one value.
        filter_motifs: The filters as motifs, and what they resemble.
        hit_thresholds: What makes a hit of each filter.
        writer: The file that is being written.
    """

    def __init__(
        self,
        run: Runner,
        refuse: Refuse,
        activity_changed: Callable[[], None],
        scans_changed: Callable[[], None],
    ) -> None:
        self.frame_priority = FramePriority()
        self.job = Job(run, refuse, activity_changed)
        self.output = Job(run, refuse)
        host = ScanHost(run, refuse, scans_changed, self.frame_priority)
        self.overviews = OverviewScans(host)
        self.output_scans = OutputScans(host)
        self.attribution_scans = AttributionScans(host)
        self.filter_motifs = FilterMotifs(host)
        self.hit_thresholds = HitThresholdScans(host)
        # In the order in which Escape stops them.
        scans = self.hit_thresholds, self.attribution_scans, self.overviews, self.output_scans, self.filter_motifs
        self._scans: tuple[RecordScans[Any], ...] = scans
        self.writer = FileWriter(run, refuse, activity_changed)

    @property
    def activity(self) -> Activity | None:
        """What the status line names, which is what Escape stops first; or None."""
        return self.writer.activity or self.job.activity

    def stop(self) -> bool:
        """Stop one thing that is going on, the first in order; tell whether there was any."""
        return self.writer.stop() or self.job.stop() or any(each.stop() for each in self._scans)

    def leave_records(self) -> None:
        """Cancel all that reads the records, which are about to be closed; a file is written to its end."""
        self.job.stop()
        self.output.stop()
        for each in self._scans:
            each.forget()

    def close(self) -> None:
        """Cancel everything: the screen is gone."""
        self.leave_records()
        self.writer.close()
