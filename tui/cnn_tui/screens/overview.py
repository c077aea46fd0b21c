"""The overview of the whole record: scanned in the background, nearest to the cursor first, kept for the session."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeVar

from textual import on
from textual.message import Message
from textual.reactive import reactive

from cnn_core.block_reading import BlockReading
from cnn_core.errors import CnnError
from cnn_core.feature_map_block import is_on_letters
from cnn_core.overview import Overview
from cnn_core.whole_reading import whole_reading
from cnn_core.whole_scan import default_threads, scan_cells

from ..opening import OpenRequest
from ..overview_picture import OverviewPicture, Pace, Subject
from ..threads import in_thread
from ..view import Axes
from .openings import Openings

__all__ = ["Overviews"]

_Key = tuple[object, ...]
Kept = TypeVar("Kept")

_COLUMNS: Final = 4096
"""Columns that an overview is kept in; those of the screen are taken from them."""
_KEPT: Final = 64
"""Overviews that are kept."""
_LONG: Final = 1 << 20
"""Bases from which on a scan waits until the cursor rests on a filter."""
_REST: Final = 0.3
"""Seconds that it waits for."""
_NEWS: Final = 0.1
"""Seconds between two looks at a scan that goes on."""


@dataclass(eq=False)
class _Scan:
    """One scan of one record, going on or ended.

    Attributes:
        whole: The block on the whole record.
        filter: The one filter, or None where all are looked at.
        overview: What it has found so far.
        pace: How fast it goes, or None where it does not.
        wanted: Whether it is to go on.
    """

    whole: BlockReading
    filter: int | None
    overview: Overview
    pace: Pace | None = None
    wanted: bool = False


class Overviews(Openings):
    """Shows the whole record over the tracks."""

    subject: reactive[Subject] = reactive(Subject.AUTOMATIC)
    """Whose strongest cells it shows."""

    class News(Message):
        """A scan has come further."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._scans: OrderedDict[_Key, _Scan] = OrderedDict()
        self._wholes: OrderedDict[_Key, BlockReading] = OrderedDict()
        self._scan: _Scan | None = None

    # What is shown

    def watch_picture(self) -> None:
        """Show the overview that belongs to another picture."""
        super().watch_picture()
        self._look_over()

    def watch_subject(self) -> None:
        """Make room for it, or take it."""
        if self.is_mounted:
            self._arrange()
            self._look_over()

    def action_overview(self) -> None:
        """Show the whole record for this filter, for all filters, or not at all."""
        order = [Subject.FILTER, Subject.ALL, Subject.NOTHING]
        at = self.subject
        if at is Subject.AUTOMATIC:
            at = Subject.NOTHING if self._overview_lines() == 0 else Subject.FILTER
        self.subject = order[(order.index(at) + 1) % len(order)]
        self.say(f"the whole record: {self.subject}")

    def _overview_lines(self) -> int:
        arrangement = self._arrangement()
        return 0 if arrangement is None else arrangement.overview

    def overview_wanted(self) -> bool | None:
        """Tell whether the overview gets lines; None leaves it to the room there is."""
        return None if self.subject is Subject.AUTOMATIC else self.subject is not Subject.NOTHING

    def _look_over(self) -> None:
        picture = self.picture
        if picture is None or self._overview_lines() == 0:
            self._give_up()
            self.overview = None
            return
        chosen = None if self.subject is Subject.ALL else picture.view.filter
        scan = self._scan_of(picture.reading, chosen)
        if scan is not self._scan:
            self._give_up()
            self._scan = scan
            if not scan.overview.state().complete:
                self._begin(scan)
        self._show_overview()

    def _show_overview(self) -> None:
        scan, picture = self._scan, self.picture
        if scan is None or picture is None:
            self.overview = None
            return
        self.overview = OverviewPicture(
            picture.view, picture.reading, scan.whole, scan.overview.state(), scan.filter, scan.pace
        )

    def _scan_of(self, reading: BlockReading, chosen: int | None) -> _Scan:
        """Return the scan of a reading's record, kept or new."""
        # Records and models are told apart by what they are, never by their numbers.
        block: _Key = (reading.record, reading.model, reading.block, reading.reverse, reading.ambiguity)
        if not is_on_letters(reading.model, reading.block):
            block = (*block, reading.window)
        if block not in self._wholes:
            self._wholes[block] = whole_reading(reading)
            self._forget_oldest(self._wholes)
        whole = self._wholes[block]
        key: _Key = (*block, chosen)
        if key not in self._scans:
            cells = whole.run.cells
            self._scans[key] = _Scan(whole, chosen, Overview(cells, min(cells, _COLUMNS)))
            self._forget_oldest(self._scans)
        return self._scans[key]

    @staticmethod
    def _forget_oldest(kept: OrderedDict[_Key, Kept]) -> None:
        while len(kept) > _KEPT:
            kept.popitem(last=False)

    # Scanning

    def _begin(self, scan: _Scan) -> None:
        scan.wanted = True
        self.run_worker(self._go_through(scan), group="overview")

    def _give_up(self) -> None:
        if self._scan is not None:
            self._scan.wanted = False
            self._scan.pace = None
            self._scan = None

    async def _go_through(self, scan: _Scan) -> None:
        picture = self.picture
        length = Axes.of(scan.whole.run).bases
        if length > _LONG:
            await asyncio.sleep(_REST)
        if not scan.wanted or picture is None:
            return
        # What was given up half way is begun again, since no chunk may be counted twice.
        cells = scan.whole.run.cells
        scan.overview = Overview(cells, min(cells, _COLUMNS))
        axes = Axes.of(scan.whole.run)
        here = axes.cell_at(
            scan.whole.base_at(picture.reading.record_position(max(0, picture.view.cursor_span[0])))
        )
        try:
            await in_thread(lambda: self._work(scan, here, length))
        except CnnError as error:
            scan.wanted = False
            self.refuse(error)
        scan.pace = None
        if scan is self._scan:
            self._show_overview()

    def _work(self, scan: _Scan, here: int, length: int) -> None:
        began = told = monotonic()
        filters = None if scan.filter is None else [scan.filter]
        done, total = 0, max(1, scan.whole.run.cells)
        for chunk in scan_cells(
            scan.whole.run,
            filters=filters,
            nearest=here,
            keep_on=_asking(scan),
            # One core is left to whoever presses keys.
            threads=max(1, default_threads() - 1),
        ):
            scan.overview.add(chunk)
            done += chunk.stop - chunk.start
            now = monotonic()
            if now - told >= _NEWS:
                told = now
                pace = done / (now - began)
                scan.pace = Pace(pace * length / total, (total - done) / pace)
                self.post_message(self.News())

    @on(News)
    def take_news(self) -> None:
        """Show how far the scan is."""
        if self._scan is not None and self._scan.wanted:
            self._show_overview()

    def stop_job(self) -> bool:
        """Give up what goes on: a job first, then the scan, which keeps what it has found."""
        if super().stop_job():
            return True
        scan = self._scan
        if scan is None or scan.pace is None:
            return False
        scan.wanted, scan.pace = False, None
        self._show_overview()
        return True


def _asking(scan: _Scan) -> Callable[[], bool]:
    return lambda: scan.wanted
