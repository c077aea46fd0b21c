"""How a screen is shared out: nothing is left over, nothing hangs over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_tui.view.arrangement import GUTTER, MARGIN, MEDIUM, SMALLEST, WIDE, Arrangement, arrange, arrange_layer
from cnn_tui.widgets.inspector import pages

HEIGHTS = range(SMALLEST[1], 71)
WIDTHS = range(SMALLEST[0], 221)
RULER_BASES_WINDOW_KEPT_POOLED = 5
RAIL_AND_STATUS = 3


@dataclass(frozen=True)
class Case:
    """A screen, how many filters there are, and the lines that everything gets."""

    width: int
    height: int
    filters: int
    given: Arrangement

    @property
    def track_lines(self) -> int:
        """The lines of all tracks; a gap stands above each group that is there."""
        given = self.given
        gaps = given.gap * (1 + (given.maps > 0) + (given.cells > 0))
        own = given.overview + given.products + given.feature_map + given.maps + given.cells
        return RULER_BASES_WINDOW_KEPT_POOLED + own + gaps


@cache
def cases(unfolded: bool) -> list[Case]:
    """Return every size with some filters, and some sizes with every number of filters."""
    sizes = [*product(WIDTHS, HEIGHTS, (12, 320)), *product((80, WIDE), (18, 24, 30, 49, 50, 70), range(1, 401))]
    found = []
    for width, height, filters in sizes:
        given = arrange(width, height, filters, unfolded=unfolded)
        assert given is not None
        found.append(Case(width, height, filters, given))
    return found


folded_or_not = pytest.mark.parametrize("unfolded", [False, True])


@folded_or_not
def test_under_each_other_tracks_and_panel_fill_the_screen_to_the_line(unfolded: bool) -> None:
    for case in cases(unfolded):
        if case.width < WIDE:
            assert case.track_lines + case.given.panel_height + RAIL_AND_STATUS == case.height, case
            assert case.given.tracks == case.given.panel == case.width


@folded_or_not
def test_side_by_side_tracks_and_panel_fill_the_screen_to_the_column(unfolded: bool) -> None:
    for case in cases(unfolded):
        if case.width >= WIDE:
            assert case.given.tracks + case.given.panel == case.width, case
            assert case.given.panel_height + RAIL_AND_STATUS == case.height
            assert case.track_lines + RAIL_AND_STATUS <= case.height


def test_side_by_side_many_filters_leave_no_line_empty() -> None:
    for case in cases(unfolded=False):
        if case.width >= WIDE and case.filters >= 100:
            assert case.track_lines + RAIL_AND_STATUS == case.height, case


def test_the_panel_stands_beside_the_tracks_from_a_width_on() -> None:
    assert all(case.given.side == (case.width >= WIDE) for case in cases(unfolded=False))


@folded_or_not
def test_nothing_is_negative(unfolded: bool) -> None:
    for case in cases(unfolded):
        given = case.given
        assert min(given.maps, given.cells, given.gap, given.card) >= 0, case
        assert min(given.tracks, given.panel, given.panel_height, given.products, given.feature_map) > 0, case


@folded_or_not
def test_the_inspector_has_its_lines_on_every_screen(unfolded: bool) -> None:
    assert min(case.given.panel_height for case in cases(unfolded)) >= 1 + 4


def test_a_heat_map_is_never_taller_than_its_filters() -> None:
    for case in cases(unfolded=False):
        assert max(case.given.maps, case.given.cells) <= case.filters, case


def test_bars_have_a_height_in_both_directions() -> None:
    for case in cases(unfolded=False):
        assert case.given.feature_map >= 2
        assert case.given.products >= 2
        assert case.given.products % 2 == 0


def test_a_taller_screen_gives_its_lines_to_the_heat_maps_too() -> None:
    for first, last in ((18, 49), (50, 70)):  # from 50 on empty lines stand between the groups
        shown = [arrange(80, height, 320) for height in range(first, last + 1)]
        lines = [given.maps + given.cells for given in shown if given is not None]
        assert all(more >= less - 1 for less, more in pairwise(lines))
        assert lines[-1] > lines[0]


def test_on_a_small_screen_the_unfolded_inspector_takes_the_lines_of_the_heat_maps() -> None:
    folded, unfolded = arrange(80, 24, 320), arrange(80, 24, 320, unfolded=True)
    assert folded is not None
    assert unfolded is not None
    assert (unfolded.maps, unfolded.cells) == (0, 0)
    assert unfolded.panel_height == folded.panel_height + folded.maps + folded.cells


def test_80_by_24_has_both_heat_maps() -> None:
    given = arrange(80, 24, 320)
    assert given is not None
    assert min(given.maps, given.cells) > 0


def test_twelve_filters_on_a_tall_screen_have_a_line_each() -> None:
    given = arrange(200, 60, 12)
    assert given is not None
    assert (given.maps, given.cells) == (12, 12)


def test_the_card_stands_beside_the_inspector_where_there_is_room() -> None:
    cards = [arrange(width, 40, 12) for width in (MEDIUM - 1, MEDIUM, WIDE)]
    assert [given.card > 0 for given in cards if given is not None] == [False, True, True]


@pytest.mark.parametrize("size", [(59, 24), (80, 17), (20, 5), (1, 1), (0, 0)])
def test_a_screen_that_is_too_small_has_no_arrangement(size: tuple[int, int]) -> None:
    assert arrange(*size, 12) is None


def test_the_smallest_screen_has_one() -> None:
    assert arrange(*SMALLEST, 12) is not None


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(2, 12))
def test_the_pages_of_the_inspector_hold_every_line_and_leave_room_to_say_that_there_is_more(
    lengths: list[int], height: int
) -> None:
    statements = [[f"{nth}.{line}" for line in range(length)] for nth, length in enumerate(lengths)]
    found = pages(statements, height)
    assert [line for page in found for line in page] == [line for statement in statements for line in statement]
    assert all(len(page) < height for page in found[:-1])
    assert 0 < len(found[-1]) <= height


@pytest.mark.parametrize("channels", [1, 4, 12, 320])
def test_of_a_layer_the_inspector_keeps_lines_and_every_track_has_some(channels: int) -> None:
    ruler_bases_reach = 3
    for height in HEIGHTS:
        given = arrange_layer(100, height, channels)
        assert given is not None
        assert given.channel >= 2
        assert 1 <= given.channels <= channels
        assert ruler_bases_reach + given.channel + given.channels <= given.units
        assert height - RAIL_AND_STATUS - given.units >= 6
        assert given.columns == 100 - GUTTER - MARGIN


def test_a_layer_too_has_no_arrangement_on_a_screen_that_is_too_small() -> None:
    assert arrange_layer(SMALLEST[0], SMALLEST[1], 12) is not None
    assert arrange_layer(SMALLEST[0] - 1, 40, 12) is None
    assert arrange_layer(100, SMALLEST[1] - 1, 12) is None


def test_card_and_inspector_share_a_panel_that_has_room_and_take_turns_in_one_that_has_not() -> None:
    shown = {
        (width, card, unfolded): (given.shows_card, given.shows_inspector)
        for width, card, unfolded in product((MEDIUM - 1, MEDIUM, WIDE), (False, True), (False, True))
        if (given := arrange(width, 40, 12, card=card, unfolded=unfolded)) is not None
    }
    turns = {key: each for key, each in shown.items() if each != (True, True)}
    assert turns == {
        (MEDIUM - 1, False, False): (False, True),
        (MEDIUM - 1, False, True): (False, True),
        (MEDIUM - 1, True, False): (True, False),
        (MEDIUM - 1, True, True): (True, False),
        (WIDE, False, True): (False, True),
    }


def test_beside_the_tracks_the_card_leaves_the_inspector_its_half_unless_that_is_wanted_whole() -> None:
    for height in HEIGHTS:
        folded, whole = arrange(WIDE, height, 12), arrange(WIDE, height, 12, unfolded=True)
        assert folded is not None
        assert whole is not None
        assert 1 <= folded.inspector <= min(20, folded.panel_height // 2)
        assert whole.inspector == 0
