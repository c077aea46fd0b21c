"""How far a long piece of work is, on standard error where that is a terminal, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock, Timer
from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO

from .. import opening, output
from ..words.progress_text import amount, part, rate
from .streams import shows_progress

if TYPE_CHECKING:
    from rich.progress import Progress, Task, TaskID
    from rich.text import Text

    from cnn_core.letters.sequence_files import Sequences

    from ..options.request import OpenRequest

__all__ = ["Bars", "progress_bars", "read_source", "stopped_words"]

_SHOWN_AFTER = 0.3
"""Seconds of work from which a bar is shown."""
_reached: Final = ContextVar["_Reached | None"]("reached", default=None)


@dataclass(eq=False, slots=True)
class _Reached:
    """How far a piece of work has come that is not at its end."""

    words: str
    unit: str
    done: int = 0
    total: int = 0

    def tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total


def stopped_words() -> str:
    """Return where the work was stopped, or nothing where none had been begun."""
    reached = _reached.get()
    if reached is None:
        return ""
    if not reached.done:
        return f"stopped while {reached.words}"
    if not reached.total:
        return f"stopped while {reached.words}, after {amount(reached.done, reached.unit)}"
    done = part(min(reached.done, reached.total), reached.total, reached.unit)
    return f"stopped while {reached.words}, after {done}"


class Bars:
    """Bars one after the other, each with what is done, the rate and the time left; silent without a terminal.

    Args:
        progress: Where they are drawn; None is nowhere.
    """

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._lock = Lock()
        self._is_up = self._is_away = False
        self._from = monotonic() + _SHOWN_AFTER
        self._timer = Timer(_SHOWN_AFTER, self._come_up)
        self._timer.daemon = True
        self._shown: TaskID | None = None
        if progress is not None:
            self._timer.start()

    def begin(self, words: str, unit: str, *, is_shown: bool = True) -> Callable[[int, int], None]:
        """Put up a bar in the place of the one before, and remember what it is told.

        Args:
            words: What is being done.
            unit: What is counted, such as `B` or `b`.
            is_shown: Whether there is a bar, which would stand among the rows of a terminal.

        Returns:
            What is told how much is done and how much there is (0: unknown).
        """
        progress = self._progress
        reached = _Reached(words, unit)
        _reached.set(reached)
        self.end()
        if progress is None or not is_shown:
            return reached.tell
        task = self._shown = progress.add_task(words, total=None, unit=unit)
        self._come_up()

        def told(done: int, total: int) -> None:
            reached.tell(done, total)
            progress.update(task, completed=done, total=total or None)
            self._come_up()

        return told

    def _come_up(self) -> None:
        """Begin to draw, once the work takes so long that it is worth it: what is done at once would only flicker."""
        with self._lock:
            is_wanted = self._shown is not None and not self._is_away and monotonic() >= self._from
            if self._progress is not None and is_wanted and not self._is_up:
                self._is_up = True
                self._progress.start()

    def close(self) -> None:
        """Take everything away for good."""
        self._timer.cancel()
        self._go_away()

    def _go_away(self) -> None:
        with self._lock:
            self._is_away = True
            if self._progress is not None and self._is_up:
                self._is_up = False
                self._progress.stop()

    def end(self) -> None:
        """Take the bar away."""
        if self._progress is not None and self._shown is not None:
            self._progress.remove_task(self._shown)
        self._shown = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Keep the bar off the terminal while something else is written there."""
        self._go_away()
        try:
            yield
        finally:
            self._is_away = False
            self._come_up()


@contextmanager
def progress_bars(stream: TextIO | None = None) -> Iterator[Bars]:
    """Show bars as long as the work goes on, and leave nothing of them behind.

    Args:
        stream: Where to; None is standard error.
    """
    _reached.set(None)
    with _bars_on(stream) as bars:
        yield bars
    # What is stopped keeps what it had reached, until that has been said.
    _reached.set(None)


def read_source(request: OpenRequest) -> Sequences:
    """Open the sequences that are asked for, with a bar while they are read.

    Raises:
        CnnError: They cannot be read.
    """
    with progress_bars() as bars:
        return opening.open_source(request.sequences, stdin=request.stdin, progress=bars.begin("reading", "B"))


@contextmanager
def _bars_on(stream: TextIO | None) -> Iterator[Bars]:
    stream = sys.stderr if stream is None else stream
    # Bars would stand among the rows of a terminal.
    if (
        stream is None
        or not stream.isatty()
        or not shows_progress()
        or (output.is_on_standard_output() and sys.stdout.isatty())
    ):
        yield Bars(None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress
    from rich.text import Text as RichText

    class Amount(ProgressColumn):
        """What is done of what there is, and how fast."""

        def render(self, task: Task) -> Text:
            return RichText(_amount_words(task), style="progress.data.speed")

    progress = RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        Amount(),
        TimeRemainingColumn(),
        console=Console(file=stream),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bars = Bars(progress)
    try:
        yield bars
    finally:
        bars.close()


def _amount_words(task: Task) -> str:
    unit = str(task.fields["unit"])
    whole = amount(task.completed, unit) if task.total is None else part(task.completed, task.total, unit)
    return whole if task.speed is None else f"{whole}, {rate(task.speed, unit)}"
