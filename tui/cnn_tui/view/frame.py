"""The frame of the tracks: which stretch of the bases is seen, and how wide a base is. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeVar

__all__ = ["ZOOMS", "Frame"]

ZOOMS: Final = (-64, -32, -16, -8, -4, -2, 1, 2, 4, 8)
"""Columns a base, or where negative, bases a column."""
_MARGIN: Final = 4

FrameT = TypeVar("FrameT", bound="Frame")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all tracks of a screen share; a view adds where its cursor stands.

    Attributes:
        zoom: An index of `ZOOMS`.
        offset: The base at the left edge of the tracks.
        columns: The width of the tracks.
        count: The digits typed before a step.
    """

    zoom: int = ZOOMS.index(1)
    offset: int = 0
    columns: int = 64
    count: str = ""

    @property
    def length(self) -> int:
        """How many bases there are."""
        raise NotImplementedError

    @property
    def reach(self) -> tuple[int, int]:
        """The bases that anything is drawn over, half-open; below 0 where there is padding."""
        raise NotImplementedError

    @property
    def cursor_span(self) -> tuple[int, int]:
        """The bases that the cursor covers, half-open."""
        raise NotImplementedError

    @property
    def sight(self) -> tuple[int, int]:
        """The bases to be seen with the cursor wherever all of them fit, half-open."""
        return self.cursor_span

    @property
    def at_end(self) -> bool:
        """Whether the cursor stands on the last place, to which what lies behind it belongs."""
        raise NotImplementedError

    def stepped(self: FrameT, by: int) -> FrameT:
        """Move the cursor along its own axis."""
        raise NotImplementedError

    def ended(self: FrameT, last: bool) -> FrameT:
        """Move to the first or the last place of that axis."""
        raise NotImplementedError

    @property
    def times(self) -> int:
        """How often a step is to be done: the count, or once."""
        return int(self.count or 1)

    @property
    def columns_per_base(self) -> int:
        """Columns that a base takes, 1 when zoomed out."""
        return max(1, ZOOMS[self.zoom])

    @property
    def bases_per_column(self) -> int:
        """Bases that a column stands for, 1 when zoomed in."""
        return max(1, -ZOOMS[self.zoom])

    @property
    def visible_bases(self) -> int:
        """How many bases the tracks show."""
        return max(1, self.columns * self.bases_per_column // self.columns_per_base)

    @property
    def _margin(self) -> int:
        """Bases that are left free on either side of what is shown."""
        return min(_MARGIN, min(self.columns, self.visible_bases) // 8) * self.bases_per_column

    @property
    def _covered_by_cursor(self) -> bool:
        """Whether the cursor is wider than the screen and all that is seen lies in it, but for what lies behind it."""
        first, last = self.cursor_span
        seen = first <= self.offset < last and last - first > self.visible_bases
        return seen and (self.at_end or last >= self.offset + self.visible_bases)

    def has_room_for(self, bases: int) -> bool:
        """Tell whether the tracks show so many bases, with a margin on either side."""
        return bases + 2 * self._margin <= self.visible_bases

    def column_of(self, base: int) -> int:
        """Return the column that a base begins at, counted from the left edge; it may lie outside."""
        return (base - self.offset) * self.columns_per_base // self.bases_per_column

    def base_at(self, column: int) -> int:
        """Return the first base of a column."""
        return self.offset + column * self.bases_per_column // self.columns_per_base

    def index_of_base(self, base: int) -> int:
        """Return the place at the level of bases that stands over a base: itself, where bases are what is read."""
        return base

    def zoomed(self: FrameT, by: int) -> FrameT:
        """Zoom in (above 0) or out, keeping the cursor where it is on screen as far as that goes."""
        zoom = min(max(self.zoom + by, 0), len(ZOOMS) - 1)
        centre = self.offset + self.visible_bases // 2 if self._covered_by_cursor else self.cursor_span[0]
        column = min(max(self.column_of(centre), 0), self.columns - 1)
        changed = replace(self, zoom=zoom)
        offset = centre - column * changed.bases_per_column // changed.columns_per_base
        return replace(changed, offset=offset).settled().shown(alone=True)

    def resized(self: FrameT, columns: int) -> FrameT:
        """Take another width."""
        return replace(self, columns=max(1, columns)).settled().shown()

    def scrolled(self: FrameT, columns: int) -> FrameT:
        """Move the tracks under a cursor that stays, by columns."""
        bases = columns * self.bases_per_column // self.columns_per_base
        return replace(self, offset=self.offset + bases).settled()

    def shown(self: FrameT, *, alone: bool = False) -> FrameT:
        """Scroll no more than it takes to show the cursor, and unless it alone matters what is to be seen with it."""
        return self.showing(*(self.cursor_span if alone else self.sight))

    def showing(self: FrameT, first: int, last: int) -> FrameT:
        """Scroll no more than it takes to show the cursor, and with it half-open bases wherever all of them fit."""
        own = self.cursor_span
        start, end = self.reach
        if self.at_end:
            own = own[0], max(own[1], end)
        step, margin = self.bases_per_column, self._margin
        first, last = min(own[0], first), max(own[1], last)
        # Whole columns may leave out less than a column of it at one end, where no margin makes up for that.
        if not self.has_room_for(last - first + max(0, step - 1 - margin)):
            first, last = own
        offset = self.offset
        if self._covered_by_cursor:
            return self.settled()
        if last + margin > offset + self.visible_bases:
            offset = start - (start - last - margin + self.visible_bases) // step * step
        # The left end wins where the span is wider than the screen.
        if first - margin < offset:
            offset = start + (first - margin - start) // step * step
        return replace(self, offset=offset).settled()

    def bringing(self: FrameT, first: int, last: int) -> FrameT:
        """Show half-open bases in the middle, or from the first on where not all of them fit."""
        fit = self.has_room_for(last - first)
        before = (self.visible_bases - (last - first)) // 2 if fit else self._margin
        return replace(self, offset=first - before).settled().showing(first, last)

    def centred(self: FrameT) -> FrameT:
        """Show the cursor with as much on its left as on its right, as far as the axis goes, if all of it fits."""
        first, last = self.cursor_span
        if self._covered_by_cursor:
            return self.settled()
        return replace(self, offset=(first + last - self.visible_bases) // 2).settled().shown()

    def settled(self: FrameT) -> FrameT:
        """Keep the tracks on the axis, and whole columns on whole steps of it."""
        leftmost, end = self.reach
        rightmost = max(leftmost, end - self.visible_bases)
        offset = min(max(self.offset, leftmost), rightmost)
        step = self.bases_per_column
        return replace(self, offset=leftmost + -(-(offset - leftmost) // step) * step)
