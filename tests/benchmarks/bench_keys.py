"""From a key to the painted frame, on a record of 250 Mb with 320 filters at 200 × 60, while a scan runs behind it.

Steps to another filter are timed without the filter card, with it and its logo, and while all filters are compared with
known motifs: filters seen for the first time, and again.

Every frame crosses a real pseudo-terminal and is timed from the byte of the key to the byte that ends the frame
(DEC private mode 2026, which Textual brackets its frames with). Beside it stands a bare Textual widget that repaints
as many cells at every key, in the same run. The record is simulated, in a temporary folder.

    python tests/benchmarks/bench_keys.py [bases]

Run where cnn-tui and its `test` extra are installed.
"""

from __future__ import annotations

import os
import platform
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ

import numpy as np
import textual

from cnn_core.layers import Conv1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz

BASES = 250_000_000
SIZE = 200, 60
STEPS = 150
PAGE = (SIZE[0] - 64 - 18) // 8
"""Cells that the tracks show at once, beside the panel, the names and the margin."""
ENDED = b"\x1b[?2026l"
SCANS = b"Esc stops it"
ASKED, ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
RIGHT, LEFT, PAGE_RIGHT, ALL_FILTERS = b"\x1b[C", b"\x1b[D", b"\x1b[1;2C", b"z"
DOWN, UP, CARD, NAMES = b"\x1b[B", b"\x1b[A", b"f", b"M"
FILTER = 7
EXPLORER = "import runpy; runpy.run_module('cnn_tui', run_name='__main__', alter_sys=True)"
BARE = """
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip
from textual.widget import Widget

class Cells(Widget):
    can_focus = True
    turns = 0
    def render_line(self, y):
        colours = [f"rgb({(y * 4 + part) % 256},{self.turns % 256},90)" for part in range(25)]
        looks = [Style(color=colour, bgcolor="black") for colour in colours]
        text = f"turn {self.turns:>5}." if y == 0 else "▄" * 8
        return Strip([Segment(text[:8] if y else text, look) for look in looks[:1]] +
                     [Segment("▄▀" * 4, look) for look in looks[1:]])
    def on_key(self):
        self.turns += 1
        self.refresh()

class Bare(App):
    def compose(self):
        yield Cells()
    def on_mount(self):
        self.query_one(Cells).focus()

Bare().run()
"""


class Terminal:
    """A program on a pseudo-terminal, and all that it has written since the last key."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.written = b""

    def read(self, seconds: float) -> bool:
        """Take what there is; answer the one question that a terminal is asked before frames are bracketed."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        piece = os.read(self._master, 1 << 16)
        self.written += piece
        if ASKED in piece:
            os.write(self._master, ANSWER)
        return True

    def rest(self, seconds: float = 0.5) -> None:
        """Read until nothing comes for a while."""
        while self.read(seconds):
            pass

    def until(self, wanted: bytes, limit: float = 120.0) -> None:
        """Read until something has been written."""
        end = time.monotonic() + limit
        while wanted not in self.written:
            if time.monotonic() > end:
                raise TimeoutError(f"{wanted!r} was never written")
            self.read(1.0)

    def timed(self, key: bytes, wanted: bytes) -> float:
        """Return the seconds from a key to the end of the frame that shows its effect."""
        while self.read(0.0):
            pass
        self.written = b""
        start = time.perf_counter()
        os.write(self._master, key)
        while True:
            self.read(5.0)
            at = self.written.find(wanted)
            if at >= 0 and ENDED in self.written[at:]:
                return time.perf_counter() - start
            if time.perf_counter() - start > 20:
                raise TimeoutError(f"{wanted!r} was never shown")


@contextmanager
def running(code: str, *arguments: str) -> Iterator[Terminal]:
    """Start a program on a terminal of its own, and end it."""
    master, slave = pty.openpty()
    ioctl(slave, TIOCSWINSZ, pack("HHHH", SIZE[1], SIZE[0], 0, 0))
    given = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "", "LINES": "", "NO_COLOR": ""}
    variables = {name: value for name, value in {**os.environ, **given}.items() if value}
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=slave, stdout=slave, stderr=slave, env=variables
    )
    try:
        yield Terminal(master)
    finally:
        process.terminate()
        process.wait(20)
        os.close(slave)
        os.close(master)


