"""Filters as motifs: every rule counted by hand, the same whatever is gathered, and numbers of other programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_models import Letters, block_model, one_letter_kernel, random_kernel, random_letters

from cnn_core.errors import SequenceError, SettingError, TooShortError
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.letters.alphabet import encode, one_hot
from cnn_core.motifs import FilterMotif, MotifRule, MotifSettings, filter_motifs, filter_windows, log_odds
from cnn_core.motifs import information as information_of
from cnn_core.presets import motifs

CASES = {case["name"]: case for case in json.loads(Path(__file__).with_name("cases.json").read_text())["cases"]}
RECORDS = [random_letters(length, seed=length, letters="ACGTN" * 3 + "ACGT") for length in (90, 5, 31, 160, 3, 62)]
SETTINGS = ({}, {"stride": 3}, {"dilation": 2}, {"padding": "same"}, {"padding": "causal", "stride": 2})
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def motifs_of(
    conv: Conv1D,
    records: Sequence[str],
    rule: str,
    channels: str = "ACGT",
    ambiguity: str = "zero",
    **settings: Any,
) -> tuple[FilterMotif, ...]:
    model = block_model(conv, MaxPooling1D(2), channels=channels)
    stretches = tuple((Letters(record, f"r{nth}"), 0, len(record)) for nth, record in enumerate(records))
    return filter_motifs(model, model.blocks[0], stretches, rule, MotifSettings(**settings), ambiguity=ambiguity)


def all_windows(conv: Conv1D, records: Sequence[str], strands: str) -> list[tuple[int, int, str, np.ndarray]]:
    """Return each window's record, whether it is of the other strand, its letters, and the activations there."""
    found = []
    for nth, record in enumerate(records):
        for reverse in {"+": (0,), "-": (1,), "both": (0, 1)}[strands]:
            letters = record.translate(COMPLEMENT)[::-1] if reverse else record
            try:
                left, right = conv.sliding.pads(len(letters))
                count = conv.sliding.output_length(len(letters))
            except TooShortError:
                continue
            padded = "-" * left + letters + "-" * (right + conv.sliding.span)
            rows = np.pad(one_hot(encode(letters)), ((left, right + conv.sliding.span), (0, 0))).astype(np.float64)
            for position in range(count):
                first = position * conv.stride
                taps = rows[first : first + conv.sliding.span : conv.dilation]
                response = np.einsum("tc,tcf->f", taps, conv.kernel.astype(np.float64))
                found.append((nth, reverse, padded[first : first + conv.sliding.span], np.maximum(response, 0)))
    return found


def sites_by_hand(windows: list[tuple[int, int, str, np.ndarray]], rule: str, index: int) -> list[str]:
    values = np.array([activations[index] for *_, activations in windows])
    whole = [set(letters) <= set("ACGT") for _, _, letters, _ in windows]
    if rule == "windows":
        chosen = [nth for nth, value in enumerate(values) if value > values.max() / 2]
    elif rule == "basset":
        bar = values.mean() + 0.5 * (values.max() - values.mean())
        chosen = [nth for nth, value in enumerate(values) if value > bar]
    else:
        order = sorted(range(len(values)), key=lambda nth: (-values[nth], windows[nth][1]))
        order = [nth for nth in order if whole[nth] and values[nth] > 0]
        if rule == "best":
            best: dict[int, int] = {}
            for nth in order:
                best.setdefault(windows[nth][0], nth)
            chosen = [*best.values()]
        else:
            chosen = order[: int(rule.removeprefix("top:"))]
    return [windows[nth][2] for nth in chosen if whole[nth]]


@cache
def one_of_each(nth: int, strands: str) -> tuple[Conv1D, list[tuple[int, int, str, np.ndarray]]]:
    """Return a convolution with settings of the list, and all its windows."""
    conv = Conv1D(random_kernel(4, filters=3, seed=6), activation="relu", **SETTINGS[nth])
    return conv, all_windows(conv, RECORDS, strands)


