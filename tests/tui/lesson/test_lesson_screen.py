"""The lesson on the screen: covers, answers, pages, and the explorer as it was."""

from __future__ import annotations

import pytest
from explorers import MEDIUM, SMALL, explorer
from syrupy.assertion import SnapshotAssertion

from cnn_tui.lesson.pages import lesson_pages, page_of_step
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.explorer import Explorer
from cnn_tui.screens.lesson_screen import LessonScreen
from cnn_tui.view.view_state import Level
from cnn_tui.widgets.feature_map import Selected
from cnn_tui.widgets.lesson_panel import LessonPanel
from cnn_tui.widgets.pooled_cells import Pooled
from cnn_tui.widgets.track import Track


async def test_it_covers_asks_tells_and_leaves_the_explorer_as_it_was() -> None:
    async with explorer(SMALL, model="seed", cell=12) as shown:
        await shown.press("right", "enter")
        before, text = shown.view, shown.text
        await shown.press("L")
        screen = shown.app.screen
        assert isinstance(screen, LessonScreen)
        assert "????" in shown.text
        assert "conv[0] = 0.0984" not in shown.text
        await shown.press("1")
        assert "You said “1”: yes." in shown.text
        assert "????" not in shown.text
        assert "conv[0] = 0.0984" in shown.text
        await shown.press("enter", "right", "4", "8", "5", "enter")
        assert "You said 485: yes." in shown.text
        await shown.press("escape")
        assert isinstance(shown.app.screen, Explorer)
        assert (shown.view, shown.text) == (before, text)
        await shown.press("L")
        assert screen is not shown.app.screen
        assert "Lesson 3 of 15" in shown.text


async def test_what_is_covered_answers_no_pointer() -> None:
    async with explorer(MEDIUM, lesson=page_of_step(5) + 1) as shown:
        screen = shown.app.screen
        assert isinstance(screen, LessonScreen)
        assert screen.picture is not None
        for kind in (Selected, Pooled):
            track = screen.query_one(kind)
            covered, beside = (track.under(17 + column, 0, screen.picture) for column in (3, 12))
            assert covered is None
            assert beside is not None
            assert "?" in track.render_line(0).text[17:25]
        await shown.press("2")
        assert all("??" not in track.render_line(0).text for track in screen.query(Track) if track.display)


async def test_space_plays_the_answer_once() -> None:
    async with explorer(SMALL, lesson=5) as shown:
        screen = shown.app.screen
        assert isinstance(screen, LessonScreen)
        await shown.press("space")
        assert screen.player.timer is None
        await shown.press("2", "space")
        assert screen.view is not None
        assert screen.view.play is not None
        await shown.press("right")
        assert screen.lesson.at == page_of_step(6)


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "120x40"])
async def test_all_pages_before_their_answers_and_with_them(
    size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    texts = []
    async with explorer(size, lesson=1) as shown:
        for at, page in enumerate(lesson_pages()):
            screen = shown.app.screen
            assert isinstance(screen, LessonScreen)
            assert screen.lesson.at == at
            # It opens where its place is.
            assert screen.picture is not None
            view = screen.picture.view
            assert str(view.filter) == page.place["filter"]
            expected = (
                Level.BASE if page.base is not None else Level.CELL if "cell" in page.place else Level.RESPONSE
            )
            assert view.level is expected
            assert view.covered == page.cover
            texts.append(shown.text)
            assert all(len(line) <= size[0] for line in texts[-1].split("\n"))
            await shown.press("enter")
            assert screen.picture.view.covered == ()
            told = page.told or page.place
            assert screen.picture.view.filter == int(told["filter"])
            texts.append(shown.text)
            # All that is said of the answer fits.
            assert " ".join(page.close.split())[-20:] in " ".join(texts[-1].split())
            await shown.press("enter")
        # The last page leaves.
        assert isinstance(shown.app.screen, Explorer)
    assert "\n\f\n".join(texts) == snapshot


def test_a_request_for_a_lesson_opens_nothing_by_itself_again() -> None:
    assert OpenRequest(lesson=3).typed == ("--lesson", "3")


async def test_the_numbers_of_a_question_come_without_its_answer_and_then_with_it() -> None:
    async with explorer(SMALL, lesson=5) as shown:
        await shown.settled()
        panel = str(shown.app.screen.query_one(LessonPanel).render())
        assert "Σ + bias  0.0984  −0.0550 0.130" in panel
        assert "relu   " not in panel
        await shown.press("2")
        assert "relu      0.0984  0      ▲0.130" in str(shown.app.screen.query_one(LessonPanel).render())
    async with explorer(SMALL, lesson=12) as shown:
        await shown.settled()
        panel = str(shown.app.screen.query_one(LessonPanel).render())
        assert "channel T 0  1  0  0  1  1  1  1" in panel
        assert "maximum\n" not in panel
        await shown.press("1")
        lines = str(shown.app.screen.query_one(LessonPanel).render()).split("\n")
        assert [line[-1] for line in lines if line[:8] == "channel " and line[9] == " "] == ["1", "1", "0", "1"]
