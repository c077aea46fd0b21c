"""Short records in batches: every value, place, letter and order is that of each record looked at alone."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.letter_block import LetterRun
from cnn_core.blocks.reading import Reading
from cnn_core.errors import SequenceError, TooShortError
from cnn_core.layers import AveragePooling1D, BatchNormalization, Conv1D, Layer, MaxPooling1D
from cnn_core.letters.record_batches import Batch, WholeRecords, batches_of
from cnn_core.letters.sequence_files import open_sequences
from cnn_core.network.model import Model
from cnn_core.scan.hits import Hit
from cnn_core.scan.record_scan import RecordScan
from cnn_core.scan.scanned_so_far import ScannedSoFar
from cnn_core.scan.side_by_side import SideBySide
from cnn_core.scan.strongest import ScannedReading, highest_below, strongest

RAISED = np.array([0.5, -2.0, 1.0], dtype=np.float32)
NORM: list[tuple[str, Layer]] = [
    (
        "norm",
        BatchNormalization(
            gamma=RAISED, beta=RAISED, mean=np.zeros(3, np.float32), variance=np.ones(3, np.float32)
        ),
    )
]
WHOLE = np.rint(random_kernel(5, 3, seed=1))
"""Whole numbers, so that many cells tie."""
MODELS = {
    "valid": block_model(Conv1D(WHOLE, RAISED, activation="relu"), MaxPooling1D(4)),
    "same": block_model(Conv1D(WHOLE, padding="same", activation="relu"), MaxPooling1D(3, 2, padding="same")),
    "causal": block_model(Conv1D(random_kernel(6, 3), padding="causal", dilation=2), MaxPooling1D(2)),
    "steps": block_model(Conv1D(random_kernel(7, 3), stride=3, padding="same"), MaxPooling1D(2, 5)),
    "overlap": block_model(Conv1D(WHOLE, stride=2, activation="sigmoid"), MaxPooling1D(9, 2, padding="same")),
    "average": block_model(Conv1D(WHOLE, activation="elu"), AveragePooling1D(6, 4, padding="same")),
    "weighed": block_model(Conv1D(WHOLE, activation="softmax"), MaxPooling1D(4, 3, padding="same")),
    "turned": block_model(Conv1D(WHOLE, activation="relu"), MaxPooling1D(4), NORM),
    "single": block_model(Conv1D(random_kernel(1, 40)), MaxPooling1D(1)),
}


AMBIGUITIES = ("zero", "uniform")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a few records fill a batch, and the longest scanned alone."""
    monkeypatch.setattr(SideBySide, "letters_at_once", 400)


def mixed(letters: str = "ACGT") -> list[Letters]:
    """Records of no letters, too short for a cell, alike, short and long, and one that is worth a scan of its own."""
    lengths = [28, 0, 5, 28, 28, 3, 61, 17, 28, 150, 1, 28, 40, 8, 0, 200, 28]
    records = [Letters(random_letters(size, at, letters), f"r{at}") for at, size in enumerate(lengths)]
    return [*records, replace(records[0], name="again"), replace(records[6], name="again too")]


def stretches(records: list[Letters]) -> list[tuple[Letters, int, int]]:
    return [(each, 0, len(each)) if len(each) != 61 else (each, 4, 57) for each in records]


def scan_of(model: Model, records: list[Letters], **how: object) -> RecordScan:
    return RecordScan(model, stretches(records), **how)  # type: ignore[arg-type]


def alone(model: Model, records: list[Letters], strands: str, ambiguity: str) -> Iterator[tuple[int, Reading]]:
    """Yield each record that has a cell, one by one."""
    for place, (record, start, stop) in enumerate(stretches(records)):
        try:
            if start < stop:
                reverse = strands == "-"
                yield (
                    place,
                    Reading.of(model, record, (start, stop), reverse=reverse, ambiguity=ambiguity).into(
                        model.blocks[0]
                    ),
                )
        except TooShortError:
            continue


