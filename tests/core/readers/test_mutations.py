"""Damaged files of every format end in one sentence or in a model; see `mutations` for more of them, by hand."""

from __future__ import annotations

import pytest
from mutations import FORMATS, drawn, good_files, opened

_COUNT = 250


@pytest.mark.parametrize("kind", FORMATS)
def test_damage_ends_in_a_sentence_or_a_model(kind: str) -> None:
    ends = [bool(opened(drawn(kind, number))) for number in range(_COUNT)]
    # The damage is neither so great that nothing opens nor so small that nothing is refused.
    assert 0.1 < sum(ends) / _COUNT < 0.99


@pytest.mark.parametrize("kind", FORMATS)
def test_the_files_that_are_damaged_were_good(kind: str) -> None:
    assert sum(not opened(good) for good in good_files(kind)) > 3
