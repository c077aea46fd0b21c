"""The hits of all filters over the letters: those of a scan, with what chance would give, on one track."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
from explorers import MEDIUM, SMALL, Shown, explorer
from held import Held
from small_networks import narrow

from cnn_core.scan import HIT_P, RecordScan
from cnn_core.scan.p_values import PValues
from cnn_tui.pictures import VisibleHits, visible_hits
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.view.view_state import Level
from cnn_tui.widgets.hits_track import HitsTrack

Place = tuple[int, int, str, int]


def hits_of(shown: Shown) -> VisibleHits:
    hits = shown.picture.visible.hits
    assert hits is not None
    return hits


def drawn(shown: Shown) -> set[Place]:
    """Return the hits of what is on the screen: first base, last, strand and filter."""
    return {(each.hit.start, each.hit.stop, each.hit.strand, each.hit.filter) for each in hits_of(shown).hits}


def scanned(shown: Shown) -> set[Place]:
    """Return those that a scan finds over the visible bases."""
    reading, view = shown.reading, shown.view
    ends = max(0, view.offset), min(reading.length, view.offset + view.visible_bases)
    first, last = sorted((reading.record_position(ends[0]), reading.record_position(ends[1] - 1)))
    scan = RecordScan(reading.model.of_any_length(), [(reading.record, reading.start, reading.stop)], reading.block)
    hits = scan.above(None, range(reading.run.filters), max_p=HIT_P)
    return {(hit.start, hit.stop, hit.strand, hit.filter) for hit in hits if hit.start <= last and hit.stop > first}


async def test_hits_are_those_of_a_scan(subtests: pytest.Subtests) -> None:
    async with explorer(SMALL, sequences="@planted") as shown:
        assert not shown.explorer.query_one(HitsTrack).display
        await shown.press("H")
        assert drawn(shown)
        for key in ("", "end", "v", "minus", "d", "left_square_bracket"):
            with subtests.test(key):
                if key:
                    await shown.press(key)
                assert drawn(shown) == scanned(shown)
        await shown.press("H")
        assert not shown.explorer.query_one(HitsTrack).display


async def test_a_box_names_its_filter_and_the_words_its_place() -> None:
    async with explorer(MEDIUM, sequences="@planted", model="motifs", filter="1", cell=7) as shown:
        await shown.press("H")
        hits = hits_of(shown)
        gata = next(each for each in hits.hits if each.hit.filter == 1)
        words = "filter 1 GATA1, strand +, p = 4.8e−7 at sim_01:58-73"
        track = shown.explorer.query_one(HitsTrack)
        lines = [shown.line_of(HitsTrack, y) for y in range(track.size.height)]
        (y,) = [nth for nth, line in enumerate(lines) if "▶GATA1" in line]
        column = shown.view.column_of(gata.first)
        assert lines[y].index("▶GATA1") == column
        assert lines[-1].startswith(words)
        place = shown.place(HitsTrack, column + 3, y)
        assert place is not None
        assert place.text == words
        # 12 filters, of which chance makes each a hit in 1 of 10,000 windows at most.
        assert hits.expected is not None
        assert 0 < hits.expected <= 2 * 12 * (shown.view.visible_bases + 15) * HIT_P
        gutter = [line[:GUTTER].rstrip() for line in shown.lines[track.region.y : track.region.bottom]]
        assert gutter[0] == f"{len(hits.hits)} hits p≤1e−4"
        assert gutter[1].startswith("by chance ≤0.")
        await shown.press("right", "right", "right", "right")
        assert not shown.line_of(HitsTrack, track.size.height - 1).startswith("filter 1 GATA1")
        await shown.click(HitsTrack, column + 3, y)
        assert (shown.view.level, shown.view.filter, shown.view.position) == (Level.RESPONSE, 1, 57)
        other = next(each for each in hits.hits if not each.as_read)
        assert other.hit.strand == "-"
        box = next(
            (x, y)
            for y in range(track.size.height - 1)
            for x in range(shown.view.columns)
            if (found := shown.place(HitsTrack, x, y))
            and f"filter {other.hit.filter} " in found.text
            and "strand -" in found.text
        )
        await shown.click(HitsTrack, *box)
        assert (shown.view.level, shown.view.base) == (Level.BASE, other.first)


async def test_what_has_no_room_is_counted_and_what_stands_beside_goes_first(tmp_path: Path) -> None:
    model = narrow("trained", tmp_path / "narrow.npz", range(20, 84))
    async with explorer(SMALL, sequences="@planted", model=model, filter="35", cell=18) as shown:
        await shown.press("H")
        track = shown.explorer.query_one(HitsTrack)
        lines, left_out = track._lines(shown.picture)
        hits = hits_of(shown).hits
        assert left_out
        assert sum(map(len, lines)) + left_out == len(hits)
        for boxes in lines:
            ends = sorted((start, stop) for _, start, stop in boxes)
            assert all(one[1] < other[0] for one, other in pairwise(ends))
        assert shown.lines[track.region.bottom - 1].startswith(f"+{left_out} not drawn")
        assert shown.line_of(HitsTrack, track.size.height - 1).startswith("filter 35, strand +, p = ")
        view = shown.view
        await shown.press("e", "A", "escape")
        assert drawn(shown) == scanned(shown)
        await shown.press("u")
        assert replace(shown.view, level=view.level, base=view.base).hits


async def test_no_key_waits_for_p_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visible_hits, "_KNOWN", WeakKeyDictionary())
    monkeypatch.setattr(visible_hits, "_LAST", [])
    held = Held.before(monkeypatch, PValues, "lowest_activation", first=5)
    async with explorer(SMALL, sequences="@planted") as shown:

        async def painted(key: str) -> str:
            await shown.pilot.press(key)
            await shown.painted()
            return "\n".join(shown.lines)

        first = asyncio.create_task(painted("H"))
        await held.entered()
        assert "working out p-values …" in await first
        assert shown.picture.visible.hits is None
        assert "hits" in await painted("right")
        assert "p-values was stopped: H, and H again" in await painted("escape")
        held.let_go()
        await shown.settled()
        # What is no longer wanted is dropped.
        assert shown.picture.visible.hits is None
        await shown.press("H", "H")
        assert drawn(shown) == scanned(shown)
        assert "p≤1e−4" in "\n".join(shown.lines)
