"""Two readings side by side: each as it is alone, one cursor for both, and what one key changes in either."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from dialog_host import type_text
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, fasta

from cnn_core.blocks.reading import Reading
from cnn_tui.__main__ import main
from cnn_tui.opening import open_model, open_reading, open_source
from cnn_tui.options.request import OpenRequest
from cnn_tui.pictures.side_by_side import SideBySide
from cnn_tui.screens.dialogs.ask_versus import AskVersus
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.view.view_state import EditsShown, Level
from cnn_tui.view_file.form import with_view
from cnn_tui.widgets.bases import Bases
from cnn_tui.widgets.comparison_tracks import ComparisonTracks, Other, Sides
from cnn_tui.widgets.feature_map import FeatureMap
from cnn_tui.widgets.pooled_cells import Pooled

CASE = {"model": "trained", "sequences": "@lesson", "record": "sim_02_C", "filter": "135", "cell": 7}
"""The lesson's: base 68, C → G, takes the motif of filter 135 out of pooled[7]."""
EDIT = "edit:69C>G"
MAP_LINES = {SMALL: 2, MEDIUM: 3}
"""How many lines each of the three feature maps has."""


def split(shown: Shown) -> SideBySide:
    assert shown.explorer.split is not None
    return shown.explorer.split


def alone(**asked: object) -> Reading:
    """Return a reading opened alone."""
    request = replace(
        OpenRequest(sequences="@lesson", model="trained", record="sim_02_C"),
        **asked,  # type: ignore[arg-type]
    )
    with open_source(request.sequences) as sequences:
        reading = open_reading(request, sequences, open_model(request.model))
        _ = None if reading.obstacle else reading.values, reading.run.values(0, reading.run.cells)
        return reading


def gutter(shown: Shown, line: int) -> str:
    return shown.lines[line][:GUTTER].rstrip()


def blocks(shown: Shown) -> list[str]:
    """The names beside the lines from the letters of A to the cells of B, empty ones left out."""
    tracks = shown.explorer.query_one(Bases).region.y, shown.explorer.query_one(Other).region.bottom
    return [name for name in (gutter(shown, line) for line in range(*tracks)) if name and not name.startswith(" ")]


def line_of_b(shown: Shown, track: type[Bases | Pooled]) -> str:
    widget = shown.explorer.query_one(Other).query_one(track)
    return shown.lines[widget.region.y][GUTTER:]


# What is shown


async def test_a_and_b_and_a_minus_b_stand_one_above_the_other() -> None:
    async with explorer((60, 18), **CASE, versus=EDIT) as shown:
        for size in ((60, 18), WIDE, SMALL, MEDIUM):
            await shown.resize(*size)
            found = blocks(shown)
            assert [name for name in found if not name.startswith(("window", "weights"))] == [
                *("A letters", "conv     0…484", "pool  max of 8", "pooled   0…59"),
                *("A − B conv", "A − B pooled"),
                *("B letters", "conv     0…484", "pool  max of 8", "pooled   0…59"),
            ]
            # What of A and of B ends in the line that names them is whole, and under it all parts end with the screen.
            named = shown.lines[shown.explorer.query_one(Sides).region.y]
            assert "A sim_02_C as it is  B sim_02_C:69C>G" in named
            assert max(each.region.bottom for each in shown.explorer.query("#main > *")) <= size[1] - 1
            if size in MAP_LINES:
                heights = [each.region.height for each in shown.explorer.query(FeatureMap)]
                assert heights == [MAP_LINES[size]] * 3


async def test_b_is_what_it_is_alone_and_the_heat_maps_show_the_difference() -> None:
    mine, other = alone(), alone(edits=("69C>G",))
    async with explorer(**CASE, versus=EDIT) as shown:
        b = split(shown).b
        np.testing.assert_array_equal(b.run.values(0, 60), other.run.values(0, 60))
        letters, edited = shown.line_of(Bases), shown.view.column_of(68)
        assert line_of_b(shown, Bases) == f"{letters[:edited]}G{letters[edited + 1 :]}"
        own, its = mine.run.values(7, 8)[0], other.run.values(7, 8)[0]
        difference = split(shown).comparison.values(0, 60)
        assert difference[7, 135] == own[135] - its[135]
        assert f"pooled[7] of filter 135: A {own[135]:.3f} · B 0 · A − B {own[135]:.3f}" in shown.text
        outputs = [float(each.output.values.ravel()[0]) for each in (mine, other) if each.output.values is not None]
        assert f"output A {outputs[0]:.3f} · B {outputs[1]:.3f} · A − B {outputs[0] - outputs[1]:.3f}" in shown.text
        # The legend says what the heat maps show.
        await shown.resize(*WIDE)
        assert "A − B, each filter's largest" in shown.text
        mapped = shown.explorer.mapped
        assert mapped is not None
        np.testing.assert_array_equal(mapped.cells.values[shown.view.column_of(56)], own - its)