_ALL_BUT_P = attrgetter(*(each.name for each in fields(Hit) if each.name != "p"))


def told(hits: tuple[Hit, ...] | list[Hit]) -> list[tuple[object, ...]]:
    """Return all that is said of hits but their p-values, the bits of their values included."""
    return [(*_ALL_BUT_P(hit), float(hit.value).hex()) for hit in hits]


CASES = [
    (kind, strands, AMBIGUITIES[nth % 2], (1, 60)[nth % 2])
    for nth, (kind, strands) in enumerate(product(MODELS, ("both", "+", "-")))
]
"""Every model on every strand, and each with either of the rest in turn."""


@pytest.mark.parametrize(("kind", "strands", "ambiguity", "top"), CASES)
class TestAsEachAlone:
    def test_all_from_a_threshold_up(self, kind: str, strands: str, ambiguity: str, top: int) -> None:
        model, records = MODELS[kind], mixed("ACGTacgtNRY")
        filters = [2, 0] if kind != "single" else [7, 3, 39]
        expected = [
            replace(hit, place=place)
            for place, reading in alone(model, records, strands, ambiguity)
            for hit in ScannedReading(reading, filters, both_strands=strands == "both", threads=1).above(
                highest_below(0.7), ScannedSoFar()
            )
        ]
        scan = scan_of(model, records, strands=strands, ambiguity=ambiguity)
        assert told([*scan.above(0.7, filters)]) == told(expected)
        assert len({hit.record for hit in expected}) > 5

    def test_the_strongest(self, kind: str, strands: str, ambiguity: str, top: int) -> None:
        model, records, filters = MODELS[kind], mixed(), [1, 0] if kind != "single" else [*range(0, 40, 3)]
        found = [
            replace(hit, place=place)
            for place, reading in alone(model, records, strands, ambiguity)
            for hit in strongest(reading, filters, top=top, both_strands=strands == "both", threads=1) or ()
        ]
        ranked = [
            sorted((hit for hit in found if hit.filter == index), key=lambda hit: (-hit.value, hit.place))[:top]
            for index in filters
        ]
        each, together = (
            scan_of(model, records, strands=strands, ambiguity=ambiguity).strongest(
                filters, top=top, together=together
            )
            for together in (False, True)
        )
        assert told(each) == told([hit for mine in ranked for hit in mine])
        assert told([*together][:top]) == told(
            sorted(
                (hit for mine in ranked for hit in mine),
                key=lambda hit: (
                    -hit.value,
                    hit.place,
                    hit.start,
                    hit.strand,
                    hit.filter,
                    hit.cell if hit.strand == "+" else -hit.cell,
                ),
            )[:top]
        )


def test_a_refused_letter_is_named_after_the_hits_before_it() -> None:
    records = [
        Letters("ACGTACGTACGTACGT" * 3, "fine"),
        Letters("ACGTACGTANGTACGTACGTACGT", "not"),
        Letters("A", "late"),
    ]
    expected = [*scan_of(MODELS["valid"], records[:1], strands="+").above(0.5, [0, 1, 2])]
    found: list[Hit] = []
    hits = scan_of(MODELS["valid"], records, ambiguity="error", strands="+").above(0.5, [0, 1, 2])
    with pytest.raises(SequenceError, match=r"^record not:10, letter N: is ambiguous"):
        found.extend(hits)
    assert found == expected


def test_a_refused_letter_that_no_cell_reads_is_passed_over() -> None:
    # Nine letters have five responses and one cell of four: the last letter is read by no cell of the + strand.
    scan = scan_of(MODELS["valid"], [Letters("ACGTACGTN", "end")], ambiguity="error", strands="+")
    assert {hit.cell for hit in scan.above(-9.0, [0, 1, 2])} <= {0}
    with pytest.raises(SequenceError, match="record end:9, letter N"):
        [*scan_of(MODELS["valid"], [Letters("ACGTACGTN", "end")], ambiguity="error").above(-9.0, [0])]


