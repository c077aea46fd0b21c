"""The explorer on blocks that read feature maps: what is shown, what it says, and that every key works there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawings import Letters, columns_with, line, line_looks, picture_of, random_letters, track
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, fasta
from textual.geometry import Size

from cnn_core.blocks import feature_map_block
from cnn_core.blocks.feature_map_block import FeatureMapRun
from cnn_core.blocks.offered_blocks import find_block
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import trace_cell, trace_response
from cnn_core.errors import NotFoundError, RegionError
from cnn_core.layers import (
    Array,
    AveragePooling1D,
    Conv1D,
    Dense,
    DepthwiseConv1D,
    Flatten,
    Input,
    MaxPooling1D,
)
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_tui.__main__ import main
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.pictures.narration import narrate, title
from cnn_tui.screens.dialogs.goto_parser import (
    Axis,
    Bounds,
    GotoIndex,
    parse_goto,
)
from cnn_tui.screens.network import Network
from cnn_tui.view.play import Phase, Play
from cnn_tui.view.view_state import ZOOMS, Level
from cnn_tui.widgets.bases import Bases
from cnn_tui.widgets.explorer_status import Status
from cnn_tui.widgets.filter_card import FilterCard
from cnn_tui.widgets.filter_card_over_maps import MapKernel
from cnn_tui.widgets.kernel import Read
from cnn_tui.widgets.products import Products
from cnn_tui.widgets.ruler import Ruler
from cnn_tui.widgets.window_track import ConvWindow
from cnn_tui.words.block_words import layer_name
from cnn_tui.words.cell_explanation import explain_cell
from cnn_tui.words.responses import explain_base, explain_products, explain_response
from cnn_tui.words.shapes import explain_left_over, explain_shapes

HAND = "AACGCATCAC"


def normal(*shape: int, seed: int = 0) -> Array:
    return np.random.RandomState(seed).randn(*shape).astype(np.float32)


def hand_worked(**settings: object) -> Model:
    """Two blocks of whole numbers: pooled maps (1,0) (0,2) (1,2) (0,2) (1,2), then responses 6, 2, 4, 2."""
    marks = np.zeros((1, 4, 2), dtype=np.float32)
    marks[0, 0, 0], marks[0, 1, 1] = 1, 2
    kernel = np.array([[[3], [-1]], [[1], [2]]], dtype=np.float32)
    second = Conv1D(kernel, np.array([-1], dtype=np.float32), activation="relu")
    return Model.sequential(
        "hand",
        [
            ("letters", Input()),
            ("first", Conv1D(marks, activation="relu")),
            ("halves", MaxPooling1D(2)),
            ("second", replace(second, **settings)),  # type: ignore[arg-type]
            ("last", MaxPooling1D(2)),
        ],
    )


def by_hand(letters: str = HAND, **settings: object) -> Reading:
    model = hand_worked(**settings)
    return Reading.of(model, Letters(letters)).into(find_block(model, "second"))


def network() -> Model:
    """Three blocks as in Basset, small; 12 bases a position of what the last one reads."""
    return Model.sequential(
        "three",
        [
            ("input", Input(300)),
            ("conv1d", Conv1D(normal(9, 4, 12), normal(12) - 1, activation="relu")),
            ("max_pooling1d", MaxPooling1D(3)),
            ("conv1d_1", Conv1D(normal(5, 12, 20, seed=1), normal(20, seed=2), activation="relu")),
            ("max_pooling1d_1", MaxPooling1D(4)),
            (
                "conv1d_2",
                Conv1D(normal(7, 20, 8, seed=3) / 9, normal(8, seed=4), padding="same", activation="relu"),
            ),
            ("average_pooling1d", AveragePooling1D(5)),
            ("flatten", Flatten()),
            ("dense", Dense(normal(32, 1), activation="sigmoid")),
        ],
    )


def deep(name: str = "conv1d_1", letters: str | None = None) -> Reading:
    model = network()
    return Reading.of(model, Letters(letters or random_letters(300, seed=3))).into(find_block(model, name))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    write_npz(network(), tmp_path / "three.npz")
    write_npz(hand_worked(), tmp_path / "hand.npz")
    fasta(tmp_path / "long.fa", rec=random_letters(420, seed=3), other=random_letters(350, seed=5))
    fasta(tmp_path / "hand.fa", rec=HAND)
    return {
        "model": str(tmp_path / "three.npz"),
        "sequences": str(tmp_path / "long.fa"),
        "hand": str(tmp_path / "hand.npz"),
        "letters": str(tmp_path / "hand.fa"),
    }


def three(files: dict[str, str], **more: str) -> dict[str, str]:
    return {"model": files["model"], "sequences": files["sequences"], **more}


def hand(files: dict[str, str], **more: str) -> dict[str, str]:
    return {"model": files["hand"], "sequences": files["letters"], "block": "second", **more}


class TestMoving:
    async def test_b_goes_through_all_blocks_and_round(self, files: dict[str, str]) -> None:
        async with explorer(**three(files)) as shown:
            convolutions = []
            for _ in range(4):
                convolutions.append(shown.reading.block.conv)
                await shown.press("b")
            assert convolutions == ["conv1d", "conv1d_1", "conv1d_2", "conv1d"]
            assert shown.status == "conv1d_1 → max_pooling1d_1"
            await shown.press("B")
            assert shown.reading.block.conv == "conv1d"

    async def test_the_cell_that_is_shown_is_the_networks_own_and_t_goes_to_the_strongest(
        self, files: dict[str, str]
    ) -> None:
        async with explorer(**three(files, block="conv1d_1")) as shown:
            await shown.press("8", "right", "3", "down")
            values = shown.reading.activations()
            assert shown.cursor == ("cell", shown.view.cell)
            expected = values["max_pooling1d_1"][shown.view.cell, shown.view.filter]
            assert shown.picture.pool_step.value == expected
            assert np.array_equal(shown.picture.run.values(0, 23), values["max_pooling1d_1"])
            await shown.press("home", "2", "up", "t")
            assert shown.view.cell == int(values["max_pooling1d_1"][:, shown.view.filter].argmax())
            # The output is never cut.
            value = float(values["dense"][0])
            assert shown.lines[1].endswith((f"▸ output {value:.3f}", f"▸ {value:.3f}", "▸ …"))

    async def test_enter_goes_to_the_selection_and_on_to_what_it_reads(self, files: dict[str, str]) -> None:
        async with explorer(**hand(files)) as shown:
            await shown.press("home", "right", "enter")
            assert shown.cursor == ("response", 2)
            await shown.press("enter")
            assert shown.cursor == ("base", 2)
            assert shown.view.cursor_span == (4, 6)
            assert "Tab further down" in shown.status
            await shown.press("enter")
            assert shown.cursor == ("base", 2)
            await shown.press("right", "backspace", "backspace")
            assert shown.cursor == ("cell", 1)
            # A press on the letters goes to the position over them.
            await shown.click(Bases, shown.view.column_of(7))
            assert shown.cursor == ("base", 3)
            place = shown.place(Ruler, shown.view.column_of(2))
            assert place is not None
            assert (place.index, place.text) == (1, "base 2")
            # Tab follows a position from the channel that adds most.
            await shown.press("tab")
            screen = shown.app.screen
            assert isinstance(screen, Network)
            assert (screen.view.axis.name, screen.view.position, screen.view.channel) == ("halves", 3, 1)
            await shown.press("enter")
            assert (screen.view.axis.name, screen.view.position, screen.view.channel) == ("first", 7, 1)

    async def test_the_way_down_from_the_output_ends_at_the_block_that_is_looked_into(
        self, files: dict[str, str]
    ) -> None:
        async with explorer(**three(files, block="conv1d_2")) as shown:
            await shown.press("tab", "enter", "tab", "enter")
            for _ in range(3):
                if isinstance(shown.app.screen, Network):
                    await shown.press("enter")
            assert shown.cursor[0] == "cell"
            assert shown.reading.block.conv == "conv1d_2"

    async def test_steps_pages_and_ends_move_along_the_axis_of_the_level(self, files: dict[str, str]) -> None:
        async with explorer(**three(files, block="conv1d_1")) as shown:
            await shown.press("end")
            assert shown.cursor == ("cell", 22)
            await shown.press("home", "shift+right")
            assert shown.cursor == ("cell", shown.view.visible_bases // 12)
            await shown.press("enter", "end")
            assert shown.cursor == ("response", 92)
            # What is left over is said to be.
            assert "(no cell reads it)" in shown.status
            await shown.press("backspace")
            assert shown.status == "no cell reads conv1d_1[92]: ← leads to a response that one does"
            await shown.press("enter", "end")
            assert shown.cursor == ("base", 96)

    async def test_matches_of_a_search_follow_each_other_under_one_position(self, files: dict[str, str]) -> None:
        async with explorer(**three(files, block="conv1d_2")) as shown:
            await shown.press("slash")
            await shown.type("AA")
            await shown.press("enter")
            places = []
            for _ in range(6):
                places.append(int(shown.status.rpartition(":")[2].partition("-")[0]))
                await shown.press("n")
            assert places == sorted(set(places))
            assert shown.view.level is Level.BASE


class TestGoto:
    def bounds(self, level: Level = Level.CELL) -> Bounds:
        picture = picture_of(deep())
        return Bounds.of(replace(picture.view, level=level), (), "rec", (), picture.words)

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("cell 3", GotoIndex(Axis.CELL, 3)),
            ("conv 45", GotoIndex(Axis.RESPONSE, 45)),
            ("conv1d_1[45]", GotoIndex(Axis.RESPONSE, 45)),
            ("max_pooling1d_1[3]", GotoIndex(Axis.CELL, 3)),
            ("max_pooling1d[12]", GotoIndex(Axis.INPUT, 12)),
            ("input 12", GotoIndex(Axis.INPUT, 12)),
            ("base 299", GotoIndex(Axis.BASE, 299)),
        ],
    )
    def test_places_are_named_as_on_the_screen(self, text: str, place: object) -> None:
        assert parse_goto(text, self.bounds()) == place

    def test_a_bare_number_is_one_of_the_cursors_axis(self) -> None:
        assert parse_goto("12", self.bounds(Level.BASE)) == GotoIndex(Axis.INPUT, 12)
        assert parse_goto("12", self.bounds(Level.RESPONSE)) == GotoIndex(Axis.RESPONSE, 12)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("input 97", r"there is no position 97; the positions are max_pooling1d\[0\] to max_pooling1d\[96\]"),
            ("conv 93", r"there is no position 93; the positions are conv1d_1\[0\] to conv1d_1\[92\]"),
            ("cell 23", r"the cells are max_pooling1d_1\[0\] to max_pooling1d_1\[22\]"),
            ("input", "the number of the position is missing"),
        ],
    )
    def test_what_is_not_there_is_refused(self, text: str, sentence: str) -> None:
        with pytest.raises(RegionError, match=sentence):
            parse_goto(text, self.bounds())

    def test_a_block_on_the_letters_has_no_such_places(self) -> None:
        plain = Bounds.of(picture_of(deep("conv1d")).view, (), "rec")
        with pytest.raises(NotFoundError, match="'input 4' is no place"):
            parse_goto("input 4", plain)

    async def test_a_base_goes_to_the_position_that_stands_over_it(self, files: dict[str, str]) -> None:
        async with explorer(**three(files, block="conv1d_1")) as shown:
            for text, expected in (("base 100", 33), ("max_pooling1d[7]", 7), ("80", 80)):
                await shown.press("g")
                assert "a position that it reads, max_pooling1d[0]" in " ".join(shown.text.split())
                await shown.type(text)
                await shown.press("enter")
                assert shown.cursor == ("base", expected)


class TestSettings:
    async def test_the_keys_change_the_deep_block_and_0_takes_its_own_again(self, files: dict[str, str]) -> None:
        async with explorer(**three(files, block="conv1d_1")) as shown:
            own = shown.reading.settings
            for key, field, value in (
                ("right_square_bracket", "conv_stride", 2),
                ("right_curly_bracket", "pool_size", 5),
                ("right_parenthesis", "pool_stride", 5),
                ("d", "dilation", 2),
                ("p", "conv_padding", "same"),
                ("w", "pool_padding", "same"),
            ):
                await shown.press(key)
                assert getattr(shown.reading.settings, field) == value
                run = shown.picture.run
                assert (run.positions, run.cells) == (shown.view.axes.positions, shown.view.axes.cells)
            assert "no output" in shown.lines[1]
            await shown.press("0")
            assert shown.reading.settings == own

    async def test_those_of_an_earlier_block_change_what_the_deep_one_reads(self, files: dict[str, str]) -> None:
        async with explorer(**hand(files, block="first")) as shown:
            await shown.press("left_parenthesis", "b")
            run = shown.picture.run
            assert isinstance(run, FeatureMapRun)
            assert run.length == 9
            expected = shown.reading.activations()["last"]
            np.testing.assert_array_equal(run.values(0, run.cells), expected)
            await shown.press("B", "0")
            assert shown.reading.settings.pool_stride == 2

    async def test_a_block_that_can_no_longer_be_computed_is_passed_over(self, files: dict[str, str]) -> None:
        async with explorer(**hand(files, block="first")) as shown:
            await shown.press("8", "right_curly_bracket", "b")
            assert shown.reading.block.conv == "first"
            assert "is the only block that can be looked into here" in shown.status

    async def test_another_window_and_strand_are_read_by_the_same_block(self, files: dict[str, str]) -> None:
        async with explorer(**three(files)) as shown:
            await shown.press("b")
            for key in ("full_stop", "v", "comma"):
                await shown.press(key)
                run = shown.picture.run
                assert shown.reading.block.conv == "conv1d_1"
                expected = shown.reading.activations()["max_pooling1d_1"]
                np.testing.assert_array_equal(run.values(0, run.cells), expected)
            await shown.press("r", "down", "enter")
            assert shown.reading.record.name == "other"
            assert shown.reading.block.conv == "conv1d_1"

    async def test_each_block_keeps_the_zoom_it_had(self, files: dict[str, str]) -> None:
        async with explorer(**three(files)) as shown:
            await shown.press("b", "b")
            assert shown.view.bases_per_column == 2
            await shown.press("minus", "b")
            assert shown.view.bases_per_column == 1
            await shown.press("B")
            assert shown.view.bases_per_column == 4

    async def test_what_takes_long_is_computed_in_the_background(
        self, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feature_map_block, "_QUICK", 0)
        async with explorer(**three(files)) as shown:
            await shown.pilot.press("b")
            await shown.settled()
            assert shown.reading.block.conv == "conv1d_1"
            run = shown.picture.run
            assert isinstance(run, FeatureMapRun)
            assert run.is_quick
            await shown.press("right_curly_bracket")
            assert shown.reading.settings.pool_size == 5


class TestWords:
    def test_a_cell_and_its_response(self) -> None:
        reading = by_hand()
        trace = trace_cell(reading, 1, 0)
        assert explain_cell(reading, trace) == (
            "last[1] of filter 0 = max(second[2…3]) = second[2] = 4.000",
            "receptive field of last[1]: bases 4–9",
            "2 windows of 2 positions of halves, 1 apart: 2 + 1 × 1 = 3 positions",
            "each of these reads 2 bases, 2 apart: 2 + 2 × 2 = 6 bases",
        )
        assert explain_response(reading, trace) == (
            "second[2] = relu(Σ 4 products + bias) = relu(5.000 − 1.000) = 4.000",
            "second[2] reads halves[2…3] of all 2 channels",
            "receptive field: bases 4–7",
            "+4.000 = halves[3] channel 1: 2.000 × 2.000",
            "+3.000 = halves[2] channel 0: 1.000 × 3.000",
            "−2.000 = halves[2] channel 1: 2.000 × −1.000",
            "0 from the other 1",
        )
        assert explain_products(trace) == ("[2]     [3]", "+1.000  +4.000")

    def test_a_response_that_is_traced_alone_says_which_cell_selected_what(self) -> None:
        reading = by_hand()
        lines = explain_response(reading, trace_response(reading, 3, 0))
        assert lines[0].startswith("second[3] of filter 0 = relu(Σ 4 products + bias)")
        assert lines[-1] == "read by last[1], which selected second[2]"

    def test_a_position_that_is_read(self) -> None:
        reading = by_hand()
        trace = trace_response(reading, 2, 0)
        assert explain_base(reading, 3, trace) == (
            "halves[3] under tap 1 of second[2]: Σ 2 products = 4.000",
            "+4.000 = channel 1: 2.000 × 2.000",
            "0 from the other 1",
            "receptive field of halves[3]: bases 6–7",
            "read by 2 windows of every filter: second[2…3]",
            "can change last[1]",
        )
        assert explain_base(reading, 0, trace)[0] == "halves[0] is not read by second[2], which reads halves[2…3]"

    def test_the_shapes_count_positions_of_the_layer_before(self) -> None:
        assert explain_shapes(by_hand()) == (
            "second: 5 − 2 + 1 = 4 windows of 2 positions, stride 1",
            "it reads halves: 5 positions, 2 bases apart, × 2 channels",
            "each filter gives one number a window: 1 feature map of 4 positions",
            "last: ⌊(4 − 2) / 2⌋ + 1 = 2 cells of 2 positions, stride 2",
            "each filter is pooled for itself, never with another: 2 × 1 cells",
        )

    def test_what_is_left_over_says_which_bases_are_never_used(self) -> None:
        reading = by_hand()
        reading = reading.with_settings(replace(reading.settings, pool_size=3, pool_stride=3))
        assert explain_left_over(reading) == ("left over: second[3], in no cell, so bases 8–9 are never used",)

    def test_padding_adds_nothing(self) -> None:
        reading = by_hand(padding="causal")
        lines = explain_response(reading, trace_response(reading, 0, 0))
        assert "1 of the 2 taps lies in the padding and adds nothing" in lines
        assert explain_products(trace_response(reading, 0, 0))[0].split() == ["·", "[0]"]

    def test_a_filter_that_reads_one_channel_says_which(self) -> None:
        model = network()
        nodes = tuple(
            replace(node, layer=DepthwiseConv1D(normal(3, 12, 1), activation="relu"))
            if node.name == "conv1d_1"
            else node
            for node in model.nodes[:5]
        )
        model = Model("depthwise", nodes)
        reading = Reading.of(model, Letters(random_letters(300))).into(model.blocks[1])
        lines = explain_response(reading, trace_response(reading, 4, 7))
        assert lines[0].startswith("conv1d_1[4] of filter 7 = relu(Σ 3 products) = ")
        assert "conv1d_1[4] reads max_pooling1d[4…6] of channel 7" in lines
        assert "receptive field: bases 12–28" in lines

    def test_the_title_and_the_demonstration_name_the_layers(self) -> None:
        picture = picture_of(by_hand(), level=Level.BASE, base=2, position=2)
        assert title(picture) == "position halves[2] of 0…4 · filter 0 of 0…0"
        view = picture_of(by_hand()).view.played(Play(1, phase=Phase.FILLED))
        assert narrate(Picture.of(by_hand(), view)) == (
            "last[1] is computed: position 1 of 2",
            "1 the window stands over halves[2…3], 2 channels each",
            "2 each position and channel is multiplied with its weight: 4 products",
            "3 Σ 5.000 + bias −1.000 = response 4.000",
            "4 relu: second[2] = 4.000",
            "6 the largest of all 2 fills last[1]: 4.000",
        )

    def test_of_a_long_name_the_end_is_shown(self) -> None:
        assert layer_name("encoder/tower/convolution_block_3/conv1d_12").endswith("block_3/conv1d_12")
        assert len(layer_name("x" * 99)) == 24

    def test_the_trace_command_takes_the_block(
        self, files: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        typed = ["trace", files["letters"], "--model", files["hand"], "--block", "second", "--cell", "1"]
        assert main([*typed, "--filter", "0"]) == 0
        assert "last[1] of filter 0 = max(second[2…3]) = second[2] = 4.000" in capsys.readouterr().out
        assert main([*typed, "--filter", "0", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert [step["layer"] for step in found["steps"]] == ["last", "second"]


class TestTracks:
    def test_the_window_stands_over_the_bases_of_the_positions_that_it_reads(self) -> None:
        picture = picture_of(deep(), level=Level.RESPONSE, position=4)
        drawn = line(track(ConvWindow, picture))
        assert (columns_with("└", drawn), columns_with("┘", drawn)) == ([12], [26])
        assert "conv1d_1[4] reads max_pooling1d[4…8]" in drawn
        wide = line(track(ConvWindow, picture_of(deep(), columns=120, level=Level.RESPONSE, position=4)))
        assert "conv1d_1[4] reads max_pooling1d[4…8] of all 12 channels" in wide

    def test_the_letters_under_the_window_stand_out(self) -> None:
        picture = picture_of(deep(), level=Level.RESPONSE, position=4)
        bases = track(Bases, picture)
        bold = [column for column, look in enumerate(line_looks(bases)) if look.bold]
        assert bold == list(range(12, 27))
        dilated = by_hand(dilation=2)
        bold = [
            column
            for column, look in enumerate(line_looks(track(Bases, picture_of(dilated, level=Level.RESPONSE))))
            if look.bold
        ]
        assert bold == [0, 1, 4, 5]

    def test_the_cursor_on_a_position_covers_its_bases(self) -> None:
        picture = picture_of(deep(), level=Level.BASE, base=5, position=4)
        bases = track(Bases, picture)
        assert bases.cursor(picture) == range(15, 18)

    def test_a_product_stands_for_all_channels_of_a_position(self) -> None:
        picture = picture_of(by_hand(), zoom=8, level=Level.RESPONSE, position=2, columns=100)
        assert line(track(Products, picture, height=2)).split() == ["1.000", "4.000", "Σ", "5.000"]
        place = track(Products, picture, height=2).place(picture.view.column_of(7), 0, picture)
        assert place is not None
        assert (place.index, place.text) == (3, "halves[3] adds 4.000, 2 channels together")

    def test_a_bar_is_as_wide_as_what_it_stands_over_but_for_a_gap(self) -> None:
        picture = picture_of(deep("conv1d_2"), level=Level.RESPONSE, position=8, columns=120)
        widget = track(Products, picture, height=2)
        drawn = [line(widget, y) for y in (0, 1)]
        step = picture.deep_step
        assert step is not None
        for tap, added in enumerate(step.per_tap):
            first = picture.view.column_of(picture.view.axes.base_of_input(step.window.first + tap))
            if added and first + 12 <= 120:
                bars = [text[first : first + 12] for text in drawn]
                assert any(text[:11].strip() for text in bars)
                assert all(text[11] == " " for text in bars)

    def test_the_largest_product_is_the_scale(self) -> None:
        run = deep().run
        assert isinstance(run, FeatureMapRun)
        steps = [run.step(position, 3) for position in range(run.positions)]
        largest = max(float(np.abs(step.per_tap).max()) for step in steps)
        assert run.largest_product(3) == pytest.approx(largest, rel=1e-5)

    def test_every_track_draws_at_every_zoom(self, subtests: pytest.Subtests) -> None:
        for name in ("conv1d_1", "conv1d_2"):
            reading = deep(name)
            for zoom in ZOOMS:
                for level in Level:
                    with subtests.test(name, zoom=zoom, level=level):
                        picture = picture_of(reading, zoom=zoom, level=level, position=9, base=9, cell=1)
                        for kind in (Ruler, Bases, ConvWindow, Products):
                            widget = track(kind, picture, height=2)
                            for y in (0, 1):
                                assert widget.line(y, picture).cell_length == picture.view.columns
                            for column in range(picture.view.columns):
                                place = widget.place(column, 0, picture)
                                assert place is None or 0 <= place.index < picture.view.axes.length


class TestCard:
    def card(self, width: int = 52, height: int = 9) -> MapKernel:
        picture = picture_of(deep(), level=Level.RESPONSE, position=20, filter=3)
        assert picture.deep_step is not None
        return MapKernel(picture.run, 3, PALETTES["dark"], False, width, height, None, picture.deep_step)

    def text(self, card: MapKernel) -> list[str]:
        return ["".join(segment.text for segment in each) for each in card.lines(Read("", 0.0))]

    def test_channels_stand_in_the_order_of_what_they_add_and_all_of_it_adds_up(self) -> None:
        card = self.card()
        lines = self.text(card)
        assert lines[0] == "filter 3  5×12 of max_pooling1d"
        added = [float(each.split()[-1].replace("−", "-")) for each in lines[2:7]]
        assert [abs(each) for each in added] == sorted(map(abs, added), reverse=True)
        rest = float(lines[7].split()[-1].replace("−", "-"))
        assert lines[7].startswith("the other 7 channels add ")
        assert sum(added) + rest == pytest.approx(card.step.product_sum, abs=0.03)
        assert lines[8].startswith("Σ ")

    def test_nothing_is_wider_or_higher_than_the_card(self) -> None:
        for width in (20, 30, 52, 62, 78):
            for height in (4, 6, 9, 20):
                lines = self.text(self.card(width, height))
                assert len(lines) <= height
                if width >= 52:
                    assert max(map(len, lines)) <= width

    def test_a_pointer_reads_the_weight_and_what_it_adds(self) -> None:
        card = self.card()
        number = int(self.text(card)[2].split()[0])
        found = card.under(6, 2)
        assert found is not None
        assert found == (0, card.channels[0])
        assert card.words(*found).startswith(f"tap 0, channel {number}: weight ")
        assert card.under(6, 0) is None
        assert card.under(0, 2) is None

    async def test_the_card_is_shown_and_hovered(self, files: dict[str, str]) -> None:
        async with explorer(MEDIUM, **three(files, block="conv1d_1")) as shown:
            card = shown.explorer.query_one(FilterCard)
            assert card.size != Size(0, 0)
            await shown.pilot.hover(FilterCard, offset=(8, 2))
            await shown.settled()
            assert "channel" in shown.explorer.query_one(Status).hovered


class TestScreens:
    @pytest.mark.parametrize(
        ("size", "block"),
        [(SMALL, "conv1d_1"), (MEDIUM, "conv1d_2"), (WIDE, "conv1d_1")],
        ids=["80x24", "120x40", "200x60"],
    )
    async def test_every_level_fits_the_screen(
        self, files: dict[str, str], size: tuple[int, int], block: str
    ) -> None:
        async with explorer(size, **three(files, block=block)) as shown:
            for key in ("home", "enter", "enter", "end", "backspace", "backspace", "f", "i", "space"):
                await shown.press(key)
                self.check(shown)

    def check(self, shown: Shown) -> None:
        assert all(len(each) <= shown.app.size.width for each in shown.lines)
        first, last = shown.view.cursor_span
        assert first < shown.view.offset + shown.view.visible_bases
        assert last > shown.view.offset
