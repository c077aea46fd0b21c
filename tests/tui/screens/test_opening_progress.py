"""What is seen of a long opening, and what is left of one that is given up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from explorers import Shown, explorer, fasta

from cnn_core.work.progress import Progress
from cnn_tui import view_file
from cnn_tui.app import CnnApp
from cnn_tui.background import pacing as progress
from cnn_tui.background.cancellable_task import CancellableTask, Cancelled
from cnn_tui.background.job import Activity
from cnn_tui.options.request import OpenRequest


class Gate:
    """An opening that reads 30 of 250 MB, waits to be let through, and then reads the file itself."""

    def __init__(self) -> None:
        self.opened, self.entered, self.left = threading.Event(), threading.Event(), threading.Event()
        self.given_up = False
        self._open = view_file.open_request

    def open_request(self, request: OpenRequest, progress: Progress) -> object:
        try:
            progress(30_000_000, 250_000_000)
            self.entered.set()
            self.opened.wait(10)
            progress(60_000_000, 250_000_000)
            return self._open(request, progress)
        except Cancelled:
            self.given_up = True
            raise
        finally:
            self.left.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    ticks: Iterator[int] = count()
    # Two seconds go by from one look at the clock to the next.
    monkeypatch.setattr(progress, "monotonic", lambda: 2.0 * next(ticks))
    return gate


@asynccontextmanager
async def begun(gate: Gate, path: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shown]:
    """Show a file, then begin to open another one as far as the gate."""
    async with explorer() as shown:
        monkeypatch.setattr(view_file, "open_request", gate.open_request)
        shown.explorer.opener.open_sequences(OpenRequest(path, model="motifs", filter="0"))
        assert await asyncio.to_thread(gate.entered.wait, 10)
        await shown.painted()
        yield shown


@pytest.fixture
def path(tmp_path: Path) -> str:
    return fasta(tmp_path / "other.fa", chr9="ACGT" * 100)


async def test_the_status_line_says_how_far_it_is(gate: Gate, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with begun(gate, path, monkeypatch) as shown:
        assert shown.status == "reading other.fa: 12 % of 250 MB, 15.0 MB/s, 15 s left  Esc stops it"
        # Keys go on meanwhile.
        await shown.pilot.press("right")
        await shown.painted()
        assert shown.cursor == ("cell", 3)
        gate.opened.set()
        await shown.settled()
        assert shown.reading.record.name == "chr9"
        assert "reading" not in shown.status


async def test_escape_gives_it_up_and_keeps_what_is_shown(
    gate: Gate, path: str, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with begun(gate, path, monkeypatch) as shown:
        before = shown.picture
        await shown.pilot.press("escape")
        await shown.painted()
        assert shown.status.startswith("←→ cell")
        known = {*own_cache.rglob("*")}
        gate.opened.set()
        await shown.settled()
        assert gate.given_up
        assert shown.picture is before
        # Nothing has been remembered of a file that was not read to its end.
        assert {*own_cache.rglob("*")} == known


async def test_escape_at_the_start_leaves(
    gate: Gate, path: str, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_file, "open_request", gate.open_request)
    app = CnnApp(OpenRequest(path, model="motifs"))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = Shown(app, pilot)
        assert await asyncio.to_thread(gate.entered.wait, 10)
        await shown.painted()
        # The first frame is there before the file is.
        assert shown.explorer.picture is None
        assert shown.status.startswith("reading other.fa: 12 % of 250 MB")
        await pilot.press("escape")
    assert app.return_code == 0
    gate.opened.set()
    assert await asyncio.to_thread(gate.left.wait, 10)
    assert gate.given_up
    assert not [*own_cache.rglob("*")]


def test_an_opening_that_starts_over_counts_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    said: list[Activity] = []
    told: Progress = progress.byte_progress("reading x", CancellableTask(), said.append)
    for seconds, done in ((10, 50_000_000), (20, 10_000_000), (22, 30_000_000)):
        now[0] = seconds
        told(done, 100_000_000)
    assert [*map(str, said)] == [
        "reading x: 50 % of 100 MB, 5.00 MB/s, 10 s left",
        "reading x: 10 % of 100 MB",
        "reading x: 30 % of 100 MB, 15.0 MB/s, 5 s left",
    ]


def test_words_come_no_faster_than_they_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "monotonic", lambda: 5.0)
    said: list[Activity] = []
    told = progress.byte_progress("reading x", CancellableTask(), said.append)
    for done in range(1000):
        told(done, 1000)
    assert said == []


def test_an_opening_that_is_given_up_ends_at_the_next_word() -> None:
    cancellable: CancellableTask[None] = CancellableTask()
    told = progress.byte_progress("reading x", cancellable, lambda _: None)
    cancellable.cancel()
    with pytest.raises(Cancelled):
        told(1, 2)
