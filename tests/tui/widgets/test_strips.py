"""Lines made of characters and styles, and the glyphs of bars."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from cnn_tui.widgets.strips import (
    ABOVE,
    BELOW,
    BELOW_SWAPPED,
    NOTHING,
    ZERO,
    bars,
    hanging_bars,
    signed_bars,
    strip_of,
)

STYLES = [Style(color="red"), Style(color="green"), Style(color="blue")]
SHARES = np.linspace(-0.5, 1.5, 101).tolist()
ROWS = (1, 2, 3, 8)
UP = " ▁▂▃▄▅▆▇█"


def bar(share: float, rows: int, row: int) -> str:
    """Return the character of a single bar."""
    return str(bars(np.array([share]), rows)[row, 0])


def hanging_bar(share: float, rows: int, row: int, *, whole_blocks: bool = False) -> tuple[str, bool]:
    """Return the character of a single bar that hangs down."""
    glyphs, swapped = hanging_bars(np.array([share]), rows, whole_blocks=whole_blocks)
    return str(glyphs[row, 0]), bool(swapped[row, 0])


ANY = settings(deadline=None, print_blob=True)


class TestStrip:
    def test_neighbours_of_one_style_become_one_segment(self) -> None:
        strip = strip_of("AACGG", np.array([0, 0, 1, 2, 2]), STYLES)
        assert [(segment.text, segment.style) for segment in strip] == [
            ("AA", STYLES[0]),
            ("C", STYLES[1]),
            ("GG", STYLES[2]),
        ]

    def test_an_empty_line_is_empty(self) -> None:
        strip = strip_of("", np.zeros(0, dtype=np.int16), STYLES)
        assert (strip.cell_length, strip.text) == (0, "")

    @given(st.lists(st.tuples(st.sampled_from("AC·▁▀╱▲"), st.integers(0, 2)), max_size=60))
    @ANY
    def test_no_character_is_lost_and_each_keeps_its_style(self, cells: list[tuple[str, int]]) -> None:
        text = "".join(letter for letter, _ in cells)
        strip = strip_of(text, np.array([number for _, number in cells], dtype=np.int16), STYLES)
        assert strip.text == text
        assert strip.cell_length == len(text)
        styles = [segment.style for segment in strip for _ in segment.text]
        assert styles == [STYLES[number] for _, number in cells]
        assert all(before.style != after.style for before, after in pairwise(strip))


class TestUprightBar:
    @pytest.mark.parametrize("rows", ROWS)
    def test_it_reaches_as_high_as_its_share(self, rows: int) -> None:
        for eighths in range(1, rows * 8 + 1):
            column = [bar(eighths / (rows * 8), rows, row) for row in range(rows)]
            assert sum(UP.index(glyph) for glyph in column) == eighths

    @pytest.mark.parametrize("rows", ROWS)
    def test_it_stands_on_the_ground_without_a_gap(self, rows: int) -> None:
        for share in SHARES:
            column = [UP.index(bar(share, rows, row)) for row in range(rows)]
            assert column == sorted(column)
            assert sum(0 < eighths < 8 for eighths in column) <= 1

    @pytest.mark.parametrize("rows", ROWS)
    def test_the_least_share_above_0_shows_and_0_does_not(self, rows: int) -> None:
        assert bar(1e-9, rows, rows - 1) == "▁"
        assert {bar(share, rows, row) for share in (0, -1) for row in range(rows)} == {" "}

    def test_it_never_grows_out_of_its_rows(self) -> None:
        assert [bar(7.5, 2, row) for row in (0, 1)] == ["█", "█"]


class TestHangingBar:
    @staticmethod
    def filled(glyph: str, swapped: bool) -> int:
        """Return how many eighths of a character are coloured."""
        eighths = UP.index(glyph)
        return 8 - eighths if swapped else eighths

    @pytest.mark.parametrize("rows", ROWS)
    def test_it_hangs_as_low_as_its_share(self, rows: int) -> None:
        for eighths in range(1, rows * 8 + 1):
            column = [hanging_bar(eighths / (rows * 8), rows, row) for row in range(rows)]
            assert sum(self.filled(*cell) for cell in column) == eighths

    @pytest.mark.parametrize("rows", ROWS)
    def test_it_hangs_from_the_line_without_a_gap(self, rows: int) -> None:
        for share in SHARES:
            column = [self.filled(*hanging_bar(share, rows, row)) for row in range(rows)]
            assert column == sorted(column, reverse=True)

    @pytest.mark.parametrize("rows", ROWS)
    def test_without_colours_it_uses_glyphs_that_hang_by_themselves(self, rows: int) -> None:
        cells = [hanging_bar(share, rows, row, whole_blocks=True) for share in SHARES for row in range(rows)]
        assert {glyph for glyph, _ in cells} <= set(" ▔▀█")
        assert not any(swapped for _, swapped in cells)

    @pytest.mark.parametrize("whole_blocks", [False, True])
    def test_the_least_share_above_0_shows_and_0_does_not(self, whole_blocks: bool) -> None:
        assert hanging_bar(1e-9, 2, 0, whole_blocks=whole_blocks)[0] in "▇▔"
        assert hanging_bar(0, 2, 0, whole_blocks=whole_blocks) == (" ", False)
        assert hanging_bar(1e-9, 2, 1, whole_blocks=whole_blocks) == (" ", False)


class TestSignedBars:
    @staticmethod
    def column(value: float, scale: tuple[float, float], rows: int) -> list[tuple[str, int]]:
        """Return the characters of a single bar from the top, and what they show."""
        glyphs, parts = signed_bars(np.array([value], np.float32), scale, rows)
        return [*zip(glyphs[:, 0].tolist(), parts[:, 0].tolist(), strict=True)]

    def test_both_sides_have_the_same_unit(self) -> None:
        above = self.column(6.0, (-2.0, 6.0), 4)
        assert above == [("█", ABOVE)] * 3 + [(" ", NOTHING)]
        assert self.column(-2.0, (-2.0, 6.0), 4) == [(" ", NOTHING)] * 3 + [("█", BELOW)]

    def test_what_hangs_half_way_has_its_colours_swapped(self) -> None:
        assert self.column(-1.0, (-2.0, 2.0), 2) == [(" ", NOTHING), ("▄", BELOW_SWAPPED)]

    def test_a_value_of_0_is_a_dot_on_the_line(self) -> None:
        assert self.column(0.0, (-2.0, 2.0), 4)[1] == ("·", ZERO)
        assert self.column(0.0, (0.0, 2.0), 3)[2] == ("·", ZERO)
        assert sum(part == ZERO for _, part in self.column(0.0, (-2.0, 2.0), 4)) == 1

    @pytest.mark.parametrize("scale", [(0.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (-3.0, 0.5)])
    @pytest.mark.parametrize("rows", ROWS)
    def test_nothing_is_drawn_where_there_is_no_value(self, rows: int, scale: tuple[float, float]) -> None:
        assert self.column(np.nan, scale, rows) == [(" ", NOTHING)] * rows

    @pytest.mark.parametrize("rows", [2, 3, 8])
    def test_the_least_value_on_either_side_shows(self, rows: int) -> None:
        for value, part in ((1e-9, ABOVE), (-1e-9, BELOW_SWAPPED)):
            shown = [glyph for glyph, what in self.column(value, (-4.0, 4.0), rows) if what == part]
            assert set(shown) & set("▁▇")

    def test_what_is_beyond_all_numbers_fills_the_height(self) -> None:
        assert self.column(np.inf, (0.0, np.inf), 2) == [("█", ABOVE)] * 2
