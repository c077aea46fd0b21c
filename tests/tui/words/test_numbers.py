"""How numbers are written: a true minus sign, never cut, never zero unless they are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_tui.words.numbers import fitted, interval, number, signed

FLOATS = st.floats(min_value=-(2.0**100), max_value=2.0**100, width=32)


def read(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0244, "1.024"),
        (-0.9, "−0.900"),
        (12.345, "12.35"),
        (-215.34, "−215.3"),
        (48502.0, "48502"),
        (0.0412, "0.0412"),
        (-0.00528, "−0.0053"),
        (0.00099, "9.9e−4"),
        (0.0004, "4.0e−4"),
        (-2.5e-7, "−2.5e−7"),
        (3.2e9, "3.2e9"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "nan"),
    ],
)
def test_a_number_has_few_decimals_and_a_true_minus_sign(value: float, text: str) -> None:
    assert number(value) == text


@given(FLOATS)
def test_a_number_reads_back_to_within_its_digits_and_never_as_zero_where_it_is_not(value: float) -> None:
    text = number(value)
    assert read(text) == pytest.approx(value, rel=0.05, abs=0)
    assert (read(text) == 0) == (value == 0)
    # Without a hyphen, and without a negative zero.
    assert "-" not in text
    assert text != "−0.000"


@pytest.mark.parametrize(("value", "text"), [(0.25, "+0.250"), (-3.5, "−3.500"), (0.0, "+0")])
def test_a_signed_number_has_its_sign_in_front(value: float, text: str) -> None:
    assert signed(value) == text


@given(FLOATS, st.integers(1, 12))
def test_what_fits_is_no_wider_than_asked_never_rounded_further_and_whole_where_that_fits(
    value: float, width: int
) -> None:
    text, whole = fitted(value, width), number(value)
    assert text is None or len(text) <= width
    assert text is None or read(text) == read(whole)
    assert fitted(value, len(whole)) == whole


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (9.5, 5, "9.500"),
        (9.5, 4, "9.50"),
        (9.5, 3, "9.5"),
        (9.5, 2, None),
        (9.512, 4, None),
        (9.0, 2, "9"),
        (9.0, 1, "9"),
        (-1.024, 5, None),
        (-0.9, 4, "−0.9"),
        (100.0, 3, "100"),
        (100.0, 2, None),
        (4e-4, 5, "4e−4"),
        (4.1e-4, 5, None),
        (0.0, 1, "0"),
        (48502.0, 4, None),
    ],
)
def test_a_narrow_place_takes_zeros_away_and_nothing_else(value: float, width: int, text: str | None) -> None:
    assert fitted(value, width) == text


@pytest.mark.parametrize(
    ("start", "stop", "text"), [(4, 20, "4–19"), (7, 8, "7"), (7, 7, "none"), (0, 48502, "0–48501")]
)
def test_an_interval_names_its_first_and_last_position(start: int, stop: int, text: str) -> None:
    assert interval(start, stop) == text
