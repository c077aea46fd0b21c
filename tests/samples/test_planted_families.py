"""Filters of the trained model as motifs: by every rule, what was planted is among what they resemble most."""

from __future__ import annotations

import pytest
from each_case import each_case

import cnn_core as cnn
from cnn_core.letters.alphabet import encode
from cnn_core.letters.record_batches import RecordSlice
from cnn_core.motifs import MotifComparison, filter_motifs, known_motifs
from cnn_core.public.inputs import as_record
from cnn_samples import model_path
from cnn_samples.simulate_enhancers import simulate

FAMILIES = {171: "GATA", 160: "CTCF", 307: "FOS|JUN|JDP2|BATF", 264: "NFY", 273: "CREB|ATF|CREM"}
"""Filters that look like a planted matrix by their weights, of the samples' README, and names of its family."""


@pytest.fixture(scope="module")
def enhancers() -> list[RecordSlice]:
    records = [as_record(encode(pair.enhancer)) for pair in simulate("test", 300)]
    return [(record, 0, len(record)) for record in records]


@pytest.fixture(scope="module")
def comparison() -> MotifComparison:
    return MotifComparison(known_motifs())


@each_case("rule", ["windows", "basset", "best", "top:50", "weights:10"])
def test_the_nearest_known_motifs_are_of_the_planted_family(
    rule: str, enhancers: list[RecordSlice], comparison: MotifComparison
) -> None:
    model = cnn.open_model(model_path("trained")).model.of_any_length()
    found = filter_motifs(model, model.letter_blocks[0], enhancers, rule, filters=[*FAMILIES])
    for motif, family in zip(found, FAMILIES.values(), strict=True):
        assert motif.is_written
        matches = comparison.matches(motif.probabilities).nearest(3)
        assert matches[0].q < 0.05
        names = [match.motif.name.upper() for match in matches]
        assert any(known in name for name in names for known in family.split("|")), (motif.name, names)


def test_the_rule_moves_the_information_by_bits(enhancers: list[RecordSlice]) -> None:
    model = cnn.open_model(model_path("trained")).model.of_any_length()
    bits = {
        rule: filter_motifs(model, model.letter_blocks[0], enhancers, rule, filters=[171])[0].information.sum()
        for rule in ("top:20", "windows", "best", "top:10000")
    }
    assert bits["top:20"] > bits["windows"] > bits["best"] + 1
    assert bits["top:10000"] < bits["best"]
