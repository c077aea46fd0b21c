"""All work behind the explorer's screen: what Escape stops, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .attribution_scans import AttributionScans
from .file_writer import FileWriter
from .filter_motifs import FilterMotifs
from .frame_priority import FramePriority
from .hit_threshold_scans import HitThresholdScans
from .job import Activity, Job, Refuse
from .output_scans import OutputScans
from .overview_scans import OverviewScans

if TYPE_CHECKING:
    from .cancellable_task import Runner

__all__ = ["BackgroundWork"]


class BackgroundWork:
    """The work behind the explorer's screen.

    Args:
        run: Runs a coroutine in the event loop.
        refuse: Takes what is wrong.
        activity_changed: Called when `activity` is another.
        overview_changed: Called when there is more of the overview to show.
        output_scan_changed: Called when there are more outputs to show.
        attribution_changed: Called when there is more to show of what every base does.
        motifs_changed: Called when there is more to show of the filters as motifs.
        hits_changed: Called when there is more to show of where their hits stand.

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
        overview_changed: Callable[[], None],
        output_scan_changed: Callable[[], None],
        attribution_changed: Callable[[], None],
        motifs_changed: Callable[[], None],
        hits_changed: Callable[[], None],
    ) -> None:
        self.frame_priority = FramePriority()
        self.job = Job(run, refuse, activity_changed)
        self.output = Job(run, refuse)
        self.overviews = OverviewScans(run, refuse, overview_changed, self.frame_priority)
        self.output_scans = OutputScans(run, refuse, output_scan_changed, self.frame_priority)
        self.attribution_scans = AttributionScans(run, refuse, attribution_changed, self.frame_priority)
        self.filter_motifs = FilterMotifs(run, refuse, motifs_changed, self.frame_priority)
        self.hit_thresholds = HitThresholdScans(run, refuse, hits_changed, self.frame_priority)
        self.writer = FileWriter(run, refuse, activity_changed)

    @property
    def activity(self) -> Activity | None:
        """What the status line names, which is what Escape stops first; or None."""
        return self.writer.activity or self.job.activity

    def stop(self) -> bool:
        """Stop one thing that is going on, the first in order; tell whether there was any."""
        scans = self.attribution_scans, self.overviews, self.output_scans, self.filter_motifs
        return any(each.stop() for each in (self.writer, self.job, self.hit_thresholds, *scans))

    def leave_records(self) -> None:
        """Cancel all that reads the records, which are about to be closed; a file is written to its end."""
        self.job.stop()
        self.output.stop()
        self.overviews.forget()
        self.output_scans.forget()
        self.attribution_scans.forget()
        self.filter_motifs.forget()
        self.hit_thresholds.forget()

    def close(self) -> None:
        """Cancel everything: the screen is gone."""
        self.leave_records()
        self.writer.close()
