"""Several views in one file: `views.toml`, one `[[view]]` each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cnn_core.errors import CnnError, SettingError

from ..opening.toml_files import read_toml
from ..options.by_name import DEFAULT_SIZE, check_names, request_from, size_of
from ..options.request import OPTIONS, OpenRequest
from ..output.whole_file import is_below
from ..view_file.form import with_view
from .keys import Stroke, strokes

__all__ = ["View", "read_views"]

_OWN: Final = ("name", "output", "size", "keys")


@dataclass(frozen=True, slots=True)
class View:
    """One view of the file.

    Attributes:
        name: What it is called.
        output: The file it is kept in; its name says the format.
        request: What is opened.
        size: Columns and lines of the screen.
        keys: What is pressed.
    """

    name: str
    output: Path
    request: OpenRequest
    size: tuple[int, int]
    keys: tuple[Stroke, ...]


def read_views(path: Path, *, anywhere: bool = False) -> tuple[View, ...]:
    """Return the views of a file; every path in it is relative to the file.

    Args:
        path: A TOML file of `[[view]]` tables.
        anywhere: Whether views may be kept outside the folder of the file, as links in it are followed.

    Raises:
        CnnError: There is no such file, it is not TOML, or a view has an unknown option, does not say where it is kept,
            or is kept outside the folder.
    """
    tables = _tables(path)
    views = tuple(_view(table, path, nth) for nth, table in enumerate(tables, 1))
    places = [os.path.realpath(view.output) for view in views]
    for what, given in (("name", [view.name for view in views]), ("output", places)):
        twice = next((nth for nth, each in enumerate(given) if each in given[:nth]), None)
        if twice is not None:
            called = views[twice].name if what == "name" else views[twice].output
            raise SettingError(f"two views have the {what} {called}", where=str(path), remedy="give each its own")
    for view in views:
        if not anywhere and not is_below(view.output, path.parent):
            raise SettingError(
                f"its output {view.output} is outside the folder of the file",
                where=f"{path}, view {view.name}",
                remedy="keep it there, or add --anywhere",
            )
    return views


def _tables(path: Path) -> list[Mapping[str, Any]]:
    content = read_toml(path, "a list of views", "write [[view]] tables in it")
    check_names(content, ("view",), str(path))
    tables = content.get("view", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise SettingError("holds no views", where=str(path), remedy="begin each with a line [[view]]")
    return tables


def _view(table: Mapping[str, Any], path: Path, nth: int) -> View:
    called = table.get("name", table.get("output"))
    where = f"{path}, view {called if isinstance(called, str) and called else nth}"
    check_names(table, (*_OWN, *OPTIONS), where)
    texts = {}
    for name in ("name", "output", "keys"):
        texts[name] = table.get(name, "")
        if not isinstance(texts[name], str):
            raise SettingError(f"{name} = {texts[name]!r} is not text", where=where, remedy="put it in quotes")
    if not texts["output"]:
        raise SettingError("says nowhere where it is kept", where=where, remedy='add output = "NAME.svg"')
    options = {name: value for name, value in table.items() if name not in _OWN}
    try:
        size, keys = size_of(table.get("size", list(DEFAULT_SIZE))), strokes(texts["keys"])
    except CnnError as error:
        raise SettingError(
            error.what, where=f"{where}, {error.where.removeprefix('--')}", remedy=error.remedy
        ) from None
    output = path.parent / texts["output"]
    request = with_view(request_from(options, where, path.parent))
    return View(texts["name"] or texts["output"], output, request, size, keys)
