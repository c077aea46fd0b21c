"""Cells, selections and hits as BED: sorted, within bounds, six fields, and a score that means one value."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from each_case import each_case
from small_models import Letters, block_model, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.errors import SettingError
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.scan.strongest import Hit
from cnn_core.writers import values
from cnn_core.writers.bed import score_of, write_bed, write_hits_bed, write_hits_table
from cnn_core.writers.values import BlockValues

Line = tuple[str, int, int, str, int, str]
LETTERS = random_letters(150, seed=8)


@pytest.fixture(params=[1, 30, 1 << 18])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many values are computed at once."""
    monkeypatch.setattr(values, "_VALUES_AT_ONCE", request.param)
    return int(request.param)


def reading_of(pool: MaxPooling1D, *, reverse: bool = False, padding: str = "valid", stride: int = 1) -> Reading:
    conv = Conv1D(
        random_kernel(4, filters=3, seed=2),
        np.full(3, -2, dtype=np.float32),
        stride=stride,
        padding=padding,
        activation="relu",
        filter_names=("one", "two", "three"),
    )
    return Reading.of(block_model(conv, pool), Letters(LETTERS, "chr1"), (5, 140), reverse=reverse).into()


def lines_of(of: BlockValues) -> list[Line]:
    file = io.BytesIO()
    write_bed(of, file)
    rows = [line.split("\t") for line in file.getvalue().decode().splitlines()]
    assert all(len(row) == 6 for row in rows)
    return [
        (name, int(start), int(stop), label, int(score), strand) for name, start, stop, label, score, strand in rows
    ]


POOLS = pytest.mark.parametrize(
    "pool", [MaxPooling1D(4), MaxPooling1D(6, 2), MaxPooling1D(2, 5), MaxPooling1D(3, padding="same")], ids=str
)
STRANDS = pytest.mark.parametrize("reverse", [False, True], ids=["+", "-"])


@POOLS
@STRANDS
@pytest.mark.usefixtures("chunk")
class TestCells:
    def test_are_those_that_are_not_silent(self, pool: MaxPooling1D, reverse: bool) -> None:
        reading = reading_of(pool, reverse=reverse)
        run = reading.run
        cells, silent = run.values(0, run.cells), run.all_zero(0, run.cells)
        assert silent.any()
        lines = lines_of(BlockValues.of(reading, "cells"))
        assert len(lines) == (~silent).sum()
        assert {line[5] for line in lines} == {"-" if reverse else "+"}
        best = run.best_match
        scores = sorted(round(1000 * float(cells[row, at]) / float(best[at])) for row, at in np.argwhere(~silent))
        assert sorted(line[4] for line in lines) == scores

    def test_are_sorted_within_bounds(self, pool: MaxPooling1D, reverse: bool) -> None:
        lines = lines_of(BlockValues.of(reading_of(pool, reverse=reverse), "cells"))
        order = [(line[1], ("one", "two", "three").index(line[3])) for line in lines]
        assert order == sorted(order)
        assert all(5 <= line[1] < line[2] <= 140 for line in lines)


@POOLS
@STRANDS
@pytest.mark.parametrize(("padding", "stride"), [("valid", 1), ("same", 2)])
@pytest.mark.usefixtures("chunk")
class TestSelections:
    def test_cover_the_bases_that_their_windows_read(
        self, pool: MaxPooling1D, reverse: bool, padding: str, stride: int
    ) -> None:
        reading = reading_of(pool, reverse=reverse, padding=padding, stride=stride)
        run = reading.run
        chosen, silent = run.selections(0, run.cells), run.all_zero(0, run.cells)
        assert chosen is not None
        expected = []
        for cell, at in np.argwhere(~silent):
            window = run.conv.sliding.window(int(chosen[cell, at]), run.length)
            ends = [reading.record_position(base) for base in (window.positions[0], window.positions[-1])]
            expected.append((min(ends), int(at), max(ends) + 1))
        lines = lines_of(BlockValues.of(reading, "selections"))
        found = [(line[1], ("one", "two", "three").index(line[3]), line[2]) for line in lines]
        assert found == sorted(expected)


