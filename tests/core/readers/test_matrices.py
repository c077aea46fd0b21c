"""The motif file reader, on files written here."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnn_core.errors import ModelError
from cnn_core.readers.motifs.matrices import read_matrices

LETTERED = b">MA0001.1 first of two\nA [ 1 2 3 ]\nC [ 4 5 6 ]\nG [ 7 8 9 ]\nT [10 11 12]\n"
EXPECTED = [[1, 4, 7, 10], [2, 5, 8, 11], [3, 6, 9, 12]]
BARE = b">MA0001.1 first of two\n1 2 3\n4 5 6\n7 8 9\n10 11 12\n"


@each_case(
    "data",
    [
        LETTERED,
        BARE,
        LETTERED.replace(b"\n", b"\r\n"),
        BARE.rstrip(),
        b"\xef\xbb\xbf# a comment\n\n" + LETTERED,
        LETTERED.replace(b"[", b" ").replace(b"]", b" "),
        LETTERED.replace(b" [ ", b"[").replace(b" ]", b"]"),
        LETTERED.replace(b" [", b":").replace(b"]", b""),
        LETTERED.replace(b" [", b" | ").replace(b"]", b""),
        b">MA0001.1\tfirst of two\nt [10 11 12]\ng [7 8 9]\na [1 2 3]\nc [4 5 6]\n",
    ],
)
def test_spellings_of_one_matrix(data: bytes) -> None:
    (motif,) = read_matrices(data, "m.jaspar").motifs
    assert (motif.matrix_id, motif.name, motif.width) == ("MA0001.1", "first of two", 3)
    assert motif.counts.dtype == np.float64
    assert motif.counts.tolist() == EXPECTED


def test_several_matrices_keep_their_order_and_may_be_spelled_differently() -> None:
    motifs = read_matrices(BARE + b">B\nA [0.5]\nC [0]\nG [1e2]\nT [.25]\n", "m.jaspar").motifs
    assert [(motif.matrix_id, motif.name) for motif in motifs] == [("MA0001.1", "first of two"), ("B", "B")]
    assert motifs[1].counts.tolist() == [[0.5, 0, 100, 0.25]]


def test_bare_rows_without_a_header_are_named_after_the_file() -> None:
    (motif,) = read_matrices(b"1 0\n0 1\n0 0\n0 0\n", "some/where/GATA1.pfm").motifs
    assert (motif.matrix_id, motif.name, motif.counts.tolist()) == ("GATA1", "GATA1", [[1, 0, 0, 0], [0, 1, 0, 0]])


@each_case(
    ("data", "message"),
    [
        (b"", "m.jaspar: holds no matrix; a matrix is a line >ID NAME and four rows of counts"),
        (b"# nothing\n\n", "m.jaspar: holds no matrix"),
        (b"\xff\xfe>", "m.jaspar: is not text"),
        (b"\n>  \n", "m.jaspar, line 2: the matrix has no identifier"),
        (b">X\n", "m.jaspar, line 1: X lacks row A"),
        (b">X\nA [1]\nC [1]\nT [1]\n", "m.jaspar, line 1: X lacks row G"),
        (b">X\n1\n1\n1\n>Y\n1\n1\n1\n1\n", "m.jaspar, line 1: X lacks row T"),
        (b">X\nA [1]\nC [1]\nA [1]\n", "m.jaspar, line 4: X has two rows A"),
        (
            b">X\n1\n1\n1\n1\n1\n",
            "m.jaspar, line 1: X has 5 rows of 1 number; a matrix is four rows, the counts of A",
        ),
        (b">X\n" + b"1 2 3\n" * 5 + b"1\n", "m.jaspar, line 7: row 6 of X is 1 wide, not 3"),
        (b">X\nA [1]\nU [1]\n", "m.jaspar, line 3: row 'U' is not A, C, G or T"),
        (b">X\nA [1]\n1\n", "m.jaspar, line 3: lettered and bare rows are mixed"),
        (b">X\n1\nC [1]\n", "m.jaspar, line 3: lettered and bare rows are mixed"),
        (b">X\nA [1 2]\nC [1]\n", "m.jaspar, line 3: row C of X is 1 wide, not 2"),
        (b">X\nA [ ]\n", "m.jaspar, line 2: row A of X is empty; "),
        (b">X\nA [1 1]\nC [1 -1]\nG [1 1]\nT [1 1]\n", "m.jaspar, line 3: '-1' is not a count"),
        (b">X\n1 nan\n", "m.jaspar, line 2: 'nan' is not a count"),
        (b">X\n1 inf\n", "m.jaspar, line 2: 'inf' is not a count"),
        (b">X\n1 1e999\n", "m.jaspar, line 2: '1e999' is not a count"),
        (b">X\n1_0\n", "m.jaspar, line 2: '1_0' is not a count"),
        ("¹".join((">X\n", "\n")).encode(), "m.jaspar, line 2: '¹' is not a count"),
        (b">X\nA [1 2\n", "m.jaspar, line 2: '[1' is not a count"),
        (b">X\nA [1] [2]\n", "m.jaspar, line 2: '1]' is not a count"),
        (b">X\nnan 1\n", "m.jaspar, line 2: 'nan' is not a count"),
        (b">X\n1 0\n1 0\n1 0\n1 0\n", "m.jaspar, line 1: column 1 of X counts nothing"),
        (BARE + b"\n" + BARE, "m.jaspar, line 7: MA0001.1 occurs twice, first at line 1"),
    ],
)
def test_refusals_name_file_and_line(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_matrices(data, "m.jaspar")
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


def read_or_refused(data: bytes) -> tuple[NDArray[np.float64] | None, str]:
    try:
        return read_matrices(data, "m").motifs[0].counts, ""
    except ModelError as error:
        return None, str(error)


# Four positions, as counts and as shares: the rows of each add up, and the columns do not.
POSITIONS = [[17, 1, 1, 1], [1, 17, 1, 1], [2, 1, 16, 1], [5, 5, 4, 6]]
SHARES = [[each / 20 for each in row] for row in POSITIONS]


def text(rows: list[list[float]], header: str = ">X", between: str = "\t") -> bytes:
    return "\n".join([header, *(between.join(f"{each:g}" for each in row) for row in rows), ""]).encode()


def turned(rows: list[list[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*rows, strict=True)]


class TestOneRowAPosition:
    """It is read by its form or its sums; no matrix of four positions is turned round without a word."""

    @pytest.mark.parametrize("rows", [POSITIONS, SHARES, SHARES[:3], SHARES[:1], POSITIONS * 4])
    @each_case(
        "header",
        [
            ">ASTTCC\tPU.1(ETS)/ThioMac-ChIP\t8.05\t-24595\t0\tT:2.0",
            ">GM.5.0.Sox.0001",
            ">MA0004.1_ARNT",
            "#",
            ">X\nA\tC\tG\tT",
            "A C G T",
            "# A C G T",
        ],
    )
    def test_is_read(self, rows: list[list[float]], header: str) -> None:
        (motif,) = read_matrices(text(rows, header), "m").motifs
        assert motif.counts.tolist() == rows

    @pytest.mark.parametrize("first", [0, 1])
    @pytest.mark.parametrize("rows", [SHARES, SHARES[:2], SHARES * 3])
    def test_with_the_position_in_front(self, first: int, rows: list[list[float]]) -> None:
        numbered = [[first + index, *row] for index, row in enumerate(rows)]
        for header in (">X", "Pos A C G T", "#", "#Position\tA\tC\tG\tU"):
            assert read_matrices(text(numbered, header), "m").motifs[0].counts.tolist() == rows

    def test_the_letters_above_may_come_in_any_order(self) -> None:
        turned_round = [row[::-1] for row in SHARES]
        assert (
            read_matrices(text(turned_round, "Pos\tT\tG\tC\tA".removeprefix("Pos\t")), "m")
            .motifs[0]
            .counts.tolist()
            == SHARES
        )

    def test_four_rows_of_four_by_letter_are_told_by_their_sums(self) -> None:
        for rows in (POSITIONS, SHARES):
            (motif,) = read_matrices(text(turned(rows)), "m").motifs
            assert motif.counts == pytest.approx(np.array(rows))
        # A site or two may lack at a position, and shares are rounded.
        (motif,) = read_matrices(
            text([[171, 10, 20, 50], [10, 170, 10, 50], [9, 10, 160, 40], [10, 10, 10, 60]]), "m"
        ).motifs
        assert motif.counts[0].tolist() == [171, 10, 9, 10]

    @pytest.mark.parametrize(
        "rows",
        [
            [[1, 2, 3, 4], [2, 1, 4, 3], [4, 3, 2, 1], [3, 4, 1, 2]],
            [[1, 2, 3, 4], [5, 6, 7, 8], [0, 9, 0, 9], [1, 1, 3, 5]],
        ],
    )
    def test_where_nothing_tells_both_readings_are_named(self, rows: list[list[float]]) -> None:
        with pytest.raises(ModelError) as refused:
            read_matrices(text(rows), "m")
        assert str(refused.value) == (
            "m, line 1: X has 4 rows of 4 numbers, which could be one row a letter, as JASPAR writes, or one row a "
            "position, as HOMER and gimme do, and their sums do not tell which; say --motif-rows letter or "
            "--motif-rows position, or write letters before the rows, as in A [ 1 2 3 4 ]"
        )
        # What the other matrices of the file say does.
        motif, _ = read_matrices(text(rows) + text([row[:3] for row in rows], ">Y"), "m").motifs
        assert motif.counts.T.tolist() == rows
        motif, _ = read_matrices(text(rows) + text(SHARES * 2, ">Y"), "m").motifs
        assert motif.counts.tolist() == rows

    def test_a_matrix_that_reads_the_same_both_ways_is_read(self) -> None:
        rows: list[list[float]] = [[7, 1, 1, 1], [1, 7, 1, 1], [1, 1, 7, 1], [1, 1, 1, 7]]
        assert read_matrices(text(rows), "m").motifs[0].counts.tolist() == rows


@given(st.lists(st.tuples(*[st.integers(1, 50)] * 4), min_size=1, max_size=9))
def test_shares_by_position_are_never_read_as_letters(counts: list[tuple[int, int, int, int]]) -> None:
    rows = [[each / sum(row) for each in row] for row in counts]
    read, refused = read_or_refused("\n".join(" ".join(map(repr, row)) for row in rows).encode())
    assert "one row a position" in refused or read == pytest.approx(np.array(rows))
    assert len(rows) == 4 or not refused


@given(
    st.integers(1, 6).flatmap(
        lambda width: st.lists(
            st.lists(st.one_of(st.just(0.0), st.floats(2, 1e6)), min_size=width, max_size=width),
            min_size=4,
            max_size=4,
        ).filter(lambda rows: all(any(column) for column in zip(*rows, strict=True)))
    ),
    st.booleans(),
)
def test_what_is_written_is_read(rows: list[list[float]], lettered: bool) -> None:
    lines = [" ".join(map(repr, row)) for row in rows]
    if lettered:
        lines = [f"{letter} [ {line} ]" for letter, line in zip("ACGT", lines, strict=True)]
    read, refused = read_or_refused("\n".join([">X", *lines]).encode())
    if refused:
        # Of bare numbers, four rows of four may be positions, or numbered ones.
        assert (lettered, len(rows[0])) in ((False, 4), (False, 5))
        assert "one row a position" in refused
    elif lettered or len(rows[0]) not in (4, 5):
        assert read is not None
        assert read.T.tolist() == rows
