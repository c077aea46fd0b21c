"""The records of a file as arrays: what goes in comes out, and names are found whatever their check sums."""

from __future__ import annotations

from zlib import crc32

import pytest
from each_case import each_case

from cnn_core.letters import record_table
from cnn_core.letters.record_names import GivenNames, RecordNames
from cnn_core.letters.record_table import Layout, RecordTable

LAYOUTS = [
    Layout("chr1", "the first one", 250_000_000, 20, 60, 61),
    Layout("chr2", "", 0, 300_000_000, 0, 0),
    Layout("ünï", "  two  blanks and a \x1b", 5, 5 << 32, 5, 6),
    Layout("chr1", "again", 3, 6 << 32, 3 << 32, (3 << 32) + 2),
]


def table(*names: str) -> RecordTable:
    return RecordTable.of(Layout(name, "", 1, at, 1, 2) for at, name in enumerate(names))


def test_what_goes_in_comes_out() -> None:
    records = RecordTable.of(LAYOUTS)
    assert [*records] == LAYOUTS
    again, end = RecordTable.from_bytes(b"before" + records.to_bytes() + b"behind", 6)
    assert ([*again], end) == (LAYOUTS, 6 + len(records.to_bytes()))


def test_a_name_is_found_at_its_first_record() -> None:
    records = RecordTable.of(LAYOUTS)
    assert [records.first_named(name) for name in ("chr1", "chr2", "ünï", "chr", "chr1 ", "\udcff")] == [
        0,
        1,
        2,
        None,
        None,
        None,
    ]
    assert records.repeated() == [3]


def test_names_of_one_check_sum_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_table, "crc32", lambda name: crc32(name) % 2)
    records = table(*"abcdefgah")
    assert [records.first_named(name) for name in "abcdefgh"] == [*range(7), 8]
    assert records.first_named("x") is None
    assert records.repeated() == [7]


@each_case(
    "names",
    [
        ["a", "b", "c"],
        ["a", "a", "a"],
        ["a", "a", "a#2", "a", "a#3"],
        ["a#2", "a", "a", "a"],
        ["a", "a#2", "a", "a#2", "a#2#2", "a"],
        ["b", "a", "a", "b", "a#2", "b#2", "a#2"],
    ],
)
def test_names_are_given_as_to_a_stream(names: list[str]) -> None:
    taken: dict[str, int] = {}
    one_by_one = RecordNames("my.fa")
    for number, name in enumerate(names):
        taken[one_by_one.instead_of(name, taken)] = number
    given = GivenNames("my.fa", table(*names))
    assert [given.get(number, name) for number, name in enumerate(names)] == [*taken]
    assert {name: given.number_of(name) for name in taken} == taken
    assert given.assumptions == one_by_one.assumptions
