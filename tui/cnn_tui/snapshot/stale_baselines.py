"""Baselines of `cnn_snapshot` whose test is gone, told at the end of a run of all tests of their folder.

A run is of all tests where folders alone were asked for and nothing was left out, by `-k` or in any other way. Only
folders in which tests were collected are looked at. What a test that did not pass may have wanted is not gone.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from .. import snapshot

__all__ = ["CLAIMS", "FOLDER", "PRUNE", "Claims", "StaleBaselines", "file_stem"]

FOLDER: Final = "__snapshots__"
PRUNE: Final = "--cnn-prune"
Claims = dict[str, str]
CLAIMS: Final = pytest.StashKey[Claims]()
"""Which test has each baseline, by its path as a file system sees it that does not tell capitals from small ones."""

_NOT_IN_A_NAME: Final = re.compile(r"[^\w.=+\[\]-]+")
_LONGEST: Final = 120
_LEAVES_OUT: Final = ("lf", "collectonly", "ignore", "ignore_glob")
_SENT: Final = "cnn_snapshot"


def file_stem(whole: str) -> str:
    """Return the name of a test, or of a view of it, as a file can be called.

    Args:
        whole: The classes, the test and the view.
    """
    return _NOT_IN_A_NAME.sub("-", whole)[:_LONGEST]


class StaleBaselines:
    """Notes which tests were collected and how they ended, under xdist those of all workers.

    Args:
        config: Of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._claims = config.stash.setdefault(CLAIMS, {})
        self._is_part = any(config.getoption(name, None) for name in _LEAVES_OUT) or not all(
            (config.invocation_params.dir / given).is_dir() for given in config.args
        )
        self._modules: set[str] = set()
        self._stems: dict[str, tuple[str, str]] = {}
        self._passed: set[str] = set()
        self._others: set[str] = set()

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Note that not all tests are run."""
        self._is_part = self._is_part or bool(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note which modules were collected, also those without a test, and that one could not be."""
        self._is_part = self._is_part or report.failed
        if report.passed and report.nodeid.endswith(".py"):
            self._modules.add(str(self._config.rootpath / report.nodeid))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the tests of modules that have baselines."""
        modules = {path: path.parent / FOLDER / path.stem for path in {item.path for item in session.items}}
        self._modules.update(map(str, modules))
        kept = {path: str(folder) for path, folder in modules.items() if folder.parent.is_dir()}
        for item in session.items:
            if item.path in kept:
                classes = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
                self._stems[item.nodeid] = kept[item.path], file_stem(".".join((*classes, item.name)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test ended."""
        if report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
        elif not report.passed:
            self._others.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what a worker of xdist knows to where all of it is put together."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_SENT] = {
                "is_part": self._is_part,
                "claims": self._claims,
                "modules": [*self._modules],
                "stems": self._stems,
            }

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker knows; one that crashed knows nothing."""
        sent = getattr(node, "workeroutput", {}).get(_SENT)
        if sent is None:
            self._is_part = True
            return
        self._is_part = self._is_part or sent["is_part"]
        self._claims.update(sent["claims"])
        self._modules.update(sent["modules"])
        self._stems.update({test: tuple(stem) for test, stem in sent["stems"].items()})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """Name the baselines whose test is gone, or remove them."""
        prunes = self._config.getoption(PRUNE)
        ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if self._is_part or not ended or not self._all_have_run():
            if prunes:
                terminalreporter.write_line("cnn_snapshot: not all tests were run, so no baseline is removed")
            return
        stale = self._stale()
        removed = [path for path in stale if prunes and _remove(path)]
        left = [path for path in stale if path not in removed]
        for paths, words in (
            (removed, "removed, as the test is gone"),
            (left, "no file of cnn-tui, and not removed" if prunes else f"the test is gone; {PRUNE} removes it"),
        ):
            for path in paths:
                terminalreporter.write_line(f"cnn_snapshot: {self._named(path)}: {words}")

    def _all_have_run(self) -> bool:
        return self._stems.keys() <= self._passed | self._others

    def _stale(self) -> list[Path]:
        unsure: dict[str, list[str]] = {}
        for test, (folder, stem) in self._stems.items():
            if test in self._others:
                unsure.setdefault(folder, []).append(f".{stem}")
        collected = {str(Path(module).with_suffix("")) for module in self._modules}
        found = []
        for directory in sorted({Path(module).parent for module in self._modules}):
            for kept in sorted((directory / FOLDER).glob("*/")):
                beside = directory / kept.name
                # A module that is there and was not collected was skipped, or is left out by a conftest.
                if str(beside) not in collected and beside.with_name(f"{beside.name}.py").exists():
                    continue
                begins = tuple(unsure.get(str(kept), ()))
                found += [
                    path
                    for path in sorted(kept.glob(".*"))
                    if path.suffix in snapshot.SUFFIXES
                    and str(path).casefold() not in self._claims
                    and not path.name.startswith(begins)
                ]
        return found

    def _named(self, path: Path) -> Path:
        return path.relative_to(self._config.rootpath) if path.is_relative_to(self._config.rootpath) else path


def _remove(path: Path) -> bool:
    """Remove a baseline, and its folder with the last one; a file that we did not write stays."""
    try:
        snapshot.check_replaceable(path)
        path.unlink()
    except Exception:
        return False
    with suppress(OSError):
        path.parent.rmdir()
        path.parent.parent.rmdir()
    return True
