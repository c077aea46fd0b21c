"""Keys of the user's own: who has them, who loses them, and that help, palette and hints show them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from explorers import explorer

from cnn_tui.commands import COMMANDS, LESSON_COMMANDS, NETWORK_COMMANDS, checked_keys, keymap, other_keys, rebound
from cnn_tui.docs import page
from cnn_tui.options.config import Config, config_from
from cnn_tui.screens.network import Network

TABLES = {"block": COMMANDS, "network": NETWORK_COMMANDS, "lesson": LESSON_COMMANDS}


@pytest.mark.parametrize("screen", TABLES)
def test_every_command_of_a_screen_has_a_name_of_its_own(screen: str) -> None:
    names = Counter(command.name for command in TABLES[screen])
    assert [name for name, times in names.items() if times > 1] == []
    assert all(name.replace("-", "").isalpha() and name.islower() for name in names)


def test_a_command_has_the_keys_that_it_is_given_and_takes_them_from_others() -> None:
    now = {command.name: command for command in rebound(COMMANDS, (("play", ("z", "ctrl+k")),))}
    assert (now["play"].keys, now["play"].shown) == (("z", "ctrl+k"), "z Ctrl+K")
    assert (now["whole-record"].keys, now["whole-record"].shown) == ((), "")
    assert now["zoom-in"] == next(command for command in COMMANDS if command.name == "zoom-in")
    assert rebound(COMMANDS, ()) is COMMANDS
    assert keymap(()) == {}
    assert other_keys(COMMANDS, (("play", ("z", "ctrl+k")),)) == {"Space": "z", "z": ""}


def test_what_cannot_be_given_is_said_and_the_rest_holds() -> None:
    keys = (("plya", ("p",)), ("play", ("p",)), ("zoom-in", ("p",)), ("zoom-out", ("o",)), ("answer", ("p",)))
    given, problems = checked_keys(keys)
    # `play` is there in the lesson too, where `answer` is.
    assert given == (("play", ("p",)), ("zoom-out", ("o",)))
    assert problems == (
        "[keys]: there is no command 'plya'; did you mean play?",
        "[keys]: p is given to play and to zoom-in; give it to one of them",
        "[keys]: p is given to play and to answer; give it to one of them",
    )


async def test_they_work_and_are_shown_on_every_screen() -> None:
    keys = (("play", ("p",)), ("next-filter", ("w", "down")), ("go-to", ("v",)), ("previous-layer", ("f2",)))
    async with explorer(own=Config(keys=keys)) as shown:
        assert "p play" in shown.status
        first = shown.view.filter
        await shown.press("w", "down")
        assert shown.view.filter == first + 2
        await shown.press("space")
        assert shown.view.play is None
        await shown.press("p")
        assert shown.view.play is not None
        await shown.press("escape", "j")
        assert shown.view.filter == first + 2
        await shown.press("question_mark")
        await shown.settled()
        titles = {command.name: command.shown for command in shown.app.screen._commands}  # type: ignore[attr-defined]
        assert (titles["play"], titles["go-to"], titles["reverse-complement"]) == ("p", "v", "")
        await shown.press("escape", "tab")
        await shown.settled()
        network = shown.app.screen
        assert isinstance(network, Network)
        assert {command.name: command.shown for command in network.commands}["reverse-complement"] == ""
        layer = network.view.axis.name
        await shown.press("shift+tab")
        assert network.view.axis.name == layer
        await shown.press("f2")
        assert network.view.axis.name != layer


async def test_what_is_wrong_is_said_once_and_stops_nothing() -> None:
    config = Config(theme="nord", keys=(("plya", ("p",)),), problems=("config.toml: there is no option 'thme'",))
    async with explorer(own=config) as shown:
        notices = [str(notice.message) for notice in shown.app._notifications]
        assert notices == ["config.toml: there is no option 'thme' (and 1 more)"]
        assert shown.picture is not None


def test_the_documentation_lists_every_command_by_its_name() -> None:
    listed = set(
        re.findall(r"`([a-z-]+)`", page("config").partition("One name means the same")[2].partition("## ")[0])
    )
    assert listed == {command.name for table in TABLES.values() for command in table}


def test_the_example_of_the_documentation_holds(tmp_path: Path) -> None:
    example = page("config").partition("```toml\n")[2].partition("```")[0]
    config = config_from(tomllib.loads(example), tmp_path / "config.toml")
    assert config.problems == ()
    assert checked_keys(config.keys) == (config.keys, ())
    assert config.model == str(tmp_path / "nets" / "danq.h5")
