"""Blocks whose windows are set as PyTorch sets them: padding in numbers, dilated pools, ceil, padding that counts."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.feature_map_block import FeatureMapRun
from cnn_core.blocks.first_cell import cell_to_show
from cnn_core.blocks.letter_block import LetterRun
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import trace_cell
from cnn_core.errors import SettingError
from cnn_core.layers import AveragePooling1D, Conv1D, MaxPooling1D, Padding
from cnn_core.network.model import Model, Node
from cnn_core.scan.record_scan import RecordScan

POOLS = [
    MaxPooling1D(4, 3, (2, 1)),
    MaxPooling1D(4, 3, ceil=True),
    MaxPooling1D(4, 7, (1, 3), ceil=True),
    MaxPooling1D(3, 2, (2, 2), dilation=3, ceil=True),
    MaxPooling1D(3, 2, dilation=4),
    MaxPooling1D(3, padding="same", dilation=2),
    AveragePooling1D(4, 3, (2, 1)),
    AveragePooling1D(4, 3, (2, 1), ceil=True),
    AveragePooling1D(4, 3, (2, 1), ceil=True, counts_padding=True),
    AveragePooling1D(3, 2, (1, 1), dilation=2, counts_padding=True),
]
CONVS = [
    Conv1D(random_kernel(5, 6), padding=(3, 3), activation="relu"),
    Conv1D(random_kernel(4, 6), padding=(0, 2), stride=2, activation="relu"),
    Conv1D(random_kernel(3, 6), padding=(7, 1), dilation=2, activation="tanh"),
]
LENGTHS = (18, 40, 41, 42, 43)


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: f"{pool.type} {POOLS.index(pool)}")
@pytest.mark.parametrize("conv", CONVS, ids=lambda conv: f"conv {CONVS.index(conv)}")
class TestBlocks:
    def test_are_the_layers_one_by_one(self, conv: Conv1D, pool: MaxPooling1D | AveragePooling1D) -> None:
        model = block_model(conv, pool)
        for length in LENGTHS:
            reading = Reading.of(model, Letters(random_letters(length, seed=length), "chr1")).into()
            run = reading.run
            assert isinstance(run, LetterRun)
            check_run(reading, pool)
            # In parts, each is as in the whole.
            parts = [run.values(cell, cell + 1, keep=False) for cell in range(run.cells)]
            np.testing.assert_array_equal(np.concatenate(parts), reading.values["pool"])
            assert run.receptive_field(run.cells - 1) == model.receptive_field("pool", run.cells - 1, length)

    def test_on_feature_maps_too(self, conv: Conv1D, pool: MaxPooling1D | AveragePooling1D) -> None:
        first = Conv1D(random_kernel(3, 4, seed=9), padding=(1, 0), activation="relu")
        nodes = block_model(first, pool).nodes[:1]
        conv_nodes = (
            Node("first", first, ("letters",)),
            Node("conv", conv, ("first",)),
            Node("pool", pool, ("conv",)),
        )
        reading = Reading.of(Model("deep", (nodes[0], *conv_nodes)), Letters(random_letters(41), "chr1")).into()
        assert isinstance(reading.run, FeatureMapRun)
        check_run(reading, pool)

    def test_many_records_side_by_side_are_each_alone(
        self, conv: Conv1D, pool: MaxPooling1D | AveragePooling1D
    ) -> None:
        model = block_model(conv, pool)
        records = [Letters(random_letters(length, seed=length), f"r{length}") for length in (1, 5, *LENGTHS)]
        stretches = [(record, 0, len(record)) for record in records]
        found = {
            (hit.place, hit.strand, hit.cell, hit.filter): (hit.value, hit.position)
            for hit in RecordScan(model, stretches, threads=1).above(0.01, range(6))
        }
        alone = {}
        for place, record in enumerate(records[2:], start=2):
            for strand in "+-":
                run = Reading.of(model, record, reverse=strand == "-").into().run
                values, selections = run.values(0, run.cells), run.selections(0, run.cells)
                for cell, index in np.argwhere(values >= np.float32(0.01)).tolist():
                    selected = None if selections is None else int(selections[cell, index])
                    alone[place, strand, cell, index] = float(values[cell, index]), selected
        assert alone
        assert {key: value for key, value in found.items() if key[0] > 1} == alone


def check_run(reading: Reading, pool: MaxPooling1D | AveragePooling1D) -> None:
    run, values = reading.run, reading.values
    np.testing.assert_array_equal(run.values(0, run.cells), values["pool"])
    selections = run.selections(0, run.cells)
    if isinstance(pool, MaxPooling1D):
        np.testing.assert_array_equal(selections, pool.selections(values["conv"]))
    else:
        assert selections is None
    cell_to_show(run, run.cells)
    for cell in range(run.cells):
        trace = trace_cell(reading, cell, 2)
        trace.as_json()
        step = trace.steps[0]
        assert isinstance(step, PoolStep)
        positions = step.window.positions
        np.testing.assert_array_equal(step.values, values["conv"][positions, 2])
        if isinstance(pool, MaxPooling1D):
            assert step.selection == selections[cell, 2]
            assert step.value == step.values.max()
        else:
            assert step.value == pytest.approx(float(step.values.sum()) / step.counted, abs=1e-6)
            assert step.composition.products == pytest.approx(step.value, abs=1e-6)
        assert {part.index[0] for part in step.composition.parts} <= {*positions}


def test_settings_of_a_padding_in_numbers_change_and_come_back() -> None:
    model = block_model(CONVS[0], POOLS[0])
    (block,) = model.blocks
    own = model.settings(block)
    assert (own.conv_padding, own.pool_padding) == ((3, 3), (2, 1))
    valid = model.with_settings(block, type(own)(1, Padding.VALID, 1, 4, 3, Padding.SAME))
    assert valid.settings(block).conv_padding is Padding.VALID
    assert valid.with_settings(block, own).settings(block) == own
    with pytest.raises(SettingError, match="a padding of 2, 1 is as wide as a pool window of 2"):
        model.with_settings(block, type(own)(1, Padding.VALID, 1, 2, 2, (2, 1)))
