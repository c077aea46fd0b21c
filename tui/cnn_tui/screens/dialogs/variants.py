"""The variants of a VCF file in a table, what each changes the output by, and each a place to go to."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Final

from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.letters.sequence_files import Sequences

from ...background.job import Job
from ...background.variant_table import TOP, ScoredRow, VariantTable, VariantTables
from ...words.numbers import number, signed
from ...words.plurals_and_indices import counted
from ...words.shortening import squeezed
from .table_dialog import TableDialog

__all__ = ["Variants"]

_LONGEST_NAME: Final = 20
_LONGEST_ALLELE: Final = 12
_SCORING: Final = "scoring the variants …"
_COLUMNS: Final = ("rank", "place", "change", "difference", "logit", "reference", "alternative", "output", "id")
_LEFT_OUT: Final = ("id", "output", "reference", "alternative")
"""What has no room on a narrow screen, the first to go first."""


class Variants(TableDialog[ScoredRow | None]):
    """Lists the variants that change the output most; they are scored in the background, and shown meanwhile.

    Args:
        reading: The model as it is read.
        sequences: The reference.
        calls: The path of the VCF file.
        tables: Where tables are kept.
    """

    BINDINGS: ClassVar = [
        ("v", "sort('difference')", "Sort by effect"),
        ("p", "sort('place')", "Sort by position"),
    ]
    right = ("rank", "difference", "logit", "reference", "alternative")
    falling = ("difference",)
    sorted_by = "difference"
    heading = "Variants"
    hints = (
        ("Enter", "both alleles side by side", "choose"),
        ("v p", "by effect, position; again: the other way", "sort('difference')"),
    )

    def __init__(self, reading: Reading, sequences: Sequences, calls: str, tables: VariantTables) -> None:
        super().__init__()
        self._reading = reading
        self._sequences = sequences
        self._calls = calls
        self._tables = tables
        self._job = Job(lambda work: self.run_worker(work, group="variants"), self.refuse, self._tell_progress)
        self._table: VariantTable | None = None
        self._rows: tuple[ScoredRow, ...] = ()
        self._filled_at = 0

    def on_mount(self) -> None:
        """Show what is known, or begin to score."""
        self.table.focus()
        known = self._tables.known(self._reading, self._sequences, self._calls)
        if known is not None:
            self._show(known)
            return
        self.say(f"{self._file_name}: {_SCORING}")
        self._tables.begin(
            self._job, _SCORING, self._reading, self._sequences, self._calls, self._begin, self._show
        )

    def on_unmount(self) -> None:
        """Stop what is no longer waited for."""
        self._job.stop()

    # What is shown

    @property
    def _file_name(self) -> str:
        return squeezed(printable(Path(self._calls).name), 2 * _LONGEST_NAME)

    def _begin(self, table: VariantTable) -> None:
        self._table = table

    def _tell_progress(self) -> None:
        activity, table = self._job.activity, self._table
        if activity is None or not self.is_mounted:
            return
        taken = 0 if table is None else table.taken
        self.say(f"{self._file_name}: {counted(taken, 'alternative')} … {activity.progress or '0 %'}  Esc stops it")
        # The more there are, the less another one changes.
        if table is not None and taken > 2 * self._filled_at:
            self._filled_at = taken
            self._take(table)

    def _show(self, table: VariantTable) -> None:
        self._table = table
        self.say(self._summary(table))
        self._take(table)

    def _take(self, table: VariantTable) -> None:
        """Show the rows of a table; the cursor stays on the same variant."""
        row = None if (chosen := self.chosen) is None else self._rows[chosen]
        self._rows = table.rows
        self.lay_out(next((at for at, each in enumerate(self._rows) if each == row), 0))

    def _summary(self, table: VariantTable) -> str:
        counts = table.counts
        scored = sum(count for status, count in counts.items() if status.kind == "scored")
        of_most = f", of which the {TOP:,} with the largest effects" if scored > TOP else ""
        words = [f"{self._file_name}: {scored:,} of {counted(table.taken, 'alternative')} scored{of_most}"]
        for kind in ("refused", "skipped"):
            reasons = {status.reason: count for status, count in counts.items() if status.kind == kind}
            if reasons:
                # The command lists them all.
                first = max(reasons, key=lambda reason: reasons[reason])
                words.append(f"{sum(reasons.values()):,} {kind} ({first}{', …' if len(reasons) > 1 else ''})")
        return "; ".join([*words, table.described, *table.notices])

    def lay_out(self, highlighted: int) -> None:
        """Fill the table in the order in force."""
        rows = self._rows
        if not rows:
            self.table.clear(columns=True)
            self.order = []
            return
        places = {row.record: 0 for row in rows}
        places = {record: self._sequences.index(record) for record in places}

        def key(rank: int) -> tuple[int, int]:
            row = rows[rank]
            return (places[row.record], row.pos) if self.sorted_by == "place" else (rank, 0)

        self.order = sorted(range(len(rows)), key=key, reverse=self.turned)
        heads = {key: f"{key}{self.mark(key)}" for key in _COLUMNS} | {"rank": "#"}
        words = [self._cells_of(rank, rows[rank]) for rank in self.order]
        columns = [
            column
            for column in _COLUMNS
            if (column != "logit" or rows[0].logit_difference is not None)
            and (column != "output" or len({row.output for row in rows}) > 1)
            and (column != "id" or any(row.id != "." for row in rows))
        ]
        columns = self.fitting([*words, heads], columns, _LEFT_OUT)
        self.fill(columns, heads, words, self.order.index(highlighted))

    def mark(self, key: str) -> str:
        """Return the mark of the column that is sorted by; of effects that is the logit's, where there is one."""
        by_logit = self._rows[0].logit_difference is not None
        effect = "logit" if by_logit else "difference"
        return "" if key not in ("place", effect) else super().mark("place" if key == "place" else "difference")

    @staticmethod
    def _cells_of(rank: int, row: ScoredRow) -> dict[str, str]:
        ref, alt = (squeezed(allele.upper(), _LONGEST_ALLELE) for allele in (row.ref, row.alt))
        return {
            "rank": str(rank + 1),
            "place": f"{squeezed(printable(row.record), _LONGEST_NAME)}:{row.pos}",
            "change": f"{ref}>{alt}",
            "difference": signed(row.difference),
            "logit": "" if row.logit_difference is None else signed(row.logit_difference),
            "reference": number(row.reference),
            "alternative": number(row.alternative),
            "output": squeezed(printable(row.output), _LONGEST_NAME),
            "id": squeezed(printable(row.id), _LONGEST_NAME),
        }

    # Keys and pointer

    def action_sort(self, key: str) -> None:
        """Sort by the size of the effect or by place, or the other way round."""
        super().action_sort("place" if key == "place" else "difference")

    def action_choose(self) -> None:
        """Close with the variant under the cursor."""
        if (chosen := self.chosen) is not None:
            self.dismiss(self._rows[chosen])
