"""What is said of a value is what Keras computed: every layer of the grid, at random places."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from oracle.layer_case import Case
from oracle.layer_grid import LAYER_CASES
from oracle.our_layers import our_model, stored_cases
from recomputed import recomputed

from cnn_core.layers import Embedding
from cnn_core.letters.alphabet import encode
from cnn_core.network.running import masks_of

PLACES = 8
TOLERANCE = 1e-5
"""Of an array's largest value."""


def test_a_composition_adds_up_to_the_answer_of_keras(subtests: pytest.Subtests) -> None:
    for case in LAYER_CASES:
        with subtests.test(case.name):
            check(case)


def check(case: Case) -> None:
    weights, answers = stored_cases()[case.name]
    model = our_model(case, weights)
    values = model.run(encode("ACGT"), side_inputs=case.drawn)
    masks = masks_of(model, values)
    random = np.random.RandomState(zlib.crc32(case.name.encode()))
    for step in case.steps:
        node, output = model[step.name], values[step.name]
        if isinstance(node.layer, Embedding):
            continue
        answer = answers[step.name]
        scale = max(1.0, float(np.abs(answer).max()))
        for flat in random.permutation(output.size)[:PLACES]:
            place = tuple(int(axis) for axis in np.unravel_index(flat, output.shape))
            inputs = [values[name] for name in node.inputs]
            found = recomputed(node.layer, inputs, [masks[name] for name in node.inputs], output, place)
            assert abs(found - answer[place]) <= TOLERANCE * scale, (step.name, place)
