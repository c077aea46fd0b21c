"""The one table of commands: every key does one thing, and everything can be done."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import Binding
from textual.keys import _character_to_key
from textual.screen import Screen

from cnn_tui.app import CnnApp
from cnn_tui.commands import COMMANDS, NETWORK_COMMANDS, Command, Commands, bindings
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.dialogs.help import GROUPS
from cnn_tui.screens.explorer import Explorer
from cnn_tui.screens.network import Network

# The keys of the design.
MOVEMENT = ("left", "right", "h", "l", "up", "down", "k", "j", "enter", "backspace", "home", "end")
PAGES = ("shift+left", "shift+right", "pageup", "pagedown")
BLOCK = ("[", "]", "{", "}", "(", ")")
OTHERS = ("space", ",", ".", "g", "/", "n", "N", "t", "T", "-", "=", "c", "v", "o", "r", "m", "?", "q")
DESIGN = (*MOVEMENT, *PAGES, *BLOCK, *OTHERS)

every_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.action)


def name_of(key: str) -> str:
    """Return Textual's name of a key."""
    return _character_to_key(key) if len(key) == 1 else key


def bound() -> dict[str, str]:
    """Return the action of every key, as Textual reads the bindings."""
    return {key.key: key.action for key in Binding.make_bindings(bindings())}


def method_of(action: str) -> str:
    return f"action_{action.partition('(')[0]}"


def test_no_two_commands_do_the_same() -> None:
    assert [action for action, times in Counter(command.action for command in COMMANDS).items() if times > 1] == []


def test_no_two_commands_share_a_key() -> None:
    keys = Counter(key for command in COMMANDS for key in command.keys)
    assert [key for key, times in keys.items() if times > 1] == []


def test_no_two_commands_share_a_title() -> None:
    assert len({command.title for command in COMMANDS}) == len(COMMANDS)


def test_no_command_takes_a_digit_since_digits_are_counts() -> None:
    assert not [key for key in bound() if key.isdigit()]


def test_a_command_is_something_that_the_explorer_does() -> None:
    explorer = Explorer(OpenRequest())
    assert [each for each in COMMANDS if not callable(getattr(explorer, method_of(each.action), None))] == []


def test_a_command_can_be_read_about(subtests: pytest.Subtests) -> None:
    for command in COMMANDS:
        with subtests.test(command.action):
            assert command.title
            assert command.words.endswith(".")
            assert command.shown
            assert command.group in GROUPS


def test_every_heading_has_commands() -> None:
    assert {command.group for command in COMMANDS} == set(GROUPS)


@pytest.mark.parametrize("key", DESIGN)
def test_a_key_of_the_design_does_something(key: str) -> None:
    assert name_of(key) in bound()


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("[", "change('conv_stride', -1)"),
        ("}", "change('pool_size', 1)"),
        (")", "change('pool_stride', 1)"),
        ("N", "match(-1)"),
        ("T", "strongest(-1)"),
    ],
)
def test_of_two_keys_the_second_is_more(key: str, action: str) -> None:
    assert bound()[name_of(key)] == action


def test_every_key_of_the_table_is_bound() -> None:
    assert set(bound()) == {key for command in COMMANDS for key in command.keys}


def test_a_key_that_a_person_reads_is_a_key_that_is_bound() -> None:
    for command in COMMANDS:
        for shown in command.shown.split():
            if len(shown) == 1 and shown.isascii() and command.keys:
                assert bound()[name_of(shown)] == command.action


def test_no_binding_shadows_the_palette() -> None:
    assert CnnApp.COMMAND_PALETTE_BINDING not in bound()


class WithTable(Screen[None]):
    """A screen that says what can be done on it."""

    commands: ClassVar[tuple[Command, ...]] = COMMANDS


class WithNetworkTable(WithTable):
    """The same for the screen of the whole network."""

    commands = NETWORK_COMMANDS


@pytest.mark.parametrize("screen", [WithTable, WithNetworkTable])
async def test_the_palette_offers_every_command_of_the_screen_but_itself(screen: type[WithTable]) -> None:
    app: App[None] = App()
    async with app.run_test():
        await app.push_screen(screen())
        offered = [hit.text async for hit in Commands(app.screen).discover()]
    assert offered == [command.title for command in screen.commands if command.action != "palette"]


def test_the_commands_of_the_whole_network_are_done_there_each_by_its_own_keys() -> None:
    for command in NETWORK_COMMANDS:
        assert callable(getattr(Network, method_of(command.action), None)), command.action
    keys = Counter(key for command in NETWORK_COMMANDS for key in command.keys)
    assert [key for key, times in keys.items() if times > 1] == []


async def test_a_command_is_found_by_what_it_does() -> None:
    app: App[None] = App()
    async with app.run_test():
        await app.push_screen(WithTable())
        found = [hit async for hit in Commands(app.screen).search("pool size + 1")]
    assert [str(hit.text) for hit in found] == ["Pool size + 1"]
    assert str(found[0].help).startswith("}  ")
