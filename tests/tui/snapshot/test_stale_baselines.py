"""Baselines of `cnn_snapshot` whose test is gone: told after a run of all tests, removed by `--cnn-prune`."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_snapshot_fixture import STORED, pytest_in

from cnn_tui.snapshot import Snapshot

TESTS = (
    STORED
    + """
def test_kept(cnn_snapshot, stored):
    cnn_snapshot(stored(), extension="txt")

def test_two(cnn_snapshot, stored):
    cnn_snapshot(stored(), extension="txt")
    cnn_snapshot(stored(), extension="txt", name="more")

class TestIn:
    @pytest.mark.parametrize("letter", ["a", "B"])
    def test_gone(self, cnn_snapshot, stored, letter):
        cnn_snapshot(stored(), extension="txt")
"""
)
GONE = "the test is gone; --cnn-prune removes it"


@pytest.fixture
def project(tmp_path: Path, view: Snapshot) -> Path:
    """A project with baselines of two modules, which have lost a class, a view and a module since."""
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\naddopts = -q -p no:hypothesispytest -p no:asyncio -p no:syrupy\n"
    )
    view.save(tmp_path / "view.txt")
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_first.py").write_text(TESTS.partition("class")[0].replace(', name="more"', ', name="other"'))
    for name in (".test_kept", ".test_two", ".test_two-more", ".test_two-other", ".TestIn.test_gone[a]-1a2b"):
        baseline = tests / "__snapshots__" / "test_first" / f"{name}.txt"
        baseline.parent.mkdir(parents=True, exist_ok=True)
        view.save(baseline)
    (tests / "__snapshots__" / "test_second").mkdir()
    view.save(tests / "__snapshots__" / "test_second" / ".test_it.txt")
    # What another plugin keeps there, and what is no snapshot at all.
    (tests / "__snapshots__" / "test_first.ambr").write_text("theirs")
    (tests / "__snapshots__" / "test_second" / "test_it.txt").write_text("theirs")
    return tmp_path


STALE = (
    "test_first/.TestIn.test_gone[a]-1a2b.txt",
    "test_first/.test_two-more.txt",
    "test_second/.test_it.txt",
)


def baselines(project: Path) -> set[str]:
    folder = project / "tests" / "__snapshots__"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("arguments", [("tests",), (".", "-n", "1")])
def test_what_is_gone_is_told_after_a_run_of_all_tests(project: Path, arguments: tuple[str, ...]) -> None:
    before = baselines(project)
    status, shown = pytest_in(project, *arguments)
    assert status == 0, shown
    told = [line for line in shown.splitlines() if line.startswith("cnn_snapshot: ")]
    assert told == [f"cnn_snapshot: tests/__snapshots__/{name}: {GONE}" for name in STALE]
    assert baselines(project) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("-k", "kept"),
        ("tests/test_first.py",),
        ("tests/test_first.py::test_kept",),
        ("--deselect", "tests/test_first.py::test_kept"),
        ("--ignore", "tests/test_third.py"),
        ("-n", "1", "-k", "kept"),
    ],
)
def test_a_run_of_some_tests_tells_and_removes_nothing(project: Path, arguments: tuple[str, ...]) -> None:
    before = baselines(project)
    status, shown = pytest_in(project, "--cnn-prune", *arguments)
    assert status == 0, shown
    assert GONE not in shown
    assert "cnn_snapshot: not all tests were run, so no baseline is removed" in shown
    assert baselines(project) == before


@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
def test_prune_removes_what_is_gone_and_nothing_else(project: Path, arguments: tuple[str, ...]) -> None:
    before = baselines(project)
    status, shown = pytest_in(project, "--cnn-prune", *arguments)
    assert status == 0, shown
    assert shown.count("removed, as the test is gone") == len(STALE)
    assert baselines(project) == before - {*STALE}
    assert "cnn_snapshot: " not in pytest_in(project, "--cnn-prune")[1]


def test_what_a_test_that_did_not_pass_may_want_stays(project: Path) -> None:
    before = baselines(project)
    module = project / "tests" / "test_first.py"
    module.write_text(module.read_text().replace("def test_two(", "@pytest.mark.skip\ndef test_two("))
    (project / "tests" / "test_second.py").write_text("import pytest\npytest.skip(allow_module_level=True)\n")
    (project / "tests" / "test_third.py").write_text("def test_it():\n    assert False\n")
    status, shown = pytest_in(project, "--cnn-prune")
    assert status == 1, shown
    assert baselines(project) == before - {STALE[0]}


def test_a_run_that_ends_early_removes_nothing(project: Path) -> None:
    before = baselines(project)
    (project / "tests" / "test_a.py").write_text("def test_it():\n    assert False\n")
    assert pytest_in(project, "--cnn-prune", "-x")[0] == 1
    (project / "tests" / "test_a.py").write_text("nonsense(\n")
    status, shown = pytest_in(project, "--cnn-prune")
    assert status == 2, shown
    assert baselines(project) == before


def test_what_is_no_snapshot_is_not_removed(project: Path) -> None:
    other = project / "tests" / "__snapshots__" / "test_second" / ".test_it.txt"
    other.write_text("my notes\n")
    shown = pytest_in(project, "--cnn-prune")[1]
    assert f"{other.relative_to(project)}: no file of cnn-tui, and not removed" in shown
    assert other.read_text() == "my notes\n"


def test_a_format_that_there_is_not_is_refused(project: Path) -> None:
    module = project / "tests" / "test_first.py"
    module.write_text(module.read_text().replace('extension="txt"', 'extension="txt/../../x"', 1))
    status, shown = pytest_in(project)
    assert status == 1
    assert "there is no format txt/../../x; it is one of .svg, .txt, .ansi, .json, .png" in shown