def test_how_often_a_block_is_set_up_does_not_grow_with_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    begin = LetterRun.__init__

    def counted(self: LetterRun, *args: object, **how: object) -> None:
        nonlocal made
        made += 1
        begin(self, *args, **how)  # type: ignore[arg-type]

    monkeypatch.undo()
    monkeypatch.setattr(LetterRun, "__init__", counted)
    counts = []
    for many in (50, 2000):
        made = 0
        records = [Letters(random_letters(28, at % 50), f"r{at}") for at in range(many)]
        scan = scan_of(MODELS["valid"], records)
        assert len(scan.strongest([0], top=5)) == 5
        assert scan.records == many
        counts.append(made)
    assert counts[0] == counts[1]


def test_batches_are_bounded_and_in_order() -> None:
    records = [Letters("A" * size, f"r{at}") for at, size in enumerate([3, 4, 0, 30, 31, 2, 100, 1, 9, 9, 9, 9, 9])]
    pieces = [*batches_of(stretches(records), 40)]  # type: ignore[arg-type]
    told = [each.lengths.tolist() if isinstance(each, Batch) else each[2] - each[1] for each in pieces]
    assert told == [[3, 4, 0], 30, 31, [2], 100, [1, 9, 9, 9, 9], [9]]
    assert [each.first for each in pieces if isinstance(each, Batch)] == [0, 5, 7, 12]


def test_an_iterator_is_not_asked_for_more_while_a_long_record_is_looked_at() -> None:
    asked: list[str] = []

    def one_by_one() -> Iterator[tuple[Letters, int, int]]:
        for record in mixed():
            asked.append(record.name)
            yield record, 0, len(record)

    scan = RecordScan(MODELS["valid"], one_by_one(), threads=2)  # type: ignore[arg-type]
    for hit in scan.above(0.5, [0, 1, 2]):
        if hit.record == "r9":
            assert asked[-1] == "r9"
    assert asked[-1] == "again too"


def test_a_file_is_gathered_as_its_records_are(tmp_path: Path) -> None:
    sizes = [3, 4, 0, 30, 31, 2, 100, 1, 9, 9, 9, 9, 9, 0]
    text = "".join(f">r{at} described\n{random_letters(size, at, 'ACGTacgtN')}\n" for at, size in enumerate(sizes))
    (tmp_path / "one.fa").write_text(text)
    wrapped = "".join(
        line if line.startswith(">") else "\n".join(line[at : at + 7] for at in range(0, len(line), 7))
        for line in text.splitlines(keepends=True)
    ).replace("\n\n", "\n")
    (tmp_path / "wrapped.fa").write_text(wrapped)
    (tmp_path / "packed.fa.gz").write_bytes(gzip.compress(wrapped.encode()))
    for name in ("one.fa", "wrapped.fa", "packed.fa.gz"):
        with open_sequences(tmp_path / name, cache=tmp_path / "cache") as sequences:
            whole = WholeRecords(sequences)
            one_by_one = [*batches_of(iter([*whole]), 40)]
            together = [*batches_of(whole, 40)]
            for mine, theirs in zip(together, one_by_one, strict=True):
                if isinstance(mine, Batch) and isinstance(theirs, Batch):
                    assert mine.first == theirs.first
                    assert mine.lengths.tolist() == theirs.lengths.tolist()
                    assert mine.codes.tolist() == theirs.codes.tolist()
                    assert mine.stretch(0) == theirs.stretch(0)
                else:
                    assert mine == theirs
            assert whole.bases == sum(sizes)
            assert [each[2] for each in whole[3:7]] == sizes[3:7]


def test_a_file_that_changes_while_it_is_scanned_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my.fa"
    path.write_text(">a\nACGT\n>b\nGGTT\n")
    with open_sequences(path, cache=tmp_path / "cache") as sequences:
        path.write_text(">a\nACGT\n>b\nGGTTA\n")
        with pytest.raises(SequenceError, match=r"^my\.fa: the file has changed while it was open"):
            [*batches_of(WholeRecords(sequences), 40)]
