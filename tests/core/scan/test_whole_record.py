"""A block along the whole record, and where it stays on its input window."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.offered_blocks import find_block
from cnn_core.blocks.reading import Reading
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.scan.whole_record import is_whole, whole_reading

LETTERS = random_letters(200, seed=3)


def model_of(length: int | None) -> Model:
    head = [("conv2", Conv1D(random_kernel(3, channels=2), activation="relu")), ("pool2", MaxPooling1D(2))]
    conv = Conv1D(random_kernel(5), activation="relu")
    return block_model(conv, MaxPooling1D(4), head=head, length=length)  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [None, 60])
@pytest.mark.parametrize("reverse", [False, True])
def test_it_is_the_block_on_all_letters_whatever_the_network_reads(length: int | None, reverse: bool) -> None:
    reading = Reading.of(model_of(length), Letters(LETTERS, "chr"), (100, 160), reverse=reverse).into()
    whole = whole_reading(reading)
    assert is_whole(whole)
    assert not is_whole(reading)
    assert whole.reverse == reverse
    expected = Reading.of(model_of(None), Letters(LETTERS, "chr"), reverse=reverse).into().run
    np.testing.assert_array_equal(whole.run.values(0, whole.run.cells), expected.values(0, expected.cells))


def is_afresh(whole: Reading, reading: Reading) -> bool:
    """Tell whether one reading reads what the other does, and has nothing of what that has computed."""
    same = all(getattr(whole, each) is getattr(reading, each) for each in ("model", "record", "block"))
    return same and whole.window == reading.window and whole is not reading and not whole.is_computed


def test_what_is_whole_already_is_read_afresh_so_that_nothing_computed_is_kept_with_it() -> None:
    reading = Reading.of(model_of(None), Letters(LETTERS, "chr")).into()
    assert reading.values
    assert is_afresh(whole_reading(reading), reading)


def test_zeros_behind_a_short_record_are_no_part_of_it() -> None:
    reading = Reading.of(model_of(60), Letters(LETTERS[:30], "chr")).into()
    assert reading.padded == 30
    assert whole_reading(reading).length == 30


def test_a_record_too_short_for_a_window_is_read_with_the_zeros() -> None:
    reading = Reading.of(model_of(60), Letters("ACG", "chr")).into()
    assert is_afresh(whole_reading(reading), reading)


def test_a_block_that_reads_feature_maps_stays_on_its_input_window() -> None:
    model = model_of(60)
    reading = Reading.of(model, Letters(LETTERS, "chr"), (100, 160)).into(find_block(model, "conv2"))
    assert reading.values
    assert is_afresh(whole_reading(reading), reading)
    assert not is_whole(whole_reading(reading))
