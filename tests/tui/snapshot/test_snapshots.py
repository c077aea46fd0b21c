"""What the screen looks like, compared with pictures that have been looked at.

After a change that is meant to show, `pytest tests/tui/snapshot/test_snapshots.py --snapshot-update` takes new ones.
"""

from __future__ import annotations

import platform
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
import textual
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, stopped_clock
from hand_worked import Letters
from pictures import Svg, Text, svg_of, text_of
from syrupy.assertion import SnapshotAssertion

from cnn_core import __version__
from cnn_core.blocks.reading import Reading
from cnn_core.layers import AveragePooling1D, Conv1D, Dense, Input, MaxPooling1D, Pooling1D, Unknown
from cnn_core.layers.unknown import NEEDS
from cnn_core.network.model import Model, Node
from cnn_core.presets import preset
from cnn_core.readers.npz import write_npz
from cnn_tui.options.scan_choices import MotifChoice
from cnn_tui.view_file.first_look import first_view

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x40", "200x60"])

LESSON = {"model": "trained", "sequences": "@lesson", "record": "sim_02_C", "filter": "135", "cell": 7}


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_clock(monkeypatch)
    # Textual takes NO_COLOR from the environment of whoever runs the tests.
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Svg)


@pytest.fixture
def characters(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Text)


# The first frame


@SIZES
async def test_what_opens_unasked(size: tuple[int, int], picture: SnapshotAssertion) -> None:
    async with explorer(size, model=None, filter=None) as shown:
        assert svg_of(shown) == picture


@SIZES
async def test_the_sample(size: tuple[int, int], picture: SnapshotAssertion) -> None:
    async with explorer(size) as shown:
        assert svg_of(shown) == picture


@SIZES
async def test_the_seed_network(size: tuple[int, int], picture: SnapshotAssertion) -> None:
    async with explorer(size, model="seed") as shown:
        assert svg_of(shown) == picture


async def test_the_sample_in_light(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM, theme="light") as shown:
        assert svg_of(shown) == picture


async def test_the_seed_network_in_light(picture: SnapshotAssertion) -> None:
    async with explorer(SMALL, theme="light", model="seed") as shown:
        assert svg_of(shown) == picture


