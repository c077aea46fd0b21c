"""The strongest cells of a whole record, on both strands, against all cells at once; and the scan under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, product
from typing import Any

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from small_models import Letters, block_model, block_run, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.letter_block import LetterRun
from cnn_core.blocks.padding import Pad, PadSide
from cnn_core.blocks.reading import Reading
from cnn_core.errors import SettingError
from cnn_core.layers import AveragePooling1D, Conv1D, MaxPooling1D, Pooling1D
from cnn_core.letters.alphabet import decode, encode, reverse_complement
from cnn_core.scan import strongest as strongest_module
from cnn_core.scan import whole_scan
from cnn_core.scan.overview import Overview
from cnn_core.scan.scanned_so_far import ScannedSoFar
from cnn_core.scan.strongest import Hit, ScannedReading, highest_below, strongest
from cnn_core.scan.whole_scan import Cells, scan_cells


def hits_above(reading: Reading, threshold: float, filters: Sequence[int] | None = None, **asked: Any) -> list[Hit]:
    """Return the hits of a whole reading, in the order in which they come."""
    return [*ScannedReading(reading, filters, **asked).above(highest_below(threshold), ScannedSoFar())]


def reading_of(
    letters: str, pool: Pooling1D | None = None, conv: Conv1D | None = None, interval: tuple[int, int] | None = None
) -> Reading:
    conv = conv or Conv1D(random_kernel(5, 3), np.full(3, -2, dtype=np.float32), activation="relu")
    return Reading.of(block_model(conv, pool or MaxPooling1D(4)), Letters(letters, "chr"), interval).into()


def every_hit(reading: Reading, filters: list[int], least: float = -np.inf) -> list[Hit]:
    """Return all cells of both strands that are not silent, strongest first, each looked at for itself."""
    hits = []
    for each in (replace(reading, reverse=False), replace(reading, reverse=True)):
        run, window = each.run, each.run.conv.sliding
        values = run.values(0, run.cells)
        selections = run.selections(0, run.cells)
        for cell in range(run.cells):
            for index in filters:
                silent = run.floors is not None and values[cell, index] == run.floors[index]
                if silent or values[cell, index] < least:
                    continue
                under = run.pool.sliding.window(cell, run.positions).positions
                position = None if selections is None else int(selections[cell, index])
                ends = (under[0], under[-1]) if position is None else (position, position)
                first = max(0, window.window(ends[0], run.length).first)
                stop = min(run.length, window.window(ends[1], run.length).first + window.span)
                start = each.stop - stop if each.reverse else each.start + first
                hits.append(
                    Hit(
                        "chr",
                        index,
                        float(values[cell, index]),
                        cell,
                        position,
                        start,
                        start + stop - first,
                        "-" if each.reverse else "+",
                        decode(each.codes(first, stop)),
                    )
                )
    return hits


def in_rank(hits: list[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.value, *place(hit)))


def place(hit: Hit) -> tuple[int, str, int, int]:
    return hit.start, hit.strand, hit.filter, hit.cell if hit.strand == "+" else -hit.cell


@pytest.fixture(params=[1 << 19, 24])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(whole_scan, "_CHUNK_BASES", request.param)
    monkeypatch.setattr(strongest_module, "_BLOCK_VALUES", 1 << 17 if request.param > 24 else 5)
    monkeypatch.setattr(strongest_module, "_LOOK", 1 << 13 if request.param > 24 else 6)
    return int(request.param)


POOLS = [MaxPooling1D(4), MaxPooling1D(6, 2), MaxPooling1D(2, 5), MaxPooling1D(3, 3, "same"), AveragePooling1D(3)]


@pytest.mark.usefixtures("chunk")
class TestStrongest:
    def test_by_hand(self) -> None:
        # GAT stands at 2 and, on the other strand, as ATC at 8; GAA at 13 fits in two letters.
        conv = Conv1D(one_letter_kernel("GAT", size=3), np.array([-1], dtype=np.float32), activation="relu")
        reading = reading_of("CCGATCCCATCCCGAACC", MaxPooling1D(1), conv)
        hits = strongest(reading, top=3)
        assert hits is not None
        assert [(hit.value, hit.start, hit.stop, hit.strand, hit.letters) for hit in hits] == [
            (2.0, 2, 5, "+", "GAT"),
            # ATC at 3 is GAT of the other strand, too.
            (2.0, 3, 6, "-", "GAT"),
            (2.0, 8, 11, "-", "GAT"),
        ]
        assert (hits[0].region, hits[0].cell, hits[0].position) == ("chr:3-5", 2, 2)
        assert (hits[2].cell, hits[2].position) == (7, 7)

    @pytest.mark.parametrize(
        ("pool", "top", "letters"),
        [
            (*case, letters)
            for case, letters in zip(
                product(POOLS, (1, 3, 10_000)), cycle(("ACGT", "AC", "A", "ACGTN")), strict=False
            )
        ],
    )
    def test_of_every_filter_are_the_first_of_all(self, pool: Pooling1D, top: int, letters: str) -> None:
        conv = Conv1D(np.rint(random_kernel(5, 3)), activation="relu", padding="same")
        reading = reading_of(random_letters(150, 1, letters), pool, conv)
        expected = in_rank([hit for index in range(3) for hit in in_rank(every_hit(reading, [index]))[:top]])
        assert strongest(reading, top=top) == tuple(expected)

    @pytest.mark.parametrize("pool", POOLS)
    def test_of_all_filters_together_are_the_first_of_all(self, pool: Pooling1D) -> None:
        conv = Conv1D(np.rint(random_kernel(4, 3)))
        reading = reading_of(random_letters(120, 2), pool, conv)
        for top in (1, 7, 50):
            assert strongest(reading, top=top, together=True) == tuple(in_rank(every_hit(reading, [0, 1, 2]))[:top])

    def test_of_some_filters_from_a_value_up_in_an_interval(self) -> None:
        reading = reading_of(random_letters(200, 3), interval=(31, 170))
        expected = [hit for index in (2, 0) for hit in in_rank(every_hit(reading, [index], 1.25))[:9]]
        assert strongest(reading, [2, 0], top=9, threshold=1.25) == tuple(in_rank(expected))
        assert all(31 <= hit.start < hit.stop <= 170 for hit in expected)

    def test_of_one_strand_are_those_of_the_reading(self) -> None:
        reading = replace(reading_of(random_letters(200, 3)), reverse=True)
        expected = [hit for hit in every_hit(reading, [1]) if hit.strand == "-"]
        assert strongest(reading, [1], top=5, both_strands=False) == tuple(in_rank(expected)[:5])

    def test_are_the_same_from_either_strand_and_for_any_threads(self) -> None:
        reading = reading_of(random_letters(500, 4))
        found = strongest(reading, top=6)
        assert found == strongest(replace(reading, reverse=True), top=6)
        assert all(found == strongest(reading, top=6, threads=threads) for threads in (1, 2, 3, 4))

    def test_are_none_where_all_is_silent(self) -> None:
        conv = Conv1D(random_kernel(5), np.full(2, -1000, dtype=np.float32), activation="relu")
        assert strongest(reading_of(random_letters(100), conv=conv), top=5) == ()

    def test_letters_are_those_of_the_record_on_their_strand(self) -> None:
        letters = random_letters(300, 6)
        hits = strongest(reading_of(letters), top=20)
        assert hits
        for hit in hits:
            read = encode(letters[hit.start : hit.stop])
            assert hit.letters == decode(read if hit.strand == "+" else reverse_complement(read))

    def test_less_than_one_is_refused(self) -> None:
        with pytest.raises(SettingError, match="0 strongest cells were asked for; ask for 1 or more"):
            strongest(reading_of("ACGTACGTACGT"), top=0)

    def test_tell_how_far_they_are(self) -> None:
        told: list[tuple[int, int]] = []
        reading = reading_of(random_letters(300))
        strongest(reading, top=1, progress=lambda done, total: told.append((done, total)))
        assert told == sorted(told)
        assert told[-1] == (2 * reading.run.cells, 2 * reading.run.cells)


@given(
    st.integers(0, 99),
    st.integers(12, 60),
    st.sampled_from(["ACGT", "AC", "ACGTNN"]),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 3),
    st.integers(1, 4),
)
@settings(max_examples=60)
def test_ties_are_broken_by_place_whatever_the_settings(
    seed: int, length: int, letters: str, size: int, stride: int, conv_stride: int, top: int
) -> None:
    conv = Conv1D(np.rint(random_kernel(3, 2, seed)), activation="relu", stride=conv_stride, padding="causal")
    reading = reading_of(random_letters(length, seed, letters), MaxPooling1D(size, stride, "same"), conv)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_scan, "_CHUNK_BASES", 12)
        found = strongest(reading, top=top), strongest(reading, top=top, together=True)
        above = hits_above(reading, 1.0)
    hits = every_hit(reading, [0, 1])
    assert found[1] == tuple(in_rank(hits)[:top])
    each = [hit for index in (0, 1) for hit in in_rank([hit for hit in hits if hit.filter == index])[:top]]
    assert found[0] == tuple(in_rank(each))
    assert above == sorted((hit for hit in hits if hit.value >= 1), key=place)


@pytest.mark.usefixtures("chunk")
class TestAbove:
    @pytest.mark.parametrize("pool", POOLS)
    @each_case("threshold", [-10.0, 0.0, 1.3, 99.0])
    def test_come_in_the_order_of_the_record(self, pool: Pooling1D, threshold: float) -> None:
        reading = reading_of(random_letters(200, 5, "ACGTN"), pool)
        expected = sorted(every_hit(reading, [0, 2], threshold), key=place)
        assert hits_above(reading, threshold, [0, 2]) == expected

    def test_a_value_of_just_the_threshold_counts(self) -> None:
        conv = Conv1D(one_letter_kernel("A", "C") * np.float32(0.1))
        reading = reading_of("ACGT", MaxPooling1D(1), conv)
        assert len(hits_above(reading, float(np.float32(0.1)))) == 4
        assert len(hits_above(reading, 0.1)) == 4
        assert not hits_above(reading, 0.100001)

    @pytest.mark.parametrize("chunks", range(8))
    def test_end_when_asked_with_no_hole_in_what_came(self, chunks: int) -> None:
        asked: list[int] = []
        reading = reading_of(random_letters(400))

        def should_continue() -> bool:
            asked.append(0)
            return len(asked) <= chunks

        found = hits_above(reading, 0.0, should_continue=should_continue)
        assert found == sorted(every_hit(reading, [0, 1, 2]), key=place)[: len(found)]


def whole(chunks: list[Cells]) -> NDArray[np.float32]:
    return np.concatenate([chunk.values for chunk in sorted(chunks, key=lambda chunk: chunk.start)])


@pytest.mark.usefixtures("chunk")
class TestScan:
    @pytest.mark.parametrize("backwards", [False, True])
    @pytest.mark.parametrize("filters", [None, [1], [2, 0], []])
    @each_case("nearest", [None, 0, 20, 10_000])
    def test_yields_every_cell_once(self, filters: list[int] | None, nearest: int | None, backwards: bool) -> None:
        run = reading_of(random_letters(300)).run
        chunks = list(scan_cells(run, filters=filters, nearest=nearest, backwards=backwards))
        covered = [cell for chunk in chunks for cell in range(chunk.start, chunk.stop)]
        assert sorted(covered) == list(range(run.cells))
        values = run.values(0, run.cells)
        np.testing.assert_array_equal(whole(chunks), values if filters is None else values[:, filters])

    def test_begins_where_somebody_looks_and_goes_outwards(self, chunk: int) -> None:
        run = reading_of(random_letters(300)).run
        chunks = list(scan_cells(run, nearest=40))
        assert chunks[0].start <= 40 < chunks[0].stop
        away = [abs(each.start - chunks[0].start) for each in chunks]
        assert away == sorted(away)

    def test_of_one_filter_among_many_is_that_of_all(self) -> None:
        run = block_run(block_model(Conv1D(random_kernel(6, 40)), MaxPooling1D(3)), random_letters(200))
        np.testing.assert_array_equal(whole(list(scan_cells(run, filters=[33]))), run.values(0, run.cells)[:, [33]])

    def test_ends_when_asked(self, chunk: int) -> None:
        answers = iter([True, True, False])
        run = reading_of(random_letters(300)).run
        if chunk == 24:
            assert len(list(scan_cells(run, should_continue=lambda: next(answers)))) == 2
            assert strongest(reading_of(random_letters(300)), top=1, should_continue=lambda: False) is None

    def test_keeps_nothing(self) -> None:
        run = reading_of(random_letters(300)).run
        list(scan_cells(run))
        assert len(run._tiles) == len(run._cell_tiles) == 0


@given(
    st.integers(1, 80), st.integers(1, 100), st.integers(1, 3), st.integers(1, 9), st.randoms(use_true_random=False)
)
@settings(max_examples=150)
def test_an_overview_holds_the_first_strongest_cell_of_every_column(
    cells: int, columns: int, filters: int, size: int, random: st.DataObject
) -> None:
    values = np.random.RandomState(cells).randint(0, 4, (cells, filters)).astype(np.float32)
    overview = Overview(cells, columns)
    starts = list(range(0, cells, size))
    random.shuffle(starts)  # type: ignore[attr-defined]
    seen = np.zeros(cells, dtype=np.bool_)
    for start in [*starts, None]:
        state = overview.state()
        assert (state.cells_done, state.cells_total) == (seen.sum(), cells)
        for column in range(columns):
            first, stop = column * cells // columns, (column + 1) * cells // columns
            assert {overview.column_of(cell) for cell in range(first, stop)} <= {column}
            known = [cell for cell in range(first, stop) if seen[cell]]
            assert state.done[column] == (len(known) == stop - first)
            if not known:
                assert (state.values[column], state.cells[column], state.filters[column]) == (-np.inf, -1, -1)
                continue
            best = max(known, key=lambda cell: (values[cell].max(), -cell))
            assert overview.column_of(best) == column
            assert state.values[column] == values[best].max()
            assert (state.cells[column], state.filters[column]) == (best, values[best].argmax())
        if start is not None:
            stop = min(start + size, cells)
            overview.add(Cells(start, stop, values[start:stop]))
            seen[start:stop] = True
    assert overview.state().complete


def test_a_state_of_an_overview_stays_as_it_was() -> None:
    overview = Overview(4, 2)
    before = overview.state()
    overview.add(Cells(0, 4, np.ones((4, 1), dtype=np.float32)))
    assert (before.cells_done, before.values.tolist()) == (0, [-np.inf, -np.inf])


@pytest.mark.parametrize("start", [0, 2])
def test_a_nan_counts_as_seen_and_hides_nothing(start: int) -> None:
    values = np.array([[np.nan, np.nan], [np.nan, 2], [1, np.nan], [np.nan, np.nan]], dtype=np.float32)
    overview = Overview(4, 2)
    overview.add(Cells(start, 4, values[start:]))
    if start:
        overview.add(Cells(0, start, values[:start]))
    state = overview.state()
    assert state.complete
    assert (state.values.tolist(), state.cells.tolist(), state.filters.tolist()) == ([2, 1], [1, 2], [1, 0])


def test_cells_that_are_all_nan_leave_a_column_empty() -> None:
    overview = Overview(3, 3)
    overview.add(Cells(0, 3, np.array([[np.nan], [-1], [np.nan]], dtype=np.float32)))
    assert overview.state().cells.tolist() == [-1, 1, -1]
    assert overview.state().complete


@pytest.mark.parametrize("threshold", [None, -9.0])
def test_a_nan_is_no_hit_and_hides_none_of_its_chunk(
    threshold: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = reading_of(random_letters(300))
    expected = strongest(reading, [0, 2], top=4, threshold=threshold)
    assert expected is not None
    lost = expected[1]

    def with_nan(run: LetterRun, **how: Any) -> Iterator[Cells]:
        for chunk in scan_cells(run, **how):
            values = chunk.values.copy()
            if how["backwards"] == (lost.strand == "-"):
                values[lost.cell - chunk.start, [0, 2].index(lost.filter)] = np.nan
            yield Cells(chunk.start, chunk.stop, values)

    monkeypatch.setattr(strongest_module, "scan_cells", with_nan)
    found = strongest(reading, [0, 2], top=4, threshold=threshold)
    assert found is not None
    assert lost not in found
    assert {*expected} - {lost} < {*found}
    assert lost not in hits_above(reading, lost.value, [0, 2])


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("side", ["left", "right", "center"])
def test_of_a_padded_record_stand_where_its_letters_do(side: str, reverse: bool) -> None:
    """What hangs over the letters is cut off, and beside them there is nothing to name."""
    conv = Conv1D(random_kernel(5, 3), np.zeros(3, dtype=np.float32))
    model = block_model(conv, MaxPooling1D(4), length=40)
    letters, pad = random_letters(9), Pad(PadSide(side))
    reading = Reading.of(model, Letters(letters, "chr"), reverse=reverse, pad=pad).into()
    left = pad.left(31)
    hits = strongest(reading, top=1000)
    assert hits
    for hit in hits:
        assert hit.position is not None
        first, stop = (min(max(base - left, 0), 9) for base in (hit.position, hit.position + 5))
        assert (hit.start, hit.stop) == ((9 - stop, 9 - first) if hit.strand == "-" else (first, stop))
        read = letters[hit.start : hit.stop]
        assert hit.letters == (decode(reverse_complement(encode(read))) if hit.strand == "-" else read)
        here = f"chr:{hit.start + 1}-{hit.stop}" if read else "chr, beside its letters"
        assert hit.region == here
    assert {bool(hit.letters) for hit in hits} == {True, False}
