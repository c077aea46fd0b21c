"""The strongest cells of the whole record in a table: sorted as one likes, and each a place to go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from cnn_core.blocks.filter_labels import filter_names
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.network.model import Model
from cnn_core.scan.strongest import Hit
from cnn_core.scan.whole_record import is_whole

from ...background.job import Job
from ...background.strongest_cells import TOP, Ranking, StrongestCells, cell_of_hit, on_strand, position_of_hit
from ...pictures.motif_picture import MotifPicture
from ...words.block_words import words_of
from ...words.numbers import number
from ...words.plurals_and_indices import counted
from ...words.shortening import squeezed
from .table_dialog import TableDialog

__all__ = ["ChosenCell", "Strongest"]

_LONGEST_NAME: Final = 20
_LONGEST_LETTERS: Final = 48
_COLUMNS: Final = ("rank", "value", "filter", "region", "strand", "position", "letters")
_SEARCHING: Final = "looking through both strands …"


@dataclass(frozen=True, eq=False)
class ChosenCell:
    """A cell that was chosen to be looked at.

    Attributes:
        ranking: The ranking that it stands in.
        rank: Its place there, from 0.
    """

    ranking: Ranking
    rank: int


class Strongest(TableDialog[ChosenCell | None]):
    """Lists the strongest cells of one filter or of all; those not known yet are found in the background.

    Args:
        reading: The block on the present input window.
        own_model: The model as it came, before any live setting.
        chosen: The filter.
        cells: Where rankings are kept.
        current: The hit that the cursor stands on, if it stands on one.
        motifs: What filters resemble, where they are called by that.
    """

    BINDINGS: ClassVar = [
        ("a,tab", "together", "This filter or all"),
        ("v", "sort('value')", "Sort by value"),
        ("p", "sort('region')", "Sort by position"),
        ("f", "sort('filter')", "Sort by filter"),
    ]
    right = ("rank", "value", "position")
    falling = ("value",)
    sorted_by = "value"
    heading = "Strongest cells"
    hints = (
        ("Enter", "go there", "choose"),
        ("a", "this filter or all", "together"),
        ("v p f", "by value, position, filter; again: the other way", "sort('value')"),
    )

    def __init__(
        self,
        reading: Reading,
        own_model: Model | None,
        chosen: int,
        cells: StrongestCells,
        current: Hit | None = None,
        motifs: MotifPicture | None = None,
    ) -> None:
        super().__init__()
        self._reading = reading
        self._own_model = own_model
        self._chosen = chosen
        self._cells = cells
        self._current = current
        self._motifs = motifs
        self._together = False
        self._job = Job(lambda work: self.run_worker(work, group="ranking"), self.refuse, self._tell_progress)
        self._ranking: Ranking | None = None

    def on_mount(self) -> None:
        """Show what is known, or begin to look for it."""
        self.table.focus()
        self._look()

    def on_unmount(self) -> None:
        """Stop a search that is no longer waited for."""
        self._job.stop()

    # The search

    @property
    def _scope(self) -> int | None:
        return None if self._together else self._chosen

    def _look(self) -> None:
        self._job.stop()
        scope = self._scope
        self._ranking = None
        known = self._cells.known(self._reading, self._own_model, scope)
        if known is not None:
            self._show(known)
            return
        self.table.clear(columns=True)
        self.order = []
        self._cells.begin(self._job, _SEARCHING, self._reading, self._own_model, scope, self._show)

    def _tell_progress(self) -> None:
        activity = self._job.activity
        if activity is not None:
            self.say(f"{self._subject}: {activity.words} {activity.progress or '0 %'}  Esc stops it")

    # What is shown

    @property
    def _subject(self) -> str:
        record = squeezed(printable(self._reading.record.name), _LONGEST_NAME)
        letters = counted(len(self._reading.record), "base")
        return f"{'all filters' if self._together else self._filter(self._chosen)} in {record}, {letters}"

    def _show(self, ranking: Ranking) -> None:
        self._ranking = ranking
        self.sorted_by, self.turned = "value", False
        highlighted = 0
        if self._current is not None and self._current in ranking.hits:
            highlighted = ranking.hits.index(self._current)
        self.say(self._summary(ranking))
        self.lay_out(highlighted)

    def _summary(self, ranking: Ranking) -> str:
        if not ranking.hits:
            words = f"{self._subject}: every cell is all 0, on both strands"
        elif len(ranking.hits) < TOP:
            count = len(ranking.hits)
            which = "the one cell that is" if count == 1 else f"all {count} cells that are"
            words = f"{self._subject}: {which} not all 0, on both strands"
        else:
            words = f"{self._subject}: the strongest {TOP} cells, on both strands"
        if not is_whole(ranking.whole):
            where = printable(self._reading.region)
            return f"{words}, of the input {where} only, since the block reads feature maps"
        fixed = self._reading.model.input.length
        if fixed is not None and ranking.whole.length > fixed:
            # A sentence that a learner asks for: the network itself never reads as much.
            return f"{words}, computed as if the input were as long as the record"
        return words

    def lay_out(self, highlighted: int) -> None:
        """Fill the table in the order in force; the cursor stays on the same hit."""
        ranking = self._ranking
        if ranking is None or not ranking.hits:
            self.table.clear(columns=True)
            self.order = []
            return
        hits = ranking.hits
        # Of equals the stronger comes first, whichever way round.
        self.order = sorted(
            range(len(hits)), key=lambda rank: self._sort_key(rank, hits[rank]), reverse=self.turned
        )
        words = words_of(self._reading.run)
        averages = hits[0].position is None
        headers = {
            "rank": "#",
            "position": squeezed(words.pooled if averages else words.conv, _LONGEST_NAME),
        }
        rows = [self._cells_of(rank, hits[rank], ranking) for rank in self.order]
        heads = {key: f"{headers.get(key, key)}{self.mark(key)}" for key in _COLUMNS}
        regions = [self._region(hits[rank], named=True) for rank in self.order]
        named = [{**row, "region": region} for row, region in zip(rows, regions, strict=True)]
        if self.width([*named, heads], _COLUMNS) <= self.room:
            rows = named
        left = self.room - self.width([{**row, "letters": ""} for row in [*rows, heads]], _COLUMNS)
        for row in rows:
            row["letters"] = squeezed(row["letters"], max(left, 1))
        columns = [key for key in _COLUMNS if key != "letters" or left >= len(heads["letters"])]
        self.fill(columns, heads, rows, self.order.index(highlighted))

    def _sort_key(self, rank: int, hit: Hit) -> tuple[int, str]:
        match self.sorted_by:
            case "filter":
                return hit.filter, ""
            case "region" | "position":
                return hit.start, hit.strand
            case "strand":
                return 0, hit.strand
            case "letters":
                return 0, hit.letters
            case _:
                return rank, ""

    def _cells_of(self, rank: int, hit: Hit, ranking: Ranking) -> dict[str, str]:
        return {
            "rank": str(rank + 1),
            "value": number(hit.value),
            "filter": self._filter(hit.filter).removeprefix("filter "),
            "region": self._region(hit, named=False),
            "strand": hit.strand,
            "position": self._position(hit, ranking),
            "letters": squeezed(hit.letters, _LONGEST_LETTERS),
        }

    def _filter(self, index: int) -> str:
        names = filter_names(self._reading.run.conv)
        resembled = "" if self._motifs is None else self._motifs.resembled(index)
        name = resembled or (printable(names[index]) if names else "")
        return f"filter {index} {squeezed(name, _LONGEST_NAME)}".rstrip()

    @staticmethod
    def _region(hit: Hit, *, named: bool) -> str:
        places = f"{hit.start + 1}-{hit.stop}"
        return f"{squeezed(printable(hit.record), _LONGEST_NAME)}:{places}" if named else places

    def _position(self, hit: Hit, ranking: Ranking) -> str:
        """Return the position in the tracks of the present input window, or a dash for what is not in it."""
        reading = ranking.whole if is_whole(self._reading) else self._reading
        index = (cell_of_hit if hit.position is None else position_of_hit)(on_strand(reading, hit), ranking, hit)
        return "–" if index is None else str(index)

    # Keys and pointer

    def action_together(self) -> None:
        """Show the cells of all filters together, or of this one."""
        self._together = not self._together
        self._look()

    def action_sort(self, key: str) -> None:
        """Sort by a column, or the other way round."""
        # The rank is by value: equal values stand in the order of the record.
        super().action_sort("value" if key == "rank" else key)

    def action_choose(self) -> None:
        """Close with the cell under the cursor."""
        if self._ranking is not None and (chosen := self.chosen) is not None:
            self.dismiss(ChosenCell(self._ranking, chosen))
