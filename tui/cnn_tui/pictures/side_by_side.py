"""Two readings side by side: what the tracks draw of A, of B and of A − B, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.trace import pool_step

from ..opening.versus import Versus
from ..view.view_state import Axes, EditsShown, Level, Side, ViewState
from ..words.block_words import filter_title
from ..words.change_words import explain_moved
from ..words.comparison_words import (
    explain_both,
    explain_letters,
    explain_no_output,
    explain_selections,
    names_of,
    outputs_of,
)
from ..words.shapes import Lines
from .block_picture import Picture
from .comparison import Comparison
from .visible_block import VisibleBlock

if TYPE_CHECKING:
    from cnn_core.layers import Sliding

__all__ = ["SideBySide"]


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Three pictures of one view.

    Attributes:
        versus: What stands beside.
        a: What is shown of the reading, on the scale of both.
        difference: The same, less what is shown of the other one.
        b: What is shown of the other one, over the same columns.
    """

    versus: Versus
    a: Picture
    difference: Picture
    b: Picture

    @classmethod
    def of(cls, picture: Picture, versus: Versus, before: SideBySide | None = None) -> SideBySide:
        """Return the pictures of a view, keeping what is visible of those before where it is the same.

        Args:
            picture: What is shown of the reading.
            versus: What stands beside it.
            before: What was shown so far.
        """
        chosen = versus.filter
        axes = Axes.of(versus.reading.run)
        followed = None if axes == picture.view.axes else picture.marked
        view = picture.view.beside(axes, chosen, followed)
        known = [picture.visible, *([before.b.visible] if before is not None else [])]
        visible = VisibleBlock.of(versus.reading, view, known)
        comparison = Comparison(picture.visible, visible, chosen)
        if before is not None and (kept := before.difference.comparison) is not None and kept.is_of(comparison):
            comparison = kept
        ours = replace(picture.view, edits=EditsShown.DIFFERENCE, side=Side.DIFFERENCE)
        # Bars are as tall in A as in B.
        filters = slice(None) if chosen is None else slice(view.filter, view.filter + 1)
        own = slice(None) if chosen is None else slice(ours.filter, ours.filter + 1)
        mine, theirs = picture.run.extremes, versus.reading.run.extremes
        a = replace(picture, wider=(theirs.lowest[filters], theirs.highest[filters]))
        b = Picture(view, visible, wider=(mine.lowest[own], mine.highest[own]))
        return cls(versus, a, Picture(ours, picture.visible, comparison), b)

    @property
    def view(self) -> ViewState:
        """What is looked at in A."""
        return self.a.view

    @property
    def comparison(self) -> Comparison:
        """A against B."""
        assert self.difference.comparison is not None
        return self.difference.comparison

    @cached_property
    def names(self) -> tuple[str, str]:
        """What A and B are."""
        return names_of(self.versus.kind, self.a.shown, self.b.shown, (self.view.filter, self.b.view.filter))

    @property
    def outputs(self) -> str:
        """The outputs of both and their difference, as far as they are computed."""
        return outputs_of(self.a.shown, self.b.shown)

    @property
    def mapped(self) -> Picture:
        """What the heat maps of all filters draw: the difference, where positions and cells can be subtracted."""
        return self.difference if self.comparison.cells_match else self.a

    @cached_property
    def not_subtracted(self) -> str:
        """Why cells, or positions and cells, are not subtracted; nothing where they are."""
        mine, theirs = self.view.axes, self.b.view.axes
        if self.comparison.cells_match:
            return ""
        if self.comparison.positions_match:
            return f"cells of {_size(mine.pool)} and of {_size(theirs.pool)} are not subtracted"
        return "positions over other bases are not subtracted"

    def place(self, level: Level) -> tuple[int, int]:
        """Return the cell or the position under the cursor in A, and the one in B that it stands beside.

        Where the two can be subtracted they are the same one, even if B has none there.
        """
        mine, theirs = self.view, self.b.view
        if level is Level.CELL:
            return mine.cell, mine.cell if self.comparison.cells_match else theirs.cell
        return mine.position, mine.position if self.comparison.positions_match else theirs.position

    def values(self, level: Level) -> tuple[float, float | None]:
        """Return the values of that cell or position in A and in B, None where B has none."""
        here, there = self.place(level)
        value = _value(self.a.run, level, here, self.view.filter)
        assert value is not None
        return value, _value(self.b.run, level, there, self.b.view.filter)

    def sentences(self) -> Lines:
        """Return what is to be said of both, the value under the cursor first."""
        view, words = self.view, self.a.words
        level = Level.CELL if view.level is Level.CELL else Level.RESPONSE
        (here, there), (mine, theirs) = self.place(level), self.values(level)
        match = self.comparison.cells_match if level is Level.CELL else self.comparison.positions_match
        own, other = (each.pooled if level is Level.CELL else each.conv for each in (words, self.b.words))
        of = "" if self.versus.filter is not None else f" of {filter_title(self.a.run, view.filter)}"
        told: list[str] = []
        if view.level is Level.BASE and not words.deep:
            told += explain_letters(view.base, self.a.shown, self.b.shown)
        told.append(explain_both(f"{own}[{here}]{of}", mine, theirs, "" if match else f"{other}[{there}]"))
        if match and level is Level.CELL and theirs is not None and self.a.visible.selections is not None:
            steps = pool_step(self.a.run, here, view.filter), pool_step(self.b.run, there, self.b.view.filter)
            if steps[1].selection is not None:
                told += explain_selections(words.conv, *steps)
        told += filter(None, (self.outputs, self.not_subtracted))
        told += explain_no_output(self.a.shown, self.b.shown)
        if self.versus.kind in ("strand", "record"):
            told.append(_BY_INDEX[self.versus.kind])
        if self.versus.kind in ("edit", "original"):
            told += explain_moved(self.a.shown, self.b.shown)
        if self.a.shown.length != self.b.shown.length and not self.not_subtracted:
            told.append("where only one of them has a value, nothing is subtracted")
        return tuple(told)


_BY_INDEX = {
    "strand": "each strand is read in its own direction: base 0 of A is the partner of the last base of B",
    "record": "base 0 of both is the first that is read",
}
"""How the axes of two readings lie over each other, where that is not plain."""


def _size(pool: Sliding) -> str:
    return f"{pool.size}" if pool.stride == pool.size else f"{pool.size} every {pool.stride}"


def _value(run: BlockRun, level: Level, index: int, filter_index: int) -> float | None:
    is_cell = level is Level.CELL
    if index >= (run.cells if is_cell else run.positions):
        return None
    return float((run.values if is_cell else run.activations)(index, index + 1)[0, filter_index])
