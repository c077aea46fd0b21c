"""The lesson's pages: what they say is what the engine computes, and what they cover is not on the screen."""

from __future__ import annotations

import re
from functools import cache

import pytest

from cnn_core.errors import NotFoundError
from cnn_core.presets import preset
from cnn_tui.lesson.page_words import heading, hints, told_words
from cnn_tui.lesson.pages import STEPS, Page, lesson_pages, page_of_step
from cnn_tui.lesson.progress import Lesson
from cnn_tui.options.request import OpenRequest
from cnn_tui.snapshot import take_request
from cnn_tui.snapshot.keys import strokes
from cnn_tui.words.numbers import number

WIDE = (200, 60)
COVERS = {
    1: ("conv", "pool", "pooled", "header"),
    2: ("header", "weights", "conv", "pool", "pooled"),
    3: ("header", "conv", "pool", "pooled"),
    4: ("header",),
    5: ("window", "weights", "conv here", "pool here", "pooled here"),
    6: ("pool here", "pooled here"),
    7: ("header",),
    8: ("window", "weights", "pool here"),
    9: ("window", "weights", "pool here"),
    10: ("window",),
    11: ("window",),
    12: (),
    13: ("pool", "pooled"),
    14: (),
    15: (),
}


@cache
def screen(request: OpenRequest, keys: str) -> str:
    """Return the words of the explorer's screen; many pages ask about the same place."""
    return " ".join(take_request(request, WIDE, strokes(keys)).text.split())


def screens(page: Page) -> tuple[str, str]:
    """Return the explorer's screen at the place of a page, and with its answer."""
    keys = "enter" if page.base is not None else ""
    return screen(page.request(), keys), screen(page.request(told=True), keys)


@pytest.mark.parametrize("at", range(len(lesson_pages())), ids=lambda at: lesson_pages()[at].title)
def test_what_a_page_says_stands_on_the_screen(at: int) -> None:
    page = lesson_pages()[at]
    asked, told = screens(page)
    for words in page.proof:
        assert words in asked, words
    for words in page.proof_told:
        assert words in told, words
    said = " ".join((page.ask, page.close, *page.choices))
    # The weights under base 0, and the answer that adds a tie up.
    weights = {number(float(each)) for each in preset("seed")["conv1d"].layer.weights()["kernel"][0, :, 253]}
    for each in {*re.findall(r"−?\d+\.\d+", said)} - weights - {"0.308"}:
        assert each in asked + told, each


def test_every_step_covers_what_would_give_its_answer_away() -> None:
    assert {page.step: page.cover for page in lesson_pages() if not page.quiz} == COVERS
    assert [page.step for page in lesson_pages() if not page.quiz] == [*range(1, STEPS + 1)]
    assert [page.step for page in lesson_pages() if page.quiz] == [7, 7, 7, 15, 15, 15]
    assert 11 < sum(page.minutes for page in lesson_pages()) < 14


@pytest.mark.parametrize("page", lesson_pages(), ids=lambda page: page.title)
def test_an_answer_is_one_of_the_choices_or_a_number(page: Page) -> None:
    assert (1 <= page.answer <= len(page.choices)) if page.choices else page.answer > 0
    assert len({*page.choices}) == len(page.choices)
    assert page.ask.rstrip().endswith(("?", "."))


def test_steps_are_found_by_their_number() -> None:
    assert lesson_pages()[page_of_step(8)].step == 8
    for step in (0, 16):
        with pytest.raises(NotFoundError, match="its steps are 1 to 15"):
            page_of_step(step)


class TestProgress:
    def test_a_choice_answers_at_once_and_enter_goes_on(self) -> None:
        lesson = Lesson()
        assert lesson.pressed("7") == lesson
        answered = lesson.pressed("3")
        assert (answered.told, answered.given, answered.right) == (True, "3", False)
        assert told_words(answered) == "You said “16”; the answer is “1”."
        assert lesson.pressed("1").right is True
        assert answered.entered() == Lesson(1)

    def test_a_number_is_typed_and_entered(self) -> None:
        lesson = Lesson(page_of_step(3))
        for digit in "4855":
            lesson = lesson.pressed(digit)
        assert lesson.typed == "4855"
        assert lesson.erased().entered().right is True
        assert told_words(lesson.erased().entered()) == "You said 485: yes."
        assert told_words(lesson.entered()) == "You said 4855; the answer is 485."
        assert len(lesson.pressed("1").pressed("1").pressed("1").typed) == 6

    def test_without_an_answer_it_is_only_shown(self) -> None:
        shown = Lesson(4).entered()
        assert (shown.told, shown.right) == (True, None)
        assert told_words(shown) == "The answer is “conv[2], 0.130”."

    def test_it_goes_to_either_end_and_no_further(self) -> None:
        last = len(lesson_pages()) - 1
        assert Lesson(2).moved(1) == Lesson(3)
        assert Lesson(0, told=True).moved(-1) == Lesson(0)
        assert Lesson(last).moved(1) == Lesson(last)
        assert Lesson(last).is_last

    def test_the_heading_counts_steps_and_minutes(self) -> None:
        assert heading(Lesson(4)) == ("Lesson 5 of 15 · The largest of eight", "3 of 13 min")
        assert heading(Lesson(7))[0] == "Quiz after step 7, question 1 of 3 · Conv stride 2"
        assert hints(Lesson(0)).startswith("1–4 answer  Enter show me")
        assert hints(Lesson(2)).startswith("type the number, Enter")
        assert hints(Lesson(0, told=True)).startswith("Enter next  Space play it")
