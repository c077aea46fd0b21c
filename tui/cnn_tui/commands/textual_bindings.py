"""Which keys do what: the bindings of a screen, and keys that the user gives to commands instead."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from textual.binding import Binding

from cnn_core.errors import SettingError, did_you_mean

from ..options.key_names import shown_key
from .command import Command
from .commands_with_keys import COMMANDS, TABLES

__all__ = ["Keys", "bindings", "checked_keys", "keymap", "other_keys", "rebound"]

Keys = tuple[tuple[str, tuple[str, ...]], ...]
"""Keys of commands by the commands' names, as Textual names them, where they are not those of the tables."""


def bindings(commands: tuple[Command, ...] = COMMANDS, screen: str = "block") -> list[Binding]:
    """Return the key bindings of a screen.

    Args:
        commands: What can be done there.
        screen: Which screen it is.
    """
    return [
        Binding(",".join(command.keys), command.action, command.title, show=False, id=f"{screen}.{command.name}")
        for command in commands
        if command.keys
    ]


def checked_keys(keys: Keys) -> tuple[Keys, tuple[str, ...]]:
    """Return which keys can be given to commands, and a sentence for each that cannot.

    Args:
        keys: What is asked for.
    """
    names = {command.name for table in TABLES.values() for command in table}
    given, problems, owners = [], [], dict[tuple[str, str], str]()
    for name, wanted in keys:
        places = [
            (screen, key)
            for screen, table in TABLES.items()
            if any(command.name == name for command in table)
            for key in wanted
        ]
        other, key = next(((owners[place], place[1]) for place in places if place in owners), ("", ""))
        if name not in names:
            remedy = did_you_mean(name, names, "cnn-tui help config lists the commands")
            problems.append(str(SettingError(f"there is no command '{name}'", where="[keys]", remedy=remedy)))
        elif other:
            twice = f"{shown_key(key)} is given to {other} and to {name}"
            problems.append(str(SettingError(twice, where="[keys]", remedy="give it to one of them")))
        else:
            given.append((name, wanted))
            owners |= dict.fromkeys(places, name)
    return tuple(given), tuple(problems)


@lru_cache(maxsize=16)
def rebound(commands: tuple[Command, ...], keys: Keys) -> tuple[Command, ...]:
    """Return commands with other keys: a key that is given to one of them is taken from whichever had it.

    Args:
        commands: What can be done on a screen.
        keys: The keys of some of them.
    """
    given = {name: wanted for name, wanted in keys if any(command.name == name for command in commands)}
    taken = {key for wanted in given.values() for key in wanted}

    def with_keys(command: Command) -> Command:
        now = given.get(command.name, tuple(key for key in command.keys if key not in taken))
        return command if now == command.keys else replace(command, keys=now, shown=" ".join(map(shown_key, now)))

    return tuple(map(with_keys, commands)) if given else commands


def other_keys(commands: tuple[Command, ...], keys: Keys) -> dict[str, str]:
    """Return how the keys are to be shown that a command no longer has, by how they are shown in the tables.

    Args:
        commands: What can be done on a screen.
        keys: The keys of some of them.
    """
    changed = zip(commands, rebound(commands, keys), strict=True)
    return {
        shown: now.shown.partition(" ")[0]
        for before, now in changed
        for shown in before.shown.split()
        if shown not in now.shown.split()
    }


def keymap(keys: Keys) -> dict[str, str]:
    """Return what Textual takes for the keys of `rebound`: those of each binding that has others now."""
    found = {}
    for screen, table in TABLES.items():
        for before, now in zip(table, rebound(table, keys), strict=True):
            if now.keys != before.keys:
                found[f"{screen}.{now.name}"] = ",".join(now.keys)
    return found
