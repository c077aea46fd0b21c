"""In a browser no dialog looks, opens or writes outside the folder that the explorer was started in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dialog_host import OPEN, Host, highlighted, opened, refused, shown, type_text
from explorers import MEDIUM, explorer, press
from textual.pilot import Pilot
from textual.widgets import Input, Static

from cnn_tui.options.model_options import ModelOptions
from cnn_tui.screens.dialogs.dialog import Dialog
from cnn_tui.screens.dialogs.open_model import ModelChoice, OpenModel
from cnn_tui.screens.dialogs.open_sequences import OpenSequences

OUTSIDE = "outside the folder that the explorer was started in"


class Bounded(Host):
    """An app that is shown to a browser."""

    def __init__(self, theme: str = "dark") -> None:
        super().__init__(theme)
        self.within = self.started_in = Path.cwd().resolve()


@asynccontextmanager
async def bounded(
    make: Callable[[], Dialog[object]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    monkeypatch.setattr("dialog_host.Host", Bounded)
    async with opened(make) as (app, pilot):
        yield app, pilot


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with sequences and a model, and more of them outside."""
    place = tmp_path / "data"
    (place / "genomes").mkdir(parents=True)
    for file in (place / "genomes" / "lambda.fa", place / "chr1.fa", tmp_path / "secret.fa"):
        file.write_text(">r\nACGT\n")
    (place / "link.fa").symlink_to(tmp_path / "secret.fa")
    (place / "mine.h5").touch()
    (tmp_path / "secret.json").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(place)
    return place


async def test_nothing_leads_up_out_of_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bounded(OpenSequences, monkeypatch) as (app, pilot):
        assert app.screen.query_one(Input).value == "./"
        assert "../" not in shown(app)
        await press(pilot, "enter")
        assert app.screen.query_one(Input).value == "./genomes/"
        assert "../" in shown(app)
        await press(pilot, "up", "enter")
        assert app.screen.query_one(Input).value == "./"


async def test_what_is_open_may_lie_outside_and_its_folder_stays_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = str(folder.parent / "secret.fa")
    async with bounded(lambda: OpenSequences(secret), monkeypatch) as (app, _):
        assert app.screen.query_one(Input).value == "./"
        assert "secret" not in shown(app)


async def test_a_folder_outside_is_neither_listed_nor_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    async with bounded(OpenSequences, monkeypatch) as (app, pilot):
        for typed in ("../", "~/", "/", "/etc/", "genomes/../../", "../sec", "../secret.fa", "~/secret.fa"):
            with subtests.test(typed):
                await type_text(pilot, "./")
                assert not app.screen.query_one("#message").has_class("-refusal")
                await type_text(pilot, typed)
                assert OUTSIDE in refused(app)
                assert "secret" not in shown(app).replace(typed, "")
                await press(pilot, "tab", "enter")
                assert OUTSIDE in refused(app)


async def test_a_link_that_leads_outside_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bounded(OpenSequences, monkeypatch) as (app, pilot):
        await type_text(pilot, "./link")
        assert highlighted(app) == "link.fa"
        await press(pilot, "enter")
        assert refused(app).startswith(f"link.fa: is {OUTSIDE}")


async def test_files_within_are_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bounded(OpenSequences, monkeypatch) as (app, pilot):
        await type_text(pilot, "./chr1")
        await press(pilot, "enter")
        assert app.result == "chr1.fa"


@pytest.mark.parametrize(("architecture", "allowed"), [("../secret.json", False), ("genomes/mine.json", True)])
async def test_the_architecture_of_a_model_lies_within_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, architecture: str, allowed: bool
) -> None:
    async with bounded(lambda: OpenModel("mine.h5"), monkeypatch) as (app, pilot):
        app.screen.query_one("#options", Input).value = f"--architecture {architecture}"
        await press(pilot, "enter")
        if allowed:
            assert app.result == ModelChoice("mine.h5", ModelOptions(architecture=architecture))
        else:
            assert app.result is OPEN
            assert OUTSIDE in refused(app)


async def test_nothing_is_written_outside(folder: Path, subtests: pytest.Subtests) -> None:
    async with explorer() as on_screen:
        on_screen.app.within = folder.resolve()
        for keys, name in ((("S",), "../view.toml"), (("x",), "../cells.tsv"), (("y", "s"), "../code.py")):
            with subtests.test(name):
                await on_screen.press(*keys)
                on_screen.app.screen.query_one(Input).value = name
                on_screen.app.screen.query_one(Input).focus()
                await on_screen.press("enter")
                assert OUTSIDE in str(on_screen.app.screen.query_one("#message", Static).content)
                on_screen.app.screen.query_one(Input).value = Path(name).name
                await on_screen.press("enter")
                assert (folder / Path(name).name).exists()
                assert not (folder / name).exists()
                while on_screen.app.screen is not on_screen.explorer:
                    await on_screen.press("escape")


async def test_a_word_is_taken_back_by_a_key_that_no_browser_keeps(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bounded(OpenSequences, monkeypatch) as (app, pilot):
        await type_text(pilot, "./genomes/lambda")
        await press(pilot, "alt+backspace")
        assert app.screen.query_one(Input).value == "./genomes/"


async def test_a_view_leads_to_no_file_outside_the_folder(folder: Path) -> None:
    view = folder / "out.toml"
    view.write_text('cnn_tui_view = 1\nsequences = "../secret.fa"\nmodel = "motifs"\n')
    async with explorer(MEDIUM) as shown:
        shown.app.within = shown.app.started_in = folder.resolve()
        await shown.press("o", "ctrl+u", "ctrl+k", *"out.toml")
        await shown.settled()
        await shown.press("enter")
        await shown.settled()
        assert OUTSIDE in " ".join(shown.text.split())
        assert shown.reading.record.name == "sim_01"
