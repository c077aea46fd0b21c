"""Where a value is seen in the layer that reads it."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.explain.seen_above import seen_in
from cnn_core.explain.walk_down import Descent
from cnn_core.letters.alphabet import encode
from cnn_core.presets import preset


@pytest.fixture(scope="module")
def descent() -> Descent:
    model = preset("seed")
    letters = "".join(np.random.RandomState(3).choice([*"ACGT"], 500))
    return Descent(model, model.run(encode(letters)))


def test_a_layer_that_moves_values_has_it_where_it_is_moved_to(descent: Descent) -> None:
    place = seen_in(descent, "flatten", 0, ("simple_rnn", (18, 5)))
    assert place == (18 * 128 + 5,)
    assert descent.values["flatten"][place] == descent.values["simple_rnn"][18, 5]


def test_a_layer_that_computes_has_it_in_the_channel_with_its_largest_part(descent: Descent) -> None:
    pooled = descent.values["max_pooling1d"]
    strongest = int(pooled[18].argmax())
    place = seen_in(descent, "simple_rnn", 18, ("max_pooling1d", (18, strongest)))
    assert place is not None
    position, channel = place
    kernel = descent.model["simple_rnn"].layer.weights()["kernel"]
    amounts = np.abs(pooled[18, strongest] * kernel[strongest])
    named = [
        each
        for each in range(128)
        if any(part.index == (18, strongest) for part in descent.step("simple_rnn", (18, each)).composition.parts)
    ]
    assert (position, channel) == (18, max(named, key=lambda each: amounts[each]))


def test_a_layer_that_does_not_read_it_has_none(descent: Descent) -> None:
    assert seen_in(descent, "dense", 0, ("max_pooling1d", (3, 4))) is None
