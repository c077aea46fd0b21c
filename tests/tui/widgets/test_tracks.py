"""What all tracks share: widths, names, and that the pointer and the cursor agree."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import pytest
from drawings import (
    LETTERS,
    READINGS,
    ground,
    motifs,
    picture_of,
    random_kernel,
    reading,
    track,
)

from cnn_core.layers import Conv1D
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.view.play import Phase, Play
from cnn_tui.view.track_sizes import GUTTER, MARGIN
from cnn_tui.view.view_state import ZOOMS, Level
from cnn_tui.widgets.bases import Bases
from cnn_tui.widgets.feature_map import FeatureMap, Selected
from cnn_tui.widgets.heat_map import AllCells, AllMaps
from cnn_tui.widgets.hits_track import HitsTrack
from cnn_tui.widgets.pooled_cells import Pooled
from cnn_tui.widgets.products import Products
from cnn_tui.widgets.ruler import Ruler
from cnn_tui.widgets.track import Track
from cnn_tui.widgets.window_track import ConvWindow

HEIGHTS: dict[type[Track], int] = {
    Ruler: 1,
    Bases: 1,
    HitsTrack: 4,
    ConvWindow: 1,
    Products: 2,
    FeatureMap: 3,
    Selected: 1,
    Pooled: 1,
    AllMaps: 2,
    AllCells: 2,
}
every_track = pytest.mark.parametrize("kind", HEIGHTS)
every_block = pytest.mark.parametrize("name", READINGS)


class TestEveryTrack:
    @every_block
    def test_a_line_is_as_wide_as_the_track(self, name: str) -> None:
        monochrome = cycle((False, True))
        # Every zoom on each screen, with half of the blocks on the one and half on the other.
        screens, nth = ((42, 33), (136, 400)), [*READINGS].index(name)
        for at, zoom in enumerate(ZOOMS):
            columns, offset = screens[(at + nth) % 2] if at != nth else (1, 0)
            picture = picture_of(READINGS[name], columns=columns, zoom=zoom, offset=offset, cell=3, filter=2)
            # Ten tracks: each is drawn both ways from picture to picture.
            for kind in HEIGHTS:
                widget = track(kind, picture, height=HEIGHTS[kind], monochrome=next(monochrome))
                for y in range(HEIGHTS[kind]):
                    strip = widget.render_line(y)
                    assert strip.cell_length == GUTTER + columns + MARGIN
                    assert sum(segment.cell_length for segment in strip) == strip.cell_length

    @every_track
    @pytest.mark.parametrize("level", Level)
    def test_a_line_is_as_wide_as_the_track_whatever_is_looked_at(self, kind: type[Track], level: Level) -> None:
        for play in (None, *(Play(2, nth=3, phase=phase) for phase in Phase)):
            picture = picture_of(
                READINGS["plain"], level=level, cell=2, position=19, base=20, play=play, pattern="ACG"
            )
            widget = track(kind, picture, height=HEIGHTS[kind])
            for y in range(HEIGHTS[kind]):
                assert widget.render_line(y).cell_length == GUTTER + 64 + MARGIN

    @every_track
    def test_without_a_picture_a_line_is_blank(self, kind: type[Track]) -> None:
        widget = track(kind, picture_of(READINGS["plain"]), height=HEIGHTS[kind])
        widget.set_reactive(Track.picture, None)
        assert widget.render_line(0).text == " " * (GUTTER + 64 + MARGIN)

    @every_track
    @pytest.mark.parametrize("theme", PALETTES)
    def test_a_track_has_the_ground_of_its_theme(self, kind: type[Track], theme: str) -> None:
        widget = track(kind, picture_of(READINGS["plain"]), height=HEIGHTS[kind], theme=theme)
        first = next(iter(widget.render_line(0)))
        assert first.style is not None
        assert ground(first.style) == PALETTES[theme].ground

    @pytest.mark.parametrize("kind", [kind for kind in HEIGHTS if kind is not ConvWindow])
    def test_where_nothing_is_the_pointer_says_nothing(self, kind: type[Track]) -> None:
        for read in READINGS.values():
            picture = picture_of(read, columns=600)
            assert track(kind, picture, height=HEIGHTS[kind]).place(599, 0, picture) is None

    @every_block
    def test_a_place_under_the_pointer_can_be_gone_to(self, name: str) -> None:
        for zoom in (-16, -2, 1, 8):
            picture = picture_of(READINGS[name], columns=60, zoom=zoom, offset=10)
            for kind in HEIGHTS:
                widget = track(kind, picture, height=HEIGHTS[kind])
                places = [widget.place(column, 0, picture) for column in range(60)]
                for place in filter(None, places):
                    assert place.text, (kind, zoom)
                    assert picture.view.on(place.level, place.index).index == place.index, (kind, zoom)


class TestLabels:
    def test_a_long_name_is_cut_and_says_so(self) -> None:
        widget = track(Ruler, picture_of(READINGS["plain"]))
        assert widget.label_strip("a name that is too long").text == "a name that is … "
        assert widget.label_strip("short").text == "short".ljust(GUTTER)

    def test_a_name_of_wide_letters_takes_no_more_room(self) -> None:
        conv = Conv1D(random_kernel(3, filters=1), filter_names=("転写因子結合部位配列",))
        picture = picture_of(reading(LETTERS, conv), columns=40)
        for kind in (FeatureMap, AllMaps, AllCells):
            widget = track(kind, picture, height=3)
            for y in range(3):
                strip = widget.render_line(y)
                assert sum(segment.cell_length for segment in strip) == GUTTER + 40 + MARGIN

    def test_a_name_from_a_file_is_no_escape_code(self) -> None:
        conv = Conv1D(random_kernel(3, filters=1), filter_names=("\x1b[2J",))
        picture = picture_of(reading(LETTERS, conv))
        for kind in (FeatureMap, AllMaps, AllCells):
            widget = track(kind, picture, height=3)
            assert "\x1b" not in "".join(widget.render_line(y).text for y in range(3))

    def test_the_chosen_filter_is_named_and_marked(self) -> None:
        picture = picture_of(motifs(), filter=1)
        lines = [track(FeatureMap, picture, height=3).render_line(y).text[:GUTTER].rstrip() for y in range(3)]
        assert lines == ["conv     0…484", "  filter 1", "  GATA1"]
        assert track(FeatureMap, picture, height=2).render_line(1).text.startswith("  filter 1 GATA1 ")
        assert track(Pooled, picture).render_line(0).text.startswith("pooled   0…59 ")
        labels = [track(AllMaps, picture, height=12).render_line(y).text[:GUTTER] for y in range(12)]
        assert [label for label in labels if "▸" in label] == ["     ▸1 GATA1".ljust(GUTTER)]


class TestSteps:
    """What a step draws is what the same view drawn afresh shows."""

    @every_track
    def test_a_kept_stretch_draws_the_same(self, kind: type[Track]) -> None:
        read = READINGS["plain"]
        first = picture_of(read, cell=2)
        for view in (
            first.view.at(3),
            first.view.to_filter(2),
            first.view.down(17),
            replace(first.view, pattern="AC"),
        ):
            kept, afresh = first.stepped(view), Picture.of(read, view)
            assert kept.visible is first.visible
            one, other = (track(kind, each, height=HEIGHTS[kind]) for each in (kept, afresh))
            for y in range(HEIGHTS[kind]):
                assert list(one.render_line(y)) == list(other.render_line(y))
