"""The whole network: any layer over the same bases, and the way down from any value."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from explorers import press, resize, running, settled
from textual.pilot import Pilot

from cnn_core.blocks.reading import Reading
from cnn_core.explain.walk_down import Descent
from cnn_core.letters.sequence_files import open_sequences
from cnn_core.presets import preset
from cnn_samples import sample_path
from cnn_tui.app import CnnApp
from cnn_tui.opening.models import open_model
from cnn_tui.options.request import OpenRequest
from cnn_tui.pictures.layer_narration import explain_layer
from cnn_tui.screens.dialogs.output_reasons import OutputReasons
from cnn_tui.screens.explorer import Explorer
from cnn_tui.screens.network import Network
from cnn_tui.view.frame import ZOOMS
from cnn_tui.view.layer_view import LayerView, layer_axes
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.view.view_state import Level
from cnn_tui.widgets.explorer_status import Status
from cnn_tui.widgets.inspector import wrapped
from cnn_tui.widgets.layer_inspector import LayerInspector, LayerStatus
from cnn_tui.widgets.layer_list import LayerList
from cnn_tui.widgets.layer_rail import LayerRail
from cnn_tui.widgets.layer_tracks import AllChannels, ChannelMap, LayerTracks
from cnn_tui.widgets.rail import Rail
from cnn_tui.widgets.status_line import StatusLine
from cnn_tui.widgets.units import Units
from cnn_tui.words.layer_words import explain_step, place_words
from cnn_tui.words.output_reasons import explain_output_parts


def seed_view(**state: int) -> LayerView:
    return LayerView(layer_axes(preset("seed"), 500), 500, **state)


class TestLayerView:
    def test_walks_every_layer_in_the_order_of_computation_and_stops_at_both_ends(self) -> None:
        names = [axis.name for axis in seed_view().layers]
        assert names == ["input", "conv1d", "max_pooling1d", "simple_rnn", "flatten", "dense", "activation"]
        assert seed_view().walked(3).axis.name == "simple_rnn"
        assert seed_view().walked(-1).at == 0
        assert seed_view().walked(99).axis.name == "activation"

    def test_keeps_the_bases_when_it_walks_to_another_layer(self) -> None:
        view = seed_view(at=2).to_position(30)
        assert view.cursor_span == (240, 263)
        assert view.walked(1).position == 30
        assert view.walked(-1).position == 240

    def test_a_layer_without_positions_is_stepped_by_units(self) -> None:
        view = seed_view(at=4)
        assert not view.axis.has_length
        assert view.stepped(5).place == (5,)
        assert view.ended(True).place == (7679,)
        assert view.stepped(-1).place == (0,)

    def test_goes_down_and_comes_back_the_same_way(self) -> None:
        view = seed_view(at=5)
        down = view.down("flatten", (128,)).down("simple_rnn", (1, 0))
        assert (down.axis.name, down.position, down.channel) == ("simple_rnn", 1, 0)
        assert down.up().place == (128,)
        assert down.up().up().axis.name == "dense"
        assert down.up().up().up().axis.name == "dense"

    @pytest.mark.parametrize("zoom", range(len(ZOOMS)))
    def test_the_cursor_is_always_on_screen(self, zoom: int) -> None:
        view = seed_view(at=3, zoom=zoom, columns=60)
        for position in (0, 1, 30, 58, 59, 7):
            view = view.to_position(position)
            first = view.cursor_span[0]
            assert view.offset <= first < view.offset + view.visible_bases


@asynccontextmanager
async def network(
    *keys: str, size: tuple[int, int] = (120, 40), model: str = "seed"
) -> AsyncIterator[tuple[CnnApp, Pilot[object]]]:
    """Run the screen at position 0 of channel 0, with the values of its layer in place of the list of all."""
    app = CnnApp(OpenRequest(model=model, cell=0, filter="0"))
    async with running(app, size=size) as pilot:
        await press(pilot, "tab")
        await app._press_keys(["a", "home", *"999", "up"])
        await settled(pilot)
        await press(pilot, *keys)
        yield app, pilot


def screen_of(app: CnnApp) -> Network:
    assert isinstance(app.screen, Network)
    return app.screen


async def test_tab_opens_the_layer_behind_the_pool_and_walks_on_and_the_explorer_comes_back_as_it_was() -> None:
    async with network() as (app, pilot):
        assert screen_of(app).view.axis.name == "simple_rnn"
        await press(pilot, "tab", "tab")
        assert screen_of(app).view.axis.name == "dense"
        await press(pilot, "shift+tab", "shift+tab", "shift+tab", "shift+tab")
        assert screen_of(app).view.axis.name == "conv1d"
        await press(pilot, "2", "tab")
        assert screen_of(app).view.axis.name == "simple_rnn"
        for way in ("escape", "q"):
            await press(pilot, "tab", way)
            assert isinstance(app.screen, Explorer)
            assert app.screen.view is not None
            assert app.screen.view.level is Level.CELL
            await press(pilot, "tab")
            assert isinstance(app.screen, Network)


async def test_a_model_that_ends_with_its_pool_shows_the_pool() -> None:
    async with network(model="motifs") as (app, _):
        assert screen_of(app).view.axis.name == "max_pooling1d"


async def test_enter_leads_from_the_output_to_the_cell_that_counts_most() -> None:
    async with network("end", *["tab"] * 3) as (app, pilot):
        screen = screen_of(app)
        assert screen.view.axis.name == "activation"
        places = []
        while isinstance(app.screen, Network):
            assert screen.picture is not None
            places.append(screen.view.axis.name)
            step = screen.picture.step
            await press(pilot, "enter")
        # Through the states that are remembered, as long as they count for more than what is read.
        assert places[:4] == ["activation", "dense", "flatten", "simple_rnn"]
        assert {*places[4:]} <= {"simple_rnn"}
        assert isinstance(app.screen, Explorer)
        assert step.below is not None
        view = app.screen.view
        assert view is not None
        assert (view.level, view.cell, view.filter) == (Level.CELL, *step.below[1])


async def test_enter_goes_to_the_state_that_is_remembered_where_that_is_the_largest_part() -> None:
    async with network(model="trained") as (app, _):
        screen = screen_of(app)
        assert screen.picture is not None
        weights = screen.picture.reading.model["simple_rnn"].layer.recurrent_kernel
        states = screen.picture.reading.values["simple_rnn"]
        found = {True: 0, False: 0}
        for position in range(1, 60):
            for channel in (0, 7, 45):
                step = screen.picture.descent.step("simple_rnn", (position, channel))
                amounts = np.abs(states[position - 1].astype(np.float64) * weights[:, channel])
                remembered = float(amounts.max()) > abs(step.composition.parts[0].amount)
                expected = ("simple_rnn", (position - 1, int(amounts.argmax()))) if remembered else step.below
                assert step.largest == expected
                found[remembered] += 1
        assert min(found.values()) > 0


async def test_tab_keeps_the_value_and_lists_all_layers_first() -> None:
    app = CnnApp(OpenRequest(model="trained", cell=18, filter="55"))
    async with running(app, size=(80, 24)) as pilot:
        await press(pilot, "tab")
        screen = screen_of(app)
        assert screen.view.listed
        assert (screen.view.axis.name, screen.view.position) == ("simple_rnn", 18)
        # Of all channels there, that in which the cell counts most.
        channels = [screen.picture.descent.step("simple_rnn", (18, channel)) for channel in range(128)]
        amounts = [
            max((abs(part.amount) for part in step.composition.parts if part.index == (18, 55)), default=0)
            for step in channels
        ]
        assert amounts[screen.view.channel] == max(amounts) > 0
        text = str(screen.query_one(LayerList).render_line(8).text)
        assert text.split() == ["all", "85,953"]
        await press(pilot, "tab")
        assert (screen.view.axis.name, screen.view.listed) == ("flatten", True)
        await press(pilot, "up", "up", "down", "down")
        assert (screen.view.axis.name, screen.view.listed) == ("flatten", True)
        await press(pilot, "right")
        assert not screen.view.listed
        await press(pilot, "escape")
        assert isinstance(app.screen, Explorer)
        assert app.screen.view is not None
        assert (app.screen.view.level, app.screen.view.cell, app.screen.view.filter) == (Level.CELL, 18, 55)


async def test_a_press_on_a_layer_of_the_list_or_of_the_line_of_layers_looks_at_it() -> None:
    app = CnnApp(OpenRequest(model="trained", cell=18, filter="55"))
    async with running(app, size=(120, 40)) as pilot:
        await press(pilot, "tab")
        screen = screen_of(app)
        # Under an empty line and the headings.
        await pilot.click(LayerList, offset=(4, 1 + 1 + 5))
        await settled(pilot)
        assert (screen.view.axis.name, screen.view.listed) == ("dense", False)
        rail = screen.query_one(LayerRail)
        at = str(rail.render()).split("\n")[1].index("conv1d")
        await pilot.click(LayerRail, offset=(1 + at, 1))
        await settled(pilot)
        assert screen.view.axis.name == "conv1d"
        await press(pilot, "escape")
        explorer = app.screen
        assert isinstance(explorer, Explorer)
        line = str(explorer.query_one(Rail).render()).split("\n")[1]
        for name, level in (("conv1d", Level.RESPONSE), ("letters", Level.BASE), ("max_pooling1d", Level.CELL)):
            await pilot.click(Rail, offset=(1 + line.index(name), 1))
            await settled(pilot)
            assert explorer.view is not None
            assert explorer.view.level is level
        await pilot.click(Rail, offset=(1 + line.index("dense"), 1))
        await settled(pilot)
        assert screen_of(app).view.axis.name == "dense"


async def test_a_press_on_a_hint_does_what_its_key_does() -> None:
    app = CnnApp(OpenRequest(model="trained", cell=18, filter="55"))
    async with running(app, size=(120, 40)) as pilot:
        explorer = app.screen
        assert isinstance(explorer, Explorer)
        assert explorer.view is not None
        hints = str(explorer.query_one(Status).render())
        for hint, expected in (("→", 19), ("←", 18)):
            await pilot.click(Status, offset=(1 + hints.index(hint), 0))
            await settled(pilot)
            assert explorer.view.cell == expected
        await pilot.click(Status, offset=(1 + hints.index("why"), 0))
        await settled(pilot)
        assert explorer.view.level is Level.RESPONSE
        await press(pilot, "backspace")
        await pilot.click(Status, offset=(1 + hints.index("Tab"), 0))
        await settled(pilot)
        hints = str(screen_of(app).query_one(LayerStatus).render())
        await pilot.click(LayerStatus, offset=(1 + hints.index("Esc"), 0))
        await settled(pilot)
        assert app.screen is explorer


def test_the_parts_of_the_output_add_up_to_its_sum_and_lead_down_to_bases() -> None:
    with open_sequences(sample_path("planted")) as records:
        reading = Reading.of(open_model("trained").model, records["sim_01"]).into()
        equation, rows = explain_output_parts(reading)
    assert equation == "output activation unit 0 = sigmoid(14.32) = 1.000; 14.3228 − 0.0051 = 14.32, of 7,680 parts"
    amounts = [float(amount.replace("−", "-")) for amount, _ in rows]
    assert sum(amounts) == pytest.approx(14.3177, abs=0.01)
    named = [abs(amount) for amount in amounts[:-2]]
    assert named == sorted(named, reverse=True)
    assert rows[-1] == ("−0.0051", "bias")
    # Down to bases, to what is remembered, or to where nothing was selected.
    ending = r"← (bases \d+–\d+|remembered from simple_rnn\[\d+\] channel \d+|all 0: nothing was selected)$"
    assert all(re.search(ending, way) for _, way in rows[:-2])


def test_a_pool_window_that_is_all_0_selects_nothing_on_this_screen_either() -> None:
    with open_sequences(sample_path("planted")) as records:
        reading = Reading.of(open_model("trained").model, records["sim_01"]).into()
        descent = Descent(reading.model, reading.values)
    assert explain_step(descent.step("max_pooling1d", (18, 77))) == (
        "max_pooling1d[18] channel 77 = maximum of 8 = 0: all 8 are 0",
        "nothing was selected",
    )
    assert explain_step(descent.step("max_pooling1d", (18, 55)))[1].startswith(
        "the largest: conv1d[147] channel 55"
    )


def test_a_sum_says_how_much_of_it_is_multiplied_by_0() -> None:
    with open_sequences(sample_path("planted")) as records:
        reading = Reading.of(open_model("trained").model, records["sim_01"]).into()
        descent = Descent(reading.model, reading.values)
    letters = explain_step(descent.step("conv1d", (147, 55)))
    assert letters[0].startswith("conv1d[147] channel 55 = relu(Σ 16 of 64 weights + bias) = ")
    assert letters[-1].endswith("from the other 10")
    above = int((reading.values["max_pooling1d"][19] != 0).sum())
    cells = explain_step(descent.step("simple_rnn", (19, 8)))
    assert f"tanh(Σ {above} of 320 products + bias" in cells[0]


async def test_why_this_output_is_a_page_over_both_screens() -> None:
    app = CnnApp(OpenRequest(model="trained"))
    async with running(app, size=(80, 24)) as pilot:
        for below in (Explorer, Network):
            assert isinstance(app.screen, below)
            await press(pilot, "W")
            assert isinstance(app.screen, OutputReasons)
            await press(pilot, "W")
            assert isinstance(app.screen, below)
            await press(pilot, "tab")


async def test_backspace_goes_back_the_way_it_came() -> None:
    async with network("tab", "tab", "enter", "enter", "backspace", "backspace") as (app, _):
        assert screen_of(app).view.axis.name == "dense"


async def test_every_line_is_as_wide_as_the_screen_in_every_layer() -> None:
    async with network("shift+tab", "shift+tab", "shift+tab", size=(60, 18)) as (app, pilot):
        for size, way in (((60, 18), "tab"), ((80, 24), "shift+tab"), ((120, 40), "tab"), ((200, 60), "shift+tab")):
            await resize(pilot, *size)
            seen = set()
            for _ in range(7):
                screen = screen_of(app)
                seen.add(screen.view.axis.name)
                for track in screen.query("ChannelMap, AllChannels, Reach, LayerBases, Ruler, Units"):
                    if track.display and track.size.width:
                        assert all(
                            track.render_line(y).cell_length == track.size.width for y in range(track.size.height)
                        )
                over_bases = screen.view.axis.has_length
                assert screen.query_one(LayerTracks).display is over_bases
                assert screen.query_one(Units).display is not over_bases
                await press(pilot, way)
            assert len(seen) == 7


async def test_a_pointer_shows_and_selects_a_value_and_a_unit() -> None:
    async with network() as (app, pilot):
        screen = screen_of(app)
        await pilot.hover(AllChannels, offset=(GUTTER + 16, 1))
        await settled(pilot)
        assert screen.picture is not None
        value = float(screen.picture.array[2, 2])
        words = screen.query_one(LayerStatus).hovered
        assert words.startswith("simple_rnn[2] channel 2 = ")
        assert float(words.split("= ")[1].replace("−", "-")) == pytest.approx(value, abs=1e-3)
        await pilot.click(AllChannels, offset=(GUTTER + 16, 1))
        await settled(pilot)
        assert screen.view.place == (2, 2)
        await pilot.click(ChannelMap, offset=(GUTTER + 24, 1))
        await settled(pilot)
        assert screen.view.place == (3, 2)
        # And a unit of a layer that has no positions.
        await press(pilot, "tab")
        units = screen.query_one(Units)
        assert screen.picture is not None
        await pilot.click(Units, offset=(12, 3))
        await settled(pilot)
        chosen = screen.view.place[0]
        assert chosen // units.per_line(screen.picture) == 2
        assert place_words("flatten", (chosen,)) == f"flatten unit {chosen}"


async def test_the_words_name_the_value_its_parts_and_its_reach() -> None:
    async with network("5", "right") as (app, _):
        screen = screen_of(app)
        assert screen.picture is not None
        lines = explain_layer(screen.picture)
        assert lines[0].startswith(
            "simple_rnn[5] channel 0 = tanh(Σ 309 of 320 products + what is remembered) = tanh("
        )
        shown = float(lines[0].rsplit("= ", 1)[1].replace("−", "-"))
        assert shown == pytest.approx(float(screen.picture.array[5, 0]), abs=6e-4)
        assert np.isclose(screen.picture.value, screen.picture.composition.value)
        assert "receptive field: bases 0–62" in lines


async def test_on_a_screen_that_is_too_small_it_says_so_and_nothing_else_is_left_to_scroll_to() -> None:
    async with network() as (app, pilot):
        screen = screen_of(app)
        await resize(pilot, 20, 5)
        assert screen.has_class("-too-small")
        await resize(pilot, 100, 30)
        assert not screen.has_class("-too-small")
        assert screen.view.columns == 100 - GUTTER - 1
        for over_bases in (True, False):
            assert screen.view.axis.has_length is over_bases
            await resize(pilot, 74, 9)
            assert [child.id for child in screen.children if child.display] == ["too-small"]
            assert (screen.max_scroll_y, screen.show_vertical_scrollbar) == (0, False)
            await resize(pilot, 100, 30)
            assert screen.query_one(LayerTracks).display is not screen.query_one(Units).display
            await press(pilot, "tab")


async def test_a_layer_of_the_block_says_what_the_explorer_calls_its_values() -> None:
    async with network() as (app, pilot):
        assert not [line for line in explain_layer(screen_of(app).picture) if "explorer" in line]
        for words in ("in the explorer: pooled[0] of filter 0", "in the explorer: conv[0] of filter 0"):
            await press(pilot, "shift+tab")
            assert words in explain_layer(screen_of(app).picture)


async def test_what_the_inspector_has_no_line_for_is_on_its_next_page() -> None:
    async with network("shift+tab", "shift+tab", size=(80, 24)) as (app, pilot):
        inspector = screen_of(app).query_one(LayerInspector)
        width, height = inspector.content_size
        said = [
            line for statement in inspector.statements(screen_of(app).picture) for line in wrapped(statement, width)
        ]
        assert len(said) > height
        read: list[str] = []
        while not read or inspector.page:
            shown = str(inspector.render()).removesuffix("  … i").split("\n")
            read += [line.rstrip() for line in shown if line.strip()]
            await press(pilot, "i")
        assert read == said
        # Another value is read from the start.
        await press(pilot, "i", "right")
        assert inspector.page == 0


async def test_where_there_is_no_output_w_says_why() -> None:
    app = CnnApp(OpenRequest(model="seed"))
    async with running(app, size=(120, 40)) as pilot:
        await press(pilot, "right_parenthesis", "W")
        assert isinstance(app.screen, Explorer)
        why = "layer dense: Dense reads 7,680"
        assert f"no output: {why}" in str(app.screen.query_one(StatusLine).words(120))
