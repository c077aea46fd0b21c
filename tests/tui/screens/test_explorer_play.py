"""The demonstration: a clock that the test turns by hand, and what each moment shows."""

from __future__ import annotations

import pytest
from explorers import MEDIUM, Clock, Shown, explorer, stopped_clock

from cnn_tui.view.play import SPEEDS, Phase, Play
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.widgets.feature_map import FeatureMap, Selected
from cnn_tui.widgets.pooled_cells import Pooled
from cnn_tui.widgets.products import Products

MOMENTS = 8 * 5
"""Each of the 8 responses of a pool window has five; the filled cell is one more."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stopped_clock(monkeypatch)


async def tick(shown: Shown, times: int = 1) -> None:
    for _ in range(times):
        shown.explorer.player.tick()
    await shown.settled()


def moment(shown: Shown) -> tuple[int, int, Phase]:
    play = shown.view.play
    assert play is not None
    return play.cell, play.nth, play.phase


async def test_a_cell_is_computed_moment_by_moment_and_filled(clock: Clock) -> None:
    async with explorer(MEDIUM) as shown:
        await shown.press("space")
        assert shown.view.play == Play(cell=2)
        assert clock.waits == [SPEEDS[2]]
        assert shown.status == "1 of 41 · the window stands over bases 16–31  Space pause  < > speed  Esc stop"
        assert "position 1 of 8" in shown.text
        assert "bases 16–31" in shown.text
        assert "Σ" not in shown.line_of(Products)
        assert "9.500" not in shown.line_of(Pooled)
        await tick(shown)
        assert moment(shown) == (2, 0, Phase.PRODUCTS)
        assert "2 each letter picks its weight: 16 of 64" in shown.text
        assert shown.line_of(Products).strip() or shown.line_of(Products, 1).strip()
        assert "Σ" not in shown.line_of(Products)
        await tick(shown)
        assert moment(shown) == (2, 0, Phase.SUM)
        assert "3 Σ " in shown.text
        assert "Σ" in shown.line_of(Products)
        await tick(shown)
        assert moment(shown) == (2, 0, Phase.ACTIVATION)
        assert "4 relu: conv[16] = 0" in shown.text
        await tick(shown)
        assert moment(shown) == (2, 0, Phase.MAXIMUM)
        assert "5 largest so far: 0" in shown.text
        await tick(shown)
        assert moment(shown) == (2, 1, Phase.WINDOW)
        assert "bases 17–32" in shown.text
        await tick(shown, MOMENTS - 6)
        assert moment(shown) == (2, 7, Phase.MAXIMUM)
        assert "5 largest so far: 9.500" in shown.text
        assert "9.500" not in shown.line_of(Pooled)
        assert "▲" not in shown.line_of(Selected)[16:24]
        await tick(shown)
        assert moment(shown) == (2, 7, Phase.FILLED)
        assert "6 the largest of all 8 fills pooled[2]: 9.500" in shown.text
        assert "9.500" in shown.line_of(Pooled)
        assert shown.line_of(Selected)[21] == "▲"
        # Every moment waited for the next one.
        assert clock.waits == [SPEEDS[2]] * (MOMENTS + 1)


async def test_the_activations_appear_one_by_one(clock: Clock) -> None:
    async with explorer(MEDIUM) as shown:
        track = shown.explorer.query_one(FeatureMap)

        def ground() -> str:
            return track.render_line(track.size.height - 1).text[GUTTER:]

        await shown.press("space")
        for nth in range(8):
            assert ground()[16 + nth : 24].strip() == ""
            await tick(shown, 3)
            assert moment(shown) == (2, nth, Phase.ACTIVATION)
            assert ground()[16 + nth] != " "
            await tick(shown, 2)


async def test_the_demonstration_stops_where_its_cell_is_filled_and_steps_back_from_there(clock: Clock) -> None:
    async with explorer() as shown:
        await shown.press("space")
        await tick(shown, MOMENTS)
        assert moment(shown) == (2, 7, Phase.FILLED)
        waits = len(clock.waits)
        await tick(shown)
        assert moment(shown) == (2, 7, Phase.FILLED)
        assert shown.status == "41 of 41 · the largest of all 8 fills pooled[2]: 9.500  Space again  ← back"
        assert len(clock.waits) == waits
        await shown.press("left")
        assert moment(shown) == (2, 7, Phase.MAXIMUM)
        await shown.press("right")
        assert moment(shown) == (2, 7, Phase.FILLED)
        # Again from the beginning.
        await shown.press("space")
        assert moment(shown) == (2, 0, Phase.WINDOW)
        await shown.press("escape")
        assert shown.view.play is None
        assert shown.cursor == ("cell", 2)


async def test_space_pauses_and_goes_on_and_escape_ends_it_and_the_cursor_stays_on_the_cell(clock: Clock) -> None:
    async with explorer() as shown:
        text = shown.text
        await shown.press("space")
        await tick(shown, 3)
        await shown.press("space")
        assert shown.view.play == Play(cell=2, phase=Phase.ACTIVATION, running=False)
        assert shown.status == "4 of 41 · relu: conv[16] = 0  ←→ step  Space go on  Esc stop"
        assert clock.stopped
        waits = len(clock.waits)
        await shown.press("space")
        assert shown.view.play == Play(cell=2, phase=Phase.ACTIVATION)
        assert len(clock.waits) == waits + 1
        await tick(shown, 4)
        stopped = clock.stopped
        await shown.press("escape")
        assert shown.view.play is None
        assert shown.cursor == ("cell", 2)
        assert shown.text == text
        assert clock.stopped > stopped


async def test_arrows_step_by_hand_in_both_directions(clock: Clock) -> None:
    async with explorer() as shown:
        await shown.press("space", "left")
        assert moment(shown) == (2, 0, Phase.WINDOW)
        assert shown.view.play is not None
        assert not shown.view.play.running
        forth, back = [moment(shown)], []
        for _ in range(MOMENTS):
            await shown.press("right")
            forth.append(moment(shown))
        assert len(set(forth)) == MOMENTS + 1
        assert forth[-1] == (2, 7, Phase.FILLED)
        await shown.press("right")
        for _ in range(MOMENTS + 1):
            back.append(moment(shown))
            await shown.press("left")
        assert back == forth[::-1]
        assert moment(shown) == forth[0]
        assert len(clock.waits) == 1


async def test_slower_and_faster_end_at_the_ends(clock: Clock) -> None:
    async with explorer() as shown:
        await shown.press("less_than_sign", "greater_than_sign")
        assert shown.view.play is None
        await shown.press("space")
        for key, speed in [("<", 1), ("<", 0), ("<", 0), *((">", nth) for nth in (1, 2, 3, 4, 4))]:
            await shown.press({"<": "less_than_sign", ">": "greater_than_sign"}[key])
            assert shown.view.play is not None
            assert shown.view.play.speed == speed
            assert clock.waits[-1] == SPEEDS[speed]
            assert shown.status.startswith("1 of 41 · the window stands over bases 16–31")
        await tick(shown)
        assert clock.waits[-1] == SPEEDS[4]
        await shown.press("space", "less_than_sign")
        assert shown.view.play is not None
        assert (shown.view.play.running, shown.view.play.speed) == (False, 3)


async def test_whatever_moves_the_cursor_ends_it(clock: Clock, subtests: pytest.Subtests) -> None:
    cases = {
        "home": ("cell", 0),
        "end": ("cell", 59),
        "shift+right": ("cell", 9),
        "enter": ("response", 21),
        "right_parenthesis": ("cell", 1),
        "v": None,
    }
    async with explorer() as shown:
        start = shown.picture
        for key, cursor in cases.items():
            for running in (True, False):
                with subtests.test(key, running=running):
                    shown.explorer.picture = start
                    await shown.press("space")
                    await tick(shown, 7)
                    if not running:
                        await shown.press("space")
                    await shown.press(key)
                    assert shown.view.play is None
                    assert cursor is None or shown.cursor == cursor
                    # A clock that was already set rings in vain.
                    before = shown.picture
                    await tick(shown)
                    assert shown.picture is before


async def test_what_moves_nothing_lets_it_go_on(clock: Clock, subtests: pytest.Subtests) -> None:
    async with explorer() as shown:
        start = shown.picture
        for key in ("down", "minus", "c", "i", "ctrl+t", "5"):
            with subtests.test(key):
                shown.explorer.picture = start
                await shown.press("space")
                await tick(shown, 7)
                await shown.press(key)
                assert moment(shown) == (2, 1, Phase.SUM)
                await tick(shown)
                assert moment(shown) == (2, 1, Phase.ACTIVATION)


async def test_it_plays_the_cell_of_a_response_and_a_pool_window_over_the_end_has_fewer_moments(
    clock: Clock,
) -> None:
    async with explorer() as shown:
        await shown.press("enter", "1", "0", "right", "space")
        assert moment(shown) == (3, 0, Phase.WINDOW)
        assert shown.cursor == ("cell", 3)
        await shown.press("escape", "w", "end", "space")
        responses = len(shown.picture.pool_step.values)
        assert shown.cursor == ("cell", 60)
        assert responses == 6
        await tick(shown, responses * 5)
        assert moment(shown) == (60, responses - 1, Phase.FILLED)
        assert f"all {responses} fill" in shown.text


async def test_resizing_lets_it_go_on(clock: Clock) -> None:
    async with explorer() as shown:
        await shown.press("space")
        await tick(shown, 7)
        for size in (MEDIUM, (20, 5), (80, 24)):
            await shown.resize(*size)
            assert moment(shown) == (2, 1, Phase.SUM)
