"""Ask how the output is to be scanned along the record."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import ClassVar, Final

import numpy as np
from textual.app import ComposeResult
from textual.widgets import Static

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, SettingError
from cnn_core.scan.output_scan import check_scan, scan_output, units_of, window_starts

from ...background.threads import in_thread
from ...options.scan_choices import OutputChoice
from ...words.plurals_and_indices import counted
from ...words.progress_text import duration
from .asking import Asking
from .dialog import Field

__all__ = ["AskOutputScan", "seconds_for_a_window"]


_AGAIN: Final = 3
"""How often a window is computed again, since the first time much is made that stays."""
_LONG: Final = 0.25
"""Seconds beside which that counts for nothing."""


def seconds_for_a_window(reading: Reading) -> float:
    """Return how long the output at one input window takes among many.

    Args:
        reading: The model on that input window.

    Raises:
        SequenceError: The policy is `error` and a letter is ambiguous.
    """

    def measured() -> float:
        began = monotonic()
        deque(scan_output(reading, np.array([reading.start])), maxlen=0)
        return monotonic() - began

    first = measured()
    return first if first > _LONG else min(measured() for _ in range(_AGAIN))


class AskOutputScan(Asking[OutputChoice | str | None]):
    """Reads a step, and a unit where the network has several; the result of an empty step is the word `nothing`.

    Args:
        reading: The model on the present input window, see `output_scan.check_scan`.
        before: What was chosen before, if anything was.
    """

    DEFAULT_CSS = """
    AskOutputScan .label { padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar = [("up", "app.focus_previous", "Up"), ("down", "app.focus_next", "Down")]
    heading = "Scan the output"
    hints = (("Enter", "scan", "accept"),)

    def __init__(self, reading: Reading, before: OutputChoice | None = None) -> None:
        super().__init__()
        self._reading = reading
        self._before = before
        self._units = units_of(reading)
        self._seconds: float | None = None

    def parts(self) -> ComposeResult:
        """Yield the fields, each under what it is for, and the message."""
        before = self._before or OutputChoice(max(1, self._reading.length // 2))
        yield Static("bases from one input to the next", classes="label", markup=False)
        yield Field(str(before.step), selected=True, name="step")
        if self._units > 1:
            yield Static(f"unit of the output, 0 to {self._units - 1:,}", classes="label", markup=False)
            yield Field(str(before.output), selected=True, name="unit")
        yield self.message()

    def on_mount(self) -> None:
        """Find out how long one input window takes."""
        self.run_worker(self._measure())

    async def _measure(self) -> None:
        try:
            self._seconds = await in_thread(lambda: seconds_for_a_window(self._reading))
        except CnnError:
            # What it is, the scan says.
            return
        if self.is_attached:
            self.look()

    def remark(self) -> str:
        """Return how many windows that makes and about how long they take."""
        choice = self._choice()
        if choice is None:
            return "no step: no output is scanned" + (", and the track goes" if self._before else "")
        windows = len(window_starts(self._reading, choice.step))
        size = self._reading.stop - self._reading.start
        words = f"{counted(windows, 'input')} of {counted(size, 'base')}, the nearest first"
        return words if self._seconds is None else f"{words}: about {duration(windows * self._seconds)}"

    def _choice(self) -> OutputChoice | None:
        texts = {field.id: field.value.replace(",", "").strip() for field in self.query(Field)}
        if not texts["step"]:
            return None
        for name, text in texts.items():
            if not (text.isascii() and text.isdigit() and len(text) < 12):
                raise SettingError(f"'{text}' is no {name}", remedy="give a whole number")
        choice = OutputChoice(int(texts["step"]), int(texts.get("unit", "0")))
        check_scan(self._reading, choice.step, choice.output)
        return choice

    def read(self) -> OutputChoice | str:
        """Return the choice, or the word `nothing`."""
        return self._choice() or "nothing"
