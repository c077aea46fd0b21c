"""What the values of a network's output are called, such as the assays that they stand for: names from a file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ..errors import ModelError, NotFoundError, printable, shorten
from .model import Model

__all__ = ["read_output_names", "with_output_names"]

_MOST_BYTES: Final = 1 << 24
_WANTED: Final = "give one name a line, a JSON list or object of names, or lines of index, tab and name"


def read_output_names(path: str | os.PathLike[str]) -> dict[int, str]:
    """Return the names that a file gives to outputs, by their indices from 0.

    Args:
        path: One name a line; lines of index, tab and name; or, as .json, a list of names or an object of indices.

    Raises:
        NotFoundError: There is no such file.
        ModelError: It cannot be read, or holds something else.
    """
    place = Path(path)
    try:
        with place.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise ModelError("is too long for a file of names", where=str(path), remedy=_WANTED)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError("there is no such file", where=str(path), remedy="give a file of names") from None
    except (OSError, ValueError):
        # A name with a NUL in it is a ValueError, and so is what is not UTF-8.
        raise ModelError("cannot be read as text", where=str(path), remedy=_WANTED) from None
    named = _of_json(text, str(path)) if text.lstrip()[:1] in ("[", "{") else _of_lines(text, str(path))
    if not named:
        raise ModelError("holds no name", where=str(path), remedy=_WANTED)
    return named


def _of_json(text: str, path: str) -> dict[int, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ModelError("is not JSON", where=path, remedy=_WANTED) from None
    return _checked(found if isinstance(found, dict) else dict(enumerate(found)), path)


def _of_lines(text: str, path: str) -> dict[int, str]:
    lines = [line.rstrip("\r") for line in text.rstrip("\n").split("\n")]
    if any("\t" in line for line in lines):
        pairs = [line.split("\t")[:2] for line in lines if line.strip()]
        if not all(len(pair) == 2 for pair in pairs):
            raise ModelError("has a line without a tab", where=path, remedy=_WANTED)
        # The first line may say what the columns are.
        pairs = pairs[not pairs[0][0].strip().isdigit() :]
        if len({index.strip() for index, _ in pairs}) < len(pairs):
            raise ModelError("has an index twice", where=path, remedy=_WANTED)
        return _checked(dict(pairs), path)
    return _checked(dict(enumerate(lines)), path)


def _checked(named: Mapping[Any, Any], path: str) -> dict[int, str]:
    found = {}
    for index, name in named.items():
        number = str(index).strip()
        if not (number.isascii() and number.isdigit() and len(number) < 10) or not isinstance(name, str):
            what = shorten(printable(f"{index}: {name}"))
            raise ModelError(f"has '{what}', which is no index and its name", where=path, remedy=_WANTED)
        if name.strip():
            found[int(number)] = name.strip()
    return found


def with_output_names(model: Model, named: Mapping[int, str], where: str = "") -> Model:
    """Return a network whose outputs have names: those of the first output that has as many values in a row.

    Args:
        model: The network.
        named: The names by their indices, see `read_output_names`; others have none.
        where: What they are from, for the error.

    Raises:
        ModelError: No output has so many values.
    """
    sizes = {name: shape[-1] or 0 for name in model.outputs if (shape := model.flow(None).shapes.get(name))}
    count = max(named) + 1
    fits = [size for size in sizes.values() if size == count] or [size for size in sizes.values() if size > count]
    is_list = len(named) == count
    if not fits or (is_list and fits[0] != count):
        theirs = ", ".join(f"{printable(name)} has {size:,}" for name, size in sizes.items()) or "it has no output"
        values = "1 value" if count == 1 else f"{count:,} values"
        raise ModelError(
            f"names {values}, and no output of {printable(model.name)} has as many",
            where=where,
            remedy=f"give a name for each: {theirs}",
        )
    return replace(model, output_names=tuple(named.get(index, "") for index in range(fits[0])))
