"""Values of a block as tables, bedGraph, bigWig and arrays: where each lies, and that it comes back bit for bit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case
from small_models import Letters, block_model, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.offered_blocks import find_block
from cnn_core.blocks.reading import Reading
from cnn_core.errors import ModelError, NotFoundError, RegionError, SettingError
from cnn_core.layers import Array, AveragePooling1D, Conv1D, Dense, Flatten, Layer, MaxPooling1D, Pooling1D
from cnn_core.writers import values
from cnn_core.writers.archive import write_value_arrays
from cnn_core.writers.bed import write_bed
from cnn_core.writers.bigwig import write_bigwig
from cnn_core.writers.decimals import decimals, shortest
from cnn_core.writers.kernels import kernel_arrays
from cnn_core.writers.tables import write_table
from cnn_core.writers.tracks import write_bedgraph
from cnn_core.writers.values import BlockValues, Quantity

LETTERS = random_letters(203, seed=3)
QUANTITIES = ("cells", "activations", "responses")
Settings = tuple[int, str, int, int, str]
# Conv stride and padding, pool size, stride and padding: overlap, gaps, and both kinds of padding.
SETTINGS: tuple[Settings, ...] = (
    (1, "valid", 4, 4, "valid"),
    (1, "same", 3, 3, "same"),
    (3, "valid", 5, 2, "valid"),
    (2, "same", 2, 5, "same"),
    (1, "causal", 4, 1, "valid"),
)
every_setting = pytest.mark.parametrize("settings", SETTINGS, ids=str)
both_strands = pytest.mark.parametrize("reverse", [False, True], ids=["+", "-"])


@pytest.fixture(params=[17, 1 << 18])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many values are computed at once."""
    monkeypatch.setattr(values, "_VALUES_AT_ONCE", request.param)
    return int(request.param)


def reading_of(
    settings: Settings = SETTINGS[0],
    *,
    reverse: bool = False,
    interval: tuple[int, int] | None = (10, 190),
    pool: Pooling1D | None = None,
    names: tuple[str, ...] = ("TBP", "a b"),
    activation: str = "relu",
) -> Reading:
    stride, padding, size, pool_stride, pool_padding = settings
    conv = Conv1D(
        random_kernel(5, filters=2), None, stride=stride, padding=padding, activation=activation, filter_names=names
    )
    model = block_model(conv, pool or MaxPooling1D(size, pool_stride, pool_padding))
    return Reading.of(model, Letters(LETTERS, "chr1"), interval, reverse=reverse).into()


