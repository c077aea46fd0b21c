"""The walk through the strongest cells, from each to the next: which of a ranking comes after what is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable

from ..pictures.block_picture import Picture
from ..view.view_state import Level
from ..words.numbers import number
from .strongest_cells import HitPlace, Ranking, cell_of_hit

if TYPE_CHECKING:
    from cnn_core.scan.strongest import Hit

__all__ = ["StrongestWalk", "hit_words"]


@dataclass(frozen=True, eq=False)
class _Stop:
    """The hit that was gone to last, and where the cursor stood then."""

    ranking: Ranking
    rank: int
    reading: Reading
    level: Level
    index: int


class StrongestWalk:
    """Goes through rankings; what was gone to last tells hits apart that stand in one place."""

    def __init__(self) -> None:
        self._last: _Stop | None = None

    def arrive(self, ranking: Ranking, rank: int, place: HitPlace) -> None:
        """Take note of the hit that is gone to.

        Args:
            ranking: The ranking that it stands in.
            rank: Its place there, from 0.
            place: Where it is looked at.
        """
        self._last = _Stop(ranking, rank, place.reading, place.level, place.index)

    def rank_here(self, picture: Picture, ranking: Ranking) -> int | None:
        """Return the rank of the cell under the cursor, or None where it has none or the cursor is on no cell.

        Args:
            picture: What is looked at.
            ranking: A ranking of the same block.
        """
        reading, view, last = picture.reading, picture.view, self._last
        if (
            last is not None
            and last.ranking is ranking
            and (last.reading is reading and (last.level, last.index) == (view.level, view.index))
            and ranking.hits[last.rank].filter == view.filter
        ):
            return last.rank
        if view.level is not Level.CELL:
            return None
        mine = (
            rank
            for rank, hit in enumerate(ranking.hits)
            if hit.filter == view.filter and cell_of_hit(reading, ranking, hit) == view.cell
        )
        return next(mine, None)

    def next_rank(self, picture: Picture, ranking: Ranking, direction: int) -> int:
        """Return the rank to go to, round the whole ranking; from anywhere else it begins at its nearer end.

        Args:
            picture: What is looked at.
            ranking: A ranking of the same block, of at least one hit.
            direction: 1 for the next, −1 for the one before.
        """
        here = self.rank_here(picture, ranking)
        if here is None:
            return 0 if direction > 0 else len(ranking.hits) - 1
        return (here + direction) % len(ranking.hits)


def hit_words(ranking: Ranking, rank: int) -> str:
    """Return what the status line says of a hit: its value, where it stands, and its rank."""
    hit: Hit = ranking.hits[rank]
    of = f"all filters, filter {hit.filter}" if ranking.filter is None else "this filter"
    return (
        f"{number(hit.value)} at {printable(hit.region)} {'−' if hit.strand == '-' else hit.strand}, "
        f"{rank + 1} of the {len(ranking.hits)} strongest of {of}"
    )
