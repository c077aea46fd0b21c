"""The outputs along whole records: scanned one at a time, the nearest input windows first, kept for the session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Final

from cnn_core import scan as scanning
from cnn_core.errors import CnnError

from .. import pictures
from .pacing import Pacing
from .record_scans import ChosenScans, KeptScan, model_key

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.network.model import Model
    from cnn_core.scan.output_scan import ColumnOutputs, OutputScan

    from ..options.scan_choices import OutputChoice
    from ..pictures.output_scan_picture import OutputScanPicture
    from ..view.frame import Frame
    from .cancellable_task import CancellableTask

__all__ = ["OutputScans"]

_BYTES_A_WINDOW: Final = 13
"""Of an input window, where it begins, its output, and whether that is known."""


@dataclass(eq=False)
class _Scan(KeptScan):
    """What is known of one record under one choice.

    Attributes:
        reading: The model on the input window that it was begun from, whose size all windows have; nothing of it
            is computed.
        choice: How it is scanned.
        found: What is known so far.
        several: Whether the output has more values than the one that is drawn.
    """

    reading: Reading
    choice: OutputChoice
    found: OutputScan
    several: bool
    _laid: tuple[int, int, ColumnOutputs] | None = None

    @property
    def complete(self) -> bool:
        """Whether all windows are known."""
        return self.found.complete

    @property
    def bytes(self) -> int:
        """How many bytes the outputs take."""
        return _BYTES_A_WINDOW * len(self.found.starts)

    def columns(self, count: int) -> ColumnOutputs:
        """Return what is known over so many columns, laid out again only where more is known."""
        done = self.found.done
        if self._laid is None or self._laid[:2] != (done, count):
            self._laid = (done, count, self.found.columns(count))
        return self._laid[2]


class OutputScans(ChosenScans[_Scan, "OutputChoice"]):
    """Scans the output along the record that is looked at, once a choice says how, see `RecordScans`."""

    kept = 32
    room = 64 << 20

    def follow(self, reading: Reading, own_model: Model | None) -> None:
        """Look at the scan of a reading's record; what is not known of it is scanned.

        Args:
            reading: The model on the present input window.
            own_model: The model with the settings that it came with.
        """
        scan = self._scan_of(reading, own_model)
        self._look_at(scan, lambda scan, task: self._scan_record(scan, task, reading.start))

    def picture(self, view: Frame, reading: Reading) -> OutputScanPicture | None:
        """Return what is known of what is followed, or None where nothing is.

        Args:
            view: The view of the tracks.
            reading: The reading that was followed last.
        """
        scan = self._scan
        if scan is None:
            return None
        found, unit = scan.found, scan.choice.output if scan.several else None
        columns = scan.columns(view.columns)
        return pictures.OutputScanPicture(
            view, reading, columns, found.size, found.done, len(found.starts), unit, self._pace
        )

    def _scan_of(self, reading: Reading, own_model: Model | None) -> _Scan | None:
        """Return the scan of a reading's record, kept or new; None where none is asked for or can be."""
        choice = self.choice
        if choice is None:
            return None
        size = reading.stop - reading.start
        model = model_key(reading, own_model)
        key = (reading.record, *model, reading.reverse, reading.ambiguity, size, choice)
        scan: _Scan | None = self._scans.at(key, lambda: _new(reading, choice))
        return scan

    def _scan_record(self, scan: _Scan, task: CancellableTask[None], here: int) -> None:
        found = scan.found
        order = found.unknown(here)
        bases = found.length * len(order) // len(found.starts)
        pacing = Pacing(partial(self._tell, task), bases)
        should_continue = partial(self._frame_priority.give_way, task)
        windows = scanning.scan_output(scan.reading, found.starts, order, should_continue=should_continue)
        for done, (window, values) in enumerate(windows, 1):
            if not task.wanted():
                return
            found.add(window, float(values[scan.choice.output]))
            pacing(done, len(order))
            # A recurrent network is many small steps in Python: let the screen have its turn.
            sleep(0)


def _new(reading: Reading, choice: OutputChoice) -> _Scan | None:
    try:
        scanning.check_scan(reading, choice.step, choice.output)
    except CnnError:
        # What the network says of this input window, or why it says nothing, is in the rail.
        return None
    starts = scanning.window_starts(reading, choice.step)
    found = scanning.OutputScan(starts, reading.stop - reading.start, len(reading.record))
    return _Scan(reading.afresh(), choice, found, scanning.units_of(reading) > 1)