@pytest.mark.parametrize(
    ("versus", "names", "asked"),
    [
        ("set:pool_stride=4", "A pool stride 8  B pool stride 4", {"settings": ("pool_stride=4",)}),
        ("record:lesson", "A sim_02_C:1-500  B lesson:1-500", {"record": "lesson"}),
        ("strand", "A sim_02_C:1-500 + strand  B sim_02_C:1-500 − strand", {"reverse": True}),
    ],
)
async def test_every_kind_is_what_it_is_alone(versus: str, names: str, asked: dict[str, object]) -> None:
    async with explorer(**CASE, versus=versus) as shown:
        assert names in shown.text
        other, b = alone(**asked), split(shown).b
        np.testing.assert_array_equal(b.run.values(0, b.run.cells), other.run.values(0, other.run.cells))


async def test_another_filter_is_subtracted_from_the_one_that_is_looked_at() -> None:
    async with explorer(**CASE, versus="filter:136") as shown:
        assert "A filter 135  B filter 136" in shown.text
        values = alone().run.values(0, 60)
        np.testing.assert_array_equal(
            split(shown).comparison.values(0, 60)[:, 135], values[:, 135] - values[:, 136]
        )
        # There is one output of both.
        assert "output A" not in shown.text
        await shown.press("down")
        assert (split(shown).a.view.filter, split(shown).b.view.filter) == (136, 136)


async def test_another_model_has_its_own_weights_and_the_same_changed_settings() -> None:
    async with explorer(**CASE, versus="model:seed") as shown:
        with open_source("@lesson") as sequences:
            other = open_reading(
                OpenRequest(sequences="@lesson", model="seed", record="sim_02_C"), sequences, open_model("seed")
            )
            expected = other.run.values(0, 60)
        np.testing.assert_array_equal(split(shown).b.run.values(0, 60), expected)
        assert "B model seed" in shown.text
        await shown.press("right_curly_bracket")
        assert [each.shown.settings.pool_size for each in (split(shown).a, split(shown).b)] == [9, 9]
        assert split(shown).b.shown.model.name != split(shown).a.shown.model.name


# What cannot be subtracted


async def test_cells_of_other_sizes_are_not_subtracted_and_why_one_has_no_output_is_said() -> None:
    async with explorer(MEDIUM, **CASE, versus="set:pool_size=4,pool_stride=4") as shown:
        assert "cells of other sizes, or over other bases, are not subtracted" in shown.text
        assert "cells of 8 and of 4 are not subtracted" in shown.text
        # conv[63], which pooled[7] of A selected, is read by pooled[15] of B.
        assert "A pooled[7] of filter 135: 0.185 · B pooled[15]: 0.185" in shown.text
        assert not split(shown).comparison.values(0, 60).any()
        # Positions are, and are the same.
        assert split(shown).comparison.positions_match
        # A press in B puts the cursor over the same bases.
        cells = shown.explorer.query_one(Other).query_one(Pooled)
        column = shown.view.column_of(64) + 1
        await shown.pilot.click(cells, offset=(GUTTER + column, 0))
        await shown.settled()
        assert shown.cursor == ("cell", 8)
        difference = shown.explorer.query_one(ComparisonTracks).query(Pooled).first()
        await shown.pilot.click(difference, offset=(GUTTER + shown.view.column_of(48) + 1, 0))
        await shown.resize(*WIDE)
        assert "output A 0.512 · B none" in shown.text
        assert "B: no output: " in shown.text


# One cursor


async def test_the_cursor_the_zoom_the_scroll_the_settings_and_the_strand_are_those_of_both() -> None:
    async with explorer(**CASE, versus=EDIT) as shown:
        for keys in (("right",), ("enter",), ("enter", "right"), ("minus",), ("end",), ("home",), ("up",)):
            await shown.press(*keys)
            a, b = split(shown).a.view, split(shown).b.view
            assert (b.level, b.index, b.filter, b.offset, b.zoom) == (a.level, a.index, a.filter, a.offset, a.zoom)
        shown.explorer.show_view(shown.view.on(Level.BASE, 68))
        await shown.settled()
        assert "base 68: letter C in A, letter G in B" in shown.text
        # Settings and the strand change both.
        await shown.press("right_curly_bracket")
        assert [each.run.pool.sliding.size for each in (split(shown).a, split(shown).b)] == [9, 9]
        await shown.press("0", "v")
        assert [each.shown.reverse for each in (split(shown).a, split(shown).b)] == [True, True]


# Everything that works on one works on both


async def test_a_setting_that_stands_beside_stays() -> None:
    async with explorer(**CASE, versus="set:pool_size=4") as shown:
        await shown.press("right_parenthesis")
        settings = [each.shown.settings for each in (split(shown).a, split(shown).b)]
        assert [(each.pool_size, each.pool_stride) for each in settings] == [(8, 9), (4, 9)]


