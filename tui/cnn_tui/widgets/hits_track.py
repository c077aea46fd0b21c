"""Where the hits of all filters stand along the letters, a box each, and what the one under the cursor is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.reactive import reactive
from textual.strip import Strip

from .. import words
from ..pictures.colours import style
from ..view.view_state import Level
from .track import Place, Track

if TYPE_CHECKING:
    from ..pictures import ShownHit
    from ..pictures.block_picture import Picture
    from ..pictures.motif_picture import MotifPicture
    from .strips import Row

__all__ = ["HitsTrack"]

_AS_READ, _OTHER = "▶", "◀"


class HitsTrack(Track["Picture"]):
    """Boxes in the colour of their filter, the strongest in the first line that has room, and a line of words."""

    term = "hit"
    DEFAULT_CSS = """
    HitsTrack { display: none; }
    """
    motifs: reactive[MotifPicture | None] = reactive(None, repaint=False)
    """The filters as motifs, whose names they have where that is asked for; bound to the screen's."""

    unknown_hits: reactive[str] = reactive("", repaint=False)
    """What is said instead of hits, until it is known what makes one; bound to the screen's."""

    def watch_unknown_hits(self) -> None:
        """Say how far that is, or show the hits."""
        self.refresh()

    def watch_motifs(self) -> None:
        """Show what more names are known."""
        if self.picture is not None and self.picture.view.named:
            self.refresh()

    def looks_alike(self, before: Picture, after: Picture) -> bool:
        """Tell whether two pictures have the same hits, and the cursor on the same."""
        mine, others = (
            (each.view.filter, each.view.cursor_span, each.view.named, each.view.side) for each in (before, after)
        )
        return before.visible is after.visible and mine == others

    def _lines(self, picture: Picture) -> tuple[list[list[tuple[ShownHit, int, int]]], int]:
        """Return the boxes of each line with their columns, and how many hits have no room."""
        lines: list[list[tuple[ShownHit, int, int]]] = [[] for _ in range(max(0, self.size.height - 1))]
        taken = [[False] * (picture.view.columns + 1) for _ in lines]
        left_out = 0
        hits = picture.visible.hits
        for each in () if hits is None else hits.hits:
            start, stop = self.columns_of(each.first, each.stop, picture)
            for boxes, columns in zip(lines, taken, strict=True):
                # A column is left free, so that two of a filter are two.
                if start < stop and not any(columns[max(0, start - 1) : stop + 1]):
                    columns[start:stop] = [True] * (stop - start)
                    boxes.append((each, start, stop))
                    break
            else:
                left_out += 1
        return lines, left_out

    def name_of(self, filter_index: int, picture: Picture) -> str:
        """Return what a filter is called: by what it resembles where that is asked for, its own name, or nothing."""
        return picture.called(filter_index, self.motifs)

    def label_line(self, y: int, picture: Picture) -> Strip:
        """Return how many there are, how many chance would give, and how many have no room."""
        hits = picture.visible.hits
        if hits is None:
            return self.label_strip("hits" if y == 0 else "")
        by_p = hits.expected is not None
        if y == 0:
            return self.label_strip(words.count_of_hits(len(hits.hits), by_p=by_p))
        if y == self.size.height - 1:
            left_out = self._lines(picture)[1]
            return self.label_strip(f"+{left_out:,} not drawn" if left_out else "")
        if y == 1:
            return self.label_strip("" if hits.expected is None else words.by_chance(hits.expected))
        return self.label_strip("")

    def line(self, y: int, picture: Picture) -> Strip:
        """Return a line of boxes, or the words under them."""
        row = self.row(picture)
        if y == self.size.height - 1:
            palette = self.palette
            chosen = self._chosen(picture)
            said = next((each for each in self._ways(picture) if len(each) <= picture.view.columns), "")
            row.write(said, 0, style(palette.text if chosen else palette.dim, palette.ground))
            return row.strip()
        chosen = self._chosen(picture)
        for each, start, stop in self._lines(picture)[0][y]:
            self._draw(row, each, start, stop, picture, is_chosen=bool(chosen) and each is chosen[0])
        return row.strip()

    def _draw(self, row: Row, each: ShownHit, start: int, stop: int, picture: Picture, *, is_chosen: bool) -> None:
        palette, index = self.palette, each.hit.filter
        glyph, width = _AS_READ if each.as_read else _OTHER, stop - start
        label = next(
            (label for label in (self.name_of(index, picture), str(index)) if label and len(label) < width), ""
        )
        fill = ("━" if is_chosen else "─") if self.monochrome else " "
        text = f"{glyph}{label:{fill}<{width - 1}}" if each.as_read else f"{label:{fill}>{width - 1}}{glyph}"
        ground = palette.selected if is_chosen else palette.tint(index)
        look = style(palette.text, palette.ground, bold=is_chosen)
        if not self.monochrome:
            look = style(palette.ink(ground), ground, bold=is_chosen)
        row.write(text, start, look)

    def _chosen(self, picture: Picture) -> list[ShownHit]:
        """Return the hits under the cursor: the chosen filter's first, then those nearest to their best match."""
        hits = picture.visible.hits
        return [] if hits is None else hits.over(*picture.view.cursor_span, picture.view.filter)

    def _ways(self, picture: Picture) -> list[str]:
        """Return what is said of the hit under the cursor, or of all, the longest first."""
        hits, chosen = picture.visible.hits, self._chosen(picture)
        if hits is None:
            return [self.unknown_hits]
        if chosen:
            more = f", and {len(chosen) - 1} more here" if len(chosen) > 1 else ""
            said = self.told(chosen[0], picture)
            return [f"{said}{more}", said, said.partition(" at ")[0]]
        by_p = hits.expected is not None
        return [*words.no_hit_here(len(hits.hits), by_p=by_p, both_strands=hits.both_strands)]

    def told(self, each: ShownHit, picture: Picture) -> str:
        """Return the filter of a hit, its strand and place, and its p-value or its value."""
        hits = picture.visible.hits
        p = None if hits is None else hits.thresholds.p_of(each.hit)
        return words.explain_hit(each.hit, self.name_of(each.hit.filter, picture), p)

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the hit under a pointer: its cell, or on the other strand its bases."""
        if y >= self.size.height - 1:
            return None
        for each, start, stop in self._lines(picture)[0][y]:
            if start <= column < stop:
                said, hit = self.told(each, picture), each.hit
                if not each.as_read:
                    return Place(Level.BASE, picture.view.index_of_base(each.first), hit.filter, said)
                if hit.position is None:
                    return Place(Level.CELL, hit.cell, hit.filter, said)
                return Place(Level.RESPONSE, hit.position, hit.filter, said)
        return None
