"""MEME's motif format: minimal files, full texts, and what must be refused with its line."""

from __future__ import annotations

import random
from contextlib import suppress

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.motifs.meme import read_meme

MINIMAL = """MEME version 4

ALPHABET= ACGT

strands: + -

Background letter frequencies
A 0.303 C 0.183 G 0.209 T 0.306

MOTIF crp alternative name
letter-probability matrix: alength= 4 w= 3 nsites= 17 E= 4.1e-009
 0.000000  0.176471  0.000000  0.823529
 0.000000  0.058824  0.647059  0.294118
 1e-1\t.2  3E-1 0.4
URL http://example.org

MOTIF lexA
letter-probability matrix: alength= 4 w= 1 nsites= 14 E= 3.2e-035
 0.214286  0.000000  0.000000  0.785714
"""

FULL = """********************************************************************************
MEME - Motif discovery tool
********************************************************************************
MEME version 5.4.1 (Release date: Sat Aug 21 19:23:23 2021 -0700)

********************************************************************************
TRAINING SET
********************************************************************************
PRIMARY SEQUENCES= sites.fna
ALPHABET= ACGT
Sequence name            Weight Length  Sequence name            Weight Length
-------------            ------ ------  -------------            ------ ------
one                      1.0000     40  two                      1.0000     40

********************************************************************************
COMMAND LINE SUMMARY
********************************************************************************
command: meme sites.fna -dna -nmotifs 2
strands: + -
Letter frequencies in dataset:
A 0.310 C 0.190 G 0.190 T 0.310
Background letter frequencies (from file dataset with add-one prior applied):
A 0.294 C 0.206 G 0.206 T 0.294
Background model order: 0

********************************************************************************
MOTIF TAC MEME-1\twidth =   3  sites =  21  llr = 280  p-value = 1.0e-003  E-value = 2.6e-046
********************************************************************************
--------------------------------------------------------------------------------
\tMotif TAC MEME-1 Description
--------------------------------------------------------------------------------
Simplified        A  :a:
pos.-specific     C  ::a
probability       G  :::
matrix            T  a::

         bits    2.3 ***
--------------------------------------------------------------------------------
\tMotif TAC MEME-1 sites sorted by position p-value
--------------------------------------------------------------------------------
Sequence name            Strand  Start   P-value                     Site
-------------            ------  ----- ---------            ----------------------
one                          +      9  5.40e-11   CCAGCCTC TAC TATACTGTAC
--------------------------------------------------------------------------------

--------------------------------------------------------------------------------
\tMotif TAC MEME-1 in BLOCKS format
--------------------------------------------------------------------------------
BL   MOTIF TAC width=3 seqs=21
one                      (    9) TAC  1
//

--------------------------------------------------------------------------------
\tMotif TAC MEME-1 position-specific scoring matrix
--------------------------------------------------------------------------------
log-odds matrix: alength= 4 w= 3 n= 38 bayes= 4.1 E= 2.6e-046
 -1104  -1104  -1104    176
   176  -1104  -1104  -1104
 -1104    228  -1104  -1104
--------------------------------------------------------------------------------

--------------------------------------------------------------------------------
\tMotif TAC MEME-1 position-specific probability matrix
--------------------------------------------------------------------------------
letter-probability matrix: alength= 4 w= 3 nsites= 21 E= 2.6e-046
 0.000000  0.000000  0.000000  1.000000
 0.952381  0.000000  0.000000  0.047619
 0.000000  1.000000  0.000000  0.000000
--------------------------------------------------------------------------------

--------------------------------------------------------------------------------
\tMotif TAC MEME-1 regular expression
--------------------------------------------------------------------------------
TAC
--------------------------------------------------------------------------------

Time  0.11 secs.

********************************************************************************
MOTIF  2\twidth =    2   sites =  18   llr = 100   E-value = 3.9e-001
********************************************************************************
letter-probability matrix: alength= 4 w= 2 nsites= 18 E= 3.9e-001
 0.25 0.25 0.25 0.25
 0.33 0.33 0.33 0.00
--------------------------------------------------------------------------------

********************************************************************************
SUMMARY OF MOTIFS
********************************************************************************
SEQUENCE NAME            COMBINED P-VALUE  MOTIF DIAGRAM
-------------            ----------------  -------------
one                              1.65e-02  4_[+1(5.40e-11)]_14
********************************************************************************
"""

