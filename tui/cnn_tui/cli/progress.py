"""How far a long piece of work is, on standard error where that is a terminal, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from .. import output
from ..words.progress_text import amount, rate
from .streams import shows_progress

if TYPE_CHECKING:
    from rich.progress import Progress, Task, TaskID
    from rich.text import Text

__all__ = ["Bars", "progress_bars"]


class Bars:
    """Bars one after the other, each with what is done, the rate and the time left; silent without a terminal.

    Args:
        progress: Where they are drawn; None is nowhere.
    """

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._shown: TaskID | None = None

    def begin(self, words: str, unit: str) -> Callable[[int, int], None]:
        """Put up a bar in the place of the one before.

        Args:
            words: What is being done.
            unit: What is counted, such as `B` or `b`.

        Returns:
            What is told how much is done and how much there is (0: unknown).
        """
        progress = self._progress
        if progress is None:
            return _untold
        self.end()
        task = self._shown = progress.add_task(words, total=None, unit=unit)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        return told

    def end(self) -> None:
        """Take the bar away."""
        if self._progress is not None and self._shown is not None:
            self._progress.remove_task(self._shown)
            self._shown = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Keep the bar off the terminal while something else is written there."""
        if self._progress is None:
            yield
            return
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()


def _untold(done: int, total: int) -> None:
    """Say nothing."""


@contextmanager
def progress_bars(stream: TextIO | None = None) -> Iterator[Bars]:
    """Show bars as long as the work goes on, and leave nothing of them behind.

    Args:
        stream: Where to; None is standard error.
    """
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
    with progress:
        yield Bars(progress)


def _amount_words(task: Task) -> str:
    unit = str(task.fields["unit"])
    done = amount(task.completed, unit)
    whole = done if task.total is None else f"{done} of {amount(task.total, unit)}"
    return whole if task.speed is None else f"{whole}, {rate(task.speed, unit)}"
