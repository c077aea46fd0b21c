"""What opens, what the network says of it, and the way to any place of a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from cnn_core.block_reading import BlockReading
from cnn_core.errors import CnnError

from ..block_words import is_deep
from ..first_view import Opened, first_view, open_request, read_record
from ..model_options import ModelOptions
from ..opening import DEFAULT_SEQUENCES, OpenRequest, open_model, remarks
from ..threads import in_thread
from ..view import Level
from .jobs import Jobs, KeepOn

if TYPE_CHECKING:
    from cnn_core.readers.report import ModelFile
    from cnn_core.sequences import Sequences

    from ..view_file.restoring import Restored

__all__ = ["Openings", "Refusal"]

Refusal = Callable[[CnnError], None]
"""Takes what is wrong with what was to be opened."""


class Openings(Jobs):
    """Opens sequences, models and records, and goes to places in them."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self.sequences: Sequences | None = None
        self.model_file: ModelFile | None = None
        """The model file that was read last, with the settings that it came with."""
        self._predicting = False
        self._found: int | None = None
        """Where in the record the last match begins, in the direction of reading."""

    def on_mount(self) -> None:
        """Begin to open what was asked for."""
        self.open_sequences(self.request)

    # Opening

    def open_sequences(self, request: OpenRequest, refused: Refusal | None = None) -> None:
        """Open other sequences; what is shown stays until they are there.

        Args:
            request: What to open.
            refused: Takes what is wrong with it; by default it is said.
        """
        name = PurePath(request.sequences or DEFAULT_SEQUENCES).name

        def work(keep_on: KeepOn) -> Opened:
            opened = open_request(request, self.progress(f"reading {name}", keep_on))
            if not keep_on():
                opened.sequences.close()
            return opened

        self.begin("opening …", work, self._opened, refused)

    def _opened(self, opened: Opened) -> None:
        is_new = self.sequences is None
        if self.sequences is not None:
            self.sequences.close()
        self.request, self.sequences = opened.request, opened.sequences
        self.source = opened.sequences.source
        self.show_opened(opened)
        if is_new:
            self.remark(opened.remarks)

    def show_opened(self, opened: Opened) -> None:
        """Show the block of what has been opened, or the whole network where there is no block to look into."""
        reading = opened.reading
        self.stop_play()
        if isinstance(reading, BlockReading):
            self.own_model = opened.own or reading.model
            if opened.restored is not None:
                self.make_room(opened.restored)
            self.show_reading(reading, opened.view)
            if opened.restored is None and self.picture is not None:
                # The window that is read stands right of the cursor, and should be seen too.
                self.picture = self.picture.stepped(self.picture.view.centred())
            if opened.restored is None and is_deep(reading.run) and self.view is not None:
                self.show_view(self.view.fitted())
        else:
            self.own_model, self.picture, self.without_block = None, None, reading
            if opened.restored is None or opened.restored.layer is None:
                self.action_network()
        self.model_file = opened.file or self.model_file
        if opened.restored is not None:
            self.take_up(opened.restored)
        self.say(opened.notice)

    def make_room(self, restored: Restored) -> None:
        """Give every part of the screen the room that a view file gives it; for those who inherit from it."""

    def take_up(self, restored: Restored) -> None:
        """Look as a view file says; for those who inherit from it."""

    def action_network(self) -> None:
        """Look at the whole network; for those who inherit from it."""

    # The prediction

    def watch_picture(self) -> None:
        """Compute what the network says of another reading, without making a key wait for it."""
        self._predict()

    def _predict(self) -> None:
        reading = self.reading
        if self._predicting or reading is None or reading.is_computed or reading.obstacle:
            return
        self._predicting = True

        async def compute() -> None:
            try:
                await in_thread(lambda: reading.values)
            except CnnError as error:
                self.refuse(error)
            finally:
                self._predicting = False
            if self.reading is reading:
                self.refresh_prediction()
            else:
                self._predict()

        self.run_worker(compute(), group="prediction")

    def open_model(self, text: str, options: ModelOptions, refused: Refusal | None = None) -> None:
        """Open another model on the same letters; what is shown stays until it is there.

        Args:
            text: The name of a model, or a model file.
            options: How the file is read.
            refused: Takes what is wrong with it; by default it is said.
        """
        reading, sequences = self.reading, self.sequences
        if reading is None or sequences is None:
            return
        chosen, filters = (0, 0) if self.view is None else (self.view.filter, self.view.axes.filters)
        is_whole = reading.window == (0, len(reading.record))
        request = replace(
            self.request,
            model=text,
            model_options=options,
            block=None,
            inputs=self.request.inputs if text == self.request.model else (),
            record=reading.record.name,
            region=None if is_whole else reading.region,
            filter=None,
            cell=None,
            position=None,
            reverse=reading.reverse,
            ambiguity=str(reading.ambiguity),
        )

        def read(_: KeepOn) -> Opened:
            opened = open_model(text, options)
            read, notice = read_record(request, sequences, opened.model)
            view = None
            if isinstance(read, BlockReading):
                # As many filters are likely the same model, trained further.
                view = first_view(read, chosen if read.run.filters == filters else None)
            return Opened(request, sequences, read, view, notice, remarks(opened), file=opened)

        def show(opened: Opened) -> None:
            self.request = request
            self.show_opened(opened)
            self.remark(opened.remarks)

        self.begin("opening the model …", read, show, refused)

    def open_record(self, name: str, region: str | None = None) -> None:
        """Read another record of the same file, with the settings and the filter in force.

        Args:
            name: The record's name.
            region: Where in it to go, in samtools form.
        """
        reading, sequences = self.reading, self.sequences
        if reading is None or sequences is None:
            return
        chosen = 0 if self.view is None else self.view.filter
        request = replace(
            self.request, record=name, region=None, reverse=reading.reverse, ambiguity=str(reading.ambiguity)
        )

        def read(_: KeepOn) -> Opened:
            read, notice = read_record(request, sequences, reading.model)
            return Opened(
                request,
                sequences,
                read,
                first_view(read, chosen) if isinstance(read, BlockReading) else None,
                notice,
            )

        def show(opened: Opened) -> None:
            own = self.own_model
            self.show_opened(opened)
            self.own_model = own
            if region is not None:
                from cnn_core.regions import resolve_region

                _, start, stop = resolve_region(region, sequences)
                self.go_to_record(start, stop - start, from_first=True)
            self.say(opened.notice)

        self.begin(f"reading {name} …", read, show)

    # Searching

    def search(self, pattern: str, direction: int = 1) -> None:
        """Go to the next place of letters on either strand, round the whole record."""
        if self.picture is None:
            return
        reading, view = self.picture.reading, replace(self.picture.view, pattern=pattern)
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

        def look(keep_on: KeepOn) -> int | None:
            from cnn_core.search import find

            return find(record.codes, len(record), pattern, start, backwards=not onwards, keep_on=keep_on)

        def show(found: int | None) -> None:
            if found is None:
                self.show_view(view)
                self.say(f"{pattern} stands nowhere in the record, on neither strand")
                return
            self.go_to_record(found, len(pattern), pattern)

        self.begin(f"searching {pattern} …", look, show)

    def go_to_record(
        self, position: int, letters: int = 1, pattern: str | None = None, *, from_first: bool = False
    ) -> None:
        """Put the cursor over letters of the record, moving the input window where they are not in it.

        Args:
            position: The first of them, 0-based in the record.
            letters: How many they are.
            pattern: What was searched for, if it was a search.
            from_first: Whether the input window is to begin with them, instead of having them in its middle.
        """
        if self.picture is None:
            return
        reading, view = self.picture.reading, self.picture.view
        if pattern is not None:
            # From a cell or a response the next search would find the same letters again.
            view = replace(view, pattern=pattern, level=Level.BASE)
        whole = reading.stop - reading.start
        if not (reading.start <= position and position + letters <= reading.stop):
            reading = reading.moved_to(position if from_first else position - (whole - letters) // 2)
        letters = min(letters, whole)
        last = position + letters - 1
        base = min(reading.base_at(position), reading.base_at(last))
        view = self.over_base(view, base)
        if pattern is not None:
            self._found = reading.record_position(base)
        words = f"{reading.record.name}:{position + 1}-{last + 1}"
        if pattern is not None:
            from cnn_core.search import strands

            words += f", on the {strands(reading.record.codes(position, last + 1), pattern)} strand; n goes on"
        self.read_again(reading, view, words)
