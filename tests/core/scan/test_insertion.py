"""What a motif changes where it is put: as tangermeme's marginalization, as edited letters, and worked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import oracle
import pytest
from oracle.attribution_networks import INSERTED, NETWORKS, SHUFFLES
from oracle.stored_layers import read_numbers
from our_networks import our_network
from small_models import random_letters
from spreading_models import random_graph

from cnn_core.attribution import InputWindow, input_windows
from cnn_core.blocks import Reading
from cnn_core.errors import CnnError
from cnn_core.layers import (
    Activation,
    Conv1D,
    Dense,
    Embedding,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    IndexInput,
    Input,
)
from cnn_core.letters.alphabet import decode, encode, reverse_complement
from cnn_core.motifs import InsertedLetters
from cnn_core.motifs.inserted_letters import DrawnLetters
from cnn_core.network.model import Model, Node
from cnn_core.public.inputs import as_record
from cnn_core.scan import Insertion, InsertionPlaces, MotifInsertion, PredictedValues

TANGERMEME = read_numbers(Path(oracle.__file__).with_name("insertion.npz"))


def windows(model: Model, *letters: str, ambiguity: str = "zero") -> Iterator[InputWindow]:
    for each in letters:
        yield from input_windows(Reading.of(model, as_record(encode(each)), ambiguity=ambiguity), step=10_000)


def put(model: Model, motif: str, *letters: str, at: str = "center", step: int | None = None, **how) -> Insertion:
    work = MotifInsertion(model, InsertedLetters.of_text(motif), places=InsertionPlaces.parse(at, step), **how)
    return work.over(windows(model, *letters))


def over(letters: DrawnLetters, text: str, first: int) -> str:
    codes = encode(text)
    codes[first : first + letters.width] = letters.at(codes, first)
    return decode(codes)


def counting(length: int | None = None) -> Model:
    """Return a network that counts A, and G twice: its logit is half of that of its best window of 3 less 1."""
    kernel = np.zeros((3, 4, 1), dtype=np.float32)
    kernel[:, 0], kernel[:, 2] = 1, 2
    nodes = (
        Node("letters", Input(length)),
        Node("conv", Conv1D(kernel, None), ("letters",)),
        Node("best", GlobalMaxPooling1D(), ("conv",)),
        Node("out", Dense(np.full((1, 1), 0.5, np.float32), np.full(1, -1, np.float32), "sigmoid"), ("best",)),
        Node("behind", Dense(np.full((1, 1), 2, np.float32), None), ("out",)),
    )
    return Model("counting", nodes, ("out", "behind"))


def sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


class TestMarginalization:
    def test_over_shuffles_is_tangermemes(self, subtests: pytest.Subtests) -> None:
        for network in NETWORKS:
            for (motif, start), end in [(each, end) for each in INSERTED for end in ("", "logit of ")]:
                if f"{end}{network.name}: {motif} before" not in TANGERMEME:
                    continue
                with subtests.test(f"{end}{network.name} {motif}"):
                    before, after = (
                        TANGERMEME[f"{end}{network.name}: {motif} {each}"] for each in ("before", "after")
                    )
                    at = "center" if start is None else str(start)
                    how = {"shuffled": SHUFFLES, "seed": network.seed, "logit": bool(end) or False}
                    (found,) = put(our_network(network), motif, network.letters, at=at, **how).changes
                    assert (found.n, found.is_logit) == (SHUFFLES, bool(end))
                    close = {"atol": 2e-6, "rtol": 1e-5}
                    np.testing.assert_allclose(found.without, before.mean(axis=0), **close)
                    np.testing.assert_allclose(found.inserted[0, 0], after.mean(axis=0), **close)
                    np.testing.assert_allclose(found.mean[0, 0], (after - before).mean(axis=0), **close)
                    np.testing.assert_allclose(found.sd[0, 0], (after - before).std(axis=0, ddof=1), **close)
                    np.testing.assert_allclose(found.se[0, 0], found.sd[0, 0] / np.sqrt(SHUFFLES))

    def test_is_the_plain_prediction_on_edited_letters(self) -> None:
        model = our_network(NETWORKS[0])
        random = np.random.default_rng(1)
        backgrounds = ["".join(random.choice([*"ACGT"], 40)) for _ in range(3)]
        found = put(model, "GATAAG", *backgrounds, step=11, strand="both")
        assert found.strands == ("+", "-")
        assert found.bases.tolist() == [0, 11, 22, 33]
        for strand, letters in enumerate(("GATAAG", "CTTATC")):
            for place, base in enumerate(found.bases.tolist()):
                changes = [
                    model.run(encode(each[:base] + letters + each[base + 6 :]))[model.outputs[0]]
                    - model.run(encode(each))[model.outputs[0]]
                    for each in backgrounds
                ]
                (change,) = found.changes
                np.testing.assert_allclose(change.mean[strand, place], np.mean(changes, axis=0), atol=2e-6)
                np.testing.assert_allclose(change.sd[strand, place], np.std(changes, axis=0, ddof=1), atol=2e-6)

    def test_of_a_profile_is_that_of_each_place_alone(self, subtests: pytest.Subtests) -> None:
        for seed in range(5):
            model, length = random_graph(seed)
            letters = [random_letters(length, seed + more) for more in (0, 1)]
            names = (*model.outputs, model.nodes[2].name, model.nodes[-6].name)
            wanted = [PredictedValues(name) for name in dict.fromkeys(names)]
            profile = put(model, "GRTA", *letters, at="1-7", strand="both", wanted=wanted)
            with subtests.test(seed):
                for place, base in enumerate(profile.bases.tolist()):
                    alone = put(model, "GRTA", *letters, at=str(base), strand="both", wanted=wanted)
                    for one, several in zip(alone.changes, profile.changes, strict=True):
                        scale = max(1e-3, float(np.abs(one.inserted).max()))
                        close = {"rtol": 0, "atol": 2e-5 * scale, "err_msg": one.wanted.name}
                        np.testing.assert_allclose(several.mean[:, place], one.mean[:, 0], **close)
                        np.testing.assert_allclose(several.sd[:, place], one.sd[:, 0], **close)

    def test_of_a_profile_where_masks_are_is_that_of_whole_runs(self) -> None:
        table = np.random.RandomState(0).randn(5, 3).astype(np.float32)
        layers = [
            ("letters", IndexInput(20)),
            ("table", Embedding(table, mask_zero=True)),
            ("mean", GlobalAveragePooling1D()),
            ("dense", Dense(np.ones((3, 1), np.float32), None)),
        ]
        model = Model.sequential("masked", layers)
        letters = "ACGTNNACGTACGTTGCAAC"
        (found,) = put(model, "GATTA", letters, step=1).changes
        before = model.run(encode(letters))["dense"]
        for base in range(16):
            after = model.run(encode(letters[:base] + "GATTA" + letters[base + 5 :]))["dense"]
            np.testing.assert_allclose(found.mean[0, base], after - before, atol=1e-6)


class TestWorkedByHand:
    def test_mean_and_spread_of_logits_and_probabilities(self) -> None:
        # Best windows of 3: 0 and 1 without AGG, 5 with it: logits −1, −0.5 and 1.5.
        found = put(counting(), "AGG", "TTTTTTTT", "TTCATTTT", at="5")
        out, behind = found.changes
        assert (found.n, found.bases.tolist(), out.is_logit, behind.is_logit) == (2, [5], True, False)
        assert out.without == pytest.approx([-0.75])
        assert out.mean[0, 0] == pytest.approx([2.25])
        assert out.sd[0, 0] == pytest.approx([np.std([2.5, 2.0], ddof=1)])
        # What reads the output reads the probability.
        changes = [2 * (sigmoid(1.5) - sigmoid(-1)), 2 * (sigmoid(1.5) - sigmoid(-0.5))]
        assert behind.mean[0, 0] == pytest.approx([np.mean(changes)], abs=1e-6)
        (chosen,) = put(counting(), "AGG", "TTTTTTTT", wanted=[PredictedValues("out", (0,))], logit=False).changes
        assert float(chosen.mean[0, 0]) == pytest.approx(sigmoid(1.5) - sigmoid(-1), abs=1e-6)
        assert np.isnan(chosen.sd).all()

    def test_in_the_middle_of_inputs_of_several_lengths(self) -> None:
        found = put(counting(), "AAA", "TTTTTTTTT", "TTTGGGTTTTTT")
        assert found.bases.tolist() == [-1]
        assert found.changes[0].without == pytest.approx([(-1 + 2) / 2])
        # The middle of 12 begins at base 5, behind GG.
        assert found.changes[0].mean[0, 0] == pytest.approx([(1.5 + (1.5 - 2 + 0)) / 2])


class TestLetters:
    def test_n_leaves_what_is_there_and_others_what_they_allow(self) -> None:
        letters = InsertedLetters.of_text("gatRNK")
        drawn = letters.drawn(np.random.RandomState(0))
        assert over(drawn, "TTTGCTTT", 0) == "GATGCTTT"
        assert over(drawn, "TTTAYGTT", 1) in ("TGATAGTT", "TGATGGTT")
        assert over(drawn.reversed, "TTACATTT", 1) in ("TAACATCT", "TCACATCT")

    def test_of_several_bases_each_is_drawn_as_often(self) -> None:
        letters = InsertedLetters.of_text("B")
        random = np.random.RandomState(3)
        drawn = [over(letters.drawn(random), "A", 0) for _ in range(3000)]
        counts = [drawn.count(base) for base in "ACGT"]
        assert counts[0] == 0
        assert np.abs(np.array(counts[1:]) - 1000).max() < 100

    def test_on_the_other_strand_are_the_complements_of_what_is_drawn(self) -> None:
        letters, random = InsertedLetters.of_text("BDHVRYNKGSW"), np.random.RandomState(1)
        for seed in range(50):
            text, drawn = random_letters(letters.width, seed), letters.drawn(random)
            turned = decode(reverse_complement(encode(text)))
            assert encode(over(drawn.reversed, turned, 0)).tolist() == [
                *reverse_complement(encode(over(drawn, text, 0)))
            ]

    def test_drawn_from_shares_follow_them(self) -> None:
        shares = np.array([[0.5, 0.5, 0, 0], [0, 0, 0.1, 0.9], [0, 1, 0, 0]])
        letters = InsertedLetters.of_shares("M1", shares, drawn=True)
        assert letters.described == "letters drawn from the shares of M1 (consensus MTC)"
        random = np.random.RandomState(5)
        drawn = np.array([[*over(letters.drawn(random), "GGGG", 1)] for _ in range(2000)])
        assert (drawn[:, 0] == "G").all()
        for column, row in enumerate(shares):
            share = [(drawn[:, column + 1] == base).mean() for base in "ACGT"]
            np.testing.assert_allclose(share, row, atol=0.04)
        consensus = InsertedLetters.of_shares("M1", shares)
        assert (consensus.letters, consensus.described) == ("MTC", "the consensus of M1 (MTC)")

    def test_do_not_depend_on_how_sequences_are_gathered(self) -> None:
        model = counting()
        random = np.random.default_rng(2)
        backgrounds = ["".join(random.choice([*"ACGT"], 12)) for _ in range(20)]
        one = put(model, "RRWS", *backgrounds, seed=4)
        again = put(model, "RRWS", *backgrounds, seed=4)
        np.testing.assert_array_equal(one.changes[0].mean, again.changes[0].mean)


class TestBackgrounds:
    def test_that_cannot_be_shuffled_are_counted_and_left_out(self) -> None:
        model = counting(8)
        found = put(model, "AGG", "TTTTTTTT", "TTNTTTTT", shuffled=3)
        assert (found.n, found.windows, found.unshuffled) == (3, 1, 1)
        assert put(model, "AGG", "TTTTTTTT", "TTNTTTTT").n == 2
        with pytest.raises(CnnError, match="none of 1 input windows can be shuffled"):
            put(model, "AGG", "TTNTTTTT", shuffled=3)

    def test_of_a_short_record_have_their_letters_shuffled_and_not_the_padding(self) -> None:
        model = counting(12)
        found = put(model, "AGG", "TCTCTC", shuffled=2, at="8")
        assert found.changes[0].mean[0, 0] == pytest.approx([2.5])


def test_what_cannot_be_is_refused_in_one_sentence(subtests: pytest.Subtests) -> None:
    cases = {
        "no letter but N": lambda: put(counting(), "NNN", "TTTTTT"),
        "there is no letter to put in": lambda: put(counting(), "", "TTTTTT"),
        "'X' at position 2": lambda: put(counting(), "GAX", "TTTTTT"),
        "does not fit at base 5 of an input of 6": lambda: put(counting(), "AGG", "TTTTTT", at="5"),
        "has 7 letters, and the input 6": lambda: put(counting(), "AGGAGGA", "TTTTTT"),
        "no places in common": lambda: put(counting(), "AGG", "TTTTTT", "TTTTTTTTT", step=2),
        "is no place": lambda: put(counting(), "AGG", "TTTTTT", at="-1"),
        "end before they begin": lambda: put(counting(), "AGG", "TTTTTT", at="5-2"),
        "is one place, and a step": lambda: put(counting(), "AGG", "TTTTTT", at="2", step=3),
        "leads nowhere": lambda: put(counting(), "AGG", "TTTTTT", step=0),
        "there is no strand": lambda: put(counting(), "AGG", "TTTTTT", strand="x"),
        "shuffles from the seed": lambda: put(counting(), "AGG", "TTTTTT", seed=-1),
        "there is no logit": lambda: put(counting(), "AGG", "TTTTTT", logit=True),
        "no sequence is long enough": lambda: put(counting(), "A", "TT"),
        "is ambiguous": lambda: MotifInsertion(counting(), InsertedLetters.of_text("AGG")).over(
            windows(counting(), "TTNTTT", ambiguity="error")
        ),
    }
    for words, refused in cases.items():
        with subtests.test(words), pytest.raises(CnnError, match=words):
            refused()


def test_a_layer_in_front_of_the_outputs_can_be_predicted_too() -> None:
    model = replace(counting(), nodes=(*counting().nodes, Node("more", Activation("sigmoid"), ("conv",))))
    (found,) = put(model, "GGG", "TTTTTTTT", wanted=[PredictedValues("more", (0,))], at="2").changes
    assert found.is_logit
    assert found.mean[0, 0] == pytest.approx([2, 4, 6, 4, 2, 0])
