"""A view by the names of its options, as Python and TOML give them, as a request to open something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

from cnn_core.errors import SettingError, did_you_mean

from .model_options import MODEL_OPTIONS, ModelOptions
from .option import Option
from .request import OPTIONS, STANDARD_INPUT, OpenRequest, with_paths

__all__ = ["DEFAULT_SIZE", "check_names", "check_value", "request_from", "shown_value", "size_of"]

DEFAULT_SIZE: Final = (120, 40)
"""Columns and lines of a snapshot where no other size is given."""

_LONGEST: Final = 60
_FEW: Final = 8
"""Values that an error lists, where it need not choose the nearest."""
_SIZE: Final = re.compile(r"([0-9]{1,6})\s*[x×X*]\s*([0-9]{1,6})")
_WORDS: Final = {bool: "true or false", int: "a whole number", str: "text", tuple: "a list of texts"}


def size_of(given: object) -> tuple[int, int]:
    """Return the size of a screen.

    Args:
        given: Text such as `120x40`, or two numbers: columns and lines.

    Raises:
        SettingError: It is neither.
    """
    if isinstance(given, str):
        found = _SIZE.fullmatch(given.strip())
        if found is not None:
            return int(found[1]), int(found[2])
    elif isinstance(given, list | tuple) and len(given) == 2 and all(type(each) is int for each in given):
        return given[0], given[1]
    raise SettingError(f"{given!r} is no size", where="--size", remedy="give columns and lines, such as 120x40")


def check_names(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Refuse an unknown name.

    Args:
        given: The names that are given.
        known: The names that there are.
        where: Where they are given, for the error.

    Raises:
        SettingError: There is no such option.
    """
    names = [*known]
    for name in given:
        if name not in names:
            remedy = did_you_mean(name, names, f"there are {', '.join(names)}")
            raise SettingError(f"there is no option '{name}'", where=where, remedy=remedy)


def request_from(options: Mapping[str, Any], where: str = "", folder: Path | None = None) -> OpenRequest:
    """Return the request that options stand for.

    Args:
        options: Values by the names of `OPTIONS`; None is as if it were not given.
        where: Where they come from, for the error.
        folder: What paths are relative to, where options come from a file; None is the working directory.

    Raises:
        SettingError: There is no such option, its value is of another kind, or a file names standard input.
    """
    check_names(options, OPTIONS, where)
    if folder is not None and options.get("sequences") == STANDARD_INPUT:
        raise SettingError("standard input is no file that can be read again", where=where, remedy="name a file")
    given = {name: _checked(OPTIONS[name], value, where) for name, value in options.items() if value is not None}
    alternatives: dict[str, str] = {}
    for name in (each for each in OPTIONS if each in given):
        which = OPTIONS[name].alternatives
        if which and (other := alternatives.setdefault(which, name)) != name:
            raise SettingError(f"a {other} and a {name} are two {which}", where=where, remedy="give one of them")
    theirs = {each.name: given.pop(each.name) for each in MODEL_OPTIONS if each.name in given}
    request = OpenRequest(**given, model_options=ModelOptions(**theirs))
    return request if folder is None else with_paths(request, lambda path: str(folder / path))


def _checked(option: Option, value: Any, where: str) -> Any:
    """Return a value as the request wants it, or refuse it."""
    name, expected = option.name, option.kind
    if expected is str and isinstance(value, PathLike):
        value = fspath(value)
    if name == "filter" and type(value) is int:
        value = str(value)
    if expected is tuple and isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        value = tuple(value)
    check_value(name, value, expected, where, least=option.least, choices=option.choices)
    return value


def check_value(
    name: str, value: object, kind: type, where: str, *, least: int | None = None, choices: Iterable[object] = ()
) -> None:
    """Refuse a value that is not what its key takes.

    Args:
        name: The key.
        value: The value.
        kind: Its type.
        where: Where it is given, for the error.
        least: The smallest whole number; None is any.
        choices: All values that the key takes; none are given where it takes any.

    Raises:
        SettingError: It is of another type, too small, or none of the choices.
    """
    if type(value) is not kind or (isinstance(value, int) and least is not None and value < least):
        words = _WORDS[kind] + (f" from {least} on" if kind is int and least is not None else "")
        raise SettingError(f"{name} = {shown_value(value)} is not {words}", where=where, remedy="write it so")
    allowed = [*choices]
    if allowed and value not in allowed:
        remedy = f"it is one of {', '.join(map(str, allowed))}"
        if isinstance(value, str) and len(allowed) > _FEW:
            remedy = did_you_mean(value, map(str, allowed), remedy)
        raise SettingError(f"{name} = {shown_value(value)}", where=where, remedy=remedy)


def shown_value(value: object) -> str:
    """Return a value as Python spells it; a long one is cut short."""
    words = repr(value)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
