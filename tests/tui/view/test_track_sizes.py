"""How a screen is shared out: nothing is left over, nothing hangs over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_tui.view.track_sizes import GUTTER, MARGIN, MEDIUM, SMALLEST, WIDE, Arrangement, arrange, arrange_layer
from cnn_tui.widgets.inspector import pages

HEIGHTS = range(SMALLEST[1], 71)
WIDTHS = range(SMALLEST[0], 221)
RULER_LETTERS_WINDOW_SELECTED_POOLED = 5
HEADER_AND_STATUS = 3
OTHER_SINGLE_LINES = 4
"""The cells of the difference, and letters, selected and pooled of what stands beside."""


@dataclass(frozen=True)
class Case:
    """A screen, how many filters there are, and the lines that everything gets."""

    width: int
    height: int
    filters: int
    given: Arrangement

    @property
    def lines(self) -> int:
        """The lines of everything between the header and the status line, the empty ones included."""
        given = self.given
        tracks = given.overview + given.output + given.products + given.feature_map
        tracks += given.hits + given.attribution
        tracks += given.sides + 2 * (given.beside + given.apart_sides) + (OTHER_SINGLE_LINES if given.beside else 0)
        maps = given.apart + given.maps + given.cells + given.legend
        told = given.inspector + given.sentences + 2 * given.gap
        return RULER_LETTERS_WINDOW_SELECTED_POOLED + tracks + told + maps


@cache
def cases(unfolded: bool, beside: bool = False, hits: bool = False) -> list[Case]:
    """Return every size with some filters, and some sizes with every number of filters."""
    sizes = [*product(WIDTHS, HEIGHTS, (12, 320)), *product((80, WIDE), (18, 24, 30, 49, 50, 70), range(1, 401))]
    found = []
    for width, height, filters in sizes:
        given = arrange(width, height, filters, unfolded=unfolded, beside=beside, hits=hits)
        assert given is not None
        found.append(Case(width, height, filters, given))
    return found


folded_or_not = pytest.mark.parametrize("unfolded", [False, True])


@folded_or_not
def test_all_parts_fill_the_screen_to_the_line(unfolded: bool) -> None:
    for case in cases(unfolded):
        assert case.lines + HEADER_AND_STATUS == case.height, case


@folded_or_not
def test_hits_fill_it_too_and_leave_lines_for_what_is_said(unfolded: bool) -> None:
    for case in cases(unfolded, hits=True):
        assert case.lines + HEADER_AND_STATUS == case.height, case
        assert case.given.hits >= 3, case
        assert case.given.inspector >= 4, case
    beside = arrange(120, 40, 12, beside=True, hits=True)
    assert beside is not None
    assert beside.hits == 0


@folded_or_not
def test_two_readings_fill_it_too_and_leave_lines_for_what_is_said_of_both(unfolded: bool) -> None:
    for case in cases(unfolded, beside=True):
        assert case.lines + HEADER_AND_STATUS == case.height, case
        given = case.given
        assert min(given.sides, given.beside, given.feature_map) >= 1, case
        assert given.feature_map >= given.beside, case
        assert given.inspector >= (2 if case.height < 24 else 3), case
        assert min(given.maps, given.cells, given.gap, given.products) >= 0, case


@pytest.mark.parametrize(("size", "feature_map", "inspector"), [((80, 24), 2, 5), ((120, 40), 3, 10)])
def test_two_readings_have_bars_of_more_than_a_line(
    size: tuple[int, int], feature_map: int, inspector: int
) -> None:
    given = arrange(*size, 320, beside=True)
    assert given is not None
    assert (given.feature_map, given.beside, given.inspector) == (feature_map, feature_map, inspector)


@folded_or_not
def test_the_card_and_the_guide_stand_beside_what_is_left_of_them(unfolded: bool) -> None:
    for case in cases(unfolded):
        given = case.given
        assert (given.guide is not None) == (case.width >= WIDE)
        assert (given.card is not None) == (case.width >= MEDIUM)
        if given.guide is not None and given.card is not None:
            assert given.tracks == given.card.x == given.guide.x
            assert given.tracks + given.card.width == case.width == given.tracks + given.guide.width
            assert given.card.height + given.guide.height + HEADER_AND_STATUS == case.height
            assert (given.card.y, given.guide.y) == (0, given.card.height)
        elif given.card is not None:
            assert given.said + given.card.width == given.tracks == case.width
            assert given.card.height == given.inspector
            maps = given.apart + given.maps + given.cells + given.legend
            assert given.card.y + given.card.height + maps + HEADER_AND_STATUS == case.height
        else:
            assert given.said == given.tracks == case.width


@folded_or_not
def test_nothing_is_negative(unfolded: bool) -> None:
    for case in cases(unfolded):
        given = case.given
        assert min(given.maps, given.cells, given.gap, given.apart, given.legend) >= 0, case
        assert min(given.tracks, given.said, given.sentences, given.products, given.feature_map) > 0, case


@folded_or_not
def test_the_table_and_its_equation_have_their_lines_on_every_screen(unfolded: bool) -> None:
    assert min(case.given.inspector for case in cases(unfolded)) >= 4


def test_80_by_24_has_the_table_and_four_lines_of_words_under_an_empty_one() -> None:
    given = arrange(80, 24, 320)
    assert given is not None
    assert (given.inspector, given.gap, given.legend) == (3 + 1 + 4, 1, 0)


def test_a_heat_map_is_never_taller_than_its_filters() -> None:
    for case in cases(unfolded=False):
        assert max(case.given.maps, case.given.cells) <= case.filters, case


def test_bars_have_a_height_in_both_directions() -> None:
    for case in cases(unfolded=False):
        assert case.given.feature_map >= 2
        assert case.given.products >= 2
        assert case.given.products % 2 == 0


def test_a_taller_screen_gives_its_lines_to_the_heat_maps_too() -> None:
    shown = [arrange(80, height, 320) for height in range(18, 71)]
    lines = [given.maps + given.cells for given in shown if given is not None]
    assert all(more >= less - 1 for less, more in pairwise(lines))
    assert lines[0] == 0 < lines[-1]


def test_the_unfolded_inspector_takes_the_lines_of_the_heat_maps() -> None:
    folded, unfolded = arrange(80, 40, 320), arrange(80, 40, 320, unfolded=True)
    assert folded is not None
    assert unfolded is not None
    assert (unfolded.maps, unfolded.cells, unfolded.legend) == (0, 0, 0)
    maps = folded.apart + folded.maps + folded.cells + folded.legend
    assert unfolded.inspector == folded.inspector + maps > folded.inspector


def test_twelve_filters_on_a_tall_screen_have_a_line_each() -> None:
    given = arrange(200, 60, 12)
    assert given is not None
    assert (given.maps, given.cells) == (12, 12)


def test_the_whole_card_takes_the_place_of_the_inspector_or_of_the_guide_and_heat_maps_stay() -> None:
    for width in (MEDIUM - 1, MEDIUM, WIDE):
        given, folded = arrange(width, 40, 12, card=True, unfolded=True), arrange(width, 40, 12)
        assert given is not None
        assert folded is not None
        assert given.card is not None
        assert (given.maps, given.cells) == (folded.maps, folded.cells)
        assert given.guide is None
        if width < WIDE:
            assert (given.card.width, given.card.height, given.inspector) == (width, folded.inspector, 0)
        else:
            assert (given.card.height, given.inspector) == (40 - HEADER_AND_STATUS, folded.inspector)


@pytest.mark.parametrize("size", [(59, 24), (80, 17), (20, 5), (1, 1), (0, 0)])
def test_a_screen_that_is_too_small_has_no_arrangement(size: tuple[int, int]) -> None:
    assert arrange(*size, 12) is None


def test_the_smallest_screen_has_one() -> None:
    assert arrange(*SMALLEST, 12) is not None


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(2, 12), st.integers(1, 12))
def test_the_pages_of_the_inspector_hold_every_line_and_leave_room_to_say_that_there_is_more(
    lengths: list[int], height: int, width: int
) -> None:
    statements = [[f"{nth}.{line}" for line in range(length)] for nth, length in enumerate(lengths)]
    found = pages(statements, height, width)
    assert [line for page in found for line in page] == [line for statement in statements for line in statement]
    for page in found[:-1]:
        assert len(page) < height or len(page[-1]) + len("  … i") <= width
    assert all(0 < len(page) <= height for page in found)


@pytest.mark.parametrize("channels", [1, 4, 12, 320])
def test_of_a_layer_the_inspector_keeps_lines_and_every_track_has_some(channels: int) -> None:
    ruler_letters_read_legend = 4
    for height in HEIGHTS:
        given = arrange_layer(100, height, channels)
        assert given is not None
        assert given.channel >= 2
        assert 1 <= given.channels <= channels
        assert ruler_letters_read_legend + given.channel + given.channels <= given.units
        assert height - HEADER_AND_STATUS - given.units >= 6
        assert given.columns == 100 - GUTTER - MARGIN


def test_a_layer_too_has_no_arrangement_on_a_screen_that_is_too_small() -> None:
    assert arrange_layer(SMALLEST[0], SMALLEST[1], 12) is not None
    assert arrange_layer(SMALLEST[0] - 1, 40, 12) is None
    assert arrange_layer(100, SMALLEST[1] - 1, 12) is None
