"""The tracks of the block: the feature map, what the pool kept of it, and the cells."""

from __future__ import annotations

import re

import numpy as np
import pytest
from drawings import (
    READINGS,
    colour,
    columns_with,
    finds,
    finds_a,
    ground,
    line,
    line_looks,
    picture_of,
    reading,
    track,
)

from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.view.play import Phase, Play
from cnn_tui.view.view_state import ZOOMS, Level
from cnn_tui.widgets.feature_map import FeatureMap, Selected
from cnn_tui.widgets.heat_map import AllMaps
from cnn_tui.widgets.pooled_cells import Pooled
from cnn_tui.words.numbers import number

DARK = PALETTES["dark"]
BOX = "▏([^▏▕]*)(?:▕|(?=▏))"
"""A box of the pooled track; the edge of the next one may be its end."""
every_block = pytest.mark.parametrize("name", READINGS)


def read(text: str) -> str:
    return text.replace("−", "-")


class TestFeatureMap:
    @pytest.mark.parametrize("name", ["plain", "strides", "padded", "causal, dilated"])
    @pytest.mark.parametrize("zoom", [1, 4])
    def test_every_activation_stands_over_the_first_base_of_its_window(self, name: str, zoom: int) -> None:
        picture = picture_of(READINGS[name], columns=64, zoom=zoom, filter=1)
        view, run = picture.view, picture.run
        widget = track(FeatureMap, picture, height=3)
        lines = [line(widget, y) for y in range(3)]
        drawn = {column for text in lines for column, each in enumerate(text) if each != " "}
        firsts = [view.column_of(view.axes.base_of_position(position)) for position in range(run.positions)]
        assert drawn == {column for column in firsts if 0 <= column < 64}

    def test_the_strongest_reaches_the_top(self) -> None:
        picture = picture_of(finds_a("CCCACCCC" + "C" * 40))
        widget = track(FeatureMap, picture, height=3)
        assert [line(widget, y)[3] for y in range(3)] == ["█", "█", "█"]
        assert columns_with("·", line(widget, 2)) == [column for column in range(48) if column != 3]

    def test_negative_activations_hang_below_the_line(self) -> None:
        picture = picture_of(READINGS["plain"], filter=1)
        widget = track(FeatureMap, picture, height=4)
        values = picture.run.activations(0, 64)[:, 1]
        lowest, highest = picture.scale(1)
        below = round(4 * -lowest / (highest - lowest))
        assert 0 < below < 4
        for column, value in enumerate(values.tolist()):
            rows = [y for y in range(4) if line(widget, y)[column] != " "]
            assert all((y < 4 - below) == (value > 0) for y in rows)
            assert rows

    def test_the_responses_of_the_pool_window_stand_on_its_ground(self) -> None:
        picture = picture_of(READINGS["plain"], cell=3)
        shown = line_looks(track(FeatureMap, picture, height=3), 2)
        window = picture.pool_step.window.positions
        inside = {ground(shown[column]) for column in window}
        outside = {ground(look) for column, look in enumerate(shown) if column not in window}
        assert DARK.window in inside
        assert DARK.window not in outside

    def test_the_response_that_is_looked_at_stands_out(self) -> None:
        picture = picture_of(finds_a("CCCACCCC" + "C" * 40), level=Level.RESPONSE, position=3)
        shown = line_looks(track(FeatureMap, picture, height=3), 2)
        assert [column for column, look in enumerate(shown) if colour(look) == DARK.accent] == [3]

    def test_zoomed_out_the_column_that_holds_the_response_stands_out(self) -> None:
        picture = picture_of(
            finds_a("CCCCCCCCCA" + "C" * 90), columns=40, zoom=-4, level=Level.RESPONSE, position=9
        )
        shown = line_looks(track(FeatureMap, picture, height=3), 2)
        assert [column for column, look in enumerate(shown) if colour(look) == DARK.accent] == [2]

    def test_in_the_demonstration_what_is_still_to_come_is_not_there(self) -> None:
        read = finds_a("A" * 40)
        for nth, phase, bars in (
            (0, Phase.SUM, 0),
            (0, Phase.ACTIVATION, 1),
            (5, Phase.WINDOW, 5),
            (7, Phase.FILLED, 8),
        ):
            picture = picture_of(read, cell=1, play=Play(1, nth=nth, phase=phase))
            text = line(track(FeatureMap, picture, height=2), 1)
            assert columns_with("█", text[8:16]) == list(range(bars))

    @every_block
    def test_the_pointer_says_the_engines_value(self, name: str) -> None:
        for zoom in ZOOMS:
            picture = picture_of(READINGS[name], columns=50, zoom=zoom, offset=20, filter=2)
            widget = track(FeatureMap, picture, height=3)
            values = picture.run.activations(0, picture.run.positions)[:, 2]
            for column in range(50):
                place = widget.place(column, 0, picture)
                if place is None:
                    assert picture.visible.maps.index[column] < 0
                    continue
                assert place.text == f"filter 2: conv[{place.index}] = {number(float(values[place.index]))}"
                assert values[place.index] == picture.visible.maps.values[column, 2]

    @pytest.mark.parametrize("zoom", [1, 2, 8])
    def test_the_pointer_names_the_response_over_its_base(self, zoom: int) -> None:
        picture = picture_of(READINGS["strides"], columns=50, zoom=zoom, offset=20)
        for column in range(50):
            place = track(FeatureMap, picture, height=3).place(column, 0, picture)
            assert place is not None
            assert place.index == picture.view.base_at(column) // 2


