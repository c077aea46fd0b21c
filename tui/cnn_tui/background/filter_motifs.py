"""The filters as motifs, what each resembles most and adds to the output: in the background, kept for the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Final

from cnn_core import letters, motifs
from cnn_core import scan as scanning
from cnn_core.errors import CnnError
from cnn_core.work.lazy_value import LazyValue
from cnn_core.work.lru_cache import LruCache

from .. import opening
from ..options.scan_choices import MotifChoice
from ..words.progress_text import duration
from .cancellable_task import Cancelled
from .influence_windows import InfluenceWindows, influence_on_output
from .pacing import Pacing
from .record_scans import KeptScan, RecordScans, ScanHost, ScanKey, model_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnn_core.blocks.reading import Reading
    from cnn_core.letters.record_batches import RecordSlice
    from cnn_core.letters.sequence_files import Sequences
    from cnn_core.motifs import FilterMotif, Match, MotifComparison
    from cnn_core.network.model import Model
    from cnn_core.scan import Influence

    from .cancellable_task import CancellableTask

__all__ = ["FilterMotifs", "FoundMotifs", "MotifStage", "usual_choice"]

_MATCHES_KEPT: Final = 8_192
_LONGEST: Final = 1 << 20
"""Bases of a record from which on it is read around the input window alone."""
_USUAL: Final = ("windows", "weights")
"""The rule that a model is shown by at first, and the one for filters that are motifs."""
_AT_ONCE: Final = 8
"""Filters that are compared between two words on how far it is."""


class MotifStage(IntEnum):
    """How much is asked for; each stage takes the ones before it."""

    MOTIFS = 1
    MATCH = 2
    """What the first filter resembles."""
    MATCHES = 3
    INFLUENCE = 4


@dataclass(eq=False)
class FoundMotifs(KeptScan):
    """What is known of the filters, which grows; any thread may look.

    Attributes:
        reading: The block on an input window of the record.
        choice: How it was asked for.
        stretches: What is read for the motifs; nothing by a rule that reads none.
        windows: Where it is looked at what filters add to the output, whatever the rule.
        stage: How much is asked for.
        first: The filter that is compared before the others.
        motifs: All filters in order; nothing until all windows are counted.
        matches: What each filter that was compared resembles most; None where there is nothing to be compared: too
            few sites, or no preference.
        influence: What each filter adds to the output.
        no_influence: Why that cannot be said.
        refusal: Why there are no motifs.
    """

    reading: Reading
    choice: MotifChoice
    stretches: Sequence[RecordSlice]
    windows: InfluenceWindows
    stage: MotifStage = MotifStage.MOTIFS
    first: int = 0
    motifs: tuple[FilterMotif, ...] = ()
    matches: dict[int, Match | None] = field(default_factory=dict)
    influence: Influence | None = None
    no_influence: CnnError | None = None
    refusal: CnnError | None = None

    @property
    def strands(self) -> str:
        """The strands that are read: `+`, `-` or `both`."""
        return "both" if self.choice.both_strands else "-" if self.reading.reverse else "+"

    @property
    def complete(self) -> bool:
        """Whether all that is asked for is known."""
        if not self.motifs:
            return False
        if self.stage is MotifStage.MATCH:
            return self.first in self.matches
        if self.stage is MotifStage.INFLUENCE and self.influence is None and self.no_influence is None:
            return False
        return self.stage is MotifStage.MOTIFS or self.is_compared

    @property
    def is_compared(self) -> bool:
        """Whether every filter was compared."""
        return bool(self.motifs) and len(self.matches) == len(self.motifs)

    @property
    def records(self) -> int:
        """How many records are read."""
        return len(self.stretches)

    @cached_property
    def bases(self) -> int:
        """How many bases are read."""
        if isinstance(self.stretches, letters.WholeRecords):
            return self.stretches.bases
        return sum(stop - start for _, start, stop in self.stretches)

    @property
    def few(self) -> int:
        """How many filters have too few sites to be compared."""
        return sum(not motif.is_written for motif in self.motifs)


class FilterMotifs(RecordScans[FoundMotifs]):
    """Makes motifs of the filters that are looked at, see `RecordScans`; the same choice holds for the whole screen.

    Attributes:
        choice: From what motifs are made, and how.
    """

    kept = 8

    def __init__(self, host: ScanHost) -> None:
        super().__init__(replace(host, changed=self._tell_watchers))
        self._watchers = [host.changed]
        self._nearest: LruCache[bytes, tuple[Match | None]] = LruCache(_MATCHES_KEPT)
        self._influences: LruCache[ScanKey, Influence] = LruCache(self.kept)
        self._comparison: LazyValue[MotifComparison] = LazyValue()
        self.choice = MotifChoice()

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have something called whenever there is more to show.

        Args:
            changed: What is called.

        Returns:
            What ends that.
        """
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def suit(self, reading: Reading) -> None:
        """Take the rule that suits another model: `weights` where filters are motifs, which gives them back.

        Args:
            reading: The model on an input window.
        """
        if self.choice.rule in _USUAL:
            self.choice = replace(self.choice, rule=usual_choice(reading).rule)

    def follow(
        self, reading: Reading, own_model: Model | None, sequences: Sequences, stage: MotifStage, first: int = 0
    ) -> FoundMotifs:
        """Look at the filters of a reading by the choice in force; what is not known of them is found.

        Nothing is asked twice: it may be called with every picture, and whenever something has changed.

        Args:
            reading: The block on an input window, on either strand.
            own_model: The model as it came, before any live setting: whose weights they are.
            sequences: The records.
            stage: How much is asked for; what was asked for before stays so.
            first: The filter that is compared before the others.

        Returns:
            What is known so far, and from then on.
        """
        choice, read = self.choice, _read(reading, sequences, self.choice)
        key = _key(reading, own_model, choice), (sequences if choice.all_records else read[0])
        found: FoundMotifs = self._scans.at(
            (choice.rule, *key),
            lambda: FoundMotifs(
                reading.afresh(),
                choice,
                read if motifs.MotifRule.parse(choice.rule).reads_sequences else (),
                InfluenceWindows(reading.afresh(), read),
            ),
        )
        # It is the same by every rule.
        found.influence = found.influence or self._influences.get(key)
        found.stage, found.first = max(found.stage, stage), first
        self._look_at(found, lambda found, task: self._find(found, task, key))
        return found

    @property
    def pace(self) -> str:
        """How far what is looked at has come, or nothing where it is there or was stopped."""
        return self._pace

    def begin_frame(self) -> None:
        """Let what is painted come first."""
        self._frame_priority.begin_frame()

    def leave(self) -> None:
        """Look at no filters; what was stopped goes on when it is looked at again, unless it cannot be."""
        if self._scan is not None:
            self._scan.stopped = self._scan.refusal is not None
        super().leave()

    def _tell_watchers(self) -> None:
        for changed in tuple(self._watchers):
            changed()

    # In the thread

    def _find(self, found: FoundMotifs, task: CancellableTask[None], key: ScanKey) -> None:
        try:
            if not found.motifs:
                found.motifs = self._motifs(found, task)
            if found.stage > MotifStage.MOTIFS:
                self._compare(found, task)
            if found.stage >= MotifStage.INFLUENCE and found.influence is None:
                self._weigh(found, task, key)
        except CnnError as error:
            found.refusal, found.stopped = error, True

    def _motifs(self, found: FoundMotifs, task: CancellableTask[None]) -> tuple[FilterMotif, ...]:
        reading = found.reading
        return motifs.filter_motifs(
            reading.model.of_any_length(),
            reading.block,
            found.stretches,
            found.choice.rule,
            motifs.MotifSettings(strands=found.strands),
            ambiguity=reading.ambiguity,
            progress=self._giving_way(task, Pacing(lambda far: self._tell(task, f"reading {far}"), found.bases)),
        )

    def _compare(self, found: FoundMotifs, task: CancellableTask[None]) -> None:
        with self._frame_priority.throughout(task):
            comparison = self._comparison.get(_known_motifs)
        left = [motif for motif in found.motifs if motif.filter not in found.matches]
        first = found.first
        left = [motif for motif in left if motif.filter == first or found.stage >= MotifStage.MATCHES]
        left.sort(key=lambda motif: motif.filter != first)
        progress = self._giving_way(task, lambda done, total: self._tell(task, f"{done:,} of {total:,} filters"))
        unknown = []
        for motif in left:
            nearest = self._nearest.get(_digest(motif)) if motif.is_written else (None,)
            if nearest is None:
                unknown.append(motif)
            else:
                found.matches[motif.filter] = nearest[0]
        while unknown:
            progress(len(found.matches), len(found.motifs))
            some, unknown = unknown[:_AT_ONCE], unknown[_AT_ONCE:]
            matches = motifs.filter_matches(
                some,
                comparison,
                threads=scanning.background_threads(),
                should_continue=lambda: self._frame_priority.give_way(task),
            )
            if not task.wanted():
                raise Cancelled
            self._take(found, some, matches)

    def _take(self, found: FoundMotifs, some: Iterable[FilterMotif], matches: dict[int, Match]) -> None:
        for motif in some:
            match = matches.get(motif.filter)
            self._nearest.put(_digest(motif), (match,))
            found.matches[motif.filter] = match

    def _weigh(self, found: FoundMotifs, task: CancellableTask[None], key: ScanKey) -> None:
        begun = monotonic()

        def tell(done: int, total: int) -> None:
            # The mean comes first; replacing is what takes time.
            left = (monotonic() - begun) * (total - done) / done if done else 0
            self._tell(task, f"{100 * done // total} %" + (f", {duration(left)} left" if left > 1 else ""))

        progress = self._giving_way(task, tell)
        try:
            found.influence = influence_on_output(found.reading, found.windows, found.strands, progress)
        except CnnError as error:
            found.no_influence = error
        else:
            self._influences.put(key, found.influence)


