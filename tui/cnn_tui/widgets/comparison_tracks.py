"""What stands beside a reading, under its tracks: A − B, and the tracks of B; over all of them, what A and B are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.strip import Strip

from ..pictures.colours import style
from ..view.track_sizes import GUTTER
from ..view.view_state import Level
from ..words.shortening import shortened
from .bases import Bases
from .drawing import Drawing
from .feature_map import FeatureMap, Selected
from .pooled_cells import Pooled
from .track import Track

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from ..pictures.side_by_side import SideBySide
    from ..view.track_sizes import Arrangement

__all__ = ["ComparisonTracks", "Sides"]


class Sides(Drawing["SideBySide"]):
    """One line: what A and B are, and their outputs where there is room."""

    DEFAULT_CSS = """
    Sides { height: 1; }
    """

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        plain = style(self.palette.text, self.palette.ground)
        bold = style(self.palette.text, self.palette.ground, bold=True)
        width, picture = self.size.width - 1, self.picture
        if picture is None or y:
            return Strip.blank(self.size.width, plain)
        (mine, theirs), outputs = picture.names, picture.outputs
        gutter = f"{'side by side':<{GUTTER}}"
        whole = cell_len(f"{gutter}A {mine}  B {theirs}   {outputs}")
        if whole > width:
            gutter = ""
        if whole - GUTTER > width:
            outputs = ""
        room = (width - cell_len(gutter) - len("A   B ")) // 2
        if cell_len(f"{gutter}A {mine}  B {theirs}") > width:
            # What one of them leaves, the other has.
            spare = max(0, room - cell_len(mine)), max(0, room - cell_len(theirs))
            mine, theirs = shortened(mine, room + spare[1]), shortened(theirs, room + spare[0])
        dim = style(self.palette.dim, self.palette.ground)
        line = [Segment(gutter, dim), Segment("A ", bold), Segment(mine, plain), Segment("  B ", bold)]
        line.append(Segment(theirs, plain))
        used = sum(segment.cell_length for segment in line)
        if outputs:
            line.append(Segment(f"{' ' * max(3, width - used - cell_len(outputs))}{outputs}", bold))
        return Strip(line)


class ComparisonTracks(Vertical):
    """A − B of the chosen filter, and the tracks of B."""

    DEFAULT_CSS = """
    ComparisonTracks { height: auto; }
    ComparisonTracks Other { height: auto; }
    """
    split: reactive[SideBySide | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""
    difference: reactive[Picture | None] = reactive(None, repaint=False)
    """A − B."""
    arrangement: reactive[Arrangement | None] = reactive(None, repaint=False)
    """What lines there are."""

    def compose(self) -> ComposeResult:
        """Yield the tracks."""
        for track in (FeatureMap, Pooled):
            yield track().data_bind(picture=ComparisonTracks.difference)
        yield Other().data_bind(ComparisonTracks.split)

    def watch_split(self) -> None:
        """Let the tracks show it."""
        if self.split is not None:
            self.difference = self.split.difference

    def on_mount(self) -> None:
        """Take the lines that there are."""
        self.watch_arrangement()

    def watch_arrangement(self) -> None:
        """Give every track its lines."""
        arrangement = self.arrangement
        if arrangement is None or not self.children:
            return
        self.display = arrangement.beside > 0
        for part in (self.query(FeatureMap).first(), self.query_one(Other)):
            part.styles.margin = (arrangement.apart_sides, 0, 0, 0)
        self.query(FeatureMap).first().styles.height = arrangement.beside
        self.query_one(Other).lines = arrangement.beside


class Other(Vertical):
    """The tracks of B."""

    split: reactive[SideBySide | None] = reactive(None, repaint=False)
    """What is shown; bound to that of all that stands beside."""
    picture: reactive[Picture | None] = reactive(None, repaint=False)
    """What is shown of B."""
    lines: reactive[int] = reactive(1, repaint=False)
    """Lines of the feature map."""

    def compose(self) -> ComposeResult:
        """Yield the tracks."""
        for track in (Bases, FeatureMap, Selected, Pooled):
            yield track().data_bind(Other.picture)

    def watch_split(self) -> None:
        """Let the tracks show it."""
        if self.split is not None:
            self.picture = self.split.b

    def on_mount(self) -> None:
        """Take the lines that there are."""
        self.watch_lines()

    def watch_lines(self) -> None:
        """Give the feature map its lines."""
        self.query(FeatureMap).set_styles(height=self.lines)

    @on(Track.Pressed)
    def press(self, event: Track.Pressed) -> None:
        """Put the cursor of A over the bases that were pressed in B."""
        split, level = self.split, event.place.level
        if split is None or level is None or split.b.view.axes == split.view.axes:
            return
        event.stop()
        mine, theirs = split.view.axes, split.b.view.axes
        to, of = {
            Level.CELL: (mine.cell_at, theirs.base_of_cell),
            Level.RESPONSE: (mine.position_at, theirs.base_of_position),
            Level.BASE: (mine.input_at, theirs.base_of_input),
        }[level]
        assert self.parent is not None
        self.parent.post_message(Track.Pressed(replace(event.place, index=to(of(event.place.index)))))
