"""Deep blocks of networks that Keras wrote: their values are Keras's, and to the last bit those of our own run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from each_case import each_case
from keras_fixtures import Stored, largest_error, node_of, one, side_inputs
from numpy.typing import NDArray

from cnn_core.blocks.feature_map_block import FeatureMapRun
from cnn_core.blocks.offered_blocks import find_block, offered_blocks
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import trace_cell, trace_response
from cnn_core.layers import MaxPooling1D
from cnn_core.letters.alphabet import decode, encode
from cnn_core.network.model import Model
from cnn_core.readers.keras import read_keras

DEEP = [
    ("1.2.2_theano", "danq.h5", "convolution1d_3"),
    ("1.2.2_theano", "filters_first.h5", "convolution2d_3"),
    ("2.15.0_tensorflow", "shared.h5", "stack/conv"),
    ("2.15.0_tensorflow", "shared.h5", "stack#2/conv"),
    ("2.15.0_tensorflow", "single_row.h5", "square"),
    ("2.2.4_theano", "danq.h5", "conv"),
    ("2.2.4_theano", "sequence_first.h5", "conv"),
    ("3.15.1_torch", "shared.keras", "stack#2/conv"),
]
deep_blocks = pytest.mark.parametrize(("tag", "file", "name"), DEEP, ids=lambda part: part)


@dataclass(frozen=True)
class Letters:
    letters: str
    name: str = "record"

    def __len__(self) -> int:
        return len(self.letters)

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        return encode(self.letters[start:stop])


def reading_of(tag: str, file: str, name: str) -> tuple[Stored, Reading]:
    stored = one(tag, file)
    flipped = stored.is_on_theano and not tag.startswith("2")
    model: Model = read_keras(stored.data, file, **({"flip_kernels": True} if flipped else {})).model
    letters = decode(stored.answers["letters"].astype(np.uint8))
    sides = side_inputs(model, stored)
    return stored, Reading.of(model, Letters(letters), side_inputs=sides).into(find_block(model, name))


@deep_blocks
def test_every_value_is_the_one_that_the_network_computes(tag: str, file: str, name: str) -> None:
    _, reading = reading_of(tag, file, name)
    run, block = reading.run, reading.block
    assert isinstance(run, FeatureMapRun)
    values = reading.activations()
    last = (block.conv, *block.between)[-1]
    np.testing.assert_array_equal(run.activations(0, run.positions), values[last])
    np.testing.assert_array_equal(run.values(0, run.cells), values[block.pool])
    np.testing.assert_array_equal(run.input_values, values[run.source])


@each_case(("tag", "file", "name"), [case for case in DEEP if "/" not in case[2]])
def test_the_cells_are_keras_own(tag: str, file: str, name: str) -> None:
    # Of a model inside the model Keras's own values of the layers were not stored.
    stored, reading = reading_of(tag, file, name)
    run = reading.run
    expected = {
        node_of(reading.model, key.removeprefix("node/")): value
        for key, value in stored.answers.items()
        if key.startswith("node/")
    }
    assert largest_error(run.values(0, run.cells), expected[reading.block.pool]) <= 1e-5


@deep_blocks
def test_a_step_adds_up_to_its_response_and_reads_what_lies_there(tag: str, file: str, name: str) -> None:
    _, reading = reading_of(tag, file, name)
    run = reading.run
    assert isinstance(run, FeatureMapRun)
    values = reading.activations()
    for position in (0, run.positions // 2, run.positions - 1):
        step = run.step(position, run.filters - 1)
        assert step.response == pytest.approx(step.product_sum + step.bias, abs=1e-5)
        assert step.product_sum == pytest.approx(float(step.per_tap.sum()))
        for each in step.largest(50):
            assert each.value == values[run.source][each.index]
            assert each.amount == each.value * each.weight


@deep_blocks
def test_a_trace_names_the_first_maximum_and_the_bases_through_all_layers(tag: str, file: str, name: str) -> None:
    _, reading = reading_of(tag, file, name)
    run, model = reading.run, reading.model
    activations = run.activations(0, run.positions)
    for cell in range(run.cells):
        trace = trace_cell(reading, cell, 0)
        assert trace.receptive_field == model.receptive_field(reading.block.pool, cell, reading.length)
        step = trace.steps[0]
        assert isinstance(step, PoolStep)
        if isinstance(run.pool, MaxPooling1D):
            window = list(step.window.positions)
            assert step.selection == window[int(np.argmax(activations[window, 0]))]
    response = trace_response(reading, 1, 0)
    assert response.receptive_field == model.receptive_field(reading.block.conv, 1, reading.length)


@each_case(("tag", "file", "name"), DEEP[:4])
def test_all_blocks_of_a_network_are_offered_in_the_order_of_computation(tag: str, file: str, name: str) -> None:
    _, reading = reading_of(tag, file, name)
    assert offered_blocks(reading.model, reading.length) == reading.model.blocks
    assert len(reading.model.blocks) == 2


@deep_blocks
def test_positions_lie_over_the_bases_where_the_network_says(tag: str, file: str, name: str) -> None:
    _, reading = reading_of(tag, file, name)
    run, model = reading.run, reading.model
    assert isinstance(run, FeatureMapRun)
    found = model.alignment(run.source, reading.length)
    assert found is not None
    assert run.alignment == found
    assert run.length == len(reading.activations()[run.source])