def usual_choice(reading: Reading) -> MotifChoice:
    """Return how a model's filters are made motifs at first.

    Args:
        reading: The model on an input window; the filters of a file of motifs alone have names.
    """
    return MotifChoice(rule=_USUAL[bool(reading.run.conv.filter_names)])


def _known_motifs() -> MotifComparison:
    comparison = opening.open_comparison("jaspar")
    assert comparison is not None
    return comparison


def _digest(motif: FilterMotif) -> bytes:
    return motif.probabilities.tobytes()


def _key(reading: Reading, own_model: Model | None, choice: MotifChoice) -> ScanKey:
    """Return what is found depends on besides the rule and the records."""
    strands = choice.both_strands or reading.reverse, choice.both_strands
    return *model_key(reading, own_model), reading.block, reading.ambiguity, strands


def _read(reading: Reading, sequences: Sequences, choice: MotifChoice) -> Sequence[RecordSlice]:
    """Return what is read."""
    return letters.WholeRecords(sequences) if choice.all_records else (_around(reading),)


def _around(reading: Reading) -> RecordSlice:
    """Return the record, or of a long one a part around the input window, the same for windows near each other."""
    length, step = len(reading.record), _LONGEST // 2
    if length <= _LONGEST:
        return reading.record, 0, length
    start = min(max(reading.start, 0) // step * step, length - _LONGEST)
    return reading.record, start, start + _LONGEST
