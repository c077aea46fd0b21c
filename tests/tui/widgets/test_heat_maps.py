"""The heat maps of all filters, and the glyphs that carry them where there are no colours."""

from __future__ import annotations

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
    reading,
    track,
)

from cnn_core.layers import Conv1D
from cnn_tui.pictures.colours import LEVELS, PALETTES
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.view.view_state import Scale
from cnn_tui.widgets.heat_map import AllCells, AllMaps, HeatMap
from cnn_tui.words.numbers import number

RAMP = " ·░▒▓█"
"""What stands for values from 0 to the most where there are no colours."""

DARK = PALETTES["dark"]
every_block = pytest.mark.parametrize("name", READINGS)


class TestHeatMaps:
    KINDS = pytest.mark.parametrize("kind", [AllMaps, AllCells])

    @KINDS
    def test_where_all_filters_fit_each_has_a_line(self, kind: type[HeatMap]) -> None:
        picture = picture_of(motifs())
        widget = track(kind, picture, height=12)
        assert (widget.per_line(picture), widget.filters_shown(picture)) == (1, 12)
        labels = [widget.render_line(y).text[6:GUTTER].split()[0] for y in range(12)]
        assert labels == [str(number_of) for number_of in range(12)]

    @KINDS
    def test_where_they_do_not_fit_a_line_has_two(self, kind: type[HeatMap]) -> None:
        picture = picture_of(motifs())
        widget = track(kind, picture, height=6)
        assert (widget.per_line(picture), widget.filters_shown(picture)) == (2, 12)

    @KINDS
    @pytest.mark.parametrize("height", [1, 2, 5, 9, 30, 160, 319, 320, 400])
    @pytest.mark.parametrize("monochrome", [False, True])
    def test_the_chosen_filter_is_always_among_those_shown(
        self, kind: type[HeatMap], height: int, monochrome: bool
    ) -> None:
        for chosen in (0, 1, 2, 3, 158, 159, 160, 317, 318, 319):
            picture = picture_of(READINGS["seed"], columns=10, filter=chosen)
            widget = track(kind, picture, height=height, monochrome=monochrome)
            first = widget.first_filter(picture)
            assert first <= chosen < first + widget.filters_shown(picture)
            y = (chosen - first) // widget.per_line(picture)
            label = widget.label_line(y, picture)
            assert label.text[5] == "▸"
            assert str(chosen) in label.text[6:].strip().split("–")
            # Of two filters on a line, only the chosen one is bold.
            bold = "".join(each.text for each in label if each.style is not None and each.style.bold)
            assert bold[5:].strip() == f"▸{chosen}"

    @KINDS
    def test_every_filter_has_the_colours_of_its_values(self, kind: type[HeatMap]) -> None:
        picture = picture_of(READINGS["plain"], columns=64, offset=40)
        widget = track(kind, picture, height=3)
        values = widget.columns(picture).values
        for number_of in range(3):
            levels = DARK.level(values[:, number_of], *picture.scale(number_of))
            expected = [DARK.ramp[level] for level in levels]
            assert [ground(look) for look in line_looks(widget, number_of)] == expected

    @KINDS
    def test_of_two_filters_a_line_the_upper_is_the_foreground(self, kind: type[HeatMap]) -> None:
        picture = picture_of(READINGS["plain"], columns=64, offset=40)
        widget = track(kind, picture, height=2)
        values, shown, text = widget.columns(picture).values, line_looks(widget), line(widget)
        upper, lower = (DARK.level(values[:, each], *picture.scale(each)) for each in (0, 1))
        for column, glyph in enumerate(text):
            if glyph == " ":
                assert {upper[column], lower[column]} == {LEVELS - 1}
                continue
            assert glyph == "▀"
            assert colour(shown[column]) == DARK.ramp[upper[column]]
            assert ground(shown[column]) == DARK.ramp[lower[column]]

    def test_an_odd_filter_at_the_end_has_a_line_with_nothing_below_it(self) -> None:
        picture = picture_of(READINGS["plain"], columns=64)
        widget = track(AllMaps, picture, height=2)
        assert {ground(look) for look in line_looks(widget, 1)} == {DARK.ground}

    @KINDS
    def test_below_the_last_filter_a_line_is_blank(self, kind: type[HeatMap]) -> None:
        widget = track(kind, picture_of(READINGS["plain"], columns=64), height=5)
        assert line(widget, 3) == line(widget, 4) == " " * 64

    def test_a_cell_is_as_wide_as_its_responses(self) -> None:
        picture = picture_of(READINGS["strides"], columns=64)
        shown = [ground(look) for look in line_looks(track(AllCells, picture, height=3), 1)]
        for cell in range(8):
            assert len(set(shown[8 * cell : 8 * cell + 8])) == 1
        assert len(set(shown)) > 4

    def test_the_scale_of_the_layer_is_shared(self) -> None:
        read = reading(LETTERS, Conv1D(np.concatenate([finds("A"), 2 * finds("A")], axis=2)))
        tops = {}
        for scale in Scale:
            widget = track(AllMaps, picture_of(read, scale=scale), height=2)
            tops[scale] = [ground(line_looks(widget, y)[LETTERS.index("A")]) for y in (0, 1)]
        assert tops[Scale.FILTER] == [DARK.ramp[-1]] * 2
        assert tops[Scale.LAYER] == [DARK.ramp[LEVELS - 1 + (LEVELS - 1) // 2], DARK.ramp[-1]]

    @pytest.mark.parametrize("height", [2, 3])
    def test_only_the_tail_of_the_cells_is_hatched(self, height: int) -> None:
        picture = picture_of(READINGS["plain"], columns=64, offset=140)
        view, (first, stop) = picture.view, picture.run.left_over
        expected = list(range(view.column_of(first), view.column_of(stop)))
        assert expected
        assert columns_with("╱", line(track(AllCells, picture, height=height))) == expected
        assert "╱" not in line(track(AllMaps, picture, height=height))

    @KINDS
    @every_block
    @pytest.mark.parametrize("zoom", [-2, 1, 2])
    def test_without_colours_glyphs_carry_the_values(self, kind: type[HeatMap], name: str, zoom: int) -> None:
        picture = picture_of(READINGS[name], columns=60, zoom=zoom, offset=20)
        widget = track(kind, picture, height=2, monochrome=True)
        assert widget.per_line(picture) == 1
        text, columns = line(widget), widget.columns(picture)
        assert set(text) <= {*RAMP, "−", "╱"}
        highest = picture.scale(0)[1]
        for column in np.flatnonzero(columns.index >= 0).tolist():
            value, glyph = float(columns.values[column, 0]), text[column]
            assert (glyph == " ") == (value == 0)
            assert (glyph == "−") == (value < 0)
            if value > 0:
                assert RAMP.index(glyph) == pytest.approx(5 * value / highest, abs=1.01)
        assert len({colour(look) for look in line_looks(widget)}) == 1

    def test_without_colours_more_is_never_a_lighter_glyph(self) -> None:
        picture = picture_of(READINGS["plain"], columns=170)
        text = line(track(AllMaps, picture, height=3, monochrome=True))
        values = picture.visible.maps.values[:, 0]
        order = [column for column in np.argsort(values, kind="stable").tolist() if values[column] > 0]
        steps = [RAMP.index(text[column]) for column in order]
        assert steps == sorted(steps)
        assert len(set(steps)) == 5

    @pytest.mark.parametrize("name", ["plain", "padded", "gaps", "motifs"])
    @pytest.mark.parametrize("zoom", [-16, 1, 4])
    def test_the_pointer_says_the_engines_value(self, name: str, zoom: int) -> None:
        picture = picture_of(READINGS[name], columns=40, zoom=zoom, offset=20)
        run = picture.run
        maps, cells = track(AllMaps, picture, height=3), track(AllCells, picture, height=3)
        activations, values = run.activations(0, run.positions), run.values(0, run.cells)
        for y in range(3):
            for column in range(40):
                over, under = maps.place(column, y, picture), cells.place(column, y, picture)
                if over is not None:
                    value = float(activations[over.index, over.filter])
                    assert over.text.endswith(f": conv[{over.index}] = {number(value)}")
                    assert value == picture.visible.maps.values[column, over.filter]
                if under is not None:
                    value = float(values[under.index, under.filter])
                    assert under.text.endswith(f": pooled[{under.index}] = {number(value)}")
                    assert value == picture.visible.cells.values[column, under.filter]

    def test_the_pointer_names_the_filter_of_its_line(self) -> None:
        picture = picture_of(motifs(), columns=40, filter=11)
        for height, line_of, expected in (
            (12, 1, "filter 1 GATA1"),
            (6, 2, "filter 4 NFYA"),
            (3, 0, "filter 6 FOS::JUN"),
        ):
            place = track(AllMaps, picture, height=height).place(0, line_of, picture)
            assert place is not None
            assert place.text.startswith(f"{expected}: conv[0] = ")
