"""The p-values of hits against listings of all words, and what chance gives where each word stands once."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from each_case import each_case
from numpy.typing import NDArray
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.errors import SettingError
from cnn_core.layers import (
    Array,
    AveragePooling1D,
    BatchNormalization,
    Conv1D,
    GlobalAveragePooling1D,
    Input,
    Layer,
    MaxPooling1D,
    Power,
)
from cnn_core.letters.alphabet import encode, reverse_complement
from cnn_core.network.model import Model
from cnn_core.scan.hits import Hit
from cnn_core.scan.record_scan import RecordScan

WIDTH = 5
WHOLE = np.rint(2 * random_kernel(WIDTH, 3, seed=4))
BIAS = np.array([-1, 0.25, -30], dtype=np.float32)
"""The last filter is nowhere above 0."""
WORDS = ["".join(word) for word in product("ACGT", repeat=WIDTH)]
EVEN = (0.25, 0.25, 0.25, 0.25)
SKEWED = (0.4, 0.1, 0.2, 0.3)


def once_each() -> str:
    """Return letters in which every word of five stands once (a de Bruijn sequence, cut open)."""
    letters = "A" * WIDTH
    seen = {letters}
    while True:
        # The last letter that gives a word not seen yet.
        for base in "TGCA":
            word = (letters + base)[-WIDTH:]
            if word not in seen:
                seen.add(word)
                letters += base
                break
        else:
            return letters


EVERY = once_each()


def scan_of(model: Model, letters: str = EVERY, **how: object) -> RecordScan:
    record = Letters(letters)
    return RecordScan(model, [(record, 0, len(record))], **how)  # type: ignore[list-item, arg-type]


def normed(*gamma: float) -> list[tuple[str, Layer]]:
    raised = np.array(gamma, dtype=np.float32)
    still = np.zeros(3, np.float32)
    return [("norm", BatchNormalization(gamma=raised, beta=still, mean=still, variance=np.ones(3, np.float32)))]


def model_of(activation: str, between: list[tuple[str, Layer]] | None = None, kernel: Array = WHOLE) -> Model:
    return block_model(Conv1D(kernel, BIAS, activation=activation), MaxPooling1D(1), between or [])


def shares(
    kernel: Array, background: tuple[float, ...], index: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the score of every word, and how often it stands in random letters."""
    codes = np.array([["ACGT".index(letter) for letter in word] for word in WORDS])
    scores = kernel.astype(np.float64)[np.arange(WIDTH), codes, index].sum(axis=1)
    return scores, np.array(background)[codes].prod(axis=1)


def all_p(kernel: Array, background: tuple[float, ...]) -> dict[tuple[str, int], float]:
    """Return how often words score as high as each word, by the word and the filter, of the first two filters."""
    found = {}
    for index in (0, 1):
        scores, frequencies = shares(kernel, background, index)
        for word, own in zip(WORDS, scores, strict=True):
            found[word, index] = float(frequencies[scores >= own].sum())
    return found


def p_of(hit: Hit, kernel: Array, background: tuple[float, ...], *, falls: bool = False) -> float:
    """Return the share of words that score as high as a hit's."""
    scores, frequencies = shares(kernel, background, hit.filter)
    own = scores[WORDS.index(hit.letters)]
    return float(frequencies[scores <= own if falls else scores >= own].sum())


def test_every_word_stands_once() -> None:
    assert sorted(EVERY[at : at + WIDTH] for at in range(len(EVERY) - WIDTH + 1)) == WORDS


@pytest.mark.parametrize(
    ("strands", "background", "meant"),
    [
        ("+", SKEWED, SKEWED),
        ("-", SKEWED, (0.3, 0.2, 0.1, 0.4)),
        ("both", SKEWED, (0.35, 0.15, 0.15, 0.35)),
    ],
)
def test_are_those_of_a_listing_of_all_words(
    strands: str, background: tuple[float, ...], meant: tuple[float, ...]
) -> None:
    scan = scan_of(model_of("linear"), strands=strands, background=background)
    hits = [*scan.above(None, [0, 1])]
    assert len(hits) == 2 * 1024 * len(strands.replace("both", "+-"))
    exact = all_p(WHOLE, meant)
    assert [hit.p for hit in hits] == pytest.approx([exact[hit.letters, hit.filter] for hit in hits], rel=1e-9)


@each_case("activation", ["linear", "exponential", "gelu", "relu6", "softmax"])
def test_those_up_to_a_p_value_are_hits_and_as_many_as_expected(activation: str) -> None:
    model = model_of(activation)
    filters = [0, 1, 2]
    strands = "both" if activation == "linear" else "+"
    everything = [*scan_of(model, strands=strands).above(None, filters)]
    for max_p in (0.02, 1e-3, 1e-4):
        scan = scan_of(model, strands=strands)
        hits = [*scan.above(None, filters, max_p=max_p)]
        assert hits == [hit for hit in everything if (hit.p or 1) <= max_p]
        # Every word stands once on each strand, so that what is expected is what there is.
        expected = scan.expected(filters, max_p=max_p)
        assert expected is not None
        assert expected >= len(hits) - 1e-6
        if activation in ("linear", "exponential"):
            assert expected == pytest.approx(len(hits))
        ranked = sorted(hits, key=lambda hit: -hit.value)
        strongest = scan_of(model, strands=strands).strongest(filters, top=7, together=True, max_p=max_p)
        assert [hit.value for hit in strongest] == [hit.value for hit in ranked[:7]]
    # The smallest p-value of a word of five is 1/1024.
    assert hits == []
    assert scan.expected(filters, max_p=1e-4) == 0