class TestSelected:
    @pytest.mark.parametrize("name", ["plain", "strides", "padded", "gaps"])
    @pytest.mark.parametrize("zoom", [-2, 1, 2, 8])
    def test_every_mark_stands_over_the_base_of_a_selection(self, name: str, zoom: int) -> None:
        picture = picture_of(READINGS[name], columns=90, zoom=zoom, filter=1)
        view, run = picture.view, picture.run
        chosen = run.selections(0, run.cells)
        assert chosen is not None
        values = run.values(0, run.cells)[:, 1]
        heard = chosen[values != 0, 1] if run.activation.name == "relu" else chosen[:, 1]
        columns = {view.column_of(view.axes.base_of_position(position)) for position in heard.tolist()}
        marks = columns_with("▲", line(track(Selected, picture)))
        assert marks == sorted(column for column in columns if 0 <= column < 90)
        assert marks

    def test_a_pool_window_that_is_all_0_says_so_and_has_no_mark(self) -> None:
        text = line(track(Selected, picture_of(finds_a("C" * 8 + "CCCCCACC" + "C" * 24))))
        assert text[:24] == " all 0  ·····▲·· all 0  "

    def test_one_that_is_too_narrow_for_the_word_has_no_mark(self) -> None:
        text = line(track(Selected, picture_of(finds_a("CCCCCACC" + "C" * 24, MaxPooling1D(4)))))
        assert text[:8] == "·····▲··"

    def test_without_a_floor_something_is_always_selected(self) -> None:
        read = reading("C" * 40, Conv1D(finds("A")), MaxPooling1D(8))
        assert "all" not in line(track(Selected, picture_of(read)))

    def test_what_ties_with_the_selection_of_the_present_cell_is_marked(self) -> None:
        read = finds_a("CACCACAC" + "CACCCCAC" + "C" * 24)
        assert line(track(Selected, picture_of(read)))[:16] == "·▲··△·△··▲······"
        assert line(track(Selected, picture_of(read, cell=1)))[:16] == "·▲·······▲····△·"

    def test_zoomed_out_a_tie_in_the_same_column_leaves_the_selections_mark(self) -> None:
        picture = picture_of(finds_a("AACCCCAC" + "C" * 40), zoom=-2, columns=20)
        assert line(track(Selected, picture))[:4] == "▲··△"

    def test_of_overlapping_pools_a_tie_leaves_the_mark_of_another_cell(self) -> None:
        read = finds_a("CCCCACCCACCCCCCC", MaxPooling1D(8, 4))
        picture = picture_of(read, columns=20, cell=1)
        selections = picture.run.selections(0, 3)
        assert selections is not None
        assert selections[:, 0].tolist() == [4, 4, 8]
        assert columns_with("▲", line(track(Selected, picture))) == [4, 8]

    @pytest.mark.parametrize("zoom", [1, 2])
    def test_what_is_left_over_is_hatched(self, zoom: int) -> None:
        picture = picture_of(READINGS["plain"], columns=80, zoom=zoom, offset=160)
        first, stop = picture.run.left_over
        assert (first, stop) == (168, 174)
        view = picture.view
        expected = list(range(view.column_of(first), view.column_of(stop)))
        assert columns_with("╱", line(track(Selected, picture))) == expected

    def test_what_lies_in_a_gap_between_pool_windows_has_no_dot(self) -> None:
        text = line(track(Selected, picture_of(READINGS["gaps"], columns=64, cell=0)))
        for column, each in enumerate(text):
            assert (each in "·▲△") == (column % 8 < 3) or each in "all 0 "

    def test_an_average_selects_nothing(self) -> None:
        assert "▲" not in line(track(Selected, picture_of(READINGS["average"])))

    def test_in_the_demonstration_the_mark_comes_when_the_cell_is_filled(self) -> None:
        read = READINGS["plain"]
        for phase, marked in ((Phase.MAXIMUM, False), (Phase.FILLED, True)):
            text = line(track(Selected, picture_of(read, cell=2, play=Play(2, nth=7, phase=phase))))
            assert ("▲" in text[16:24]) == marked
            assert "▲" in text[24:32]

    @every_block
    def test_the_pointer_says_what_the_engine_selected(self, name: str) -> None:
        picture = picture_of(READINGS[name], columns=60, offset=30, filter=1)
        widget, run, axes = track(Selected, picture), picture.run, picture.view.axes
        for column in range(60):
            place = widget.place(column, 0, picture)
            position = axes.position_at(picture.view.base_at(column))
            cell = axes.cell_of(position)
            assert place is not None
            if cell is None:
                assert place.text == f"conv[{position}]: no cell reads it"
                continue
            selections = run.selections(cell, cell + 1)
            if selections is None:
                words = " is a mean"
            elif run.all_zero(cell, cell + 1)[0, 1]:
                words = ": nothing was selected"
            else:
                words = f" selected conv[{selections[0, 1]}]"
            assert (place.index, place.text) == (cell, f"pooled[{cell}]{words}")