def test_hand_worked() -> None:
    # AAC is 3 where it stands; the best match is 3, and a bias of −1 leaves 2.
    conv = Conv1D(
        one_letter_kernel("AAC", size=3), np.array([-1], dtype=np.float32), activation="relu", filter_names=("A C",)
    )
    reading = Reading.of(block_model(conv, MaxPooling1D(3)), Letters("GGAACGGAAGG", "chr1")).into()
    # Responses 0 1 2 0 0 0 0 1 0 (less the bias, not below 0) in windows of 3: cells 2, 0, 1.
    assert lines_of(BlockValues.of(reading, "cells")) == [
        ("chr1", 0, 3, "A_C", 1000, "+"),
        ("chr1", 6, 9, "A_C", 500, "+"),
    ]
    assert lines_of(BlockValues.of(reading, "selections")) == [
        ("chr1", 2, 5, "A_C", 1000, "+"),
        ("chr1", 7, 10, "A_C", 500, "+"),
    ]


def test_a_score_runs_from_0_to_1000() -> None:
    assert score_of(np.array([-3.0, 0, 1, 2, 5]), 4.0).tolist() == [0, 0, 250, 500, 1000]
    assert score_of(np.array([1.0, 2.0]), np.array([0.0, -1.0])).tolist() == [0, 0]


def test_a_feature_map_is_no_bed() -> None:
    with pytest.raises(SettingError, match=r"write \.bedgraph"):
        write_bed(BlockValues.of(reading_of(MaxPooling1D(4)), "activations"), io.BytesIO())


HITS = (
    Hit("chr1", 1, 2.5, 4, 17, 22, 26, "+", "ACGT", p=4.0**-8 * 1.6),
    Hit("chr2", 0, 0.1, 9, None, 40, 48, "-", "ACGTACGN"),
)


def test_hits_are_boxes_in_the_order_given() -> None:
    reading, file = reading_of(MaxPooling1D(4)), io.BytesIO()
    write_hits_bed(iter(HITS), reading, file)
    best = reading.run.best_match
    assert file.getvalue().decode().splitlines() == [
        f"chr1\t22\t26\ttwo\t{round(2500 / float(best[1]))}\t+",
        f"chr2\t40\t48\tone\t{round(100 / float(best[0]))}\t-",
    ]


def test_hits_are_a_table() -> None:
    file = io.BytesIO()
    write_hits_table(iter(HITS), reading_of(MaxPooling1D(4)), file)
    assert file.getvalue().decode().splitlines() == [
        "record\tstart\tstop\tstrand\tfilter\tname\tvalue\tcell\tselection\tletters\tp",
        "chr1\t22\t26\t+\t1\ttwo\t2.5\t4\t17\tACGT\t2.44141e-05",
        "chr2\t40\t48\t-\t0\tone\t0.1\t9\t\tACGTACGN\t",
    ]


@each_case("name", ["=cmd()|calc", "+1", "-1", "@x", '"=1"', "#1", "'", "'=x", "\uff1dx", "chr1", "a=b", ""])
def test_no_name_in_a_table_is_taken_for_a_formula_a_quotation_or_a_remark(name: str) -> None:
    file = io.BytesIO()
    write_hits_table([replace(HITS[0], record=name)], reading_of(MaxPooling1D(4)), file)
    written = file.getvalue().decode().splitlines()[1].split("\t")[0]
    assert not written.startswith(tuple('=+-@"#\uff1d'))
    # Nothing is lost: without its apostrophe it is the name again.
    assert written.removeprefix("'") == name
    assert written == name or not name[0].isalnum()


def test_boxes_keep_the_names_of_the_genome() -> None:
    file = io.BytesIO()
    write_hits_bed([replace(HITS[0], record="=cmd()|calc")], reading_of(MaxPooling1D(4)), file)
    assert file.getvalue().startswith(b"=cmd()|calc\t22\t26\t")
