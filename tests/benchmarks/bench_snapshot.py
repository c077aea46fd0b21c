"""A snapshot of the sample, as a ratio to starting an empty Textual app; and 20 views in one process to 20 processes.

Also what 20 views of two models, as pictures, values and text, take to be compared with their baselines, in processor
time, which a loaded machine does not lengthen.

Run with `python tests/benchmarks/bench_snapshot.py` where cnn-tui is installed. Both sides alternate in one run,
because these times move with the machine; the ratio of the shortest hardly does. Both are compiled before: an
installed program is.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import textual

RUNS = 9
VIEWS = 20
EMPTY = """
import numpy
from textual.app import App
class Empty(App):
    def on_ready(self): self.exit()
Empty().run(headless=True, size=(120, 40))
"""
COMMAND = ("-m", "cnn_tui", "snapshot")
MIXED = (("motifs", "enter", "svg"), ("trained", "t", "json"), ("trained", "tab ]*2", "txt"))
"""Models, keys and formats, as in the samples' views.toml."""


def seconds(*arguments: str, cwd: str | None = None) -> float:
    """Return how long Python takes."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=cwd, env=compiled)
    return time.perf_counter() - start


def one_snapshot(folder: str) -> float:
    """Return how long one snapshot of the sample takes."""
    return seconds(*COMMAND, "@planted", "--model", "motifs", "-o", "sample.svg", "--force", cwd=folder)


def many_views(folder: str) -> tuple[float, float]:
    """Return how long a number of views takes in one process, and in as many processes."""
    cells = range(VIEWS)
    tables = (f'[[view]]\noutput = "{cell}.svg"\nmodel = "motifs"\ncell = {cell}\n' for cell in cells)
    (Path(folder) / "views.toml").write_text("".join(tables))
    together = seconds(*COMMAND, "--views", "views.toml", "--force", cwd=folder)
    apart = sum(
        seconds(*COMMAND, "--model", "motifs", "--cell", str(cell), "-o", f"{cell}.svg", "--force", cwd=folder)
        for cell in cells
    )
    return together, apart


def compared(folder: str) -> float:
    """Return the seconds of one core that comparing a number of different views takes, the start included."""
    tables = []
    for nth in range(VIEWS):
        model, keys, suffix = MIXED[nth % len(MIXED)]
        view = {"output": f"mixed.{nth}.{suffix}", "model": model, "keys": keys, "record": f"sim_{nth % 12 + 1:02}"}
        tables.append("\n".join(["[[view]]", *(f'{name} = "{value}"' for name, value in view.items()), ""]))
    (Path(folder) / "mixed.toml").write_text("".join(tables))
    seconds(*COMMAND, "--views", "mixed.toml", "--update", cwd=folder)
    taken = []
    for _ in range(3):
        before = os.times()
        seconds(*COMMAND, "--views", "mixed.toml", "--check", cwd=folder)
        after = os.times()
        taken.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(taken)


def main() -> None:
    """Print the ratios."""
    print(f"Python {platform.python_version()}, numpy {np.__version__}, textual {textual.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        one_snapshot(folder)
        pairs = [(seconds("-c", EMPTY), one_snapshot(folder)) for _ in range(RUNS)]
        empty, ours = (min(side) for side in zip(*pairs, strict=True))
        print(f"a snapshot of the sample: {ours / empty:.2f} × an empty app ({ours:.3f} s against {empty:.3f} s)")
        print(f"{VIEWS} views of {len(MIXED)} kinds compared: {compared(folder):.2f} s of one core")
        together, apart = many_views(folder)
        saved = (apart - together) / (VIEWS - 1)
        print(
            f"{VIEWS} views in one process: {together:.2f} s against {apart:.2f} s in {VIEWS}, {apart / together:.2f} ×"
        )
        print(f"saved for every further view: {saved:.3f} s, {saved / empty:.2f} × the start of an empty app")


if __name__ == "__main__":
    main()
