"""The overviews of whole records: scanned one at a time, nearest to the cursor first, kept for the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from cnn_core import blocks
from cnn_core import scan as scanning
from cnn_core.work.lru_cache import LruCache

from .. import pictures
from ..view.view_state import Axes, ViewState
from .pacing import Pacing
from .record_scans import SCANNING, KeptScan, RecordScans, ScanHost, ScanKey, block_key

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.network.model import Model
    from cnn_core.scan.overview import Overview
    from cnn_core.scan.strongest import Hit

    from ..pictures.overview_picture import OverviewPicture
    from .cancellable_task import CancellableTask

__all__ = ["OverviewScans"]

_COLUMNS: Final = 4096
"""Columns that an overview is kept in; those of the screen are taken from them."""
_WHOLES_KEPT: Final = 4
"""Readings of whole records that are kept; each holds the tiles that were looked at last."""
_HITS_KEPT: Final = 64
_LONG: Final = 1 << 20
"""Bases from which on a scan waits until the cursor rests on a filter."""
_REST: Final = 0.3
"""Seconds that it waits for."""


@dataclass(eq=False)
class _Scan(KeptScan):
    """What is known of one record, and of one filter or of all.

    Attributes:
        filter: The one filter, or None where all are looked at.
        overview: What has been found so far.
        known: The first cells of the chunks that it was found in.
        hits: Its cells that were looked at, by filter and cell.
    """

    filter: int | None
    overview: Overview
    known: set[int] = field(default_factory=set)
    hits: LruCache[tuple[int, int], Hit] = field(default_factory=lambda: LruCache(_HITS_KEPT))

    @property
    def complete(self) -> bool:
        """Whether every cell has been seen."""
        return self.overview.state().complete


class OverviewScans(RecordScans[_Scan]):
    """Scans whole records for the overview that is looked at, see `RecordScans`."""

    kept = 64

    def __init__(self, host: ScanHost) -> None:
        super().__init__(host)
        self._wholes: LruCache[ScanKey, Reading] = LruCache(_WHOLES_KEPT)
        self._block: ScanKey = ()
        """What the cells of the reading that was followed last depend on."""

    def follow(self, reading: Reading, own_model: Model | None, chosen: int | None, position: int) -> None:
        """Look at the overview of a reading's record; what is not known of it is scanned.

        Args:
            reading: The block on the present input window.
            own_model: The model with the settings that it came with, whose weights they are.
            chosen: The filter, or None for all.
            position: The position of the record where the scan is to begin.
        """
        self._block = *block_key(reading, own_model), reading.reverse
        scan: _Scan = self._scans.at(
            (*self._block, chosen), lambda: _Scan(chosen, _overview_of(self._whole(reading)))
        )
        whole = self._whole(reading)
        self._look_at(scan, lambda scan, task: self._scan_record(scan, task, whole, position))

    def picture(self, view: ViewState, reading: Reading) -> OverviewPicture | None:
        """Return what is known of what is followed, or None where nothing is.

        Args:
            view: The view of the tracks.
            reading: The reading that was followed last.
        """
        scan = self._scan
        if scan is None:
            return None
        state = scan.overview.state()
        return pictures.OverviewPicture(
            view, reading, self._whole(reading), state, scan.filter, self._pace, scan.hits
        )

    def leave(self) -> None:
        """Look at no overview; one that was stopped continues when it is looked at again."""
        self.resume()
        super().leave()

    def forget(self) -> None:
        """Forget all scans: their records are closed."""
        super().forget()
        self._wholes.clear()

    def _whole(self, reading: Reading) -> Reading:
        """Return the block on the whole record; one that reads feature maps is known on its input window alone."""
        if not blocks.is_on_letters(reading.model, reading.block):
            return reading
        return self._wholes.at(self._block, lambda: scanning.whole_reading(reading))

    def _scan_record(self, scan: _Scan, task: CancellableTask[None], whole: Reading, position: int) -> None:
        axes, total = Axes.of(whole.run), max(1, whole.run.cells)
        done, left = 0, total - scan.overview.state().cells_done
        filters = None if scan.filter is None else [scan.filter]
        if axes.bases > _LONG:
            task.wait(_REST)
        with self._frame_priority.throughout(task):
            scanning.prepare_scan(whole.run, filters)

        def tell(words: str) -> None:
            # How far it is stands in the gutter.
            self._tell(task, words.partition(", ")[2] or SCANNING)

        pacing = Pacing(tell, axes.bases * left // total)
        for chunk in scanning.scan_cells(
            whole.run,
            filters=filters,
            nearest=axes.cell_at(whole.base_at(position)),
            known=scan.known,
            should_continue=partial(self._frame_priority.give_way, task),
            threads=scanning.background_threads(),
        ):
            scan.overview.add(chunk)
            scan.known.add(chunk.start)
            done += chunk.stop - chunk.start
            pacing(done, left)


def _overview_of(whole: Reading) -> Overview:
    cells = whole.run.cells
    return scanning.Overview(cells, min(cells, _COLUMNS))
