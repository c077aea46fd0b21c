"""Start to the first frame and to the first values, as ratios to an empty Textual app; and `--help` to a bare Python.

Run with `python tests/benchmarks/bench_startup.py` where cnn-tui is installed. Both sides alternate in one run on a
pseudo-terminal, because these times move with the machine; the ratio hardly does.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time

import numpy as np
import pexpect
import textual

RUNS = 15
EMPTY = """
import numpy
from textual.app import App
class Empty(App):
    def on_ready(self): self.exit()
Empty().run()
"""
OURS = """
import sys
from textual.app import App
from cnn_tui.__main__ import main
App.on_ready = lambda self: self.exit()
sys.exit(main([]))
"""
PROGRAM = "import sys; from cnn_tui.__main__ import main; sys.exit(main([]))"
VALUES = "500 bp"
"""What the header says with the first values."""
HELP = "import sys; from cnn_tui.__main__ import main; sys.exit(main(['--help']))"


def on_a_terminal(code: str) -> float:
    """Return the seconds that a program takes on a pseudo-terminal."""
    start = time.perf_counter()
    child = pexpect.spawn(sys.executable, ["-c", code], dimensions=(40, 120), timeout=60)
    child.expect(pexpect.EOF)
    child.close()
    return time.perf_counter() - start


def until_values() -> float:
    """Return the seconds until the program shows values on a pseudo-terminal."""
    start = time.perf_counter()
    child = pexpect.spawn(sys.executable, ["-c", PROGRAM], dimensions=(40, 120), timeout=60)
    child.expect_exact(VALUES)
    seconds = time.perf_counter() - start
    child.close(force=True)
    return seconds


def piped(code: str) -> float:
    """Return the seconds that a program takes without a terminal."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print the ratios."""
    print(f"Python {platform.python_version()}, numpy {np.__version__}, textual {textual.__version__}")
    # What an installed program is made of has been compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    until_values()
    runs = [(on_a_terminal(EMPTY), on_a_terminal(OURS), until_values()) for _ in range(RUNS)]
    empty, ours, values = (statistics.median(side) for side in zip(*runs, strict=True))
    print(f"first frame: {ours / empty:.2f} × an empty app that imports numpy ({ours:.3f} s against {empty:.3f} s)")
    print(f"first values: {values / empty:.2f} × the same ({values:.3f} s)")
    pairs = [(piped("pass"), piped(HELP)) for _ in range(RUNS)]
    bare, helped = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"--help: {helped / bare:.2f} × a bare Python ({helped:.3f} s against {bare:.3f} s)")


if __name__ == "__main__":
    main()
