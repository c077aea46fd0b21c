"""Weights edited on the filter card: every key, what is shown of the change, and one undo with the letters'."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer

from cnn_core.layers import Array, Conv1D, Input, MaxPooling1D, SeparableConv1D
from cnn_core.network.model import Model
from cnn_core.presets import preset
from cnn_core.readers.npz import write_npz
from cnn_tui.view.view_state import EditsShown
from cnn_tui.view.weight_cursor import WeightCursor
from cnn_tui.widgets.filter_card import FilterCard

CASE = {"model": "motifs", "sequences": "@planted", "filter": "1", "cell": 7}
"""Filter 1's largest cell, which it selects at its best letters."""


def kernel(shown: Shown, chosen: int = 1) -> Array:
    return shown.reading.model.filter_weights("conv1d", chosen).weights


def own(chosen: int = 1) -> Array:
    return preset("motifs").filter_weights("conv1d", chosen).weights


def names(shown: Shown) -> tuple[str, ...]:
    return shown.reading.model.weight_names


def card(shown: Shown) -> list[str]:
    region = shown.explorer.query_one(FilterCard).region
    return [line[region.x : region.right] for line in shown.lines[region.y : region.bottom]]


async def test_k_puts_a_cursor_on_the_card_wherever_that_stands() -> None:
    async with explorer(SMALL, **CASE) as shown:
        for size in (SMALL, MEDIUM, WIDE):
            await shown.resize(*size)
            await shown.press("K")
            assert shown.view.weighing == WeightCursor(0, 0)
            assert any(line.lstrip().startswith("A    ▸") for line in card(shown))
            assert shown.status.strip().startswith(f"tap 0, A: {'+' if own()[0, 0] >= 0 else '−'}")
            assert "Esc ends" in shown.status
            await shown.press("right", "down")
            assert shown.view.weighing == WeightCursor(1, 1)
            await shown.press("left", "up", "escape")
            assert shown.view.weighing is None
            assert names(shown) == ()


async def test_plus_and_minus_go_by_a_tenth_of_the_largest_weight_and_the_card_marks_what_is_edited() -> None:
    async with explorer(SMALL, **CASE) as shown:
        await shown.press("K", "right", "right", "down", "+", "=")
        step = float(f"{np.abs(own()).max() / 10:.0e}")
        assert f"+ - by {step:.3f}" in shown.status
        assert kernel(shown)[2, 1] == pytest.approx(own()[2, 1] + 2 * step, abs=1e-6)
        # They are one edit, and all other weights are as they were.
        assert len(names(shown)) == 1
        assert np.argwhere(kernel(shown) != own()).tolist() == [[2, 1]]
        await shown.press("-", "-")
        assert names(shown) == ()
        # The card marks what is edited without colour.
        assert not any("≠" in line for line in card(shown))
        await shown.press("9", "enter", "escape")
        assert sum(line.count("≠") for line in card(shown)) == 1
        # Another filter is none of it.
        await shown.press("down")
        assert not any("≠" in line for line in card(shown))


async def test_a_number_is_typed_and_taken_with_enter() -> None:
    async with explorer(SMALL, **CASE) as shown:
        await shown.press("K", "1", "full_stop", "5", "minus")
        assert shown.status.strip().startswith("tap 0, A: −1.5▏  Enter takes it")
        assert names(shown) == ()
        await shown.press("enter")
        assert names(shown) == ("conv1d:1:0A=-1.5",)
        assert ", was " in shown.status
        await shown.press("2", "escape")
        assert (shown.view.weighing, names(shown)) == (WeightCursor(0, 0), ("conv1d:1:0A=-1.5",))
        await shown.press("delete")
        assert names(shown) == ()


async def test_the_bias_stands_below_the_weights() -> None:
    async with explorer(MEDIUM, **CASE) as shown:
        await shown.press("K", "b", "3", "enter")
        assert names(shown) == ("conv1d:1:bias=3",)
        assert any("▸bias 3.000 ≠" in line for line in card(shown))
        await shown.press("up")
        assert shown.view.weighing == WeightCursor(0, 3)


async def test_a_filter_is_flipped_turned_shuffled_and_reset() -> None:
    async with explorer(SMALL, **CASE) as shown:
        await shown.press("K", "f")
        np.testing.assert_array_equal(kernel(shown), own()[::-1])
        await shown.press("f", "c")
        np.testing.assert_array_equal(kernel(shown), own()[::-1, ::-1])
        await shown.press("c", "s", "s")
        assert names(shown) == ("conv1d:1=shuffled:1", "conv1d:1=shuffled:2")
        order = np.random.RandomState(1).permutation(16)[np.random.RandomState(2).permutation(16)]
        np.testing.assert_array_equal(kernel(shown), own()[order])
        await shown.press("r")
        assert (names(shown), shown.status.strip()) == ((), "the filter's own weights")
        await shown.press("r")
        assert "nothing is changed by that" in shown.status


