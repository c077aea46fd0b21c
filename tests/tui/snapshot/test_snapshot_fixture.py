"""The pytest fixture `cnn_snapshot`, in another project."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from terminals import PACKAGES

from cnn_tui.snapshot import Snapshot

TESTS = """
import pytest

@pytest.fixture
def model(request):
    return "motifs"

def test_a_view(cnn_snapshot, model):
    snapshot = cnn_snapshot("@planted", model, cell={cell}, size=(80, 24))
    assert "pooled" in snapshot.text

@pytest.mark.parametrize("name", ["a/b", "c"])
def test_several(cnn_snapshot, model, name):
    cnn_snapshot("@planted", model, filter={cell}, size="60x18", extension="txt")
    cnn_snapshot("@planted", model, filter=1, size="60x18", extension="txt", keys="right")
    cnn_snapshot("@planted", model, filter=1, size="60x18", extension="json", name="values")

def test_the_same(cnn_snapshot):
    cnn_snapshot("@planted", "motifs", size=(60, 18), extension="txt")

async def test_where_a_loop_runs(cnn_snapshot):
    from cnn_tui.snapshot import take
    cnn_snapshot(take("@planted", "motifs", cell={cell}), extension="json")
"""


STORED = """
from pathlib import Path
import pytest
from cnn_tui.snapshot import Snapshot

@pytest.fixture
def stored(monkeypatch):
    text = Path("view.txt").read_text(encoding="utf-8")

    def of(filter=0):
        monkeypatch.setattr(Snapshot, "text", text.replace("500 bp", f"50{filter} bp"))
        return Snapshot(None, {})

    return of
"""
"""Views that are compared without being taken, which loads Textual; each filter has one of its own."""


_ALWAYS = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
"""Without what no test here needs, and every process would load."""
_ALONE = ("-p", "no:xdist", "-p", "no:faulthandler", "-p", "no:unraisableexception", "--capture=no")
"""Without what would reach beyond a run in this process, or look through all of it for garbage."""


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the tests of a folder: several at once in processes of their own, others here in a fifth of the time."""
    return (_in_processes if "-n" in arguments else _in_this_process)(folder, *arguments)


