"""What variants change a network's output by, against its two windows alone, run by hand in plain numpy."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from small_models import random_kernel, random_letters

from cnn_core.attribution import VariantScore, VariantScoring
from cnn_core.errors import CnnError, ShapeError
from cnn_core.layers import (
    Activation,
    Array,
    Conv1D,
    Dense,
    Flatten,
    GlobalMaxPooling1D,
    Input,
    MaxPooling1D,
    Reshape,
    SideInput,
)
from cnn_core.layers import Add as AddLayer
from cnn_core.letters.sequence_files import Sequences, open_sequences
from cnn_core.letters.vcf import open_calls
from cnn_core.network.graph import Node
from cnn_core.network.model import Model

LENGTH = 24
LETTERS = random_letters(90, 5)
KERNEL = random_kernel(5, 3, 1)
BIAS = np.array([0.1, -0.2, 0.3], dtype=np.float32)
TURNED = str.maketrans("ACGT", "TGCA")


def reference(letters: str = LETTERS) -> Sequences:
    return open_sequences("-", stdin=io.BytesIO(f">chr1\n{letters}\n".encode()))


def network(units: int = 1, activation: str = "sigmoid", length: int | None = LENGTH) -> Model:
    weights = random_kernel(1, units, 2, channels=15)[0]
    return Model.sequential(
        "small",
        [
            ("letters", Input(length)),
            ("conv", Conv1D(KERNEL, BIAS, activation="relu")),
            ("pool", MaxPooling1D(4)),
            ("flat", Flatten()),
            ("last", Dense(weights, None, activation)),
        ],
    )


def by_hand(letters: str, units: int = 1) -> NDArray[np.float64]:
    """Return the logits of `network`, added up window by window."""
    rows = np.array([[letter == base for base in "ACGT"] for letter in letters], dtype=np.float64)
    conv = np.array([np.einsum("tc,tcf->f", rows[at : at + 5], KERNEL) + BIAS for at in range(len(letters) - 4)])
    cells = np.maximum(conv, 0)[: (len(conv) // 4) * 4].reshape(-1, 4, 3).max(axis=1)
    return cells.ravel() @ random_kernel(1, units, 2, channels=15)[0].astype(np.float64)


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-x))


def softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(x) / np.exp(x).sum()


def window(letters: str, pos: int) -> str:
    ends = "N" * LENGTH
    first = LENGTH + pos - 1 - (LENGTH // 2 - 1)
    return (ends + letters + ends)[first : first + LENGTH]


def edited(pos: int, ref: str, alt: str) -> str:
    assert LETTERS[pos - 1 : pos - 1 + len(ref)] == ref
    return LETTERS[: pos - 1] + alt + LETTERS[pos - 1 + len(ref) :]


def scored(scoring: VariantScoring, *lines: tuple[int, str, str]) -> list[VariantScore]:
    text = "".join(f"1\t{pos}\t.\t{ref}\t{alt}\t.\t.\t.\n" for pos, ref, alt in lines)
    return [*scoring.scores(open_calls("-", stdin=io.BytesIO(text.encode())))]


def variants() -> list[tuple[int, str, str]]:
    """Substitutions at every base, and insertions and deletions at some."""
    made = [(at + 1, ref, alt) for at, ref in enumerate(LETTERS) for alt in "ACGT" if alt != ref]
    made += [(at, LETTERS[at - 1], LETTERS[at - 1] + "TTGAC") for at in (1, 20, 45, 90)]
    return made + [(at, LETTERS[at - 1 : at + 4], LETTERS[at - 1]) for at in (1, 20, 45, 80)]


def test_every_row_equals_its_two_windows_alone() -> None:
    scoring = VariantScoring(network(), reference())
    assert (scoring.outputs, scoring.window) == (("last:0",), LENGTH)
    wanted = variants()
    for (pos, ref, alt), score in zip(wanted, scored(scoring, *wanted), strict=True):
        before, after = by_hand(window(LETTERS, pos)), by_hand(window(edited(pos, ref, alt), pos))
        assert score.status.kind == "scored"
        np.testing.assert_allclose(score.reference, sigmoid(before), atol=1e-5)
        np.testing.assert_allclose(score.alternative, sigmoid(after), atol=1e-5)
        np.testing.assert_allclose(score.difference, sigmoid(after) - sigmoid(before), atol=1e-5)
        np.testing.assert_allclose(score.logit_difference, after - before, atol=1e-5)
    edges = sum(1 for score in scored(scoring, *wanted) if score.status.reason)
    assert edges == sum(
        1 for pos, ref, alt in wanted if "N" in window(LETTERS, pos) + window(edited(pos, ref, alt), pos)
    )


@pytest.mark.parametrize("strands", ["-", "both"])
@pytest.mark.parametrize("merge", ["mean", "max"])
def test_the_other_strand_and_both(strands: str, merge: str) -> None:
    scoring = VariantScoring(network(), reference(), strands=strands, merge=merge)
    merged = np.maximum if merge == "max" else lambda one, other: (one + other) / 2
    wanted = variants()[40::17]
    for (pos, ref, alt), score in zip(wanted, scored(scoring, *wanted), strict=True):
        logits = []
        for letters in (LETTERS, edited(pos, ref, alt)):
            read = window(letters, pos)
            logits.append((by_hand(read), by_hand(read[::-1].translate(TURNED))))
        values = [
            sigmoid(other) if strands == "-" else merged(sigmoid(one), sigmoid(other)) for one, other in logits
        ]
        before, after = (other if strands == "-" else merged(one, other) for one, other in logits)
        np.testing.assert_allclose(score.reference, values[0], atol=1e-5)
        np.testing.assert_allclose(score.difference, values[1] - values[0], atol=1e-5)
        np.testing.assert_allclose(score.logit_difference, after - before, atol=1e-5)


def test_every_unit_of_a_softmax_and_its_logits() -> None:
    scoring = VariantScoring(network(3, "softmax"), reference())
    assert scoring.outputs == ("last:0", "last:1", "last:2")
    (score,) = scored(scoring, (40, LETTERS[39], "N"))
    before, after = by_hand(window(LETTERS, 40), 3), by_hand(window(edited(40, LETTERS[39], "N"), 40), 3)
    np.testing.assert_allclose(score.difference, softmax(after) - softmax(before), atol=1e-5)
    np.testing.assert_allclose(score.logit_difference, after - before, atol=1e-5)


def test_no_logit_without_a_last_function() -> None:
    scoring = VariantScoring(network(activation="linear"), reference())
    (score,) = scored(scoring, (40, LETTERS[39], "N"))
    assert score.logit_difference is None
    assert "without a logit" in scoring.described


def test_the_first_of_several_outputs_is_scored_which_is_said() -> None:
    model = Model("several", network().nodes, ("last", "flat"))
    scoring = VariantScoring(model, reference())
    assert scoring.outputs == ("last:0",)
    assert scoring.described.startswith("output last, the first of 2, of several, windows of 24 bases")


def test_a_function_in_a_layer_of_its_own() -> None:
    nodes = [*network(activation="linear").nodes, Node("end", Activation("sigmoid"), ("last",))]
    apart = VariantScoring(Model("apart", (*nodes,), ("end",)), reference())
    (one,), (other,) = (
        scored(each, (40, LETTERS[39], "N")) for each in (apart, VariantScoring(network(), reference()))
    )
    assert apart.outputs == ("end:0",)
    for field in ("reference", "alternative", "difference", "logit_difference"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))


def test_an_output_with_positions_is_turned_round_for_both_strands() -> None:
    kernel = random_kernel(1, 2, 4)
    model = Model.sequential("profile", [("letters", Input(8)), ("conv", Conv1D(kernel))])
    scoring = VariantScoring(model, reference("ACGTACGTACGT"), strands="both")
    assert scoring.outputs[:3] == ("conv:0:0", "conv:0:1", "conv:1:0")
    (score,) = scored(scoring, (5, "A", "C"))
    # Each position reads one base: its own letter's weights on one strand, its complement's on the other.
    table = {letter: kernel[0, "ACGT".index(letter)] for letter in "ACGT"}
    wanted = [(table[letter] + table[letter.translate(TURNED)]) / 2 for letter in "CGTACGTA"]
    np.testing.assert_allclose(score.reference, np.ravel(wanted), atol=1e-6)
    changed = np.flatnonzero(np.abs(np.asarray(score.difference)).reshape(8, 2).max(axis=1))
    assert changed.tolist() == [3]


def test_units_laid_out_in_rows_are_not_turned_round() -> None:
    model = network(4, "linear")
    rows = Model("rows", (*model.nodes, Node("rows", Reshape((2, 2)), ("last",))), ("rows",))
    (wanted,), (found,) = (
        scored(
            VariantScoring(each, reference(), strands="both"),
            (40, LETTERS[39], "ACGT"["ACGT".index(LETTERS[39]) - 1]),
        )
        for each in (model, rows)
    )
    np.testing.assert_array_equal(found.difference, wanted.difference)


def test_several_alternatives_do_not_know_each_other() -> None:
    scoring = VariantScoring(network(), reference())
    ref = LETTERS[39]
    one, two, three = (letter for letter in "ACGT" if letter != ref)
    together = scored(scoring, (40, ref, f"{one},<DEL>,{two},*,{three}"))
    assert [score.status.kind for score in together] == ["scored", "skipped", "scored", "skipped", "scored"]
    for score in together[::2]:
        (alone,) = scored(VariantScoring(network(), reference()), (40, ref, score.variant.alt))
        np.testing.assert_array_equal(score.alternative, alone.alternative)
    assert [score.variant.number for score in together] == [1, 2, 3, 4, 5]
    assert {str(status): count for status, count in scoring.counts.items()} == {
        "scored": 3,
        "skipped: symbolic allele": 1,
        "skipped: the allele is in another deletion": 1,
    }


def test_refused_ones_have_no_numbers_and_are_counted_by_reason() -> None:
    scoring = VariantScoring(network(), reference())
    wrong = "A" if LETTERS[39] != "A" else "C"
    scores = scored(scoring, (40, wrong, "G,T"), (0, "A", "C"), (40, LETTERS[39], "N"))
    assert [score.reference is None for score in scores] == [True, True, True, False]
    assert str(scores[0].status) == f"refused: REF differs (VCF {wrong}, FASTA {LETTERS[39]})"
    assert {str(status): count for status, count in scoring.counts.items()} == {
        "refused: REF differs": 2,
        "refused: POS is below 1": 1,
        "scored": 1,
    }


def test_the_policies_for_ambiguous_letters() -> None:
    lines = (40, LETTERS[39], "N"), (1, LETTERS[0], "G" if LETTERS[0] != "G" else "C"), (45, LETTERS[44], "TTT")
    scoring = VariantScoring(network(), reference(), ambiguity="error")
    assert [str(score.status) for score in scored(scoring, *lines)] == [
        "skipped: ambiguous letter in the window (N)",
        "skipped: ambiguous letter in the window (N)",
        "scored",
    ]
    assert scoring.assumptions == ()
    kernel = random_kernel(1, 2, 4)
    letter = Model.sequential("letter", [("letters", Input(1)), ("conv", Conv1D(kernel))])
    for policy, wanted, said in (
        ("uniform", kernel[0].mean(axis=0), "ambiguous letters are shared equally"),
        ("zero", np.zeros(2), "ambiguous letters are rows of zeros"),
    ):
        scoring = VariantScoring(letter, reference(), ambiguity=policy)
        assert scoring.assumptions == ()
        np.testing.assert_allclose(scored(scoring, lines[0])[0].alternative, wanted, atol=1e-6)
        assert scoring.assumptions[0].startswith(said)


def test_beyond_a_record_stand_n_or_zeros() -> None:
    line = (1, LETTERS[0], "G" if LETTERS[0] != "G" else "C")
    (shared,) = scored(VariantScoring(network(), reference(), ambiguity="uniform"), line)
    (zeros,) = scored(VariantScoring(network(), reference(), ambiguity="uniform", with_n=False), line)
    (as_before,) = scored(VariantScoring(network(), reference()), line)
    assert str(shared.status) == "scored: N beyond the record (11 left)"
    assert str(zeros.status) == "scored: zeros beyond the record (11 left)"
    np.testing.assert_array_equal(zeros.reference, as_before.reference)
    assert not np.allclose(zeros.reference, shared.reference)
    # Zeros are no ambiguous letter.
    (kept,) = scored(VariantScoring(network(), reference(), ambiguity="error", with_n=False), line)
    np.testing.assert_array_equal(kept.alternative, as_before.alternative)


def free() -> Model:
    return Model.sequential(
        "free", [("letters", Input()), ("conv", Conv1D(KERNEL, BIAS)), ("most", GlobalMaxPooling1D())]
    )


def test_a_network_of_any_length_has_the_window_that_is_asked_for() -> None:
    assert VariantScoring(free(), reference()).window == 1000
    scoring = VariantScoring(free(), reference(), window=11)
    (score,) = scored(scoring, (40, LETTERS[39], "N"))
    assert scoring.window == 11
    rows = np.array([[letter == base for base in "ACGT"] for letter in LETTERS[34:45]], dtype=np.float64)
    most = np.max([np.einsum("tc,tcf->f", rows[at : at + 5], KERNEL) + BIAS for at in range(7)], axis=0)
    np.testing.assert_allclose(score.reference, most, atol=1e-5)


@pytest.mark.parametrize(
    ("model", "size", "said"),
    [
        (network(), 30, "reads 24 bases, not 30"),
        (free(), 10**7, "too long to run the whole network on"),
        (free(), 3, "conv"),
    ],
)
def test_impossible_windows(model: Model, size: int, said: str) -> None:
    with pytest.raises(CnnError, match=said):
        VariantScoring(model, reference(), window=size)


def test_inputs_beside_the_letters_are_zeros_which_is_said() -> None:
    kernel: Array = np.ones((4, 1), dtype=np.float32)
    model = Model(
        "beside",
        (
            Node("letters", Input(4)),
            Node("flat", Flatten(), ("letters",)),
            Node("signal", SideInput((16,))),
            Node("sum", AddLayer(), ("flat", "signal")),
            Node("last", Dense(np.tile(kernel, (4, 1))), ("sum",)),
        ),
        ("last",),
    )
    scoring = VariantScoring(model, reference())
    (score,) = scored(scoring, (40, LETTERS[39], "N"))
    np.testing.assert_allclose([score.reference, score.alternative], [[4], [3]])
    assert scoring.assumptions[0] == "input signal is zeros: variants are scored on letters"


def test_a_network_whose_output_does_not_fit_is_refused_at_once() -> None:
    model = Model.sequential("long", [("letters", Input(8)), ("conv", Conv1D(random_kernel(8)))])
    broken = Model("broken", (*model.nodes, Node("more", Conv1D(random_kernel(3, 1, 0, 2)), ("conv",))), ("more",))
    with pytest.raises(ShapeError, match="more"):
        VariantScoring(broken, reference())
