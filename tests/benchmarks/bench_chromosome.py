"""A simulated chromosome of 250 Mb: opening, jumping, memory, and the rates of `cnn-tui scan`.

The chromosome is random letters of a fixed seed, made in a temporary folder, plain and as bgzip writes it. Each
figure is the median of its rounds; what has a rival is told as a ratio to it, in one run.

    PYTHONPATH=core:tui:samples python tests/benchmarks/bench_chromosome.py [bases]

Needs 400 MB of disk. Each program is a process of its own, on a pseudo-terminal of 200 × 60 where it draws, so that
its peak of memory is its own.
"""

from __future__ import annotations

import os
import platform
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np
import pexpect
import textual

from cnn_core.letters.gzip_stream import BGZF_END
from cnn_core.letters.sequence_files import open_sequences

BASES = 250_000_000
GENOME = 3_100_000_000
ROUNDS, JUMPS = 5, 40
LINE, BLOCK = 60, 65_280
SIZE = (60, 200)

APP = """
import resource, sys, time
from cnn_tui.__main__ import main
from cnn_tui.screens.explorer import Explorer
began = {began}
ordinary = Explorer.show_opened
def opened(self, opened):
    ordinary(self, opened)
    self.call_after_refresh(self.run_worker, look(self), group="bench")
async def look(self):
    import asyncio, random
    words = [f"frame={{time.time() - began:.4f}}"]
    random.seed(1)
    for _ in range({jumps}):
        place, start = random.randrange(len(self.reading.record) - 100), time.perf_counter()
        self.go_to_record(place, 1)
        painted = asyncio.get_running_loop().create_future()
        self.call_after_refresh(lambda: painted.done() or painted.set_result(None))
        await painted
        words.append(f"jump={{time.perf_counter() - start:.5f}}")
    words.append(f"peak={{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}}")
    open({report!r}, "w").write(" ".join(words))
    self.app.exit()
Explorer.show_opened = opened
sys.exit(main({arguments!r}))
"""
SCAN = """
import resource, sys
from cnn_tui.__main__ import main
status = main({arguments!r})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def make(path: Path, bases: int) -> None:
    """Write a record of random letters."""
    random = np.random.default_rng(1)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)
    with path.open("wb") as file:
        file.write(b">chr simulated\n")
        for start in range(0, bases, LINE * 100_000):
            some = letters[random.integers(0, 4, min(LINE * 100_000, bases - start))]
            whole = len(some) // LINE * LINE
            rows = some[:whole].reshape(-1, LINE)
            file.write(np.pad(rows, ((0, 0), (0, 1)), constant_values=ord("\n")).tobytes())
            if whole < len(some):
                file.write(some[whole:].tobytes() + b"\n")


def pack(path: Path, packed: Path) -> None:
    """Write a file as bgzip does; nothing is put beside it."""
    with path.open("rb") as plain, packed.open("wb") as file:
        while block := plain.read(BLOCK):
            packer = zlib.compressobj(1, zlib.DEFLATED, -15)
            data = packer.compress(block) + packer.flush()
            file.write(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(data) + 25))
            file.write(data + struct.pack("<II", zlib.crc32(block), len(block)))
        file.write(BGZF_END)


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a program: the packages, and a cache of its own."""
    places = os.pathsep.join(str(Path(place).resolve()) for place in sys.path if place)
    return {**os.environ, "PYTHONPATH": places, "CNN_TUI_CACHE": str(folder / "cache"), "TERM": "xterm-256color"}


def in_app(folder: Path, jumps: int, *arguments: str) -> tuple[float, list[float], float]:
    """Return the seconds to the first frame with something in it, those of each jump, and the peak in MB."""
    report = folder / "report"
    code = APP.format(began=time.time(), jumps=jumps, report=str(report), arguments=[*arguments])
    child = pexpect.spawn(
        sys.executable, ["-c", code], dimensions=SIZE, timeout=300, env=environment(folder), encoding="utf-8"
    )
    child.expect(pexpect.EOF)
    child.close()
    found = re.findall(r"(\w+)=([\d.]+)", report.read_text())
    report.unlink()
    values = {name: [float(value) for key, value in found if key == name] for name in ("frame", "jump", "peak")}
    return values["frame"][0], values["jump"], values["peak"][0] * PEAK_UNIT / 1e6


