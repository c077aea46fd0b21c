"""Hits of a screen's cells are those that a scan finds, whatever the activation function."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Activation, Array, AveragePooling1D, BatchNormalization, Conv1D, MaxPooling1D
from cnn_core.scan import HIT_P, HitThresholds, RecordScan
from cnn_core.scan.hits import Hit

LETTERS = random_letters(9000, seed=6) + "N" + random_letters(60, seed=7)
KERNEL = random_kernel(9, 4, seed=3)


def reading_of(
    activation: str, kernel: Array = KERNEL, pool: MaxPooling1D | AveragePooling1D | None = None
) -> Reading:
    conv = Conv1D(kernel, np.array([-4, 0.5, 8, -90], np.float32), activation=activation, padding="same")
    model = block_model(conv, pool or MaxPooling1D(3))
    return Reading.of(model, Letters(LETTERS), (0, len(LETTERS))).into()  # type: ignore[arg-type]


def hits_of(thresholds: HitThresholds, reading: Reading) -> list[Hit]:
    """Return the hits of both strands, in the order of a scan."""
    both = [reading, replace(reading, reverse=True)]
    found = [hit for each in both for hit in thresholds.hits(each, 0, each.run.cells)]
    return sorted(found, key=lambda hit: (hit.start, hit.strand, hit.filter, hit.cell))


@pytest.mark.parametrize("activation", ["relu", "relu6", "gelu"])
def test_hits_are_those_of_a_scan(activation: str) -> None:
    reading = reading_of(activation)
    thresholds = HitThresholds.of(reading)
    scan = RecordScan(reading.model, [(reading.record, 0, len(LETTERS))])
    expected = [*scan.above(None, range(4), max_p=HIT_P)]
    found = hits_of(thresholds, reading)
    assert len(expected) > 2
    assert found == sorted(expected, key=lambda hit: (hit.start, hit.strand, hit.filter, hit.cell))
    assert [thresholds.p_of(hit) for hit in found] == [
        hit.p for hit in sorted(expected, key=lambda hit: (hit.start, hit.strand, hit.filter, hit.cell))
    ]
    assert thresholds.chances is not None
    assert float(thresholds.chances.sum()) * scan.so_far.windows == pytest.approx(
        scan.expected(range(4), max_p=HIT_P)
    )


def test_what_ends_at_the_floor_makes_no_hits_of_likelier_windows() -> None:
    # GELU falls and then rises; turned over and behind ReLU, its highest values are 0, and those amid it are above.
    ones = np.ones(4, np.float32)
    turned = BatchNormalization(0 * ones, ones, gamma=-ones, beta=ones / 10)
    layers = [("turned", turned), ("relu", Activation("relu"))]
    model = block_model(Conv1D(KERNEL, activation="gelu"), MaxPooling1D(30), layers)
    reading = Reading.of(model, Letters(LETTERS), (0, len(LETTERS))).into()  # type: ignore[arg-type]
    thresholds = HitThresholds.of(reading)
    assert (reading.run.values(0, reading.run.cells) > 0).any(axis=0).all()
    assert hits_of(thresholds, reading) == []
    assert not thresholds.parted.any()


def test_filters_that_stay_as_they_are_are_taken_over() -> None:
    before = HitThresholds.of(reading_of("relu"))
    edited = KERNEL.copy()
    edited[2, :, 1] *= 3
    after = HitThresholds.of(reading_of("relu", edited), before)
    alone = HitThresholds.of(reading_of("relu", edited))
    assert after.bars.tolist() == alone.bars.tolist()
    assert after.bars[1] != before.bars[1]
    # Another function makes other values of the same responses.
    other = HitThresholds.of(reading_of("sigmoid"), before)
    assert other.bars.tolist() == HitThresholds.of(reading_of("sigmoid")).bars.tolist()


def test_without_p_values_half_of_the_best_match_counts() -> None:
    reading = reading_of("relu", pool=AveragePooling1D(2))
    thresholds = HitThresholds.of(reading)
    best = reading.run.best_match
    assert thresholds.chances is None
    hits = hits_of(thresholds, reading)
    assert hits
    for hit in hits:
        assert hit.value > best[hit.filter] / 2
        assert thresholds.p_of(hit) is None
    # A filter that is nowhere above 0 has no half of it.
    assert thresholds.bars[3] >= np.finfo(np.float32).max
