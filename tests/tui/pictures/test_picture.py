"""What the tracks draw: values laid over columns, against a naive loop, and what is kept between two pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from drawings import finds, motifs, picture_of, random_kernel, random_letters, reading, view_of
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Array, AveragePooling1D, Conv1D, MaxPooling1D, Padding
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.pictures.visible import LaidValues
from cnn_tui.view.play import Phase, Play
from cnn_tui.view.view_state import ZOOMS, Axes, Level, Scale, ViewState

LETTERS = random_letters(180, seed=3)
BLOCKS = {
    "plain": (Conv1D(random_kernel(7)), MaxPooling1D(4)),
    "stride": (Conv1D(random_kernel(7), stride=3), MaxPooling1D(4)),
    "same": (Conv1D(random_kernel(8), padding="same", stride=2), MaxPooling1D(3)),
    "causal and dilated": (Conv1D(random_kernel(5), padding="causal", dilation=3), MaxPooling1D(5)),
    "pool padded": (Conv1D(random_kernel(7)), MaxPooling1D(8, padding="same")),
    "pool padded, stride": (Conv1D(random_kernel(7), stride=5), MaxPooling1D(8, padding="same")),
    "pools overlap": (Conv1D(random_kernel(7)), MaxPooling1D(6, 2)),
    "pools leave gaps": (Conv1D(random_kernel(7), stride=2), MaxPooling1D(2, 5)),
    "average": (Conv1D(random_kernel(7)), AveragePooling1D(5)),
    "all negative": (Conv1D(random_kernel(7), np.full(3, -50, dtype=np.float32)), MaxPooling1D(4)),
}
READINGS = {name: reading(LETTERS, conv, pool) for name, (conv, pool) in BLOCKS.items()}
ANY = settings(deadline=None, print_blob=True, max_examples=80)

blocks = pytest.mark.parametrize("name", BLOCKS)


@dataclass(frozen=True)
class Item:
    """A response or a cell with the bases that it is drawn over."""

    index: int
    first: int
    stop: int


def items_of(axes: Axes, *, cells: bool) -> list[Item]:
    if cells:
        return [Item(cell, axes.base_of_cell(cell), axes.base_of_cell(cell + 1)) for cell in range(axes.cells)]
    stride = axes.conv.stride
    firsts = [axes.base_of_position(position) for position in range(axes.positions)]
    return [Item(position, first, first + stride) for position, first in enumerate(firsts)]


def bases_under(view: ViewState, column: int) -> range:
    """Return the bases that a column stands for, counted one by one."""
    if view.bases_per_column > 1:
        first = view.offset + column * view.bases_per_column
        return range(first, first + view.bases_per_column)
    base = view.offset + column // view.columns_per_base
    return range(base, base + 1)


def under(view: ViewState, items: list[Item], column: int) -> list[int]:
    """Return what a column shows: all that begins in it, or else what covers its first base."""
    bases = bases_under(view, column)
    begin = [item.index for item in items if item.first in bases]
    return begin or [item.index for item in items if item.first <= bases[0] < item.stop]


def check(picture: Picture, columns: LaidValues, values: Array, *, cells: bool) -> None:
    view, items = picture.view, items_of(picture.view.axes, cells=cells)
    for column in range(view.columns):
        shown = under(view, items, column)
        if not shown:
            assert columns.index[column] == columns.stop[column] == -1
            assert not columns.values[column].any()
            assert not columns.starts[column]
            continue
        assert list(range(columns.index[column], columns.stop[column])) == shown
        largest = [max(float(values[index, nth]) for index in shown) for nth in range(values.shape[1])]
        assert columns.values[column].tolist() == largest


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    read = READINGS[draw(st.sampled_from(list(BLOCKS)))]
    zoom = draw(st.integers(0, len(ZOOMS) - 1))
    view = ViewState(Axes.of(read.run), zoom=zoom, columns=draw(st.integers(1, 90)))
    return Picture.of(read, replace(view, offset=draw(st.integers(-20, 200))).settled())


class TestColumns:
    @given(pictures())
    @ANY
    def test_each_column_shows_the_largest_that_begins_in_it_and_every_response_begins_in_one(
        self, picture: Picture
    ) -> None:
        run = picture.run
        check(picture, picture.visible.maps, run.activations(0, run.positions), cells=False)
        check(picture, picture.visible.cells, run.values(0, run.cells), cells=True)
        view, columns = picture.view, picture.visible.maps
        begun = [
            position
            for first, stop, starts in zip(columns.index, columns.stop, columns.starts, strict=True)
            if starts
            for position in range(first, stop)
        ]
        whole = view.columns // view.columns_per_base * view.columns_per_base
        on_screen = [
            item.index
            for item in items_of(view.axes, cells=False)
            if 0 <= view.column_of(item.first) < (whole if view.bases_per_column == 1 else view.columns)
        ]
        assert begun[: len(on_screen)] == on_screen
        assert len(begun) - len(on_screen) <= 1

    @blocks
    def test_the_strongest_of_a_column_is_the_value_it_shows(self, name: str) -> None:
        for zoom in ZOOMS:
            picture = picture_of(READINGS[name], columns=40, zoom=zoom, offset=30)
            run, stretch = picture.run, picture.visible
            both: tuple[tuple[LaidValues, Callable[[int, int], Array]], ...] = (
                (stretch.maps, run.activations),
                (stretch.cells, run.values),
            )
            for columns, values in both:
                for column, number in product(np.flatnonzero(columns.index >= 0).tolist(), range(run.filters)):
                    index, value = columns.strongest(column, number, values)
                    assert columns.index[column] <= index < columns.stop[column]
                    assert value == columns.values[column, number] == values(index, index + 1)[0, number]

    def test_one_base_a_column_a_response_stands_where_its_window_begins(self) -> None:
        picture = picture_of(READINGS["plain"], columns=64, offset=20)
        assert picture.visible.maps.index.tolist() == list(range(20, 84))
        assert picture.visible.maps.starts.all()

    def test_a_cell_is_as_wide_as_pool_stride_times_conv_stride(self) -> None:
        picture = picture_of(READINGS["stride"], columns=48)
        assert picture.visible.cells.index.tolist() == [cell for cell in range(4) for _ in range(12)]
        assert np.flatnonzero(picture.visible.cells.starts).tolist() == [0, 12, 24, 36]

    def test_zoomed_in_only_the_first_column_of_a_base_begins_a_response(self) -> None:
        picture = picture_of(READINGS["plain"], columns=32, zoom=4)
        assert np.flatnonzero(picture.visible.maps.starts).tolist() == [*range(0, 32, 4)]

    def test_behind_the_last_response_there_is_nothing(self) -> None:
        picture = picture_of(READINGS["plain"], columns=64, offset=116)
        assert (picture.visible.maps.index >= 0).tolist() == [True] * 58 + [False] * 6

    def test_zoomed_out_nothing_is_lost_left_of_the_first_response(self) -> None:
        # The pool is padded by one, so that the axis begins at −1 and the first column with it.
        read = reading("A" + "C" * 199, Conv1D(finds("A")), MaxPooling1D(8, 5, "same"))
        picture = picture_of(read, columns=40, zoom=-64)
        assert picture.view.offset == -1
        assert picture.visible.maps.values[0].tolist() == [1.0]
        assert (picture.visible.maps.index[0], picture.visible.maps.stop[0]) == (0, 63)

    def test_zoomed_out_a_single_strong_response_is_never_skipped(self) -> None:
        for place in range(0, 200, 7):
            read = reading("C" * place + "A" + "C" * (199 - place), Conv1D(finds("A")))
            for zoom in (-2, -8, -32):
                picture = picture_of(read, columns=100, zoom=zoom)
                assert picture.visible.maps.values.max() == 1
                assert picture.visible.maps.values.argmax() == picture.view.column_of(place)


class TestStretch:
    @given(pictures())
    @ANY
    def test_it_holds_the_letters_of_the_visible_bases_and_every_cell_that_chose_a_visible_response(
        self, picture: Picture
    ) -> None:
        view, axes, run = picture.view, picture.view.axes, picture.run
        codes = picture.visible.codes
        assert len(codes) == view.visible_bases
        assert codes.tolist() == picture.reading.codes(view.offset, view.offset + view.visible_bases).tolist()
        first, last = picture.visible.visible_cells
        assert 0 <= first < last <= axes.cells
        chosen = run.selections(0, run.cells)
        for cell in range(axes.cells):
            covers = axes.base_of_cell(cell), axes.base_of_cell(cell + 1)
            seen = covers[0] < view.offset + view.visible_bases and covers[1] > view.offset
            if chosen is not None:
                bases = [axes.base_of_position(position) for position in chosen[cell].tolist()]
                seen |= any(view.offset <= base < view.offset + view.visible_bases for base in bases)
            assert first <= cell < last or not seen

    @blocks
    def test_selections_are_the_engines(self, name: str) -> None:
        picture = picture_of(READINGS[name], columns=50, offset=60)
        first, last = picture.visible.visible_cells
        whole = picture.run.selections(0, picture.run.cells)
        if whole is None:
            assert picture.visible.selections is None
        else:
            assert picture.visible.selections is not None
            assert picture.visible.selections.tolist() == whole[first:last].tolist()

    def test_the_bases_of_the_columns_are_the_views(self) -> None:
        for zoom in ZOOMS:
            picture = picture_of(READINGS["same"], columns=33, zoom=zoom, offset=40)
            assert picture.visible.bases.tolist() == [picture.view.base_at(column) for column in range(33)]


class TestWhatIsKept:
    def test_a_step_of_the_cursor_keeps_the_stretch(self) -> None:
        picture = picture_of(READINGS["plain"], columns=64, offset=40, cell=12)
        view = picture.view
        other_views = (
            view.at(13),
            view.to_filter(2),
            view.down(50),
            view.down(50).down(None),
            view.rescaled(),
            view.played(Play(12)),
            replace(view, count="12", pattern="ACG"),
        )
        for other in other_views:
            assert (other.offset, other.zoom) == (view.offset, view.zoom)
            stepped = picture.stepped(other)
            assert stepped.view is other
            assert stepped.visible is picture.visible

    def test_what_changes_the_stretch_drops_it(self) -> None:
        picture = picture_of(READINGS["plain"], columns=64, offset=40, cell=12)
        view = picture.view
        for other in (view.scrolled(1), view.zoomed(1), view.zoomed(-1), view.resized(65)):
            assert picture.stepped(other).visible is not picture.visible

    def test_another_reading_drops_the_stretch(self) -> None:
        read = READINGS["plain"]
        picture = picture_of(read)
        again = Reading.of(read.model, read.record).into()
        assert Picture.of(again, picture.view, picture).visible is not picture.visible
        assert Picture.of(again, picture.view, picture).reading is again

    def test_other_settings_drop_the_stretch(self) -> None:
        read = READINGS["plain"]
        picture = picture_of(read)
        other = read.with_settings(replace(read.settings, conv_padding=Padding.SAME))
        view = picture.view.with_axes(Axes.of(other.run))
        assert Picture.of(other, view, picture).visible is not picture.visible

    def test_without_a_picture_before_there_is_a_new_stretch(self) -> None:
        picture = picture_of(READINGS["plain"])
        assert Picture.of(picture.reading, picture.view).visible is not picture.visible


class TestScales:
    def test_of_a_filter_the_colours_reach_its_own_extremes(self) -> None:
        picture = picture_of(READINGS["plain"])
        values = picture.run.activations(0, picture.run.positions)
        for number in range(picture.run.filters):
            expected = (min(0.0, float(values[:, number].min())), max(0.0, float(values[:, number].max())))
            assert picture.scale(number) == expected

    def test_of_the_layer_they_reach_the_extremes_of_all_filters(self) -> None:
        picture = picture_of(READINGS["plain"], scale=Scale.LAYER)
        values = picture.run.activations(0, picture.run.positions)
        expected = float(values.min()), float(values.max())
        assert {picture.scale(number) for number in range(picture.run.filters)} == {expected}

    def test_zero_is_always_on_the_scale(self) -> None:
        picture = picture_of(READINGS["all negative"])
        lowest, highest = picture.scale(0)
        assert lowest < -40
        assert highest == 0


class TestTraces:
    def test_on_a_cell_the_window_of_the_response_it_kept_is_shown(self) -> None:
        picture = picture_of(READINGS["plain"], cell=5)
        chosen = picture.run.selections(5, 6)
        assert chosen is not None
        assert picture.position == picture.conv_step.position == chosen[0, 0]
        assert picture.trace is picture.cell_trace

    def test_on_a_silent_cell_the_window_of_the_strongest_response_is_shown(self) -> None:
        conv = Conv1D(random_kernel(7), np.full(3, -50, dtype=np.float32), activation="relu")
        picture = picture_of(reading(LETTERS, conv), cell=5)
        responses = picture.run.responses(20, 24)[:, 0]
        assert picture.pool_step.composition.all_zero
        assert picture.position == 20 + int(responses.argmax())

    def test_on_an_average_the_first_window_is_shown(self) -> None:
        assert picture_of(READINGS["average"], cell=5).position == 25

    @pytest.mark.parametrize("level", [Level.RESPONSE, Level.BASE])
    def test_below_a_cell_the_window_of_the_response_is_shown(self, level: Level) -> None:
        picture = picture_of(READINGS["plain"], level=level, position=33, base=35, cell=8)
        assert picture.position == picture.conv_step.position == 33
        assert picture.trace is picture.response_trace

    def test_in_the_demonstration_the_window_of_its_response_is_shown(self) -> None:
        read = READINGS["plain"]
        picture = Picture.of(read, view_of(read).played(Play(6, nth=2, phase=Phase.SUM)))
        assert picture.position == 26
        assert picture.pool_step.position == 6

    def test_the_filter_is_the_chosen_one(self) -> None:
        picture = picture_of(READINGS["plain"], filter=2, cell=3)
        assert picture.pool_step.value == picture.run.values(3, 4)[0, 2]
        assert picture.conv_step.filter == 2

    def test_a_filter_has_its_name_or_none(self) -> None:
        assert picture_of(motifs()).filter_name(1) == "GATA1"
        assert picture_of(READINGS["plain"]).filter_name(1) == ""

    def test_a_filters_name_reaches_the_screen_as_plain_characters(self) -> None:
        conv = Conv1D(random_kernel(3, filters=1), filter_names=("a\x1b[2Jb",))
        assert picture_of(reading(LETTERS, conv)).filter_name(0) == r"a\x1b[2Jb"
