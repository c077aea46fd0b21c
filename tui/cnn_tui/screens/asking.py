"""What asks back: where to go, what to search, which record, which file, which cell; and what each answer does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual import on

from cnn_core.blocks.block_reading import BlockReading
from cnn_core.blocks.feature_map_block import offered_blocks
from cnn_core.errors import CnnError, printable
from cnn_core.network.block import Block
from cnn_core.scan.predictions import check_scan

from ..background.cancellable_task import CancellableTask
from ..background.job import Activity
from ..background.pacing import Pacing
from ..background.strongest_cells import Ranking, StrongestCells, place_of_hit
from ..background.strongest_walk import StrongestWalk, hit_words
from ..opening import OpenRequest
from ..pictures.prediction_picture import PredictionChoice
from ..view.view_state import Level, ViewState
from ..widgets.overview import OverviewTrack
from ..widgets.reading_line import ReadingLine
from ..words.numbers import number
from .openings import Openings

if TYPE_CHECKING:
    from .dialogs.goto_parser import Goto, GotoRegion
    from .dialogs.open_file import Refused
    from .dialogs.open_model import ModelChoice
    from .dialogs.strongest import Chosen

__all__ = ["Dialogs"]

_RANKING: Final = "ranking the cells of both strands …"


class Dialogs(Openings):
    """Opens the dialogs and acts on their answers."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._zooms: dict[Block, int] = {}
        """The zoom at which each block was looked at last."""
        self._strongest_cells = StrongestCells()
        self._walk = StrongestWalk()

    def action_goto(self) -> None:
        """Ask where to go."""
        if self.picture is None or self.sequences is None:
            return
        from .dialogs.goto import GotoScreen
        from .dialogs.goto_parser import Bounds

        reading = self.picture.reading
        names, words = reading.run.conv.filter_names, self.picture.words
        bounds = Bounds.of(self.picture.view, names, reading.record.name, self.sequences, words)
        self.app.push_screen(GotoScreen(bounds, self._check_goto), self._go)

    def _check_goto(self, goto: Goto) -> None:
        from cnn_core.letters.regions import resolve_region

        from .dialogs.goto_parser import GotoRegion

        if isinstance(goto, GotoRegion) and self.sequences is not None:
            resolve_region(goto.text, self.sequences, here=goto.here)

    def _go(self, goto: Goto | None) -> None:
        if goto is None or self.picture is None or self.sequences is None:
            return
        from .dialogs.goto_parser import GotoBase, GotoCell, GotoFilter, GotoInput, GotoPosition, GotoRegion

        self.stop_play()
        view = replace(self.picture.view, play=None)
        match goto:
            case GotoCell(index):
                self.show_view(view.on(Level.CELL, index))
            case GotoPosition(index):
                self.show_view(view.on(Level.RESPONSE, index))
            case GotoBase(index):
                self.show_view(view.on(Level.BASE, view.axes.input_at(index)))
            case GotoInput(index):
                self.show_view(view.on(Level.BASE, index))
            case GotoFilter(index):
                self.show_view(view.to_filter(index))
            case GotoRegion():
                self._go_to_region(goto)

    def _go_to_region(self, goto: GotoRegion) -> None:
        assert self.picture is not None
        assert self.sequences is not None
        from cnn_core.letters.regions import resolve_region, what_was_cut

        record, start, stop = resolve_region(goto.text, self.sequences, here=goto.here)
        words = what_was_cut(goto.text, self.sequences, here=goto.here)
        reading = self.picture.reading
        if record.name != reading.record.name:
            self.open_record(record.name, (start, stop), words)
            return
        letters = min(stop - start, reading.stop - reading.start)
        self.go_to_record(start, letters, from_first=True, words=words)

    def action_search(self) -> None:
        """Ask what to search for."""
        if self.view is not None:
            from .dialogs.search import Search

            self.app.push_screen(Search(self.view.pattern), self._search)

    def _search(self, pattern: str | None) -> None:
        if pattern:
            self.search(pattern)

    def action_record(self) -> None:
        """Ask which record to read."""
        if self.reading is not None and self.sequences is not None:
            from .dialogs.choose_record import ChooseRecord

            chooser = ChooseRecord(self.sequences, self.sequences.index(self.reading.record.name))
            self.app.push_screen(chooser, self._choose_record)

    def _choose_record(self, name: str | None) -> None:
        if name is not None:
            self.open_record(name)
        else:
            self.back_to_network()

    def action_open(self) -> None:
        """Ask which sequences to open."""
        self._ask_sequences()

    def _ask_sequences(self, refused: Refused | None = None) -> None:
        if self.reading is not None:
            from .dialogs.open_sequences import OpenSequences

            self.app.push_screen(OpenSequences(self.request.sequences, refused), self._open)

    def _open(self, text: str | None) -> None:
        reading = self.reading
        if reading is None:
            return
        if text is None:
            self.back_to_network()
            return
        request = replace(
            self.request,
            sequences=text,
            record=None,
            region=None,
            filter=None if self.view is None else str(self.view.filter),
            cell=None,
            position=None,
            ambiguity=str(reading.ambiguity),
            reverse=reading.reverse,
            stdin=None,
        )

        def ask_again(error: CnnError) -> None:
            from .dialogs.open_file import Refused

            self._ask_sequences(Refused(text, error))

        self.open_sequences(request, ask_again)

    def action_model(self) -> None:
        """Ask which model to open."""
        self._ask_model()

    def _ask_model(self, refused: Refused | None = None) -> None:
        if self.reading is not None:
            from .dialogs.open_model import OpenModel

            now = self.request
            self.app.push_screen(OpenModel(now.model, now.model_options, refused), self._open_model)

    def _open_model(self, choice: ModelChoice | None) -> None:
        if choice is None:
            self.back_to_network()
            return

        def ask_again(error: CnnError) -> None:
            import shlex

            from .dialogs.open_file import Refused

            self._ask_model(Refused(choice.text, error, shlex.join(choice.options.typed)))

        self.open_model(choice.text, choice.options, ask_again)

    def action_block(self, direction: int) -> None:
        """Look into another block of the model."""
        if self.picture is None:
            return
        reading = self.picture.reading
        every, blocks = reading.model.blocks, offered_blocks(reading.model, reading.length)
        if len(blocks) < 2:
            only = (
                "is the model's only block" if len(every) < 2 else "is the only block that can be looked into here"
            )
            self.say(f"{reading.block.conv} → {reading.block.pool} {only}")
            return
        asked = self.background_work.job.target
        at = every.index(asked.block if isinstance(asked, BlockReading) else reading.block)
        order = [every[(at + direction * step) % len(every)] for step in range(1, len(every))]
        self.look_into(next(block for block in order if block in blocks))

    def look_into(self, block: Block) -> None:
        """Look into a block of the model, with the settings in force there and at the zoom it had last."""
        assert self.picture is not None
        try:
            reading = BlockReading.into(self.picture.reading, block)
        except CnnError as error:
            self.refuse(error)
            return
        self.stop_play()

        def step(view: ViewState) -> ViewState:
            if block in self._zooms:
                return view.zoomed(self._zooms[block] - view.zoom)
            return view.fitted() if not reading.run.reads_letters else view

        def show(_: object = None) -> None:
            if self.picture is not None:
                self._zooms[self.picture.reading.block] = self.picture.view.zoom
            self.request = replace(self.request, block=block.conv)
            self.show_reading(reading, step)
            self.say(f"{block.conv} → {block.pool}")

        if reading.is_quick:
            show()
        else:
            self.background_work.job.begin(
                "computing the block …", lambda _: reading.compute(), show, target=reading, in_order=True
            )

    # The strongest cells

    def action_strongest(self, direction: int) -> None:
        """Go to the next strongest cell of the filter, or to the one before, on either strand."""
        picture, job = self.picture, self.background_work.job
        if picture is None:
            return
        reading, own, chosen = picture.reading, self.own_model or picture.reading.model, picture.view.filter
        known = self._strongest_cells.known(reading, own, chosen)
        if known is not None:
            self._step_ranking(known, direction)
            return

        def find(task: CancellableTask[Ranking | None]) -> Ranking | None:
            pacing = Pacing(lambda words: job.tell(task, Activity(_RANKING, words)), 2 * len(reading.record))
            return self._strongest_cells.find(reading, own, chosen, task.wanted, pacing)

        def show(_: object) -> None:
            # Of settings that are no longer in force, or of another filter, there is nothing to go through.
            if self.picture is not None and self.picture.view.filter == chosen:
                now = self.picture.reading
                ranking = self._strongest_cells.known(now, self.own_model or now.model, chosen)
                if ranking is not None:
                    self._step_ranking(ranking, direction)

        job.begin(_RANKING, find, show)

    def _step_ranking(self, ranking: Ranking, direction: int) -> None:
        if self.picture is None:
            return
        if ranking.hits:
            self.show_hit(ranking, self._walk.next_rank(self.picture, ranking, direction))
        else:
            self.say("every cell of this filter is silent, on both strands")

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
        words = words or hit_words(ranking, rank)
        self._walk.arrive(ranking, rank, place)

        def step(view: ViewState) -> ViewState:
            return view.to_filter(hit.filter).on(place.level, place.index).centred()

        if place.reading is picture.reading:
            self.stop_play()
            self.show_view(step(picture.view))
            self.say(words)
        else:
            self.read_again(place.reading, step, words)

    @on(OverviewTrack.Chosen)
    def jump(self, event: OverviewTrack.Chosen) -> None:
        """Go to the strongest cell under the pressed column of the overview."""
        overview, picture = self.overview, self.picture
        if overview is None or picture is None or overview.state.cells[event.nth] < 0:
            return
        hit = overview.hit(event.nth)
        whole = replace(overview.whole, reverse=False) if overview.whole.reverse else overview.whole.afresh()
        # What is read on after this is none of the ranking that `t` goes through.
        self.show_hit(Ranking(whole, hit.filter, (hit,)), 0, f"{number(hit.value)} at {printable(hit.region)}")

    def action_strongest_cells(self) -> None:
        """List the strongest cells."""
        picture = self.picture
        if picture is None:
            return
        own = self.own_model or picture.reading.model
        reading, chosen = picture.reading, picture.view.filter
        known = self._strongest_cells.known(reading, own, chosen)
        here = None if known is None else self._walk.rank_here(picture, known)
        current = None if known is None or here is None else known.hits[here]
        from .dialogs.strongest import Strongest

        def go(cell: Chosen | None) -> None:
            # What was opened under the table has other cells.
            if cell is not None and self.reading is reading:
                self.show_hit(cell.ranking, cell.rank)

        self.app.push_screen(Strongest(reading, own, chosen, self._strongest_cells, current), go)

    # The prediction along the record

    def action_predictions(self) -> None:
        """Ask how to scan the prediction along the record."""
        if self.picture is None:
            return
        reading = self.picture.reading
        try:
            check_scan(reading, len(reading.record))
        except CnnError as error:
            self.refuse(error)
            return
        from .dialogs.ask_predictions import AskPredictions

        self.app.push_screen(
            AskPredictions(reading, self.background_work.predictions.choice), self._scan_predictions
        )

    def _scan_predictions(self, choice: PredictionChoice | str | None) -> None:
        if choice is not None:
            self.background_work.predictions.choose(choice if isinstance(choice, PredictionChoice) else None)
            self.follow_predictions()

    # What had to be assumed

    @on(ReadingLine.AssumedPressed)
    def action_assumptions(self) -> None:
        """List what had to be assumed for what is looked at."""
        if self.reading is not None:
            from .dialogs.assumptions import show_assumptions

            self.say(show_assumptions(self.app, self.reading))

    def action_help(self) -> None:
        """Show the help screen."""
        from .dialogs.help import Help

        self.app.push_screen(Help())
