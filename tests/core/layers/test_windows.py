"""How a window slides: hand-worked cases, and what holds for any setting."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import SettingError, ShapeError
from cnn_core.layers import Padding, Sliding, Window
from cnn_core.layers.edited import Spans
from cnn_core.layers.windows import checked_padding

VALID, SAME, CAUSAL = Padding.VALID, Padding.SAME, Padding.CAUSAL

slidings = st.builds(
    Sliding,
    size=st.integers(1, 9),
    stride=st.integers(1, 7),
    padding=st.one_of(
        st.sampled_from(Padding), st.tuples(st.integers(0, 9), st.integers(0, 9)).map(checked_padding)
    ),
    dilation=st.integers(1, 5),
    ceil=st.booleans(),
)
any_sliding = settings(max_examples=150)


@st.composite
def placed(draw: st.DrawFn) -> tuple[Sliding, int]:
    """A window and an axis that is long enough for it."""
    sliding = draw(slidings)
    return sliding, sliding.shortest(1) + draw(st.integers(0, 40))


def taps_by_hand(window: Window) -> list[int]:
    return [window.first + tap * window.step for tap in range(window.taps)]


class TestOutputLength:
    @each_case(
        ("sliding", "length", "outputs"),
        [
            (Sliding(16), 500, 485),
            (Sliding(16, padding=SAME), 500, 500),
            (Sliding(16, padding=CAUSAL), 500, 500),
            (Sliding(16, stride=4, padding=SAME), 500, 125),
            (Sliding(16, stride=4, padding=SAME), 501, 126),
            (Sliding(16, stride=4), 500, 122),
            (Sliding(16, dilation=2), 500, 470),
            (Sliding(8, 8), 485, 60),
            (Sliding(8, 8, SAME), 485, 61),
            (Sliding(8, 1), 485, 478),
            (Sliding(4, 8), 485, 61),
            (Sliding(16), 16, 1),
            (Sliding(1), 1, 1),
            (Sliding(2, 5), 6, 1),
            (Sliding(2, 5), 7, 2),
            (Sliding(16, padding=(3, 3)), 500, 491),
            (Sliding(16, padding=(3, 0)), 500, 488),
            (Sliding(8, 8, (3, 3)), 485, 61),
            (Sliding(8, 8, ceil=True), 485, 61),
            (Sliding(8, 8, ceil=True), 480, 60),
            # A third window would begin at position 6, which lies in the padding on the right.
            (Sliding(3, 4, (1, 1), ceil=True), 7, 2),
            (Sliding(3, 4, (1, 1), ceil=True), 8, 3),
            (Sliding(3, 2, dilation=3, ceil=True), 8, 2),
        ],
    )
    def test_is_as_worked_by_hand(self, sliding: Sliding, length: int, outputs: int) -> None:
        assert sliding.output_length(length) == outputs

    @each_case(
        ("sliding", "length", "shortest"),
        [
            (Sliding(16), 15, 16),
            (Sliding(16), 0, 16),
            (Sliding(16, dilation=2), 30, 31),
            (Sliding(8, 3), 7, 8),
            (Sliding(16, padding=SAME), 0, 1),
            (Sliding(16, padding=CAUSAL), 0, 1),
            (Sliding(16, padding=(3, 4)), 8, 9),
            (Sliding(8, 4, ceil=True), 4, 5),
            (Sliding(4, 1, (9, 9)), 0, 1),
        ],
    )
    def test_too_short_is_an_error_that_states_the_shortest_that_works(
        self, sliding: Sliding, length: int, shortest: int
    ) -> None:
        with pytest.raises(ShapeError, match=rf"^length {length} is too short .* works is {shortest}$"):
            sliding.output_length(length)
        assert sliding.output_length(shortest) >= 1

    @given(slidings, st.integers(1, 60))
    @any_sliding
    def test_shortest_gives_as_many_windows_and_one_less_gives_fewer(self, sliding: Sliding, outputs: int) -> None:
        shortest = sliding.shortest(outputs)
        # Padding alone may hold more windows than are asked for.
        assert sliding.output_length(shortest) == outputs or (shortest == 1 and sliding.output_length(1) > outputs)
        if outputs > 1 and shortest > 1:
            assert sliding.output_length(shortest - 1) == outputs - 1
        elif outputs == 1:
            with pytest.raises(ShapeError, match=f"works is {shortest}$"):
                sliding.output_length(shortest - 1)

    @given(placed())
    @any_sliding
    def test_is_how_many_windows_fit_between_the_padding(self, placed: tuple[Sliding, int]) -> None:
        sliding, length = placed
        left, right = sliding.pads(length)
        count = sliding.output_length(length)
        last = sliding.window(count - 1, length).first + sliding.span
        if isinstance(sliding.padding, tuple) or sliding.padding is VALID:
            assert (left, right) == (sliding.padding if isinstance(sliding.padding, tuple) else (0, 0))
            firsts = [place - left for place in range(0, left + length + right, sliding.stride)]
            whole = [first for first in firsts if first + sliding.span <= length + right]
            behind = firsts[len(whole)] if len(whole) < len(firsts) else length
            # What the last whole window leaves over, or all where none fits.
            left_over = not whole or whole[-1] + sliding.span < length + right
            assert count == len(whole) + (sliding.ceil and left_over and behind < length)
            return
        assert last <= length + right
        if sliding.padding is SAME:
            assert right - left in (0, 1)
            assert sliding.output_length(length) == -(-length // sliding.stride)
        else:
            assert last + sliding.stride > length + right
            assert (left, right) == (sliding.span - 1, 0)


class TestPads:
    def test_same_splits_15_into_7_left_and_8_right(self) -> None:
        assert Sliding(16, padding=SAME).pads(500) == (7, 8)

    def test_same_pool_of_8_pads_485_by_1_left_and_2_right(self) -> None:
        pool = Sliding(8, 8, SAME)
        assert pool.pads(485) == (1, 2)
        assert pool.window(0, 485).positions == range(7)
        assert pool.window(1, 485).positions == range(7, 15)
        assert pool.window(60, 485).positions == range(479, 485)
        assert pool.window(60, 485).padding == (0, 2)

    def test_same_needs_no_padding_where_the_stride_is_wider_than_the_window(self) -> None:
        assert Sliding(2, 5, SAME).pads(11) == (0, 1)
        assert Sliding(2, 5, SAME).pads(12) == (0, 0)
        assert Sliding(2, 5, SAME).pads(13) == (0, 0)

    def test_causal_pads_the_left_alone(self) -> None:
        assert Sliding(3, padding=CAUSAL, dilation=4).pads(100) == (8, 0)
        assert [*Sliding(3, padding=CAUSAL, dilation=4).window(0, 100).positions] == [0]
        assert [*Sliding(3, padding=CAUSAL, dilation=4).window(9, 100).positions] == [1, 5, 9]

    def test_valid_pads_nothing(self) -> None:
        assert Sliding(16).pads(16) == (0, 0)

    def test_numbers_pad_what_they_say_and_the_overhang_of_ceil_is_none_of_it(self) -> None:
        pool = Sliding(8, 8, (3, 1), ceil=True)
        assert pool.pads(500) == (3, 1)
        assert pool.window(62, 500).positions == range(493, 500)
        assert pool.output_length(500) == 63
        assert Sliding(8, 8, ceil=True).pads(485) == (0, 0)
        assert Sliding(8, 8, ceil=True).window(60, 485).positions == range(480, 485)

    def test_no_numbers_are_valid(self) -> None:
        assert checked_padding((0, 0)) is VALID
        assert checked_padding("same") is SAME
        assert checked_padding((0, 3)) == (0, 3)

    @pytest.mark.parametrize("sides", [(-1, 0), (0, -3), (0, (1 << 20) + 1)])
    def test_less_than_none_or_too_many_are_refused(self, sides: tuple[int, int]) -> None:
        with pytest.raises(SettingError, match=r"^a padding of .*; each side has 0 to 1,048,576$"):
            checked_padding(sides)


class TestWindow:
    def test_of_conv_4_reads_bases_4_to_19(self) -> None:
        assert Sliding(16).window(4, 500).interval == (4, 20)

    def test_dilation_2_spreads_16_taps_over_31_bases(self) -> None:
        sliding = Sliding(16, dilation=2)
        assert sliding.span == 31
        assert [*sliding.window(3, 500).positions] == [*range(3, 34, 2)]
        assert sliding.window(469, 500).interval == (469, 500)

    def test_same_hangs_over_both_ends(self) -> None:
        first, last = Sliding(16, padding=SAME).window(0, 500), Sliding(16, padding=SAME).window(499, 500)
        assert (first.first, first.padding, first.positions) == (-7, (7, 0), range(9))
        assert (last.first, last.padding, last.positions) == (492, (0, 8), range(492, 500))

    def test_wider_than_the_axis_hangs_over_both_ends_at_once(self) -> None:
        window = Sliding(16, padding=SAME).window(1, 3)
        assert window.positions == range(3)
        assert window.padding == (6, 7)

    def test_may_read_nothing_where_all_dilated_taps_fall_beside_the_axis(self) -> None:
        window = Sliding(2, padding=SAME, dilation=5).window(0, 2)
        assert taps_by_hand(window) == [-2, 3]
        assert (window.padding, [*window.positions], window.interval) == ((1, 1), [], (0, 0))

    @pytest.mark.parametrize("output", [-1, 60, 1000])
    def test_of_an_output_that_is_not_there_is_an_index_error(self, output: int) -> None:
        with pytest.raises(IndexError, match=f"output {output} of 60"):
            Sliding(8, 8).window(output, 485)

    @given(placed(), st.data())
    @any_sliding
    def test_positions_are_its_taps_without_those_in_the_padding(
        self, placed: tuple[Sliding, int], data: st.DataObject
    ) -> None:
        sliding, length = placed
        window = sliding.window(data.draw(st.integers(0, sliding.output_length(length) - 1)), length)
        taps = taps_by_hand(window)
        inside = [tap for tap in taps if 0 <= tap < length]
        assert [*window.positions] == inside
        assert sum(window.padding) == len(taps) - len(inside)
        if inside:
            assert window.padding == (sum(tap < 0 for tap in taps), sum(tap >= length for tap in taps))
            assert window.interval == (inside[0], inside[-1] + 1)

    @given(placed())
    @any_sliding
    def test_neighbours_are_one_stride_apart(self, placed: tuple[Sliding, int]) -> None:
        sliding, length = placed
        windows = [sliding.window(output, length) for output in range(sliding.output_length(length))]
        assert windows[0].first == -sliding.pads(length)[0]
        assert all(after.first - before.first == sliding.stride for before, after in pairwise(windows))


class TestReaders:
    def test_of_a_base_are_the_16_windows_over_it(self) -> None:
        assert Sliding(16).readers(100, 500) == tuple(range(85, 101))
        assert Sliding(16).readers(0, 500) == (0,)
        assert Sliding(16).readers(499, 500) == (484,)

    def test_of_a_position_in_a_gap_are_none(self) -> None:
        gapped = Sliding(2, 5)
        assert [gapped.readers(position, 10) for position in range(8)] == [(0,), (0,), (), (), (), (1,), (1,), ()]

    def test_of_a_position_in_the_tail_are_none(self) -> None:
        assert Sliding(8, 8).readers(479, 485) == (59,)
        assert [Sliding(8, 8).readers(position, 485) for position in range(480, 485)] == [()] * 5

    @given(placed())
    @any_sliding
    def test_are_exactly_the_windows_that_say_so(self, placed: tuple[Sliding, int]) -> None:
        sliding, length = placed
        windows = [sliding.window(output, length).positions for output in range(sliding.output_length(length))]
        for position in range(length):
            expected = tuple(output for output, positions in enumerate(windows) if position in positions)
            assert sliding.readers(position, length) == expected
        read = sliding.reads(np.arange(length), length)
        assert read.tolist() == [bool(sliding.readers(position, length)) for position in range(length)]


class TestPositionsRead:
    @given(placed(), st.data())
    @any_sliding
    def test_are_those_under_the_wanted_windows(self, placed: tuple[Sliding, int], data: st.DataObject) -> None:
        sliding, length = placed
        count = sliding.output_length(length)
        wanted = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
        under = {at for output in np.flatnonzero(wanted) for at in sliding.window(int(output), length).positions}
        assert {*np.flatnonzero(sliding.positions_read(wanted, length)).tolist()} == under

    @given(placed(), st.data())
    @any_sliding
    def test_spans_reach_all_windows_over_them(self, placed: tuple[Sliding, int], data: st.DataObject) -> None:
        sliding, length = placed
        first = np.array(data.draw(st.lists(st.integers(0, length - 1), min_size=1, max_size=3)))
        spans = Spans(first, data.draw(st.integers(1, 3)))
        reached = sliding.reached(spans, length)
        count = sliding.output_length(length)
        for edit, begin in enumerate(first.tolist()):
            mine = {*range(int(reached.first[edit]), int(reached.first[edit]) + reached.reach)}
            edited = range(begin, min(length, begin + spans.width))
            assert {out for out in range(count) if {*sliding.window(out, length).positions} & {*edited}} <= mine


class TestTapsInside:
    @any_sliding
    @given(placed())
    def test_they_are_all_that_read_a_position_in_any_window(self, place: tuple[Sliding, int]) -> None:
        sliding, length = place
        windows = [sliding.window(output, length) for output in range(sliding.output_length(length))]
        reading = {tap for window in windows for tap, at in enumerate(taps_by_hand(window)) if 0 <= at < length}
        inside = sliding.taps_inside(length)
        assert reading <= {*inside}
        # Between windows of a stride, a tap may skip the whole axis.
        if sliding.stride == 1:
            assert reading == {*inside}

    def test_a_dilation_beyond_the_axis_leaves_none_or_one(self) -> None:
        assert [*Sliding(8, 1, SAME, 1000).taps_inside(30)] == []
        assert [*Sliding(7, 1, SAME, 1000).taps_inside(30)] == [3]
        assert [*Sliding(3, 1, CAUSAL, 1000).taps_inside(30)] == [2]


class TestTail:
    def test_of_485_in_pools_of_8_is_the_last_5(self) -> None:
        assert 485 == 60 * 8 + 5
        assert Sliding(8, 8).left_over(485) == (480, 485)

    def test_is_empty_under_same(self) -> None:
        assert Sliding(8, 8, SAME).left_over(485) == (485, 485)

    def test_of_gapped_same_windows_may_still_be_some(self) -> None:
        assert Sliding(2, 3, SAME).left_over(9) == (8, 9)

    def test_of_overlapping_pools_is_what_the_last_one_leaves(self) -> None:
        assert Sliding(5, 3).left_over(12) == (11, 12)

    @given(placed())
    @any_sliding
    def test_is_all_that_lies_behind_the_last_tap(self, placed: tuple[Sliding, int]) -> None:
        sliding, length = placed
        taps = taps_by_hand(sliding.window(sliding.output_length(length) - 1, length))
        assert sliding.left_over(length) == (min(length, max(0, taps[-1] + 1)), length)
        assert not any(sliding.readers(position, length) for position in range(*sliding.left_over(length)))


class TestSettings:
    @pytest.mark.parametrize("setting", ["size", "stride", "dilation"])
    @pytest.mark.parametrize("value", [0, -1])
    def test_below_1_are_refused_by_name(self, setting: str, value: int) -> None:
        with pytest.raises(SettingError, match=f"^{setting} {value} is below 1; the smallest {setting} is 1$"):
            Sliding(**{"size": 8, setting: value})

    def test_a_padding_that_is_none_is_refused_with_those_that_are(self) -> None:
        with pytest.raises(SettingError, match=r"^there is no padding 'full'; it is valid, same or causal$"):
            Padding("full")
