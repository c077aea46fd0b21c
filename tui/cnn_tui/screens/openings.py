"""What opens: sequences, models, records, the whole network; and the way to any place of a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from cnn_core.blocks.block_reading import BlockReading
from cnn_core.blocks.reading import LONGEST_PREDICTION, Reading
from cnn_core.errors import CnnError

from ..background.cancellable_task import CancellableTask
from ..background.job import Activity
from ..background.pacing import byte_progress
from ..opening import DEFAULT_SEQUENCES, OpenRequest, open_model, read_record, remarks
from ..options.request import ModelOptions
from ..pictures.overview_picture import Subject
from ..pictures.prediction_picture import PredictionChoice
from ..view.view_state import ZOOMS, Level, ViewState
from ..view_file.first_view import Opened, first_view, open_request
from .looking import Looking

if TYPE_CHECKING:
    from cnn_core.letters.sequences import Sequences
    from cnn_core.readers.report import ModelFile

    from ..view_file.restoring import Restored
    from .network import Return

__all__ = ["Openings", "Refusal"]

Refusal = Callable[[CnnError], None]
"""Takes what is wrong with what was to be opened."""


class Openings(Looking):
    """Opens things, and goes to places in them."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self.sequences: Sequences | None = None
        self.model_file: ModelFile | None = None
        """The model file that was read last, with the settings that it came with."""
        self.view_file: str | None = None
        """Where the view was saved last, or came from."""
        self.has_shown = False
        """Whether anything has been shown yet: before that there is nothing to stay for."""
        self._found: int | None = None
        """Where in the record the last match begins, in the direction of reading."""

    def on_mount(self) -> None:
        """Begin to open what was asked for."""
        self.open_sequences(self.request)

    def on_unmount(self) -> None:
        """Give up what goes on, let what is being written take back its unfinished file, and close the sequences."""
        self.background_work.close()
        if self.sequences is not None:
            self.background_work.writer.afterwards(self.sequences.close)

    def _refused(self, error: CnnError) -> None:
        """Say why something cannot be opened; where nothing was open before, that ends the session."""
        if not self.has_shown:
            self.app.exit(error, return_code=1)
            return
        self.refuse(error)
        self.back_to_network()

    def back_to_network(self) -> None:
        """Show the whole network again, where the model has no block to look into and its values are there."""
        if (
            self.picture is None
            and self.app.screen is self
            and self.reading is not None
            and self.reading.is_computed
        ):
            self.action_network()

    # Sequences, models, records

    def open_sequences(self, request: OpenRequest, refused: Refusal | None = None) -> None:
        """Open other sequences; what is shown stays until they are there.

        Args:
            request: What to open.
            refused: Takes what is wrong with it; by default it is said.
        """
        name, job = PurePath(request.sequences or DEFAULT_SEQUENCES).name, self.background_work.job

        def work(task: CancellableTask[Opened]) -> Opened:
            def tell(activity: Activity) -> None:
                job.tell(task, activity)

            return open_request(request, byte_progress(f"reading {name}", task, tell))

        job.begin(
            "opening …",
            work,
            self._opened,
            refused=refused or self._refused,
            discard=lambda opened: opened.sequences.close(),
        )

    def _opened(self, opened: Opened) -> None:
        before = self.sequences
        self.background_work.leave_records()
        self.request, self.sequences = opened.request, opened.sequences
        self.source = opened.sequences.source
        self.show_opened(opened)
        self.remark((*(opened.remarks if before is None else ()), *opened.sequences.assumptions))
        if before is not None:
            # A file that is being written from them is written to its end.
            self.background_work.writer.afterwards(before.close)

    def show_opened(self, opened: Opened) -> None:
        """Show the block of what has been opened, or the whole network where there is no block to look into."""
        reading, view, restored = opened.reading, opened.view, opened.restored
        self.stop_play()
        self.model_file = opened.file or self.model_file
        if isinstance(reading, BlockReading):
            self.own_model = opened.own or reading.model
            if restored is not None:
                self._make_room(restored)
            self.show_reading(reading, None if view is None else lambda _: view)
            self.has_shown = True
            if restored is None and self.picture is not None:
                # The window that is read stands right of the cursor, and should be seen too.
                self.show_picture(self.picture.stepped(self.picture.view.centred()))
            if restored is None and not reading.run.reads_letters and self.view is not None:
                self.show_view(self.view.fitted())
        else:
            self.own_model, self.picture, self.without_block = None, None, reading
            if restored is None or restored.layer is None:
                self.action_network()
        if restored is not None:
            self._take_up(restored)
        self.say(opened.notice)

    def _make_room(self, restored: Restored) -> None:
        """Give every part of the screen the room that a view file gives it."""
        saved = restored.saved
        self.card = saved.tracks.inspector == "card"
        self.unfolded = saved.tracks.inspector != "folded"
        self.subject = Subject(saved.tracks.overview)
        scanned = saved.predictions
        choice = None if scanned is None else PredictionChoice(scanned.step, scanned.output)
        self.background_work.predictions.choose(choice)

    def _take_up(self, restored: Restored) -> None:
        """Look exactly as a view file says, as far as the screen is as wide as it was."""
        self.view_file = str(restored.saved.path)
        view, now = restored.view, self.view
        if view is not None and now is not None:
            offset = view.offset if now.columns == view.columns else now.offset
            self.show_view(replace(now, play=view.play, offset=offset).settled())
        if restored.layer is not None:
            from .network import Network

            self.has_shown = True
            network = Network.of(restored.reading, self.source, restored.layer)
            self.app.push_screen(network, self._come_back)

    def open_model(self, text: str, options: ModelOptions, refused: Refusal | None = None) -> None:
        """Open another model on the same letters; what is shown stays until it is there.

        Args:
            text: The name of a model, or a model file.
            options: How the file is read.
            refused: Takes what is wrong with it; by default it is said.
        """
        if self.reading is None or self.sequences is None:
            return
        refuse = refused or self._refused

        def read_on(file: ModelFile) -> None:
            request = replace(
                self.request,
                model=text,
                model_options=options,
                block=None,
                inputs=self.request.inputs if text == self.request.model else (),
                filter=None,
                cell=None,
                position=None,
            )
            self._read_with(file, request, refuse)

        self.background_work.job.begin(
            "opening the model …", lambda _: open_model(text, options), read_on, refused=refuse
        )

    def _read_with(self, file: ModelFile, request: OpenRequest, refused: Refusal) -> None:
        """Read what is looked at with another model; where the user goes on meanwhile, read that."""
        reading, view, sequences = self.reading, self.view, self.sequences
        assert reading is not None
        assert sequences is not None
        is_whole = reading.window == (0, len(reading.record))
        asked = replace(
            request,
            record=reading.record.name,
            region=None if is_whole else reading.region,
            reverse=reading.reverse,
            ambiguity=str(reading.ambiguity),
        )
        chosen, filters = (0, 0) if view is None else (view.filter, view.axes.filters)

        def read(_: object) -> Opened:
            read, notice = read_record(asked, sequences, file)
            first = None
            if isinstance(read, BlockReading):
                # As many filters are likely the same model, trained further.
                first = first_view(read, chosen if read.run.filters == filters else None)
            return Opened(asked, sequences, read, first, notice, remarks(file), file=file)

        def show(opened: Opened) -> None:
            if not self._stands_at(reading, chosen):
                self._read_with(file, request, refused)
                return
            self.request = asked
            self.show_opened(opened)
            self.remark(opened.remarks)

        self.background_work.job.begin("opening the model …", read, show, refused=refused)

    def open_record(self, name: str, place: tuple[int, int] | None = None, words: str = "") -> None:
        """Read another record of the same file, with the settings and the filter in force.

        Args:
            name: The record's name.
            place: Where in it to go, half-open.
            words: What is said then where the record has nothing to say.
        """
        reading, sequences, file = self.reading, self.sequences, self.model_file
        if reading is None or sequences is None or file is None:
            return
        opened_so = replace(file, model=reading.model)
        chosen = 0 if self.view is None else self.view.filter
        request = replace(
            self.request, record=name, region=None, reverse=reading.reverse, ambiguity=str(reading.ambiguity)
        )

        def read(_: object) -> Opened:
            read, notice = read_record(request, sequences, opened_so)
            first = first_view(read, chosen) if isinstance(read, BlockReading) else None
            return Opened(request, sequences, read, first, notice)

        def show(opened: Opened) -> None:
            if not self._stands_at(reading, chosen):
                self.open_record(name, place, words)
                return
            own = self.own_model
            self.show_opened(opened)
            self.own_model = own
            if place is not None:
                start, stop = place
                self.go_to_record(start, stop - start, from_first=True)
                # What the region is stays said where there is nothing else to say.
                if said := opened.notice or words:
                    self.say(said)
                return
            self.say(opened.notice)

        self.background_work.job.begin(f"reading {name} …", read, show, refused=self._refused)

    def _stands_at(self, reading: Reading, chosen: int) -> bool:
        """Tell whether a reading is still the one that is looked at, and a filter the chosen one."""
        return self.reading is reading and (self.view is None or self.view.filter == chosen)

    # The whole network

    def action_network(self) -> None:
        """Look at the whole network, beginning with the layer behind the block, or the last one that there is.

        From a position that a deep block reads it goes on down, from the channel that adds most there.
        """
        reading = self.reading
        if reading is None:
            return
        if reading.length > LONGEST_PREDICTION:
            self.say(f"the whole network is computed for up to {LONGEST_PREDICTION:,} bases: open a shorter region")
            return

        def show(_: object) -> None:
            from .network import Network

            layer, place = self._layer_below(reading)
            view = self.view
            offset, zoom = (0, ZOOMS.index(1)) if view is None else (view.offset, view.zoom)
            self.has_shown = True
            self.app.push_screen(Network(reading, self.source, layer, offset, zoom, place), self._come_back)

        refused = self.refuse if self.has_shown else self._refused
        self.background_work.job.begin(
            "computing the network …",
            lambda _: reading.values,
            show,
            refused=refused,
            target=reading,
            in_order=True,
        )

    def _layer_below(self, reading: Reading) -> tuple[str, tuple[int, int] | None]:
        """Return which layer of the whole network is looked at first, and where in it."""
        picture, names = self.picture, [node.name for node in reading.model.nodes]
        if picture is not None and picture.words.deep and picture.view.level is Level.BASE:
            return picture.followed_down
        if isinstance(reading, BlockReading):
            return names[min(names.index(reading.block.pool) + 1, len(names) - 1)], None
        return reading.model.outputs[0], None

    def _come_back(self, back: Return | None) -> None:
        if back is None:
            return
        if not isinstance(back.reading, BlockReading):
            self.without_block = back.reading
        elif self.picture is not None and back.reading is not self.picture.reading:
            self.read_again(back.reading)
        if self.picture is not None and back.level is not None:
            view = self.picture.view if back.filter is None else self.picture.view.to_filter(back.filter)
            self.show_view(view.on(back.level, back.index))
        if back.action:
            self.call_later(self.run_action, back.action)

    # Places

    def search(self, pattern: str, direction: int = 1) -> None:
        """Go to the next place of letters on either strand, round the whole record."""
        if self.picture is None:
            return
        reading, view = self.picture.reading, self.picture.view
        start = reading.record_position(min(max(view.cursor_span[0], 0), reading.stop - reading.start - 1))
        first, last = view.cursor_span
        if view.level is Level.BASE and self._found is not None and first <= reading.base_at(self._found) < last:
            # A position of a feature map stands over several bases, of which the last match need not be the first.
            start = self._found
        onwards = (direction > 0) is not reading.reverse
        # Of a match on the other strand, the cursor stands on the record's last letter.
        start -= len(pattern) - 1 if reading.reverse else 0
        start += 1 if onwards else -1
        record = reading.record

        def look(task: CancellableTask[int | None]) -> int | None:
            from cnn_core.letters.search import find

            return find(
                record.codes, len(record), pattern, start, backwards=not onwards, should_continue=task.wanted
            )

        def show(found: int | None) -> None:
            if found is not None:
                self.go_to_record(found, len(pattern), pattern)
            elif self.view is not None:
                self.show_view(replace(self.view, pattern=pattern))
                self.say(f"{pattern} stands nowhere in the record, on neither strand")

        self.background_work.job.begin(f"searching {pattern} …", look, show)

    def go_to_record(
        self,
        position: int,
        letters: int = 1,
        pattern: str | None = None,
        *,
        from_first: bool = False,
        words: str = "",
    ) -> None:
        """Put the cursor over letters of the record, moving the input window where they are not in it.

        Args:
            position: The first of them, 0-based in the record.
            letters: How many they are.
            pattern: What was searched for, if it was a search.
            from_first: Whether the input window is to begin with them, instead of having them in its middle.
            words: What is said then; nothing is where they stand.
        """
        if self.picture is None:
            return
        reading = self.picture.reading
        whole = reading.stop - reading.start
        if not (reading.start <= position and position + letters <= reading.stop):
            reading = reading.moved_to(position if from_first else position - (whole - letters) // 2)
        letters = min(letters, whole)
        last = position + letters - 1
        base = min(reading.base_at(position), reading.base_at(last))
        words = words or f"{reading.record.name}:{position + 1}-{last + 1}"
        if pattern is not None:
            from cnn_core.letters.search import strands

            self._found = reading.record_position(base)
            words += f", on the {strands(reading.record.codes(position, last + 1), pattern)} strand; n goes on"

        def over(view: ViewState) -> ViewState:
            if pattern is not None:
                # From a cell or a response the next search would find the same letters again.
                view = replace(view, pattern=pattern, level=Level.BASE)
            return view.over_letters(base, letters)

        self.read_again(reading, over, words)
