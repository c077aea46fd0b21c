"""From a key to the painted frame with another reading beside, as a multiple of the same reading alone, at 200 × 60.

On the question's network (320 filters, 500 bases), timed across a pseudo-terminal as `bench_keys.py` does.

    python tests/benchmarks/bench_side_by_side.py

Run where cnn-tui and its `test` extra are installed.
"""

from __future__ import annotations

import os
import platform
import statistics

import textual
from bench_keys import ALL_FILTERS, EXPLORER, SIZE, running, said, to_and_fro

BESIDE = ("edit:69C>G", "set:pool_size=4,pool_stride=4", "filter:136", "model:seed", "strand")


def steps(*versus: str) -> list[float]:
    """Return how long steps by a cell take, in milliseconds."""
    opened = ("@lesson", "--record", "sim_02_C", "--model", "trained", "--filter", "135", "--cell", "0")
    with running(EXPLORER, *opened, *versus) as terminal:
        terminal.until(b"pooled[0]")
        terminal.rest(1.5)
        os.write(terminal._master, ALL_FILTERS * 2)
        terminal.rest()
        return to_and_fro(terminal)


def main() -> None:
    """Print how long frames take."""
    print(f"{platform.machine()}, {os.cpu_count()} cores; textual {textual.__version__}; {SIZE[0]}×{SIZE[1]}")
    alone = steps()
    print(said("alone", alone))
    for versus in BESIDE:
        beside = steps("--versus", versus)
        ratio = statistics.median(beside) / statistics.median(alone)
        print(f"{said(f'--versus {versus}', beside)}   {ratio:.2f} × alone")


if __name__ == "__main__":
    main()