async def test_letters_that_are_typed_go_into_both_and_what_cannot_stand_beside_goes_with_a_reason() -> None:
    async with explorer(**CASE, notifications=True, versus=EDIT) as shown:
        shown.explorer.show_view(shown.view.on(Level.BASE, 40))
        await shown.press("e", "a", "escape")
        a, b = split(shown).a.reading, split(shown).b.reading
        assert len(a.edits) == 1
        assert {*b.edit_names} == {*a.edit_names, "sim_02_C:69C>G"}
        await shown.press("u")
        assert split(shown).b.reading.edit_names == ("sim_02_C:69C>G",)
        shown.explorer.show_view(shown.view.on(Level.BASE, 68))
        await shown.press("e", "t")
        assert shown.explorer.split is None
        assert shown.toasts
        assert "A letters" not in shown.text


# The key


async def test_with_edits_the_original_is_put_beside_and_the_same_key_takes_it_away() -> None:
    async with explorer(**CASE) as shown:
        shown.explorer.show_view(shown.view.on(Level.BASE, 68))
        await shown.press("e", "g", "escape", "vertical_line")
        assert "A sim_02_C:69C>G  B sim_02_C as it is" in shown.text
        assert split(shown).b.shown.edits == ()
        # Undone, both are the same, and done again the original is still there.
        await shown.press("u")
        assert split(shown).comparison.values(0, 60).any() == np.False_
        await shown.press("U")
        assert split(shown).comparison.values(0, 60).any()
        await shown.press("vertical_line")
        assert shown.explorer.split is None
        assert not shown.explorer.query_one(ComparisonTracks).display
        assert gutter(shown, shown.explorer.query_one(Bases).region.y) == "edited"


async def test_without_edits_it_asks_offers_what_is_likely_and_refuses_what_cannot_be() -> None:
    async with explorer(MEDIUM, **CASE) as shown:
        await shown.press("vertical_line")
        assert isinstance(shown.app.screen, AskVersus)
        for offered in ("edit:", "set:pool_size=4", "strand", "filter:136", "model:seed", "record:sim_02_G"):
            assert offered in shown.text
        await type_text(shown.pilot, "filter:9999")
        await shown.press("enter")
        assert isinstance(shown.app.screen, AskVersus)
        assert "9999" in shown.text
        assert shown.explorer.split is None
        await shown.press("ctrl+u")
        await shown.type("other strand")
        await shown.press("enter")
        assert split(shown).b.shown.reverse
        await shown.press("vertical_line", "vertical_line")
        await type_text(shown.pilot, "filter:7")
        await shown.press("enter")
        assert split(shown).b.view.filter == 7


async def test_the_edits_shown_and_what_stands_beside_do_not_mix() -> None:
    async with explorer(**CASE, edits=("69C>G",), versus="filter:136") as shown:
        await shown.press("E")
        assert shown.view.edits is EditsShown.ORIGINAL
        assert split(shown).a.shown.edits == ()


# Before the screen, and kept


@pytest.mark.parametrize(
    ("versus", "told"),
    [
        ("nope", "does not say what to look at beside it"),
        ("record:zzz", "no record is named 'zzz'"),
        ("edit:1G>T", "1G>T"),
        ("model:motifs", "12 filters cannot stand beside 320"),
        ("original", "nothing is edited"),
    ],
)
def test_what_cannot_be_is_said_before_the_screen(
    versus: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("snapshot", "@lesson", "--model", "trained", "--record", "sim_02_C", "--versus", versus)
    assert main([*words, "-o", str(tmp_path / "out.txt")]) != 0
    assert told in capsys.readouterr().err


async def test_a_view_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "kept.toml"
    async with explorer(**CASE, versus=EDIT) as shown:
        await shown.press("S")
        await shown.press("ctrl+u")
        await shown.type(str(path))
        await shown.press("enter")
    assert 'versus = "edit:69C>G"' in path.read_text()
    request = with_view(OpenRequest(sequences=str(path)))
    async with explorer(**{each.name: getattr(request, each.name) for each in fields(request)}) as shown:
        assert split(shown).versus.asked == EDIT
        assert split(shown).b.reading.edit_names == ("sim_02_C:69C>G",)


async def test_a_record_that_is_opened_takes_it_along_where_it_can(tmp_path: Path) -> None:
    letters = "ACGTTGCAGT" * 12
    files = {"sequences": fasta(tmp_path / "own.fa", one=letters, two=letters[::-1]), "record": "one"}
    async with explorer(**files, versus="strand") as shown:
        await shown.press("r", "down", "enter")
        assert shown.reading.record.name == "two"
        assert split(shown).b.shown.record.name == "two"
        assert split(shown).b.shown.reverse
