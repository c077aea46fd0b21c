"""A view by the names of its options, as Python and TOML give them, as a request to open something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

from cnn_core.errors import SettingError

from .model_options import ModelOptions
from .request import AMBIGUITY_NAMES, MODEL_NAMES, THEME_NAMES, OpenRequest

__all__ = ["DEFAULT_SIZE", "VIEW_OPTIONS", "check_names", "request_from", "size_of"]

DEFAULT_SIZE: Final = (120, 40)
"""Columns and lines of a snapshot for which nobody says otherwise."""

_SIZE: Final = re.compile(r"([0-9]{1,6})\s*[x×X*]\s*([0-9]{1,6})")
_NOT_GIVEN: Final = ("model_options", "view", "stdin")
_CHOICES: Final = {"theme": THEME_NAMES, "ambiguity": AMBIGUITY_NAMES, "motif_score": ("log-odds", "probability")}
_WORDS: Final = {bool: "true or false", int: "a whole number", str: "text", tuple: "a list of texts"}

VIEW_OPTIONS: Final = tuple(
    each.name for each in (*fields(OpenRequest), *fields(ModelOptions)) if each.name not in _NOT_GIVEN
)
"""The names of all options of a view: those of the explorer, with `_` for `-`."""


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
    """Refuse a name that nothing answers to.

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
            close = get_close_matches(name, names, n=1)
            raise SettingError(
                f"there is no option '{name}'",
                where=where,
                remedy=f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}",
            )


def request_from(options: Mapping[str, Any], where: str = "", folder: Path | None = None) -> OpenRequest:
    """Return the request that options stand for.

    Args:
        options: Values by the names of `VIEW_OPTIONS`; None is as if it were not given.
        where: Where they come from, for the error.
        folder: What paths are relative to; None is the working directory.

    Raises:
        SettingError: There is no such option, or its value is of another kind.
    """
    check_names(options, VIEW_OPTIONS, where)
    given = {name: value for name, value in options.items() if value is not None}
    ours, theirs = (
        {
            each.name: _checked(each.name, given[each.name], str(each.type), where)
            for each in fields(group)
            if each.name in given
        }
        for group in (OpenRequest, ModelOptions)
    )
    if "cell" in ours and "position" in ours:
        raise SettingError(
            "a cell and a position are two places to begin at", where=where, remedy="give one of them"
        )
    request = OpenRequest(**ours, model_options=ModelOptions(**theirs))
    return request if folder is None else _in_folder(request, folder)


def _checked(name: str, value: Any, kind: str, where: str) -> Any:
    """Return a value as the request wants it, or refuse it."""
    expected = next(each for each in (bool, tuple, int, str) if each.__name__ in kind)
    if expected is str and isinstance(value, PathLike):
        value = fspath(value)
    if name == "filter" and type(value) is int:
        value = str(value)
    if expected is tuple and isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        value = tuple(value)
    if type(value) is not expected or (type(value) is int and value < 0):
        raise SettingError(f"{name} = {value!r} is not {_WORDS[expected]}", where=where, remedy="write it so")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise SettingError(f"{name} = {value!r}", where=where, remedy=f"it is one of {', '.join(_CHOICES[name])}")
    return value


def _in_folder(request: OpenRequest, folder: Path) -> OpenRequest:
    """Return a request whose files are looked for in a folder, whatever the working directory is."""
    sequences, options = request.sequences, request.model_options
    if sequences is not None and not sequences.startswith("@"):
        sequences = str(folder / sequences)
    model = request.model
    if model is not None and model not in MODEL_NAMES:
        model = str(folder / model)
    if options.architecture is not None:
        options = replace(options, architecture=str(folder / options.architecture))
    inputs = (given.partition("=") for given in request.inputs)
    return replace(
        request,
        sequences=sequences,
        model=model,
        model_options=options,
        inputs=tuple(f"{name}{equals}{folder / file}" for name, equals, file in inputs),
    )
