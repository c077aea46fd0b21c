"""Keys as people write them, by name or by character, as Textual names them. Imports nothing heavy."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from cnn_core.errors import SettingError, did_you_mean

__all__ = ["Stroke", "named_stroke", "shown_key", "typed_stroke"]

_ALIASES: Final = {
    "←": "left",
    "→": "right",
    "↑": "up",
    "↓": "down",
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "del": "delete",
    "ins": "insert",
}
_SHORT_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""What Textual calls keys whose Unicode names are little known; all others have their Unicode name."""
_PLACES: Final = ("left", "right", "up", "down", "home", "end", "pageup", "pagedown")
_ALONE: Final = ("enter", "escape", "tab", "backspace", "delete", "insert", "space")
_FUNCTIONS: Final = tuple(f"f{number}" for number in range(1, 25))
_MODIFIERS: Final = ("ctrl", "shift", "alt")
_SHOWN: Final = {
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key, as Textual names it.

    Attributes:
        key: The key's name.
        character: What it types, or None where it types nothing.
    """

    key: str
    character: str | None = None


def typed_stroke(character: str) -> Stroke:
    """Return the stroke of a character, under the name that Textual has for its key."""
    if character in _ALIASES:
        return Stroke(_ALIASES[character])
    if character.isalnum():
        return Stroke(character, character)
    try:
        name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    except ValueError:
        return Stroke(character, character)
    return Stroke(_SHORT_NAMES.get(name, name), character)


def named_stroke(word: str, where: str, remedy: str, others: tuple[str, ...] = ()) -> Stroke:
    """Return the stroke of a key by its name, such as `ctrl+t` or `pageup`.

    Args:
        word: The name.
        where: Where it is written, for the error.
        remedy: What would be right where no name is near.
        others: Names that are keys here beside those that every keyboard has.

    Raises:
        SettingError: There is no such key.
    """
    *modifiers, last = word.split("+")
    # A control key of a capital is that of the letter.
    last = last.casefold() if len(last) > 1 or "ctrl" in map(str.casefold, modifiers) else last
    last = _ALIASES.get(last, last)
    modifiers = sorted({each.casefold() for each in modifiers}, key=lambda each: (each != "shift", each))
    if modifiers and set(modifiers) <= set(_MODIFIERS) and last:
        plain = last if len(last) > 1 else typed_stroke(last).key
        if plain in _known() or plain in others or len(last) == 1:
            return Stroke("+".join([*sorted(modifiers), plain]))
    elif not modifiers and (last in _known() or last in others):
        return Stroke(last, _known().get(last))
    known = [*_known(), *others, *_ALIASES]
    raise SettingError(
        f"there is no key '{word}'", where=where, remedy=did_you_mean(word.casefold(), known, remedy)
    )


def shown_key(key: str) -> str:
    """Return a key as a person reads it, such as `Ctrl+T` for `ctrl+t` and `]` for `right_square_bracket`."""
    *modifiers, last = key.split("+")
    plain = _SHOWN.get(last) or (_known().get(last, "") or "").strip() or (last if len(last) == 1 else last.title())
    return "+".join([*(each.title() for each in modifiers), plain.upper() if modifiers else plain])


@cache
def _known() -> dict[str, str | None]:
    """Return the keys that have names, with the characters they type."""
    known: dict[str, str | None] = dict.fromkeys((*_PLACES, *_ALONE, *_FUNCTIONS))
    known["space"] = " "
    for code in range(0x21, 0x7F):
        character = chr(code)
        if not character.isalnum():
            known[typed_stroke(character).key] = character
    return known
