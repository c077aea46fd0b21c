"""The engine knows no screen, and every module says what it offers."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import cnn_core

MODULES = ["cnn_core", *(found.name for found in pkgutil.walk_packages(cnn_core.__path__, "cnn_core."))]

LOADED_AFTER_IMPORT = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_after_import(*modules: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter holds after importing some modules."""
    path = [str(Path(cnn_core.__file__).parents[1]), *sys.path]
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{LOADED_AFTER_IMPORT}", *modules],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    # All that stands on standard output is ours: nothing else printed.
    return set(json.loads(ran.stdout))


def test_there_are_the_modules_that_the_engine_is_made_of() -> None:
    expected = {"errors", "layers.windows", "letters.alphabet", "network.model", "blocks.reading", "public"}
    assert {f"cnn_core.{name}" for name in expected} <= {*MODULES}


def test_the_whole_engine_imports_no_screen_and_no_framework_and_prints_nothing() -> None:
    loaded = loaded_after_import(*MODULES)
    assert "cnn_core" in loaded
    assert "numpy" in loaded
    assert not loaded & {"textual", "rich", "curses", "cnn_tui", "cnn_samples"}
    assert not loaded & {"torch", "keras", "tensorflow", "jax"}


def test_what_a_module_offers_is_sorted_and_there(subtests: pytest.Subtests) -> None:
    for module in MODULES:
        with subtests.test(module):
            check_offered(module)


def check_offered(module: str) -> None:
    imported = importlib.import_module(module)
    offered = getattr(imported, "__all__", None)
    if offered is None:
        assert "__init__" in str(imported.__file__), "only a package may offer nothing itself"
        return
    constants = sorted(name for name in offered if name.isupper())
    classes = sorted(name for name in offered if not name.isupper() and name[0].isupper())
    functions = sorted(name for name in offered if not name[0].isupper())
    assert [*offered] == [*constants, *classes, *functions], "sorted as ruff sorts: CONSTANTS, Classes, functions"
    assert len({*offered}) == len(offered)
    assert all(hasattr(imported, name) for name in offered)
