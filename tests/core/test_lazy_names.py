"""Rooms hand on their names when they are used, and nothing of ours is imported inside a function."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, walk_packages

import pytest
from each_case import each_case

import cnn_core
import cnn_samples
import cnn_tui

OURS = (cnn_core, cnn_samples, cnn_tui)
ROOMS = [
    name
    for package in OURS
    for name in (
        package.__name__,
        *(each.name for each in walk_packages(package.__path__, f"{package.__name__}.") if each.ispkg),
    )
    if hasattr(import_module(name), "__getattr__")
]
INDENTED_IMPORT = re.compile(r"^[ \t]+(?:from|import)\s", re.MULTILINE)
FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:(?:[ \t].*)?\n)+", re.MULTILINE)


def offered(room: str) -> set[str]:
    """Return the names that a room loads, by the table in its source, which type checkers are to see as well."""
    tree = ast.parse(Path(str(import_module(room).__file__)).read_text(encoding="utf-8"))
    imported = {
        alias.name
        for guard in tree.body
        if isinstance(guard, ast.If)
        for statement in guard.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    tables = [each for each in ast.walk(tree) if isinstance(each, ast.Dict)]
    listed = {name for table in tables for names in table.values for name in ast.literal_eval(names).split()}
    assert listed == imported
    return listed


@each_case("room", ROOMS)
def test_a_room_gives_every_name_that_it_lists_and_no_other(room: str) -> None:
    module = import_module(room)
    names = offered(room)
    assert names == {*getattr(module, "__all__", names)}
    for name in names:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = module.no_such_name


@each_case("room", ROOMS)
def test_no_name_of_a_room_is_that_of_a_module_in_it(room: str) -> None:
    module = import_module(room)
    assert not {each.name for each in iter_modules(module.__path__)} & offered(room)


def imports_inside_functions(text: str) -> Iterator[ast.Import | ast.ImportFrom]:
    # Parsing what has none would take a second.
    if not INDENTED_IMPORT.search(FOR_TYPES.sub("", text)):
        return
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (each for each in ast.walk(function) if isinstance(each, ast.Import | ast.ImportFrom))


def is_ours(statement: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(statement, ast.ImportFrom) and statement.level:
        return True
    names = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else [n.name for n in statement.names]
    return any(name.partition(".")[0] in {package.__name__ for package in OURS} for name in names)


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    found = [
        f"{path.relative_to(root.parent).as_posix()}: {ast.unparse(statement)}"
        for root in (Path(package.__path__[0]) for package in OURS)
        for path in root.rglob("*.py")
        for statement in imports_inside_functions(path.read_text(encoding="utf-8"))
        if is_ours(statement)
    ]
    assert found == []


FIRST_FRAME = """
import sys
from cnn_tui.app import CnnApp
from cnn_tui.options.request import OpenRequest

class First(CnnApp):
    def on_ready(self):
        # A room that hands on its names costs next to nothing.
        print(*(name for name, module in sys.modules.items() if not hasattr(module, "__path__")), file=sys.__stdout__)
        self.exit()

First(OpenRequest()).run(headless=True, size=(120, 40))
"""
ENGINE_OF_THE_FIRST_FRAME = {"errors", "lazy_names", "letters.alphabet", "work.lazy_value", "work.lru_cache"}
APP_OF_THE_FIRST_FRAME = {
    "app": 1,
    "background": 14,
    "commands": 4,
    "lazy_names": 1,
    "opening": 1,
    "options": 9,
    "pictures": 1,
    "screens": 11,
    "terminal": 3,
    "view": 9,
    "widgets": 38,
    "words": 8,
}
"""How many modules of a room the first frame may wait for; those that are not named, none."""


def test_the_first_frame_waits_for_no_module_that_it_does_not_show() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = [name.split(".", 1) for name in done.stdout.split() if name.startswith(("cnn_core.", "cnn_tui."))]
    assert {name for package, name in loaded if package == "cnn_core"} == ENGINE_OF_THE_FIRST_FRAME
    rooms = Counter(name.partition(".")[0] for package, name in loaded if package == "cnn_tui")
    assert {room: count for room, count in rooms.items() if count > APP_OF_THE_FIRST_FRAME.get(room, 0)} == {}
