"""Random hands: a short run by fixed seeds, and that they find what is wrong. The long run is by hand.

`python tests/tui/random_driver.py --keys 100000`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from unittest.mock import patch

import driven_files
import pytest
from driven_place import inside
from driven_steps import Step, read_steps, steps_of, write_steps
from random_driver import Drive, drive, shrunk
from rich.text import Text
from textual.content import Content

from cnn_tui.screens.dialogs.dialog import Dialog
from cnn_tui.screens.dialogs.goto import GotoScreen
from cnn_tui.screens.explorer import Explorer
from cnn_tui.view.view_state import ViewState
from cnn_tui.widgets.explorer_status import Status
from cnn_tui.widgets.rail import Rail

pytestmark = pytest.mark.usefixtures("every_frame")

LEFT, SCALE, ZOOM = Step("key", ("left",)), Step("key", ("c",)), Step("key", ("minus",))
SMALL = Step("resize", (60, 9))
ON_MOTIFS = 108
"""A seed that opens motifs on a record of the sample, on a screen with room for all."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("driven")
    driven_files.lay_out(place)
    return place


@pytest.fixture(autouse=True)
def folder(files: Path) -> Iterator[None]:
    with inside(files):
        yield


def kinds(found: Drive) -> set[str]:
    return {find.kind for find in found.finds}


@pytest.mark.parametrize("seed", [1, 2, 12, 23, 30])
async def test_random_hands_find_nothing(seed: int) -> None:
    found = await drive(seed, count=25, thorough=5)
    assert found.opened
    assert found.ended or len(found.done) == 25
    assert [(find.step, find.kind, find.words) for find in found.finds] == []


def test_a_seed_always_takes_the_same_steps_which_can_be_written_down() -> None:
    steps = steps_of(Random(7), 400)
    assert steps == steps_of(Random(7), 400)
    assert steps != steps_of(Random(8), 400)
    assert read_steps(write_steps(steps)) == steps
    assert {step.kind for step in steps} == {"key", "click", "drag", "scroll", "hover", "paste", "resize", "tick"}


async def test_an_error_is_found_and_shrunk_to_the_step_that_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Explorer) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(Explorer, "action_scale", broken)
    steps = [LEFT, SCALE, ZOOM]
    found = await drive(ON_MOTIFS, steps)
    ((kind, step),) = [(find.kind, find.step) for find in found.finds]
    assert (kind, step) == ("IndexError at test_random_driver.py:broken", 1)
    assert found.done == steps[:2]
    assert await shrunk(ON_MOTIFS, steps, kind) == [SCALE]


async def test_an_end_that_was_asked_for_is_none() -> None:
    found = await drive(ON_MOTIFS, [LEFT, Step("key", ("q",)), LEFT])
    assert found.ended
    assert (len(found.done), found.finds) == (2, [])
    with patch.object(Explorer, "action_scale", lambda self: self.app.exit()):
        assert kinds(await drive(ON_MOTIFS, [SCALE])) == {"end"}


@pytest.mark.parametrize(
    ("owner", "name", "broken", "steps", "kind"),
    [
        (Status, "_words", lambda _: "Traceback (most recent call last)", [LEFT], "forbidden words"),
        (Rail, "layer_line", lambda *_: Text("7" * 999), [LEFT], "cut number"),
        (GotoScreen, "_hint", lambda _: Content("line\n" * 99), [Step("key", ("g",))], "hint"),
        (Dialog, "on_resize", lambda *_: None, [Step("key", ("f",)), Step("key", ("g",)), SMALL], "no too-small line"),
        (ViewState, "zoomed", lambda view, _: replace(view, offset=view.reach[0] - 3), [ZOOM], "offset"),
    ],
)  # fmt: skip
async def test_what_does_not_hold_is_found(
    owner: type, name: str, broken: object, steps: list[Step], kind: str
) -> None:
    with patch.object(owner, name, broken):
        assert kinds(await drive(ON_MOTIFS, steps)) == {kind}
