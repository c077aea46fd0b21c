"""Where hits of all filters stand along the visible bases, on both strands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from cnn_core import scan
from cnn_core.blocks.reading import Reading

from ..view.view_state import Axes, ViewState

if TYPE_CHECKING:
    from cnn_core.network.block import Block
    from cnn_core.network.model import Model
    from cnn_core.scan import HitThresholds
    from cnn_core.scan.hits import Hit

    from .visible_block import VisibleBlock

__all__ = [
    "ShownHit",
    "VisibleHits",
    "hit_thresholds",
    "keep_hit_thresholds",
    "last_hit_thresholds",
    "visible_hits",
]

_AT_ONCE: Final = 2
"""Filters of which it is worked out at once what makes a hit, such as where a weight was edited."""

_KNOWN: WeakKeyDictionary[Model, dict[Block, HitThresholds]] = WeakKeyDictionary()
_LAST: list[HitThresholds] = []
"""Those that became known last: filters that stayed the same are taken over from them."""


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit over the bases of a reading.

    Attributes:
        hit: The hit.
        first: The first base of its window, as the reading counts them.
        stop: One past the last.
        as_read: Whether it is on the strand that is read.
    """

    hit: Hit
    first: int
    stop: int
    as_read: bool

    def overlaps(self, first: int, stop: int) -> bool:
        """Tell whether any of its bases is among others, half-open."""
        return self.first < stop and first < self.stop


@dataclass(frozen=True, eq=False)
class VisibleHits:
    """The hits of the visible bases.

    Attributes:
        hits: The hits, those nearest to their filter's best match first.
        expected: How many random letters would have there; None where there are no p-values.
        thresholds: What makes a hit.
        both_strands: Whether both strands are looked through.
    """

    hits: tuple[ShownHit, ...]
    expected: float | None
    thresholds: HitThresholds
    both_strands: bool

    def over(self, first: int, stop: int, filter_index: int) -> list[ShownHit]:
        """Return the hits over some bases, those of a filter first."""
        found = [each for each in self.hits if each.overlaps(first, stop)]
        return sorted(found, key=lambda each: each.hit.filter != filter_index)


def hit_thresholds(reading: Reading) -> HitThresholds | None:
    """Return what makes a hit of each filter of a reading's block, or None where that is not known at once."""
    known = _KNOWN.get(reading.model, {}).get(reading.block)
    if known is None and scan.HitThresholds.filters_left(reading, last_hit_thresholds()) <= _AT_ONCE:
        known = scan.HitThresholds.of(reading, last_hit_thresholds())
        keep_hit_thresholds(reading, known)
    return known


def last_hit_thresholds() -> HitThresholds | None:
    """Return those that became known last, of which filters that stay the same can be taken over."""
    return _LAST[0] if _LAST else None


def keep_hit_thresholds(reading: Reading, thresholds: HitThresholds) -> None:
    """Keep what makes a hit of each filter of a reading's block as long as its model is there."""
    _KNOWN.setdefault(reading.model, {})[reading.block] = thresholds
    _LAST[:] = [thresholds]


def visible_hits(visible: VisibleBlock, thresholds: HitThresholds) -> VisibleHits:
    """Return the hits that stand over any visible base."""
    reading, view = visible.reading, visible.view
    first, stop = max(0, view.offset), min(reading.length, view.offset + view.visible_bases)
    found = _of_strand(thresholds, reading, first, stop)
    other = replace(reading, reverse=not reading.reverse)
    # On feature maps the other strand is another run of all layers before.
    both_strands = other.run.is_quick
    if both_strands:
        turned = _of_strand(thresholds, other, reading.length - stop, reading.length - first)
        found += [
            ShownHit(each.hit, reading.length - each.stop, reading.length - each.first, False) for each in turned
        ]
    best = thresholds.best
    found.sort(key=lambda each: (-each.hit.value / max(float(best[each.hit.filter]), 1e-30), each.first))
    expected = None
    if thresholds.chances is not None:
        windows = _windows(view, first, stop) * (1 + both_strands)
        expected = float(thresholds.chances.sum()) * windows
    return VisibleHits(tuple(found), expected, thresholds, both_strands)


def _of_strand(thresholds: HitThresholds, reading: Reading, first: int, stop: int) -> list[ShownHit]:
    """Return the hits over some bases of a reading, on the strand that it reads."""
    axes = Axes.of(reading.run)
    wide = axes.conv.span * axes.unit + axes.pool.span * axes.position_width
    hits = thresholds.hits(reading, axes.cell_at(first - wide), min(axes.cells, axes.cell_at(stop) + 2))
    shown = []
    for hit in hits:
        ends = reading.base_at(hit.start), reading.base_at(hit.stop - 1)
        each = ShownHit(hit, min(ends), max(ends) + 1, True)
        if hit.start < hit.stop and each.overlaps(first, stop):
            shown.append(each)
    return shown


def _windows(view: ViewState, first: int, stop: int) -> int:
    """Return how many windows of one strand lie over some bases."""
    axes = view.axes
    begin, width, span = axes.base_of_position(0), axes.position_width, axes.conv.span * axes.unit
    before = max(0, -(-(first - span + 1 - begin) // width))
    behind = min(axes.positions, -(-(stop - begin) // width))
    return max(0, behind - before)
