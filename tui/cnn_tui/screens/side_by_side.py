"""Another reading beside the one that is looked at: asked for, followed at every step, and taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_core.errors import CnnError

from .. import opening, pictures
from ..opening.served_folder import check_within
from ..options.request import MODEL_NAMES
from . import dialogs

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

    from ..opening.versus import Versus
    from ..pictures.block_picture import Picture
    from .block_screen import BlockScreen

__all__ = ["SideBySide"]


class SideBySide:
    """Puts another reading beside the one that a screen shows.

    Args:
        screen: What shows them.
        followed: Is called when another reading stands beside, or none.
    """

    def __init__(self, screen: BlockScreen, followed: Callable[[], None]) -> None:
        self._screen = screen
        self._followed = followed
        self._awaited: Reading | None = None
        """The reading for which what stands beside it is being computed."""

    def toggle(self) -> None:
        """Take away what stands beside; where nothing does, put the original beside the edits, or ask what."""
        picture = self._screen.picture
        if picture is None:
            return
        if self._screen.request.versus is not None:
            self.close()
        elif picture.original is not None:
            self.put("original")
        else:
            self.ask()

    def close(self) -> None:
        """Look at the reading alone."""
        self._awaited = None
        self._screen.request = replace(self._screen.request, versus=None)
        if self._screen.picture is not None:
            self._screen.show_view(self._screen.picture.view)
        self._followed()

    def ask(self, refused: dialogs.Refused | None = None) -> None:
        """Ask what to look at beside.

        Args:
            refused: What was asked for before, and why it cannot be.
        """
        picture, sequences = self._screen.picture, self._screen.sequences
        if picture is None or sequences is None:
            return

        def take(asked: str | None) -> None:
            if asked is not None:
                self.put(asked, lambda error: self.ask(dialogs.Refused(asked, error)))

        self._screen.app.push_screen(dialogs.AskVersus(picture, sequences, refused), take)

    def put(self, asked: str, refused: Callable[[CnnError], None] | None = None, words: str = "") -> None:
        """Put something beside what is looked at.

        Args:
            asked: What, see `opening.versus_of`.
            refused: Takes what is wrong with it; by default it is said.
            words: What is said then.
        """
        screen, picture, sequences = self._screen, self._screen.picture, self._screen.sequences
        if picture is None or sequences is None:
            return
        reading, own = picture.reading, screen.own_model

        def work(_: object) -> Versus:
            kind, _, name = (part.strip() for part in asked.partition(":"))
            if kind == "model" and name not in MODEL_NAMES:
                check_within(Path(name), getattr(screen.app, "within", None))
            found = opening.versus_of(asked, reading, sequences, own)
            found.reading.run.compute()
            return found

        def show(found: Versus) -> None:
            if screen.picture is None:
                return
            if screen.picture.reading is not reading:
                self.put(asked, refused, words)
                return
            screen.versus, screen.request = found, replace(screen.request, versus=asked)
            screen.show_view(screen.picture.view)
            screen.say(words or "side by side: everything moves both; | closes")

        screen.job.begin("opening what stands beside …", work, show, refused=refused or screen.refuse)

    def follow(self) -> None:
        """Show beside another picture what stands there."""
        screen, picture = self._screen, self._screen.picture
        found = None if picture is None else self._found(picture)
        split = None
        if picture is not None and found is not None:
            try:
                split = pictures.SideBySide.of(picture, found, screen.split)
                split.b.read()
            except CnnError as error:
                split = None
                self._give_up(error)
        screen.split = split
        screen.mapped = picture if split is None else split.mapped

    def _found(self, picture: Picture) -> Versus | None:
        """Return what stands beside a picture, as soon as its block's values can be asked for."""
        screen, asked, known = self._screen, self._screen.request.versus, self._screen.versus
        if asked is None or screen.sequences is None:
            return None
        reading = picture.reading
        if known is not None and known.asked == asked and known.of is reading:
            return known
        try:
            found = opening.versus_of(asked, reading, screen.sequences, screen.own_model, known)
        except CnnError as error:
            self._give_up(error)
            return None
        if found.kind == "original" and picture.original is not None:
            found = replace(found, reading=picture.original)
        elif known is not None and known.asked == asked and pictures.is_same(found.reading, known.reading):
            found = replace(found, reading=known.reading)
        if found.reading.run.is_quick:
            screen.versus = found
            return found
        if self._awaited is not reading:
            self._compute(found)
        return None

    def _compute(self, found: Versus) -> None:
        """Compute the values of what is to stand beside."""
        screen = self._screen
        self._awaited = found.of

        def show(_: object) -> None:
            self._awaited = None
            if screen.picture is not None and screen.picture.reading is found.of:
                screen.versus = found
                self.follow()
                self._followed()

        screen.job.begin("computing what stands beside …", lambda _: found.reading.run.compute(), show)

    def _give_up(self, error: CnnError) -> None:
        """Look at the reading alone, and say why."""
        screen = self._screen
        screen.request = replace(screen.request, versus=None)
        screen.refuse(error)
        if screen.picture is not None:
            screen.step_to(screen.picture.view)
