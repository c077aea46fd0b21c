"""The tracks over the bases: ruler, letters, the window and its products."""

from __future__ import annotations

import re

import numpy as np
import pytest
from drawings import (
    LETTERS,
    READINGS,
    colour,
    columns_with,
    finds,
    ground,
    line,
    line_looks,
    motifs,
    picture_of,
    plain,
    random_kernel,
    reading,
    track,
)

from cnn_core.layers import Conv1D
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.view.play import Phase, Play
from cnn_tui.view.view_state import ZOOMS, Level
from cnn_tui.widgets.bases import Bases
from cnn_tui.widgets.products import Products
from cnn_tui.widgets.ruler import Ruler
from cnn_tui.widgets.window_track import ConvWindow
from cnn_tui.words.numbers import number

DARK = PALETTES["dark"]


class TestRuler:
    @pytest.mark.parametrize("zoom", ZOOMS)
    @pytest.mark.parametrize("offset", [0, 7, 1234, 99_990])
    def test_every_number_stands_at_its_base(self, zoom: int, offset: int) -> None:
        picture = picture_of(motifs("ACGT" * 30_000), columns=150, zoom=zoom, offset=offset)
        marks = list(re.finditer(r"▏([\d,]+)", line(track(Ruler, picture))))
        assert marks
        for mark in marks:
            assert mark.start() == picture.view.column_of(int(mark[1].replace(",", "")))

    @pytest.mark.parametrize("zoom", ZOOMS)
    def test_the_numbers_are_evenly_apart_and_never_touch(self, zoom: int) -> None:
        picture = picture_of(motifs("ACGT" * 30_000), columns=150, zoom=zoom, offset=99_990)
        text = line(track(Ruler, picture))
        bases = [int(mark.replace(",", "")) for mark in re.findall(r"[\d,]+", text)]
        assert len(set(np.diff(bases).tolist())) <= 1
        assert not re.search(r"\d▏", text)

    def test_padding_has_no_number(self) -> None:
        picture = picture_of(READINGS["padded"], columns=64, offset=-7)
        assert line(track(Ruler, picture)).index("▏0") == -picture.view.offset > 0

    def test_behind_the_last_base_there_is_no_number(self) -> None:
        assert "180" not in line(track(Ruler, picture_of(READINGS["plain"], columns=300)))

    def test_the_pointer_names_the_base(self) -> None:
        picture = picture_of(READINGS["plain"], zoom=4, offset=20)
        place = track(Ruler, picture).place(9, 0, picture)
        assert place is not None
        assert (place.level, place.index, place.text) == (Level.BASE, 22, "base 22")


