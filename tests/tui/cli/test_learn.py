"""`cnn-tui learn`: what it refuses before it writes anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_tui.__main__ import main


def test_a_page_that_is_there_is_not_replaced_and_its_name_ends_in_html(tmp_path: Path) -> None:
    page = tmp_path / "lesson.html"
    page.write_text("mine")
    assert main(["learn", "-o", str(page)]) == 1
    assert page.read_text() == "mine"
    assert main(["learn", "-o", str(tmp_path / "lesson.txt")]) == 1
    assert [*tmp_path.iterdir()] == [page]


@pytest.mark.parametrize("typed", [["--force"], ["--lesson", "3", "-o", "x.html"], ["--lesson", "0"]])
def test_what_does_not_go_together_is_wrong_usage(typed: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["learn", *typed])
    assert ended.value.code == 2


def test_a_step_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["snapshot", "--lesson", "16", "-o", "-"]) != 0
    assert capsys.readouterr().out == ""
