"""The pytest fixture `cnn_snapshot`, in another project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from terminals import PACKAGES

SETTINGS = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
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


_WITHOUT = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
"""What no test here needs, and every process would load."""


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "cnn_tui.pytest_plugin", *_WITHOUT, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PACKAGES, "PYTEST_ADDOPTS": "", "COLUMNS": "200"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    (tmp_path / "test_views.py").write_text(TESTS.format(cell=2))
    return tmp_path


def test_baselines_stand_beside_the_test(project: Path) -> None:
    status, shown = pytest_in(project, "-q")
    assert status == 1
    assert ".test_a_view.svg: there is no such baseline; pytest --cnn-update makes it" in shown
    assert "Traceback" not in shown
    assert "NotFoundError" not in shown
    assert "During handling" not in shown
    assert not (project / "__snapshots__").exists()
    status, shown = pytest_in(project, "-q", "-n", "2", "--cnn-update")
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
    status, shown = pytest_in(tmp_path, "-q", "-p", "no:hypothesispytest", "-p", "no:xdist")
    assert status == 0, shown


NAMED_ALIKE = """
import pytest

def test_two(cnn_snapshot):
    cnn_snapshot("@planted", "motifs", filter=0, size="60x18", extension="txt")

class TestC:
    def test_two(self, cnn_snapshot):
        cnn_snapshot("@planted", "motifs", filter=1, size="60x18", extension="txt")

    class TestInner:
        def test_two(self, cnn_snapshot):
            cnn_snapshot("@planted", "motifs", filter=2, size="60x18", extension="txt")

class TestD:
    @pytest.mark.parametrize("letter, filter", [("a", 3), ("A", 4), ("a::b", 5), ("a.b", 6)])
    def test_two(self, cnn_snapshot, letter, filter):
        cnn_snapshot("@planted", "motifs", filter=filter, size="60x18", extension="txt")
"""


def test_tests_of_one_name_have_a_baseline_each(tmp_path: Path) -> None:
    (tmp_path / "test_views.py").write_text(NAMED_ALIKE)
    status, shown = pytest_in(tmp_path, "-q", "-n", "2", "--cnn-update")
    assert status == 0, shown
    names = [path.name for path in (tmp_path / "__snapshots__" / "test_views").iterdir()]
    assert {".test_two.txt", ".TestC.test_two.txt", ".TestC.TestInner.test_two.txt"} < {*names}
    assert len({name.casefold() for name in names}) == 7
    status, shown = pytest_in(tmp_path, "-q")
    assert status == 0, shown


def test_two_tests_never_share_a_baseline(tmp_path: Path) -> None:
    alike = "class Test{}:\n    def test_it(self, cnn_snapshot):\n        cnn_snapshot('@planted', 'motifs')\n"
    (tmp_path / "test_views.py").write_text(alike.format("C") + alike.format("c"))
    status, shown = pytest_in(tmp_path, "-q", "--cnn-update")
    assert status == 1
    assert ".Testc.test_it.svg: this is the baseline of TestC::test_it too; give one of the tests another" in shown
    assert "1 passed, 1 failed" in shown or "1 failed, 1 passed" in shown


def test_syrupy_leaves_our_baselines_alone(tmp_path: Path) -> None:
    pytest.importorskip("syrupy")
    single = "from syrupy.extensions.single_file import SingleFileSnapshotExtension as Single\n"
    (tmp_path / "test_both.py").write_text(
        single
        + "def test_ours(cnn_snapshot):\n    cnn_snapshot('@planted', 'motifs', size='60x18', extension='txt')\n"
        "def test_theirs(snapshot):\n    assert 'theirs' == snapshot\n"
        "def test_a_file_of_theirs(snapshot):\n    assert b'theirs' == snapshot.use_extension(Single)\n"
    )
    status, shown = pytest_in(tmp_path, "-q", "--cnn-update", "--snapshot-update")
    assert status == 0, shown
    folder = tmp_path / "__snapshots__"

    def files() -> set[str]:
        return {path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}

    all_of_them = {".test_ours.txt", "test_both.ambr", "test_a_file_of_theirs.raw"}
    assert files() == all_of_them
    for more in ([], ["-n", "2", "--snapshot-update"]):
        status, shown = pytest_in(tmp_path, "-q", *more)
        assert status == 0, shown
        assert "unused" not in shown
        assert files() == all_of_them
