"""From a typed letter to the painted frame, on the question's network (485 × 320 activations) at 200 × 60.

Each letter is an edit: the block is computed anew and compared with the original on every track, and the frame that is
waited for is the one with the letter, its marks and the cursor on the next base. Beside it stands a bare Textual widget
that repaints as many cells at every key, in the same run, see `bench_keys`; and how long the engine takes for the whole
network and the block alone.

    OMP_NUM_THREADS=1 python tests/benchmarks/bench_edits.py

Run where cnn-tui and its `test` extra are installed.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable

import numpy as np
import textual
from bench_keys import BARE, EXPLORER, RIGHT, SIZE, STEPS, running, said, times

from cnn_core.blocks.reading import Reading
from cnn_core.letters.alphabet import decode
from cnn_tui.options.request import OpenRequest
from cnn_tui.view_file import open_request

SEQUENCES, RECORD = "@lesson", "sim_02_C"
OTHER = {"A": "C", "C": "A", "G": "T", "T": "G"}


def median(work: Callable[[], object], rounds: int = 40) -> float:
    """Return the median milliseconds of some work."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def block_anew(reading: Reading) -> None:
    """Compute all that the tracks show of an edited reading."""
    run = reading.changed(68, 69, "G").run
    run.values(0, run.cells)
    _ = run.extremes


def main() -> None:
    """Print how long frames take."""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"numpy {np.__version__}, textual {textual.__version__}; {SIZE[0]}×{SIZE[1]}"
    )
    opened = open_request(OpenRequest(sequences=SEQUENCES, record=RECORD, model="trained"))
    reading = opened.reading
    letters = decode(reading.codes(0, reading.length)).upper()
    print(f"the whole network, in the background {median(lambda: reading.changed(68, 69, 'G').values):6.1f} ms")
    print(f"the block of an edited input         {median(lambda: block_anew(reading)):6.1f} ms")
    with running(BARE) as terminal:
        terminal.until(b"turn")
        terminal.rest()
        bare = times(terminal, RIGHT, lambda nth: f"turn {nth:>5}.".encode())
    print(said("bare widget, every cell repainted", bare))
    reference = statistics.quantiles(bare, n=20)[-1]
    arguments = SEQUENCES, "--record", RECORD, "--model", "trained", "--filter", "135", "--cell", "0"
    with running(EXPLORER, *arguments) as terminal:
        terminal.until(b"pooled[0]")
        terminal.rest(1.5)
        os.write(terminal._master, b"\r\re\x1b[H")
        terminal.until(b"over base 0 ")
        terminal.rest()
        found = [
            terminal.timed(OTHER[letters[base]].encode(), f"over base {base + 1} ".encode()) * 1000
            for base in range(STEPS)
        ]
        print(said("a typed letter", found, reference))
        undone = [terminal.timed(b"u", b"undone: ") * 1000 for _ in range(STEPS)]
        print(said("an undone letter", undone, reference))


if __name__ == "__main__":
    main()
