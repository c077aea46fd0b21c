"""Edits of the letters that are read: typed, undone and redone, listed, and compared with the original."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.letters.readable_record import ReadableRecord

from ..view.edit_history import EditHistory, EditStep, Overlay
from ..view.view_state import Axes, EditsShown, Level, ViewState
from ..words.change_words import listed_edits
from . import dialogs
from .block_screen import BlockScreen

if TYPE_CHECKING:
    from cnn_core.readers.report import ModelFile

    from ..pictures.block_picture import Picture

__all__ = ["LetterEditing", "edited_view", "passes_on"]

_LETTERS: Final = "ACGTN"
_WHILE_TYPING: Final = ("help", "palette", "undo", "redo")
"""Commands whose keys stay theirs while letters are typed, though they are characters."""
_NOT_WHILE_TYPING: Final = ("down", "up", "network", "play")
"""Commands whose keys do nothing while letters or weights are typed, though nothing is typed by them."""
_NONE: Final = "no edits: e types letters, K edits weights"
_SAID: Final = {
    EditsShown.EDITED: "the edited values",
    EditsShown.ORIGINAL: "the original, without the edits",
    EditsShown.DIFFERENCE: "edited − original: what the edits change",
}


class LetterEditing:
    """Edits what a screen shows; every edit can be undone, in order.

    Args:
        screen: What shows it.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen
        self._history = EditHistory()
        self._record: ReadableRecord | None = None
        """The record that the history is of, as it is without edits."""
        self._file: ModelFile | None = None
        """The model that it is of."""
        self._begun = 0
        """Steps that were in force when typing began."""

    # Typing

    def begin(self) -> None:
        """Let letters be typed at the cursor's base: from a cell or an activation down at the first that it reads."""
        picture = self._screen.picture
        reading = self._screen.asked
        if picture is None or reading is None:
            return
        view = replace(edited_view(picture), weighing=None)
        above = view.level
        view = view.down(picture.pool_step.followed) if above is Level.CELL else view
        view = view.down(None)
        base = max(0, view.axes.base_of_input(view.base))
        self._begun = self._history_of(reading).count
        self._screen.show_view(view.typing_at(base))
        if above is not Level.BASE:
            read = f"{picture.words.conv}[{view.position}]"
            self._screen.say(f"typing at base {base}, the first that {read} reads: A C G T N  Ins  Del  Esc ends")

    def takes(self, key: str, character: str | None) -> bool:
        """Take a key while letters are typed; tell whether nothing else may be done with it.

        Args:
            key: Textual's name of the key.
            character: What it prints, if anything.
        """
        if character is not None and character.upper() in _LETTERS:
            self._type(character.upper())
            return True
        own = {"backspace": self._take_back, "delete": self._take_out, "insert": self._toggle}
        if key in own:
            own[key]()
            return True
        if passes_on(self._screen, key, character, _WHILE_TYPING):
            return False
        self._screen.say("A C G T N are typed here: Esc ends typing, and keys are commands again")
        return True

    def _type(self, letter: str) -> None:
        view, reading = self._screen.view, self._screen.asked
        assert view is not None
        if view.typing is None or reading is None:
            return
        base, inserting = view.typing.base, view.typing.inserting
        stood = reading.record_position(base)
        # The letter under the cursor stays where it is in the record of the other strand, and all others move.
        follows = stood + (0 if reading.reverse else 1) if inserting else stood + (-1 if reading.reverse else 1)
        self._change(reading, base, base + (not inserting), letter, follows, typed=True)

    def _take_out(self) -> None:
        view, reading = self._screen.view, self._screen.asked
        assert view is not None
        if view.typing is None or reading is None:
            return
        base = view.typing.base
        stood = reading.record_position(base)
        self._change(reading, base, base + 1, "", stood - (1 if reading.reverse else 0))

    def _change(
        self, reading: Reading, first: int, last: int, letters: str, follows: int, *, typed: bool = False
    ) -> None:
        """Lay letters over others; the cursor stands then on a position of the record."""
        try:
            edited = reading.changed(first, last, letters)
            _ = edited.run
            edited.check_letters()
        except CnnError as error:
            self._screen.refuse(error)
            return
        stood = reading.record_position(first)
        self._history = self._history_of(reading).done(_overlay_of(edited), stood, typed=typed)
        self._show(reading if edited.edits == reading.edits else edited, follows)

    def _toggle(self) -> None:
        view = self._screen.view
        if view is not None and view.typing is not None:
            typing = replace(view.typing, inserting=not view.typing.inserting)
            self._screen.show_view(replace(view, typing=typing))

    def _take_back(self) -> None:
        """Take back the letter that was typed last."""
        reading = self._screen.asked
        if reading is None:
            return
        history = self._history_of(reading)
        if history.count > self._begun and history.last is not None and history.last.typed:
            self._step(reading, history.undone(), history.last, history.last.before)
        else:
            self._screen.say("nothing has been typed here: u undoes what was edited before")

    # Undo and redo

    def undo(self) -> None:
        """Undo the last edit."""
        if (reading := self._screen.asked) is None:
            return
        history = self._history_of(reading)
        if history.last is None:
            edited = reading.edits or reading.model.weight_edits
            self._screen.say("nothing to undo" if edited else f"nothing to undo; {_NONE}")
            return
        self._begun = min(self._begun, history.count - 1)
        words = f"undone: {_named_step(history.last, reading)}"
        self._step(reading, history.undone(), history.last, history.last.before, words)

    def redo(self) -> None:
        """Do the edit again that was undone last."""
        if (reading := self._screen.asked) is None:
            return
        history = self._history_of(reading)
        if history.following is None:
            self._screen.say("nothing to redo")
            return
        words = f"done again: {_named_step(history.following, reading)}"
        self._step(reading, history.redone(), history.following, history.following.after, words)

    def _step(
        self, reading: Reading, history: EditHistory, step: EditStep, overlay: Overlay, words: str = ""
    ) -> None:
        """Lay over what a step of the history had; what is typed next goes where the cursor stood then."""
        try:
            edited = _laid(overlay, reading)
            if step.stood is not None and not edited.start <= step.stood < edited.stop:
                edited = edited.moved_to(step.stood - edited.length // 2)
            _ = edited.run
        except CnnError as error:
            self._screen.refuse(error)
            return
        self._history = history
        left = (*edited.edit_names, *edited.model.weight_names)
        rest = f"edited still: {listed_edits(left)}" if left else "no edits are left"
        self._show(edited, step.stood, f"{words}; {rest}" if words else "")

    def _history_of(self, reading: Reading) -> EditHistory:
        """Return the history of the record that is read, which ends with the edits that are laid over it."""
        own, file = reading.own_record, self._screen.model_file
        if own is not self._record or file is not self._file:
            self._record, self._file, self._history, self._begun = own, file, EditHistory(_overlay_of(reading)), 0
        self._history = self._history.at(_overlay_of(reading))
        return self._history

    def lay(self, reading: Reading, edited: Reading, words: str = "") -> None:
        """Show a reading with other edits of its model's weights, which can be undone.

        Args:
            reading: The reading before.
            edited: The reading to show.
            words: What is to be said of it.
        """
        self._history = self._history_of(reading).done(_overlay_of(edited))
        self._show(edited, None, words)

    def _show(self, reading: Reading, position: int | None, words: str = "") -> None:
        """Show a reading; while letters are typed, with the cursor on a position of its record."""
        screen, view = self._screen, self._screen.view
        assert view is not None

        def step(view: ViewState) -> ViewState:
            if view.typing is None or position is None:
                return view
            return view.typing_at(reading.base_at(position))

        if reading is screen.reading:
            screen.show_view(step(view))
            screen.say(words)
            return
        if not reading.run.is_quick:
            # The next letter is not typed over the last one while this is computed.
            screen.show_view(step(view))
        screen.show_computed(reading, step, words)

    # What is shown

    def show_next(self) -> None:
        """Show the edited values, the original ones, and how they differ, in turn."""
        picture = self._screen.picture
        if picture is None:
            return
        if picture.original is None:
            self._screen.say(_NONE)
            return
        shown = picture.view.edits.next
        reading = picture.original if shown is EditsShown.ORIGINAL else picture.reading
        view = replace(picture.view.ended_typing(), edits=shown, play=None).with_axes(Axes.of(reading.run))
        # Which values are shown decides what of them is known: the picture is made anew.
        picture = type(picture).of(picture.reading, view, picture, picture.original)
        self._screen.forget_words()
        self._screen.show_picture(picture)
        self._screen.say(_SAID[shown])

    def ask(self) -> None:
        """List the edits by name."""
        reading = self._screen.reading
        names = () if reading is None else (*reading.edit_names, *reading.model.weight_names)
        if names:
            self._screen.app.push_screen(dialogs.Edits(names))
        else:
            self._screen.say(_NONE)


def passes_on(screen: BlockScreen, key: str, character: str | None, kept: Collection[str]) -> bool:
    """Tell whether a key by which nothing is typed is still that of a command.

    Args:
        screen: Where something is typed.
        key: The key, as Textual names it.
        character: What it types, or None.
        kept: The names of the commands whose keys stay theirs, though they are characters.
    """
    name = next((command.name for command in screen.commands if key in command.keys), "")
    return name in kept or (character is None and name not in _NOT_WHILE_TYPING)


def edited_view(picture: Picture) -> ViewState:
    """Return the view of a picture in which its edits are made: with the edits, where the original is shown."""
    view = replace(picture.view, play=None)
    if view.edits is not EditsShown.ORIGINAL:
        return view
    return replace(view, edits=EditsShown.EDITED).with_axes(Axes.of(picture.reading.run))


def _named_step(step: EditStep, reading: Reading) -> str:
    """Return the names of what a step of the history changed."""
    before, after = (_laid(overlay, reading) for overlay in (step.before, step.after))
    names = [(*each.edit_names, *each.model.weight_names) for each in (before, after)]
    changed = [name for name in names[1] if name not in names[0]] or [
        name for name in names[0] if name not in names[1]
    ]
    return listed_edits(changed)


def _overlay_of(reading: Reading) -> Overlay:
    """Return what is laid over a reading's record and model."""
    return Overlay(reading.edits, reading.model.weight_edits)


def _laid(overlay: Overlay, reading: Reading) -> Reading:
    """Return a reading with other edits over its record and its model; what stays as it is, is not made anew."""
    if overlay.weights != reading.model.weight_edits:
        reading = reading.with_weights(overlay.weights)
    return reading if overlay.letters == reading.edits else reading.edited(overlay.letters)