class TestPooled:
    @staticmethod
    def boxes(text: str) -> list[tuple[int, int, str]]:
        """Return the columns and the words of every box that is whole."""
        return [(box.start(), box.end(), box[1].strip()) for box in re.finditer(BOX, text)]

    @pytest.mark.parametrize(
        ("name", "zoom", "width"),
        [
            ("plain", 1, 8),
            ("strides", 1, 8),
            ("overlap", 1, 3),
            ("gaps", 1, 8),
            ("plain", 4, 32),
            ("plain", -2, 4),
            ("both padded", 1, 8),
        ],
    )
    def test_a_box_is_as_wide_as_pool_stride_times_conv_stride(self, name: str, zoom: int, width: int) -> None:
        picture = picture_of(READINGS[name], columns=80, zoom=zoom)
        boxes = self.boxes(line(track(Pooled, picture)))
        assert boxes
        assert {stop - start for start, stop, _ in boxes} == {width}
        view = picture.view
        firsts = [view.column_of(view.axes.base_of_cell(cell)) for cell in range(view.axes.cells)]
        assert [start for start, _, _ in boxes] == [first for first in firsts if 0 <= first <= 80 - width]

    @every_block
    def test_a_value_is_shown_whole_or_not_at_all(self, name: str) -> None:
        for zoom in ZOOMS:
            picture = picture_of(READINGS[name], columns=77, zoom=zoom, offset=43, filter=1)
            view, text = picture.view, line(track(Pooled, picture))
            values = picture.run.values(0, picture.run.cells)[:, 1].tolist()
            shown_boxes = self.boxes(text)
            for start, stop, words in shown_boxes:
                cell = view.axes.cell_at(view.base_at(start) + view.bases_per_column - 1)
                shown, exact = words.removesuffix("silent").strip(), number(values[cell])
                assert shown in ("", exact) or float(read(shown)) == float(read(exact))
                # Where not all values have room, none is shown: zeros alone would look like the only values.
                assert (
                    shown == exact
                    or len(exact) > stop - start - 2
                    or not any(box[2].strip() for box in shown_boxes)
                )
            assert not re.search(r"\d", re.sub(BOX, "", text))

    @pytest.mark.parametrize(
        ("value", "zoom", "shown"),
        [
            (9.5, 1, "▏9.500 ▕"),
            (9.5, -2, "▏9.5▏9.5▏"),
            (9.5, -4, "▏ ▏ ▏"),
            (9.512, 1, "▏9.512 ▕"),
            (9.512, -2, "▏  ▕▏  ▕"),
        ],
    )
    def test_a_value_is_not_rounded_where_it_has_no_room(self, value: float, zoom: int, shown: str) -> None:
        conv = Conv1D(np.zeros((1, 4, 1), dtype=np.float32), bias=np.full(1, value, dtype=np.float32))
        text = line(track(Pooled, picture_of(reading("A" * 800, conv, MaxPooling1D(8)), columns=48, zoom=zoom)))
        assert text.startswith(shown)

    def test_the_edge_between_two_boxes_gives_way_to_a_digit(self) -> None:
        conv = Conv1D(np.zeros((1, 4, 1), dtype=np.float32), bias=np.full(1, 1.234, dtype=np.float32))
        for size, shown in ((7, "▏1.234▕▏1.234▕"), (6, "▏1.234▏1.234▏"), (5, "▏   ▕▏   ▕")):
            text = line(track(Pooled, picture_of(reading("A" * 80, conv, MaxPooling1D(size)), columns=48)))
            assert text.startswith(shown)

    def test_where_there_is_room_the_value_has_all_its_decimals(self) -> None:
        picture = picture_of(READINGS["plain"], columns=64)
        values = picture.run.values(0, 8)[:, 0]
        words = [box[2] for box in self.boxes(line(track(Pooled, picture)))]
        assert words == [number(float(value)) for value in values]

    def test_a_box_that_the_screen_cuts_has_no_edge_there_and_no_number(self) -> None:
        text = line(track(Pooled, picture_of(READINGS["plain"], columns=20, offset=3)))
        assert text[:5] == "    ▕"
        assert text[13:] == "▏      "

    def test_boxes_begin_over_the_responses_that_they_chose_from(self) -> None:
        # Left of the first base stand three of the convolution's padding and two of the pool's.
        picture = picture_of(READINGS["both padded"], columns=64, offset=-9)
        assert picture.view.offset == -5
        text = line(track(Pooled, picture))
        assert columns_with("▏", text)[:3] == [0, 8, 16]
        assert line(track(AllMaps, picture, height=3)).index(" ") == 0

    @pytest.mark.parametrize("zoom", [1, 2])
    def test_what_is_left_over_is_hatched(self, zoom: int) -> None:
        picture = picture_of(READINGS["plain"], columns=80, zoom=zoom, offset=160)
        view, (first, stop) = picture.view, picture.run.left_over
        expected = list(range(view.column_of(first), view.column_of(stop)))
        assert columns_with("╱", line(track(Pooled, picture))) == expected

    def test_without_a_tail_nothing_is_hatched(self) -> None:
        assert "╱" not in line(track(Pooled, picture_of(READINGS["padded"], columns=250)))

    def test_the_present_cell_has_the_colour_of_the_cursor(self) -> None:
        picture = picture_of(READINGS["plain"], cell=3)
        shown = line_looks(track(Pooled, picture))
        assert [column for column, look in enumerate(shown) if ground(look) == DARK.accent] == list(range(24, 32))

    def test_below_the_level_of_cells_the_present_one_is_underlined(self) -> None:
        picture = picture_of(READINGS["plain"], cell=3, level=Level.RESPONSE, position=25)
        shown = line_looks(track(Pooled, picture))
        assert [column for column, look in enumerate(shown) if look.underline] == list(range(24, 32))

    def test_colours_are_those_of_the_values(self) -> None:
        picture = picture_of(READINGS["plain"], cell=9, filter=1)
        values = picture.run.values(0, 8)[:, 1]
        levels = DARK.level(values, *picture.scale(1))
        shown = line_looks(track(Pooled, picture))
        assert [ground(shown[8 * cell]) for cell in range(8)] == [DARK.ramp[level] for level in levels]

    @pytest.mark.parametrize("zoom", [-16, -32])
    def test_zoomed_out_a_column_has_the_colour_of_its_strongest_cell(self, zoom: int) -> None:
        for place in range(0, 128, 8):
            picture = picture_of(
                finds_a("C" * place + "A" + "C" * (159 - place)), columns=20, zoom=zoom, level=Level.BASE
            )
            shown = line_looks(track(Pooled, picture))
            strong = [column for column, look in enumerate(shown) if ground(look) == DARK.ramp[-1]]
            assert strong == [place // -zoom]

    def test_zoomed_out_a_cell_beside_the_tail_is_not_hatched_over(self) -> None:
        picture = picture_of(finds_a("C" * 160 + "A" + "C" * 9), columns=20, zoom=-64, level=Level.BASE)
        widget = track(Pooled, picture)
        assert picture.run.left_over == (168, 170)
        assert line(widget).rstrip() == "▏▏▏"
        assert ground(line_looks(widget)[2]) == DARK.ramp[-1]

    def test_in_the_demonstration_the_cell_is_empty_until_it_is_filled(self) -> None:
        read = READINGS["plain"]
        for phase, empty in ((Phase.MAXIMUM, True), (Phase.FILLED, False)):
            boxes = self.boxes(line(track(Pooled, picture_of(read, cell=2, play=Play(2, nth=7, phase=phase)))))
            assert [words == "" for _, _, words in boxes] == [cell == 2 and empty for cell in range(8)]

    @every_block
    def test_the_pointer_says_the_engines_value(self, name: str) -> None:
        for zoom in ZOOMS:
            picture = picture_of(READINGS[name], columns=50, zoom=zoom, offset=20, filter=1)
            widget = track(Pooled, picture)
            values = picture.run.values(0, picture.run.cells)[:, 1]
            for column in range(50):
                place = widget.place(column, 0, picture)
                if place is None:
                    assert picture.visible.cells.index[column] < 0
                    continue
                assert place.text == f"filter 1: pooled[{place.index}] = {number(float(values[place.index]))}"
                assert values[place.index] == picture.visible.cells.values[column, 1]