def write_record(path: Path, bases: int) -> None:
    """Write a simulated record."""
    random = np.random.default_rng(1)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)
    with path.open("wb") as file:
        file.write(b">simulated\n")
        for start in range(0, bases, 60_000_000):
            stretch = letters[random.integers(0, 4, min(60_000_000, bases - start), dtype=np.uint8)]
            rows = np.full((len(stretch) // 60, 61), ord("\n"), dtype=np.uint8)
            rows[:, :60] = stretch[: len(rows) * 60].reshape(-1, 60)
            file.write(rows.tobytes())


def write_model(path: Path) -> None:
    """Write a block of 320 filters of width 16 that reads any length."""
    random = np.random.default_rng(2)
    kernel = (random.normal(size=(16, 4, 320)) / 4).astype(np.float32)
    conv = Conv1D(kernel, random.normal(size=320).astype(np.float32) - 1, activation="relu")
    layers = [("letters", Input()), ("conv", conv), ("pool", MaxPooling1D(8))]
    with path.open("wb") as file:
        write_npz(Model.sequential("wide", layers), file)


def times(terminal: Terminal, key: bytes, wanted: Callable[[int], bytes]) -> list[float]:
    """Return how long each of some keys took, in milliseconds."""
    return [terminal.timed(key, wanted(nth)) * 1000 for nth in range(1, STEPS + 1)]


def to_and_fro(terminal: Terminal) -> list[float]:
    """Return how long each of some steps took that do not scroll, in milliseconds; they end where they began."""
    cells = [*range(1, PAGE - 2), *range(PAGE - 4, -1, -1)]
    keys = [RIGHT] * (PAGE - 3) + [LEFT] * (PAGE - 3)
    rounds = -(-STEPS // len(keys))
    return [
        terminal.timed(key, f"pooled[{cell}]".encode()) * 1000
        for _ in range(rounds)
        for key, cell in zip(keys, cells, strict=True)
    ]


def filter_steps(terminal: Terminal) -> list[float]:
    """Return how long each of some steps to a neighbouring filter took, in milliseconds; they end where they began."""
    last = FILTER + STEPS // 2
    ways = ((DOWN, range(FILTER + 1, last + 1)), (UP, range(last - 1, FILTER - 1, -1)))
    return [terminal.timed(key, f"filter {chosen}".encode()) * 1000 for key, filters in ways for chosen in filters]


def said(name: str, found: list[float], beside: float | None = None) -> str:
    """Return a line of the result."""
    p95 = statistics.quantiles(found, n=20)[-1]
    ratio = "" if beside is None else f"   {p95 / beside:.2f} × the bare widget's p95"
    return f"{name:<46} median {statistics.median(found):6.1f} ms   p95 {p95:6.1f} ms{ratio}"


def main() -> None:
    """Print how long frames take."""
    bases = int(sys.argv[1]) if len(sys.argv) > 1 else BASES
    print(
        f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"numpy {np.__version__}, textual {textual.__version__}; {bases:,} bases, {SIZE[0]}×{SIZE[1]}"
    )
    with running(BARE) as terminal:
        terminal.until(b"turn")
        terminal.rest()
        bare = times(terminal, RIGHT, lambda nth: f"turn {nth:>5}.".encode())
    reference = statistics.quantiles(bare, n=20)[-1]
    print(said("bare widget, every cell repainted", bare))
    with tempfile.TemporaryDirectory() as folder:
        record, model = Path(folder) / "simulated.fa", Path(folder) / "wide.npz"
        write_record(record, bases)
        write_model(model)
        os.environ["CNN_TUI_CACHE"] = folder
        for scanning in (False, True):
            with running(
                EXPLORER, str(record), "--model", str(model), "--filter", str(FILTER), "--cell", "0"
            ) as terminal:
                terminal.until(b"pooled[0]")
                terminal.rest(1.5)
                if scanning:
                    terminal.written = b""
                    os.write(terminal._master, ALL_FILTERS)
                    terminal.until(SCANS)
                else:
                    os.write(terminal._master, ALL_FILTERS * 2)
                    terminal.rest()
                words = "while a scan runs" if scanning else "nothing behind it"
                steps = to_and_fro(terminal)
                print(said(f"a step, {words}", steps, reference))
                pages = times(terminal, PAGE_RIGHT, lambda nth: f"pooled[{nth * PAGE}]".encode())
                print(said(f"a page, {words}", pages, reference))
                if scanning:
                    terminal.written = b""
                    terminal.until(SCANS)
        for words, keys in (("no card", b""), ("the card", CARD), ("the card, names", CARD + NAMES)):
            with running(
                EXPLORER, str(record), "--model", str(model), "--filter", str(FILTER), "--cell", "0"
            ) as terminal:
                terminal.until(b"pooled[0]")
                os.write(terminal._master, ALL_FILTERS * 2)
                terminal.rest(1.5)
                if keys:
                    os.write(terminal._master, keys)
                    terminal.read(1.0)
                for time in ("first", "again"):
                    print(said(f"another filter, {words}, {time}", filter_steps(terminal), reference))


if __name__ == "__main__":
    main()