class TestRules:
    @pytest.mark.parametrize("rule", ["windows", "basset", "best", "top:7", "top:10000"])
    @pytest.mark.parametrize("strands", ["+", "-", "both"])
    def test_count_what_is_counted_by_hand(
        self, rule: str, strands: str, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
    ) -> None:
        for nth, settings in enumerate(SETTINGS):
            conv, windows = one_of_each(nth, strands)
            # However few are computed at once, the numbers are the same.
            for at_once in (29, 1 << 20):
                monkeypatch.setattr(filter_windows, "_VALUES_AT_ONCE", at_once)
                with subtests.test(settings=settings, at_once=at_once):
                    for index, motif in enumerate(motifs_of(conv, RECORDS, rule, strands=strands)):
                        sites = sites_by_hand(windows, rule, index)
                        assert motif.sites == len(sites) > 1
                        counts = [[column.count(base) for base in "ACGT"] for column in zip(*sites, strict=True)]
                        np.testing.assert_array_equal(motif.counts, counts)

    @pytest.mark.parametrize("rule", ["windows", "basset", "best", "top:3"])
    def test_one_filter_alone_is_as_among_all(self, rule: str) -> None:
        conv = Conv1D(random_kernel(4, filters=20), activation="relu")
        model = block_model(conv, MaxPooling1D(2))
        stretches = tuple((Letters(record), 0, len(record)) for record in RECORDS)
        whole = filter_motifs(model, model.blocks[0], stretches, rule)
        alone = filter_motifs(model, model.blocks[0], stretches, rule, filters=(17,))
        some = filter_motifs(model, model.blocks[0], stretches, rule, filters=(17, 2, 5))
        np.testing.assert_array_equal(alone[0].counts, whole[17].counts)
        for motif in some:
            np.testing.assert_array_equal(motif.counts, whole[motif.filter].counts)

    def test_of_equal_windows_the_first_of_the_plus_strand_are_taken(self) -> None:
        conv = Conv1D(one_letter_kernel("A"))
        # All A and, on the other strand, all T respond alike.
        assert motifs_of(conv, ["AATTT", "A"], "top:3", strands="both")[0].counts.tolist() == [[3, 0, 0, 0]]
        wide = Conv1D(np.pad(one_letter_kernel("A"), ((0, 1), (0, 0), (0, 0))))
        found = motifs_of(wide, ["ACAGAT"], "top:2")[0]
        assert found.counts.tolist() == [[2, 0, 0, 0], [0, 1, 1, 0]]
        assert motifs_of(wide, ["ACAGAT"], "best")[0].counts.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]

    @pytest.mark.parametrize("rule", ["windows", "basset", "best", "top:3"])
    def test_a_filter_that_gives_only_its_lowest_value_has_no_site(self, rule: str) -> None:
        conv = Conv1D(one_letter_kernel("A", "G"), np.array([0, -9], dtype=np.float32), activation="relu")
        loud, silent = motifs_of(conv, ["ACGTACGT"], rule)
        assert loud.sites
        assert silent.sites == 0
        assert silent.probabilities.tolist() == [[0.25] * 4]

    def test_an_n_is_refused_by_its_place_where_the_policy_does(self) -> None:
        conv = Conv1D(random_kernel(2))
        with pytest.raises(SequenceError, match="record r1:3, letter N: is ambiguous"):
            motifs_of(conv, ["ACGT", "ACNT"], "windows", ambiguity="error")

    def test_any_channel_order_counts_the_same(self) -> None:
        kernel = random_kernel(4)
        plain = motifs_of(Conv1D(kernel), RECORDS, "basset")
        moved = motifs_of(Conv1D(kernel[:, [0, 3, 2, 1]]), RECORDS, "basset", channels="ATGC")
        for one, other in zip(plain, moved, strict=True):
            np.testing.assert_array_equal(one.counts, other.counts)

    def test_there_are_no_others(self) -> None:
        for text in ("wndows", "top", "top:0", "top:1.5", "best:3", "weights:-1", "weights:nan", "top:x", ""):
            with pytest.raises(SettingError, match="there is no motif rule"):
                MotifRule.parse(text)
        for text in ("windows", "basset", "best", "top:100", "weights", "weights:9.5"):
            assert str(MotifRule.parse(text)) == text