def test_expected_counts_a_threshold_of_the_value_too() -> None:
    scan = scan_of(model_of("relu"))
    hits = [*scan.above(2.0, [0, 1], max_p=0.05)]
    assert scan.expected([0, 1], 2.0, 0.05) == pytest.approx(len(hits))
    assert all(hit.value >= 2 and (hit.p or 1) <= 0.05 for hit in hits)
    valued = [*scan.above(2.0, [0, 1])]
    assert scan.expected([0, 1], 2.0) == pytest.approx(len(valued))


def test_kernels_of_any_weights_lose_no_hit() -> None:
    kernel = random_kernel(WIDTH, 3, seed=8)
    model, exact = model_of("sigmoid", kernel=kernel), all_p(kernel, EVEN)
    for max_p in (0.3, 0.02, 0.001):
        hits = [*scan_of(model, strands="+").above(None, [0, 1], max_p=max_p)]
        assert {(hit.letters, hit.filter) for hit in hits} == {key for key, p in exact.items() if p <= max_p}
        assert all(exact[hit.letters, hit.filter] <= (hit.p or 0) * (1 + 1e-9) for hit in hits)


def test_behind_a_norm_that_turns_the_sign_low_responses_count() -> None:
    model = model_of("linear", normed(1, -2, 1))
    hits = [*scan_of(model, strands="+").above(None, [0, 1], max_p=0.02)]
    assert {hit.filter for hit in hits} == {0, 1}
    for hit in hits:
        assert hit.p == pytest.approx(p_of(hit, WHOLE, EVEN, falls=hit.filter == 1))


def test_behind_a_function_that_goes_both_ways_high_responses_count_wherever_it_ends_lower() -> None:
    model = model_of("linear", [("square", Power(2.0))])
    hits = [*scan_of(model, strands="+").above(None, [0, 1], max_p=0.02)]
    assert {hit.filter for hit in hits} == {0, 1}
    for hit in hits:
        assert hit.p == pytest.approx(p_of(hit, WHOLE, EVEN))


def test_dilated_windows_of_any_order_of_channels_are_read_by_their_taps() -> None:
    conv = Conv1D(WHOLE[:, ::-1], BIAS, dilation=2)
    scan = scan_of(block_model(conv, MaxPooling1D(3), channels="TGCA"), random_letters(200), strands="+")
    for hit in scan.above(None, [0, 1]):
        assert len(hit.letters) == 9
        assert hit.p == pytest.approx(p_of(replace(hit, letters=hit.letters[::2]), WHOLE, EVEN))


def test_windows_of_ambiguous_letters_and_padding_have_none() -> None:
    letters = "ACGTNACGTACGTTACGACGRACGT"
    model = block_model(Conv1D(WHOLE, BIAS, padding="same"), MaxPooling1D(1))
    for hit in scan_of(model, letters).above(None, [0, 1]):
        plain = len(hit.letters) == WIDTH and set(hit.letters) <= {*"ACGT"}
        assert (hit.p is not None) == plain


def test_blocks_without_windows_of_letters_say_why() -> None:
    conv = Conv1D(WHOLE, BIAS, activation="relu")
    for pool in (AveragePooling1D(4), GlobalAveragePooling1D()):
        scan = scan_of(Model.sequential("small", [("letters", Input(None)), ("conv", conv), ("pool", pool)]))
        assert {hit.p for hit in scan.above(None, [0])} == {None}
        with pytest.raises(
            SettingError, match=r"^layer conv: is read by a pool that averages.* no p-values; give a"
        ):
            [*scan.above(None, [0], max_p=0.1)]
    deep = Conv1D(random_kernel(2, 2, channels=3), activation="relu")
    model = block_model(conv, MaxPooling1D(2), head=[("deep", deep), ("cells", MaxPooling1D(2))])
    scan = scan_of(model, block=model.blocks[1])
    assert {hit.p for hit in scan.above(0.0, [0])} == {None}
    assert scan.expected([0], 0.0) is None
    with pytest.raises(SettingError, match=r"^layer deep: reads feature maps"):
        scan.strongest([0], top=1, max_p=0.1)


@pytest.mark.parametrize(
    ("pool", "covered"),
    [
        (MaxPooling1D(8), 480),
        (MaxPooling1D(4, 10), 196),
        (MaxPooling1D(5, 2), 485),
        (MaxPooling1D(3, padding="same"), 485),
    ],
)
def test_windows_under_cells_are_those_looked_at(pool: MaxPooling1D, covered: int) -> None:
    scan = scan_of(block_model(Conv1D(random_kernel(16), np.zeros(2, np.float32)), pool), random_letters(500))
    assert [*scan.above(1e9, [0])] == []
    assert scan.so_far.windows == 2 * covered


def test_responses_have_the_p_values_of_their_letters() -> None:
    for kernel in (WHOLE, random_kernel(WIDTH, 3, seed=8)):
        scan = scan_of(model_of("linear", kernel=kernel), strands="+")
        known = scan.p_values
        assert known is not None
        hits = [*scan.above(None, [1])]
        values = np.array([hit.value for hit in hits], dtype=np.float32)
        p = np.array([hit.p for hit in hits], dtype=np.float64)
        told = known.of_responses(1, values)
        assert (told * (1 + 1e-9) >= p).all()
        assert told == pytest.approx(p, rel=0.05)
    assert known.of_letters(1, EVERY[:WIDTH]) == known.of_letters(1, EVERY[:WIDTH].lower())
    assert reverse_complement(encode("ACGTT")).tolist() == encode("AACGT").tolist()
