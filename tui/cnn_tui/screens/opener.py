"""What opens: sequences, models and records, and what is shown of them first."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from textual.message import Message

from cnn_core.errors import CnnError, printable

from .. import opening, screens, view_file
from ..background.filter_motifs import usual_choice
from ..background.pacing import byte_progress
from ..opening.served_folder import check_within
from ..options.model_options import ModelOptions
from ..options.request import DEFAULT_SEQUENCES, OpenRequest, with_paths
from ..view.view_state import Subject
from ..words.plurals_and_indices import counted
from . import dialogs

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.readers.report import ModelFile

    from ..background.cancellable_task import CancellableTask
    from ..background.job import Activity
    from ..options.saved_view import SavedView
    from .block_screen import BlockScreen
    from .go_to_place import Places
    from .network_visit import NetworkVisit

__all__ = ["Opener", "Refusal"]

Refusal = Callable[[CnnError], None]
"""Takes what is wrong with what was to be opened."""


class Opener:
    """Opens things, and asks what to open.

    Args:
        screen: What shows them.
        places: Goes to a place of a record that is opened.
        visit: Shows what has no block.
    """

    class FirstShown(Message, bubble=False):
        """What was asked for first is shown."""

    def __init__(self, screen: BlockScreen, places: Places, visit: NetworkVisit) -> None:
        self._screen = screen
        self._places = places
        self._visit = visit

    def _refused(self, error: CnnError) -> None:
        """Say why something cannot be opened, and go on with what is shown."""
        self._screen.refuse_opening(error)
        self._visit.resume()

    # Sequences, models, records

    def open_sequences(self, request: OpenRequest, refused: Refusal | None = None) -> None:
        """Open other sequences; what is shown stays until they are there.

        Args:
            request: What to open.
            refused: Takes what is wrong with it; by default it is said.
        """
        name, job, left = PurePath(request.sequences or DEFAULT_SEQUENCES).name, self._screen.job, self._left()

        def work(task: CancellableTask[view_file.Opened]) -> view_file.Opened:
            def tell(activity: Activity) -> None:
                job.tell(task, activity)

            opened = view_file.open_request(request, byte_progress(f"reading {name}", task, tell))
            if left is not None:
                view_file.remember(left)
            return opened

        job.begin(
            "opening …",
            work,
            self._opened,
            refused=refused or self._refused,
            discard=lambda opened: opened.sequences.close(),
        )

    def _left(self) -> view_file.Shown | None:
        """Return what is looked at now, where it is to be kept for another time."""
        remembers = self._screen.has_shown and getattr(self._screen.app, "remembers", False)
        return screens.shown_on(self._screen) if remembers else None

    def _opened(self, opened: view_file.Opened) -> None:
        before = self._screen.sequences
        self._screen.background_work.leave_records()
        self._screen.request, self._screen.sequences = opened.request, opened.sequences
        self._screen.source = opened.sequences.source
        self.show_opened(opened)
        self._screen.remark((*(opened.remarks if before is None else ()), *opened.sequences.assumptions))
        if before is None:
            self._screen.post_message(self.FirstShown())
        else:
            # A file that is being written from them is written to its end.
            self._screen.background_work.writer.afterwards(before.close)

    def show_opened(self, opened: view_file.Opened) -> None:
        """Show the block of what has been opened, or the whole network where there is no block to look into."""
        reading, view, saved = opened.reading, opened.view, opened.saved
        self._screen.reason = opened.reason
        self._screen.model_file = opened.file or self._screen.model_file
        if reading.has_block:
            own = opened.own or reading.model
            if own is not self._screen.own_model:
                self._screen.background_work.filter_motifs.suit(reading)
            self._screen.own_model = own
            self._screen.versus = opened.versus or self._screen.versus
            if saved is not None:
                self._make_room(saved)
                chosen = saved.motifs or usual_choice(reading)
                self._screen.background_work.filter_motifs.choice = chosen
            if saved is not None or opened.attributed is not None:
                self._screen.background_work.attribution_scans.choose(opened.attributed)
            self._screen.show_reading(reading, None if view is None else lambda _: view)
            self._screen.has_shown = True
            if saved is None and self._screen.picture is not None:
                # The window that is read stands right of the cursor, and should be seen too.
                self._screen.show_picture(self._screen.picture.stepped(self._screen.picture.view.centred()))
            if saved is None and not reading.run.reads_letters and self._screen.view is not None:
                self._screen.show_view(self._screen.view.fitted())
        else:
            self._screen.own_model, self._screen.picture, self._screen.without_block = None, None, reading
            if opened.layer is None:
                self._visit.begin()
        if saved is not None:
            self._take_up(opened, saved)
        self._screen.say(opened.notice)

    def _make_room(self, saved: SavedView) -> None:
        """Give every part of the screen the room that a view file gives it."""
        self._screen.card = saved.tracks.inspector == "card"
        self._screen.unfolded = saved.tracks.inspector != "folded"
        self._screen.subject = Subject(saved.tracks.overview)
        self._screen.background_work.output_scans.choose(saved.predictions)

    def _take_up(self, opened: view_file.Opened, saved: SavedView) -> None:
        """Look exactly as a view file says, as far as the screen is as wide as it was."""
        if not view_file.is_recent(saved.path):
            self._screen.view_file = str(saved.path)
        view, now = opened.view, self._screen.view
        if view is not None and now is not None:
            offset = view.offset if now.columns == view.columns else now.offset
            self._screen.show_view(replace(now, play=view.play, offset=offset).settled())
        if opened.layer is not None:
            self._visit.restore(opened.reading, opened.layer)

    def open_model(self, text: str, options: ModelOptions, refused: Refusal | None = None) -> None:
        """Open another model on the same letters; what is shown stays until it is there.

        Args:
            text: The name of a model, or a model file.
            options: How the file is read.
            refused: Takes what is wrong with it; by default it is said.
        """
        if self._screen.reading is None or self._screen.sequences is None:
            return
        refuse = refused or self._refused

        def read_on(file: ModelFile) -> None:
            request = replace(
                self._screen.request,
                model=text,
                model_options=options,
                block=None,
                inputs=self._screen.request.inputs if text == self._screen.request.model else (),
                filter=None,
                cell=None,
                position=None,
            )
            self._read_with(file, request, refuse)

        left = self._left()

        def work(_: object) -> ModelFile:
            file = opening.open_model(text, options)
            if left is not None:
                view_file.remember(left)
            return file

        self._screen.job.begin("opening the model …", work, read_on, refused=refuse)

    def _read_with(self, file: ModelFile, request: OpenRequest, refused: Refusal) -> None:
        """Read what is looked at with another model; where the user goes on meanwhile, read that."""
        reading = self._screen.reading
        assert reading is not None
        is_whole = reading.window == (0, len(reading.record))
        region = None if is_whole else reading.region
        asked = replace(request, record=reading.record.name, region=region, edits=reading.bare_edit_names)

        def show(opened: view_file.Opened) -> None:
            self._screen.request = opened.request
            self.show_opened(opened)
            self._screen.remark(opened.remarks)

        def again() -> None:
            self._read_with(file, request, refused)

        self._read("opening the model …", asked, file, show, again, refused)

    def open_record(
        self,
        name: str,
        place: tuple[int, int] | None = None,
        words: str = "",
        then: Callable[[], None] | None = None,
    ) -> None:
        """Read another record of the same file, with the settings and the filter in force.

        Args:
            name: The record's name.
            place: Where in it to go, half-open.
            words: What is said then where the record has nothing to say.
            then: Is called once the record is shown.
        """
        reading, file = self._screen.reading, self._screen.model_file
        if reading is None or file is None:
            return
        is_same = name == reading.record.name
        edits = reading.bare_edit_names if is_same else ()
        request = replace(self._screen.request, record=name, region=None, edits=edits)
        dropped = len(reading.edits) - len(edits)
        gone = f"{counted(dropped, 'edit')} of {printable(reading.record.name)} gone with it" if dropped else ""

        def show(opened: view_file.Opened) -> None:
            own = self._screen.own_model
            self.show_opened(replace(opened, file=None))
            self._screen.own_model = own
            if place is not None:
                start, stop = place
                self._places.go_to_record(start, stop - start, from_first=True)
            # What the region is stays said where there is nothing else to say.
            if place is None or opened.notice or words or gone:
                self._screen.say("; ".join(filter(None, (opened.notice or words, gone))))
            if then is not None:
                then()

        def again() -> None:
            self.open_record(name, place, words, then)

        self._read(f"reading {name} …", request, replace(file, model=reading.model), show, again, self._refused)

    def _read(
        self,
        words: str,
        request: OpenRequest,
        file: ModelFile,
        show: Callable[[view_file.Opened], None],
        again: Callable[[], None],
        refused: Refusal,
    ) -> None:
        """Read a record with a model as what is looked at is read.

        Args:
            words: What the status line says meanwhile.
            request: What to read.
            file: The model.
            show: Shows it.
            again: Is called instead where something else is looked at by then.
            refused: Takes what is wrong with it.
        """
        reading, view, sequences = self._screen.reading, self._screen.view, self._screen.sequences
        if reading is None or sequences is None:
            return
        asked = replace(request, reverse=reading.reverse, ambiguity=str(reading.ambiguity))
        chosen, filters = (0, 0) if view is None else (view.filter, view.axes.filters)

        def read(_: object) -> view_file.Opened:
            read, notice = opening.read_record(asked, sequences, file)
            first = None
            if read.has_block:
                # As many filters are likely the same model, trained further.
                first = view_file.first_view(read, chosen if read.run.filters == filters else None)
            return view_file.Opened(asked, sequences, read, first, notice, opening.remarks(file), file=file)

        def show_or_again(opened: view_file.Opened) -> None:
            if self._stands_at(reading, chosen):
                show(opened)
            else:
                again()

        self._screen.job.begin(words, read, show_or_again, refused=refused)

    def _stands_at(self, reading: Reading, chosen: int) -> bool:
        """Tell whether a reading is still the one that is looked at, and a filter the chosen one."""
        return self._screen.reading is reading and (self._screen.view is None or self._screen.view.filter == chosen)

    def ask_record(self) -> None:
        """Ask which record to read."""
        if self._screen.reading is not None and self._screen.sequences is not None:
            chooser = dialogs.ChooseRecord(
                self._screen.sequences, self._screen.sequences.index(self._screen.reading.record.name)
            )
            self._screen.app.push_screen(chooser, self._choose_record)

    def _choose_record(self, name: str | None) -> None:
        if name is not None:
            self.open_record(name)
        else:
            self._visit.resume()

    def ask_sequences(self, refused: dialogs.Refused | None = None) -> None:
        """Ask which sequences to open.

        Args:
            refused: What was chosen before, and why it could not be opened.
        """
        if self._screen.reading is not None:
            self._screen.app.push_screen(dialogs.OpenSequences(self._screen.request.sequences, refused), self._open)

    def _open(self, text: str | None) -> None:
        reading = self._screen.reading
        if reading is None:
            return
        if text is None:
            self._visit.resume()
            return

        def ask_again(error: CnnError) -> None:
            self.ask_sequences(dialogs.Refused(text, error))

        if opening.is_view_name(text):
            try:
                asked = with_paths(view_file.with_view(OpenRequest(sequences=text)), self._within_bounds)
                self.open_sequences(asked, ask_again)
            except CnnError as error:
                ask_again(error)
            return
        request = replace(
            self._screen.request,
            sequences=text,
            record=None,
            region=None,
            model_options=replace(self._screen.request.model_options, weight_edits=reading.model.weight_names),
            edits=(),
            filter=None if self._screen.view is None else str(self._screen.view.filter),
            cell=None,
            position=None,
            versus=None,
            ambiguity=str(reading.ambiguity),
            reverse=reading.reverse,
            stdin=None,
        )
        self.open_sequences(request, ask_again)

    def _within_bounds(self, path: str) -> str:
        """Refuse a file that a view names outside the folder that a browser is kept to."""
        check_within(Path(path), getattr(self._screen.app, "within", None))
        return path

    def ask_model(self, refused: dialogs.Refused | None = None) -> None:
        """Ask which model to open.

        Args:
            refused: What was chosen before, and why it could not be opened.
        """
        if self._screen.reading is not None:
            now = self._screen.request
            self._screen.app.push_screen(dialogs.OpenModel(now.model, now.model_options, refused), self._open_model)

    def _open_model(self, choice: dialogs.ModelChoice | None) -> None:
        if choice is None:
            self._visit.resume()
            return

        def ask_again(error: CnnError) -> None:
            self.ask_model(dialogs.Refused(choice.text, error, shlex.join(choice.options.typed)))

        self.open_model(choice.text, choice.options, ask_again)
