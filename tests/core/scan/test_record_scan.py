"""The strongest cells of many records together, against all cells of each, looked at one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
import pytest
from small_models import Letters, block_model, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.offered_blocks import find_block
from cnn_core.errors import SequenceError, ShapeError, TooShortError
from cnn_core.layers import Array, Conv1D, MaxPooling1D
from cnn_core.letter_sums.word_tables import WordTables
from cnn_core.letters.alphabet import encode, reverse_complement
from cnn_core.network.model import Model
from cnn_core.scan.record_scan import RecordScan
from cnn_core.scan.strongest import Hit

MODEL = block_model(
    Conv1D(np.rint(random_kernel(5, 3, seed=1)), np.full(3, -1, dtype=np.float32), activation="relu"),
    MaxPooling1D(4),
)
RECORDS = [Letters(random_letters(length, length), f"r{length}") for length in (90, 7, 61, 8, 200, 33)]
"""One of them, of 7 letters, has three responses and so no cell."""


def scan_of(records: list[Letters], model: Model = MODEL, **how: object) -> RecordScan:
    return RecordScan(model, [(record, 0, len(record)) for record in records], **how)  # type: ignore[misc, arg-type]


def all_values(records: list[Letters], strands: str) -> list[tuple[float, int, int, str, int, int]]:
    """Return value, record, first base, strand, filter and cell of every cell that is not silent, by plain sums."""
    conv = MODEL["conv"].layer
    assert isinstance(conv, Conv1D)
    kernel, bias = conv.kernel, conv.bias
    assert bias is not None
    found = []
    for place, record in enumerate(records):
        for strand in "+-" if strands == "both" else strands:
            codes = encode(record.letters)
            codes = reverse_complement(codes) if strand == "-" else codes
            rows = np.array([[code >> bit & 1 for bit in range(4)] for code in codes], dtype=np.float64)
            steps = range(len(rows) - 4)
            responses = np.array([[(rows[at : at + 5] * kernel[:, :, f]).sum() for f in range(3)] for at in steps])
            activations = np.maximum(responses.reshape(-1, 3) + bias, 0)
            for cell in range(len(activations) // 4):
                window = activations[4 * cell : 4 * cell + 4]
                for index in range(3):
                    value, selection = window[:, index].max(), 4 * cell + int(window[:, index].argmax())
                    first = selection if strand == "+" else len(rows) - selection - 5
                    if value > 0:
                        found.append((float(value), place, first, strand, index, cell))
    return found


def told(hit: Hit) -> tuple[float, int, int, str, int, int]:
    place = [record.name for record in RECORDS].index(hit.record)
    return hit.value, place, hit.start, hit.strand, hit.filter, hit.cell


def in_rank(hit: tuple[float, int, int, str, int, int]) -> tuple[float, int, int, str, int, int]:
    value, place, first, strand, index, cell = hit
    return -value, place, first, strand, index, cell if strand == "+" else -cell


@pytest.mark.parametrize("strands", ["both", "+", "-"])
@pytest.mark.parametrize("top", [1, 4, 1000])
class TestStrongest:
    def test_of_all_filters_together(self, strands: str, top: int) -> None:
        hits = scan_of(RECORDS, strands=strands).strongest(range(3), top=top, together=True)
        assert [told(hit) for hit in hits] == sorted(all_values(RECORDS, strands), key=in_rank)[:top]

    def test_of_each_filter(self, strands: str, top: int) -> None:
        hits = scan_of(RECORDS, strands=strands).strongest([2, 0], top=top)
        cells = sorted(all_values(RECORDS, strands), key=in_rank)
        expected = [[cell for cell in cells if cell[4] == index][:top] for index in (2, 0)]
        assert [told(hit) for hit in hits] == [*chain.from_iterable(expected)]

    def test_from_a_threshold_up(self, strands: str, top: int) -> None:
        hits = scan_of(RECORDS, strands=strands).strongest(range(3), top=top, together=True, threshold=2.0)
        cells = sorted(all_values(RECORDS, strands), key=in_rank)
        assert [told(hit) for hit in hits] == [cell for cell in cells if cell[0] >= 2][:top]


@pytest.mark.parametrize("strands", ["both", "+", "-"])
def test_all_above_a_threshold_come_record_after_record(strands: str) -> None:
    hits = [told(hit) for hit in scan_of(RECORDS, strands=strands).above(2.0, [0, 1, 2])]
    assert sorted(hits) == sorted(cell for cell in all_values(RECORDS, strands) if cell[0] >= 2)
    assert [hit[1:5] for hit in hits] == sorted(hit[1:5] for hit in hits)


def test_of_equal_values_the_first_in_the_file_is_first() -> None:
    conv = Conv1D(one_letter_kernel("GAT", size=3), activation="relu")
    records = [Letters(letters, name) for name, letters in (("z", "CCGATC"), ("b", "GATCCC"), ("a", "CCCGAT"))]
    scan = scan_of(records, block_model(conv, MaxPooling1D(4)), strands="+")
    hits = scan.strongest([0], top=2)
    assert [(hit.record, hit.start, hit.value) for hit in hits] == [("z", 2, 3.0), ("b", 0, 3.0)]


def test_stretches_are_places_of_their_records() -> None:
    scan = RecordScan(MODEL, [(RECORDS[4], 50, 120)])  # type: ignore[list-item]
    hits = scan.strongest(range(3), top=1000, together=True)
    assert {hit.strand for hit in hits} == {"+", "-"}
    assert all(50 <= hit.start < hit.stop <= 120 for hit in hits)
    assert all(hit.letters == RECORDS[4].letters[hit.start : hit.stop] for hit in hits if hit.strand == "+")


def test_records_without_a_cell_are_counted() -> None:
    scan = scan_of(RECORDS)
    scan.strongest([0], top=1)
    assert scan.too_short == 1
    assert [*scan.above(1000.0, [0])] == []
    assert scan.too_short == 1


def test_records_of_no_letters_are_too_short_too() -> None:
    scan = scan_of([*RECORDS, Letters("", "none")])
    scan.strongest([0], top=1)
    assert (scan.too_short, scan.records) == (2, 7)


DEEP = block_model(
    Conv1D(random_kernel(2, 2), activation="relu"),
    MaxPooling1D(2),
    head=[("deep", Conv1D(random_kernel(3, 2, channels=2), activation="relu")), ("cells", MaxPooling1D(2))],
)


def test_a_record_too_long_for_a_deep_block_is_refused_and_not_passed_over() -> None:
    records = [Letters(random_letters(90), "fits"), Letters("ACGT" * 50_001, "long"), Letters("ACGT", "short")]
    scan = scan_of(records, DEEP, block=find_block(DEEP, "deep"))
    with pytest.raises(
        ShapeError, match=r"^record long, layer deep: .* up to 200,000 bases; open a shorter region$"
    ):
        scan.strongest([0], top=1)
    with pytest.raises(ShapeError, match=r"^record long, layer deep"):
        list(scan.above(0.0, [0]))


def test_a_record_too_short_for_the_layers_before_a_deep_block_is_passed_over() -> None:
    scan = scan_of(
        [Letters("ACGT", "short"), Letters("A", "one"), RECORDS[0]], DEEP, block=find_block(DEEP, "deep")
    )
    assert {hit.record for hit in scan.strongest([0, 1], top=3)} == {"r90"}
    assert scan.too_short == 2


def test_which_block_it_is_does_not_depend_on_the_first_record() -> None:
    scan = scan_of([Letters("A", "one"), RECORDS[0]], DEEP)
    with pytest.raises(TooShortError):
        scan.reading((Letters("A", "one"), 0, 1))  # type: ignore[arg-type]
    assert scan.first().block.conv == "conv"


@pytest.mark.parametrize("ask_first", [False, True])
def test_an_iterator_of_stretches_is_gone_through_once(ask_first: bool) -> None:
    records = [Letters("", "none"), Letters("ACG", "short"), *RECORDS]
    expected = scan_of(records).strongest(range(3), top=9)
    alive: list[Letters] = []

    def one_by_one() -> Iterator[tuple[Letters, int, int]]:
        for record in records:
            alive[:] = [record]
            yield record, 0, len(record)

    scan = RecordScan(MODEL, one_by_one())  # type: ignore[arg-type]
    if ask_first:
        assert scan.first().record is alive[0]
        assert scan.first().record.name == "r90"
    assert scan.bases == 0
    assert scan.strongest(range(3), top=9) == expected
    assert (scan.too_short, scan.records) == (3, len(records))
    assert [hit.record for hit in scan.in_order(expected)] == [
        record.name for record in records for hit in expected if hit.record == record.name
    ]


def test_where_no_record_has_a_cell_the_longest_says_why() -> None:
    with pytest.raises(ShapeError):
        scan_of([Letters("ACG"), Letters("ACGTACG")]).first()
    with pytest.raises(SequenceError, match="none of the records has letters"):
        scan_of([Letters("")]).first()


@pytest.mark.parametrize("strands", ["both", "+"])
def test_the_progress_counts_bases_of_all_records(strands: str) -> None:
    bases = sum(map(len, RECORDS)) * (2 if strands == "both" else 1)
    searches: list[Callable[[RecordScan, list[tuple[int, int]]], object]] = [
        lambda scan, seen: scan.strongest(range(3), top=1, progress=lambda *done: seen.append(done)),
        lambda scan, seen: [*scan.above(0.0, range(3), lambda *done: seen.append(done))],
    ]
    for search in searches:
        seen: list[tuple[int, int]] = []
        search(scan_of(RECORDS, strands=strands), seen)
        assert seen[-1] == (bases, bases)
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)
        assert {total for _, total in seen} == {bases}


def test_what_a_progress_raises_ends_the_scan() -> None:
    def give_up(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan_of(RECORDS).strongest([0], top=1, progress=give_up)


def test_hits_are_put_in_the_order_of_the_file() -> None:
    scan = scan_of(RECORDS)
    hits = scan.in_order(scan.strongest(range(3), top=5))
    places = [(told(hit)[1], hit.start) for hit in hits]
    assert places == sorted(places)
    by_record = [(reading.record.name, [*mine]) for reading, mine in scan.by_record(hits)]
    assert [hit for _, mine in by_record for hit in mine] == hits
    assert all({hit.record for hit in mine} == {name} for name, mine in by_record)


@pytest.mark.parametrize("filters", [[2], [0, 1, 2]])
def test_tables_are_built_once_for_all_records(filters: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    conv = Conv1D(random_kernel(5, 40), activation="relu")
    model = block_model(conv, MaxPooling1D(4))
    built: list[WordTables] = []
    build = WordTables._build

    def building(tables: WordTables) -> Array:
        built.append(tables)
        return build(tables)

    monkeypatch.setattr(WordTables, "_build", building)
    records = [Letters(random_letters(99, seed), f"r{seed}") for seed in range(9)]
    assert scan_of(records, model).strongest(filters, top=2)
    assert len(built) == len({id(tables) for tables in built}) <= 1 + len(filters)
