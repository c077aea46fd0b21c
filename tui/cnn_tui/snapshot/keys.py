"""`--keys`: what a person would press, as words → strokes. No app, no clock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from cnn_core.errors import SettingError, did_you_mean

__all__ = ["TICK", "WAIT", "Stroke", "strokes"]

TICK: Final = "tick"
"""The word for the next moment of the demonstration: the clock stands still, and this moves it on."""
WAIT: Final = "wait"
"""The word for the time that it takes until the messages in the corner are gone."""

_MOST: Final = 10_000
_LONG_COUNT: Final = 1000
"""Digits from which on Python may refuse to read a number; far fewer are already too much."""
_QUOTES: Final = "'\""
_WORD: Final = re.compile(r"(?P<quote>['\"])(?=\S)(?P<typed>.*?)(?P=quote)|(?P<word>\S+)", re.DOTALL)
"""Letters between quotes, or anything without blanks; a quote with a blank behind it is a key."""
_REPEATED: Final = re.compile(r"(.+)\*(-?[0-9]+)", re.DOTALL)
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


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key, as Textual names it.

    Attributes:
        key: The key's name.
        character: What it types, or None where it types nothing.
    """

    key: str
    character: str | None = None


def strokes(text: str) -> tuple[Stroke, ...]:
    """Return the strokes of a line such as `right*3 enter ]` or `g 'chr1:46-61' enter`.

    Args:
        text: Words with blanks between them: a character, the name of a key, a whole number (its digits are
            typed), or letters in quotes, which are typed; `*N` behind a key repeats it.

    Raises:
        SettingError: There is no such key, a quote is not closed, or it is too much.
    """
    found: list[Stroke] = []
    for word, quoted in _words(text):
        found.extend(map(_typed, word) if quoted else _pressed(word))
        if len(found) > _MOST:
            raise SettingError(f"these are more than {_MOST:,} keys", where="--keys", remedy="press fewer")
    return tuple(found)


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield every word, and whether it stood in quotes."""
    for found in _WORD.finditer(text):
        word = found["word"]
        if word is None:
            yield found["typed"], True
        elif word[0] in _QUOTES and len(word) > 1:
            raise SettingError(
                f"the quote {text[found.start() :]} is not closed",
                where="--keys",
                remedy=f"add {word[0]} behind it",
            )
        else:
            yield word, False


def _pressed(word: str) -> list[Stroke]:
    if len(word) == 1:
        return [_typed(word)]
    repeated = _REPEATED.fullmatch(word)
    if repeated is not None:
        times = int(repeated[2]) if len(repeated[2]) < _LONG_COUNT else _MOST + 1
        if times < 1:
            raise SettingError(
                f"'{word}' presses it {repeated[2]} times", where="--keys", remedy="give a count from 1 on behind *"
            )
        if times > _MOST:
            raise SettingError(f"'{word}' is more than {_MOST:,} keys", where="--keys", remedy="press fewer")
        return _pressed(repeated[1]) * times
    if word.isascii() and word.isdigit():
        return [_typed(digit) for digit in word]
    return [_named(word)]


def _typed(character: str) -> Stroke:
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


def _named(word: str) -> Stroke:
    *modifiers, last = word.split("+")
    # A control key of a capital is that of the letter.
    last = last.casefold() if len(last) > 1 or "ctrl" in map(str.casefold, modifiers) else last
    last = _ALIASES.get(last, last)
    modifiers = sorted({each.casefold() for each in modifiers}, key=lambda each: (each != "shift", each))
    if modifiers and set(modifiers) <= set(_MODIFIERS) and last:
        plain = last if len(last) > 1 else _typed(last).key
        if plain in _known() or len(last) == 1:
            return Stroke("+".join([*sorted(modifiers), plain]))
    elif not modifiers and last in _known():
        return Stroke(last, _known()[last])
    known = [*_known(), *_ALIASES]
    remedy = did_you_mean(word.casefold(), known, f"letters to type stand in quotes: '{word}'")
    raise SettingError(f"there is no key '{word}'", where="--keys", remedy=remedy)


@cache
def _known() -> dict[str, str | None]:
    """Return the keys that have names, with the characters they type."""
    known: dict[str, str | None] = dict.fromkeys((*_PLACES, *_ALONE, *_FUNCTIONS, TICK, WAIT))
    known["space"] = " "
    for code in range(0x21, 0x7F):
        character = chr(code)
        if not character.isalnum():
            known[_typed(character).key] = character
    return known
