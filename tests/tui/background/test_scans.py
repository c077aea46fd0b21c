"""The scans of whole records without a screen: left and returned to, stopped, and kept within bounds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_worked import Letters
from held import Held, Loop

from cnn_core import scan
from cnn_core.blocks.reading import Reading
from cnn_core.network.weight_edits import parse_weight_edits
from cnn_core.presets import preset
from cnn_core.scan import whole_scan
from cnn_core.scan.overview import Overview
from cnn_tui.background.frame_priority import FramePriority
from cnn_tui.background.output_scans import OutputScans
from cnn_tui.background.overview_scans import OverviewScans
from cnn_tui.background.record_scans import ScanHost
from cnn_tui.options.scan_choices import OutputChoice
from cnn_tui.view_file.first_look import first_view

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(5).integers(0, 4, 4_000))


class TestOverviews:
    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(whole_scan, "chunk_cells", lambda *_: 50)

    @staticmethod
    def scans(loop: Loop) -> OverviewScans:
        return OverviewScans(ScanHost(loop.run, loop.refuse, loop.changed, FramePriority()))

    async def test_one_that_is_left_and_returned_to_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop, reading = Loop(), Reading.of(preset("motifs"), Letters(LETTERS)).into()
        scans, held = self.scans(loop), Held.before(monkeypatch, Overview, "add", first=1)
        for chosen in (3, 4, 3, 4, 3):
            scans.follow(reading, reading.model, chosen, 0)
            await asyncio.sleep(0)
        await held.entered()
        held.let_go()
        await loop.settled()
        picture = scans.picture(first_view(reading, 3), reading)
        assert picture is not None
        assert picture.filter == 3
        assert picture.state.cells_done == picture.state.cells_total == reading.run.cells
        assert picture.state.values.max() == reading.run.values(0, reading.run.cells)[:, 3].max()
        assert held.most_at_once == 1

    async def test_one_that_is_stopped_keeps_what_it_has_found_and_goes_on_from_there(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loop, reading = Loop(), Reading.of(preset("motifs"), Letters(LETTERS)).into()
        scans, held = self.scans(loop), Held.before(monkeypatch, Overview, "add", first=1)
        scans.follow(reading, reading.model, 3, 2_000)
        await held.entered()
        # It can be stopped from the first moment on, before anything is told of it.
        assert scans.stop()
        held.let_go()
        await loop.settled()
        picture = scans.picture(first_view(reading, 3), reading)
        assert picture is not None
        assert (picture.state.cells_done, picture.pace) == (100, "")
        assert not scans.stop()
        scans.leave()
        scans.follow(reading, reading.model, 3, 0)
        await loop.settled()
        picture = scans.picture(first_view(reading, 3), reading)
        assert picture is not None
        assert picture.state.complete
        assert picture.state.cells_done == reading.run.cells

    async def test_other_settings_and_back_again_find_what_is_known(self) -> None:
        loop, reading = Loop(), Reading.of(preset("motifs"), Letters(LETTERS)).into()
        scans, own = self.scans(loop), reading.model
        for size in (8, 9, 8):
            changed = reading.with_settings(replace(reading.settings, pool_size=size))
            scans.follow(changed, own, 0, 0)
            if size == 8 and len(scans) == 2:
                picture = scans.picture(first_view(changed, 0), changed)
                assert picture is not None
                assert picture.state.complete
            await loop.settled()
        assert len(scans) == 2

    async def test_whatever_is_looked_at_what_is_kept_is_bounded_and_not_computed(self) -> None:
        loop, reading = Loop(), Reading.of(preset("motifs"), Letters(LETTERS)).into()
        scans, now = self.scans(loop), reading.settings
        for size in range(2, 72):
            other = reading.with_settings(replace(now, pool_size=size))
            assert other.values
            scans.follow(other, other.model, 0, 0)
        await loop.settled()
        assert len(scans) == 64
        picture = scans.picture(first_view(other, 0), other)
        assert picture is not None
        assert not picture.whole.is_computed
        scans.forget()
        assert len(scans) == 0
        assert scans.picture(first_view(other, 0), other) is None

    async def test_too_little_memory_is_refused_and_the_scan_does_not_go_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise MemoryError

        monkeypatch.setattr(Overview, "add", fail)
        loop, reading = Loop(), Reading.of(preset("motifs"), Letters(LETTERS)).into()
        scans = self.scans(loop)
        scans.follow(reading, reading.model, 0, 0)
        await loop.settled()
        assert loop.refused == ["there is not enough memory; give a shorter --region"]
        assert not scans.stop()
        scans.follow(reading, reading.model, 0, 0)
        await loop.settled()
        assert len(loop.refused) == 1


class TestOutputs:
    async def test_a_scan_goes_on_where_it_was_left(self, monkeypatch: pytest.MonkeyPatch) -> None:

        loop, reading = Loop(), Reading.of(preset("seed"), Letters(LETTERS), (0, 500)).into()
        scans = OutputScans(ScanHost(loop.run, loop.refuse, loop.changed, FramePriority()))
        orders: list[int] = []
        original = scan.scan_output

        def noted(reading: Any, starts: Any, order: Any, **rest: Any) -> Any:
            orders.append(len(order))
            for done, found in enumerate(original(reading, starts, order, **rest)):
                yield found
                if len(orders) == 1 and done == 2:
                    assert scans.stop()

        monkeypatch.setattr(scan, "scan_output", noted)
        assert reading.values
        scans.choose(OutputChoice(500))
        scans.follow(reading, reading.model)
        await loop.settled()
        picture = scans.picture(first_view(reading, 0), reading)
        assert picture is not None
        assert 0 < picture.done < picture.total
        # It does not begin again by itself.
        scans.follow(reading, reading.model)
        await loop.settled()
        scans.choose(OutputChoice(500))
        scans.follow(reading, reading.model)
        await loop.settled()
        assert orders == [8, 8 - picture.done]
        again = scans.picture(first_view(reading, 0), reading)
        assert again is not None
        assert again.done == again.total == 8
        assert len(scans) == 1

    async def test_without_a_choice_and_after_it_is_taken_back_nothing_is_scanned(self) -> None:
        loop, reading = Loop(), Reading.of(preset("seed"), Letters(LETTERS), (0, 500)).into()
        scans = OutputScans(ScanHost(loop.run, loop.refuse, loop.changed, FramePriority()))
        view = first_view(reading, 0)
        scans.follow(reading, None)
        assert scans.picture(view, reading) is None
        scans.choose(OutputChoice(1_000))
        scans.follow(reading, None)
        assert scans.picture(view, reading) is not None
        scans.choose(None)
        scans.follow(reading, None)
        assert scans.picture(view, reading) is None
        await loop.settled()
        assert loop.refused == []


class TestEditedWeights:
    """What is known of a model is not shown for one whose weights were edited."""

    async def test_outputs_are_those_of_the_edited_model(self) -> None:
        loop, reading = Loop(), Reading.of(preset("seed"), Letters(LETTERS), (0, 500)).into()
        edits = parse_weight_edits(["conv1d:17=flipped", "conv1d:18:bias=0.5"], reading.model)
        edited = reading.with_weights(edits)
        scans = OutputScans(ScanHost(loop.run, loop.refuse, loop.changed, FramePriority()))
        scans.choose(OutputChoice(500))
        for each in (reading, edited):
            scans.follow(each, reading.model)
            await loop.settled()
            picture = scans.picture(first_view(each, 0), each)
            assert picture is not None
            assert picture.done == picture.total
            # The whole network, run alone on the window of the largest output.
            best = int(np.nanargmax(picture.columns.values))
            alone = each.moved_to(int(picture.columns.starts[best])).output.values
            assert alone is not None
            assert picture.columns.values[best] == pytest.approx(float(alone[0]), abs=1e-6)

    async def test_the_strongest_cells_are_those_of_the_edited_model(self) -> None:
        loop, reading = Loop(), Reading.of(preset("motifs"), Letters(LETTERS)).into()
        edited = reading.with_weights(parse_weight_edits(["conv1d:3=flipped"], reading.model))
        scans = OverviewScans(ScanHost(loop.run, loop.refuse, loop.changed, FramePriority()))
        for each in (reading, edited):
            scans.follow(each, reading.model, 3, 0)
            await loop.settled()
            picture = scans.picture(first_view(each, 3), each)
            assert picture is not None
            best = float(each.run.values(0, each.run.cells)[:, 3].max())
            assert float(picture.state.values.max()) == best
