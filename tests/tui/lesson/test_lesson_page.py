"""The page of the lesson: it holds every step, and in Chromium opens answers, takes keys, and asks for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import CHROMIUM, Browser, chromium

from cnn_tui.__main__ import main
from cnn_tui.lesson.pages import lesson_pages

ANSWERS = "[...document.querySelectorAll('details')]"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("lesson") / "lesson.html"
    assert main(["learn", "-o", str(page)]) == 0
    return page


@pytest.fixture
def address(file: Path) -> str:
    return file.as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    with chromium(tmp_path_factory.mktemp("chromium")) as found:
        # Its own first page asks for things.
        found.open("about:blank")
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Browser:
    browser.requested()
    browser.open(address)
    return browser


def seen(page: Browser, expression: str) -> object:
    return page.run(f"arguments[0]({expression})")


def test_it_holds_every_step_and_asks_for_nothing_else(file: Path) -> None:
    html = file.read_text(encoding="utf-8")
    assert len(html.encode()) < 2_000_000
    assert html.count("<section") == html.count("<details>") == len(lesson_pages())
    assert html.count("<svg") == 2 * len(lesson_pages())
    links = re.findall(r"(?:src|href)=[\"'](?!#)[^\"']*|url\((?!#)[^)]*|@import", html)
    assert links == []
    for page in lesson_pages():
        assert page.title.replace("'", "&#x27;") in html


def test_every_answer_opens_by_a_click_and_shows_the_next_picture(page: Browser, address: str) -> None:
    assert seen(page, f"{ANSWERS}.filter(each => each.open).length") == 0
    for at in range(len(lesson_pages())):
        place = seen(
            page,
            f"(() => {{ const each = {ANSWERS}[{at}].querySelector('summary'); each.scrollIntoView();"
            "const box = each.getBoundingClientRect(); return [box.x + 20, box.y + box.height / 2]; })()",
        )
        assert isinstance(place, list)
        page.click(*map(round, place))
        page.wait_for(f"{ANSWERS}[{at}].open")
        size = f"{ANSWERS}[{at}].querySelector('svg').getBoundingClientRect()"
        assert seen(page, f"{size}.width > 400 && {size}.height > 200")
    assert page.faults() == []
    assert [each for each in page.requested() if each != address] == []


def test_arrows_go_from_step_to_step_and_enter_opens_the_answer(page: Browser) -> None:
    here = "[...document.querySelectorAll('section')].findIndex(each => each.getBoundingClientRect().bottom > 40)"
    seen(page, "document.querySelector('section').scrollIntoView()")
    for _ in range(3):
        page.press("\ue014")
    page.wait_for(f"({here}) === 3")
    page.press("enter")
    page.wait_for(f"{ANSWERS}[3].open")
    page.press("\ue012")
    page.wait_for(f"({here}) === 2")


def test_nothing_is_wider_than_a_telephone(page: Browser) -> None:
    page.ask("window/rect", width=420, height=800)
    assert seen(page, "document.documentElement.scrollWidth <= window.innerWidth")
    page.ask("window/rect", width=1200, height=800)
