"""A network of DeepBind's kind in the explorer: one cell as wide as the input, wider than the screen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, explorer, fasta
from small_models import random_letters

from cnn_core.layers import Conv1D, Dense, GlobalMaxPooling1D, Input
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_tui.__main__ import main
from cnn_tui.snapshot import take
from cnn_tui.widgets.feature_map import Selected
from cnn_tui.widgets.pooled_cells import Pooled

MOTIFS = ("GATTACA", "CCGCCCC")


@pytest.fixture
def deepbind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network that counts the letters of two motifs, and its sequences, which hold one at 300, one at 50."""
    monkeypatch.chdir(tmp_path)
    kernel = np.full((7, 4, 2), -1, dtype=np.float32)
    for index, motif in enumerate(MOTIFS):
        for tap, letter in enumerate(motif):
            kernel[tap, "ACGT".index(letter), index] = 1
    conv = Conv1D(kernel, np.array([-3, -3], np.float32), activation="relu", filter_names=("one", "other"))
    layers = [("letters", Input(400)), ("conv", conv), ("top", GlobalMaxPooling1D())]
    write_npz(
        Model.sequential("deepbind", [*layers, ("out", Dense(np.ones((2, 1), np.float32)))]), tmp_path / "m.npz"
    )
    letters = random_letters(400, seed=3)
    for place, motif in zip((300, 50), MOTIFS, strict=True):
        letters = letters[:place] + motif + letters[place + 7 :]
    fasta(tmp_path / "s.fa", r=letters)
    return tmp_path


async def test_what_the_cell_selected_is_on_the_screen_for_every_filter(deepbind: Path) -> None:
    async with explorer(
        SMALL, sequences=str(deepbind / "s.fa"), model=str(deepbind / "m.npz"), filter="0"
    ) as shown:
        for position in (300, 50):
            selected = shown.line_of(Selected)
            assert selected.count("▲") == 1
            assert shown.view.base_at(selected.index("▲")) == position
            assert shown.line_of(Pooled).strip(" ▏▕") == "4.000"
            await shown.press("down")
        await shown.press("up")
        # Scrolled and zoomed, the cursor covers all that is seen and moves nothing.
        await shown.press("enter")
        assert shown.cursor == ("response", 300)
        await shown.press("backspace", "equals_sign")
        assert "▲" in shown.line_of(Selected)
        assert "←→ cell" not in shown.lines[-1]
        assert "↑↓ filter" in shown.lines[-1]


async def test_the_demonstration_is_followed_and_ends_at_what_was_selected(deepbind: Path) -> None:
    async with explorer(
        SMALL, sequences=str(deepbind / "s.fa"), model=str(deepbind / "m.npz"), filter="0"
    ) as shown:
        await shown.press("space", "space")
        assert shown.view.position == 0
        assert shown.view.offset == 0
        await shown.press("escape")
        assert shown.view.base_at(shown.line_of(Selected).index("▲")) == 300


async def test_keys_that_set_the_pool_say_that_there_is_nothing_to_set(deepbind: Path) -> None:
    async with explorer(MEDIUM, sequences=str(deepbind / "s.fa"), model=str(deepbind / "m.npz")) as shown:
        for key in ("right_curly_bracket", "left_parenthesis", "w"):
            await shown.press(key)
            assert "top pools all positions: it has no size, stride or padding" in shown.lines[-1]
        await shown.press("right_square_bracket")
        assert shown.reading.settings.conv_stride == 2
        assert "conv stride 2  press 0 to reset" in shown.lines[-1]
        await shown.press("0", "V")
        assert "pool size" not in shown.text


async def test_the_cell_is_found_again_from_the_network_and_back(deepbind: Path) -> None:
    async with explorer(
        MEDIUM, sequences=str(deepbind / "s.fa"), model=str(deepbind / "m.npz"), filter="1"
    ) as shown:
        await shown.press("tab")
        assert "top unit 1: 4.000" in shown.text
        await shown.press("enter")
        assert (shown.cursor, shown.view.filter) == (("cell", 0), 0)
        await shown.press("tab", "up", "a", "down")
        assert "in the explorer: pooled[0] of filter 1" in shown.text


def test_its_words_files_and_targets(deepbind: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [str(deepbind / "s.fa"), "--model", str(deepbind / "m.npz"), "--filter", "0"]
    assert main(["trace", *given, "--cell", "0"]) == 0
    said = capsys.readouterr().out
    assert "pool: 1 cell of all 394 positions, however many there are" in said
    assert "nothing is left over: one cell is of all 394 positions" in said
    assert main(["trace", *given, "--cell", "0", "--json"]) == 0
    (cell, _) = json.loads(capsys.readouterr().out)["steps"]
    assert (cell["type"], cell["selection"], cell["window"]) == ("GlobalMaxPooling1D", 300, [0, 394])
    assert main(["scan", *given, "--top", "1", "--strand", "+"]) == 0
    assert "r\t300\t307\t+\t0\tone\t4\t0\t300\tGATTACA" in capsys.readouterr().out
    assert main(["export", *given, "--what", "cells", "-o", str(deepbind / "c.tsv")]) == 0
    assert "r\t0\t394\t+\t0\t4" in (deepbind / "c.tsv").read_text()
    assert main(["trace", *given, "--cell", "0", "--set", "pool_size=4"]) == 1
    assert "reads all positions at once, so it has no size, stride or padding to set" in capsys.readouterr().err


def test_a_saved_view_opens_at_the_screen_that_was_saved(deepbind: Path) -> None:
    given = {"size": "80x24", "model": str(deepbind / "m.npz")}
    before = take(str(deepbind / "s.fa"), keys="down left S enter wait", **given)
    assert take("view.toml", size="80x24").svg == before.svg
