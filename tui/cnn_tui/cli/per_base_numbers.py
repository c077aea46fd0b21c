"""Numbers of every base, computed while they are written or listed: what `effects` and `attribute` share."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from cnn_core import blocks, writers
from cnn_core.errors import printable
from cnn_core.work.progress import no_progress

from .. import opening, output
from ..words.numbers import number
from .columns import column_lines
from .per_base_options import Asked, Stretches
from .progress import progress_bars, read_source
from .streams import write_lines, write_warnings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnn_core.attribution import InputWindow, Target
    from cnn_core.layers import Array, Mask
    from cnn_core.writers import BaseNumbers, Said

__all__ = ["Explaining", "Row", "explain"]

_LEFT: Final = 2
"""How many columns of a list are words: the base and its letter."""
Row = tuple[float, tuple[str, ...]]
"""How strong a base is, and what is listed of it behind its place."""


class BaseByBase(Protocol):
    """What is known of every base of an input window."""

    @property
    def codes(self) -> NDArray[np.uint8]:
        """The letters, shape (length,)."""

    @property
    def read(self) -> Mask:
        """Which bases the value reads, shape (length,)."""

    @property
    def value(self) -> float:
        """The value."""


Found = TypeVar("Found", bound=BaseByBase)


@dataclass(eq=False)
class Explaining(ABC, Generic[Found]):
    """A value explained base by base, input window after input window, and what is known of it so far.

    Attributes:
        stretches: The stretches of records.
        told: Called with the bases done and all of them.
        windows: How many input windows there were.
        too_short: How many of them are too short for the value.
        bases: How many bases are explained.
        read: How many of them the value reads.
        target: The value, or None before the first window.
        value: What it is in the last window.
        edits: The names of the edits.
        assumed: What had to be assumed, one sentence each.
    """

    stretches: Stretches
    told: Callable[[int, int], None]
    windows: int = 0
    too_short: int = 0
    bases: int = 0
    read: int = 0
    target: Target | None = None
    value: float = 0.0
    edits: tuple[str, ...] = ()
    assumed: dict[str, None] = field(default_factory=dict)

    def found(self) -> Iterator[tuple[InputWindow, Found]]:
        """Yield what is known of every input window; where a shard has none, of none of the bases of another's."""
        is_any = False
        for each in self._mine():
            is_any = True
            yield each
        if is_any or self.stretches.asked.shard is None:
            return
        for window in self.stretches.windows(every=True):
            target = self.stretches.target_of(window)
            found = None if target is None else self.explained(window, target, no_progress)
            if target is not None and found is not None:
                self.target, self.value = target, found.value
                yield replace(window, stop=window.start), found
                return

    def _mine(self) -> Iterator[tuple[InputWindow, Found]]:
        """Yield what is known of the input windows that are asked for."""
        done, total = 0, self.stretches.bases
        for window in self.stretches.windows():
            self.windows += 1
            size, reading = window.stop - window.start, window.reading
            target = self.stretches.target_of(window)
            if target is None:
                self.too_short += 1
            else:
                found = self.explained(window, target, partial(self._tell, done, size, total))
                if found is not None:
                    self.target, self.value, self.edits = target, found.value, reading.edit_names
                    self.assumed.update(dict.fromkeys(blocks.assumptions_of(reading)))
                    self.read += int(found.read[window.bases].sum())
                    self.bases += size
                    yield window, found
            done += size
            self.told(done, total)

    def _tell(self, before: int, size: int, total: int, done: int, of: int) -> None:
        self.told(before + size * done // max(of, 1), total)

    @abstractmethod
    def explained(self, window: InputWindow, target: Target, told: Callable[[int, int], None]) -> Found | None:
        """Return what is known of an input window, or None where it cannot be explained and is passed over."""

    @abstractmethod
    def rows_of(self, found: Found) -> dict[str, NDArray[Any]]:
        """Return the numbers of every base by name, shape (length,) or (length, 4)."""

    def alone_of(self, found: Found) -> dict[str, float | NDArray[Any]]:
        """Return the numbers that are of no base, by name."""
        return {"value": found.value}

    def parts(self) -> Iterator[BaseNumbers]:
        """Yield the numbers of bases, input window after input window."""
        for window, found in self.found():
            mine, reading = window.bases, window.reading
            yield writers.BaseNumbers(
                reading.record.name,
                len(reading.record),
                window.start,
                reading.reverse,
                found.codes[mine],
                {name: rows[mine] for name, rows in self.rows_of(found).items()},
                self.alone_of(found),
                ~found.read[mine],
            )

    @property
    def named(self) -> str:
        """The value in words."""
        assert self.target is not None
        called = self.stretches.opened.model.name_of(self.target.layer, self.target.index)
        named = f"{self.target.name} ({printable(called)})" if called else self.target.name
        return f"{'logit of ' if self.target.logit else ''}{named}"

    @property
    def is_one(self) -> bool:
        """Whether there is a single input window so far, whose value can be said."""
        return len(self.stretches.places) == 1 and self.windows == 1

    @property
    def shown_value(self) -> str:
        """The value behind a colon, where it can be said."""
        return f": {number(self.value)}" if self.is_one else ""

    @abstractmethod
    def said(self) -> Said:
        """Return what is said beside the numbers."""

    @abstractmethod
    def head(self) -> tuple[str, ...]:
        """Return the words above the columns of a list."""

    @abstractmethod
    def strength_of(self, found: Found, base: int) -> Row | None:
        """Return what is listed of a base, or None of one that has nothing."""

    @abstractmethod
    def around(self) -> tuple[str, str, str]:
        """Return the sentence above a list, that instead of an empty one, and that below it."""

    def listed(self, top: int) -> Iterator[str]:
        """Yield the strongest bases as lines."""
        rows = heapq.nlargest(top, self._ranked(), key=lambda row: row[0])
        if self.target is None:
            yield "no record is long enough for the network"
            return
        above, otherwise, below = self.around()
        yield above
        if not rows:
            yield otherwise
            return
        table = [self.head(), *(row for _, _, row in rows)]
        yield from column_lines(table, range(_LEFT, len(self.head())))
        yield below

    def _ranked(self) -> Iterator[tuple[float, int, tuple[str, ...]]]:
        """Yield how strong each base is, its number, which makes the first of equal ones the first, and its row."""
        count = 0
        for window, found in self.found():
            reading = window.reading
            for base in range(window.bases.start, window.bases.stop):
                listed = self.strength_of(found, base)
                if listed is not None:
                    count -= 1
                    place = printable(f"{reading.record.name}:{reading.record_position(base) + 1}")
                    yield listed[0], count, (place, *listed[1])

    def remarks(self) -> Iterator[str]:
        """Yield what must be said in the end."""
        yield from self.stretches.remarks(self.windows, self.too_short)


def explain(
    asked: Asked,
    begun: Callable[[Stretches, Callable[[int, int], None]], Explaining[Any]],
    doing: str,
    columns: Mapping[str, str],
    drawn: Callable[[BaseNumbers], Array],
    *,
    top: int,
) -> None:
    """Explain a value base by base, and write or list what is found.

    Args:
        asked: What is explained, and the file; without one the strongest bases are listed.
        begun: What makes the explanation of stretches, given what is told of the progress.
        doing: What is being done, for the progress.
        columns: What the columns of a table are called, by the names of the rows.
        drawn: The number of each base that a track draws.
        top: How many bases are listed.

    Raises:
        CnnError: Something in the request is not there or cannot be read, there is no such value, or the file cannot
            be written.
    """
    asked.beside.check()
    with read_source(asked.request) as sequences:
        request = opening.with_model(asked.request, sequences)
        opened = opening.open_model(request.model, request.model_options)
        stretches = Stretches(asked, sequences, opened)
        with progress_bars() as bars:
            work = begun(stretches, bars.begin(doing, "b"))
            if asked.output_file is None:
                lines = [*work.listed(top)]
            else:
                output.write_base_file(
                    work.parts(),
                    asked.output_file,
                    columns,
                    drawn,
                    stretches.lengths,
                    work.said,
                    of_shard=asked.shard is not None,
                    track_line=asked.beside.track_line,
                )
        if asked.output_file is None:
            write_lines(lines)
        region = opening.cut_region(request, sequences)
        said = [*opening.unsupported_words(opened), region, *work.assumed, *work.remarks()]
        if asked.output_file is not None:
            said += asked.beside.write([asked.output_file.path], sequences.lengths_by_name, stretches.only)
    write_warnings(said)
