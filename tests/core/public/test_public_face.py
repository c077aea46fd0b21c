"""The public face of the engine: what a notebook or a script may rely on."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case
from small_face import LETTERS, network

import cnn_core as cnn
import cnn_samples
from cnn_core.layers import GlobalMaxPooling1D
from cnn_core.network.model import Model
from cnn_core.public import OpenedModel


def by_hand(letters: str) -> np.ndarray:
    """Return the two feature maps, letter by letter."""
    rows = []
    for first, second in pairwise(letters):
        one = 2 * (first == "A") + 3 * (second == "C") - 1
        two = 1 * (first == "T") - 4 * (second == "T") + 0.5
        rows.append([max(0, one), max(0, two)])
    return np.array(rows, dtype=np.float32)


class TestActivations:
    def test_are_those_worked_by_hand(self) -> None:
        reading = network().read(LETTERS)
        np.testing.assert_array_equal(reading["conv"], by_hand(LETTERS))

    def test_of_a_region_are_those_of_its_letters(self) -> None:
        reading = network().read(LETTERS, region="3-9")
        assert reading.region == "sequence:3-9"
        np.testing.assert_array_equal(reading["conv"], by_hand(LETTERS[2:9]))

    @pytest.mark.parametrize("region", ["{sequence}:3-9", "sequence:3-9", "0.003k-9", " 3-9 "])
    def test_of_a_region_in_any_form(self, region: str) -> None:
        assert network().read(LETTERS, region=region).region == "sequence:3-9"

    def test_of_a_region_that_reaches_past_the_end_are_cut_off_there(self) -> None:
        assert network().read(LETTERS, region="10-1k").region == "sequence:10-14"

    def test_of_a_record_whose_name_has_a_range_in_it(self, tmp_path: Path) -> None:
        path = tmp_path / "colon.fa"
        path.write_text(f">chr1:5-9\n{LETTERS}\n")
        with cnn.open_sequences(path) as records:
            for region in ("chr1:5-9:3-9", "{chr1:5-9}:3-9", "3-9"):
                reading = network().read(records["chr1:5-9"], region=region)
                np.testing.assert_array_equal(reading["conv"], by_hand(LETTERS[2:9]))

    def test_of_the_trained_model_that_comes_along(self) -> None:
        model = cnn.open_model(cnn_samples.model_path("trained"))
        assert model.read("ACGTT" * 100).output.shape == (1,)

    def test_of_the_other_strand(self) -> None:
        turned = LETTERS[::-1].translate(str.maketrans("ACGT", "TGCA"))
        np.testing.assert_array_equal(network().read(LETTERS, reverse=True)["conv"], by_hand(turned))

    def test_of_one_hot_rows_are_those_of_the_letters(self) -> None:
        letters = LETTERS.replace("N", "C")
        rows = np.array([[letter == base for base in "ACGT"] for letter in letters])
        np.testing.assert_array_equal(network().read(rows)["conv"], by_hand(letters))

    def test_of_rows_that_are_no_letters_are_the_sums_of_the_numbers(self) -> None:
        rows = np.random.default_rng(1).random((9, 4))
        found = network().read(rows)["conv"]
        one = np.maximum(0, 2 * rows[:-1, 0] + 3 * rows[1:, 1] - 1)
        np.testing.assert_allclose(found[:, 0], one, rtol=1e-6)

    def test_of_a_record_of_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "two.fa"
        path.write_text(f">one\nTTTT\n>chr1 second\n{LETTERS}\n")
        with cnn.open_sequences(path) as records:
            reading = network().read(records["chr1"], region="chr1:3-9")
            np.testing.assert_array_equal(reading["conv"], by_hand(LETTERS[2:9]))

    def test_the_output_is_that_of_the_last_layer(self) -> None:
        reading = network(length=14).read(LETTERS)
        pooled = by_hand(LETTERS)[:12].reshape(4, 3, 2).max(axis=1)
        np.testing.assert_allclose(reading.output, 1 / (1 + np.exp(-pooled.sum() / 4)), rtol=1e-6)


class TestSelections:
    def test_are_the_first_of_the_largest(self) -> None:
        found = network().read(LETTERS).selections("pool")
        expected = by_hand(LETTERS)[:12].reshape(4, 3, 2).argmax(axis=1) + 3 * np.arange(4)[:, None]
        np.testing.assert_array_equal(found, expected)

    def test_of_a_global_pool(self) -> None:
        model = network().model
        whole = Model.sequential(
            "global", [*((node.name, node.layer) for node in model.nodes[:2]), ("top", GlobalMaxPooling1D())]
        )
        found = OpenedModel(whole).read(LETTERS).selections("top")
        np.testing.assert_array_equal(found, by_hand(LETTERS).argmax(axis=0))


class TestExplanations:
    def test_print_the_arithmetic_down_to_the_bases(self) -> None:
        lines = str(network().read("ACGTAC").explain("pool", cell=0, channel=0)).splitlines()
        assert lines == [
            "pool[0, 0] = max of 3 = 4",
            "    conv[0, 0] = 4",
            "    conv[1, 0] = 0",
            "    conv[2, 0] = 0",
            "conv[0, 0] = relu(Σ of 2 taps 5 + bias −1) = 4",
            "    base 0 A: 1 × 2 = 2",
            "    base 1 C: 1 × 3 = 3",
        ]

    def test_print_what_an_ambiguous_letter_stands_for_and_a_letter_without_numbers(self) -> None:
        shared = network().read("RCAA", ambiguity="uniform").explain("conv", position=0, channel=0)
        assert str(shared).splitlines() == [
            "conv[0, 0] = relu(Σ of 2 taps 4 + bias −1) = 3",
            "    base 0 AG: 0.5 × 2 + 0.5 × 0 = 1",
            "    base 1 C: 1 × 3 = 3",
        ]
        assert "    base 0: no letter = 0" in str(network().read("NCAA").explain("conv", position=0)).splitlines()

    def test_are_plain_types_as_a_dictionary(self) -> None:
        found = network(length=14).read(LETTERS).explain("out", unit=0).as_dict()
        assert json.loads(json.dumps(found)) == found
        steps = found["steps"]
        assert isinstance(steps, list)
        assert [step["layer"] for step in steps] == ["out", "unit", "flat", "pool", "conv"]

    def test_are_html_without_markup_of_the_file(self) -> None:
        model = network().model
        named = Model.sequential("<b>", [("input", model.nodes[0].layer), ("<i>conv", model.nodes[1].layer)])
        html = OpenedModel(named).read(LETTERS).explain("<i>conv", position=0)._repr_html_()
        assert "<i>" not in html
        assert "&lt;i&gt;conv" in html
        assert "<b>" not in OpenedModel(named)._repr_html_()


WRONG: dict[str, Callable[[], object]] = {
    "a number as a sequence": lambda: network().read(3),  # type: ignore[arg-type]
    "letters that are none": lambda: network().read("AXG"),
    "no letters": lambda: network().read(""),
    "rows of five": lambda: network().read(np.zeros((9, 5))),
    "rows of texts": lambda: network().read(np.full((9, 4), "a")),
    "rows that are not finite": lambda: network().read(np.full((9, 4), np.nan)),
    "rows for a fixed length": lambda: network(length=14).read(np.full((9, 4), 0.5)),
    "a region behind the end": lambda: network().read(LETTERS, region="90-95"),
    "a region of another record": lambda: network().read(LETTERS, region="chr1:1-5"),
    "a region that is a number": lambda: network().read(LETTERS, region=5),  # type: ignore[arg-type]
    "a policy that is none": lambda: network().read(LETTERS, ambiguity="half"),
    "an ambiguous letter refused": lambda: network().read(LETTERS, ambiguity="error")["conv"],
    "an input that is none": lambda: network().read(LETTERS, inputs={"side": np.zeros(3)}),
    "a layer that is none": lambda: network().read(LETTERS)["conv2d"],
    "too short": lambda: network().read("A")["conv"],
    "selections of a convolution": lambda: network().read(LETTERS).selections("conv"),
    "no place": lambda: network().read(LETTERS).explain("pool"),
    "two places": lambda: network().read(LETTERS).explain("pool", cell=1, position=1),
    "a place behind the end": lambda: network().read(LETTERS).explain("pool", cell=4),
    "a negative place": lambda: network().read(LETTERS).explain("pool", cell=-1),
    "a channel behind the last": lambda: network().read(LETTERS).explain("pool", cell=0, channel=2),
    "a place that is half": lambda: network().read(LETTERS).explain("pool", cell=0.5),  # type: ignore[arg-type]
    "a unit of positions": lambda: network().read(LETTERS).explain("pool", unit=0),
    "the input": lambda: network().read(LETTERS).explain("input", position=0),
    "a file that is not there": lambda: cnn.open_model("missing.keras"),
    "a number as a file": lambda: cnn.open_model(3),  # type: ignore[arg-type]
    "an option that is none": lambda: cnn.open_model("motifs.meme", colour="red"),
    "an option of a preset": lambda: cnn.open_model("motifs", pool_size=3),
    "sequences that are not there": lambda: cnn.open_sequences("missing.fa"),
    "a number as sequences": lambda: cnn.open_sequences(3),  # type: ignore[arg-type]
    "half a record": lambda: cnn.open_sequences(cnn_samples.sample_path("planted"))[1.5],  # type: ignore[index]
    "a record behind the last": lambda: cnn.open_sequences(cnn_samples.sample_path("planted"))[99],
    "a number as a layer": lambda: network().read(LETTERS)[3],  # type: ignore[index]
    "selections of a number": lambda: network().read(LETTERS).selections(3),  # type: ignore[arg-type]
    "an explanation of a number": lambda: network().read(LETTERS).explain(3, cell=0),  # type: ignore[arg-type]
    "a number as channels": lambda: cnn.open_model("motifs.meme", channels=4),
    "half a pool": lambda: cnn.open_model("motifs.meme", pool_size=2.5),
    "a word for yes": lambda: cnn.open_model("model.keras", flip_kernels="no"),
    "a region that ends before it starts": lambda: network().read(LETTERS, region="5-2"),
    "a region in two": lambda: network().read(LETTERS, region="1-3,5-7x"),
}


@each_case("call", WRONG.values())
def test_wrong_input_is_refused_in_one_sentence(call: Callable[[], object]) -> None:
    with pytest.raises(cnn.CnnError) as refused:
        call()
    assert "\n" not in str(refused.value)


@each_case("name", ["trained", "sead"])
def test_a_name_of_the_command_line_is_refused_with_what_to_open_instead(name: str) -> None:
    with pytest.raises(cnn.CnnError, match=r"presets are motifs and seed, .* cnn_samples\.model_path\('trained'\)"):
        cnn.open_model(name)


def test_what_is_shown_of_each_is_one_line() -> None:
    model = cnn.open_model("motifs")
    reading = model.read("ACGT" * 20)
    shown = [repr(each) for each in (model, reading, reading.explain("max_pooling1d", cell=0, channel=1))]
    assert shown[0] == f"<model motifs: 3 layers, {12 * 65:,} parameters>"
    assert shown[1] == "<motifs on sequence:1-80: 80 letters>"
    assert not any("\n" in line for line in shown)
    table = reading._repr_html_()
    assert all(word in table for word in ("max_pooling1d", "MaxPooling1D", str(reading["max_pooling1d"].shape)))


def test_what_a_file_left_to_be_assumed_is_said(tmp_path: Path) -> None:
    path = tmp_path / "one.npz"
    np.savez(path, a=np.zeros(3))
    with pytest.raises(cnn.CnnError, match="no model of ours"):
        cnn.open_model(path)
    assert cnn.open_model("seed").assumptions == ()


def test_importing_it_costs_no_more_than_numpy_and_offers_what_it_promises() -> None:
    program = "import sys, cnn_core; print(sorted(n for n in sys.modules if n.startswith('cnn_core.')))"
    path = str(Path(cnn.__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {path!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "['cnn_core.lazy_names']\n"
    assert dir(cnn) == sorted([*cnn.__all__, "__version__"])
    assert all(getattr(cnn, name) is not None for name in cnn.__all__)
    with pytest.raises(AttributeError):
        cnn.nothing  # noqa: B018


def test_models_and_results_are_handed_to_other_processes() -> None:
    model = network(14)
    reading = model.read(LETTERS)
    reading.explain("pool", cell=1)
    assert pickle.loads(pickle.dumps(model)).read(LETTERS).output == reading.output
    assert pickle.loads(pickle.dumps(reading)).output == reading.output
    for found in (
        model.predict([LETTERS]),
        model.scan([LETTERS]),
        model.insert("AC", [LETTERS]),
        reading.effects(),
    ):
        again = pickle.loads(pickle.dumps(found))
        for name, column in found.columns.items():
            np.testing.assert_array_equal(again.columns[name], column)


class TestWhatIf:
    def test_an_effect_is_the_value_behind_an_edit_less_the_value(self) -> None:
        model = network(14)
        found = model.read(LETTERS).effects()
        for base, present in enumerate(LETTERS):
            for column, letter in enumerate("ACGT"):
                if letter != present:
                    edited = model.read(LETTERS, edits=[f"{base + 1}{present}>{letter}"])
                    change = edited["unit"][0] - model.read(LETTERS)["unit"][0]
                    assert found.raw[base, column] == pytest.approx(change, abs=1e-6)

    def test_contributions_add_up_to_the_change(self) -> None:
        letters = "ACGTTGCATACGTA"
        reading = network(14).read(letters)
        other = "TTTTACACACGGGG"
        found = reading.contributions(method="deeplift", references=[other])
        change = reading["unit"][0] - network(14).read(other)["unit"][0]
        assert found.contributions.sum() == pytest.approx(change, abs=1e-5)

    def test_what_cannot_be_asked_is_one_calm_sentence(self) -> None:
        reading = network(14).read(LETTERS)
        with pytest.raises(cnn.CnnError, match="there is no method 'saliency'; it is one of gradient"):
            reading.contributions(method="saliency")
        with pytest.raises(cnn.CnnError, match="give texts of 14 letters"):
            reading.contributions(method="deeplift", references=["ACGT"])
        with pytest.raises(cnn.CnnError, match="names no value"):
            reading.effects("nothing")
        rows = np.full((14, 4), 0.3, dtype=np.float32)
        with pytest.raises(cnn.CnnError, match="no letter can replace"):
            network(14).read(rows).effects()

    def test_edits_are_named_and_leave_the_letters_as_they_are(self) -> None:
        edited = network().read(LETTERS, edits=["2C>A", "5_6del"])
        np.testing.assert_array_equal(edited["conv"], by_hand("AAGTCANACGTA"))
        assert edited.reading.edit_names == ("sequence:2C>A", "sequence:5_6del")
        with pytest.raises(cnn.CnnError, match="the edits are one text"):
            network().read(LETTERS, edits="2C>A")


class TestFilters:
    def test_are_the_letters_under_their_windows(self) -> None:
        first, second = network().filters(["ACGTTGCAN", "TTAC"])
        # A then C gives 4, and others 2 at most.
        assert (first.sites, first.consensus) == (2, "AC")
        assert second.counts[0].tolist() == [0, 0, 0, second.sites]
        assert second.counts[1, 3] == 0

    def test_are_those_of_the_records_of_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "x.fa").write_text(">a\nACGTTGCAN\n>b\nTTAC\n")
        with cnn.open_sequences(tmp_path / "x.fa") as records:
            found = network().filters(records, "best", strand="both", pseudocount=1)
        texts = network().filters(["ACGTTGCAN", "TTAC"], "best", strand="both", pseudocount=1)
        for one, other in zip(found, texts, strict=True):
            np.testing.assert_array_equal(one.probabilities, other.probabilities)

    def test_need_no_sequences_by_their_weights(self) -> None:
        found = network().filters(rule="weights:2")
        assert found[0].information.sum() == pytest.approx(2)

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"rule": "worst"}, "there is no motif rule 'worst'"),
            ({"strand": "forward"}, "there is no strand 'forward'"),
            ({"pseudocount": -1}, "pseudocount -1 is below 0"),
            ({"ambiguity": "none"}, "'none' is not a policy"),
            ({"background": (1, 1, 1, 1)}, "its shares add up to 1"),
        ],
    )
    def test_refuse_what_is_not_there(self, settings: dict[str, object], said: str) -> None:
        with pytest.raises(cnn.CnnError, match=said):
            network().filters(["ACGT"], **settings)  # type: ignore[arg-type]

    def test_add_to_the_output_what_is_missing_without_them(self, tmp_path: Path) -> None:
        (tmp_path / "x.fa").write_text(f">a\n{LETTERS}\n>b\n{LETTERS[::-1]}\n")
        with cnn.open_sequences(tmp_path / "x.fa") as records:
            found = network(14).influence(records)
        again = network(14).influence([LETTERS, LETTERS[::-1]], "output")
        np.testing.assert_array_equal(found.mean, again.mean)
        maps = [by_hand(letters) for letters in (LETTERS, LETTERS[::-1])]
        means = np.concatenate(maps).mean(axis=0)
        # The logit is a quarter of all cells together, of which 4 are the filter's.
        added = [0.25 * (each[:12].reshape(4, 3, 2).max(axis=1) - means).sum(axis=0) for each in maps]
        np.testing.assert_allclose(found.mean, np.mean(added, axis=0), rtol=1e-5)
        np.testing.assert_allclose(found.rms, np.sqrt(np.mean(np.square(added), axis=0)), rtol=1e-5)
        refused = [
            ({"strand": "forward"}, "there is no strand 'forward'"),
            ({"target": "conv:0:0"}, "reads nothing that the pool makes"),
            ({"sequences": ["ACGT"]}, "has 4 letters, and small reads 14"),
        ]
        for words, said in refused:
            with pytest.raises(cnn.CnnError, match=said):
                network(14).influence(**{"sequences": [LETTERS], **words})