def bases_under(reading: Reading, settings: Settings, quantity: str) -> Iterator[tuple[int, int, int]]:
    """Yield every index and where it lies, worked out from the settings alone: start and stop in the record."""
    stride, padding, size, pool_stride, pool_padding = settings
    length, kernel = reading.stop - reading.start, 5

    def pads(count: int, span: int, step: int, kind: str) -> tuple[int, int]:
        if kind == "valid":
            return 0, (count - span) // step + 1
        if kind == "causal":
            return span - 1, (count - 1) // step + 1
        outputs = -(-count // step)
        return max((outputs - 1) * step + span - count, 0) // 2, outputs

    left, positions = pads(length, kernel, stride, padding)
    pool_left, cells = pads(positions, size, pool_stride, pool_padding)
    cellular = quantity in ("cells", "selections")
    for index in range(cells if cellular else positions):
        first = ((index * pool_stride - pool_left) if cellular else index) * stride - left
        stop = first + (stride * pool_stride if cellular else stride)
        first, stop = max(first, 0), max(min(stop, length), 0)
        first = min(first, stop)
        if reading.reverse:
            yield index, reading.stop - stop, reading.stop - first
        else:
            yield index, reading.start + first, reading.start + stop


def whole(reading: Reading, quantity: str) -> Array:
    run = reading.run
    if quantity == "cells":
        return run.values(0, run.cells)
    return (run.activations if quantity == "activations" else run.responses)(0, run.positions)


def per_base(reading: Reading, settings: Settings, quantity: str) -> dict[int, np.float32]:
    """Return the value over each base of the record, of filter 1."""
    found = {}
    column = whole(reading, quantity)[:, 1]
    for index, start, stop in bases_under(reading, settings, quantity):
        found |= dict.fromkeys(range(start, stop), column[index])
    return found


def bedgraph_rows(of: BlockValues) -> list[tuple[str, int, int, np.float32]]:
    file = io.BytesIO()
    write_bedgraph(of, file)
    assert file.getvalue().endswith(b"\n")
    rows = [line.split("\t") for line in file.getvalue().decode().splitlines()]
    assert all(len(row) == 4 for row in rows)
    return [(name, int(start), int(stop), np.float32(value)) for name, start, stop, value in rows]


@every_setting
@both_strands
@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.usefixtures("chunk")
class TestBedgraph:
    def test_gives_every_base_its_value(self, quantity: str, reverse: bool, settings: Settings) -> None:
        reading = reading_of(settings, reverse=reverse, activation="linear")
        rows = bedgraph_rows(BlockValues.of(reading, quantity, (1,)))
        found = {base: value for _, start, stop, value in rows for base in range(start, stop)}
        assert found == per_base(reading, settings, quantity)

    def test_is_sorted_without_overlap_within_the_record(
        self, quantity: str, reverse: bool, settings: Settings
    ) -> None:
        reading = reading_of(settings, reverse=reverse)
        rows = bedgraph_rows(BlockValues.of(reading, quantity, (1,)))
        assert {name for name, *_ in rows} == {"chr1"}
        assert all(10 <= start < stop <= 190 for _, start, stop, _ in rows)
        for (_, _, stop, before), (_, start, _, after) in pairwise(rows):
            assert stop <= start
            assert stop < start or before != after, "equal neighbours share a line"


class TestBedgraphFile:
    def test_hand_worked(self) -> None:
        # Filter 0 is 1 at every A: 1 0 0 1 1 1 0; cells of 2: 1 1 1, the last base is the tail.
        model = block_model(Conv1D(one_letter_kernel("A", "C"), activation="relu"), MaxPooling1D(2))
        reading = Reading.of(model, Letters("ACGAAAC", "chr1")).into()
        file = io.BytesIO()
        write_bedgraph(BlockValues.of(reading, "activations", (0,)), file, track_line=True)
        assert file.getvalue().decode().splitlines() == [
            'track type=bedGraph name="filter0 activations" description="activations of filter 0 of small, strand +; '
            'a position lies over 1 base (conv stride) from the first that it reads"',
            "chr1\t0\t1\t1",
            "chr1\t1\t3\t0",
            "chr1\t3\t6\t1",
            "chr1\t6\t7\t0",
        ]
        assert bedgraph_rows(BlockValues.of(reading, "cells", (0,))) == [("chr1", 0, 6, 1)]

    def test_holds_one_filter(self) -> None:
        with pytest.raises(SettingError, match="a track holds one filter"):
            write_bedgraph(BlockValues.of(reading_of(), "cells"), io.BytesIO())

    def test_holds_no_selections(self) -> None:
        with pytest.raises(SettingError, match="a place and no value"):
            write_bedgraph(BlockValues.of(reading_of(), "selections", (0,)), io.BytesIO())

    def test_refuses_infinity_and_says_where(self) -> None:
        kernel = np.full((1, 4, 1), 200, dtype=np.float32)
        model = block_model(Conv1D(kernel, activation="exponential"), MaxPooling1D(2))
        reading = Reading.of(model, Letters("ACGT", "chr1")).into()
        with pytest.raises(ModelError, match=r"chr1:1: a value is not finite"):
            write_bedgraph(BlockValues.of(reading, "cells", (0,)), io.BytesIO())

    def test_a_record_name_is_data(self) -> None:
        model = block_model(Conv1D(one_letter_kernel("A")), MaxPooling1D(2))
        reading = Reading.of(model, Letters("ACGT", "a\x1b[2J")).into()
        file = io.BytesIO()
        write_bedgraph(BlockValues.of(reading, "cells", (0,)), file)
        assert b"\x1b" not in file.getvalue()


class TestBigwig:
    def test_a_record_whose_values_lie_all_in_the_padding_has_none(self, tmp_path: Path) -> None:
        library = pytest.importorskip("pyBigWig")
        conv = Conv1D(random_kernel(9, filters=1), padding="causal")
        reading = Reading.of(block_model(conv, MaxPooling1D(2)), Letters("ACGT", "chr1")).into()
        with (tmp_path / "x.bw").open("wb") as written:
            write_bigwig(BlockValues.of(reading, "cells"), written)
        with library.open(str(tmp_path / "x.bw")) as file:
            assert file.chroms() == {"chr1": 4}
            assert not file.intervals("chr1")

    @every_setting
    @both_strands
    @pytest.mark.usefixtures("chunk")
    def test_reads_back_as_it_was(self, reverse: bool, settings: Settings, tmp_path: Path) -> None:
        library = pytest.importorskip("pyBigWig")
        reading = reading_of(settings, reverse=reverse, activation="linear")
        with (tmp_path / "x.bw").open("wb") as written:
            write_bigwig(BlockValues.of(reading, "cells", (1,)), written)
        with library.open(str(tmp_path / "x.bw")) as file:
            assert file.chroms() == {"chr1": len(LETTERS)}
            found = {
                base: np.float32(value)
                for start, stop, value in file.intervals("chr1")
                for base in range(start, stop)
            }
        assert found == per_base(reading, settings, "cells")


@pytest.mark.usefixtures("chunk")
class TestTable:
    @every_setting
    @both_strands
    @each_case("quantity", QUANTITIES)
    def test_has_every_value_and_its_place(self, quantity: str, reverse: bool, settings: Settings) -> None:
        reading = reading_of(settings, reverse=reverse)
        file = io.BytesIO()
        write_table(BlockValues.of(reading, quantity), file)
        names, *lines = (line.split("\t") for line in file.getvalue().decode().splitlines())
        counted = "cell" if quantity == "cells" else "position"
        assert names == ["record", "start", "stop", "strand", counted, "TBP", "a_b"]
        values_there = whole(reading, quantity)
        expected = [
            [
                "chr1",
                str(start),
                str(stop),
                "-" if reverse else "+",
                str(index),
                *map(shortest, values_there[index]),
            ]
            for index, start, stop in bases_under(reading, settings, quantity)
        ]
        assert lines == (expected[::-1] if reverse else expected)

    def test_no_name_is_taken_for_a_formula_or_a_remark(self) -> None:
        reading = reading_of(names=("=SUM(A1)", "#2"))
        reading = replace(reading, record=Letters(LETTERS, "@cmd"))
        file = io.BytesIO()
        write_table(BlockValues.of(reading, "cells"), file)
        names, first, *_ = (line.split("\t") for line in file.getvalue().decode().splitlines())
        assert names[-2:] == ["'=SUM(A1)", "'#2"]
        assert first[0] == "'@cmd"

    def test_a_selection_is_the_position_that_was_chosen(self) -> None:
        reading = reading_of()
        file = io.BytesIO()
        write_table(BlockValues.of(reading, "selections"), file)
        lines = [line.split("\t") for line in file.getvalue().decode().splitlines()[1:]]
        chosen = reading.run.selections(0, reading.run.cells)
        assert [[int(word) for word in line[5:]] for line in lines] == chosen.tolist()


@pytest.mark.usefixtures("chunk")
class TestArrays:
    @every_setting
    @both_strands
    @each_case("quantity", [*QUANTITIES, "selections"])
    def test_come_back_bit_for_bit(self, quantity: str, reverse: bool, settings: Settings, tmp_path: Path) -> None:
        reading = reading_of(settings, reverse=reverse)
        with (tmp_path / "x.npz").open("wb") as file:
            write_value_arrays(BlockValues.of(reading, quantity), file)
        with np.load(tmp_path / "x.npz", allow_pickle=False) as stored:
            found = dict(stored)
        run = reading.run
        expected = run.selections(0, run.cells) if quantity == "selections" else whole(reading, quantity)
        assert found[quantity].dtype == expected.dtype
        np.testing.assert_array_equal(found[quantity], expected)
        assert found["filter_names"].tolist() == ["TBP", "a b"]
        assert found["window"].tolist() == [10, 190]

    def test_origin_and_step_place_every_row(self) -> None:
        for reverse in (False, True):
            reading = reading_of(SETTINGS[2], reverse=reverse)
            file = io.BytesIO()
            write_value_arrays(BlockValues.of(reading, "cells", (0,), (3, 9)), file)
            file.seek(0)
            arrays = np.load(file)
            origin, step = int(arrays["origin"]), int(arrays["step"])
            assert int(arrays["first"]) == 3
            placed = {index: (start, stop) for index, start, stop in bases_under(reading, SETTINGS[2], "cells")}
            for row in range(6):
                ends = sorted((origin + row * step, origin + (row + 1) * step))
                assert tuple(ends) == placed[3 + row]


def test_one_filter_is_the_column_of_all() -> None:
    reading = reading_of()
    for quantity in Quantity:
        both = np.concatenate([each.values for each in BlockValues.of(reading, quantity).rows()])
        for index in (0, 1):
            one = np.concatenate([each.values for each in BlockValues.of(reading, quantity, (index,)).rows()])
            np.testing.assert_array_equal(one, both[:, [index]])


def test_a_stretch_is_part_of_the_whole() -> None:
    for reverse in (False, True):
        reading = reading_of(SETTINGS[2], reverse=reverse)
        (all_of_it,) = BlockValues.of(reading, "cells").rows()
        (part,) = BlockValues.of(reading, "cells", bounds=(4, 9)).rows()
        wanted = np.isin(all_of_it.indices, range(4, 9))
        for name in ("indices", "starts", "stops", "values"):
            np.testing.assert_array_equal(getattr(part, name), getattr(all_of_it, name)[wanted])


def test_progress_counts_to_the_end_and_may_stop_it() -> None:
    said: list[tuple[int, int]] = []

    def stop(done: int, there: int) -> None:
        raise KeyboardInterrupt

    of = BlockValues.of(reading_of(), "cells", (0,))
    write_bedgraph(of, io.BytesIO(), lambda done, there: said.append((done, there)))
    assert said[-1] == (of.count, of.count)
    with pytest.raises(KeyboardInterrupt):
        write_bedgraph(of, io.BytesIO(), stop)


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no filter 2; its filters are 0 to 1"):
        BlockValues.of(reading_of(), "cells", (2,))
    with pytest.raises(RegionError, match="there are no cells 3 to 98; there are 0 to 43"):
        BlockValues.of(reading_of(), "cells", bounds=(3, 99))
    averaging = reading_of(pool=AveragePooling1D(4))
    with pytest.raises(SettingError, match="averages and chooses nothing"):
        BlockValues.of(averaging, "selections")


def test_a_network_of_a_fixed_length_has_its_block_computed_along_the_record() -> None:
    conv = Conv1D(random_kernel(5), activation="relu")
    head = [("flat", Flatten()), ("dense", Dense(np.ones((18, 1), dtype=np.float32)))]
    model = block_model(conv, MaxPooling1D(4), head=head, length=40)
    free = model.of_any_length()
    reading = Reading.of(free, Letters(LETTERS, "chr1")).into()
    alone = Reading.of(block_model(conv, MaxPooling1D(4)), Letters(LETTERS, "chr1")).into()
    np.testing.assert_array_equal(reading.run.values(0, 49), alone.run.values(0, 49))


class TestADeepBlock:
    """A block that reads the cells of another one: its positions stand over the bases of several of those."""

    @staticmethod
    def reading(*, reverse: bool = False) -> Reading:
        head: list[tuple[str, Layer]] = [
            ("conv2", Conv1D(random_kernel(3, channels=2), activation="relu")),
            ("pool2", MaxPooling1D(2)),
        ]
        model = block_model(Conv1D(random_kernel(5), activation="relu"), MaxPooling1D(4), head=head)
        block = find_block(model, "conv2")
        return Reading.of(model, Letters(LETTERS, "chr1"), (10, 190), reverse=reverse).into(block)

    @both_strands
    @pytest.mark.usefixtures("chunk")
    def test_lies_over_the_bases_of_what_it_reads(self, reverse: bool) -> None:
        reading = self.reading(reverse=reverse)
        # Response i begins at cell i, whose first window begins at base 4 i; a cell holds two of those.
        cells = reading.run.values(0, reading.run.cells)
        found = {}
        for name, start, stop, value in bedgraph_rows(BlockValues.of(reading, "cells", (1,))):
            assert name == "chr1"
            found |= dict.fromkeys(range(start, stop), value)
        expected = {}
        for cell, value in enumerate(cells[:, 1]):
            for base in range(8 * cell, min(8 * cell + 8, 180)):
                expected[189 - base if reverse else 10 + base] = value
        assert found == expected

    def test_a_score_is_a_share_of_the_largest_activation(self) -> None:
        reading, file = self.reading(), io.BytesIO()
        write_bed(BlockValues.of(reading, "selections"), file)
        scores = [int(line.split("\t")[4]) for line in file.getvalue().decode().splitlines()]
        assert max(scores) == 1000

    def test_has_no_kernels_on_letters(self) -> None:
        with pytest.raises(SettingError, match="its kernels read feature maps and no letters"):
            kernel_arrays(self.reading(), (0,))


@each_case("seed", range(3))
def test_decimals_read_back_as_the_same_float32(seed: int) -> None:
    bits = np.random.RandomState(seed).randint(0, 2**32, 2000, dtype=np.uint64).astype(np.uint32)
    numbers = bits.view(np.float32)
    numbers = numbers[np.isfinite(numbers)]
    words = decimals(numbers)
    np.testing.assert_array_equal(np.array(words, dtype=np.float32), numbers)
    assert not any("e" in word for word in words)
    assert decimals(np.array([0.1, 9.5, 0, -1], dtype=np.float32)) == ["0.1", "9.5", "0", "-1"]