def in_scan(folder: Path, *arguments: str) -> tuple[float, float]:
    """Return the seconds of a scan, its start-up included, and the peak in MB."""
    code = SCAN.format(arguments=["scan", *arguments])
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment(folder)
    )
    return time.perf_counter() - start, float(done.stderr.split()[-1]) * PEAK_UNIT / 1e6


def opening(folder: Path, paths: dict[str, Path]) -> None:
    """Print how long the records take to be opened: for the first time, and once they are known."""
    for name, path in paths.items():
        times = []
        for _ in range(1 + ROUNDS):
            start = time.perf_counter()
            open_sequences(path, cache=folder / "cache").close()
            times.append(time.perf_counter() - start)
        rate = path.stat().st_size / times[0] / 1e6
        print(
            f"{name}: indexed in {times[0]:.2f} s ({rate:.0f} MB/s of the file), opened in "
            f"{statistics.median(times[1:]) * 1e3:.2f} ms from then on",
            flush=True,
        )


def looking(folder: Path, paths: dict[str, Path]) -> None:
    """Print how soon there is something to see, how long a jump takes, and the peak of memory."""
    for model in ("motifs", "seed"):
        few = statistics.median(in_app(folder, 0, "@planted", "--model", model)[0] for _ in range(ROUNDS))
        for name, path in paths.items():
            frames = [in_app(folder, 0, str(path), "--model", model)[0] for _ in range(ROUNDS)]
            _, jumps, peak = in_app(folder, JUMPS, str(path), "--model", model)
            frame = statistics.median(frames)
            usual, slow = statistics.median(jumps) * 1e3, sorted(jumps)[int(0.95 * len(jumps))] * 1e3
            print(
                f"{name}, {model}: first frame after {frame:.2f} s, {frame / few:.2f} × that of a sample of 500 "
                f"bases; jump to painted {usual:.0f} ms, p95 {slow:.0f} ms; peak {peak:.0f} MB",
                flush=True,
            )


def scanning(folder: Path, paths: dict[str, Path], bases: int) -> None:
    """Print the rates of `cnn-tui scan`, and how long a genome takes."""
    plain = str(paths["plain"])
    idle, _ = in_scan(folder, plain, "--model", "motifs", "--filter", "0", "--region", "chr:1-1000")
    for name, filters, model, part, extra in (
        ("plain", "one filter of motifs", "motifs", bases, ("--filter", "0", "--top", "100")),
        ("bgzip", "one filter of motifs", "motifs", bases, ("--filter", "0", "--top", "100")),
        ("plain", "12 filters of motifs", "motifs", bases, ("--top", "100")),
        ("plain", "12 filters of motifs, all from 12 up", "motifs", bases, ("--threshold", "12")),
        ("plain", "320 filters of seed", "seed", bases // 10, ("--top", "10")),
    ):
        for threads in ("1", "2"):
            more = ("--region", f"chr:1-{part}", "--threads", threads, "-o", str(folder / "hits.bed"), "--force")
            taken, peak = in_scan(folder, str(paths[name]), "--model", model, *extra, *more)
            rate = 2 * part / (taken - idle)
            print(
                f"scan, {name}, {filters}, {threads} thread{'s' * (threads > '1')}: {rate / 1e6:.1f} Mb/s, each strand "
                f"counted; 3.1 Gb on both take {2 * GENOME / rate:.0f} s; peak {peak:.0f} MB",
                flush=True,
            )


def main() -> None:
    """Print all figures."""
    bases = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else BASES
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"numpy {np.__version__}, textual {textual.__version__}; {bases:,} bases"
    )
    with tempfile.TemporaryDirectory(prefix="cnn-tui-bench-") as name:
        folder = Path(name)
        paths = {"plain": folder / "chr.fa", "bgzip": folder / "chr.fa.gz"}
        make(paths["plain"], bases)
        pack(paths["plain"], paths["bgzip"])
        opening(folder, paths)
        looking(folder, paths)
        scanning(folder, paths, bases)


if __name__ == "__main__":
    main()
