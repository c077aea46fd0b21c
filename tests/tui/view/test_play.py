"""The demonstration of a pool window, moment by moment."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from cnn_tui.view.play import SPEEDS, Phase, Play, moments


def shown_of(responses: int) -> list[Play]:
    """Return every moment of a cell, from the first."""
    play: Play | None = Play(3)
    shown = []
    while play is not None:
        shown.append(play)
        play = play.forward(responses)
    return shown


def test_it_begins_with_the_window_over_the_first_response_and_runs() -> None:
    assert Play(3) == Play(cell=3, nth=0, phase=Phase.WINDOW, running=True, speed=2)


def test_every_response_goes_through_every_phase_and_then_the_cell_is_filled() -> None:
    expected = [(nth, phase) for nth in range(3) for phase in list(Phase)[:-1]] + [(2, Phase.FILLED)]
    assert [(play.nth, play.phase) for play in shown_of(3)] == expected


@pytest.mark.parametrize("responses", [1, 2, 8, 31])
def test_a_cell_takes_five_moments_a_response_and_one_more(responses: int) -> None:
    assert len(shown_of(responses)) == 5 * responses + 1


@pytest.mark.parametrize("responses", [1, 2, 8, 31])
def test_moments_are_numbered_from_one(responses: int) -> None:
    assert moments(responses) == 5 * responses + 1
    assert [play.number(responses) for play in shown_of(responses)] == [*range(1, moments(responses) + 1)]


def test_after_the_cell_is_filled_there_is_nothing() -> None:
    assert Play(3, nth=2, phase=Phase.FILLED).forward(3) is None


def test_backward_undoes_forward() -> None:
    for before, after in pairwise(shown_of(4)):
        assert after.backward() == before


def test_before_the_first_moment_there_is_only_the_first() -> None:
    assert Play(3).backward() == Play(3)


def test_a_pause_keeps_the_moment() -> None:
    play = Play(3, nth=1, phase=Phase.SUM)
    assert play.paused(False) == replace(play, running=False)
    assert play.paused(False).paused(True) == play


def test_a_step_keeps_the_speed_and_whether_it_runs() -> None:
    play = Play(3, running=False, speed=4)
    assert {(each.running, each.speed) for each in (play.forward(8), play.backward()) if each} == {(False, 4)}


def test_faster_means_shorter_moments_and_stops_at_both_ends() -> None:
    assert list(SPEEDS) == sorted(SPEEDS, reverse=True)
    assert min(SPEEDS) > 0
    assert Play(3).faster(1).speed == 3
    assert Play(3).faster(99).speed == len(SPEEDS) - 1
    assert Play(3).faster(-99).speed == 0
