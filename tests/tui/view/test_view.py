"""The cursor, the axes and the scrolling: arithmetic that no key may break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from drawings import Letters
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Conv1D, Input, MaxPooling1D, Padding, Sliding
from cnn_core.network.model import Model
from cnn_tui.view.play import Phase, Play
from cnn_tui.view.view_state import ZOOMS, Axes, Level, Scale, ViewState

VALID, SAME, CAUSAL = Padding.VALID, Padding.SAME, Padding.CAUSAL
ANY = settings(deadline=None, print_blob=True, max_examples=150)


def axes_of(
    length: int = 500, conv: Sliding | None = None, pool: Sliding | None = None, filters: int = 320
) -> Axes:
    conv, pool = conv or Sliding(16), pool or Sliding(8, 8)
    positions = conv.output_length(length)
    return Axes(length, conv, positions, pool, pool.output_length(positions), filters)


def view_of(axes: Axes | None = None, *, zoom: int = 1, **state: object) -> ViewState:
    return replace(ViewState(axes or axes_of()), zoom=ZOOMS.index(zoom), **state)


def visible(view: ViewState) -> bool:
    """Tell whether any of what the cursor covers is on screen."""
    first, last = view.cursor_span
    return first < view.offset + view.visible_bases and last > view.offset


@st.composite
def any_axes(draw: st.DrawFn) -> Axes:
    """Axes of any block, on bases or on feature maps: overlaps, gaps, strides, dilation and every padding."""
    conv = Sliding(
        draw(st.integers(1, 20)), draw(st.integers(1, 9)), draw(st.sampled_from(Padding)), draw(st.integers(1, 4))
    )
    pool = Sliding(draw(st.integers(1, 12)), draw(st.integers(1, 12)), draw(st.sampled_from([VALID, SAME])))
    length = conv.shortest(pool.shortest(1)) + draw(st.integers(0, 300))
    axes = axes_of(length, conv, pool, draw(st.integers(1, 5)))
    unit, origin = draw(st.sampled_from([1, 1, 2, 3, 12])), draw(st.integers(-9, 3))
    return draw(
        st.sampled_from(
            [axes, replace(axes, origin=origin, unit=unit, whole=length * unit + draw(st.integers(0, 30)))]
        )
    )


views = st.builds(
    lambda axes, zoom, columns: ViewState(axes, zoom=zoom, columns=columns).settled(),
    any_axes(),
    st.integers(0, len(ZOOMS) - 1),
    st.integers(1, 150),
)

Step = Callable[[ViewState], ViewState]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Any one thing that a key, a pointer or a terminal does to a view."""
    by = draw(st.integers(-40, 40))
    which = draw(st.integers(0, 13))
    level = draw(st.sampled_from(Level))
    other = draw(any_axes()) if which == 12 else axes_of()
    ways: tuple[Step, ...] = (
        lambda view: view.stepped(by),
        lambda view: view.stepped(by * 10_000),
        lambda view: view.paged(by),
        lambda view: view.down(None),
        lambda view: view.down(view.axes.pool.window(view.cell, view.axes.positions).positions[-1]),
        lambda view: view.up(),
        lambda view: view.zoomed(by),
        lambda view: view.resized(abs(by) * 4),
        lambda view: view.to_filter(by),
        lambda view: view.on(level, by * 7),
        lambda view: view.rescaled(),
        lambda view: view.played(Play(view.cell)),
        lambda view: view.with_axes(other),
        lambda view: view.at(by),
    )
    return ways[which]


