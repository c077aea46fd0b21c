"""A reading with edits gives what a reading of a file edited by hand gives, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.layers import Activation, Conv1D, Dense, Flatten, GlobalMaxPooling1D, MaxPooling1D
from cnn_core.letters.alphabet import Ambiguity, decode
from cnn_core.letters.edits import Edit, parse_edits
from cnn_core.network.model import Model

LENGTH = 40
_TEXT = random_letters(60)


def _model(length: int | None) -> Model:
    conv, pool = Conv1D(random_kernel(5), activation="relu"), MaxPooling1D(4)
    if length is None:
        return block_model(conv, pool, head=[("top", GlobalMaxPooling1D())])
    dense = Dense(random_kernel((length - 4) // 4 * 2, 1, channels=1)[:, 0])
    head = [("flatten", Flatten()), ("dense", dense), ("sigmoid", Activation("sigmoid"))]
    return block_model(conv, pool, head=head, length=length)


def _by_hand(text: str, edits: tuple[Edit, ...]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.letters + text[edit.stop :]
    return text


@pytest.mark.parametrize("length", [None, LENGTH])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("interval", [None, (7, 47)])
@pytest.mark.parametrize(
    "names", [["20A>G"], ["12_14del"], ["15_16insTTAG"], ["3del", "9_11delinsCCCCC", "30_31insA"]]
)
def test_values_are_those_of_a_file_edited_by_hand(
    names: list[str], interval: tuple[int, int] | None, reverse: bool, length: int | None
) -> None:
    record = Letters(f"{_TEXT[:19]}A{_TEXT[20:]}")
    edits = parse_edits(names, record)
    model = _model(length)
    edited = Reading.of(model, record, interval, reverse=reverse).into().edited(edits)
    text = _by_hand(record.letters, edits)
    # An input of a fixed length stays where it is, and N fill what is missing at the record's end.
    text = text.ljust(len(record.letters), "N") if length else text
    by_hand = Reading.of(model, Letters(text), interval, reverse=reverse).into()
    assert edited.window == by_hand.window
    for name, values in by_hand.values.items():
        np.testing.assert_array_equal(edited.values[name], values)
    np.testing.assert_array_equal(edited.run.values(0, edited.run.cells), by_hand.run.values(0, by_hand.run.cells))


def test_the_record_itself_never_changes() -> None:
    record = Letters(_TEXT)
    edited = Reading.of(_model(None), record).edited(parse_edits(["5_7del"], record))
    assert record.letters == _TEXT
    assert edited.edited(()).record is record
    assert (edited.edit_names, edited.edited(()).edit_names) == (("record:5_7del",), ())


def test_letters_are_typed_in_the_direction_that_is_read() -> None:
    record = Letters("ACGTACGTAC")
    backward = Reading.of(_model(None), record, reverse=True)
    assert decode(backward.codes(0, 10)) == "GTACGTACGT"
    typed = backward.changed(0, 1, "A")
    assert decode(typed.codes(0, 10)) == "ATACGTACGT"
    assert typed.edit_names == ("record:10C>T",)


def test_the_next_letters_come_in_and_n_at_the_end() -> None:
    record = Letters(_TEXT)
    reading = Reading.of(_model(LENGTH), record, (0, LENGTH)).changed(3, 6, "")
    assert decode(reading.codes(0, LENGTH)) == _TEXT[:3] + _TEXT[6 : LENGTH + 3]
    last = Reading.of(_model(LENGTH), record, (20, 60)).changed(39, 40, "").changed(0, 2, "")
    assert (last.window, decode(last.codes(0, LENGTH))) == ((20, 60), _TEXT[22:59] + "NNN")


def test_an_edit_can_bring_a_letter_that_the_policy_refuses() -> None:
    reading = Reading.of(_model(None), Letters(_TEXT), ambiguity=Ambiguity.ERROR).changed(4, 5, "N")
    with pytest.raises(CnnError, match="record:5, letter N: is ambiguous"):
        reading.check_letters()
