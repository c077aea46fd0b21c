"""The cursor on the filter card: it stays on what is drawn, and takes a number character by character."""

from __future__ import annotations

import pytest

from cnn_tui.view.weight_cursor import WeightCursor


@pytest.mark.parametrize(
    ("at", "across", "down", "to"),
    [
        ((3, 0), 1, 0, (4, 0)),
        ((15, 0), 1, 0, (15, 0)),
        ((0, 2), -1, -1, (0, 1)),
        ((3, 3), 0, 1, (3, None)),
        ((3, None), 0, 1, (3, None)),
        ((3, None), 0, -1, (3, 3)),
        # A channel that is not drawn any more.
        ((20, 9), 0, 0, (15, 0)),
    ],
)
def test_it_moves_over_taps_and_channels_with_the_bias_below(
    at: tuple[int, int | None], across: int, down: int, to: tuple[int, int | None]
) -> None:
    moved = WeightCursor(*at, typed="1").moved(across, down, 16, [0, 1, 2, 3])
    assert moved == WeightCursor(*to)


def test_it_goes_down_the_lines_of_the_card_in_their_order() -> None:
    assert WeightCursor(0, 7).moved(0, 1, 4, [7, 2, 5]) == WeightCursor(0, 2)


@pytest.mark.parametrize(
    ("keys", "typed", "number"),
    [
        ("0.5", "0.5", 0.5),
        ("1-", "-1", -1.0),
        ("1--", "1", 1.0),
        (".25", ".25", 0.25),
        ("1.5.", "1.5", 1.5),
        (".", ".", None),
        ("-", "", None),
        ("x", "", None),
        ("1234567890123", "123456789012", 123456789012.0),
    ],
)
def test_a_number_is_typed_and_a_minus_turns_its_sign(keys: str, typed: str, number: float | None) -> None:
    cursor = WeightCursor(0, 0)
    for key in keys:
        cursor = cursor.with_character(key) or cursor
    assert (cursor.typed, cursor.number) == (typed, number)


def test_characters_are_taken_back_one_by_one() -> None:
    cursor = WeightCursor(0, 0, "-1.5")
    assert [(cursor := cursor.erased()).typed for _ in range(4)] == ["-1.", "-1", "", ""]
