"""What every base does to one value: computed behind the screen, the bases nearest to the cursor first, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnn_core import attribution
from cnn_core.errors import CnnError

from .. import pictures
from ..view.attribution_choice import AttributionChoice, Kind
from .cancellable_task import Cancelled
from .pacing import Pacing
from .record_scans import SCANNING, ChosenScans, KeptScan

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

    from ..pictures.attribution_picture import AttributionPicture, BaseNumbers
    from ..view.frame import Frame
    from .cancellable_task import CancellableTask

__all__ = ["AttributionScans"]

_BYTES_A_BASE: Final = 32
_PIECE: Final = 64
"""Bases whose effects are computed at once."""


@dataclass(eq=False)
class _Scan(KeptScan):
    """What is known of one input window under one choice.

    Attributes:
        choice: What is explained, and how.
        bases: How many bases there are.
        numbers: What is known, or None before anything is.
        refusal: Why it cannot be computed, or nothing.
    """

    choice: AttributionChoice
    bases: int
    numbers: BaseNumbers | None = None
    refusal: str = ""

    @property
    def complete(self) -> bool:
        """Whether all is known."""
        return self.numbers is not None and self.numbers.complete

    @property
    def bytes(self) -> int:
        """How many bytes the numbers take."""
        return _BYTES_A_BASE * self.bases


class AttributionScans(ChosenScans[_Scan, AttributionChoice]):
    """Computes the numbers of every base of the input window that is looked at, once a choice says which."""

    kept = 16
    room = 64 << 20

    def follow(self, reading: Reading, base: int) -> None:
        """Look at the numbers of a reading; what is not known of them is computed.

        Args:
            reading: The model on the present input window.
            base: The base whose neighbours come first.
        """
        choice = self.choice
        if choice is None:
            self.leave()
            return
        key = (reading.record, reading.model, reading.window, reading.reverse, reading.ambiguity, choice)
        scan: _Scan = self._scans.at(key, lambda: _Scan(choice, reading.length))
        self._look_at(scan, lambda scan, task: self._compute(scan, task, reading, base))

    def picture(self, view: Frame, reading: Reading) -> AttributionPicture | None:
        """Return what is known of what is followed, or None where nothing is.

        Args:
            view: The view of the tracks.
            reading: The reading that was followed last.
        """
        scan = self._scan
        if scan is None:
            return None
        return pictures.AttributionPicture(
            view, reading, scan.choice, scan.numbers, self._job.target is scan, scan.refusal
        )

    def _compute(self, scan: _Scan, task: CancellableTask[None], reading: Reading, base: int) -> None:
        try:
            self._find(scan, task, reading, base)
        except CnnError as error:
            scan.refusal = error.what
            raise

    def _find(self, scan: _Scan, task: CancellableTask[None], reading: Reading, base: int) -> None:
        choice, model = scan.choice, reading.model
        target = attribution.Target.parse(choice.target, model, reading.length, logit=choice.logit)
        codes, sides = reading.codes(0, reading.length), reading.side_values()
        values = reading.values if reading.is_computed else None
        found = attribution.SaturationMutagenesis(model, target, codes, reading.ambiguity, sides, values)
        if scan.numbers is None:
            scan.numbers = pictures.BaseNumbers.of_effects(choice, found.nothing_yet)
        self._tell(task, SCANNING)
        if choice.kind is not Kind.EFFECTS:
            # Of a gradient all bases come at once.
            explained = attribution.ExplainedValue(model, target, reading.ambiguity, sides)
            whole = attribution.attribute(explained, codes, str(choice.kind), progress=lambda *_: self._go_on(task))
            scan.numbers = scan.numbers.with_attribution(whole)
            return
        pacing = Pacing(lambda far: self._tell(task, far), scan.numbers.total)
        for piece in found.pieces(near=base, size=_PIECE):
            if not scan.numbers.known[piece.positions].all():
                scan.numbers = scan.numbers.with_piece(piece)
            pacing(scan.numbers.done, scan.numbers.total)
            self._go_on(task)

    def _go_on(self, task: CancellableTask[None]) -> None:
        """Let the screen have its turn; where the work is no longer wanted, end it."""
        if not self._frame_priority.give_way(task):
            raise Cancelled
