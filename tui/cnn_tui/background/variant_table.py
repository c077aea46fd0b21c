"""The variants of a file by what they change the output by, scored behind the screen and kept for the session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappush, heapreplace
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from cnn_core.attribution import VariantScore, VariantScoring
from cnn_core.letters.edits import Edit, EditedRecord
from cnn_core.letters.variants import Status
from cnn_core.letters.vcf import open_calls
from cnn_core.work.lru_cache import LruCache

from .cancellable_task import CancellableTask
from .job import Job
from .pacing import byte_progress

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.letters.sequence_files import Sequences

__all__ = ["TOP", "ScoredRow", "VariantTable", "VariantTables"]

TOP: Final = 1_000
"""How many variants a table has at most."""
_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """One alternative, and the output that it changes most.

    Attributes:
        pos: The first base of REF, 1-based.
        id: Its identifiers, or a dot: text from a file.
        ref: The reference's allele.
        alt: The alternative.
        record: The name of its record in the reference.
        first: Where the input window begins, 0-based; it may lie before the record.
        window: How many bases it has.
        edges: How many bases of the window are N because the record ends there, or nothing.
        output: The name of the output.
        reference: That output with the reference's allele.
        alternative: With the alternative.
        difference: alternative − reference.
        logit_difference: The same before a last sigmoid or softmax, or None.
    """

    pos: int
    id: str
    ref: str
    alt: str
    record: str
    first: int
    window: int
    edges: str
    output: str
    reference: float
    alternative: float
    difference: float
    logit_difference: float | None

    @property
    def effect(self) -> float:
        """What it is ranked by: the size of the logit difference, or of the difference where there is none."""
        return abs(self.difference if self.logit_difference is None else self.logit_difference)

    def edits(self, record: EditedRecord) -> tuple[Edit, ...]:
        """Return the alternative as edits of its record, as small as they can be.

        Args:
            record: The record, without edits.
        """
        first = self.pos - 1
        return record.changed(first, first + len(self.ref), self.alt.upper()).edits


@dataclass(eq=False)
class VariantTable:
    """The variants with the largest effects, which grows while a file is read; any thread may look.

    Attributes:
        described: What the scores are of.
        counts: How many alternatives had each status, without its details.
        notices: What must be said of how the file was read.
    """

    described: str
    counts: Counter[Status] = field(default_factory=Counter)
    notices: tuple[str, ...] = ()
    _heap: list[tuple[float, int, ScoredRow]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _taken: int = 0

    def take(self, row: ScoredRow | None, status: Status) -> None:
        """Note an alternative, and keep its row if it is among the largest."""
        with self._lock:
            self._taken += 1
            self.counts[Status(status.kind, status.reason)] += 1
            if row is None:
                return
            # Of equals the earlier one is kept; what is no number is the least.
            ranked = (row.effect if np.isfinite(row.effect) else -1.0, -self._taken, row)
            if len(self._heap) < TOP:
                heappush(self._heap, ranked)
            elif ranked > self._heap[0]:
                heapreplace(self._heap, ranked)

    @property
    def taken(self) -> int:
        """How many alternatives there were so far."""
        return self._taken

    @property
    def rows(self) -> tuple[ScoredRow, ...]:
        """The variants with the largest effects so far, the largest first."""
        with self._lock:
            return tuple(row for _, _, row in sorted(self._heap, reverse=True))


class VariantTables:
    """Scores the variants of files, and keeps the latest tables."""

    def __init__(self) -> None:
        self._kept: LruCache[tuple[object, ...], VariantTable] = LruCache(_KEPT)

    def known(self, reading: Reading, sequences: Sequences, calls: str) -> VariantTable | None:
        """Return a table that was completed before, or None.

        Args:
            reading: The model as it is read: its strand, and what ambiguous letters become.
            sequences: The reference.
            calls: The path of the VCF file.
        """
        return self._kept.get(_key(reading, sequences, calls))

    def begin(
        self,
        job: Job,
        words: str,
        reading: Reading,
        sequences: Sequences,
        calls: str,
        begun: Callable[[VariantTable], None],
        then: Callable[[VariantTable], None],
    ) -> None:
        """Score the variants of a file behind the screen.

        Args:
            job: What does it, and tells how far it is.
            words: What is being done.
            reading: As for `known`, as the next two.
            sequences: The reference.
            calls: The path.
            begun: Takes the table that grows.
            then: Takes it once it is complete.
        """

        def work(task: CancellableTask[VariantTable]) -> VariantTable:
            scoring = VariantScoring(
                reading.model,
                sequences,
                strands="-" if reading.reverse else "+",
                ambiguity=reading.ambiguity,
            )
            table = VariantTable(scoring.described)
            task.call_in_loop(lambda: begun(table))
            progress = byte_progress(words, task, lambda activity: job.tell(task, activity))
            read = 0, 0

            def note(done: int, size: int) -> None:
                nonlocal read
                read = done, size

            with open_calls(calls, progress=note) as lines:
                for score in scoring.scores(lines):
                    table.take(_row(score, scoring), score.status)
                    progress(*read)
                table.notices = (*lines.notices, *scoring.naming.notices)
            self._kept.put(_key(reading, sequences, calls), table)
            return table

        job.begin(words, work, then)


def _key(reading: Reading, sequences: Sequences, calls: str) -> tuple[object, ...]:
    return sequences, reading.model, calls, reading.reverse, reading.ambiguity


def _row(score: VariantScore, scoring: VariantScoring) -> ScoredRow | None:
    """Return a score's row: of the output that it changes most."""
    windows, difference = score.windows, score.difference
    if windows is None or difference is None or score.reference is None or score.alternative is None:
        return None
    effects = np.abs(difference if score.logit_difference is None else score.logit_difference)
    most = int(np.argmax(np.nan_to_num(effects, nan=-1.0)))
    record = scoring.naming.record(score.variant.line.chrom)
    assert record is not None
    return ScoredRow(
        score.variant.line.pos,
        score.variant.line.id,
        score.variant.line.ref,
        score.variant.alt,
        record.name,
        windows.first,
        scoring.window,
        windows.edges,
        scoring.outputs[most],
        float(score.reference[most]),
        float(score.alternative[most]),
        float(difference[most]),
        None if score.logit_difference is None else float(score.logit_difference[most]),
    )
