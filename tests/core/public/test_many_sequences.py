"""Many sequences from Python: predictions, hits and variants, held against one reading after the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_face import LETTERS, network

import cnn_core as cnn

OTHER = "TTACGCATTCAGACGGTACA"


def test_predictions_are_the_outputs_of_one_window_after_the_other(tmp_path: Path) -> None:
    model = network(14)
    (tmp_path / "x.fa").write_text(f">a\n{LETTERS}\n>b\n{OTHER}\n")
    with cnn.open_sequences(tmp_path / "x.fa") as records:
        found = model.predict(records, ["output", "pool:1"])
        windows = [("a", 0), ("b", 0), ("b", 6)]
        reads = [model.read(records[name], f"{first + 1}-{first + 14}") for name, first in windows]
        np.testing.assert_allclose(found["output"], [each.output for each in reads], rtol=1e-6)
        np.testing.assert_allclose(found["pool:1"], [each["pool"][:, 1] for each in reads], rtol=1e-6)
    assert [*zip(found.records.tolist(), found.starts.tolist(), strict=True)] == windows
    assert found.stops.tolist() == [14, 14, 20]
    assert [*found.columns] == ["record", "start", "stop", "strand", "out[0]", *(f"pool[{n},1]" for n in range(4))]
    assert found.named("pool:1").axes == ("window", "value")
    assert repr(found) == "<PredictedSequences: 3 windows, of each out (1,), pool:1 (4,)>"
    assert "pool[3,1]" in found._repr_html_()
    both = model.predict([LETTERS], strand="both", merge="max")["out"]
    strands = [model.read(LETTERS, reverse=turned).output for turned in (False, True)]
    np.testing.assert_allclose(both[0], np.max(strands, axis=0), rtol=1e-6)


def test_hits_are_the_highest_cells_of_both_strands() -> None:
    texts = [LETTERS.replace("N", "C"), OTHER]
    cells = [
        (float(value), nth, "-" if turned else "+", filter_index, cell)
        for nth, text in enumerate(texts)
        for turned in (False, True)
        for (cell, filter_index), value in np.ndenumerate(network().read(text, reverse=turned)["pool"])
    ]
    first = [each for each in cells if each[3] == 0]
    found = network(14).scan(texts, filters=[0], threshold=4)
    assert sorted((hit.strand, hit.cell, hit.value) for hit in found) == sorted(
        (strand, cell, value) for value, _, strand, _, cell in first if value >= 4
    )
    assert all(hit.letters == "AC" for hit in found)
    best = network().scan(texts)
    assert [hit.value for hit in best] == sorted((each[0] for each in cells), reverse=True)[:10]
    for hit in network().scan(texts[:1], top=3):
        intervals = network().read(texts[0], reverse=hit.strand == "-").intervals("conv")
        assert intervals[hit.position].tolist() == [hit.start, hit.stop]
    columns = network().scan(texts, top=2).columns
    assert columns["filter"].tolist() == [0, 0, 1, 1]
    assert (columns["stop"] - columns["start"] == 2).all()


def test_a_variant_changes_the_output_as_an_edit_does(tmp_path: Path) -> None:
    (tmp_path / "x.fa").write_text(f">chr1\n{OTHER}\n")
    calls = ["##fileformat=VCFv4.2", "chr1 9 a T C,<DEL> . . .", "chr1 2 b G A . . ."]
    (tmp_path / "x.vcf").write_text("".join(f"{line}\n".replace(" ", "\t") for line in calls))
    model = network(14)
    with cnn.open_sequences(tmp_path / "x.fa") as records:
        found = model.variants(records, tmp_path / "x.vcf")
        # The variant stands at base 14 / 2 − 1 of the input window.
        reads = [model.read(records["chr1"], "3-16", edits=edits) for edits in ((), ["9T>C"])]
        (before, logit_before), (after, logit_after) = ((each.output[0], each["unit"][0]) for each in reads)
    columns = found.columns
    assert columns["pos"].tolist() == [9, 9, 2]
    assert columns["output"].tolist() == ["out:0", "", ""]
    assert columns["difference"][0] == pytest.approx(after - before, abs=1e-6)
    assert columns["logit_difference"][0] == pytest.approx(logit_after - logit_before, abs=1e-6)
    assert np.isnan(columns["difference"][1:]).all()
    assert [each.split(":")[0] for each in columns["status"]] == ["scored", "skipped", "refused"]


def test_what_cannot_be_asked_is_one_calm_sentence() -> None:
    refused = [
        (lambda: network(14).predict(["ACGT"]), "has 4 letters, and small reads 14"),
        (lambda: network().predict([LETTERS, OTHER]), "give sequences of one length"),
        (lambda: network().predict(LETTERS), "the sequences are one text"),
        (lambda: network(14).predict([LETTERS], "output"), "the targets are one text"),
        (lambda: network(14).predict([LETTERS], strand="minus"), "there is no strand 'minus'"),
        (lambda: network(14).predict([LETTERS], merge="min"), "it is mean or max"),
        (lambda: network(14).predict([LETTERS])["conv"], "'conv' was not predicted; there are out"),
        (lambda: network().scan([LETTERS], filters=[7]), "has no filter '7'"),
        (lambda: network().scan([LETTERS], strand="minus"), "it is +, - or both"),
        (lambda: network().scan(["A"]), "too short"),
    ]
    for call, said in refused:
        with pytest.raises(cnn.CnnError, match=said.replace("+", r"\+")):
            call()
