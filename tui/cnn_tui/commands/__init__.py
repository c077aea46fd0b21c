"""Everything that can be done, the keys that do it, and the command palette."""

from __future__ import annotations

from .command import Command
from .commands_with_keys import ALL_NETWORK_COMMANDS, BLOCK_COMMANDS, COMMANDS, LESSON_COMMANDS, NETWORK_COMMANDS
from .palette_entries import Commands, Glossary, Themes
from .textual_bindings import Keys, bindings, checked_keys, keymap, other_keys, rebound

__all__ = [
    "ALL_NETWORK_COMMANDS",
    "BLOCK_COMMANDS",
    "COMMANDS",
    "LESSON_COMMANDS",
    "NETWORK_COMMANDS",
    "Command",
    "Commands",
    "Glossary",
    "Keys",
    "Themes",
    "bindings",
    "checked_keys",
    "keymap",
    "other_keys",
    "rebound",
]