SPELLED_OUT = """MEME version 5.0.5
ALPHABET "DNA" DNA-LIKE
A "Adenine" CC0000 ~ T "Thymine" 008000
C "Cytosine = C" 0000CC ~ G "Guanine" FFB300
N "Any base" = ACGT
X = ACGT
U = T
END ALPHABET
MOTIF a
letter-probability matrix:
0.25 0.25 0.25 0.25
"""


def test_a_minimal_file() -> None:
    read = read_meme(MINIMAL.encode(), "m.meme")
    crp, lex = read.motifs
    assert (crp.matrix_id, crp.name, lex.matrix_id, lex.name) == ("crp", "alternative", "lexA", "lexA")
    # The second row adds up to 1.000001.
    assert crp.counts[[0, 2]].tolist() == [[0, 0.176471, 0, 0.823529], [0.1, 0.2, 0.3, 0.4]]
    assert crp.counts[1] * 1.000001 == pytest.approx([0, 0.058824, 0.647059, 0.294118], abs=1e-12)
    assert read.said == (
        "the shares of 1 of 2 motifs add up to 1 only but for rounding (off by at most 1e-06), and are divided by "
        "their sum",
    )
    assert crp.probabilities.tolist() == crp.counts.tolist()
    assert lex.counts.tolist() == [[0.214286, 0, 0, 0.785714]]
    assert read.background is not None
    assert read.background.tolist() == [0.303, 0.183, 0.209, 0.306]
    assert read.version == "MEME 4"


def test_a_full_text() -> None:
    read = read_meme(FULL.encode(), "meme.txt")
    assert [(motif.matrix_id, motif.name, motif.width) for motif in read.motifs] == [
        ("TAC", "MEME-1", 3),
        ("2", "2", 2),
    ]
    assert read.motifs[0].counts[1].tolist() == [0.952381, 0, 0, 0.047619]
    assert read.background is not None
    assert read.background.tolist() == [0.294, 0.206, 0.206, 0.294]
    assert read.version == "MEME 5.4.1"


@each_case(
    "text",
    [
        SPELLED_OUT,
        SPELLED_OUT.replace("\n", "\r\n"),
        "# DREME 5.0\n\n" + SPELLED_OUT,
        "\ufeff" + SPELLED_OUT,
        SPELLED_OUT.rstrip(),
        SPELLED_OUT.replace("matrix:\n", "matrix:\n\n\n"),
        SPELLED_OUT.replace("Thymine", "Uracil").replace("~ T", "~ U"),
    ],
)
def test_spellings_of_one_motif(text: str) -> None:
    read = read_meme(text.encode(), "m.meme")
    assert [motif.counts.tolist() for motif in read.motifs] == [[[0.25] * 4]]
    assert read.background is None


def test_the_background_may_go_over_several_lines() -> None:
    text = MINIMAL.replace("A 0.303 C 0.183 G 0.209 T 0.306", "A 0.303 C 0.183\nG 0.209 T 0.306")
    assert read_meme(text.encode(), "m").background is not None


def test_an_alphabet_is_not_needed_where_the_matrix_says_that_it_has_four_letters() -> None:
    read = read_meme(changed("ALPHABET= ACGT\n", ""), "m")
    assert [motif.width for motif in read.motifs] == [3, 1]
    assert read.background is not None


def test_without_any_alphabet_four_columns_are_those_of_dna_which_is_said() -> None:
    text = "MEME version 4\nMOTIF x\nletter-probability matrix: w= 1\n0.1 0.2 0.3 0.4\n"
    read = read_meme(text.encode(), "m")
    assert read.motifs[0].counts.tolist() == [[0.1, 0.2, 0.3, 0.4]]
    assert read.said == ("the file names no alphabet: the columns are taken to be A, C, G and T",)
    with pytest.raises(ModelError, match="m, line 4: this row of x has 5 numbers, not 4"):
        read_meme(text.replace("0.1 ", "0.05 0.05 ").encode(), "m")
    for said in (text.replace("w=", "alength= 4 w="), text.replace("4\nM", "4\nALPHABET= ACGT\nM", 1)):
        assert not read_meme(said.encode(), "m").said
    background = "Background letter frequencies\nA 0.3 C 0.2 G 0.2 T 0.3\n"
    assert not read_meme(text.replace("MOTIF", f"{background}MOTIF").encode(), "m").said


