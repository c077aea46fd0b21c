"""The influence of every filter of a block on an output: what it changes where its activations become their mean.

The mean is over all positions of all input windows. What a filter adds to the output is the output less the output
with the filter replaced: above 0, the filter raises it. Similar filters stand in for each other, so that each of them
may add little though they add much together.

Source: D. R. Kelley, J. Snoek and J. L. Rinn, Genome Research 26:990-999 (2016) (Basset), whose program takes the mean
over a batch, and divides the mean change by the output's variance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.replaced_filters import ReplacedFilters, activation_nodes
from ..attribution.stretches import InputWindow
from ..attribution.target import Target, has_logit
from ..blocks.block_absence import no_block
from ..blocks.offered_blocks import part_up_to
from ..errors import ModelError, SequenceError, SettingError, ShapeError
from ..layers import Array
from ..layers.shapes import known_axes
from ..letters.strand_choice import Strands
from ..named_arrays import NamedArray, Tabular, named_numbers
from ..network.block import Block
from ..network.model import Model
from ..work.progress import Progress, no_progress
from .window_batches import ReadWindow, WindowBatches, by_length, run_windows, together

__all__ = ["FilterInfluence", "Influence", "influences"]

_MOST_TOGETHER: Final = 64
"""Windows that are run together without a replacement."""
_VALUES_TOGETHER: Final = 1 << 23
"""Values that are held of them."""
_MOST_SUMS: Final = 1 << 22
"""Filters times values of the output whose changes are summed up."""


@dataclass(frozen=True, eq=False, repr=False)
class Influence(Tabular):
    """What filters add to an output: the output less the output with the filter's activations replaced by their mean.

    Attributes:
        layer: The layer whose values are changed.
        index: Which of its values; () where it is all of them.
        logit: Whether they are taken before the layer's sigmoid or softmax.
        filters: The filters.
        replaced_by: The mean activation of each filter, shape (filters,).
        changes: The mean change of every value, shape (filters, values).
        rms_changes: The root mean square change of every value, shape (filters, values).
        n: Over how many input windows the mean is taken, both strands of one counted apart.
    """

    layer: str
    index: tuple[int, ...]
    logit: bool
    filters: tuple[int, ...]
    replaced_by: Array
    changes: NDArray[np.float64]
    rms_changes: NDArray[np.float64]
    n: int

    @property
    def values(self) -> int:
        """How many values there are."""
        return int(self.changes.shape[1])

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean change over all windows and values, shape (filters,)."""
        mean: NDArray[np.float64] = self.changes.mean(axis=1)
        return mean

    @property
    def rms(self) -> NDArray[np.float64]:
        """The root mean square change over all windows and values, shape (filters,)."""
        rms: NDArray[np.float64] = np.sqrt(np.square(self.rms_changes).mean(axis=1))
        return rms

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a filter: `filter`, `influence_mean`, `influence_rms`, `n`."""
        filters = np.array(self.filters)
        numbers = {"influence_mean": self.mean, "influence_rms": self.rms}
        return {"filter": filters, **numbers, "n": np.full(len(filters), self.n)}

    def named(self, name: str = "changes") -> NamedArray:
        """Return the changes with the names of their axes: filter and value.

        Args:
            name: `changes` or `rms_changes`.

        Raises:
            NotFoundError: There are no such numbers.
        """
        labels = {"filter": np.array(self.filters), "value": np.arange(self.values)}
        return named_numbers(self, name, ("changes", "rms_changes"), labels)


class FilterInfluence:
    """Works out the influence of every filter of a block on an output, window after window.

    First `average` goes through all windows, then `replace`, which can be ended at any time: `found` is of the windows
    so far.

    Args:
        model: The network.
        block: One of its blocks; None is the first on the letters.
        target: A value of the network; None is all values of its first output that can be computed.
        filters: The filters, by number; None is all.
        logit: Without a target, whether the values before the output's sigmoid or softmax are meant; None is where
            it has one.
        strands: Which strands of the windows are read, whatever the windows' own.

    Attributes:
        windows: How many windows have been averaged, both strands counted apart.
        replaced_windows: In how many of them the filters have been replaced.

    Raises:
        ModelError: The model has no block or gives no output, the output does not read the filters, or the network
            marks positions as without data.
        SettingError: There is no logit where one is asked for.
    """

    def __init__(
        self,
        model: Model,
        block: Block | None = None,
        target: Target | None = None,
        filters: Sequence[int] | None = None,
        *,
        logit: bool | None = None,
        strands: Strands | str = Strands.FORWARD,
    ) -> None:
        found = block or next(iter(model.letter_blocks or model.blocks), None)
        if found is None:
            raise no_block(model, "choose a model that has one")
        self.target = target or _all_of_output(model, logit)
        if target is None and self.target.layer in {each.pool for each in model.blocks if each.conv == found.conv}:
            raise ModelError(
                "ends with the pool, so that no output depends on what its filters find",
                where=model.name,
                remedy="open the whole network",
            )
        part = part_up_to(self.target.applied(model), self.target.layer)
        names = {node.name for node in part.nodes}
        self._nodes = tuple(name for name in activation_nodes(model, found) if name in names)
        if not self._nodes or self.target.layer in self._nodes:
            raise ModelError(
                f"reads nothing that the pool makes of the filters of {found.conv}",
                where=f"layer {self.target.layer}",
                remedy="choose a value behind the pool",
            )
        (channels,) = {part.shapes(part.input.length)[name][-1] for name in self._nodes}
        self.filters = (*range(channels or 0),) if filters is None else tuple(filters)
        self._part = part
        self._before = part_up_to(part, *self._nodes)
        self._strands = Strands(strands)
        self.windows = self.replaced_windows = 0
        self._means: dict[str, Array] = {}
        self._replacements: dict[int, ReplacedFilters] = {}
        self._sums: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._shape: tuple[int, ...] | None = None

    def average(self, windows: Iterable[InputWindow]) -> Iterator[int]:
        """Take the mean activation of every filter over all windows.

        Args:
            windows: The windows.

        Yields:
            How many windows have been gone through.

        Raises:
            CnnError: A window cannot be read, the network cannot run on windows of its length, or there are no windows.
        """
        sums: dict[str, NDArray[np.float64]] = dict.fromkeys(self._nodes, np.zeros(()))
        positions = dict.fromkeys(self._nodes, 0)
        kept = frozenset(self._nodes)
        self.windows, self._means = 0, {}
        self._batches = WindowBatches(self._part, self._strands, self._check)
        for some in self._batches.of(windows):
            for alike in by_length(some).values():
                for found in self._run(alike, self._before, kept):
                    for name in self._nodes:
                        for values in found:
                            sums[name] = sums[name] + values[name].sum(axis=0, dtype=np.float64)
                            positions[name] += len(values[name])
                    self.windows += len(found)
                    yield self.windows
        if not self.windows:
            raise SequenceError("no input window is long enough for the network", remedy="give longer sequences")
        self._means = {name: np.asarray(sums[name] / positions[name], dtype=np.float32) for name in self._nodes}

    def replace(self, windows: Iterable[InputWindow]) -> Iterator[int]:
        """Replace every filter in every window.

        Args:
            windows: The same windows again.

        Yields:
            How many filters have been replaced in how many windows, multiplied; in the end `windows` times filters.

        Raises:
            CnnError: As `average`.
        """
        self.replaced_windows, self._sums = 0, None
        self._batches = WindowBatches(self._part, self._strands, self._check)
        for some in self._batches.of(windows):
            for length, alike in by_length(some).items():
                if length not in self._replacements:
                    positions = self.target.index[:1] or None
                    self._replacements[length] = ReplacedFilters(
                        self._part, self._means, self.filters, length, positions
                    )
                replacement = self._replacements[length]
                for unreplaced in self._run(alike, self._part, replacement.needed):
                    yield from self._add(unreplaced, replacement)

    def _add(self, unreplaced: Sequence[dict[str, Array]], replacement: ReplacedFilters) -> Iterator[int]:
        for values, products in zip(unreplaced, replacement.products(unreplaced), strict=True):
            if self._sums is None:
                self._sums = self._no_sums(values[self.target.layer].shape)
            done = self.replaced_windows * len(self.filters)
            # All of a window or nothing: it may be ended in between.
            window: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []
            for filters, changes in replacement.changes(values, products):
                if self.target.index:
                    # Of the first axis the wanted position is there alone.
                    index: tuple[Any, ...] = (slice(None), 0, *self.target.index[1:])
                    changes = changes[index]
                window.append((filters, changes.reshape(len(changes), -1).astype(np.float64)))
                yield done + int(filters[-1])
            for filters, changed in window:
                self._sums[0][filters] += changed
                self._sums[1][filters] += np.square(changed)
            self.replaced_windows += 1
            yield self.replaced_windows * len(self.filters)

    def _no_sums(self, shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        sums = np.zeros((len(self.filters), 1 if self.target.index else prod(shape)))
        return sums, sums.copy()

    @property
    def found(self) -> Influence:
        """The influence over the windows in which all filters have been replaced so far; at least one."""
        assert self._sums is not None
        of_change, of_square = (each / self.replaced_windows for each in self._sums)
        target = self.target
        means = np.mean([self._means[name] for name in self._nodes], axis=0)[[*self.filters]]
        return Influence(
            target.layer,
            target.index,
            target.logit,
            self.filters,
            means.astype(np.float32),
            of_change,
            np.sqrt(of_square),
            self.replaced_windows,
        )

    @property
    def too_short(self) -> int:
        """How many windows were too short for the network, and passed over."""
        return self._batches.too_short

    @property
    def has_ambiguous(self) -> bool:
        """Whether any of the others has an ambiguous letter."""
        return self._batches.has_ambiguous

    def _check(self, length: int) -> None:
        shape = known_axes(self._part.shapes_of(self.target.layer, length)[self.target.layer])
        if self.target.index:
            if any(at >= size for at, size in zip(self.target.index, shape, strict=True)):
                raise ShapeError(
                    f"has no value {self.target.name} in a window of {length:,} bases",
                    where=f"layer {self.target.layer}",
                    remedy="choose one that every window has",
                )
            return
        self._shape = self._shape or shape
        if shape != self._shape:
            raise ShapeError(
                "gives outputs of several shapes, since windows differ in length",
                where=f"layer {self.target.layer}",
                remedy="choose one value, or windows of one length",
            )
        if prod(shape) * len(self.filters) > _MOST_SUMS:
            raise ShapeError(
                f"gives {prod(shape):,} values, too many for {len(self.filters):,} filters each",
                where=f"layer {self.target.layer}",
                remedy="choose one of them",
            )

    def _run(
        self, windows: Sequence[ReadWindow], part: Model, kept: frozenset[str]
    ) -> Iterator[list[dict[str, Array]]]:
        """Yield what nodes give on windows of one length, those that are run together strand by strand."""
        for mine in together(windows, part, kept, _MOST_TOGETHER, _VALUES_TOGETHER):
            for strand in range(len(mine[0].strands)):
                yield run_windows(part, mine, strand, kept)


def influences(
    model: Model,
    windows: Iterable[InputWindow],
    block: Block | None = None,
    target: Target | None = None,
    filters: Sequence[int] | None = None,
    *,
    logit: bool | None = None,
    strands: Strands | str = Strands.FORWARD,
    progress: Progress = no_progress,
) -> Influence:
    """Return the influence of every filter of a block on an output.

    Args:
        model: The network.
        windows: The input windows, gone through twice.
        block: See `FilterInfluence`, as of the next ones.
        target: A value, or None for all of an output.
        filters: The filters, or None for all.
        logit: Without a target, whether the values before a last sigmoid or softmax are meant.
        strands: Which strands are read.
        progress: Told how many filters have been replaced in how many windows, multiplied, and of how many; it may
            raise to stop.

    Raises:
        CnnError: See `FilterInfluence`.
    """
    work = FilterInfluence(model, block, target, filters, logit=logit, strands=strands)
    for _ in work.average(windows):
        progress(0, 1)
    for done in work.replace(windows):
        progress(done, work.windows * len(work.filters))
    return work.found


def _all_of_output(model: Model, logit: bool | None) -> Target:
    """Return all values of the first output that can be computed, as a target without an index."""
    lost = model.unavailable()
    layer = next((name for name in model.outputs if name not in lost), None)
    if layer is None:
        raise ModelError(f"gives no output: {next(iter(lost.values()))}", where=model.name)
    before = has_logit(model[layer].layer)
    if logit and not before:
        raise SettingError(f"{layer} ends with no sigmoid or softmax, so there is no logit")
    return Target(layer, (), before if logit is None else logit)
