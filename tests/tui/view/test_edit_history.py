"""The order of edits: what is done, undone and done again, and what ends a history."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnn_core.letters.edits import Edit
from cnn_tui.view.edit_history import EditHistory, Overlay

_OVERLAYS = [Overlay((Edit(place, place + 1, "G"),)) for place in range(5)]


def _history(*overlays: Overlay) -> EditHistory:
    history = EditHistory()
    for overlay in overlays:
        history = history.done(overlay)
    return history


def test_nothing_is_laid_over_at_first() -> None:
    history = EditHistory()
    assert (history.now, history.last, history.following) == (Overlay(), None, None)
    assert history.undone() == history == history.redone()


def test_undo_and_redo_go_back_and_forth_in_order() -> None:
    one, two = _OVERLAYS[:2]
    history = _history(one, two)
    assert history.now == two
    assert history.undone().now == one
    assert history.undone().undone().now == Overlay()
    assert history.undone().undone().redone().now == one
    assert history.undone().undone().redone().redone() == history


def test_another_edit_forgets_what_was_undone() -> None:
    one, two, three = _OVERLAYS[:3]
    history = _history(one, two).undone().done(three)
    assert history.now == three
    assert history.following is None
    assert history.undone().now == one


def test_a_step_knows_where_the_cursor_stood_and_whether_it_was_typed() -> None:
    history = EditHistory().done(_OVERLAYS[0], 45, typed=True)
    assert history.last is not None
    assert (history.last.before, history.last.after) == (Overlay(), _OVERLAYS[0])
    assert (history.last.stood, history.last.typed) == (45, True)


def test_what_was_laid_over_by_other_ways_is_a_step_too() -> None:
    one, two, other = _OVERLAYS[:3]
    history = _history(one, two)
    assert history.at(two) == history
    assert history.at(one) == history.undone()
    assert history.at(other) == history.done(other)
    assert history.at(other).undone().now == two
    assert EditHistory(other).done(one).undone().now == other


@given(st.lists(st.sampled_from(["undo", "redo", 0, 1, 2, 3, 4]), max_size=30))
def test_any_order_of_steps_keeps_undo_and_redo_inverse(steps: list[str | int]) -> None:
    history = EditHistory()
    for step in steps:
        if isinstance(step, int):
            history = history.done(_OVERLAYS[step])
        else:
            history = history.undone() if step == "undo" else history.redone()
        assert 0 <= history.count <= len(history.steps)
        if history.last is not None:
            assert history.undone().redone() == history
        if history.following is not None:
            assert history.redone().undone() == history
