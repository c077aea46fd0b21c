"""What is looked at: one frozen state and the pure functions that step it. No terminal, no model, no letters.

Every step can be tested without a screen. All tracks share the one offset and the one zoom kept here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from .axes import Axes, clamped
from .comparison_side import Side
from .edit_view import EditsShown, Typing
from .frame import ZOOMS, Frame

if TYPE_CHECKING:
    from .play import Play
    from .weight_cursor import WeightCursor

__all__ = ["ZOOMS", "Axes", "EditsShown", "Level", "Scale", "Side", "Subject", "Typing", "ViewState"]


class Level(StrEnum):
    """What the cursor stands on."""

    CELL = "cell"
    RESPONSE = "response"
    BASE = "base"
    """A base, or of a block that reads feature maps a position of the layer that they are of."""

    @property
    def noun(self) -> str:
        """What its values are called."""
        return "activation" if self is Level.RESPONSE else str(self)


class Subject(StrEnum):
    """Whose strongest cells the overview shows."""

    AUTOMATIC = "this filter, where there is room"
    FILTER = "this filter"
    ALL = "all filters"
    NOTHING = "nothing"


class Scale(StrEnum):
    """What the strongest colour stands for."""

    FILTER = "this filter"
    LAYER = "this layer"


@dataclass(frozen=True, slots=True)
class ViewState(Frame):
    """Everything that a picture of the explorer depends on, beside the reading itself.

    Attributes:
        axes: The axes of the block.
        level: What the cursor stands on.
        filter: The chosen filter.
        cell: The cell under the cursor, or the one that the response belongs to.
        position: The response under the cursor, or the one that the base belongs to; at the level of cells the
            one that the last trace went through.
        base: The base under the cursor, or the position that the convolution reads.
        scale: What the strongest colour stands for.
        pattern: The letters searched for.
        sought: The base that was gone to, which the ruler marks, or None.
        play: How far the demonstration of a pool window has come, or None.
        covered: The tracks that a lesson covers: all of them, or with `here` behind what stands over `covered_cell`.
        covered_cell: That cell.
        anchor: The base that the cursor stays at while settings change, or None before the first change: each
            change rounds to a place of its own, and the next must not round that place again.
        typing: Where the next letter is typed, or None where keys are commands; then the cursor stands on bases.
        edits: Which of the edited and the original values are shown, where there are edits.
        weighing: The weight of the filter card that keys edit, or None where keys are commands.
        side: Which of two readings it is of, where they stand side by side.
        named: Whether filters are called by the known motif that they resemble, marked as a resemblance.
        hits: Whether the hits of all filters are shown.
        flipped: Whether a logo is of the reverse complement.
    """

    axes: Axes
    level: Level = Level.CELL
    filter: int = 0
    cell: int = 0
    position: int = 0
    base: int = 0
    scale: Scale = Scale.FILTER
    pattern: str = ""
    sought: int | None = None
    play: Play | None = None
    covered: tuple[str, ...] = ()
    covered_cell: int = 0
    anchor: int | None = None
    typing: Typing | None = None
    edits: EditsShown = EditsShown.EDITED
    weighing: WeightCursor | None = None
    side: Side = Side.ALONE
    named: bool = False
    hits: bool = False
    flipped: bool = False

    @property
    def filling(self) -> int | None:
        """The cell that the demonstration has not filled yet, or None."""
        return None if self.play is None or self.play.is_filled else self.play.cell

    @property
    def index(self) -> int:
        """The cursor's place on the axis of its level."""
        return {Level.CELL: self.cell, Level.RESPONSE: self.position, Level.BASE: self.base}[self.level]

    @property
    def extent(self) -> int:
        """How many places the axis of the cursor's level has."""
        return {
            Level.CELL: self.axes.cells,
            Level.RESPONSE: self.axes.positions,
            Level.BASE: self.axes.length,
        }[self.level]

    @property
    def length(self) -> int:
        """Bases of the input."""
        return self.axes.bases

    @property
    def reach(self) -> tuple[int, int]:
        """The bases that anything is drawn over, half-open; below 0 where there is padding."""
        return self.axes.first, self.axes.last

    @property
    def at_end(self) -> bool:
        """Whether the cursor stands on the last place of its level, to which the tail belongs."""
        return self.index == self.extent - 1

    @property
    def cursor_span(self) -> tuple[int, int]:
        """The bases that the cursor covers, half-open."""
        if self.typing is not None:
            return self.typing.base, self.typing.base + 1
        if self.level is Level.BASE:
            return self.axes.base_of_input(self.base), self.axes.base_of_input(self.base + 1)
        if self.level is Level.RESPONSE:
            first = self.axes.base_of_position(self.position)
            return first, first + self.axes.conv.span * self.axes.unit
        first = self.axes.base_of_cell(self.cell)
        return first, first + self.axes.cell_width

    @property
    def sight(self) -> tuple[int, int]:
        """The bases that the value under the cursor depends on; of a base, those of the response named with it."""
        axes = self.axes
        first = last = self.position
        if self.level is Level.CELL:
            positions = axes.pool.window(self.cell, axes.positions).positions
            first, last = positions[0], positions[-1]
        return axes.base_of_position(first), axes.base_of_position(last) + axes.conv.span * axes.unit

    # Steps. Each returns another state; none goes where nothing is.

    def stepped(self, by: int) -> ViewState:
        """Move by places of the cursor's own level; while letters are typed, by bases."""
        return self.at(self.index + by) if self.typing is None else self.typing_at(self.typing.base + by)

    def played(self, play: Play | None) -> ViewState:
        """Show a moment of the demonstration: the cursor stands on its cell."""
        if play is None:
            return replace(self, play=None)
        positions = self.axes.pool.window(play.cell, self.axes.positions).positions
        at = replace(self.ended_typing(), level=Level.CELL, cell=play.cell, position=positions[play.nth], play=play)
        at = at.shown()
        # Of a cell wider than the screen, what is looked at is seen.
        return at.revealing(at.position) if self.axes.cell_width > self.visible_bases else at

    def at(self, index: int) -> ViewState:
        """Move to a place of the cursor's own level, or the nearest there is; that ends the demonstration."""
        place = clamped(index, self.extent)
        if self.level is Level.CELL:
            moved = replace(self, cell=place)
        elif self.level is Level.RESPONSE:
            moved = replace(self, position=place, cell=self._cell_for(place))
        else:
            position = self._position_for(place)
            typing = self.typing and replace(self.typing, base=max(0, self.axes.base_of_input(place)))
            moved = replace(self, base=place, position=position, cell=self._cell_for(position), typing=typing)
        return replace(moved, play=None, anchor=None).shown()

    def ended(self, last: bool) -> ViewState:
        """Move to the first or the last place of the cursor's own level."""
        return self.at(self.extent - 1 if last else 0)

    def paged(self, by: int) -> ViewState:
        """Move by screenfuls."""
        axes = self.axes
        span = {Level.CELL: axes.cell_width, Level.RESPONSE: axes.position_width, Level.BASE: axes.unit}[self.level]
        return self.stepped(by * max(1, self.visible_bases // span))

    def index_of_base(self, base: int) -> int:
        """Return the place at the level of bases that stands over a base, or the nearest there is."""
        return self.axes.input_at(base)

    def to_filter(self, number: int) -> ViewState:
        """Choose a filter, or the nearest there is."""
        return replace(self, filter=clamped(number, self.axes.filters))

    def down(self, followed: int | None) -> ViewState:
        """Go down to what the value under the cursor was computed from.

        Args:
            followed: The response that the trace of the cell goes on to; None takes the first of its pool window.
        """
        if self.level is Level.CELL:
            window = self.axes.pool.window(self.cell, self.axes.positions).positions
            position = window[0] if followed is None else followed
            return replace(self, level=Level.RESPONSE, position=position, anchor=None).shown()
        if self.level is Level.RESPONSE:
            bases = self.axes.conv.window(self.position, self.axes.length).positions
            return replace(self, level=Level.BASE, base=bases[0] if bases else 0, anchor=None).shown()
        return self

    def up(self) -> ViewState:
        """Go back up to what is computed from the value under the cursor."""
        if self.level is Level.CELL:
            return self
        level = Level.RESPONSE if self.level is Level.BASE else Level.CELL
        above = replace(self.ended_typing(), level=level, cell=self._cell_for(self.position), anchor=None)
        return above.shown()

    def on(self, level: Level, index: int) -> ViewState:
        """Put the cursor on a place of another level."""
        view = self if level is Level.BASE else self.ended_typing()
        return replace(view, level=level).at(index)

    def typing_at(self, base: int) -> ViewState:
        """Let letters be typed at a base, or the nearest there is."""
        base = clamped(base, self.length)
        moved = self.on(Level.BASE, self.axes.input_at(base))
        return replace(moved, typing=replace(self.typing or Typing(base), base=base)).shown()

    def ended_typing(self) -> ViewState:
        """Let keys be commands again."""
        return self if self.typing is None else replace(self, typing=None)

    def over_base(self, base: int) -> ViewState:
        """Put the cursor over a base, at its own level."""
        at = {Level.CELL: self.axes.cell_at, Level.RESPONSE: self.axes.position_at, Level.BASE: self.axes.input_at}
        return self.at(at[self.level](base))

    def over_letters(self, first: int, count: int) -> ViewState:
        """Put the cursor over letters: the response named with a base is the one whose window begins there.

        Where some of them are seen already, the tracks move as little as shows all; else they come to stand in the
        middle.

        Args:
            first: The base of the first letter.
            count: How many they are; where not all of them fit, they are shown from the first on.
        """
        over = self.over_base(first)
        if self.level is Level.BASE:
            position = self.axes.position_at(first)
            over = replace(over, position=position, cell=over._cell_for(position)).shown()
        last = first + count
        over = replace(over, sought=first)
        seen = self.offset < last and first < self.offset + self.visible_bases
        return over.showing(first, last) if seen and self.has_room_for(count) else over.bringing(first, last)

    def revealing(self, position: int) -> ViewState:
        """Show the window of a response that a cell wider than the screen selected."""
        first = self.axes.base_of_position(position)
        last = first + self.axes.conv.span * self.axes.unit
        seen = self.offset <= first and last <= self.offset + self.visible_bases
        return self if seen else self.bringing(first, last)

    def gone_to(self, level: Level, index: int) -> ViewState:
        """Go to a place of another level; the ruler marks the base over which it begins."""
        moved = self.on(level, index)
        return replace(moved, sought=max(0, moved.cursor_span[0]))

    def rescaled(self) -> ViewState:
        """Take the other colour scale."""
        return replace(self, scale=Scale.LAYER if self.scale is Scale.FILTER else Scale.FILTER)

    def fitted(self) -> ViewState:
        """Zoom out until a window and a cell fit on the screen; a base a column is as near as it gets."""
        span = max(self.axes.cell_width, self.axes.conv.span * self.axes.unit)
        zoom = ZOOMS.index(1)
        while zoom > 0 and span > self.columns * max(1, -ZOOMS[zoom]):
            zoom -= 1
        return self.zoomed(zoom - self.zoom)

    def with_axes(self, axes: Axes) -> ViewState:
        """Take other axes, such as after a change of stride, and stay as near to the same bases as can be."""
        if axes == self.axes:
            return self
        held = self.cursor_span[0] if self.anchor is None else self.anchor
        first = held if self.level is Level.CELL else self.axes.base_of_cell(self.cell)
        read = self.axes.base_of_position(self.position) if self.level is Level.BASE else held
        moved = replace(
            self,
            axes=axes,
            filter=clamped(self.filter, axes.filters),
            cell=axes.cell_at(first),
            position=axes.position_at(read),
            base=axes.input_at(held if self.level is Level.BASE else self.axes.base_of_input(self.base)),
        )
        return replace(moved.settled().at(moved.index), anchor=held)

    def beside(self, axes: Axes, filter_index: int | None = None, followed: int | None = None) -> ViewState:
        """Return the view of what stands beside: the same columns, and its cursor over the same bases.

        Args:
            axes: Its axes.
            filter_index: The filter that is looked at there; None is the same.
            followed: The position that the cell under the cursor selected, over which another cell stands there.
        """
        chosen = self.filter if filter_index is None else filter_index
        view = replace(self, filter=chosen, edits=EditsShown.EDITED, side=Side.B)
        if axes == self.axes:
            return view
        mine = self.axes
        over = mine.base_of_cell(self.cell) if followed is None else mine.base_of_position(followed)
        return replace(
            view,
            axes=axes,
            cell=axes.cell_at(over),
            position=axes.position_at(mine.base_of_position(self.position)),
            base=axes.input_at(mine.base_of_input(self.base)),
            play=None,
            typing=None,
            covered=(),
            anchor=None,
        )

    def _cell_for(self, position: int) -> int:
        """Return the cell to name with a response: the present one if it reads it, or the first that does."""
        if self.axes.reads(self.cell, position):
            return self.cell
        cell = self.axes.cell_of(position)
        return self.axes.cell_at(self.axes.base_of_position(position)) if cell is None else cell

    def _position_for(self, base: int) -> int:
        """Return the response to name with a base: the present one if it reads it, or the nearest that does."""
        if base in self.axes.conv.window(self.position, self.axes.length).positions:
            return self.position
        readers = self.axes.conv.readers(base, self.axes.length)
        if not readers:
            return self.position
        return min(readers, key=lambda position: abs(position - self.position))
