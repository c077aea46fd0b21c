"""Comparison of motifs against numbers worked by hand, memelite's, and what chance gives."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case
from numpy.typing import NDArray
from oracle.comparison_queries import STORED, without_flat_ends

from cnn_core.errors import SettingError
from cnn_core.motifs import ColumnScore, Match, Motif, MotifComparison, comparison, known_motifs
from cnn_core.work.lazy_value import LazyValue

Counts = NDArray[np.float64]
KNOWN = known_motifs()
BY_ID = {motif.matrix_id: motif for motif in KNOWN}


def of_letters(text: str) -> Counts:
    """Return the counts of one site; N counts each letter alike."""
    return np.array(
        [[5.0] * 4 if letter == "N" else [20.0 * (letter == base) for base in "ACGT"] for letter in text]
    )


def set_of(*texts: str, score: ColumnScore = ColumnScore.PEARSON) -> MotifComparison:
    return MotifComparison([Motif(text, text, of_letters(text)) for text in texts], score)


def nearest(comparison: MotifComparison, query: Counts) -> Match:
    return comparison.matches(query).nearest()[0]


@pytest.fixture(scope="module")
def known() -> MotifComparison:
    return MotifComparison(KNOWN)


class TestWorkedByHand:
    # On both strands the sets hold each letter equally often. A column of one letter correlates with its own letter
    # by 1 and with others by −1/3, which is the median: it scores 4/3 with a chance of 1/4, and otherwise 0.

    def test_one_column(self) -> None:
        # With one offset, p = 1/4 (2 − 1/4) = 7/16; q = 2/1 × 7/16. The motif C scores what every target reaches.
        found = set_of("A", "C").matches(of_letters("A"))
        assert found.p == pytest.approx([7 / 16, 1])
        assert found.q == pytest.approx([7 / 8, 1])
        assert found.scores == pytest.approx([4 / 3, 0])

    @each_case("score", ColumnScore)
    def test_two_columns(self, score: ColumnScore) -> None:
        # AC on AC scores 2 columns, which only the offset 0 can: (1/4)² = 1/16, and p = 1/16 (2 − 1/16) = 31/256.
        # AC on CA scores 1 column at the best, by the offset −1 (C on C) or 1 (A on A). A target stays below that by
        # (3/4)² at the offset 0 and by 3/4 at each of −1 and 1: (81/256), and p = 1 − (81/256)².
        found = set_of("AC", "CA", score=score).matches(of_letters("AC"))
        assert found.p == pytest.approx([31 / 256, 1 - (81 / 256) ** 2])
        assert found.q == pytest.approx([31 / 128, 1 - (81 / 256) ** 2])
        assert found.offsets.tolist() == [0, -1]
        assert found.overlaps.tolist() == [2, 1]

    def test_a_query_inside_a_longer_target_and_over_a_shorter_one(self) -> None:
        # Letters are equally frequent on both strands, so 4/3 has a chance of 1/4 in either set.
        # AC on GACT: three offsets with both columns, (15/16)³; one column alone cannot score 2.
        # GACT on AC: three inner spans of 2 columns likewise.
        for query, target, offset in (("AC", "GACT", 1), ("GACT", "AC", -1)):
            found = set_of(target).matches(of_letters(query))
            strand = 1 - (15 / 16) ** 3
            assert found.p == pytest.approx([strand * (2 - strand)])
            assert (found.offsets.tolist(), found.overlaps.tolist()) == ([offset], [2])


class TestPlaces:
    def test_a_motif_is_nearest_to_itself(self, known: MotifComparison) -> None:
        for motif in KNOWN[::25]:
            found = nearest(known, motif.counts)
            assert found.motif is motif
            assert (found.strand, found.offset) == ("+", 0)

    def test_its_reverse_complement_lies_on_the_other_strand(self, known: MotifComparison) -> None:
        for matrix_id in ("MA0035.5", "MA0139.2", "MA0108.3"):
            found = nearest(known, BY_ID[matrix_id].counts[::-1, ::-1])
            assert (found.motif.matrix_id, found.strand, found.offset) == (matrix_id, "-", 0)

    def test_flat_ends_count_in_the_offset_and_in_nothing_else(self) -> None:
        plain, padded = set_of("ACCG", "TTTAA"), set_of("NNACCGN", "TTTAA")
        for query, target, offset in (("NACCGT", plain, -1), ("ACCGT", padded, 2), ("NNNACCGT", padded, -1)):
            found = nearest(target, of_letters(query))
            assert (found.offset, found.strand, found.overlap) == (offset, "+", 4), query
            assert found.p == nearest(plain, of_letters("ACCGT")).p
        # On the other strand the target is NCGGTNN.
        turned = nearest(padded, of_letters("NNCGGT"))
        assert (turned.strand, turned.offset, turned.overlap) == ("-", -1, 4)

    def test_a_flat_query_resembles_nothing(self, known: MotifComparison) -> None:
        for counts in (of_letters("NNNNNN"), np.zeros((4, 4))):
            found = known.matches(counts)
            assert found.nearest(3) == ()
            assert found.p.min() == found.q.min() == 1

    def test_a_flat_motif_of_the_set_has_its_columns(self) -> None:
        # Among the columns of both strands are A, T, and six that score 0: A is reached by 1/8, and 0 by 7/8.
        found = set_of("A", "NNN").matches(of_letters("A"))
        assert found.p == pytest.approx([1 / 8 * (2 - 1 / 8), 1 - (1 / 8) ** 6])
        assert found.overlaps.tolist() == [1, 1]
        assert set_of("NNN").matches(of_letters("ACGT")).p == pytest.approx([1])

    def test_what_every_target_reaches_says_nothing(self) -> None:
        assert set_of("A").matches(of_letters("CC")).p == pytest.approx([1])
        infinite = np.array([[1, 0, 0, 0], [np.inf, 1, 1, 1], [0, 1, 0, 0]])
        np.testing.assert_array_equal(
            set_of("ANC", "AGC").matches(infinite).p, set_of("ANC", "AGC").matches(of_letters("ANC")).p
        )

    def test_a_wide_query_is_compared_as_well(self) -> None:
        found = nearest(set_of("TTGACA", "TATAAT"), of_letters("GCGC" * 9 + "TATAAT" + "GC" * 9))
        assert (found.motif.name, found.offset, found.overlap) == ("TATAAT", -36, 6)

    def test_an_empty_set_is_refused(self) -> None:
        with pytest.raises(SettingError, match="no motif"):
            MotifComparison([])


class TestProbabilities:
    @each_case("score", ColumnScore)
    def test_chance_matches_are_as_frequent_as_p_says(self, score: ColumnScore) -> None:
        random = np.random.RandomState(4)
        columns = np.concatenate([motif.counts / motif.counts.sum(axis=1, keepdims=True) for motif in KNOWN])
        parts = np.split(random.permutation(columns), np.cumsum([motif.width for motif in KNOWN])[:-1])
        shuffled = [Motif(str(index), "", part) for index, part in enumerate(parts)]
        queries = [columns[random.randint(len(columns), size=width)] for width in random.randint(6, 17, 40)]
        p = np.array([found.p for found in MotifComparison(shuffled, score).all_matches(queries)])
        assert p.size == 40_760
        for below, tolerance in ((0.1, 0.07), (0.01, 0.15), (0.001, 0.4)):
            assert (p < below).mean() == pytest.approx(below, rel=tolerance)

    def test_a_pseudocount_of_each_letter_changes_nothing_of_a_correlation(self, known: MotifComparison) -> None:
        shares = BY_ID["MA0035.5"].counts / BY_ID["MA0035.5"].counts.sum(axis=1, keepdims=True)
        assert known.matches(shares + 0.02).p == pytest.approx(known.matches(shares).p)

    def test_a_likely_match_has_a_small_q(self, known: MotifComparison) -> None:
        matches = known.matches(BY_ID["MA0035.5"].counts).nearest(1019)
        assert [match.is_likely for match in matches] == [match.q <= 0.05 for match in matches]
        assert matches[0].is_likely
        assert not matches[-1].is_likely

    def test_small_p_values_keep_their_digits(self, known: MotifComparison) -> None:
        found = nearest(known, BY_ID["MA0139.2"].counts)
        assert 0 < found.p < 1e-18
        assert found.p <= found.q <= 1019 * found.p * (1 + 1e-12)


def test_memelite_finds_the_same_by_euclidean_distance() -> None:
    with np.load(STORED) as stored:
        queries = np.split(stored["queries"].astype(np.float64), np.cumsum(stored["widths"])[:-1])
        expected = {name: stored[name] for name in ("ids", "p", "offsets", "overlaps", "strands")}
    trimmed = [Motif(motif.matrix_id, motif.name, without_flat_ends(motif.probabilities)) for motif in KNOWN]
    matches = MotifComparison(trimmed, ColumnScore.EUCLIDEAN).all_matches(queries)
    place = {motif.matrix_id: index for index, motif in enumerate(trimmed)}
    places = np.array([[place[matrix_id] for matrix_id in row] for row in expected["ids"]])
    first = [found.nearest()[0].motif.matrix_id for found in matches]
    assert np.mean(first == expected["ids"][:, 0]) >= 0.95

    def ours(name: str) -> NDArray[np.float64]:
        return np.array([getattr(found, name)[row] for found, row in zip(matches, places, strict=True)])

    # Compared where memelite's own p-values are exact: it subtracts from 1.
    exact = expected["p"] > 1e-10
    moved = np.abs(np.log10(ours("p")[exact] / expected["p"][exact]))
    assert np.median(moved) < 0.03
    assert np.quantile(moved, 0.95) < 0.1
    assert moved.max() < 0.3
    # Palindromes lie on both strands; memelite then says −, and ours says +.
    for ours_name, name in (("offsets", "offsets"), ("overlaps", "overlaps"), ("is_reverse", "strands")):
        assert np.mean(ours(ours_name) == expected[name]) > 0.95


@pytest.mark.thorough
def test_the_compiled_loop_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    loop: LazyValue[object] = LazyValue()
    monkeypatch.setattr(comparison, "_COMPILED", loop)
    random = np.random.RandomState(5)
    queries = [random.dirichlet([0.3] * 4, width) for width in (1, 2, 5, 16, 16, 40)] + [KNOWN[9].counts]
    sets = [
        MotifComparison(motifs, score)
        for motifs in (KNOWN, KNOWN[:3], [motif for motif in KNOWN if motif.width > 20])
        for score in ColumnScore
    ]
    by_numpy = [each.all_matches(queries) for each in sets]
    # Loading it takes longer than a few comparisons.
    assert not loop.is_there
    monkeypatch.setattr(comparison, "_WORTH_IT", 1)
    for each, expected in zip(sets, by_numpy, strict=True):
        for one, other in zip(each.all_matches(queries), expected, strict=True):
            np.testing.assert_allclose(one.p, other.p, rtol=1e-12)
            np.testing.assert_allclose(one.q, other.q, rtol=1e-12)
            for name in ("scores", "offsets", "is_reverse", "overlaps"):
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert loop.get(lambda: None) is not None


class TestLongWork:
    def test_progress_is_told_query_by_query(self) -> None:
        told: list[tuple[int, int]] = []
        set_of("ACGT", "TTTT").all_matches([of_letters("AC")] * 3, progress=lambda *each: told.append(each))
        assert told == [(1, 3), (2, 3), (3, 3)]

    def test_it_stops_between_queries(self) -> None:
        asked = iter([True, True, False])
        found = set_of("ACGT").all_matches([of_letters("AC")] * 5, should_continue=lambda: next(asked))
        assert len(found) == 2
