"""The motif file reader, on files written here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import ModelError
from cnn_core.readers.jaspar import read_jaspar

LETTERED = b">MA0001.1 first of two\nA [ 1 2 3 ]\nC [ 4 5 6 ]\nG [ 7 8 9 ]\nT [10 11 12]\n"
EXPECTED = [[1, 4, 7, 10], [2, 5, 8, 11], [3, 6, 9, 12]]
BARE = b">MA0001.1 first of two\n1 2 3\n4 5 6\n7 8 9\n10 11 12\n"


@pytest.mark.parametrize(
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
    ids=[
        "lettered",
        "bare",
        "crlf",
        "no-last-newline",
        "comment",
        "no-brackets",
        "tight",
        "colon",
        "bar",
        "other-order-lowercase",
    ],
)
def test_spellings_of_one_matrix(data: bytes) -> None:
    (motif,) = read_jaspar(data, "m.jaspar")
    assert (motif.matrix_id, motif.name, motif.width) == ("MA0001.1", "first of two", 3)
    assert motif.counts.dtype == np.float64
    assert motif.counts.tolist() == EXPECTED


def test_several_matrices_keep_their_order_and_may_be_spelled_differently() -> None:
    motifs = read_jaspar(BARE + b">B\nA [0.5]\nC [0]\nG [1e2]\nT [.25]\n", "m.jaspar")
    assert [(motif.matrix_id, motif.name) for motif in motifs] == [("MA0001.1", "first of two"), ("B", "B")]
    assert motifs[1].counts.tolist() == [[0.5, 0, 100, 0.25]]


def test_bare_rows_without_a_header_are_named_after_the_file() -> None:
    (motif,) = read_jaspar(b"1 0\n0 1\n0 0\n0 0\n", "some/where/GATA1.pfm")
    assert (motif.matrix_id, motif.name, motif.counts.tolist()) == ("GATA1", "GATA1", [[1, 0, 0, 0], [0, 1, 0, 0]])


@pytest.mark.parametrize(
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
        (b">X\n1\n1\n1\n1\n1\n", "m.jaspar, line 6: X has a fifth row"),
        (b">X\nA [1]\nU [1]\n", "m.jaspar, line 3: row 'U' is none of A, C, G and T"),
        (b">X\nA [1]\n1\n", "m.jaspar, line 3: lettered and bare rows are mixed"),
        (b">X\n1\nC [1]\n", "m.jaspar, line 3: lettered and bare rows are mixed"),
        (b">X\nA [1 2]\nC [1]\n", "m.jaspar, line 3: row C of X is 1 wide, not 2"),
        (b">X\nA [ ]\n", "m.jaspar, line 2: row A of X is empty; "),
        (b">X\nA [1 -1]\n", "m.jaspar, line 2: '-1' is not a count"),
        (b">X\n1 nan\n", "m.jaspar, line 2: 'nan' is not a count"),
        (b">X\n1 inf\n", "m.jaspar, line 2: 'inf' is not a count"),
        (b">X\n1 1e999\n", "m.jaspar, line 2: '1e999' is not a count"),
        (b">X\n1_0\n", "m.jaspar, line 2: '1_0' is not a count"),
        ("¹".join((">X\n", "\n")).encode(), "m.jaspar, line 2: '¹' is not a count"),
        (b">X\nA [1 2\n", "m.jaspar, line 2: '[1' is not a count"),
        (b">X\nA [1] [2]\n", "m.jaspar, line 2: '1]' is not a count"),
        (b">X\nnan 1\n", "m.jaspar, line 2: 'nan' is not a count"),
        (b">X\n1 0\n1 0\n1 0\n1 0\n", "m.jaspar, line 1: column 1 of X counts nothing"),
        (BARE + b"\n" + BARE, "m.jaspar, line 7: MA0001.1 stands twice, first at line 1"),
    ],
)
def test_refusals_name_file_and_line(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_jaspar(data, "m.jaspar")
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


@settings(deadline=None, print_blob=True)
@given(
    st.integers(1, 6).flatmap(
        lambda width: st.lists(
            st.lists(st.floats(0, 1e6), min_size=width, max_size=width), min_size=4, max_size=4
        ).filter(lambda rows: all(any(column) for column in zip(*rows, strict=True)))
    ),
    st.booleans(),
)
def test_what_is_written_is_read(rows: list[list[float]], lettered: bool) -> None:
    lines = [" ".join(map(repr, row)) for row in rows]
    if lettered:
        lines = [f"{letter} [ {line} ]" for letter, line in zip("ACGT", lines, strict=True)]
    (motif,) = read_jaspar("\n".join([">X", *lines]).encode(), "m.jaspar")
    assert motif.counts.T.tolist() == rows
