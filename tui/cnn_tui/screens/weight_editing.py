"""Edits of the chosen filter's weights, on its card: raised, lowered, typed, flipped, shuffled, and reset."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.network.model import Model
from cnn_core.network.weight_edits import Arrangement, BiasEdit, FilterEdit, WeightEdit

from ..view.weight_cursor import WeightCursor
from ..widgets.filter_card import FilterCard
from ..words.weight_words import step_of, weights_now
from .block_screen import BlockScreen
from .letter_editing import LetterEditing, edited_view, passes_on

__all__ = ["WeightEditing"]

_MOVES: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_PASSED_ON: Final = ("help", "palette", "undo", "redo", "edits-shown", "previous-filter", "next-filter")
"""Commands whose keys stay theirs while weights are edited, though they are characters."""


class WeightEditing:
    """Edits the weights that the filter card shows; every edit can be undone, in one order with those of letters.

    Args:
        screen: What shows it.
        editing: Lays edits over what is read, and remembers them.
    """

    def __init__(self, screen: BlockScreen, editing: LetterEditing) -> None:
        self._screen = screen
        self._editing = editing

    def begin(self) -> None:
        """Let keys edit the weights of the filter card, which comes to the front where it is not shown."""
        screen, picture = self._screen, self._screen.picture
        if picture is None:
            return
        arrangement = screen.arrangement()
        if arrangement is not None and arrangement.card is None:
            screen.card = screen.unfolded = True
        view = edited_view(picture).ended_typing()
        channels = self._channels
        cursor = WeightCursor(0, channels[0] if channels else None)
        screen.show_view(replace(view, weighing=view.weighing or cursor))

    @property
    def _channels(self) -> list[int]:
        """The channels that have a line on the card, by their numbers in what the filter reads."""
        picture = self._screen.picture
        assert picture is not None
        read = weights_now(picture.reading, picture.view.filter).channels
        drawn = self._screen.query_one(FilterCard).kernel(picture).channels
        return (
            [channel for channel in drawn if channel in read]
            if picture.deep_step is None
            else [read[at] for at in drawn]
        )

    def select(self, tap: int, channel: int) -> None:
        """Put the cursor on a weight."""
        self._put(WeightCursor(tap, channel))

    def _put(self, cursor: WeightCursor | None) -> None:
        view = self._screen.view
        if view is not None:
            self._screen.show_view(replace(view, weighing=cursor))

    def leave(self) -> None:
        """Forget the number that is typed, or let keys be commands again."""
        view = self._screen.view
        if view is not None and view.weighing is not None:
            self._put(replace(view.weighing, typed="") if view.weighing.typed else None)

    def takes(self, key: str, character: str | None) -> bool:
        """Take a key while weights are edited; tell whether nothing else may be done with it.

        Args:
            key: Textual's name of the key.
            character: What it prints, if anything.
        """
        picture, reading = self._screen.picture, self._screen.asked
        if picture is None or reading is None or picture.view.weighing is None:
            return False
        cursor = picture.view.weighing
        if cursor.channel not in (None, *weights_now(reading, picture.view.filter).channels):
            # Another filter reads other channels.
            cursor = cursor.moved(0, 0, cursor.tap + 1, self._channels)
        if key in _MOVES:
            taps = self._screen.query_one(FilterCard).kernel(picture).taps[0]
            self._put(cursor.moved(*_MOVES[key], taps, self._channels))
        elif key == "enter" and cursor.number is not None:
            self._set(reading, cursor, cursor.number)
        elif key == "backspace" and cursor.typed:
            self._put(cursor.erased())
        elif key == "delete":
            self._set(
                reading, cursor, _value(reading.model.without_weight_edits(), reading, picture.view.filter, cursor)
            )
        elif character is not None and (typed := cursor.with_character(character)) is not None:
            self._put(typed)
        elif character in ("+", "=", "-"):
            self._step(reading, cursor, -1 if character == "-" else 1)
        elif character in ("f", "c", "s"):
            self._arrange(reading, picture.view.filter, character)
        elif character == "r":
            self._reset(reading, picture.view.filter)
        elif character == "b":
            self._put(WeightCursor(cursor.tap, None))
        else:
            return self._keeps(key, character)
        return True

    def _keeps(self, key: str, character: str | None) -> bool:
        """Tell whether a key that edits nothing does nothing either."""
        if passes_on(self._screen, key, character, _PASSED_ON):
            return False
        self._screen.say("weights are edited here: Esc ends that, and keys are commands again")
        return True

    def _step(self, reading: Reading, cursor: WeightCursor, direction: int) -> None:
        """Raise or lower what is under the cursor; as many steps up as down lead back to the model's own number."""
        view = self._screen.view
        assert view is not None
        step, own = step_of(reading, view.filter), reading.model.without_weight_edits()
        value = _value(reading.model, reading, view.filter, cursor) + direction * step
        was = _value(own, reading, view.filter, cursor)
        self._set(reading, cursor, was if abs(value - was) < step / 100 else float(f"{value / step:.3f}") * step)

    def _set(self, reading: Reading, cursor: WeightCursor, value: float) -> None:
        view = self._screen.view
        assert view is not None
        at, value = (reading.model.first_call(reading.block.conv), view.filter), float(np.float32(value))
        edit = (
            BiasEdit(*at, value) if cursor.channel is None else WeightEdit(*at, cursor.tap, cursor.channel, value)
        )
        self._lay(reading, edit)

    def _arrange(self, reading: Reading, chosen: int, key: str) -> None:
        layer = reading.model.first_call(reading.block.conv)
        if key != "s":
            self._lay(reading, Arrangement(layer, chosen, "flipped" if key == "f" else "revcomp"))
            return
        before = sum(
            isinstance(edit, Arrangement)
            and edit.how == "shuffled"
            and (edit.layer, edit.filter) == (layer, chosen)
            for edit in reading.model.weight_edits
        )
        self._lay(reading, Arrangement(layer, chosen, "shuffled", before + 1))

    def _reset(self, reading: Reading, chosen: int) -> None:
        layer = reading.model.first_call(reading.block.conv)
        self._take(reading, reading.model.without_edits_of(layer, chosen), "the filter's own weights")

    def _lay(self, reading: Reading, edit: FilterEdit) -> None:
        try:
            model = reading.model.with_weight(edit)
        except CnnError as error:
            self._screen.refuse(error)
            return
        self._take(reading, model, "")

    def _take(self, reading: Reading, model: Model, words: str) -> None:
        """Show a reading with other edits of the weights, and remember it; nothing is typed any more."""
        view = self._screen.view
        if view is not None and view.weighing is not None and view.weighing.typed:
            self._put(replace(view.weighing, typed=""))
        if model.weight_edits != reading.model.weight_edits:
            self._editing.lay(reading, reading.with_weights(model.weight_edits), words)
        else:
            self._screen.say("nothing is changed by that")


def _value(model: Model, reading: Reading, chosen: int, cursor: WeightCursor) -> float:
    """Return the weight, or the bias, under the cursor in a model."""
    filter_weights = model.filter_weights(reading.block.conv, chosen)
    if cursor.channel is None:
        return filter_weights.bias
    return float(filter_weights.weights[cursor.tap, cursor.channel - filter_weights.channels.start])
