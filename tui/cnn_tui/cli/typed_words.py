"""What each word is that was typed: an option, its value, or an argument by its place."""

from __future__ import annotations

import re
from argparse import REMAINDER, Action
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["TypedWord", "flag_of", "walk"]

_NUMBER: Final = re.compile(r"-\d*\.?\d+")
_REST: Final = ("*", "+", REMAINDER)
_ENDING: Final = ("help", "version")


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word that was typed.

    Attributes:
        text: The word.
        kind: What it is; `end` is `--`, behind which nothing is an option.
        action: The option that it is or whose value it is, or the argument whose place it has; None is none.
    """

    text: str
    kind: Literal["option", "value", "place", "unknown", "end"]
    action: Action | None = None

    @property
    def ends(self) -> bool:
        """Whether the program shows something and ends, whatever comes behind."""
        return self.kind == "option" and self.action is not None and self.action.dest in _ENDING


def flag_of(word: str) -> str:
    """Return an option without the value that is joined to it by `=`."""
    return word.partition("=")[0]


def walk(actions: Iterable[Action], words: Iterable[str]) -> Iterator[TypedWord]:
    """Yield what each word is, as argparse takes them.

    Args:
        actions: What may be typed: the actions of a parser.
        words: What was typed; an unfinished last one may be empty.
    """
    actions = [*actions]
    flags = {flag: each for each in actions for flag in each.option_strings}
    places = iter([each for each in actions if not each.option_strings])
    place: Action | None = None
    wants: Action | None = None
    are_options = True
    for word in words:
        action = _option_of(word, flags) if are_options else None
        if are_options and word == "--":
            wants, are_options = None, False
            yield TypedWord(word, "end")
        elif action is not None:
            wants = action if action.nargs != 0 and word in flags else None
            yield TypedWord(word, "option", action)
        elif wants is not None and not _looks_like_option(word):
            yield TypedWord(word, "value", wants)
            wants = None
        elif are_options and _looks_like_option(word):
            wants = None
            yield TypedWord(word, "unknown")
        else:
            if place is None or place.nargs not in _REST:
                place = next(places, None)
            yield TypedWord(word, "place", place)


def _option_of(word: str, flags: dict[str, Action]) -> Action | None:
    """Return the option that a word is, its value joined to it or not."""
    if word in flags or not word.startswith("-"):
        return flags.get(word)
    return flags.get(flag_of(word)) or (None if word.startswith("--") else flags.get(word[:2]))


def _looks_like_option(word: str) -> bool:
    return word.startswith("-") and len(word) > 1 and " " not in word and not _NUMBER.fullmatch(word)
