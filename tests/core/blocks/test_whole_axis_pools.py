"""Blocks whose pool reads all positions at once: DeepBind's kind, with one cell as wide as the input."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case
from small_models import Letters, block_model, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.feature_map_block import FeatureMapRun
from cnn_core.blocks.first_cell import cell_to_show
from cnn_core.blocks.letter_block import LetterRun
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import pool_step, trace_cell
from cnn_core.errors import ShapeError
from cnn_core.layers import (
    Activation,
    AdaptiveAveragePooling1D,
    AdaptiveMaxPooling1D,
    BatchNormalization,
    Conv1D,
    Dense,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Layer,
    Softmax,
)
from cnn_core.layers.windows import WIDEST_WINDOW
from cnn_core.network.model import Model, Node
from cnn_core.programs import place_of
from cnn_core.scan.record_scan import RecordScan
from cnn_core.scan.whole_record import whole_reading
from cnn_core.scan.whole_scan import scan_cells

POOLS: list[Layer] = [
    GlobalMaxPooling1D(),
    GlobalMaxPooling1D(keepdims=True),
    AdaptiveMaxPooling1D(1),
    GlobalAveragePooling1D(),
    AdaptiveAveragePooling1D(1),
]
BETWEEN: list[list[tuple[str, Layer]]] = [
    [],
    [
        ("norm", BatchNormalization(np.full(6, 0.5, np.float32), np.ones(6, np.float32))),
        ("relu", Activation("relu")),
    ],
    [("mixed", Softmax())],
]
RECORD = Letters(random_letters(300, seed=8, letters="ACGTN"), "chr1")
by_pool = pytest.mark.parametrize("pool", POOLS, ids=lambda pool: f"{pool.type} {POOLS.index(pool)}")
by_between = pytest.mark.parametrize("between", BETWEEN, ids=["bare", "norm and relu", "softmax"])


def model_of(pool: Layer, between: list[tuple[str, Layer]] | None = None, length: int | None = None) -> Model:
    conv = Conv1D(random_kernel(5, 6), activation="linear" if between else "relu")
    return block_model(conv, pool, between or (), length=length)


def check(reading: Reading) -> None:
    run, pool = reading.run, reading.model[reading.block.pool]
    pooled = reading.values[pool.name].reshape(1, -1)
    assert run.cells == 1
    assert run.pools_all
    np.testing.assert_allclose(run.values(0, 1), pooled, rtol=1e-6)
    activations = reading.values[pool.inputs[0]]
    selections = run.selections(0, 1)
    selects = "Max" in pool.layer.type
    assert (selections is not None) is selects
    if selections is not None:
        np.testing.assert_array_equal(selections[0], activations.argmax(axis=0))
    assert run.left_over[0] == run.left_over[1]
    for index in range(run.filters):
        step = pool_step(run, 0, index)
        np.testing.assert_array_equal(step.values, activations[:, index])
        assert step.value == run.values(0, 1)[0, index]
        assert step.selection == (None if selections is None else selections[0, index])
        assert reading.values[pool.name][run.place(0, index)] == pytest.approx(step.value, rel=1e-6)
        layer, place = place_of(reading, index, cell=0)
        assert (layer, place) == (pool.name, run.place(0, index))
        assert step.type == pool.layer.type
        trace = trace_cell(reading, 0, index).as_json()
        assert trace["tail"]["positions"] == [run.positions, run.positions]
    assert cell_to_show(run, 100)[0] == 0
    assert run.receptive_field(0) == (0, reading.length)


class TestOnLetters:
    @by_pool
    @by_between
    def test_the_one_cell_is_the_pool_s(self, pool: Layer, between: list[tuple[str, Layer]]) -> None:
        for model in (model_of(pool, between), model_of(pool, between, length=200)):
            reading = Reading.of(model, RECORD).into()
            assert isinstance(reading.run, LetterRun)
            check(reading)

    @by_pool
    @by_between
    def test_so_it_is_where_the_input_is_longer_than_what_is_looked_at_together(
        self, pool: Layer, between: list[tuple[str, Layer]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cnn_core.blocks.letter_block._TILE_VALUES", 6)
        reading = Reading.of(model_of(pool, between), RECORD).into()
        assert not reading.run.is_quick
        reading.run.compute()
        assert reading.run.is_quick
        check(reading)

    def test_ties_and_cells_of_floors_are_told(self) -> None:
        model = block_model(
            Conv1D(one_letter_kernel("A", "G"), np.array([0, -1], np.float32), activation="relu"),
            GlobalMaxPooling1D(),
        )
        run = Reading.of(model, Letters("TTATACT")).into().run
        assert run.all_zero(0, 1).tolist() == [[False, True]]
        tied, silent = pool_step(run, 0, 0), pool_step(run, 0, 1)
        assert (tied.selection, tied.composition.ties) == (2, 2)
        assert silent.strongest is not None
        assert silent.strongest.response == -1

    def test_a_selection_can_lie_far_into_a_long_record(self) -> None:
        letters = random_letters(30_000, seed=1, letters="CT")
        letters = letters[:25_000] + "GAGA" + letters[25_004:]
        model = block_model(Conv1D(one_letter_kernel("GAGA", size=4)), GlobalMaxPooling1D())
        monkey = Reading.of(model, Letters(letters)).into().run
        selected = monkey.selections(0, 1)
        assert selected is not None
        assert int(selected[0, 0]) == 25_000
        assert pool_step(monkey, 0, 0).selection == 25_000

    def test_an_input_of_more_positions_than_a_window_can_have_is_refused(self) -> None:
        record = Letters("A" * (WIDEST_WINDOW + 10))
        with pytest.raises(
            ShapeError, match="layer pool: reads all 1,048,582 positions at once, and is shown for up"
        ):
            Reading.of(model_of(GlobalMaxPooling1D()), record).into()


@by_pool
def test_on_feature_maps_the_one_cell_is_the_pool_s_too(pool: Layer) -> None:
    nodes = (
        *model_of(GlobalMaxPooling1D()).nodes[:1],
        Node("first", Conv1D(random_kernel(3, 4), activation="relu"), ("letters",)),
        Node("second", Conv1D(random_kernel(4, 6, channels=4)), ("first",)),
        Node("elu", Activation("elu"), ("second",)),
        Node("top", pool, ("elu",)),
    )
    model = Model("deep", nodes)
    assert [block.conv for block in model.blocks] == ["second"]
    reading = Reading.of(model, RECORD).into()
    assert isinstance(reading.run, FeatureMapRun)
    check(reading)


def test_one_convolution_may_feed_two_of_them() -> None:
    conv, both = model_of(GlobalMaxPooling1D()).nodes[:2], ("max", "mean")
    pools = GlobalMaxPooling1D(), GlobalAveragePooling1D()
    nodes = (*conv, *(Node(name, pool, ("conv",)) for name, pool in zip(both, pools, strict=True)))
    model = Model("two", nodes)
    assert [(block.conv, block.pool) for block in model.blocks] == [("conv", "max"), ("conv", "mean")]


class TestScans:
    @each_case("pool", POOLS[:2])
    def test_of_a_network_of_any_length_have_one_cell_a_record(self, pool: Layer) -> None:
        records = [Letters(random_letters(length, seed=length), f"r{length}") for length in (3, 20, 80, 90)]
        scan = RecordScan(model_of(pool), [(record, 0, len(record)) for record in records])
        hits = [*scan.above(0.0, range(6))]
        assert scan.too_short == 1
        assert {(hit.place, hit.strand, hit.filter) for hit in hits} == {
            (place, strand, index) for place in (1, 2, 3) for strand in "+-" for index in range(6)
        }
        for hit in hits:
            reading = Reading.of(model_of(pool), records[hit.place], reverse=hit.strand == "-").into()
            assert hit.value == reading.values["pool"][reading.run.place(0, hit.filter)]
            window = reading.values["conv"][hit.position, hit.filter]
            assert window == hit.value
            assert hit.stop - hit.start == 5

    def test_of_one_of_a_fixed_length_read_longer_records_in_input_windows(self) -> None:
        model, record = model_of(GlobalMaxPooling1D(), length=100), Letters(random_letters(250, seed=2), "r")
        scan = RecordScan(model, [(record, 0, 250), (Letters(random_letters(60)), 0, 60)], strands="+")
        hits = [*scan.above(0.0, [2])]
        assert scan.is_cut
        assert [hit.place for hit in hits] == [0, 1, 2, 3]
        for hit, start in zip(hits[:3], (0, 100, 150), strict=True):
            reading = Reading.of(model, record, (start, start + 100)).into()
            assert hit.value == reading.values["pool"][2]
            assert start <= hit.start < start + 96
        dense = Model("net", (*model.nodes, Node("out", Dense(np.ones((6, 1), np.float32)), ("pool",))))
        assert whole_reading(Reading.of(dense, record).into()).window == (0, 100)

    def test_along_a_record_the_cell_is_of_what_is_read(self) -> None:
        whole = whole_reading(Reading.of(model_of(GlobalMaxPooling1D()), RECORD, (50, 150)).into())
        assert whole.window == (50, 150)
        assert [cells.values.shape for cells in scan_cells(whole.run)] == [(1, 6)]
