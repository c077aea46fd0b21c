"""Amounts, rates and times in few words."""

from __future__ import annotations

import pytest

from cnn_tui.words.progress_text import amount, duration, progress_words, rate


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 b"),
        (999, "999 b"),
        (1000, "1.00 kb"),
        (9_994, "9.99 kb"),
        (9_996, "10.0 kb"),
        (48_502, "48.5 kb"),
        (999_499, "999 kb"),
        (999_600, "1.00 Mb"),
        (248_956_422, "249 Mb"),
        (3_100_000_000, "3.10 Gb"),
    ],
)
def test_an_amount_has_three_digits(count: int, words: str) -> None:
    assert amount(count, "b") == words
    assert rate(count, "b") == f"{words}/s"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s"),
        (1.4, "1 s"),
        (59, "59 s"),
        (59.9, "1 min"),
        (150, "2 min"),
        (3600, "1 h 0 min"),
        (9000, "2 h 30 min"),
    ],
)
def test_a_time_to_come(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (30_000_000, 250_000_000, 0.2, "12 % of 250 MB"),
        (30_000_000, 250_000_000, 2.0, "12 % of 250 MB, 15.0 MB/s, 15 s left"),
        (249_999_999, 250_000_000, 2.0, "99 % of 250 MB, 125 MB/s, 1 s left"),
        (250_000_000, 250_000_000, 2.0, "100 % of 250 MB, 125 MB/s"),
        (30_000_000, 0, 2.0, "30.0 MB, 15.0 MB/s"),
        (0, 250_000_000, 2.0, "0 % of 250 MB"),
    ],
)
def test_how_far_something_is(done: int, total: int, seconds: float, words: str) -> None:
    assert progress_words(done, total, seconds) == words
