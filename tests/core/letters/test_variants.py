"""Variants on a reference: the windows of both alleles against letters edited by hand, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case
from small_models import random_letters

from cnn_core.letters.alphabet import decode
from cnn_core.letters.sequence_files import Sequences, open_sequences
from cnn_core.letters.variants import AlleleWindows, RecordNaming, Status, centre_of, variants_of
from cnn_core.letters.vcf import open_calls

LETTERS = random_letters(300, 3)


def reference(**records: str) -> Sequences:
    text = "".join(f">{name}\n{letters}\n" for name, letters in records.items())
    return open_sequences("-", stdin=io.BytesIO(text.encode()))


def found(
    sequences: Sequences, chrom: str, pos: int, ref: str, alts: str, window: int = 21
) -> list[Status | AlleleWindows]:
    line = f"{chrom}\t{pos}\t.\t{ref}\t{alts}\t.\t.\t.\n"
    (record,) = open_calls("-", stdin=io.BytesIO(line.encode()))
    return [outcome for _, outcome in variants_of(record, RecordNaming(sequences), window)]


def status(sequences: Sequences, chrom: str, pos: int, ref: str, alts: str, window: int = 21) -> list[str]:
    return [
        "windows" if isinstance(each, AlleleWindows) else str(each)
        for each in found(sequences, chrom, pos, ref, alts, window)
    ]


def by_hand(letters: str, pos: int, window: int) -> str:
    """Cut a window out of letters between endless N, with a 1-based position at its centre."""
    ends = "N" * 2 * window
    first = 2 * window + pos - 1 - (window // 2 - 1 if window % 2 == 0 else window // 2)
    return (ends + letters + ends)[first : first + window]


def test_the_centre_is_basenji_s() -> None:
    assert [centre_of(window) for window in (1, 2, 3, 4, 500, 501)] == [0, 0, 1, 1, 249, 250]


ALLELES = {
    "a letter": lambda at: (LETTERS[at - 1], "A" if LETTERS[at - 1] != "A" else "C"),
    "two letters": lambda at: (LETTERS[at - 1 : at + 1], "GT" if LETTERS[at - 1 : at + 1] != "GT" else "AA"),
    "an insertion": lambda at: (LETTERS[at - 1], LETTERS[at - 1] + "TTAG"),
    "a deletion": lambda at: (LETTERS[at - 1 : at + 4], LETTERS[at - 1]),
    "both": lambda at: (LETTERS[at - 1 : at + 2], "CAGTG"),
    "N": lambda at: (LETTERS[at - 1], "N"),
}


@pytest.mark.parametrize("window", [20, 21, 64])
@each_case("kind", ALLELES)
def test_both_windows_are_those_of_a_record_edited_by_hand(kind: str, window: int) -> None:
    sequences = reference(chr1=LETTERS)
    for at in (1, 2, 9, 150, 290, 296):
        ref, alt = ALLELES[kind](at)
        (outcome,) = found(sequences, "chr1", at, ref, alt, window)
        assert isinstance(outcome, AlleleWindows)
        edited = LETTERS[: at - 1] + alt + LETTERS[at - 1 + len(ref) :]
        assert decode(outcome.reference) == by_hand(LETTERS, at, window)
        assert decode(outcome.alternative) == by_hand(edited, at, window)
        assert outcome.first == at - 1 - centre_of(window)
        assert outcome.left == max(0, centre_of(window) - (at - 1))
        most = max(
            len(by_hand(each, at, window)) - len(by_hand(each, at, window).rstrip("N"))
            for each in (LETTERS, edited)
        )
        assert outcome.right == (most if kind != "N" else outcome.right)


def test_a_window_longer_than_the_record() -> None:
    (outcome,) = found(reference(chr1="ACGT"), "chr1", 2, "C", "CCC", 20)
    assert isinstance(outcome, AlleleWindows)
    assert decode(outcome.reference) == "NNNNNNNNACGTNNNNNNNN"
    assert decode(outcome.alternative) == "NNNNNNNNACCCGTNNNNNN"
    assert outcome.edges == "8 left, 8 right"


def test_case_does_not_matter() -> None:
    sequences = reference(chr1="acgtACGT")
    assert status(sequences, "chr1", 1, "A", "c") == ["windows"]
    assert status(sequences, "chr1", 5, "acg", "A") == ["windows"]
    assert status(sequences, "chr1", 5, "a", "A") == ["refused: ALT equals REF"]


@each_case(
    ("pos", "ref", "alt", "said"),
    [
        (0, "A", "C", "refused: POS is below 1"),
        (5, "-", "C", "refused: REF has other letters than A, C, G, T, N (-)"),
        (5, "", "C", "refused: REF has other letters than A, C, G, T, N"),
        (5, "R", "C", "refused: REF has other letters than A, C, G, T, N (R)"),
        (5, ".", "C", "refused: REF has other letters than A, C, G, T, N (.)"),
        (5, "A", "-", "refused: ALT has other letters than A, C, G, T, N (-)"),
        (5, "A", "", "refused: ALT has other letters than A, C, G, T, N"),
        (5, "A", "AÂ", "refused: ALT has other letters than A, C, G, T, N (AÂ)"),
        (5, "A", "A", "refused: ALT equals REF"),
        (5, "A", "<", "refused: ALT has other letters than A, C, G, T, N (<)"),
        (5, "C", "G", "refused: REF differs (VCF C, FASTA A)"),
        (5, "ACT", "G", "refused: REF differs (VCF T, FASTA G at 7)"),
        (8, "TA", "G", "refused: REF is not in the record (it has 8 bases)"),
        (9, "A", "C", "refused: REF is not in the record (it has 8 bases)"),
        (10**17, "A", "C", "refused: REF is not in the record (it has 8 bases)"),
        (5, "A", ".", "skipped: no alternative"),
        (5, "A", "*", "skipped: the allele is in another deletion (*)"),
        (5, "A", "<DEL>", "skipped: symbolic allele (<DEL>)"),
        (5, "A", "<DUP:TANDEM>", "skipped: symbolic allele (<DUP:TANDEM>)"),
        (5, "A", "]chr2:321681]A", "skipped: breakend (]chr2:321681]A)"),
        (5, "A", "A[<ctg1>:1[", "skipped: breakend (A[<ctg1>:1[)"),
        (5, "A", "A.", "skipped: breakend (A.)"),
        (5, "A", ".A", "skipped: breakend (.A)"),
        (5, "A", "A" * 12, "skipped: the allele reaches beyond the window (ALT has 12 bases, 11 fit)"),
        (5, "A", "A" * 11, "windows"),
    ],
)
def test_what_is_refused_and_what_is_skipped(pos: int, ref: str, alt: str, said: str) -> None:
    assert status(reference(chr1="ACGTACGT"), "chr1", pos, ref, alt) == [said]


def test_a_deletion_beyond_the_window() -> None:
    sequences = reference(chr1=LETTERS)
    assert status(sequences, "chr1", 9, LETTERS[8:20], LETTERS[8]) == [
        "skipped: the allele reaches beyond the window (REF has 12 bases, 11 fit)"
    ]
    assert status(sequences, "chr1", 9, LETTERS[8:19], LETTERS[8]) == ["windows"]


def test_several_alternatives_have_each_their_own_window() -> None:
    sequences = reference(chr1=LETTERS)
    ref = LETTERS[99]
    others = [letter for letter in "ACGT" if letter != ref]
    together = found(sequences, "chr1", 100, ref, ",".join([others[0], "<DEL>", others[1], ref]))
    assert [str(each) for each in together if isinstance(each, Status)] == [
        "skipped: symbolic allele (<DEL>)",
        "refused: ALT equals REF",
    ]
    for alt, outcome in zip(others, [together[0], together[2]], strict=False):
        (alone,) = found(sequences, "chr1", 100, ref, alt)
        assert isinstance(alone, AlleleWindows)
        assert isinstance(outcome, AlleleWindows)
        np.testing.assert_array_equal(outcome.alternative, alone.alternative)


@each_case(
    ("theirs", "ours", "is_found"),
    [
        ("chr1", "chr1", True),
        ("1", "chr1", True),
        ("chr1", "1", True),
        ("MT", "chrM", True),
        ("chrM", "MT", True),
        ("M", "MT", True),
        ("chrMT", "M", True),
        ("chr1", "chr11", False),
        ("1", "11", False),
        ("c1", "1", False),
        ("hr1", "1", False),
        ("chrchr1", "1", False),
        ("Chr1", "chr1", False),
        ("X", "chrx", False),
        ("chr", "", False),
    ],
)
def test_whole_names_are_matched(theirs: str, ours: str, is_found: bool) -> None:
    naming = RecordNaming(reference(**{ours or "other": "ACGT"}))
    record = naming.record(theirs)
    assert (record is not None) == is_found
    assert bool(naming.notices) == (is_found and theirs != ours)


def test_the_same_name_goes_before_others_and_others_are_reported_once() -> None:
    naming = RecordNaming(reference(chr1="AC", **{"1": "ACGT"}, chrM="ACG", chr2="A", chr3="A", chr4="A"))
    assert [len(naming.record(name) or "") for name in ("1", "chr1", "MT", "MT", "2", "3", "4")] == [
        4,
        2,
        3,
        3,
        1,
        1,
        1,
    ]
    assert naming.notices == (
        "4 names were matched with chr added or taken away, or MT for M: MT is chrM, 2 is chr2, 3 is chr3, …",
    )


def test_a_record_that_is_not_there(tmp_path: Path) -> None:
    assert status(reference(chr1="ACGT"), "chrUn", 1, "A", "C") == [
        "skipped: the reference has no such record (chrUn)"
    ]