def test_minimal_files_in_one_are_read_as_one() -> None:
    second = MINIMAL.replace("crp", "x").replace("lexA", "y")
    assert len(read_meme((MINIMAL + second).encode(), "m").motifs) == 4


def changed(old: str, new: str) -> bytes:
    assert old in MINIMAL
    return MINIMAL.replace(old, new, 1).encode()


@each_case(
    ("data", "message"),
    [
        (b"", "m: has no line that says its version"),
        (b"MOTIF x\n", "m: has no line that says its version"),
        (b"MEME version 4\nALPHABET= ACGT\n", "m: holds no motif"),
        (b"\xff\xfe", "m: is not text"),
        (b"MEME version 4\n\x00", "m: is not text"),
        (b"MEME version 4\nMOTIF x\n", "m, line 2: x has no letter-probability matrix"),
        (changed("ACGT", "ACDEFGHIKLMNPQRSTVWY"), "m, line 3: the alphabet is ACDEFGHIKLMNPQRSTVWY, not ACGT"),
        (changed("ACGT", "TGCA"), "m, line 3: the alphabet is TGCA, not ACGT"),
        (changed("ACGT", ""), "m, line 3: the alphabet is empty, not ACGT"),
        (
            SPELLED_OUT.replace('C "C', 'm "5mC" ~ 1 "5mG"\nC "C').encode(),
            "m, line 9: the alphabet is 1ACGTm, not ACGT",
        ),
        (SPELLED_OUT.partition("END")[0].encode(), "m: ends too early"),
        (changed("A 0.303 C", "A 0.303\n\nC"), "m, line 9: the background is not one share each of A, C, G and T"),
        (changed("A 0.303 C", "C 0.303 A"), "m, line 8: the background is not one share each"),
        (changed("0.303", "0.403"), "m, line 8: the background frequencies add up to 1.101, which is not 1"),
        (changed("0.303", "x"), "m, line 8: 'x' is not a probability; probabilities are numbers from 0 to 1"),
        (
            changed("\nMOTIF lexA", "\nBackground letter frequencies\nA .25 C .25 G .25 T .25\nMOTIF lexA"),
            "m, line 18: t",
        ),
        (changed("MOTIF crp alternative name", "MOTIF  "), "m, line 10: the motif has no name"),
        (changed("MOTIF crp alternative name", ""), "m, line 11: a matrix comes before any motif"),
        (changed("MOTIF lexA", "MOTIF crp"), "m, line 17: crp occurs twice, first at line 10"),
        (changed("w= 3", "w= 4"), "m, line 11: crp has 3 rows, and w= 4; w= is the number of rows"),
        (changed("w= 3", "w= 2"), "m, line 11: crp has 3 rows, and w= 2"),
        (changed("w= 1", "w= 2"), "m, line 18: lexA has 1 rows, and w= 2"),
        (changed("w= 3", "w= 0"), "m, line 11: w= 0 is not a width"),
        (changed("w= 3", "w= -3"), "m, line 11: w= -3 is not a width"),
        (changed("w= 3", "w= 99999999999999999999"), "m, line 11: crp has 3 rows, and w= 999999999"),
        (changed("alength= 4", "alength= 20"), "m, line 11: alength= 20 is not 4"),
        (changed(" 0.000000  0.058824", " 0.058824"), "m, line 13: this row of crp has 3 numbers, not 4"),
        (changed(" 0.000000  0.058824", " 0 0 0.058824"), "m, line 13: this row of crp has 5 numbers, not 4"),
        (changed("0.058824", "0,058824"), "m, line 13: '0,058824' is not a probability"),
        (changed("0.058824", "nan"), "m, line 13: 'nan' is not a probability"),
        (changed("0.058824", "-0.058824"), "m, line 13: '-0.058824' is not a probability"),
        (changed(" 0.000000  0.058824", "x 0.058824"), "m, line 13: 'x' is not a probability"),
        (changed(" 0.000000  0.058824", "-0.1 0.158824"), "m, line 13: '-0.1' is not a probability"),
        (changed(" 0.000000  0.176471", "-0.1 0.276471"), "m, line 12: '-0.1' is not a probability"),
        (changed(" 0.000000  0.176471", "- 0.276471"), "m, line 12: '-' is not a probability"),
        (
            changed("w= 3", "").replace(b" 0.000000  0.058824", b"-0.1 0.158824"),
            "m, line 13: '-0.1' is not a probability",
        ),
        (
            changed("w= 3", "").replace(b" 0.000000  0.058824", b"\n-0.1 0.158824"),
            "m, line 14: this row of crp stands apart",
        ),
        (
            changed("w= 3", "").replace(b" 0.000000  0.058824", b"# the rest\n 0.000000  0.058824"),
            "m, line 14: this row of crp stands apart",
        ),
        (changed("0.058824", "0.058844"), "m, line 13: the probabilities of this row of crp add up to 1.00002"),
        (changed("1e-1\t.2", "1 0"), "m, line 14: the probabilities of this row of crp add up to 1.7"),
        (changed(" 1e-1", "\n 1e-1"), "m, line 15: this row of crp stands apart from the others; join them"),
        (
            changed("letter-probability matrix: alength= 4 w= 3", "x"),
            "m, line 10: crp has no letter-probability matrix",
        ),
        (changed("URL", "letter-probability matrix:\nURL"), "m, line 15: "),
        (
            MINIMAL.partition(" 0.214286")[0].encode(),
            "m, line 18: the matrix of lexA has no rows; give one row of four probabilities a column",
        ),
        (
            b"MEME version 4\nALPHABET= ACGT\nMOTIF x\nletter-probability matrix:\n"
            + b"0.25 0.25 0.25 0.25\n" * 201,
            "m, line 3: x is 201 wide; the widest is 200",
        ),
        (b"x" * ((1 << 25) + 1), "m: has 33,554,433 bytes; the most is 33,554,432; split the file"),
    ],
)
def test_refusals_name_file_and_line(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_meme(data, "m")
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


@each_case(
    "row",
    [
        "0.333 0.333 0.333 0.000",
        "0.3333 0.3333 0.3333 0.0000",
        "0.17 0.17 0.33 0.34",
        "1 0 0 0",
        "0.5 0.5 0 0",
        "9.99999e-01 1.0e-06 0 0",
        "0.24 0.25 0.25 0.25",
    ],
)
def test_sums_that_are_off_by_rounding(row: str) -> None:
    text = f"MEME version 4\nALPHABET= ACGT\nMOTIF x\nletter-probability matrix: w= 1\n{row}\n"
    (motif,) = read_meme(text.encode(), "m").motifs
    shares = np.array(list(map(float, row.split())))
    assert motif.counts == pytest.approx(np.array([shares / shares.sum()]), abs=1e-15)
    assert motif.probabilities.tolist() == motif.counts.tolist()


@each_case("row", ["0.333333 0.333333 0.333 0", "0.3 0.3 0.3 0", "1 1 0 0", "0 0 0 0", "0.24 0.24 0.24 0.24"])
def test_sums_that_are_off_by_more(row: str) -> None:
    text = f"MEME version 4\nALPHABET= ACGT\nMOTIF x\nletter-probability matrix: w= 1\n{row}\n"
    with pytest.raises(ModelError, match="m, line 5: the probabilities of this row of x add up to"):
        read_meme(text.encode(), "m")


@given(st.lists(st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(any), min_size=1, max_size=5))
def test_what_is_written_is_read(rows: list[list[int]]) -> None:
    shares = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    matrix = "\n".join(" ".join(f"{each:.6f}" for each in row) for row in shares)
    head = "MEME version 4\nALPHABET= ACGT\nMOTIF x y\n"
    text = f"{head}letter-probability matrix: alength= 4 w= {len(rows)}\n{matrix}\n"
    (motif,) = read_meme(text.encode(), "m").motifs
    assert motif.counts == pytest.approx(shares, abs=3e-6)
    assert motif.counts.sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-9)


def test_damage_anywhere_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(8)
    for text in (MINIMAL, FULL, SPELLED_OUT):
        for _ in range(700):
            damaged = bytearray(text.encode())
            for _ in range(draw.randrange(1, 5)):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            del damaged[draw.choice([len(damaged), draw.randrange(len(damaged))]) :]
            with suppress(CnnError):
                read_meme(bytes(damaged), "m")