class TestBases:
    @pytest.mark.parametrize("zoom", [zoom for zoom in ZOOMS if zoom > 0])
    def test_every_letter_stands_at_its_base(self, zoom: int) -> None:
        picture = picture_of(READINGS["plain"], columns=64, zoom=zoom, offset=31)
        text = line(track(Bases, picture))
        assert text[::zoom] == LETTERS[31 : 31 + 64 // zoom]
        assert set(text) <= set("ACGT ")

    @pytest.mark.parametrize("theme", PALETTES)
    def test_each_of_the_four_has_its_colour(self, theme: str) -> None:
        picture = picture_of(plain("ACGT" * 20), level=Level.BASE, base=60, position=60)
        shown = line_looks(track(Bases, picture, theme=theme))
        assert [colour(look) for look in shown[:4]] == list(PALETTES[theme].bases)

    def test_soft_masked_letters_are_lowercase_and_dimmer(self) -> None:
        widget = track(Bases, picture_of(plain("ACGTacgt" * 10), cell=7))
        assert line(widget)[:8] == "ACGTacgt"
        assert [colour(look) for look in line_looks(widget)[4:8]] == [DARK.dimmed(each) for each in DARK.bases]

    def test_ambiguous_letters_are_underlined_and_no_other(self) -> None:
        widget = track(Bases, picture_of(plain("ACGTNRYk" * 10), cell=7))
        assert line(widget)[:8] == "ACGTNRYk"
        shown = line_looks(widget)[:8]
        assert [bool(look.underline) for look in shown] == [False] * 4 + [True] * 4
        assert [colour(look) for look in shown[4:]] == [DARK.ambiguous] * 3 + [DARK.dimmed(DARK.ambiguous)]

    def test_padding_is_a_dot_as_far_as_windows_reach_into_it(self) -> None:
        picture = picture_of(READINGS["padded"], columns=200)
        assert line(track(Bases, picture)) == "···" + LETTERS + "····" + " " * 13

    def test_behind_the_last_base_there_is_nothing(self) -> None:
        assert line(track(Bases, picture_of(READINGS["plain"], columns=200))) == LETTERS + " " * 20

    def test_the_rows_that_fill_a_network_of_a_fixed_length_are_dots(self) -> None:
        picture = picture_of(reading("ACGT" * 5, Conv1D(random_kernel(3)), length=30), columns=40)
        assert line(track(Bases, picture)) == "ACGT" * 5 + "·" * 10 + " " * 10

    @pytest.mark.parametrize("name", ["plain", "strides", "padded", "causal, dilated"])
    def test_the_bases_of_the_shown_window_stand_on_its_ground(self, name: str) -> None:
        picture = picture_of(READINGS[name], columns=64, level=Level.RESPONSE, position=10)
        shown = line_looks(track(Bases, picture))
        marked = [picture.view.offset + column for column, look in enumerate(shown) if ground(look) == DARK.window]
        assert marked == list(picture.conv_step.window.positions)

    def test_on_a_base_the_cursor_stands_on_it_alone(self) -> None:
        picture = picture_of(READINGS["plain"], level=Level.BASE, base=12, position=10)
        shown = line_looks(track(Bases, picture))
        assert [column for column, look in enumerate(shown) if ground(look) == DARK.accent] == [12]

    @pytest.mark.parametrize("zoom", [1, 4])
    def test_what_was_searched_for_is_underlined_on_both_strands(self, zoom: int) -> None:
        letters = "CCCCGATACCCCCTATCCCCCCCCCCCC" + "C" * 40
        picture = picture_of(plain(letters), columns=64, zoom=zoom, pattern="gata")
        shown = line_looks(track(Bases, picture))[::zoom]
        expected = [4, 5, 6, 7, 13, 14, 15, 16]
        assert [place for place, look in enumerate(shown) if look.underline] == [
            place for place in expected if place < 64 // zoom
        ]

    def test_what_was_searched_for_is_underlined_as_far_as_it_shows(self) -> None:
        picture = picture_of(plain("CCCCGATAAC" + "C" * 60), columns=40, offset=6, pattern="GATAA")
        shown = line_looks(track(Bases, picture))
        assert [column for column, look in enumerate(shown) if look.underline] == [0, 1, 2]

    def test_zoomed_out_it_says_how_to_see_the_letters(self) -> None:
        text = line(track(Bases, picture_of(READINGS["plain"], columns=64, zoom=-2)))
        assert " 2 bases a column: = zooms in to the letters " in text

    def test_the_pointer_names_the_base_and_its_letter(self) -> None:
        picture = picture_of(plain("ACGTNacg" * 10), columns=40)
        widget = track(Bases, picture)
        places = [widget.place(column, 0, picture) for column in (0, 4, 5)]
        assert [place.text for place in places if place] == ["base 0 is A", "base 4 is N", "base 5 is a"]

    def test_the_pointer_names_a_letter_wherever_it_names_a_base(self) -> None:
        for zoom in (1, 2, 4, 8):
            picture = picture_of(READINGS["plain"], columns=45, zoom=zoom, offset=20)
            for column in range(45):
                place = track(Bases, picture).place(column, 0, picture)
                if place is None:
                    assert picture.view.base_at(column) >= 20 + picture.view.visible_bases
                else:
                    assert place.text == f"base {place.index} is {LETTERS[place.index]}"

    def test_the_pointer_finds_no_base_in_the_padding_of_a_layer(self) -> None:
        picture = picture_of(READINGS["padded"], columns=64, offset=-7)
        assert track(Bases, picture).place(0, 0, picture) is None


class TestConvWindow:
    @staticmethod
    def bracket(picture: Picture) -> tuple[int, int]:
        """Return the columns of both ends of the bracket, which must both be on screen."""
        text = line(track(ConvWindow, picture))
        return text.index("└"), text.index("┘")

    @pytest.mark.parametrize("name", READINGS)
    @pytest.mark.parametrize("zoom", [-4, -2, 1, 2, 4])
    def test_the_bracket_covers_the_columns_of_the_bases_that_are_read(self, name: str, zoom: int) -> None:
        for position in (8, 9, 13):
            view = picture_of(READINGS[name], columns=150, zoom=zoom, position=position).view
            picture = Picture.of(READINGS[name], view.on(Level.RESPONSE, position))
            view, window = picture.view, picture.conv_step.window
            last = window.first + (window.taps - 1) * window.step
            expected = view.column_of(window.first), view.column_of(last) + view.columns_per_base - 1
            assert self.bracket(picture) == expected

    def test_the_bracket_of_a_cell_is_that_of_the_response_it_kept(self) -> None:
        picture = picture_of(READINGS["plain"], columns=80, cell=3)
        kept = picture.pool_step.selection
        assert kept is not None
        assert self.bracket(picture) == (kept, kept + 6)
        assert f" conv[{kept}] reads bases {kept}–{kept + 6} " in line(track(ConvWindow, picture))

    def test_the_taps_of_a_dilated_window_are_marked(self) -> None:
        picture = picture_of(READINGS["causal, dilated"], level=Level.RESPONSE, position=30, offset=0)
        text, view = line(track(ConvWindow, picture)), picture.view
        taps = [view.column_of(base) for base in picture.conv_step.window.positions]
        assert [column for column, each in enumerate(text) if each in "└┴┘"] == taps

    def test_dots_go_on_over_the_receptive_field_of_the_cell(self) -> None:
        picture = picture_of(READINGS["plain"], cell=3)
        text = line(track(ConvWindow, picture))
        first, stop = picture.cell_trace.receptive_field
        assert (first, stop) == (24, 38)
        assert set(text[first:stop]) == set("└─┘┄")
        assert "┄" not in text[:first] + text[stop:]

    def test_on_a_response_there_is_no_receptive_field_beside_its_window(self) -> None:
        picture = picture_of(READINGS["plain"], level=Level.RESPONSE, position=20)
        assert "┄" not in line(track(ConvWindow, picture))

    @pytest.mark.parametrize("zoom", [1, 2])
    def test_the_bases_that_no_cell_reads_are_hatched(self, zoom: int) -> None:
        picture = picture_of(READINGS["plain"], columns=64, zoom=zoom, offset=170)
        first, stop = picture.run.left_over_bases
        assert (first, stop) == (174, 180)
        view = picture.view
        expected = range(view.column_of(first), view.column_of(stop))
        assert columns_with("╱", line(track(ConvWindow, picture))) == list(expected)

    @pytest.mark.parametrize("zoom", ZOOMS)
    def test_where_every_base_counts_nothing_is_hatched(self, zoom: int) -> None:
        read = plain("ACGT" * 50, pool=2)
        assert read.run.left_over_bases == (200, 200)
        for columns in (30, 100, 210):
            picture = picture_of(read, columns=columns, zoom=zoom, offset=1000)
            assert "╱" not in line(track(ConvWindow, picture))

    def test_a_window_that_is_cut_by_the_screen_shows_no_end_there(self) -> None:
        for offset, cut in ((12, "└"), (0, "┘")):
            picture = picture_of(READINGS["plain"], columns=14, level=Level.RESPONSE, position=10, offset=offset)
            text = line(track(ConvWindow, picture))
            assert cut not in text
            assert "─" in text

    def test_a_window_off_screen_is_not_drawn(self) -> None:
        picture = picture_of(READINGS["plain"], columns=40, level=Level.RESPONSE, position=10, offset=60)
        assert line(track(ConvWindow, picture)).strip() == ""

    def test_a_window_of_one_column_has_one_mark(self) -> None:
        picture = picture_of(READINGS["plain"], columns=40, level=Level.RESPONSE, position=16, zoom=-16)
        assert columns_with("╵", line(track(ConvWindow, picture))) == [1]

    def test_the_pointer_says_what_a_response_reads(self) -> None:
        picture = picture_of(READINGS["plain"], columns=40, offset=20)
        place = track(ConvWindow, picture).place(5, 0, picture)
        assert place is not None
        assert (place.level, place.index) == (Level.RESPONSE, 25)
        assert place.text == "conv[25] reads bases 25–31"


class TestProducts:
    @pytest.mark.parametrize("zoom", [1, 2, 4])
    def test_each_product_stands_under_its_base(self, zoom: int) -> None:
        picture = picture_of(READINGS["plain"], columns=120, zoom=zoom, level=Level.RESPONSE, position=9)
        widget = track(Products, picture, height=2)
        above, below = line(widget, 0), line(widget, 1)
        for tap, adds in enumerate(picture.conv_step.products.tolist()):
            column = picture.view.column_of(9 + tap)
            assert (above[column] != " ") == (adds > 0)
            assert (below[column] != " ") == (adds < 0)

    def test_the_largest_weight_of_the_filter_fills_its_half(self) -> None:
        read = reading("C" * 9 + "A" + "C" * 30, Conv1D(finds("A")))
        picture = picture_of(read, level=Level.RESPONSE, position=9)
        assert line(track(Products, picture, height=4), 0)[9] == "█"
        assert line(track(Products, picture, height=4), 1)[9] == "█"

    def test_nothing_is_a_dot(self) -> None:
        read = reading("C" * 40, Conv1D(finds("AAA")))
        picture = picture_of(read, level=Level.RESPONSE, position=9)
        assert line(track(Products, picture, height=2), 0)[9:12] == "···"

    def test_behind_them_stands_their_sum(self) -> None:
        picture = picture_of(READINGS["plain"], level=Level.RESPONSE, position=9)
        words = f" Σ {number(picture.conv_step.product_sum)}"
        assert line(track(Products, picture, height=2), 0)[16:].startswith(words)

    @pytest.mark.parametrize("zoom", [-2, -4, -16])
    def test_zoomed_out_the_largest_push_of_a_column_shows_and_the_sum_stands_behind_all(self, zoom: int) -> None:
        # One strong weight between weak ones: whichever base of a column it is, its bar is full.
        for tap in range(5):
            kernel = np.full((5, 4, 1), 0.01, dtype=np.float32)
            kernel[tap] = 1
            picture = picture_of(reading(LETTERS, Conv1D(kernel)), zoom=zoom, level=Level.RESPONSE, position=20)
            text = line(track(Products, picture, height=2), 0)
            column = picture.view.column_of(20 + tap)
            assert text[column] == "█"
            assert text.count("█") == 1
            assert text.index("Σ") > column
            place = track(Products, picture, height=2).place(column, 0, picture)
            assert place is not None
            assert place.index == 20 + tap

    def test_zoomed_in_they_are_numbers_under_their_bases(self) -> None:
        picture = picture_of(READINGS["plain"], columns=96, zoom=8, level=Level.RESPONSE, position=2)
        text = line(track(Products, picture, height=2), 0)
        for tap, adds in enumerate(picture.conv_step.products.tolist()):
            column = picture.view.column_of(2 + tap)
            assert text[column : column + 8].strip() == number(adds)

    def test_a_number_that_does_not_fit_at_the_edge_is_left_out_and_not_cut(self) -> None:
        picture = picture_of(READINGS["plain"], columns=44, zoom=8, level=Level.RESPONSE, position=2)
        assert line(track(Products, picture, height=2), 0)[40:].strip() == ""

    def test_padding_adds_nothing(self) -> None:
        picture = picture_of(READINGS["padded"], columns=64, offset=-7, level=Level.RESPONSE, position=0)
        widget = track(Products, picture, height=2)
        assert line(widget, 0)[:3] == "···"
        place = widget.place(0, 0, picture)
        assert place is not None
        assert place.text == "the padding adds 0"

    def test_the_pointer_says_what_a_base_adds(self) -> None:
        picture = picture_of(READINGS["plain"], level=Level.RESPONSE, position=9)
        widget = track(Products, picture, height=2)
        for tap, adds in enumerate(picture.conv_step.products.tolist()):
            place = widget.place(9 + tap, 0, picture)
            assert place is not None
            assert (place.level, place.index) == (Level.BASE, 9 + tap)
            assert place.text == f"base {9 + tap}: {LETTERS[9 + tap]} adds {number(adds)}"
        assert widget.place(8, 0, picture) is None
        assert widget.place(16, 0, picture) is None

    def test_the_pointer_finds_nothing_between_the_taps_of_a_dilated_window(self) -> None:
        picture = picture_of(READINGS["causal, dilated"], columns=64, level=Level.RESPONSE, position=30, offset=0)
        widget, view = track(Products, picture, height=2), picture.view
        found = [column for column in range(64) if widget.place(column, 0, picture) is not None]
        assert found == [view.column_of(base) for base in picture.conv_step.window.positions]

    @pytest.mark.parametrize(
        ("phase", "bars", "total"),
        [(Phase.WINDOW, False, False), (Phase.PRODUCTS, True, False), (Phase.SUM, True, True)],
    )
    def test_in_the_demonstration_they_come_when_it_is_their_turn(
        self, phase: Phase, bars: bool, total: bool
    ) -> None:
        picture = picture_of(READINGS["plain"], cell=2, position=16, play=Play(2, phase=phase))
        text = line(track(Products, picture, height=2), 0)
        assert (text[16:23].strip() != "") == bars
        assert ("Σ" in text) == total

    def test_without_colours_no_bar_needs_swapped_ones(self) -> None:
        picture = picture_of(READINGS["plain"], level=Level.RESPONSE, position=9)
        widget = track(Products, picture, height=2, monochrome=True)
        assert set(line(widget, 1)) <= set(" ▔▀█")
        assert not any(ground(look) == DARK.negative[-10] for look in line_looks(widget, 1))
