"""Memory: what has ended is gone, however many views one process takes, and Python collects afterwards as before.

`test_garbage_collection` runs it in a process of its own: beside all other tests each look for garbage takes half a
second.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from explorers import explorer
from textual.strip import Strip

from cnn_tui.__main__ import main
from cnn_tui.app import CnnApp
from cnn_tui.snapshot import take
from cnn_tui.snapshot.snapshot import Snapshot
from cnn_tui.terminal.garbage_collection import only_young, put_aside, unlooked

pytestmark = pytest.mark.usefixtures("every_frame")


def collecting() -> tuple[bool, tuple[int, int, int], int]:
    return gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()


def alive(*kinds: type) -> int:
    counts = Counter(map(type, gc.get_objects()))
    return sum(count for kind, count in counts.items() if issubclass(kind, kinds))


def written_lines() -> int:
    """Return how many lines with anything on them are kept; Textual keeps blank ones for whoever needs one next."""
    return sum(bool(each.text.strip()) for each in gc.get_objects() if type(each) is Strip)


@pytest.fixture(autouse=True)
def _nothing_of_other_tests() -> Iterator[None]:
    """Begin with what is needed alone and nothing frozen, and end with nothing frozen."""
    gc.unfreeze()
    gc.collect()
    before = collecting()
    yield
    assert collecting() == before


def a_view(nth: int) -> Snapshot:
    return take("@planted", "motifs", cell=nth % 8, keys=("right*3 enter", "tab")[nth % 2], size=(80, 24))


def test_memory_is_the_same_after_every_view() -> None:
    for nth in range(2):
        a_view(nth)
    apps, objects = alive(CnnApp), len(gc.get_objects())
    for nth in range(3):
        a_view(nth)
        assert alive(CnnApp) == apps
    # A view more is some 10,000 objects more where it stays.
    assert len(gc.get_objects()) < objects + 1_500


def test_memory_is_the_same_after_every_view_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    table = '[[view]]\noutput = "{}.txt"\nsequences = "@planted"\nmodel = "motifs"\nsize = [80, 24]\n'
    Path("views.toml").write_text("".join(map(table.format, range(2))))
    assert main(["snapshot", "--views", "views.toml"]) == 0
    apps, snapshots, objects = alive(CnnApp), alive(Snapshot), len(gc.get_objects())
    assert main(["snapshot", "--views", "views.toml", "--check"]) == 0
    assert (alive(CnnApp), alive(Snapshot)) == (apps, snapshots)
    assert len(gc.get_objects()) < objects + 1_500


def test_one_view_of_the_command_leaves_nothing_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = alive(CnnApp)
    assert main(["snapshot", "@planted", "--model", "motifs", "-o", "view.txt"]) == 0
    gc.collect()
    assert alive(CnnApp) == before


def test_an_explorer_that_has_ended_leaves_no_line_of_its_screens() -> None:
    async def look() -> None:
        async with explorer(sequences="@planted", model="motifs") as shown:
            await shown.press("tab", "escape", "question_mark", "escape")
            assert alive(Strip) > 100

    apps, lines = alive(CnnApp), written_lines()
    asyncio.run(look())
    gc.collect()
    assert alive(CnnApp) == apps
    assert written_lines() <= lines


def test_what_is_put_aside_is_looked_at_again_afterwards() -> None:
    before = collecting()
    with put_aside():
        assert gc.get_freeze_count() > 1_000
        assert gc.get_threshold() > before[1]
        with put_aside(), only_young():
            pass
        assert gc.get_freeze_count() > 1_000
        assert gc.get_threshold() > before[1]
    assert collecting() == before


def test_what_others_have_frozen_stays_frozen() -> None:
    gc.freeze()
    try:
        with put_aside():
            pass
        assert gc.get_freeze_count() > 1_000
    finally:
        gc.unfreeze()


def test_where_garbage_is_not_looked_for_it_is_not_looked_for_afterwards() -> None:
    gc.disable()
    try:
        with unlooked(), only_young():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