# Edits


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_letter_that_is_typed(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with explorer(size, **LESSON) as shown:
        await shown.press("enter", "enter", "e", *["right"] * 5, "g")
        assert svg_of(shown) == picture


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_an_edit_changes(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with explorer(size, **LESSON, edits=("69C>G",), theme="light") as shown:
        await shown.press("E", "E")
        assert svg_of(shown) == picture


async def test_edits_without_colour(characters: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with explorer(MEDIUM, **LESSON, edits=("69C>G", "80_81del")) as shown:
        assert text_of(shown) == characters


# Levels, zoom and ends


async def test_a_response(picture: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("right", "enter")
        assert svg_of(shown) == picture


async def test_a_base_at_eight_columns_a_base(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM) as shown:
        await shown.press("enter", "enter", "4", "right", "equals_sign", "equals_sign", "equals_sign")
        assert svg_of(shown) == picture


async def test_zoomed_out_to_the_whole_window(picture: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("minus", "minus", "minus")
        assert svg_of(shown) == picture


async def test_the_tail(picture: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("end")
        assert svg_of(shown) == picture


async def test_a_response_of_the_tail(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM) as shown:
        await shown.press("enter", "end", "2", "left")
        assert svg_of(shown) == picture


async def test_the_unfolded_inspector(characters: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("i")
        assert text_of(shown) == characters


async def test_the_filter_card_on_a_small_screen(picture: SnapshotAssertion) -> None:
    async with explorer() as shown:
        await shown.press("f")
        assert svg_of(shown) == picture


async def test_weights_edited_on_the_filter_card(characters: SnapshotAssertion) -> None:
    async with explorer(SMALL, filter="1", cell=7) as shown:
        await shown.press("K", "right", "down", "3", "enter", "b", "1")
        assert text_of(shown) == characters


# Settings


async def test_same_padding_on_both_layers_at_the_left_end(picture: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("p", "w", "home")
        assert svg_of(shown) == picture


async def test_same_padding_on_both_layers_at_the_right_end(characters: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("p", "w", "end")
        assert text_of(shown) == characters


async def test_an_overlapping_pool(picture: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("4", "left_parenthesis", "right")
        assert svg_of(shown) == picture


async def test_gaps_between_pool_windows(picture: SnapshotAssertion) -> None:
    async with explorer(model="seed") as shown:
        await shown.press("4", "right_parenthesis", "right")
        assert svg_of(shown) == picture


async def test_a_conv_stride_and_a_dilation(characters: SnapshotAssertion) -> None:
    async with explorer(MEDIUM) as shown:
        await shown.press("right_square_bracket", "d", "t")
        assert text_of(shown) == characters


async def test_a_network_that_fits_no_longer(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM, model="seed") as shown:
        await shown.press("1", "6", "right_curly_bracket")
        assert svg_of(shown) == picture


async def test_a_setting_that_is_refused(picture: SnapshotAssertion) -> None:
    async with explorer(notifications=True) as shown:
        await shown.press("9", "9", "9", "right_curly_bracket")
        assert svg_of(shown) == picture


# Play


@pytest.mark.parametrize("ticks", [7, 29, 40], ids=["sum", "maximum", "filled"])
async def test_play(ticks: int, picture: SnapshotAssertion) -> None:
    async with explorer() as shown:
        await shown.press("space")
        for _ in range(ticks):
            shown.explorer.player.tick()
        await shown.settled()
        assert svg_of(shown) == picture


# Other models


def show(shown: Shown, model: Model, letters: str) -> None:
    reading = Reading.of(model, Letters(letters, "made_up")).into()
    shown.explorer.source = "made_up.fa"
    shown.explorer.show_reading(reading, lambda _: first_view(reading, 0))


def signed_model(pool: Pooling1D, activation: str) -> Model:
    kernel = np.random.RandomState(3).randn(7, 4, 5).astype(np.float32)
    conv = Conv1D(kernel, np.linspace(-1, 1, 5).astype(np.float32), activation=activation)
    return Model.sequential("signed", [("input", Input(None)), ("conv", conv), ("pool", pool)])


LETTERS = "ACGTTGCAACCATGGTTTGACCAGATTACAGGCATAAACCCGGGTATATCCA" * 3


async def test_an_average_pool_of_signed_activations(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM) as shown:
        show(shown, signed_model(AveragePooling1D(6), "tanh"), LETTERS)
        await shown.settled()
        assert svg_of(shown) == picture


async def test_a_max_pool_of_signed_activations(picture: SnapshotAssertion) -> None:
    async with explorer() as shown:
        show(shown, signed_model(MaxPooling1D(6), "linear"), LETTERS)
        await shown.press("down", "down", "right")
        assert svg_of(shown) == picture


async def test_a_tie(characters: SnapshotAssertion) -> None:
    kernel = np.zeros((3, 4, 1), dtype=np.float32)
    kernel[0, 0] = kernel[1, 1] = kernel[2, 2] = 1
    conv = Conv1D(kernel, np.float32([-1]), activation="relu", filter_names=("ACG",))
    async with explorer() as shown:
        show(
            shown,
            Model.sequential("ties", [("in", Input(None)), ("conv", conv), ("pool", MaxPooling1D(8))]),
            "ACGT" * 30,
        )
        await shown.settled()
        assert text_of(shown) == characters


# Letters


@pytest.mark.parametrize("record", ["iupac_01", "iupac_02", "iupac_03"])
async def test_letters_that_are_not_all_acgt(record: str, picture: SnapshotAssertion) -> None:
    async with explorer(sequences="@iupac", record=record, position=10) as shown:
        assert svg_of(shown) == picture


async def test_the_reverse_complement(characters: SnapshotAssertion) -> None:
    async with explorer(MEDIUM) as shown:
        await shown.press("v")
        assert text_of(shown) == characters


async def test_matches_of_a_search(picture: SnapshotAssertion) -> None:
    async with explorer() as shown:
        await shown.press("slash")
        await shown.type("GATA")
        await shown.press("enter")
        assert svg_of(shown) == picture


async def test_a_record_that_is_padded(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM, sequences="@seed_20mer", model="seed", position=10) as shown:
        assert svg_of(shown) == picture


async def test_a_record_that_is_too_short_for_the_pool(picture: SnapshotAssertion) -> None:
    async with explorer(sequences="@seed_20mer") as shown:
        assert svg_of(shown) == picture


# Dialogs


@pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x40", "200x60"])
async def test_the_effects_of_every_base(size: tuple[int, int], picture: SnapshotAssertion) -> None:
    async with explorer(size) as shown:
        await shown.press("asterisk", "enter")
        assert svg_of(shown) == picture


async def test_contributions_in_light_colours(picture: SnapshotAssertion) -> None:
    async with explorer(WIDE, theme="light") as shown:
        await shown.press("asterisk", "right", "right", "enter")
        assert svg_of(shown) == picture


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "120x40"])
async def test_help(size: tuple[int, int], picture: SnapshotAssertion) -> None:
    async with explorer(size) as shown:
        await shown.press("question_mark")
        assert svg_of(shown) == picture


async def test_the_filters_as_motifs(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM, sequences="@planted") as shown:
        shown.explorer.background_work.filter_motifs.choice = MotifChoice("best", both_strands=True)
        await shown.press("F", "a", "q")
        assert svg_of(shown) == picture


async def test_the_record_chooser(picture: SnapshotAssertion) -> None:
    async with explorer() as shown:
        await shown.press("r")
        await shown.type("gata")
        assert svg_of(shown) == picture


async def test_a_place_that_is_none(picture: SnapshotAssertion) -> None:
    async with explorer() as shown:
        await shown.press("g")
        await shown.type("cell 60")
        await shown.press("enter")
        assert svg_of(shown) == picture


async def test_a_search_for_a_letter_that_is_none(characters: SnapshotAssertion) -> None:
    async with explorer() as shown:
        await shown.press("slash")
        await shown.type("TATAX")
        assert text_of(shown) == characters


# Few colours


@pytest.mark.parametrize("model", ["motifs", "seed"])
async def test_no_color(model: str, picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with explorer(model=model) as shown:
        assert shown.app.monochrome
        assert svg_of(shown) == picture


async def test_glyphs_carry_the_heat_maps_where_there_are_few_colours(characters: SnapshotAssertion) -> None:
    async with explorer(MEDIUM, model="seed") as shown:
        shown.app.monochrome = True
        shown.explorer.query("*").refresh()
        await shown.settled()
        assert text_of(shown) == characters


async def test_signed_values_without_colours(
    characters: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with explorer() as shown:
        show(shown, signed_model(MaxPooling1D(6), "linear"), LETTERS)
        await shown.press("down")
        assert text_of(shown) == characters


# Too small


async def test_a_screen_that_is_too_small(characters: SnapshotAssertion) -> None:
    async with explorer((20, 5)) as shown:
        assert text_of(shown) == characters


# The whole network


KERAS = Path(__file__).parents[2] / "core" / "readers" / "keras_files" / "keras_3.15.1_torch.zip"


@SIZES
async def test_a_recurrent_layer_over_the_bases(size: tuple[int, int], picture: SnapshotAssertion) -> None:
    async with explorer(size, model="seed") as shown:
        await shown.press("tab", "5", "right", "3", "down")
        assert svg_of(shown) == picture


async def test_the_units_of_a_flattened_layer(picture: SnapshotAssertion) -> None:
    async with explorer(MEDIUM, model="seed") as shown:
        await shown.press("tab", "tab")
        assert svg_of(shown) == picture


async def test_a_model_without_a_block_and_with_layers_that_cannot_be_computed(
    picture: SnapshotAssertion, tmp_path: Path
) -> None:
    nodes = preset("motifs").nodes[:2]
    mixed = Node(
        "program", Unknown("Lambda", "a Lambda is a piece of a program, which is never executed"), ("conv1d",)
    )
    behind = Unknown("Dense", f"{NEEDS}program")
    out = Dense(np.ones((12, 1), np.float32))
    last = Node("behind", behind, ("program",)), Node("along", out, ("conv1d",))
    path = tmp_path / "unread.npz"
    write_npz(Model("unread", (*nodes, mixed, *last), ("along", "behind")), path)
    async with explorer(model=str(path)) as shown:
        assert svg_of(shown) == picture


@SIZES
async def test_a_block_on_feature_maps(size: tuple[int, int], picture: SnapshotAssertion, tmp_path: Path) -> None:
    random = np.random.RandomState(3)
    second = Conv1D(random.randn(5, 12, 8).astype(np.float32) / 9, activation="relu")
    layers = [
        ("letters", Input()),
        *((name, preset("motifs")[name].layer) for name in ("conv1d", "max_pooling1d")),
        ("conv1d_1", second),
        ("max_pooling1d_1", MaxPooling1D(2)),
    ]
    path = tmp_path / "two blocks.npz"
    write_npz(Model.sequential("two blocks", layers), path)
    async with explorer(size, model=str(path)) as shown:
        await shown.press("b", "2", "right")
        assert svg_of(shown) == picture


# Nothing of a machine, a moment or a version


async def test_a_picture_is_the_same_twice_and_names_nothing_of_the_machine() -> None:
    pictures = []
    for _ in range(2):
        async with explorer(model="seed") as shown:
            await shown.press("right", "t", "enter")
            pictures.append(svg_of(shown))
    assert pictures[0] == pictures[1]
    named = re.findall(r"https?://[^\s\"]+", pictures[0])
    assert set(named) == {"http://www.w3.org/2000/svg"}
    machine = (str(Path.home()), str(Path.cwd()), tempfile.gettempdir(), platform.node())
    for told in (*machine, __version__, textual.__version__):
        assert told not in pictures[0]
