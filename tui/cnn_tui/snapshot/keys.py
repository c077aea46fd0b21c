"""`--keys`: what a person would press, as words → strokes. No app, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cnn_core.errors import SettingError

from ..options.key_names import Stroke, named_stroke, typed_stroke

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
        found.extend(map(typed_stroke, word) if quoted else _pressed(word))
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
        return [typed_stroke(word)]
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
        return [typed_stroke(digit) for digit in word]
    return [named_stroke(word, "--keys", f"letters to type stand in quotes: '{word}'", (TICK, WAIT))]