class TestAxes:
    def test_the_cells_of_the_learners_network_are_eight_bases_wide(self) -> None:
        axes = axes_of()
        assert (axes.positions, axes.cells, axes.cell_width) == (485, 60, 8)
        assert (axes.first, axes.last) == (0, 500)

    def test_a_response_stands_over_the_first_base_of_its_window(self) -> None:
        axes = axes_of(conv=Sliding(16, stride=3))
        for position in range(axes.positions):
            assert axes.base_of_position(position) == axes.conv.window(position, axes.length).first

    @pytest.mark.parametrize("pool", [Sliding(8, 8), Sliding(8, 3), Sliding(4, 9), Sliding(8, 8, SAME)])
    def test_a_cell_begins_over_the_first_response_of_its_pool_window(self, pool: Sliding) -> None:
        axes = axes_of(conv=Sliding(16, stride=2), pool=pool)
        for cell in range(axes.cells):
            first = axes.pool.window(cell, axes.positions).first
            assert axes.base_of_cell(cell) == axes.base_of_position(first)

    def test_the_axis_begins_below_0_where_there_is_padding(self) -> None:
        assert axes_of(conv=Sliding(16, padding=SAME)).first == -7
        assert axes_of(conv=Sliding(16, padding=CAUSAL)).first == -15
        assert axes_of(conv=Sliding(16, padding=SAME)).last == 508
        assert axes_of(pool=Sliding(8, 8, SAME)).first == -1

    def test_a_pool_padding_counts_conv_strides(self) -> None:
        axes = axes_of(conv=Sliding(16, stride=5), pool=Sliding(8, 8, SAME))
        left = axes.pool.pads(axes.positions)[0]
        assert axes.first == -5 * left < 0

    def test_a_dilated_window_reaches_over_the_right_end_of_the_bases(self) -> None:
        assert axes_of(conv=Sliding(5, padding=SAME, dilation=4)).last == 508

    @given(any_axes(), st.integers(-100, 500))
    @ANY
    def test_what_is_drawn_lies_on_the_axis_and_a_base_leads_back_to_what_is_there(
        self, axes: Axes, base: int
    ) -> None:
        for place in (0, axes.positions - 1):
            first = axes.base_of_position(place)
            assert axes.first <= first
            assert first + axes.conv.span * axes.unit <= axes.last
        for place in (0, axes.cells - 1):
            first = axes.base_of_cell(place)
            assert axes.first <= first < first + axes.cell_width <= axes.last
        # What is drawn over a base.
        for position in range(axes.positions):
            assert axes.position_at(axes.base_of_position(position)) == position
        for cell in range(axes.cells):
            assert axes.cell_at(axes.base_of_cell(cell)) == cell
            assert axes.cell_at(axes.base_of_cell(cell + 1) - 1) == cell
        # What is read over it.
        for index in range(axes.length):
            first, stop = axes.base_of_input(index), axes.base_of_input(index + 1)
            assert [axes.input_at(first), axes.input_at(stop - 1)] == [index, index]
        # Any base at all leads to something that is there.
        assert 0 <= axes.position_at(base) < axes.positions
        assert 0 <= axes.cell_at(base) < axes.cells
        assert 0 <= axes.input_at(base) < axes.length

    def test_the_positions_of_a_deep_block_are_several_bases_wide(self) -> None:
        axes = replace(axes_of(60, Sliding(4), Sliding(3, 3)), origin=0, unit=8, whole=500)
        assert (axes.positions, axes.cells, axes.bases) == (57, 19, 500)
        assert (axes.position_width, axes.cell_width) == (8, 24)
        assert [axes.base_of_cell(cell) for cell in range(3)] == [0, 24, 48]
        view = view_of(axes, level=Level.RESPONSE).at(2)
        assert view.cursor_span == (16, 16 + 4 * 8)
        assert view.down(None).cursor_span == (16, 24)
        assert (view.length, view.down(None).extent) == (500, 60)
        assert view.index_of_base(23) == 2

    @pytest.mark.parametrize("letters", [97, 140])
    @pytest.mark.parametrize("padding", Padding)
    @pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 3)])
    @pytest.mark.parametrize("pool", [MaxPooling1D(3), MaxPooling1D(4, 2, "same"), MaxPooling1D(2, 5)])
    def test_every_axis_of_a_deep_block_lies_where_the_network_says(
        self, letters: int, padding: Padding, stride: int, dilation: int, pool: MaxPooling1D
    ) -> None:
        model = Model.sequential(
            "deep",
            [
                ("letters", Input()),
                ("conv", Conv1D(np.ones((5, 4, 2), np.float32), padding="same")),
                ("pool", MaxPooling1D(3, 3, "same")),
                (
                    "deep",
                    Conv1D(np.ones((4, 2, 2), np.float32), None, stride=stride, padding=padding, dilation=dilation),
                ),
                ("cells", pool),
            ],
        )
        axes = Axes.of(Reading.of(model, Letters("ACGTT" * (letters // 5))).into(model.blocks[1]).run)
        for layer, base_of, width in (
            ("pool", axes.base_of_input, axes.unit),
            ("deep", axes.base_of_position, axes.position_width),
            ("cells", axes.base_of_cell, axes.cell_width),
        ):
            found = model.alignment(layer, axes.bases)
            assert found is not None
            assert [base_of(index) for index in range(9)] == [found.bases(index)[0] for index in range(9)]
            assert width == found.stride

    def test_a_response_in_the_tail_has_no_cell(self) -> None:
        axes = axes_of()
        assert axes.cell_of(479) == 59
        assert [axes.cell_of(position) for position in range(480, 485)] == [None] * 5

    def test_a_response_in_a_gap_has_no_cell(self) -> None:
        axes = axes_of(pool=Sliding(3, 5))
        assert [axes.cell_of(position) for position in range(7)] == [0, 0, 0, None, None, 1, 1]

    def test_of_overlapping_pool_windows_the_first_that_reads_a_response_is_its_cell(self) -> None:
        axes = axes_of(pool=Sliding(8, 2))
        assert axes.cell_of(10) == 2
        assert [cell for cell in range(axes.cells) if axes.reads(cell, 10)] == [2, 3, 4, 5]


class TestSteps:
    @pytest.mark.parametrize(("level", "last"), [(Level.CELL, 59), (Level.RESPONSE, 484), (Level.BASE, 499)])
    def test_a_step_moves_by_one_place_of_its_level_and_stops_at_both_ends(self, level: Level, last: int) -> None:
        view = view_of(level=level)
        assert view.extent == last + 1
        assert view.stepped(1).index == 1
        assert view.stepped(20).stepped(-1).index == 19
        assert view.stepped(-1).index == 0
        assert view.stepped(10_000).index == last
        assert view.stepped(10_000).stepped(1).index == last

    def test_a_step_uses_no_count_of_its_own(self) -> None:
        assert view_of(count="20").stepped(1).index == 1

    def test_a_step_ends_the_demonstration(self) -> None:
        playing = view_of().played(Play(3))
        assert playing.play is not None
        assert playing.stepped(1).play is None

    def test_filters_stop_at_both_ends(self) -> None:
        view = view_of()
        assert view.to_filter(319).filter == 319
        assert view.to_filter(320).filter == 319
        assert view.to_filter(-1).filter == 0

    def test_a_filter_changes_nothing_else(self) -> None:
        view = view_of(cell=7, offset=10)
        assert view.to_filter(5) == replace(view, filter=5)

    @pytest.mark.parametrize(("level", "places"), [(Level.CELL, 8), (Level.RESPONSE, 64), (Level.BASE, 64)])
    def test_a_page_is_as_far_as_the_tracks_are_wide(self, level: Level, places: int) -> None:
        assert view_of(level=level, columns=64).paged(1).index == places
        assert view_of(level=level, columns=64).paged(3).paged(-1).index == 2 * places

    def test_a_page_of_responses_counts_conv_strides(self) -> None:
        view = view_of(axes_of(conv=Sliding(16, stride=4)), level=Level.RESPONSE, columns=64)
        assert view.paged(1).index == 16

    def test_a_page_is_a_step_at_least(self) -> None:
        view = view_of(axes_of(pool=Sliding(100, 100)), columns=64)
        assert view.paged(1).index == 1

    def test_a_page_is_longer_zoomed_out_and_shorter_zoomed_in(self) -> None:
        assert view_of(level=Level.BASE, columns=64, zoom=-4).paged(1).index == 256
        assert view_of(level=Level.BASE, columns=64, zoom=4).paged(1).index == 16

    def test_a_response_takes_its_cell_along(self) -> None:
        assert view_of(level=Level.RESPONSE).at(20).cell == 2

    def test_a_response_that_the_present_cell_reads_keeps_it(self) -> None:
        view = view_of(axes_of(pool=Sliding(8, 2)), cell=4, position=8, level=Level.RESPONSE)
        assert view.stepped(5).cell == 4
        assert view.stepped(8).cell == 5

    def test_a_response_that_no_cell_reads_is_named_with_the_nearest(self) -> None:
        assert view_of(level=Level.RESPONSE).at(484).cell == 59
        assert view_of(axes_of(pool=Sliding(3, 5)), level=Level.RESPONSE).at(4).cell == 0

    def test_a_base_keeps_its_response_while_that_reads_it(self) -> None:
        view = view_of(level=Level.BASE, base=30, position=30)
        assert [view.at(base).position for base in (30, 45, 46, 29)] == [30, 30, 31, 29]

    def test_a_base_between_the_taps_of_a_dilated_window_belongs_to_a_neighbour(self) -> None:
        view = view_of(axes_of(conv=Sliding(4, dilation=3)), level=Level.BASE, base=30, position=30)
        assert view.at(33).position == 30
        moved = view.at(31)
        assert 31 in moved.axes.conv.window(moved.position, 500).positions
        assert abs(moved.position - 30) == 1

    def test_a_base_that_no_window_reads_keeps_the_response(self) -> None:
        view = view_of(axes_of(conv=Sliding(3, stride=10)), level=Level.BASE, base=2, position=0)
        assert view.stepped(3).position == 0


class TestLevels:
    def test_down_follows_the_trace_and_up_comes_back(self) -> None:
        cell = view_of(cell=5)
        response = cell.down(44)
        assert (response.level, response.position, response.cell) == (Level.RESPONSE, 44, 5)
        base = response.down(None)
        assert (base.level, base.base, base.position) == (Level.BASE, 44, 44)
        assert (base.up().level, base.up().position) == (Level.RESPONSE, 44)
        assert (base.up().up().level, base.up().up().cell) == (Level.CELL, 5)

    def test_down_from_an_average_goes_to_the_first_of_its_pool_window(self) -> None:
        assert view_of(cell=5).down(None).position == 40

    def test_there_is_nothing_below_the_bases_and_nothing_above_the_cells(self) -> None:
        assert view_of(level=Level.BASE).down(None) == view_of(level=Level.BASE)
        assert view_of(level=Level.CELL).up() == view_of(level=Level.CELL)

    def test_down_into_padding_goes_to_the_first_base_that_is_there(self) -> None:
        view = view_of(axes_of(conv=Sliding(16, padding=SAME)), level=Level.RESPONSE, position=2)
        assert view.down(None).base == 0

    def test_down_from_a_window_of_nothing_but_padding_stays_on_the_axis(self) -> None:
        view = view_of(axes_of(6, Sliding(2, padding=SAME, dilation=20), Sliding(1)), level=Level.RESPONSE)
        assert 0 <= view.down(None).base < 6

    def test_down_and_up_of_an_overlapping_pool_return_to_the_cell_they_came_from(self) -> None:
        view = view_of(axes_of(pool=Sliding(8, 2)), cell=10)
        for followed in range(20, 28):
            assert view.down(followed).down(None).up().up().cell == 10

    def test_up_from_a_neighbouring_response_goes_to_the_cell_that_reads_it(self) -> None:
        assert view_of(cell=5).down(47).stepped(1).up().cell == 6

    def test_a_place_of_another_level_can_be_gone_to(self) -> None:
        view = view_of().on(Level.BASE, 123)
        assert (view.level, view.base) == (Level.BASE, 123)
        assert view.on(Level.CELL, 70).cell == 59

    def test_the_demonstration_puts_the_cursor_on_its_cell_and_its_response(self) -> None:
        view = view_of(level=Level.BASE, base=7).played(Play(4, nth=3, phase=Phase.SUM))
        assert (view.level, view.cell, view.position) == (Level.CELL, 4, 35)
        assert view.played(None).play is None


class TestOtherBlocks:
    def test_the_cursor_stays_over_the_same_bases(self) -> None:
        deep = replace(axes_of(160, Sliding(11), Sliding(4, 4), 200), unit=3, whole=500)
        view = view_of(level=Level.BASE, base=100, filter=300)
        there = view.with_axes(deep)
        assert (there.base, there.filter, there.axes.base_of_input(there.base)) == (33, 199, 99)
        # Back again it stands where it stood, however often it was rounded in between.
        assert there.with_axes(axes_of()).base == 100
        assert there.at(there.base).with_axes(axes_of()).base == 99
        assert view_of(cell=20).with_axes(deep).cell == 160 // 12

    def test_a_wide_window_is_zoomed_out_to_until_it_fits(self) -> None:
        deep = replace(axes_of(60, Sliding(7), Sliding(4, 4)), unit=12, whole=720)
        assert view_of(deep, columns=100).fitted().bases_per_column == 1
        assert view_of(deep, columns=62).fitted().bases_per_column == 2
        assert view_of(deep, columns=10).fitted().bases_per_column == 16
        assert view_of(columns=62, zoom=-8).fitted().bases_per_column == 1


class TestSettings:
    def test_changes_back_and_forth_come_back_to_the_same_cell(self) -> None:
        view = view_of(cell=3)
        for stride, size in ((2, 8), (3, 8), (3, 9), (1, 11), (1, 8)):
            pool = Sliding(size, 8)
            view = view.with_axes(axes_of(500, Sliding(16, stride), pool))
        assert (view.cell, view.anchor) == (3, 24)
        assert view.stepped(1).anchor is None

    @pytest.mark.parametrize("level", [*Level])
    def test_a_step_keeps_the_bases_in_sight_that_its_value_depends_on(self, level: Level) -> None:
        view = view_of(axes_of(500), columns=70, level=level)
        while view.index < view.extent - 1:
            view = view.stepped(1)
            first, last = view.sight
            assert view.offset <= first
            assert last <= view.offset + view.visible_bases
        while view.index:
            view = view.stepped(-1)
            assert view.offset <= view.sight[0]
            assert view.sight[1] <= view.offset + view.visible_bases

    def test_what_does_not_fit_yields_to_the_cursor(self) -> None:
        view = view_of(axes_of(500), columns=20).stepped(30)
        assert view.offset <= view.cursor_span[0]
        assert view.cursor_span[1] <= view.offset + view.visible_bases


class TestLetters:
    @pytest.mark.parametrize("level", [*Level])
    @pytest.mark.parametrize("first", [0, 41, 300, 489])
    def test_all_of_them_are_on_screen(self, level: Level, first: int) -> None:
        view = view_of(columns=64, level=level).over_letters(first, 11)
        assert view.offset <= first
        assert first + 11 <= view.offset + view.visible_bases
        assert view.cursor_span[0] <= first < view.cursor_span[1] or view.index == view.extent - 1

    @pytest.mark.parametrize("level", [*Level])
    @pytest.mark.parametrize("first", [300, 345])
    def test_far_away_they_come_to_stand_in_the_middle(self, level: Level, first: int) -> None:
        view = view_of(columns=64, level=level).over_letters(first, 12)
        left, right = first - view.offset, view.offset + view.visible_bases - (first + 12)
        assert abs(left - right) <= 1

    @pytest.mark.parametrize("offset", [0, 290, 400])
    def test_more_than_fit_are_shown_from_the_first_on(self, offset: int) -> None:
        view = view_of(columns=64, offset=offset).over_letters(300, 100)
        assert 300 - 8 <= view.offset <= 300

    def test_those_that_are_seen_stay_where_they_are(self) -> None:
        view = view_of(columns=64, level=Level.BASE, offset=280)
        assert view.over_letters(300, 5).offset == 280
        # The response that begins there reads sixteen bases, and four more are the margin.
        assert view.over_letters(342, 5).offset == 342 + 16 + 4 - 64

    @pytest.mark.parametrize("stride", [1, 3])
    @pytest.mark.parametrize("before", [0, 99, 400])
    def test_of_a_base_the_window_is_named_that_begins_there(self, stride: int, before: int) -> None:
        view = view_of(axes_of(500, Sliding(16, stride)), level=Level.BASE).at(before).over_letters(200, 6)
        assert view.base == 200
        assert view.position == 200 // stride
        assert view.axes.reads(view.cell, view.position)


class TestZoomAndScroll:
    @pytest.mark.parametrize("zoom", [zoom for zoom in ZOOMS if zoom > 0])
    def test_zoomed_in_every_base_has_its_own_columns(self, zoom: int) -> None:
        view = view_of(zoom=zoom, columns=64, offset=100)
        assert view.visible_bases == 64 // zoom
        assert [view.column_of(100 + base) for base in range(3)] == [0, zoom, 2 * zoom]
        assert [view.base_at(column) for column in range(2 * zoom)] == [100] * zoom + [101] * zoom

    @pytest.mark.parametrize("zoom", [zoom for zoom in ZOOMS if zoom < 0])
    def test_zoomed_out_every_column_has_its_own_bases(self, zoom: int) -> None:
        view = view_of(axes_of(10_000), zoom=zoom, columns=64, offset=1000)
        assert view.visible_bases == 64 * -zoom
        for column in range(64):
            first = view.base_at(column)
            assert [view.column_of(first), view.column_of(first - zoom - 1)] == [column, column]

    def test_zooming_keeps_the_cursor_on_its_column(self) -> None:
        view = view_of(axes_of(5000), columns=100).on(Level.BASE, 2500).scrolled(50)
        for by in (1, 1, -1, -1, -1, -1, 1):
            before = view.column_of(view.base)
            view = view.zoomed(by)
            assert abs(view.column_of(view.base) - before) <= view.columns_per_base

    def test_zooming_stops_at_both_ends(self) -> None:
        view = view_of(axes_of(5000))
        assert ZOOMS[view.zoomed(99).zoom] == max(ZOOMS)
        assert ZOOMS[view.zoomed(-99).zoom] == min(ZOOMS)

    def test_zooming_an_axis_that_fits_shows_all_of_it(self) -> None:
        view = view_of(columns=64).zoomed(-3)
        assert (view.offset, view.visible_bases) == (0, 512)

    def test_a_step_within_the_screen_does_not_scroll(self) -> None:
        view = view_of(columns=64).at(2)
        assert view.stepped(1).offset == view.offset == 0

    def test_a_step_off_the_screen_scrolls_no_more_than_it_must(self) -> None:
        view = view_of(columns=64, level=Level.BASE).at(63)
        assert view.offset == 4
        assert view.stepped(1).offset == 5
        assert view.at(0).offset == 0

    def test_the_last_place_shows_the_tail_behind_it(self) -> None:
        for columns in (42, 64, 200):
            view = view_of(columns=columns).at(59)
            assert view.offset + view.visible_bases >= 500

    def test_padding_is_scrolled_to(self) -> None:
        view = view_of(axes_of(conv=Sliding(16, padding=SAME)), columns=64, offset=200)
        assert view.on(Level.RESPONSE, 0).offset == -7
        assert view.on(Level.RESPONSE, 499).offset + 64 == 508

    def test_of_a_span_wider_than_the_screen_the_left_end_shows(self) -> None:
        view = view_of(axes_of(pool=Sliding(100, 100)), columns=42).at(2)
        assert view.offset <= 200 < view.offset + 42

    def test_scrolling_moves_the_tracks_and_leaves_the_cursor(self) -> None:
        view = view_of(columns=64, cell=3)
        assert (view.scrolled(8).offset, view.scrolled(8).cell) == (8, 3)
        assert view.scrolled(8).scrolled(-8) == view
        assert view.scrolled(-8).offset == 0
        assert view.scrolled(10_000).offset == 436

    @pytest.mark.parametrize(("zoom", "bases"), [(-8, 64), (8, 1), (4, 2)])
    def test_scrolling_goes_by_columns(self, zoom: int, bases: int) -> None:
        view = view_of(axes_of(10_000), columns=64, zoom=zoom)
        assert view.scrolled(8).offset == bases

    def test_another_width_keeps_the_left_edge_where_the_cursor_allows(self) -> None:
        view = view_of(columns=64, offset=100).on(Level.BASE, 120)
        assert view.resized(100).offset == view.offset
        narrow = view.resized(10)
        assert narrow.offset <= 120 < narrow.offset + 10

    def test_no_width_is_below_one_column(self) -> None:
        assert view_of().resized(0).columns == 1

    def test_the_scale_goes_back_and_forth(self) -> None:
        view = view_of()
        assert (view.scale, view.rescaled().scale, view.rescaled().rescaled().scale) == (
            Scale.FILTER,
            Scale.LAYER,
            Scale.FILTER,
        )


class TestOtherAxes:
    def test_the_same_axes_change_nothing(self) -> None:
        view = view_of(cell=3, offset=5)
        assert view.with_axes(axes_of()) is view

    def test_another_pool_stays_over_the_same_bases(self) -> None:
        view = view_of().at(30).with_axes(axes_of(pool=Sliding(4, 4)))
        assert view.axes.base_of_cell(view.cell) == 240

    def test_another_conv_stride_stays_over_the_same_bases(self) -> None:
        view = view_of(level=Level.RESPONSE).at(200).with_axes(axes_of(conv=Sliding(16, stride=4)))
        assert view.position == 50

    def test_another_pool_leaves_the_response_of_a_base_alone(self) -> None:
        view = view_of(cell=5).down(44).down(None).stepped(10).with_axes(axes_of(pool=Sliding(6, 6)))
        assert (view.level, view.base, view.position, view.cell) == (Level.BASE, 54, 44, 7)

    def test_a_shorter_input_keeps_everything_on_its_axis(self) -> None:
        view = view_of(filter=300).on(Level.BASE, 499).with_axes(axes_of(40, filters=12))
        assert (view.base, view.filter) == (39, 11)
        assert (view.position, view.cell) == (24, 2)

    @given(any_axes(), any_axes(), st.integers(0, 1000))
    @ANY
    def test_the_cursor_stays_as_near_to_its_bases_as_the_other_axes_allow(
        self, before: Axes, after: Axes, index: int
    ) -> None:
        view = ViewState(before).on(Level.CELL, index)
        moved = view.with_axes(after)
        assert moved.cell == after.cell_at(before.base_of_cell(view.cell))


class TestWhateverIsDone:
    @given(views, st.lists(steps(), max_size=12), st.integers(0, 149))
    @ANY
    def test_the_cursor_the_tracks_and_what_is_named_agree(
        self, view: ViewState, done: list[Step], column: int
    ) -> None:
        seen = view.shown()
        for step in done:
            view, seen = step(view), step(seen)
            axes = view.axes
            # The cursor is on its axis, and on screen wherever it was before.
            assert 0 <= view.cell < axes.cells
            assert 0 <= view.position < axes.positions
            assert 0 <= view.base < axes.length
            assert 0 <= view.filter < axes.filters
            assert visible(view.shown())
            assert visible(seen)
            # The tracks never leave the axis.
            assert axes.first <= view.offset
            surplus = view.offset + view.visible_bases - axes.last
            assert view.offset == axes.first or surplus < view.bases_per_column
        # Columns and bases agree.
        base = view.base_at(column)
        first = view.column_of(base)
        assert first <= column < first + view.columns_per_base
        assert view.column_of(base + view.bases_per_column) > column
        # A response names a cell that reads it, and a base a response, wherever there is one.
        if view.level is not Level.CELL and view.axes.cell_of(view.position) is not None:
            assert view.axes.reads(view.cell, view.position)
        view = view.on(Level.BASE, view.base)
        if view.axes.conv.readers(view.base, view.axes.length):
            window = view.axes.conv.window(view.position, view.axes.length)
            assert view.base in window.positions

    @given(views, st.integers(-200, 200))
    @ANY
    def test_scrolling_there_and_back_is_nothing_in_the_middle_of_the_axis(self, view: ViewState, by: int) -> None:
        there = view.scrolled(by)
        assert there.offset >= view.axes.first
        moved = (there.offset - view.offset) // view.bases_per_column * view.columns_per_base
        assert there.scrolled(-moved).offset == view.offset
