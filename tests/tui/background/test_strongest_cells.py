"""Where the strongest cells of a record stand in an input window, against the block computed there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hand_worked import FINDS_ACG, Letters, finds_acg

from cnn_core.blocks.reading import Reading
from cnn_core.layers import AveragePooling1D, Conv1D, Input, MaxPooling1D, Padding
from cnn_core.network.model import Model
from cnn_tui.background.pacing import Pacing
from cnn_tui.background.strongest_cells import Ranking, StrongestCells, place_of_hit, position_of_hit
from cnn_tui.view.view_state import Level

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(4).integers(0, 4, 331))
KERNEL = np.random.default_rng(8).standard_normal((5, 4, 3)).astype(np.float32)
POOLS = {
    "plain": MaxPooling1D(4),
    "overlapping": MaxPooling1D(6, 2),
    "gaps": MaxPooling1D(3, 7),
    "average": AveragePooling1D(4),
}


def model_of(pool: MaxPooling1D | AveragePooling1D, length: int | None = 60, conv: Conv1D | None = None) -> Model:
    conv = conv or Conv1D(KERNEL, activation="relu")
    return Model.sequential("small", [("input", Input(length)), ("conv", conv), ("pool", pool)])


def ranked(reading: Reading, chosen: int | None = None, cells: StrongestCells | None = None) -> Ranking:
    ranking = (cells or StrongestCells()).find(reading, reading.model, chosen, lambda: True, lambda *_: None)
    assert ranking is not None
    return ranking


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
@pytest.mark.parametrize("start", [0, 3, 100, 271])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_hit_is_gone_to_where_its_letters_are_with_its_value(
    pool: MaxPooling1D | AveragePooling1D, start: int, reverse: bool
) -> None:
    reading = Reading.of(model_of(pool), Letters(LETTERS), (start, start + 60), reverse=reverse).into()
    ranking = ranked(reading)
    assert len(ranking.hits) == 100
    # Every hit from half of the windows.
    for hit in ranking.hits[start % 2 :: 2]:
        place = place_of_hit(reading, ranking, hit)
        there = place.reading
        assert there.reverse == (hit.strand == "-")
        assert there.start <= hit.start < hit.stop <= there.stop
        assert there.stop - there.start == 60
        if place.level is Level.CELL:
            assert there.run.values(place.index, place.index + 1)[0, hit.filter] == hit.value
            chosen = there.run.selections(place.index, place.index + 1)
            position = place.index if chosen is None else int(chosen[0, hit.filter])
        else:
            # Only at the ends of the record can no cell of the window begin where the hit's does.
            assert not 8 <= hit.start <= len(LETTERS) - 8
            position = place.index
            assert there.run.activations(position, position + 1)[0, hit.filter] == hit.value
        if hit.position is not None:
            first = there.record_position(position + 4 if there.reverse else position)
            assert first == hit.start


def test_the_input_window_stays_where_the_cell_is_in_it_and_moves_no_further_than_it_has_to() -> None:
    reading = Reading.of(model_of(MaxPooling1D(4)), Letters(LETTERS), (100, 160)).into()
    ranking = ranked(reading)
    for hit in ranking.hits:
        place = place_of_hit(reading, ranking, hit)
        if hit.start >= 100 and hit.stop <= 160 and hit.strand == "+":
            # 100 is a multiple of the pool's stride: the cells are those of the whole record.
            assert place.reading is reading
        elif hit.start >= 110 and hit.stop <= 150:
            assert abs(place.reading.start - 100) <= 4
        elif not (hit.start >= 90 and hit.stop <= 170) and 60 < hit.start < 270:
            middle = (hit.start + hit.stop) // 2
            assert abs((place.reading.start + place.reading.stop) // 2 - middle) <= 4


def test_the_whole_record_needs_no_moving() -> None:
    for same in (Padding.VALID, Padding.SAME):
        model = model_of(MaxPooling1D(4, padding=same), None, Conv1D(KERNEL, padding=same, activation="relu"))
        reading = Reading.of(model, Letters(LETTERS)).into()
        ranking = ranked(reading)
        for hit in ranking.hits:
            place = place_of_hit(reading, ranking, hit)
            assert (place.level, place.index) == (Level.CELL, hit.cell)
            assert position_of_hit(place.reading, ranking, hit) == hit.position


def test_a_position_is_told_on_its_own_strand_alone() -> None:
    reading = Reading.of(model_of(MaxPooling1D(2), None, finds_acg()), Letters("TTACGTTTTT")).into()
    ranking = ranked(reading)
    plus, minus = ranking.hits[0], next(hit for hit in ranking.hits if hit.strand == "-")
    assert (plus.letters, plus.start, plus.value) == ("ACG", 2, 2.0)
    assert position_of_hit(reading, ranking, plus) == 2
    assert position_of_hit(reading, ranking, minus) is None
    assert position_of_hit(replace(reading, reverse=True), ranking, minus) == minus.position
    assert minus.start == 3  # CGT is ACG on the other strand
    assert FINDS_ACG.shape == (3, 4, 1)


class TestKeeping:
    def test_a_ranking_is_found_once_for_both_strands_and_for_every_window(self) -> None:
        cells = StrongestCells()
        reading = Reading.of(model_of(MaxPooling1D(4)), Letters(LETTERS), (100, 160)).into()
        found = ranked(reading, 1, cells)
        own = reading.model
        assert {hit.filter for hit in found.hits} == {1}
        assert cells.known(replace(reading, reverse=True), own, 1) is found
        assert cells.known(reading.moved_to(7), own, 1) is found
        assert cells.known(reading, own, None) is None
        assert cells.known(reading, own, 2) is None

    def test_other_settings_make_another_ranking_and_going_back_the_same_again(self) -> None:
        cells = StrongestCells()
        reading = Reading.of(model_of(MaxPooling1D(4)), Letters(LETTERS), (100, 160)).into()
        own, before = reading.model, reading.settings
        found = ranked(reading, 1, cells)
        changed = reading.with_settings(replace(before, pool_size=5))
        assert cells.known(changed, own, 1) is None
        assert cells.known(changed.with_settings(before), own, 1) is found
        assert cells.known(replace(reading, ambiguity=type(reading.ambiguity).UNIFORM), own, 1) is None
        assert cells.known(reading, changed.model, 1) is None

    def test_what_is_ended_is_not_kept(self) -> None:
        cells = StrongestCells()
        reading = Reading.of(model_of(MaxPooling1D(4)), Letters(LETTERS)).into()
        assert cells.find(reading, reading.model, 0, lambda: False, lambda *_: None) is None
        assert cells.known(reading, reading.model, 0) is None


def test_a_person_is_told_ten_times_a_second_at_the_most() -> None:
    told: list[str] = []
    clock = iter([0.0, 0.05, 0.2, 0.25, 4.0])
    pacing = Pacing(told.append, 2_000_000, lambda: next(clock))
    for done in (1, 2, 3, 8):
        pacing(done, 10)
    assert told == ["20 % of 2.00 Mb", "80 % of 2.00 Mb, 400 kb/s, 1 s left"]
