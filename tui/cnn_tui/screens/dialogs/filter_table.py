"""The filters as motifs in a table: what each responds to and resembles, and each a place to go to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Input, Static

from cnn_core.blocks.filter_labels import filter_names
from cnn_core.errors import printable
from cnn_core.motifs import KNOWN_MOTIFS, MotifRule

from ... import words
from ...background.filter_motifs import FilterMotifs, MotifStage
from ...pictures.colours import palette_of
from ...pictures.filter_rows import COLUMNS, FALLING, LEFT_OUT, LONGEST_LOGO, FilterRow, sorted_rows
from ...pictures.motif_line import LEGEND
from ...words.plurals_and_indices import counted, verb
from ...words.shortening import squeezed
from .dialog import Field
from .table_dialog import Row, TableDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnn_core.blocks.reading import Reading
    from cnn_core.letters.sequence_files import Sequences
    from cnn_core.network.model import Model

    from ...background.filter_motifs import FoundMotifs
    from ...options.scan_choices import MotifChoice

__all__ = ["FilterTable"]

_RULES: Final = ("windows", "basset", "best", "top:100", "weights")
"""The rules that the key goes through."""
_LONGEST_NAME: Final = 20
_RESEMBLES: Final = (18, 46)
"""Columns that what a filter resembles has, at the least and at the most."""
_LEAST_LOGO: Final = 6
_LONGEST_Q: Final = len("2.0e−10")
_Q: Final = "q: share of chance among matches this good."
_INFLUENCE: Final = "Influence: the output less that with the filter held at its mean."
_SHARED: Final = "Similar filters share credit: a low influence is not unimportance."
_TALL: Final = 30
"""Lines of a screen that has room for the legend."""


class FilterTable(TableDialog[int | None]):
    """Lists the filters of a convolution on letters; what is not known of them is found in the background.

    Args:
        reading: The block on the present input window.
        own_model: The model as it came, before any live setting.
        sequences: The records.
        filters: Where motifs are found and kept.
        current: The filter that is looked at.
    """

    DEFAULT_CSS = """
    FilterTable DataTable { min-height: 5; }
    FilterTable #detail { height: auto; padding: 0 1; margin-top: 1; }
    FilterTable #legend, FilterTable #shared { height: auto; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar = [
        ("r", "rule", "Another rule"),
        ("a", "all_records", "All records or one"),
        ("b", "both_strands", "Both strands or one"),
        ("slash", "search", "Search"),
        ("f", "sort('filter')", "Sort by filter"),
        ("n", "sort('name')", "Sort by name"),
        ("c", "sort('logo')", "Sort by consensus"),
        ("s", "sort('sites')", "Sort by sites"),
        ("i", "sort('information')", "Sort by information"),
        ("m", "sort('resembles')", "Sort by what it resembles"),
        ("q", "sort('q')", "Sort by q"),
        ("e", "sort('influence')", "Sort by influence"),
        ("up", "move(-1)", "Up"),
        ("down", "move(1)", "Down"),
    ]
    right = ("filter", "sites", "information", "q", "influence")
    falling = FALLING
    sorted_by = "filter"
    heading = "Filters as motifs"
    hints = (
        ("Enter", "go to the filter", "choose"),
        ("r", "rule", "rule"),
        ("a", "all records", "all_records"),
        ("b", "both strands", "both_strands"),
        ("/", "search", "search"),
        ("f n c s i m q e", "sort", "sort('q')"),
    )

    def __init__(
        self,
        reading: Reading,
        own_model: Model | None,
        sequences: Sequences,
        filters: FilterMotifs,
        current: int,
    ) -> None:
        super().__init__()
        self._reading = reading
        self._own_model = own_model
        self._sequences = sequences
        self._filters = filters
        self._current = current
        self._found: FoundMotifs | None = None
        self._rows: list[FilterRow] = []
        self._shown_of: FoundMotifs | None = None
        self._compared = 0
        self._has_influence = False
        # Of a network without an output nothing is said of it.
        self._is_weighed = not reading.obstacle
        self._unwatch: Callable[[], None] | None = None

    def parts(self) -> ComposeResult:
        """Yield what the table is of, the table, what is said of the filter under the cursor, and what letters say."""
        message, table = super().parts()
        yield message
        field = Field(placeholder="a number, a name, letters, a known motif or a family", name="search")
        field.display = False
        yield field
        yield table
        yield Static(id="detail", markup=False)
        shows = f"{LEGEND}. What a filter responds to, not what that does."
        yield Static(f"{shows}\n{_Q}{f' {_INFLUENCE}' if self._is_weighed else ''}", id="legend")
        if self._is_weighed:
            yield Static(_SHARED, id="shared")

    def on_mount(self) -> None:
        """Show what is known, and find the rest."""
        self.table.focus()
        self._filters.resume()
        self._unwatch = self._filters.watch(self._show)
        self._show()

    def on_unmount(self) -> None:
        """Leave what goes on to go on: it is kept for the session."""
        if self._unwatch is not None:
            self._unwatch()

    # What is shown

    def _show(self) -> None:
        """Show what is known now."""
        found = self._found = self._filters.follow(
            self._reading,
            self._own_model,
            self._sequences,
            MotifStage.INFLUENCE if self._is_weighed else MotifStage.MATCHES,
            self._current,
        )
        if found.refusal is not None:
            self.refuse(found.refusal)
        else:
            self.say(self._summary(found))
        has_influence = found.influence is not None or found.no_influence is not None
        if found is not self._shown_of or not self._rows or has_influence != self._has_influence:
            self._shown_of, self._compared, self._has_influence = found, len(found.matches), has_influence
            self._fill()
        elif len(found.matches) != self._compared:
            self._compared = len(found.matches)
            if found.is_compared and (self.sorted_by in ("resembles", "q") or self._search):
                self._fill()
            else:
                self._update()

    @property
    def _search(self) -> str:
        return self.query_one("#search", Field).value.strip()

    def _summary(self, found: FoundMotifs) -> str:
        rule = MotifRule.parse(found.choice.rule)
        if found.motifs:
            words = [f"{self._source(found)}{found.motifs[0].described} (rule {rule})"]
        else:
            words = [f"{self._source(found)}{rule.words} (rule {rule})"]
        pace = f"{self._filters.pace or '…'}  Esc stops it"
        if not found.motifs:
            return f"{words[0]}; {'stopped' if found.stopped else pace}"
        if found.few:
            every = f"{found.few:,} of {counted(len(found.motifs), 'filter')}"
            few = f"{every} {verb(found.few, 'has', 'have')} too few sites for a motif"
            more = len(self._sequences) > 1 and not found.choice.all_records
            words.append(f"{few}: a reads all {len(self._sequences):,} records" if more else few)
        if found.few == len(found.motifs):
            pass
        elif found.is_compared:
            likely = sum(match is not None and match.is_likely for match in found.matches.values())
            words.append(f"{likely or 'none'} {verb(likely or 1, 'resembles', 'resemble')} one of {KNOWN_MOTIFS}")
        elif found.stopped:
            words.append("comparing was stopped")
        else:
            words.append(f"comparing with {KNOWN_MOTIFS}: {self._filters.pace or '…'}")
        if found.no_influence is not None:
            words.append(f"no influence: {found.no_influence}")
        elif found.is_compared and self._is_weighed and found.influence is None:
            words.append("influence was stopped" if found.stopped else f"influence: {self._filters.pace or '…'}")
        return "; ".join(words)

    def _source(self, found: FoundMotifs) -> str:
        if not found.stretches:
            return ""
        if found.choice.all_records:
            return f"{counted(found.records, 'record')}, {counted(found.bases, 'base')}: "
        record, start, stop = found.stretches[0]
        return f"{squeezed(printable(record.name), _LONGEST_NAME)}:{start + 1}-{stop}: "

    def _all(self) -> list[FilterRow]:
        """Return the rows of all filters."""
        if self._found is None:
            return []
        matches = {**self._found.matches}
        mean = None if self._found.influence is None else self._found.influence.mean.tolist()
        return [
            FilterRow(
                motif,
                matches.get(motif.filter),
                motif.filter in matches,
                None if mean is None else mean[motif.filter],
            )
            for motif in self._found.motifs
        ]

    def _fill(self) -> None:
        """Fill the table in the order in force; the cursor stays on the same filter."""
        self._filters.begin_frame()
        text = self._search
        rows = [row for row in self._all() if not text or row.found_by(text)]
        if not rows:
            self.table.clear(columns=True)
            self._rows = []
            self._tell()
            return
        self._rows = sorted_rows(rows, self.sorted_by, turned=self.turned)
        heads = {key: f"{key}{self.mark(key)}" for key in COLUMNS}
        # What is not compared yet is to have the same room.
        heads["q"] = heads["q"].rjust(_LONGEST_Q)
        least, most = _RESEMBLES
        # Whichever is sorted by has a mark, for which no other column is to go.
        marked = {key: f"{head.removesuffix(self.mark(key))} ▾" for key, head in heads.items()}
        logo = min(LONGEST_LOGO, max(len(row.motif.counts) for row in self._rows))
        cells: list[Row] = [*self._cells(logo, least), marked]
        columns = [key for key in COLUMNS if self._has(key)]
        columns = self.fitting(cells, columns, LEFT_OUT)
        # No number is cut: where nothing else can go, the logo is narrower.
        logo = max(_LEAST_LOGO, logo - max(0, self.width(cells, columns) - self.room))
        cells = [*self._cells(logo, least), marked]
        others = self.width(cells, [key for key in columns if key != "resembles"])
        self._room = max(least, min(most, self.room - others - 2))
        heads["resembles"] = heads["resembles"].ljust(self._room)
        at = next((at for at, row in enumerate(self._rows) if row.motif.filter == self._current), 0)
        self.fill(columns, heads, self._cells(logo, self._room), at)
        self._tell()

    def _has(self, column: str) -> bool:
        """Tell whether there is such a column for these filters."""
        if column == "name":
            return bool(filter_names(self._reading.run.conv))
        no_influence = not self._is_weighed or (self._found is not None and self._found.no_influence is not None)
        return column != "influence" or not no_influence

    def _cells(self, logo: int, resembles: int) -> list[Row]:
        palette = palette_of(self.app)
        return [row.cells(palette, logo, resembles) for row in self._rows]

    def _update(self) -> None:
        """Show what was compared since, in the rows as they stand."""
        now = {row.motif.filter: row for row in self._all()}
        palette = palette_of(self.app)
        columns = [str(column.value) for column in self.table.columns]
        for at, row in enumerate(self._rows):
            after = now[row.motif.filter]
            if after.is_compared and not row.is_compared:
                self._rows[at] = after
                cells = after.cells(palette, LONGEST_LOGO, self._room)
                for key in ("resembles", "q"):
                    if key in columns:
                        self.table.update_cell_at(Coordinate(at, columns.index(key)), self.cell(key, cells[key]))
        self._tell()

    def _tell(self) -> None:
        """Say of the filter under the cursor what has no room in its row."""
        lines = []
        if self._rows and self.table.is_valid_row_index(self.table.cursor_row):
            row = self._rows[self.table.cursor_row]
            lines.append(f"filter {row.motif.filter} {self._said(row)}")
            influence = None if self._found is None else self._found.influence
            if influence is not None:
                lines.append(words.filter_influence(influence, row.motif.filter))
        elif self._search:
            lines.append(f"no filter has '{self._search}' in its number, name, consensus or what it resembles")
        self.query_one("#detail", Static).update(Text("\n").join(map(Text, map(printable, lines))))

    @staticmethod
    def _said(row: FilterRow) -> str:
        motif = row.motif
        if motif.is_written:
            return words.resemblance(row.match) if row.is_compared else "is not compared yet"
        if not motif.sites:
            return "has no site here by this rule"
        fewest = motif.settings.fewest_sites
        return f"has {counted(motif.sites, 'site')} here, fewer than {fewest}: too few to be compared"

    @on(DataTable.RowHighlighted)
    def follow_cursor(self) -> None:
        """Remember the filter under the cursor, and say what there is to say of it."""
        self._filters.begin_frame()
        if self._rows and self.table.is_valid_row_index(self.table.cursor_row):
            self._current = self._rows[self.table.cursor_row].motif.filter
        self._tell()

    # Keys and pointer

    def action_sort(self, key: str) -> None:
        """Sort by a column, or the other way round; the cursor goes to what comes first."""
        self.sort(key)
        self._fill()
        self.table.move_cursor(row=0, animate=False)

    def _choose(self, choice: MotifChoice) -> None:
        self._filters.choice = choice
        self._filters.leave()
        self._show()

    def action_rule(self) -> None:
        """Make motifs by the next rule."""
        choice = self._filters.choice
        at = _RULES.index(choice.rule) + 1 if choice.rule in _RULES else 0
        self._choose(replace(choice, rule=_RULES[at % len(_RULES)]))

    def action_all_records(self) -> None:
        """Read all records, or the one on screen."""
        choice = self._filters.choice
        self._choose(replace(choice, all_records=not choice.all_records))

    def action_both_strands(self) -> None:
        """Read both strands, or the one on screen."""
        choice = self._filters.choice
        self._choose(replace(choice, both_strands=not choice.both_strands))

    def action_search(self) -> None:
        """Let a search be typed."""
        field = self.query_one("#search", Field)
        field.display = True
        # At once: what is typed next belongs to it.
        self.set_focus(field)

    @on(Input.Changed)
    def narrow(self) -> None:
        """Show the filters that are searched for."""
        self._fill()

    @on(Input.Submitted)
    def search_done(self) -> None:
        """Go back to the table with what was found."""
        self.set_focus(self.table)

    def action_choose(self) -> None:
        """Close with the filter under the cursor."""
        if self._rows:
            self.dismiss(self._rows[self.table.cursor_row].motif.filter)

    def action_close(self) -> None:
        """End the search, or stop what is read; then close."""
        field = self.query_one("#search", Field)
        if field.display:
            field.display, field.value = False, ""
            self.set_focus(self.table)
        elif self._found is not None and not self._found.motifs and self._filters.stop():
            if self._filters.choice.all_records:
                # Back to what was there before.
                self.action_all_records()
        else:
            super().action_close()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out the legend where the table needs its lines."""
        self.query_one("#legend").display = event.size.height >= _TALL

    def fit_columns(self) -> None:
        """Lay out what is listed in the room there is."""
        if self._rows:
            self._fill()
