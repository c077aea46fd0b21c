"""TRANSFAC's motif format, and what must be refused with its line."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.motifs.transfac import read_transfac

TWO = """VV  TRANSFAC MATRIX TABLE, Rel.3.2 26-06-1997
XX
//
AC  M00001
XX
ID  V$MYOD_01
XX
DT  19.10.92 (created); ewi.
NA  MyoD
DE  myoblast determination gene product
BF  T00526; MyoD; Species: mouse, Mus musculus.
XX
P0      A      C      G      T
01      1      2      2      0      S
02      2      1      2      0      R
03      3      0      1      1.5    [CA]
XX
BA  5 functional elements in 3 genes
CC  01 is the first row
//
AC  M00002
ID  V$E47_01
PO      T      G      C      A
00      4      3      2      1
//
"""


def test_two_matrices() -> None:
    myod, e47 = read_transfac(TWO.encode(), "m.dat").motifs
    assert (myod.matrix_id, myod.name, e47.matrix_id, e47.name) == ("M00001", "MyoD", "M00002", "V$E47_01")
    assert myod.counts.tolist() == [[1, 2, 2, 0], [2, 1, 2, 0], [3, 0, 1, 1.5]]
    assert e47.counts.tolist() == [[1, 2, 3, 4]]


@each_case(
    ("text", "name"),
    [
        ("P0 A C G T\n1 0.5 0.5 0 0\n", "m"),
        ("ID x\nP0 A C G T\n01 0.5 0.5 0 0 M\nXX\n", "x"),
        ("NA x y\r\nP0 a c g t\r\n01 0.5 0.5 0 0 M\r\n//\r\n", "x y"),
        ("CC caf\u00e9\nNA x\nP0 A C G U\n01 0.5 0.5 0 0 M\n//\n\n\n", "x"),
        ("NA x\nNA y\nP0 A C G T\n01 0.5 0.5 0 0\nNA z\n//\n//\n", "x"),
    ],
)
def test_spellings_of_one_matrix(text: str, name: str) -> None:
    for encoding in ("utf-8", "latin-1"):
        (motif,) = read_transfac(text.encode(encoding), "folder/m.dat").motifs
        assert motif.name == name
        assert motif.counts.tolist() == [[0.5, 0.5, 0, 0]]


def changed(old: str, new: str) -> bytes:
    assert old in TWO
    return TWO.replace(old, new, 1).encode()


@each_case(
    ("data", "message"),
    [
        (b"", "m: holds no matrix; a matrix is a line P0 A C G T"),
        (TWO.partition("AC")[0].encode(), "m: holds no matrix"),
        (b"P0 A C G T\n\x00", "m: is not text"),
        (
            changed("A      C      G      T", "A C G"),
            "m, line 13: the matrix is of A C G; write P0 A C G T; only motifs",
        ),
        (changed("A      C      G      T", "A C D E F"), "m, line 13: the matrix is of A C D E F"),
        (changed("A      C      G      T", "A A G T"), "m, line 13: the matrix is of A A G T"),
        (changed("A      C      G      T", ""), "m, line 13: the matrix is of no letters"),
        (changed("02 ", "03 "), "m, line 15: row 03 comes where row 2 should; number the rows"),
        (changed("01 ", "05 "), "m, line 14: row 05 comes where row 1 should"),
        (changed("02 ", "01 "), "m, line 15: row 01 comes where row 2 should"),
        (changed("02 ", "2x "), "m, line 15: row 2x comes where row 2 should"),
        (changed("02 ", "999999999999999999999 "), "m, line 15: row 99999999999999999999 comes where"),
        (changed("1      2      2      0      S", "1 2 2"), "m, line 14: row 01 has 3 columns"),
        (changed("1      2      2      0      S", "1 2 2 0 S S"), "m, line 14: row 01 has 6 columns"),
        (changed("1      2      2      0      S", "1 2 2 0 0"), "m, line 14: row 01 has a fifth number"),
        (changed("1      2      2      0      S", "1 2 S 0 0"), "m, line 14: row 01 has a fifth number"),
        (changed("1      2      2      0      S", "1 2 S 0 S"), "m, line 14: 'S' is not a count"),
        (changed("1      2      2      0      S", "1 2 -2 0 S"), "m, line 14: '-2' is not a count"),
        (changed("1      2      2      0      S", "0 0 0 0 N"), "m, line 13: column 0 of M00001 counts nothing"),
        (changed("XX\nBA", "XX\n04 1 1 1 1 N\nBA"), "m, line 18: this row stands apart from the others"),
        (changed("//\nAC  M00002", "AC  M00002"), "m, line 22: a second matrix begins before //"),
        (changed("M00002", "M00001"), "m, line 23: M00001 occurs twice, first at line 13"),
        (changed("00      4      3      2      1\n", ""), "m, line 23: the matrix of M00002 has no rows"),
        (
            b"P0 A C G T\n1 .5 .5 0 0\n2 .5 .25 0 0\n",
            "m, line 3: the shares of this row of m add up to 0.75, which",
        ),
    ],
)
def test_refusals_name_file_and_line(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_transfac(data, "m")
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


def test_damage_anywhere_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(9)
    for _ in range(2000):
        damaged = bytearray(TWO.encode())
        for _ in range(draw.randrange(1, 5)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        del damaged[draw.choice([len(damaged), draw.randrange(len(damaged))]) :]
        with suppress(CnnError):
            read_transfac(bytes(damaged), "m")
