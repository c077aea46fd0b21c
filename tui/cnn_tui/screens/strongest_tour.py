"""The tour of the strongest cells: from one to the next, from the overview, or from their table."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cnn_core.errors import printable

from ..background.strongest_cells import Ranking, StrongestCells, place_of_hit
from ..background.strongest_walk import StrongestWalk, hit_words
from ..view.view_state import ViewState
from ..words.numbers import number
from . import dialogs
from .block_screen import BlockScreen

__all__ = ["StrongestTour"]

_RANKING: Final = "ranking the cells of both strands …"


class StrongestTour:
    """Goes through the strongest cells of the record.

    Args:
        screen: What shows them.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen
        self._strongest_cells = StrongestCells()
        self._walk = StrongestWalk()

    def step(self, direction: int) -> None:
        """Go to the next strongest cell of the filter, or to the one before, on either strand."""
        picture, own = self._screen.picture, self._screen.own_model
        if picture is None:
            return
        reading, chosen = picture.reading, picture.view.filter
        known = self._strongest_cells.known(reading, own, chosen)
        if known is not None:
            self._step_ranking(known, direction)
            return

        def show(_: object) -> None:
            # Of settings that are no longer in force, or of another filter, there is nothing to go through.
            if self._screen.picture is not None and self._screen.picture.view.filter == chosen:
                ranking = self._strongest_cells.known(self._screen.picture.reading, self._screen.own_model, chosen)
                if ranking is not None:
                    self._step_ranking(ranking, direction)

        self._strongest_cells.begin(self._screen.background_work.job, _RANKING, reading, own, chosen, show)

    def _step_ranking(self, ranking: Ranking, direction: int) -> None:
        if self._screen.picture is None:
            return
        if ranking.hits:
            self.show_hit(ranking, self._walk.next_rank(self._screen.picture, ranking, direction))
        else:
            self._screen.say("every cell of this filter is all 0, on both strands")

    def show_hit(self, ranking: Ranking, rank: int, words: str = "") -> None:
        """Go to a hit: to its strand, its filter and its cell, moving the input window where it is not in it.

        Args:
            ranking: The ranking that it stands in.
            rank: Its place there, from 0.
            words: What the status line says of it; nothing says its rank.
        """
        picture = self._screen.picture
        if picture is None:
            return
        hit = ranking.hits[rank]
        place = place_of_hit(picture.reading, ranking, hit)
        words = words or hit_words(ranking, rank)
        self._walk.arrive(ranking, rank, place)

        def step(view: ViewState) -> ViewState:
            return view.to_filter(hit.filter).on(place.level, place.index).centred()

        if place.reading is picture.reading:
            self._screen.show_view(step(picture.view))
            self._screen.say(words)
        else:
            self._screen.read_again(place.reading, step, words)

    def show_column(self, nth: int) -> None:
        """Go to the strongest cell under a column of the overview."""
        overview, picture = self._screen.overview, self._screen.picture
        if overview is None or picture is None or overview.state.cells[nth] < 0:
            return
        hit = overview.hit(nth)
        whole = replace(overview.whole, reverse=False) if overview.whole.reverse else overview.whole.afresh()
        # What is read on after this is none of the ranking that `t` goes through.
        self.show_hit(Ranking(whole, hit.filter, (hit,)), 0, f"{number(hit.value)} at {printable(hit.region)}")

    def ask(self) -> None:
        """List the strongest cells."""
        picture = self._screen.picture
        if picture is None:
            return
        reading, own, chosen = picture.reading, self._screen.own_model, picture.view.filter
        known = self._strongest_cells.known(reading, own, chosen)
        here = None if known is None else self._walk.rank_here(picture, known)
        current = None if known is None or here is None else known.hits[here]

        def go(cell: dialogs.ChosenCell | None) -> None:
            # What was opened under the table has other cells.
            if cell is not None and self._screen.reading is reading:
                self.show_hit(cell.ranking, cell.rank)

        named = self._screen.view is not None and self._screen.view.named
        motifs = self._screen.motifs if named else None
        table = dialogs.Strongest(reading, own, chosen, self._strongest_cells, current, motifs)
        self._screen.app.push_screen(table, go)
