"""In which input windows a stretch of a record is read."""

from __future__ import annotations

import pytest
from small_models import Letters, random_kernel, random_letters

from cnn_core.attribution import input_windows
from cnn_core.blocks import Reading
from cnn_core.errors import RegionError
from cnn_core.layers import Conv1D, Input
from cnn_core.letters.alphabet import decode
from cnn_core.network.model import Model

RECORD = Letters(random_letters(95))


def windows(length: int | None, interval: tuple[int, int] | None, reverse: bool = False) -> list:
    model = Model.sequential("small", [("letters", Input(length)), ("conv", Conv1D(random_kernel(3)))])
    return [*input_windows(Reading.of(model, RECORD, reverse=reverse), interval)]


def test_a_short_stretch_lies_in_the_middle() -> None:
    (window,) = windows(20, (50, 56))
    assert (window.reading.start, window.reading.stop) == (43, 63)
    assert window.bases == slice(7, 13)
    (at_the_end,) = windows(20, (90, 95))
    assert (at_the_end.reading.start, at_the_end.bases) == (75, slice(15, 20))


def test_a_long_stretch_is_read_in_windows_that_hold_every_base_once() -> None:
    for length, interval in ((20, None), (20, (3, 90)), (20, (10, 30)), (None, (10, 80)), (200, None)):
        start, stop = interval or (0, 95)
        found = windows(length, interval)
        assert [base for each in found for base in range(each.start, each.stop)] == [*range(start, stop)]
        assert all(each.reading.start <= each.start < each.stop <= each.reading.stop for each in found)
    # The last window begins early enough to be full.
    assert found[-1].reading.padded == 105
    assert [each.reading.start for each in windows(20, (3, 90))] == [3, 23, 43, 63, 70]


@pytest.mark.parametrize("reverse", [False, True])
def test_bases_are_those_of_the_stretch(reverse: bool) -> None:
    for window in windows(20, (3, 90), reverse):
        letters = decode(window.reading.codes(0, 20)[window.bases])
        expected = RECORD.letters[window.start : window.stop]
        turned = expected[::-1].translate(str.maketrans("ACGT", "TGCA"))
        assert letters == (turned if reverse else expected)


def test_a_stretch_that_is_not_there() -> None:
    with pytest.raises(RegionError, match="not in the record"):
        windows(20, (90, 96))