async def test_what_changes_is_said_against_the_original() -> None:
    async with explorer(MEDIUM, **CASE) as shown:
        before = float(shown.picture.run.values(7, 8)[0, 1])
        await shown.press("K", "b", "1", "minus", "enter")
        now = float(shown.picture.run.values(7, 8)[0, 1])
        assert shown.reading.model.weight_names == ("conv1d:1:bias=-1",)
        assert now == pytest.approx(before - 1 - float(preset("motifs").filter_weights("conv1d", 1).bias))
        assert any("→" in line and "pooled[7] of filter 1" in line for line in shown.lines)
        assert "edited: conv1d:1:bias=-1" in shown.text
        # E passes through, and the original has the model's own weights.
        await shown.press("E")
        assert shown.view.edits is EditsShown.ORIGINAL
        assert float(shown.picture.run.values(7, 8)[0, 1]) == before


async def test_letters_and_weights_have_one_undo() -> None:
    async with explorer(SMALL, **CASE) as shown:
        await shown.press("K", "f", "escape", "e", "G", "escape", "K", "b", "4", "enter")
        assert len(shown.reading.edits) == 1
        assert names(shown) == ("conv1d:1=flipped", "conv1d:1:bias=4")
        start = shown.reading.start
        seen = []
        for _ in range(3):
            await shown.press("u")
            seen.append((len(shown.reading.edits), names(shown)))
        assert seen == [(1, ("conv1d:1=flipped",)), (0, ("conv1d:1=flipped",)), (0, ())]
        await shown.press("U", "U", "U")
        assert (len(shown.reading.edits), names(shown)) == (1, ("conv1d:1=flipped", "conv1d:1:bias=4"))
        assert shown.reading.start == start


async def test_settings_of_the_block_and_weights_keep_each_other_and_other_sequences_but_no_other_model() -> None:
    async with explorer(SMALL, **CASE) as shown:
        await shown.press("K", "f", "escape", "d", "right_curly_bracket")
        assert names(shown) == ("conv1d:1=flipped",)
        assert (shown.reading.settings.dilation, shown.reading.settings.pool_size) == (2, 9)
        await shown.press("0")
        assert names(shown) == ("conv1d:1=flipped",)
        assert shown.reading.settings.dilation == 1
        await shown.press("o", "ctrl+u")
        await shown.type("@lesson")
        await shown.press("enter")
        assert names(shown) == ("conv1d:1=flipped",)
        await shown.press("m", "ctrl+u")
        await shown.type("seed")
        await shown.press("enter")
        assert (shown.reading.model.name, names(shown)) == ("seed", ())
        await shown.press("u")
        assert "nothing to undo" in shown.status


async def test_keys_of_other_commands_say_where_they_are_and_a_press_selects_a_weight() -> None:
    async with explorer(SMALL, **CASE) as shown:
        await shown.press("K", "g")
        assert "Esc ends that" in shown.status
        await shown.press("j")
        assert shown.view.filter == 2
        await shown.press("tab", "k")
        assert shown.view.filter == 1
        assert shown.view.weighing is not None
        # A press on a weight selects it.
        kernel_drawn = shown.explorer.query_one(FilterCard).kernel(shown.picture)
        columns = kernel_drawn.taps[1]
        await shown.pilot.click(FilterCard, offset=(1 + kernel_drawn.LABEL + 5 * columns, kernel_drawn.above + 2))
        await shown.settled()
        assert shown.view.weighing == WeightCursor(5, 2)


def _written(path: Path, conv: Conv1D | SeparableConv1D, channels: int = 4) -> str:
    rng = np.random.default_rng(0)
    first = Conv1D(rng.normal(size=(5, 4, channels)).astype(np.float32), activation="relu")
    layers = [("letters", Input(60)), ("conv", first), ("pool", MaxPooling1D(2)), ("conv_1", conv)]
    with path.open("wb") as file:
        write_npz(Model.sequential("deep", [*layers, ("pool_1", MaxPooling1D(2))]), file)
    return str(path)


async def test_a_deep_filter_is_edited_channel_by_channel(tmp_path: Path) -> None:
    deep = Conv1D(np.random.default_rng(1).normal(size=(3, 6, 2)).astype(np.float32), groups=1)
    async with explorer(
        MEDIUM, sequences="@planted", model=_written(tmp_path / "m.npz", deep, 6), block="conv_1"
    ) as shown:
        await shown.press("K", "right", "down", "5", "enter")
        cursor = shown.view.weighing
        assert cursor is not None
        assert names(shown) == (f"conv_1:0:1:{cursor.channel}=5",)
        assert any(f"{cursor.channel}▸" in line and "≠" in line for line in card(shown))
        await shown.press("c")
        assert any("does not read each letter and its complement" in told for told in shown.toasts)


async def test_filters_that_share_a_kernel_say_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    deep = SeparableConv1D(
        rng.normal(size=(3, 6, 1)).astype(np.float32), rng.normal(size=(1, 6, 2)).astype(np.float32)
    )
    async with explorer(
        MEDIUM, sequences="@planted", model=_written(tmp_path / "m.npz", deep, 6), block="conv_1"
    ) as shown:
        await shown.press("K", "plus")
        assert names(shown) == ()
        assert any("one kernel along the axis for all its filters" in told for told in shown.toasts)
