"""What is taken along: a view or a picture, values, the value under the cursor as words or as a program."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from cnn_core.blocks.reading import Reading
from cnn_core.errors import SettingError, printable
from cnn_core.programs import FRAMEWORKS, WeightFile, place_of, script
from cnn_core.work.progress import Progress

from ..options.request import STANDARD_INPUT, VIEW_SUFFIX
from ..output.exporting import values_of
from ..output.program_files import fasta_of, weight_file, write_program
from ..output.value_files import write_values
from ..output.whole_file import OutputFile
from ..pictures.colours import palette_of
from ..pictures.layer_narration import explain_layer
from ..pictures.narration import equation_lines
from ..rendering.picture import PICTURE_SUFFIXES, picture_bytes
from ..rendering.screen_cells import Drawing
from ..terminal.conditions import takes_clipboard
from ..view.view_state import Level
from ..view_file.capturing import Shown, capture, command_line, saved_request
from ..view_file.form import view_text
from . import dialogs
from .block_screen import BlockScreen
from .network import Network
from .shown import network_over, shown_on
from .track_screen import TrackScreen

__all__ = ["Saving"]

_SECONDS: Final = 12.0


class Saving:
    """Takes along what a screen shows.

    Args:
        screen: The explorer's screen, under whatever else is shown.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen
        self._framework: str | None = None

    @property
    def _network(self) -> Network | None:
        return network_over(self._screen)

    @property
    def _looked_at(self) -> Reading | None:
        network = self._network
        return self._screen.reading if network is None else network.reading

    # The view

    def ask_view(self) -> None:
        """Ask where to save the view, or a picture of the screen."""
        screen = self._screen
        if self._looked_at is None or screen.sequences is None:
            return
        palette = palette_of(screen.app)
        # Before the dialog stands over it.
        drawing = Drawing.of(screen.app, palette.text, palette.ground)
        network = self._network
        if screen.view is not None:
            # A demonstration is saved as it stands, and a count is not part of a view.
            play = screen.view.play
            screen.show_view(replace(screen.view, play=None if play is None else play.paused(False)))
        if network is not None:
            network.show_view(network.view)
        shown = shown_on(screen)
        if shown is None:
            return
        screen.app.push_screen(dialogs.SaveView(screen.view_file), lambda path: self._save(shown, drawing, path))

    def _save(self, shown: Shown, drawing: Drawing, path: Path | None) -> None:
        if path is None:
            return
        if path.suffix.lower() in PICTURE_SUFFIXES:
            self._save_picture(drawing, path)
        elif shown.request.sequences == STANDARD_INPUT:
            self._screen.refuse(
                SettingError(
                    "what was piped in cannot be opened again",
                    where="standard input",
                    remedy="write it to a file and open that, and the view can be saved; a picture can be now",
                )
            )
        else:
            self._save_view(shown, path)

    def _save_picture(self, drawing: Drawing, path: Path) -> None:
        def write(_: Progress) -> Path:
            file = OutputFile(path, "picture", PICTURE_SUFFIXES, force=True)
            file.write(picture_bytes(drawing, file.suffix))
            return path

        self._screen.background_work.writer.write(
            f"writing {path.name} …", write, lambda written: self._tell(f"{written} is written")
        )

    def _save_view(self, shown: Shown, path: Path) -> None:

        def write(_: Progress) -> str:
            request, saved = saved_request(shown), capture(shown, path)
            text = view_text(request, saved, shown.reading)
            OutputFile(path, "view", (VIEW_SUFFIX,), force=True).write(text.encode())
            return command_line(shown, request, saved)

        def tell(command: str) -> None:
            self._screen.view_file = str(path)
            self._screen.app.copy_to_clipboard(command)
            self._tell(f"{path} is written; on the clipboard, where the terminal allows it: {command}")

        self._screen.background_work.writer.write(f"writing {path.name} …", write, tell)

    # Words

    def copy_equation(self) -> None:
        """Copy the equation of the value under the cursor, or show it where the terminal takes no clipboard."""
        network, picture = self._network, self._screen.picture
        if network is not None and network.picture is not None:
            lines = explain_layer(network.picture)[:1]
        elif picture is not None:
            lines = equation_lines(picture)
        else:
            return
        text = "\n".join(lines)
        shown = self._screen.app.screen
        if not takes_clipboard(os.environ) or self._screen.app.is_web:
            self._screen.notify(
                "\n".join(["this terminal takes no clipboard:", *map(printable, lines)]), markup=False
            )
            return
        self._screen.app.copy_to_clipboard(text)
        if isinstance(shown, TrackScreen):
            shown.say(f"copied: {lines[0]}")

    # Values

    def ask_export(self) -> None:
        """Ask what to export, and where to."""
        picture = self._screen.picture
        if picture is None:
            return

        reading, view = picture.reading, picture.view
        dialog = dialogs.ExportScreen(lambda export: values_of(export, reading, view))
        self._screen.app.push_screen(dialog, self._export)

    def _export(self, chosen: dialogs.ChosenExport | None) -> None:
        if chosen is None:
            return

        def write(progress: Progress) -> tuple[Path, ...]:
            chosen.values.reading.check_letters()
            return write_values(chosen.values, chosen.path, force=True, progress=progress)

        def tell(files: tuple[Path, ...]) -> None:
            more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
            self._tell(f"{files[0]}{more} {'are' if more else 'is'} written")

        self._screen.background_work.writer.write(f"exporting {chosen.path.name} …", write, tell)

    # Code

    def show_code(self) -> None:
        """Show the value under the cursor as a program."""
        reading, network, opened = self._looked_at, self._network, self._screen.model_file
        picture, request = self._screen.picture, self._screen.request
        if reading is None or opened is None or (picture is None and network is None):
            return

        if network is not None:
            layer, index = network.view.axis.name, network.view.place
        else:
            assert picture is not None
            assert reading.has_block
            view = picture.view
            is_cell = view.level is Level.CELL
            layer, index = place_of(
                reading,
                view.filter,
                cell=view.cell if is_cell else None,
                position=None if is_cell else picture.position,
            )

        # The file is that of the model as it was opened.
        opened = replace(opened, model=opened.model.with_weights(reading.model.weight_edits))
        options = replace(request.model_options, weight_edits=reading.model.weight_names)

        def make(framework: str, path: Path | None) -> str:
            if path is None:
                weights = weight_file(request.model or opened.model.name, opened, options)
            else:
                weights = WeightFile(path.with_suffix(".npz").name, beside=True)
            return script(reading, framework, layer, index, weights=weights, fasta=fasta_of(request, path))

        def write(framework: str, path: Path) -> tuple[Path, ...]:
            write_program(make(framework, path), opened, path, force=True)
            return path, path.with_suffix(".npz")

        screen = dialogs.CodeScreen(make, write, self._framework or FRAMEWORKS[0])

        def keep(_: None) -> None:
            self._framework = screen.framework

        self._screen.app.push_screen(screen, keep)

    def _tell(self, words: str) -> None:
        self._screen.notify(printable(words), markup=False, timeout=_SECONDS)
