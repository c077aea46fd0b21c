"""Damaged files of every format end in one sentence or in a model; see `mutations` for more of them, by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest
from each_case import each_case
from mutations import FORMATS, damaged, drawn, good_files, opened

from cnn_core.errors import CnnError
from cnn_core.readers.opening import read_model_file

pytestmark = pytest.mark.thorough
_COUNT = 150


@each_case("kind", FORMATS)
def test_damage_ends_in_a_sentence_or_a_model(kind: str) -> None:
    ends = [bool(opened(drawn(kind, number))) for number in range(_COUNT)]
    # The damage is neither so great that nothing opens nor so small that nothing is refused.
    assert 0.1 < sum(ends) / _COUNT < 0.99


@each_case("kind", FORMATS)
def test_the_files_that_are_damaged_were_good(kind: str) -> None:
    assert sum(not opened(good) for good in good_files(kind)) > 3


@pytest.mark.parametrize("kind", ["keras", "pytorch"])
def test_an_archive_that_opens_in_spite_of_damage_has_the_weights_that_were_written(kind: str) -> None:
    archives = [good for good in good_files(kind) if good.data.startswith(b"PK") and not opened(good)]
    survived = 0
    for number in range(200):
        draw = random.Random(f"{kind} archive {number}")
        good = draw.choice(archives)
        try:
            found = read_model_file(damaged(draw, good.data, draw.choice(archives).data), good.name, good.options)
        except CnnError:
            continue
        survived += 1
        for node in read_model_file(good.data, good.name, good.options).model.nodes:
            weights = found.model[node.name].layer.weights()
            for name, values in node.layer.weights().items():
                np.testing.assert_array_equal(weights[name], values)
    assert survived > 5