def _in_processes(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "cnn_tui.pytest_plugin", *_ALWAYS, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PACKAGES, "PYTEST_ADDOPTS": "", "COLUMNS": "200"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def _in_this_process(folder: Path, *arguments: str) -> tuple[int, str]:
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(told):
        patch.chdir(folder)
        patch.setenv("PYTEST_ADDOPTS", "")
        patch.setenv("COLUMNS", "200")
        patch.setattr(sys, "path", sys.path[:])
        status = pytest.main(["-p", "cnn_tui.pytest_plugin", *_ALWAYS, *_ALONE, *arguments])
    # The next folder has modules of the same names.
    for name, module in [*sys.modules.items()]:
        if str(getattr(module, "__file__", None)).startswith(f"{folder}{os.sep}"):
            del sys.modules[name]
    return int(status), told.getvalue()


@pytest.fixture
def project(tmp_path: Path, view: Snapshot) -> Path:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    view.save(tmp_path / "view.txt")
    return tmp_path


def test_baselines_stand_beside_the_test(project: Path) -> None:
    (project / "test_views.py").write_text(TESTS.format(cell=2))
    status, shown = pytest_in(project, "-q")
    assert status == 1
    assert ".test_a_view.svg: there is no such baseline; pytest --cnn-update makes it" in shown
    assert "Traceback" not in shown
    assert "NotFoundError" not in shown
    assert "During handling" not in shown
    assert not (project / "__snapshots__").exists()
    status, shown = pytest_in(project, "-q", "--cnn-update")
    assert status == 0, shown
    folder = project / "__snapshots__" / "test_views"
    assert {path.name for path in folder.iterdir()} == {
        ".test_a_view.svg",
        ".test_several[a-b]-c97c2b85.txt",
        ".test_several[a-b]-c97c2b85-2.txt",
        ".test_several[a-b]-values-3841f685.json",
        ".test_several[c].txt",
        ".test_several[c]-2.txt",
        ".test_several[c]-values.json",
        ".test_the_same.txt",
        ".test_where_a_loop_runs.json",
    }
    (project / "test_views.py").write_text(TESTS.format(cell=3))
    status, shown = pytest_in(project, "-q")
    assert status == 1
    assert "4 failed, 1 passed" in shown
    assert "view.cell: 2 → 3" in shown
    assert "+  pooled[3] = max(" in shown
    assert "not the same; pytest --cnn-update writes it anew" in shown
    # What is said is said of the view, not of the code that compares.
    assert "Traceback" not in shown
    assert "pytest_plugin.py" not in shown


def test_who_does_not_use_it_does_not_pay_for_it(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\ndef test_nothing():\n    assert not {'textual', 'rich', 'numpy', 'cnn_core'} & {*sys.modules}\n"
    )
    status, shown = _in_processes(tmp_path, "-p", "no:xdist")
    assert status == 0, shown


NAMED_ALIKE = """
def test_two(cnn_snapshot, stored):
    cnn_snapshot(stored(0), extension="txt")

class TestC:
    def test_two(self, cnn_snapshot, stored):
        cnn_snapshot(stored(1), extension="txt")

    class TestInner:
        def test_two(self, cnn_snapshot, stored):
            cnn_snapshot(stored(2), extension="txt")

class TestD:
    @pytest.mark.parametrize("letter, filter", [("a", 3), ("A", 4), ("a::b", 5), ("a.b", 6)])
    def test_two(self, cnn_snapshot, stored, letter, filter):
        cnn_snapshot(stored(filter), extension="txt")
"""


def test_tests_of_one_name_have_a_baseline_each(project: Path) -> None:
    (project / "test_views.py").write_text(STORED + NAMED_ALIKE)
    status, shown = pytest_in(project, "-q", "-n", "2", "--cnn-update")
    assert status == 0, shown
    names = [path.name for path in (project / "__snapshots__" / "test_views").iterdir()]
    assert {".test_two.txt", ".TestC.test_two.txt", ".TestC.TestInner.test_two.txt"} < {*names}
    assert len({name.casefold() for name in names}) == 7
    status, shown = pytest_in(project, "-q")
    assert status == 0, shown


def test_two_tests_never_share_a_baseline(project: Path) -> None:
    test = "    def test_it(self, cnn_snapshot, stored):\n        cnn_snapshot(stored(), extension='txt')\n"
    (project / "test_views.py").write_text(f"{STORED}\nclass TestC:\n{test}\nclass Testc:\n{test}")
    status, shown = pytest_in(project, "-q", "--cnn-update")
    assert status == 1
    assert ".Testc.test_it.txt: this is the baseline of TestC::test_it too; give one of the tests another" in shown
    assert "1 passed, 1 failed" in shown or "1 failed, 1 passed" in shown


def test_syrupy_leaves_our_baselines_alone(project: Path) -> None:
    pytest.importorskip("syrupy")
    single = "from syrupy.extensions.single_file import SingleFileSnapshotExtension as Single\n"
    (project / "test_both.py").write_text(
        STORED + single + "def test_ours(cnn_snapshot, stored):\n    cnn_snapshot(stored(), extension='txt')\n"
        "def test_theirs(snapshot):\n    assert 'theirs' == snapshot\n"
        "def test_a_file_of_theirs(snapshot):\n    assert b'theirs' == snapshot.use_extension(Single)\n"
    )
    status, shown = pytest_in(project, "-q", "--cnn-update", "--snapshot-update")
    assert status == 0, shown
    folder = project / "__snapshots__"

    def files() -> set[str]:
        return {path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}

    all_of_them = {".test_ours.txt", "test_both.ambr", "test_a_file_of_theirs.raw"}
    assert files() == all_of_them
    for more in ([], ["-n", "1", "--snapshot-update"]):
        status, shown = pytest_in(project, "-q", *more)
        assert status == 0, shown
        assert "unused" not in shown
        assert files() == all_of_them
