"""The same snapshot in fresh processes of every kind: the same bytes. Each costs a start, so there are few."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from terminals import PACKAGES, on_a_terminal

import cnn_core
import cnn_samples
import cnn_tui
from cnn_tui.__main__ import main

VIEWS = """
[[view]]
output = "view.svg"
sequences = "mine.fa"
model = "motifs"
size = "80x24"
filter = "TBP"
keys = "right*3 enter ] t"

[[view]]
output = "view.ansi"
sequences = "mine.fa"
model = "motifs"
size = "60x18"
keys = "999 } g 'cell 3'"

[[view]]
output = "view.json"
sequences = "@planted"
model = "trained"
theme = "light"
size = "80x24"
keys = "tab ]*2"

[[view]]
output = "view.txt"
sequences = "@iupac"
model = "motifs"
record = "iupac_02"
reverse = true
size = "80x24"
keys = "/ 'GATA' enter space tick*5"

[[view]]
output = "view.png"
sequences = "@planted"
model = "trained"
size = "100x30"
keys = "c down*7"
"""
OUTPUTS = ("view.svg", "view.ansi", "view.json", "view.txt", "view.png")


def written_to(folder: Path) -> tuple[str, ...]:
    """Prepare a folder with the views and what they are of; return what takes them."""
    (folder / "views.toml").write_text(VIEWS)
    (folder / "mine.fa").write_text(">one mine\n" + "ACGTATAAAAGGCGGGGCTTAGATAAC" * 12 + "\n")
    return "snapshot", "--views", str(folder / "views.toml")


def taken(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OUTPUTS}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The views, taken by this process."""
    folder = tmp_path_factory.mktemp("views")
    assert main([*written_to(folder)]) == 0
    return taken(folder)


PLAINEST = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "TZ": "Asia/Kathmandu",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "PYTHONHASHSEED": "1",
}
TOLD_OTHERWISE = {
    "TERM": "",
    "HOME": "/",
    "LANG": "tr_TR.UTF-8",
    "COLUMNS": "20",
    "LINES": "5",
    "COLORTERM": "truecolor",
    "FORCE_COLOR": "1",
    "TEXTUAL": "debug",
    "TEXTUAL_THEME": "nord",
    "TEXTUAL_FILTERS": "dim",
    "TEXTUAL_DIM_FACTOR": "10",
    "TEXTUAL_ANIMATIONS": "full",
    "TEXTUAL_COLOR_SYSTEM": "standard",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "2",
}


def test_on_a_terminal_of_another_size_in_a_plain_environment(
    here: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in PLAINEST.items():
        monkeypatch.setenv(name, value)
    # Said in lines: on a slow machine a bar is drawn else.
    status, shown = on_a_terminal(*written_to(tmp_path), "--verbose", fresh=True)
    assert status == 0, shown
    # Lines, and nothing that would move a cursor or ask the terminal a question.
    assert "\x1b" not in shown
    assert shown.count("written") == len(OUTPUTS) + 1
    assert taken(tmp_path) == here


def test_where_textual_is_told_otherwise_from_another_folder_installed_as_a_wheel_installs_it(
    here: dict[str, bytes], tmp_path: Path
) -> None:
    site, views = tmp_path / "site-packages", tmp_path / "views"
    for package in (cnn_core, cnn_samples, cnn_tui):
        source = Path(package.__file__ or "").parent
        shutil.copytree(source, site / source.name)
    others = os.pathsep.join(
        place for place in PACKAGES.split(os.pathsep) if not (Path(place) / "cnn_tui").is_dir()
    )
    views.mkdir()
    variables = {**os.environ, **TOLD_OTHERWISE, "PYTHONPATH": os.pathsep.join((str(site), others))}
    done = subprocess.run(
        [sys.executable, "-m", "cnn_tui", *written_to(views)],
        cwd=tmp_path,
        env={name: value for name, value in variables.items() if value},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    assert taken(views) == here


def test_from_a_pipe_as_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = b">one\n" + b"ACGTATAAAAGGCGGGGC" * 20 + b"\n"
    monkeypatch.chdir(tmp_path)
    Path("standard input").write_bytes(letters)
    command = [sys.executable, "-m", "cnn_tui", "snapshot", "-", "--model", "motifs", "-o", "piped.svg"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": PACKAGES}, input=letters, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert main(["snapshot", "standard input", "--model", "motifs", "-o", "named.svg"]) == 0
    assert Path("piped.svg").read_bytes() == Path("named.svg").read_bytes()
