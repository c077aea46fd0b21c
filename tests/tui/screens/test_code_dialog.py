"""`y`: the value under the cursor as a program, shown, copied and saved."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, Shown, explorer
from textual.widgets import Static

from cnn_tui.opening import open_model
from cnn_tui.screens.dialogs.code import CodeScreen, SaveProgram
from cnn_tui.screens.network import Network


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def screen_of(shown: Shown) -> CodeScreen:
    screen = shown.app.screen
    assert isinstance(screen, CodeScreen)
    return screen


def message(shown: Shown) -> str:
    return str(shown.app.screen.query_one("#message", Static).content)


async def test_it_prints_the_value_under_the_cursor_with_the_settings_in_force() -> None:
    async with explorer(MEDIUM) as shown:
        await shown.press("y")
        program = screen_of(shown).program
        ast.parse(program)
        assert "pooled[2] of filter 0 TBP = {value:.9g}, and cnn-tui shows 9.5" in program
        assert "The code for Keras" in shown.text
        assert "import keras" in shown.text
        # It closes by its own key.
        await shown.press("y")
        assert shown.app.screen is shown.explorer
        await shown.press("right_curly_bracket", "enter", "y")
        program = screen_of(shown).program
        assert f"conv[{shown.view.position}] of filter 0 TBP = " in program
        assert "pool_size=9" in program


async def test_a_key_takes_the_other_framework_which_is_remembered_and_another_copies() -> None:
    async with explorer(SMALL) as shown:
        await shown.press("y", "f")
        assert "import torch" in screen_of(shown).program
        assert "The code for PyTorch" in shown.text
        await shown.press("escape", "right", "y")
        assert "pooled[3]" in screen_of(shown).program
        assert "import torch" in screen_of(shown).program
        await shown.press("c")
        assert shown.app.clipboard == screen_of(shown).program
        assert message(shown) == "copied, where the terminal allows it"


async def test_it_is_saved_with_its_weights_beside_it_and_neither_file_is_replaced_unasked() -> None:
    Path("keras_code.npz").write_text("mine")
    async with explorer(SMALL) as shown:
        await shown.press("y", "s")
        assert isinstance(shown.app.screen, SaveProgram)
        await shown.press("enter")
        assert message(shown).startswith("keras_code.npz: there is such a file already")
        await shown.press("escape")
        assert Path("keras_code.npz").read_text() == "mine"
        await shown.press("s", "enter", "enter")
        assert message(shown) == "keras_code.py and keras_code.npz are written"
        kernel = shown.reading.model["conv1d"].layer.kernel
    program = Path("keras_code.py").read_text()
    ast.parse(program)
    assert 'Path(__file__).with_name("keras_code.npz")' in program
    np.testing.assert_array_equal(np.load("keras_code.npz")["conv1d/kernel"], kernel)
    assert open_model("keras_code.npz").model.name == "motifs"


async def test_of_the_whole_network_it_prints_the_value_that_is_looked_at() -> None:
    async with explorer(SMALL, model="seed") as shown:
        await shown.press("tab", "right", "down", "y")
        assert "simple_rnn[" in screen_of(shown).program
        await shown.press("escape")
        assert isinstance(shown.app.screen, Network)


async def test_what_cannot_be_written_is_said_in_the_dialog(tmp_path: Path) -> None:
    letters = "ACGT" * 60_000
    (tmp_path / "r.fa").write_text(f">r\n{letters}\n")
    async with explorer(SMALL, sequences="r.fa") as shown:
        await shown.press("y")
        assert screen_of(shown).program == ""
        assert "are too many to run at once" in message(shown)
        await shown.press("c", "s")
        assert shown.app.clipboard == ""
        screen_of(shown)


async def test_a_hostile_name_is_no_markup_and_no_code() -> None:
    name = 'x"""[red]{1/0}\\'
    Path("r.fa").write_text(f">{name}\n{'ACGT' * 200}\n")
    async with explorer(MEDIUM, sequences="r.fa") as shown:
        await shown.press("y")
        ast.parse(screen_of(shown).program)
        assert "[red]" in shown.text
