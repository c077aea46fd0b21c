"""What is taken along: the view as a file, values as files, the value under the cursor as a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

from cnn_core.block_reading import BlockReading
from cnn_core.errors import CnnError, SettingError, printable
from cnn_core.reading import Reading

from ..faults import os_sentence
from ..opening import STANDARD_INPUT, OpenRequest
from ..overview_picture import Subject
from ..threads import in_thread
from ..view import Level
from ..widgets.status import Status
from .dialogs import Dialogs

if TYPE_CHECKING:
    from ..view_file.capturing import Shown
    from ..view_file.restoring import Restored
    from .export import Chosen
    from .network import Network

__all__ = ["Saving"]

Progress = Callable[[int, int], None]
Result = TypeVar("Result")

_SECONDS: Final = 12.0
_PATIENCE: Final = 5.0
"""Seconds that leaving waits for a writer that has been told to stop."""


class _StoppedError(CnnError):
    """Nobody waits for the file any more."""


class Saving(Dialogs):
    """Saves the view, exports values and shows code; what is written is written in the background."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._unwanted: Event | None = None
        """Set to stop what is being written; None while nothing is."""
        self._written = Event()
        self._written.set()
        self._framework: str | None = None
        self._view_file: str | None = None
        """Where the view was saved last, or came from."""

    @property
    def _network(self) -> Network | None:
        """The screen of the whole network, where it is shown."""
        from .network import Network

        shown = self.app.screen
        return shown if isinstance(shown, Network) else None

    @property
    def _looked_at(self) -> Reading | None:
        """What is read on the screen that is shown."""
        network = self._network
        return self.reading if network is None or network.picture is None else network.picture.reading

    # The view

    def action_save(self) -> None:
        """Ask where to save the view."""
        reading, sequences = self._looked_at, self.sequences
        if reading is None or sequences is None:
            return
        if self.request.sequences == STANDARD_INPUT:
            self.refuse(
                SettingError(
                    "what was piped in cannot be opened again",
                    where="standard input",
                    remedy="write it to a file and open that, and the view can be saved",
                )
            )
            return
        from ..view_file.capturing import Shown
        from .save_view import SaveView

        network = self._network
        if self.view is not None:
            # A demonstration is saved as it stands, and a count is not part of a view.
            self.stop_play()
            play = self.view.play
            self.show_view(replace(self.view, play=None if play is None else play.paused(False)))
        if network is not None:
            network.show_view(network.view)
        shown = Shown(
            self.request,
            sequences,
            reading,
            None if self.picture is None else self.own_model,
            self.view,
            None if network is None else network.view,
            "dark" if self.app.current_theme.dark else "light",
            "card" if self.card else "unfolded" if self.unfolded else "folded",
            str(self.subject),
        )
        self.app.push_screen(SaveView(self._view_file), lambda path: self._save_view(shown, path))

    def _save_view(self, shown: Shown, path: Path | None) -> None:
        if path is None:
            return
        from ..snapshot.writing import write_bytes
        from ..view_file.capturing import capture, saved_request
        from ..view_file.command import command_line
        from ..view_file.reading import SUFFIX
        from ..view_file.writing import view_text

        def write(_: Progress) -> str:
            request, saved = saved_request(shown), capture(shown, path)
            text = view_text(request, saved, shown.reading)
            write_bytes(path, text.encode(), force=True, suffixes=(SUFFIX,))
            return command_line(shown, request, saved)

        def tell(command: str) -> None:
            self._view_file = str(path)
            self.app.copy_to_clipboard(command)
            self._tell(f"{path} is written; on the clipboard, where the terminal allows it: {command}")

        self._write(f"writing {path.name} …", write, tell)

    def make_room(self, restored: Restored) -> None:
        """Give every part of the screen the room that a view file gives it."""
        saved = restored.saved
        self.card = saved.inspector == "card"
        self.unfolded = saved.inspector != "folded"
        self.subject = Subject(saved.overview)

    def take_up(self, restored: Restored) -> None:
        """Look exactly as a view file says, as far as the screen is as wide as it was."""
        self._view_file = str(restored.saved.path)
        view, now = restored.view, self.view
        if view is not None and now is not None:
            offset = view.offset if now.columns == view.columns else now.offset
            self.show_view(replace(now, play=view.play, offset=offset).settled())
        if restored.layer is not None:
            from .network import Network

            network = Network.of(restored.reading, self.source, restored.layer)
            self.app.push_screen(network, self._come_back)

    # Values

    def action_export(self) -> None:
        """Ask what to export, and where to."""
        picture = self.picture
        if picture is None:
            return
        from ..exporting import values_of
        from .export import ExportScreen

        reading, view = picture.reading, picture.view
        self.app.push_screen(ExportScreen(lambda export: values_of(export, reading, view)), self._export)

    def _export(self, chosen: Chosen | None) -> None:
        if chosen is None:
            return
        from ..cli.export import write_values

        def write(progress: Progress) -> tuple[Path, ...]:
            chosen.values.reading.check_letters()
            return write_values(chosen.values, chosen.path, force=True, progress=progress)

        def tell(files: tuple[Path, ...]) -> None:
            more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
            self._tell(f"{files[0]}{more} {'are' if more else 'is'} written")

        self._write(f"exporting {chosen.path.name} …", write, tell)

    # Code

    def action_code(self) -> None:
        """Show the value under the cursor as a program."""
        reading, network, opened = self._looked_at, self._network, self.model_file
        if reading is None or opened is None:
            return
        from cnn_core.scripts import FRAMEWORKS, WeightFile, place_of, script

        from ..cli.code import fasta_of, weight_file, write_program
        from .code import CodeScreen

        if network is not None:
            layer, index = network.view.axis.name, network.view.place
        else:
            assert self.picture is not None
            assert isinstance(reading, BlockReading)
            view = self.picture.view
            is_cell = view.level is Level.CELL
            layer, index = place_of(
                reading,
                view.filter,
                cell=view.cell if is_cell else None,
                position=None if is_cell else self.picture.position,
            )
        request = self.request
        fasta = fasta_of(request)

        def make(framework: str, path: Path | None) -> str:
            if path is None:
                weights = weight_file(request.model or opened.model.name, opened, request.model_options)
            else:
                weights = WeightFile(path.with_suffix(".npz").name, beside=True)
            return script(reading, framework, layer, index, weights=weights, fasta=fasta)

        def write(framework: str, path: Path) -> tuple[Path, ...]:
            write_program(make(framework, path), opened, path, force=True)
            return path, path.with_suffix(".npz")

        screen = CodeScreen(make, write, self._framework or FRAMEWORKS[0])

        def keep(_: None) -> None:
            self._framework = screen.framework

        self.app.push_screen(screen, keep)

    # Writing

    def _write(self, words: str, work: Callable[[Progress], Result], then: Callable[[Result], None]) -> None:
        """Write something in a thread of its own, one at a time; a step does not stop it, Escape does."""
        if self._unwanted is not None:
            self.refuse(CnnError("a file is being written already", remedy="wait for it, or stop it with Esc"))
            return
        unwanted = self._unwanted = Event()
        self._written.clear()
        status = self.query_one(Status)
        status.working = words
        app = self.app

        def show(done: int, there: int) -> None:
            if self._unwanted is unwanted:
                status.working = f"{words} {done * 100 // max(1, there)} %"

        def progress(done: int, there: int) -> None:
            if unwanted.is_set():
                raise _StoppedError("stopped")
            app.call_later(show, done, there)

        def run() -> Result:
            try:
                return work(progress)
            finally:
                self._written.set()

        async def write() -> None:
            try:
                result = await in_thread(run)
            except (CnnError, OSError) as error:
                if not isinstance(error, _StoppedError):
                    self.refuse(error if isinstance(error, CnnError) else os_sentence(error))
            else:
                then(result)
            finally:
                # Also where the app ends, which takes this worker away before it unmounts the screen.
                unwanted.set()
                if self._unwanted is unwanted:
                    self._unwanted = None
                    status.working = ""

        self.run_worker(write(), group="writing")

    def stop_job(self) -> bool:
        """Give up what is being written, or else the job that goes on; tell whether there was one."""
        if self._unwanted is None:
            return super().stop_job()
        self._unwanted.set()
        self._unwanted = None
        self.query_one(Status).working = ""
        self.say("stopped")
        return True

    def on_unmount(self) -> None:
        """Let what is being written take back its unfinished file."""
        if self._unwanted is not None:
            self._unwanted.set()
        self._written.wait(_PATIENCE)

    def _tell(self, words: str) -> None:
        self.notify(printable(words), markup=False, timeout=_SECONDS)
