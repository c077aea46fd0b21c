"""The strongest cells of the whole record: stepped through key by key, or chosen in a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from textual import on
from textual.message import Message

from cnn_core.block_reading import BlockReading
from cnn_core.errors import printable
from cnn_core.model import Model

from ..numbers import number
from ..opening import OpenRequest
from ..pacing import Pacing
from ..strongest_cells import Ranking, StrongestCells, cell_of_hit, place_of_hit
from ..view import Axes, Level
from ..widgets.overview import OverviewTrack
from ..widgets.status import Status
from .overview import Overviews

if TYPE_CHECKING:
    from cnn_core.strongest import Hit

    from .strongest import Chosen

__all__ = ["Rankings"]

_WORKING: Final = "ranking the cells of both strands …"


@dataclass(frozen=True, eq=False)
class _Shown:
    """The hit that was gone to last, and where the cursor stood then."""

    ranking: Ranking
    rank: int
    reading: BlockReading
    level: Level
    index: int


class Rankings(Overviews):
    """Goes to the strongest cells."""

    class Ranked(Message):
        """A ranking has come further."""

        def __init__(self, wanted: Callable[[], bool], words: str) -> None:
            super().__init__()
            self.wanted = wanted
            self.words = words

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._strongest_cells = StrongestCells()
        self._hit_shown: _Shown | None = None

    def action_strongest(self, direction: int) -> None:
        """Go to the next strongest cell of the filter, or to the one before, on either strand."""
        picture = self.picture
        if picture is None:
            return
        reading, own, chosen = picture.reading, self.own_model or picture.reading.model, picture.view.filter
        known = self._strongest_cells.known(reading, own, chosen)
        if known is not None:
            self._step_ranking(known, direction)
            return

        def find(keep_on: Callable[[], bool]) -> Ranking | None:
            def tell(words: str) -> None:
                self.post_message(self.Ranked(keep_on, words))

            pacing = Pacing(tell, 2 * len(reading.record))
            return self._strongest_cells.find(reading, own, chosen, keep_on, pacing)

        def show(ranking: Ranking | None) -> None:
            if ranking is not None:
                self._step_ranking(ranking, direction)

        self.begin(_WORKING, find, show)

    @on(Ranked)
    def take_progress(self, event: Ranked) -> None:
        """Say how far a ranking is, unless it is no longer wanted."""
        status = self.query_one(Status)
        if event.wanted() and status.working.startswith(_WORKING):
            status.working = f"{_WORKING} {event.words}"

    def _step_ranking(self, ranking: Ranking, direction: int) -> None:
        picture = self.picture
        if picture is None or picture.view.filter != ranking.filter:
            return
        if not ranking.hits:
            self.say("every cell of this filter is silent, on both strands")
            return
        here = self._rank_here(ranking)
        if here is None:
            rank = 0 if direction > 0 else len(ranking.hits) - 1
        else:
            rank = (here + direction) % len(ranking.hits)
        self.show_hit(ranking, rank)

    def _rank_here(self, ranking: Ranking) -> int | None:
        """Return the rank of the cell under the cursor, or None where it has none or the cursor is on no cell."""
        picture, shown = self.picture, self._hit_shown
        if picture is None:
            return None
        reading, view = picture.reading, picture.view
        if (
            shown is not None
            and shown.ranking is ranking
            and (shown.reading is reading and (shown.level, shown.index) == (view.level, view.index))
            and ranking.hits[shown.rank].filter == view.filter
        ):
            return shown.rank
        if view.level is not Level.CELL:
            return None
        mine = (
            rank
            for rank, hit in enumerate(ranking.hits)
            if hit.filter == view.filter and cell_of_hit(reading, ranking, hit) == view.cell
        )
        return next(mine, None)

    def show_hit(self, ranking: Ranking, rank: int, words: str = "") -> None:
        """Go to a hit: to its strand, its filter and its cell, moving the input window where it is not in it.

        Args:
            ranking: The ranking that it stands in.
            rank: Its place there, from 0.
            words: What the status line says of it; nothing says its rank.
        """
        picture = self.picture
        if picture is None:
            return
        hit = ranking.hits[rank]
        place = place_of_hit(picture.reading, ranking, hit)
        view = picture.view.to_filter(hit.filter)
        words = words or self._hit_words(ranking, rank, hit)
        self._hit_shown = _Shown(ranking, rank, place.reading, place.level, place.index)
        if place.reading is picture.reading:
            self.stop_play()
            self.show_view(view.on(place.level, place.index).centred())
            self.say(words)
        else:
            there = view.with_axes(Axes.of(place.reading.run)).on(place.level, place.index).centred()
            self.read_again(place.reading, there, words)

    @staticmethod
    def _hit_words(ranking: Ranking, rank: int, hit: Hit) -> str:
        of = f"all filters, filter {hit.filter}" if ranking.filter is None else "this filter"
        return (
            f"{number(hit.value)} at {printable(hit.region)} {'−' if hit.strand == '-' else hit.strand}, "
            f"{rank + 1} of the {len(ranking.hits)} strongest of {of}"
        )

    # The overview

    @on(OverviewTrack.Chosen)
    def jump(self, event: OverviewTrack.Chosen) -> None:
        """Go to the strongest cell under the pressed column of the overview."""
        overview, picture = self.overview, self.picture
        if overview is None or picture is None or overview.state.cells[event.nth] < 0:
            return
        hit = overview.hit(event.nth)
        whole = replace(overview.whole, reverse=False) if overview.whole.reverse else overview.whole
        # What is read on after this is none of the ranking that `t` goes through.
        self.show_hit(Ranking(whole, hit.filter, (hit,)), 0, f"{number(hit.value)} at {printable(hit.region)}")

    # The table

    def action_strongest_cells(self) -> None:
        """List the strongest cells."""
        picture = self.picture
        if picture is None:
            return
        own: Model = self.own_model or picture.reading.model
        reading, chosen = picture.reading, picture.view.filter
        known = self._strongest_cells.known(reading, own, chosen)
        here = None if known is None else self._rank_here(known)
        current = None if known is None or here is None else known.hits[here]
        from .strongest import Strongest

        self.app.push_screen(Strongest(reading, own, chosen, self._strongest_cells, current), self._go_to_chosen)

    def _go_to_chosen(self, chosen: Chosen | None) -> None:
        if chosen is not None:
            self.show_hit(chosen.ranking, chosen.rank)