class TestWeights:
    def test_log_odds_become_the_probabilities_that_they_were_made_of(self) -> None:
        (motif,) = [each for each in motifs.matrices() if each.name == "GATA1" or each.matrix_id == "MA0035.3"]
        conv = Conv1D(log_odds(motif, np.full(4, 0.25), 0.1)[:, :, None].astype(np.float32))
        shares = motif.counts / motif.counts.sum(axis=1, keepdims=True)
        found = motifs_of(conv, (), "weights")[0]
        assert found.sites is None
        np.testing.assert_allclose(found.probabilities, (shares + 0.1 / 4) / 1.1, atol=1e-6)

    def test_they_are_the_letters_of_windows_drawn_by_their_response(self) -> None:
        kernel = random_kernel(3, filters=1)
        background = np.array([0.4, 0.1, 0.2, 0.3])
        words = np.array(np.meshgrid(*[range(4)] * 3, indexing="ij")).reshape(3, -1).T
        responses = kernel[np.arange(3), words, 0].sum(axis=1)
        motif = motifs_of(Conv1D(kernel), (), "weights:2", background=background.tolist())[0]
        assert motif.described.endswith("2 bits together, relative to the background; background 0.4,0.1,0.2,0.3")
        found = motif.probabilities
        # lambda, from the ratio of two letters' shares; it is the same in all columns.
        ratios = np.log(found / background)
        scale = (ratios[0, 0] - ratios[0, 1]) / (kernel[0, 0, 0] - kernel[0, 1, 0])
        shares = background[words].prod(axis=1) * np.exp(scale * responses)
        shares /= shares.sum()
        drawn = [[shares[words[:, tap] == letter].sum() for letter in range(4)] for tap in range(3)]
        np.testing.assert_allclose(found, drawn, atol=1e-6)
        relative = (found * np.log2(found / background)).sum()
        assert relative == pytest.approx(2)

    def test_neither_a_scale_nor_a_constant_of_a_column_changes_them(self) -> None:
        kernel = random_kernel(5, filters=1)
        moved = 7 * kernel + np.arange(5, dtype=np.float32)[:, None, None]
        one, other = (motifs_of(Conv1D(each), (), "weights:6")[0] for each in (kernel, moved))
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)
        assert one.information.sum() == pytest.approx(6)

    def test_a_kernel_holds_no_more_than_it_can(self) -> None:
        flat = motifs_of(Conv1D(np.zeros((2, 4, 1), dtype=np.float32)), (), "weights:3")[0]
        np.testing.assert_array_equal(flat.probabilities, 0.25)
        full = motifs_of(Conv1D(one_letter_kernel("AC", size=2)), (), "weights:9")[0]
        np.testing.assert_array_equal(full.probabilities, np.eye(4)[:2])

    def test_between_the_taps_of_a_dilated_kernel_stands_the_background(self) -> None:
        found = motifs_of(Conv1D(random_kernel(3, filters=1), dilation=2), (), "weights")[0]
        assert len(found.probabilities) == 5
        np.testing.assert_allclose(found.probabilities[1::2], 0.25)


class TestNumbersOfOthers:
    """Made with Biopython 1.88; the correction by hand from Schneider's formula."""

    def test_shares_and_consensus_of_sites(self) -> None:
        case = CASES["pfm_from_sites"]
        word = Conv1D(one_letter_kernel("TATAAA", size=6))
        # Each site responds; "best" counts one window of each.
        found = motifs_of(word, case["sites"], "best", pseudocount=case["pseudocount_per_letter"])[0]
        np.testing.assert_array_equal(found.counts.T, [case["counts"][base] for base in "ACGT"])
        np.testing.assert_allclose(
            found.probabilities.T, [case["probabilities"][base] for base in "ACGT"], atol=1e-8
        )
        assert found.consensus == "TATAAA"

    def test_random_sites(self, subtests: pytest.Subtests) -> None:
        cases = json.loads(Path(__file__).with_name("biopython_sites.json").read_text())["cases"]
        for case in cases:
            width, pseudocount = len(case["sites"][0]), case["pseudocount"]
            # Every site is one window, and all respond alike.
            anything = Conv1D(np.zeros((width, 4, 1), dtype=np.float32))
            with subtests.test(width=width):
                found = motifs_of(anything, case["sites"], "best", pseudocount=pseudocount)[0]
                np.testing.assert_array_equal(found.counts.T, case["counts"])
                np.testing.assert_allclose(found.probabilities.T, case["probabilities"], atol=1e-12)
                assert found.information.sum() == pytest.approx(case["information"], abs=1e-9)
                if not pseudocount:
                    assert found.consensus == case["consensus"]

    def test_information_of_columns(self, subtests: pytest.Subtests) -> None:
        for matrix in CASES["information_content"]["matrices"]:
            with subtests.test(matrix["name"]):
                counts = np.array([matrix["counts"][base] for base in "ACGT"]).T
                bits = information_of(counts / counts.sum(axis=1, keepdims=True))
                np.testing.assert_allclose(bits, matrix["ic_bits_per_column"], atol=1e-6)
                assert bits.sum() == pytest.approx(matrix["ic_total"], abs=1e-5)

    def test_correction_for_few_sites(self) -> None:
        case = CASES["small_sample_correction"]
        word = Conv1D(one_letter_kernel("TATAAA", size=6))
        found = motifs_of(word, CASES["pfm_from_sites"]["sites"], "best")[0]
        np.testing.assert_allclose(found.information, case["ic_uncorrected"], atol=1e-6)
        np.testing.assert_allclose(found.corrected, case["ic_corrected_floor0"], atol=1e-6)
        assert not found.is_written


def test_a_background_is_four_shares() -> None:
    for background in ((0.5, 0.5), (0.5, 0.5, 0, 0), (1, 1, 1, 1)):
        with pytest.raises(SettingError, match="its shares add up to 1"):
            MotifSettings(background=background)
