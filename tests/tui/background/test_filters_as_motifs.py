"""The filters as motifs behind the screen: counted, compared, kept, and ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from explorers import fasta
from held import Held, Loop
from small_networks import explained

from cnn_core import motifs, scan
from cnn_core.attribution import InputWindow
from cnn_core.blocks.reading import Reading
from cnn_core.letters.edits import EditedRecord
from cnn_core.letters.record_batches import WholeRecords
from cnn_core.letters.sequence_files import Sequences
from cnn_core.network.weight_edits import parse_weight_edits
from cnn_core.presets import preset
from cnn_tui.background import filter_motifs, influence_windows
from cnn_tui.background.filter_motifs import FilterMotifs, MotifStage
from cnn_tui.background.frame_priority import FramePriority
from cnn_tui.background.record_scans import ScanHost
from cnn_tui.opening import open_source
from cnn_tui.options.scan_choices import MotifChoice


@pytest.fixture(scope="module")
def records() -> Iterator[Sequences]:
    with open_source("@planted") as found:
        yield found


@pytest.fixture(scope="module")
def reading(records: Sequences) -> Reading:
    return Reading.of(preset("motifs"), records[0]).into()


def found_by(loop: Loop) -> FilterMotifs:
    return FilterMotifs(ScanHost(loop.run, loop.refuse, loop.changed, FramePriority()))


async def test_all_records_or_one_are_counted_and_compared_as_the_command_does(
    records: Sequences, reading: Reading, subtests: pytest.Subtests
) -> None:
    loop = Loop()
    filters = found_by(loop)
    comparison = motifs.MotifComparison(motifs.known_motifs())
    one, whole = [(records[0], 0, len(records[0]))], WholeRecords(records)
    for choice, read, strands in (
        (MotifChoice(), one, "+"),
        (MotifChoice("best", all_records=True, both_strands=True), whole, "both"),
        (MotifChoice("weights"), [], "+"),
    ):
        with subtests.test(choice.rule):
            filters.choice = choice
            found = filters.follow(reading, None, records, MotifStage.MATCHES)
            await loop.settled()
            assert filters.follow(reading, None, records, MotifStage.MATCHES) is found
            assert (found.complete, filters.pace, loop.refused) == (True, "", [])
            settings = motifs.MotifSettings(strands=strands)
            expected = motifs.filter_motifs(reading.model, reading.block, read, choice.rule, settings)
            assert found.records == len(read)
            assert found.few == sum(not motif.is_written for motif in expected)
            for motif, own in zip(found.motifs, expected, strict=True):
                assert np.array_equal(motif.counts, own.counts)
                assert motif.described == own.described
            matches = motifs.filter_matches(expected, comparison)
            assert {number: match for number, match in found.matches.items() if match is not None} == matches


async def test_more_is_found_where_more_is_asked_for_and_the_filter_on_screen_is_compared_first(
    records: Sequences, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, compared = Loop(), list[int]()
    filters = found_by(loop)
    filters.choice = MotifChoice("weights")
    found = filters.follow(reading, None, records, MotifStage.MOTIFS)
    await loop.settled()
    assert (len(found.motifs), found.matches, found.complete) == (reading.run.filters, {}, True)
    original = motifs.filter_matches

    def noted(some: tuple[motifs.FilterMotif, ...], *given: object, **options: object) -> object:
        compared.extend(motif.filter for motif in some)
        return original(some, *given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(motifs, "filter_matches", noted)
    filters.follow(reading, None, records, MotifStage.MATCHES, first=5)
    await loop.settled()
    assert compared[0] == 5
    assert sorted(compared) == [*range(reading.run.filters)]
    # Behind an edit of one filter's weights only that one is compared.
    compared.clear()
    edited = reading.with_weights(parse_weight_edits(["conv1d:0:2A=1.5"], reading.model))
    other = filters.follow(edited, reading.model, records, MotifStage.MATCHES)
    await loop.settled()
    assert other is not found
    assert (compared, other.is_compared) == ([0], True)


async def test_reading_all_records_is_ended_by_stop_and_begins_when_it_is_told_to_go_on(
    records: Sequences, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = Loop()
    filters = found_by(loop)
    filters.choice = MotifChoice("basset", all_records=True)
    begun = Held.before(monkeypatch, motifs, "filter_motifs")
    found = filters.follow(reading, None, records, MotifStage.MATCHES)
    await begun.entered()
    assert filters.stop()
    begun.let_go()
    await loop.settled()
    assert (found.motifs, found.stopped, filters.pace) == ((), True, "")
    filters.follow(reading, None, records, MotifStage.MATCHES)
    await loop.settled()
    assert not found.motifs
    filters.resume()
    filters.follow(reading, None, records, MotifStage.MATCHES)
    await loop.settled()
    assert found.complete


async def test_what_filters_add_is_worked_out_in_windows_of_the_records_whatever_the_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = "".join("ACGT"[code] for code in np.random.default_rng(3).integers(0, 4, 170))
    path = fasta(tmp_path / "three.fa", one=letters[:42], short=letters[42:62], long=letters[62:162])
    with open_source(path) as records:
        reading = Reading.of(explained(), records[0]).into()

        def window(place: int, start: int) -> InputWindow:
            interval = start, start + 42
            return InputWindow(Reading.of(reading.model, records[place], interval), *interval)

        loop = Loop()
        filters = found_by(loop)
        filters.choice = MotifChoice(all_records=True, both_strands=True)
        found = filters.follow(reading, None, records, MotifStage.INFLUENCE)
        await loop.settled()
        # The record that is too short is passed over; the last window of the long one begins where it is full.
        expected = scan.influences(
            reading.model, [window(0, 0), window(2, 0), window(2, 42), window(2, 58)], strands="both"
        )
        assert found.influence is not None
        assert (found.complete, found.influence.n) == (True, 8)
        assert np.array_equal(found.influence.mean, expected.mean)
        # It is not worked out again by another rule.
        filters.choice = replace(filters.choice, rule="weights")
        assert filters.follow(reading, None, records, MotifStage.INFLUENCE).influence is found.influence
        await loop.settled()
        monkeypatch.setattr(influence_windows, "MOST_WINDOWS", 2)
        filters.choice = MotifChoice(all_records=True)
        some = filters.follow(reading, None, records, MotifStage.INFLUENCE)
        await loop.settled()
        assert some.influence is not None
        spread = scan.influences(reading.model, [window(0, 0), window(2, 58)])
        assert np.array_equal(some.influence.mean, spread.mean)


async def test_letters_that_may_not_be_ambiguous_are_said_to_be_where_they_are_looked_at(
    reading: Reading, records: Sequences
) -> None:
    loop = Loop()
    filters = found_by(loop)
    unknown = EditedRecord(records[0], ()).changed(9, 10, "N")
    refused = Reading.of(reading.model, unknown, ambiguity="error").into()
    found = filters.follow(refused, None, records, MotifStage.MATCHES)
    await loop.settled()
    assert "N" in str(found.refusal)
    assert (found.stopped, loop.refused) == (True, [])


async def test_of_a_long_record_a_million_bases_around_the_window_are_read(
    records: Sequences, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filter_motifs, "_LONGEST", 200)
    loop = Loop()
    filters = found_by(loop)
    model = reading.model
    for window, read in (((0, 60), (0, 200)), ((150, 190), (100, 300)), ((460, 500), (300, 500))):
        part = Reading.of(model, records[0], window).into()
        found = filters.follow(part, None, records, MotifStage.MOTIFS)
        assert found.stretches == ((records[0], *read),)
        assert found.bases == 200
    await loop.settled()
