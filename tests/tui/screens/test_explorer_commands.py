"""Every command by its keys and by its name: both do the same, at every level, and the palette lists them all."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from explorers import MEDIUM, Shown, explorer, stopped_clock
from small_networks import narrow
from textual.command import CommandPalette, DiscoveryHit
from textual.events import Paste
from textual.widgets import Input

from cnn_tui.app import CnnApp
from cnn_tui.commands import COMMANDS, Command, Commands
from cnn_tui.options.request import OpenRequest
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.screens.dialogs.choose_record import ChooseRecord
from cnn_tui.screens.dialogs.code import CodeScreen
from cnn_tui.screens.dialogs.export import ExportScreen
from cnn_tui.screens.dialogs.goto import GotoScreen
from cnn_tui.screens.dialogs.help import Help
from cnn_tui.screens.dialogs.open_model import OpenModel
from cnn_tui.screens.dialogs.open_sequences import OpenSequences
from cnn_tui.screens.dialogs.save_view import SaveView
from cnn_tui.screens.dialogs.search import Search
from cnn_tui.screens.dialogs.strongest import Strongest
from cnn_tui.screens.network import Network
from cnn_tui.view.track_sizes import SMALLEST
from cnn_tui.view.view_state import Subject

LEVELS = {"cell": (), "response": ("enter",), "base": ("enter", "enter")}
DIALOGS = {
    "goto": GotoScreen,
    "network": Network,
    "search": Search,
    "strongest_cells": Strongest,
    "open": OpenSequences,
    "model": OpenModel,
    "record": ChooseRecord,
    "save": SaveView,
    "export": ExportScreen,
    "code": CodeScreen,
    "help": Help,
    "palette": CommandPalette,
}
CHANGING = [command for command in COMMANDS if command.action not in {*DIALOGS, "suspend", "quit"}]
NO_EFFECT = {
    "cell": {"up", "speed(-1)", "speed(1)", "escape", "reset", "match(1)", "match(-1)"},
    "response": {"speed(-1)", "speed(1)", "escape", "reset", "match(1)", "match(-1)"},
    "base": {"down", "speed(-1)", "speed(1)", "escape", "reset", "match(1)", "match(-1)"},
}
"""What changes nothing where nothing plays and nothing is searched for, or there is no further down or up."""
IMMOVABLE = {
    "change('conv_stride', -1)",
    "change('dilation', -1)",
    "window(-1)",
    "window(1)",
    "ambiguity",
    "block(1)",
    "block(-1)",
    "output_scan",
    "assumptions",
    "copy",
    "undo",
    "redo",
    "edits_shown",
    "edits",
}
"""What changes nothing on the sample: a stride is 1 at least, and its input is the whole record, the motifs give no
output, nothing had to be assumed, nothing is edited, and what is copied is in no view."""


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_clock(monkeypatch)


def state(shown: Shown) -> tuple[object, ...]:
    """Return all that a command can change, in a form that can be compared."""
    explorer, view, reading = shown.explorer, shown.view, shown.reading
    return (
        replace(view, play=None),
        view.play,
        reading.settings,
        reading.reverse,
        reading.ambiguity,
        reading.window,
        explorer.unfolded,
        explorer.card,
        explorer.subject,
        shown.app.theme,
        shown.status,
    )


async def back_to(shown: Shown, picture: Picture) -> None:
    explorer = shown.explorer
    explorer.unfolded = explorer.card = False
    explorer.subject = Subject.AUTOMATIC
    shown.app.theme = "dark"
    explorer.picture = picture
    explorer.forget_words()
    await shown.settled()


async def effect(shown: Shown) -> tuple[object, ...]:
    """Return what a command has changed, or which screen it has opened, which is left again."""
    if shown.app.screen is shown.explorer:
        return state(shown)
    opened = type(shown.app.screen)
    await shown.press("escape")
    return (opened,)


async def palette_of(shown: Shown) -> dict[str, Callable[[], Awaitable[None]]]:
    """Return what the palette runs for every command, by its action."""
    hits = [hit async for hit in Commands(shown.explorer).discover()]
    return {command.action: hit.command for command, hit in zip(_listed(), hits, strict=True)}  # type: ignore[misc]


async def test_a_command_s_keys_and_its_name_in_the_palette_do_the_same() -> None:
    async with explorer(SMALLEST, cell=30) as shown:
        await shown.press("5", "down")
        start, before, palette = shown.picture, state(shown), await palette_of(shown)
        for command in CHANGING:
            await back_to(shown, start)
            await palette[command.action]()
            await shown.settled()
            assert shown.lines
            by_name = await effect(shown)
            if command.action not in NO_EFFECT["cell"] | IMMOVABLE:
                assert by_name[:-1] != before[:-1], command.action
            for key in command.keys:
                await back_to(shown, start)
                await shown.press(key)
                assert await effect(shown) == by_name, (command.action, key)


@pytest.mark.parametrize("level", ["response", "base"])
async def test_a_command_has_its_effect_at_the_other_levels_too(level: str) -> None:
    async with explorer(SMALLEST, cell=30) as shown:
        await shown.press("5", "down", *LEVELS[level])
        start, before = shown.picture, state(shown)
        for command in CHANGING:
            await back_to(shown, start)
            if command.keys:
                await shown.press(command.keys[0])
            else:
                await shown.explorer.run_action(command.action)
                await shown.settled()
            assert shown.lines
            has_effect = command.action not in NO_EFFECT[level] | IMMOVABLE
            assert (await effect(shown))[:-1] != before[:-1] or not has_effect, command.action


async def test_every_dialog_opens_by_its_key_and_by_its_name_in_the_palette() -> None:
    async with explorer() as shown:
        palette = await palette_of(shown)
        for command in COMMANDS:
            kind = DIALOGS.get(command.action)
            if kind is None:
                continue
            for key in (*command.keys, None):
                if key is not None:
                    await shown.press(key)
                elif command.action in palette:
                    await palette[command.action]()
                    await shown.settled()
                else:
                    await shown.explorer.run_action(command.action)
                    await shown.settled()
                assert isinstance(shown.app.screen, kind)
                assert shown.lines
                await shown.press("escape")
                assert shown.app.screen is shown.explorer


async def test_every_key_has_one_meaning() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.usefixtures("every_frame")
@pytest.mark.parametrize("seed", range(4))
async def test_any_keys_in_any_order_keep_the_cursor_on_what_there_is(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    fixed = {"model": narrow("seed", tmp_path / "narrow.npz")} if seed == 1 else {}
    opened = [{}, fixed, {"sequences": "@seed_20mer"}, {"sequences": "@iupac", "reverse": True}][seed]
    keys = [key for command in CHANGING for key in command.keys] + [*"0123"]
    async with explorer(SMALLEST, **opened) as shown:
        pressed = []
        for _ in range(40):
            pressed.append(chance.choice(keys))
            await shown.press(pressed[-1])
            shown.explorer.player.tick()
            if shown.app.screen is not shown.explorer:
                await shown.press("escape")
            view = shown.view
            assert 0 <= view.index < view.extent, pressed
            assert view.axes.first <= view.offset < view.axes.last, pressed
        assert len(shown.lines) == SMALLEST[1]


# The palette


async def test_the_palette_lists_every_command_with_its_keys_and_finds_it_by_its_title() -> None:
    async with explorer() as shown:
        provider = Commands(shown.explorer)
        hits = [hit async for hit in provider.discover()]
        listed = [hit.display for hit in hits if isinstance(hit, DiscoveryHit)]
        assert listed == [command.title for command in COMMANDS if command.action != "palette"]
        assert all(command.shown in (hit.help or "") for command, hit in zip(_listed(), hits, strict=True))
        for command in _listed():
            found = [hit async for hit in provider.search(command.title)]
            best = max(found, key=lambda hit: hit.score)
            assert str(best.text) == command.title


def _listed() -> list[Command]:
    return [command for command in COMMANDS if command.action != "palette"]


async def test_a_command_chosen_in_the_palette_moves_the_cursor() -> None:
    async with explorer(MEDIUM) as shown:
        for typed, expected in (
            ("Step right", ("cell", 3)),
            ("A page right", ("cell", 15)),
            ("Last of this level", ("cell", 59)),
            ("Go down to what", ("response", 474)),
        ):
            await in_palette(shown, typed)
            assert shown.cursor == expected


async def in_palette(shown: Shown, typed: str) -> None:
    await shown.press("ctrl+p")
    shown.app.screen.query_one(Input).value = typed
    await shown.settled()
    await shown.press("enter")
    if isinstance(shown.app.screen, CommandPalette):
        await shown.press("enter")


async def test_commands_chosen_in_the_palette_change_the_block_and_the_look() -> None:
    async with explorer() as shown:
        await in_palette(shown, "Conv stride + 1")
        assert shown.reading.settings.conv_stride == 2
        await in_palette(shown, "Reset to the")
        assert shown.reading.settings.conv_stride == 1
        await in_palette(shown, "Theme: dark, light, high contrast")
        assert shown.app.theme == "light"
        await in_palette(shown, "Choose a record")
        assert isinstance(shown.app.screen, ChooseRecord)
        await shown.press("escape")
        await in_palette(shown, "Reverse compl")
        assert shown.reading.reverse
        await in_palette(shown, "Play or pause")
        assert shown.view.play is not None


async def test_quit_in_the_palette_leaves() -> None:
    app = CnnApp(OpenRequest())
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("ctrl+p", *"Quit")
        await app.workers.wait_for_complete()
        await pilot.press("enter", "enter")
        await pilot.pause()
    assert app.return_code == 0
    assert app._exit


async def test_the_palette_is_closed_once_however_often_it_is_asked_to() -> None:
    async with explorer() as shown:
        await shown.press("tab", "ctrl+p")
        palette = shown.app.screen
        assert isinstance(palette, CommandPalette)
        palette.dismiss()
        palette.dismiss()
        await shown.settled()
        assert isinstance(shown.app.screen, Network)


async def test_what_is_pasted_into_the_palette_is_spelled_out() -> None:
    async with explorer() as shown:
        await shown.press("ctrl+p")
        shown.app.post_message(Paste("\x1b[31mzoom\x07\nnext line"))
        await shown.settled()
        assert "\\x1b[31mzoom\\x07" in shown.text
        assert "\x1b" not in shown.text


async def test_nothing_told_stands_over_the_line_of_a_screen_that_is_too_small() -> None:
    async with explorer((80, 24), notifications=True) as shown:
        shown.explorer.notify("a long remark " * 30, timeout=60)
        for size in ((59, 17), (60, 5)):
            await shown.resize(*size)
            assert shown.text.split() == ["too", "small:", "cnn-tui", "needs", "60×18"]
        await shown.resize(80, 24)
        assert "a long remark" in shown.text


async def test_keys_of_a_palette_without_room_for_its_list_do_nothing() -> None:
    async with explorer(MEDIUM, model="motifs") as shown:
        before = shown.view.cell
        await shown.press("ctrl+p", "down", "down")
        await shown.pilot.resize_terminal(60, 3)
        await shown.press("pagedown", "pageup", "down", "up", "home", "end")
        await shown.pilot.resize_terminal(*MEDIUM)
        await shown.press("escape", "right")
        assert shown.view.cell == before + 1
