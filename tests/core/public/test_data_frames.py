"""Results as data frames, and arrays with the names of their axes; a stand-in takes the place of the libraries."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from small_face import LETTERS, network

import cnn_core as cnn


@pytest.fixture
def polars(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of data frames, which are dictionaries, alone."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", SimpleNamespace(DataFrame=dict))


def as_lists(frame: dict[str, Any]) -> dict[str, list[object]]:
    return {name: np.asarray(column).tolist() for name, column in frame.items()}


@pytest.mark.usefixtures("polars")
class TestFrames:
    def test_of_a_layer_have_a_row_a_position_and_a_column_a_channel(self) -> None:
        reading = network().read(LETTERS)
        named = reading.named("conv")
        assert (named.axes, named.values.shape) == (("position", "channel"), (13, 2))
        np.testing.assert_array_equal(np.asarray(named), reading["conv"])
        frame = as_lists(named.to_frame())
        assert frame == {"position": [*range(13)], **{str(at): reading["conv"][:, at].tolist() for at in (0, 1)}}
        assert reading.named("pool").axes == ("cell", "channel")
        assert reading.named("input").labels["channel"].tolist() == [*"ACGT"]
        selected = reading.named("pool", "selections").to_frame()
        np.testing.assert_array_equal(selected["1"], reading.selections("pool")[:, 1])
        assert as_lists(network(14).read(LETTERS).named("unit").to_frame()) == {"unit": [0], "value": [3.5]}
        assert cnn.open_model("motifs").read(LETTERS * 3).named("max_pooling1d").labels["channel"][0] == "TBP"
        assert network().read(LETTERS, region="5-14").intervals("pool").tolist() == [[4, 8], [7, 11], [10, 14]]
        assert repr(named) == "<conv: 13 positions × 2 channels, float32>"

    def test_of_an_explanation_have_a_row_a_part_as_it_is_printed(self) -> None:
        frame = as_lists(network().read("ACGTAC").explain("pool", cell=0, channel=0).to_frame())
        assert frame["step"] == [0, 0, 0, 1, 1]
        assert frame["value_of"] == ["pool[0, 0]"] * 3 + ["conv[0, 0]"] * 2
        assert frame["part"] == ["conv[0, 0]", "conv[1, 0]", "conv[2, 0]", "base 0 A", "base 1 C"]
        assert frame["amount"] == [4, 0, 0, 2, 3]
        assert frame["weight"][3:] == [2, 3]
        assert np.isnan(frame["weight"][:3]).all()

    def test_of_effects_and_contributions_have_a_row_a_base(self) -> None:
        reading = network(14).read(LETTERS)
        effects = reading.effects()
        frame = effects.to_frame()
        assert [*frame] == ["base", "letter", *"ACGT", "loss", "gain", "read"]
        assert "".join(frame["letter"]) == LETTERS
        np.testing.assert_array_equal(frame["G"], effects.raw[:, 2])
        assert effects.named("projected").axes == ("base", "letter")
        found = reading.contributions()
        np.testing.assert_array_equal(found.to_frame()["contribution"], found.contributions.sum(axis=1))
        np.testing.assert_array_equal(found.named("multipliers").values, found.multipliers)

    def test_of_filters_and_what_they_add_have_a_row_a_filter(self) -> None:
        motifs = network(14).filters(["ACGTTGCANA", "TTAC"])
        frame = as_lists(motifs.to_frame())
        assert frame["filter"] == [0, 1]
        assert frame["consensus"] == [each.consensus for each in motifs]
        assert frame["sites"][0] == motifs[0].sites
        none = as_lists(network().filters(["TTT"]).to_frame())
        assert (none["sites"], none["consensus"]) == ([0, 0], ["", ""])
        assert np.isnan(none["information"]).all()
        assert [*motifs[0].to_frame()] == ["position", *"ACGT", "information"]
        added = network(14).influence([LETTERS])
        assert as_lists(added.to_frame())["influence_mean"] == added.mean.tolist()
        assert added.named().labels["filter"].tolist() == [0, 1]

    def test_of_an_insertion_have_a_row_a_place_and_a_strand(self) -> None:
        found = network(14).insert("AC", [LETTERS, LETTERS[::-1]], at="0-4", step=2, strand="both")
        frame = as_lists(found.to_frame())
        assert frame["base"] == [0, 0, 2, 2, 4, 4]
        assert frame["strand"] == ["+", "-"] * 3
        assert frame["n"] == [2] * 6
        assert frame["change"] == found.changes[0].mean[:, :, 0].T.ravel().tolist()
        named = found.named("sd")
        assert named.axes == ("strand", "base", "value")
        assert named.labels["value"].tolist() == ["out[0]"]

    def test_of_names_that_are_there_already_have_numbers_behind_them(self) -> None:
        values = np.arange(4).reshape(2, 2)
        twice = cnn.NamedArray("x", values, {"position": np.arange(2), "channel": np.array(["A", "A"])})
        assert [*twice.to_frame()] == ["position", "A", "A[1]"]

    def test_of_results_a_notebook_shows_the_first_rows(self) -> None:
        effects = network(14).read(LETTERS).effects()
        assert repr(effects) == "<Effects: 14 rows of base, letter, A, C, G, T, loss, gain, read>"
        html = effects._repr_html_()
        assert html.count("<tr>") == 11
        assert "<td>9</td>" in html


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_are_those_of_the_library_where_it_is_installed(library: str) -> None:
    made = pytest.importorskip(library)
    explained = network(14).read(LETTERS).explain("out", unit=0)
    frame = explained.to_frame(library)
    assert isinstance(frame, made.DataFrame)
    assert [*frame.columns] == [*explained.columns]
    assert frame["part"].to_list() == explained.columns["part"].tolist()


def test_without_a_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    named = network().read(LETTERS).named("conv")
    refused = [
        (None, "a data frame needs pandas or polars; install one of them, such as with pip install pandas"),
        ("polars", "a data frame needs polars; install it, such as with pip install polars"),
        ("arrow", "there are no data frames of 'arrow'; name pandas or polars"),
    ]
    for library, said in refused:
        with pytest.raises(cnn.CnnError) as error:
            named.to_frame(library)
        assert str(error.value) == said
    reading = network(14).read(LETTERS)
    with pytest.raises(cnn.CnnError, match="layer unit: has no positions that follow the bases"):
        reading.intervals("unit")
    calls = (lambda: reading.effects().named("row"), lambda: reading.named("pool", "values"))
    for call in calls:
        with pytest.raises(cnn.CnnError, match="there are no numbers"):
            call()
