"""How fast letters become cells, beside PyTorch on the same cores in the same process.

One-hot → Conv1D 320 × 16 → relu → max pool 8/8, the first block of the question's network, from 500 bases to 5
million. PyTorch is given one-hot rows that are there already; ours reads the letters' codes. Tables are warm, as
they are from the second look at a model on.

    PYTHONPATH=core python tests/benchmarks/bench_scan.py [longest]

Needs torch; onnxruntime and onnx are compared with where they are installed, and so is our compiled loop where numba
is. Prints the median of the rounds and ratios, larger than 1 where ours is faster.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.letter_block import LetterRun
from cnn_core.layers import Conv1D, Input, MaxPooling1D
from cnn_core.letter_sums import compiled
from cnn_core.letters.alphabet import one_hot
from cnn_core.network.model import Model
from cnn_core.presets import preset
from cnn_core.scan.whole_scan import chunk_cells, scan_cells
from cnn_core.work.lazy_value import LazyValue

FILTERS, WIDTH, POOL = 320, 16, 8
LENGTHS = (500, 5_000, 50_000, 500_000, 5_000_000)
THREADS = (1, 2)
GENOME = 3_100_000_000

Cells = Callable[[int], NDArray[np.float32]]
"""Threads → cells."""


def block(random: np.random.RandomState) -> Model:
    """Return the block with random weights."""
    kernel = (random.randn(WIDTH, 4, FILTERS) / 4).astype(np.float32)
    conv = Conv1D(kernel, random.randn(FILTERS).astype(np.float32), activation="relu")
    return Model.sequential("scan", [("letters", Input()), ("conv", conv), ("pool", MaxPooling1D(POOL))])


def run_of(model: Model, codes: NDArray[np.uint8]) -> LetterRun:
    """Return the model's block on letters in memory."""
    return LetterRun(model, model.blocks[0], len(codes), lambda start, stop: codes[start:stop])


def in_torch(model: Model, rows: NDArray[np.float32]) -> Cells:
    """Return the same block, computed by PyTorch on one-hot rows."""
    import torch
    from torch.nn import functional

    weights = {name: torch.from_numpy(array) for name, array in model["conv"].layer.weights().items()}
    kernel = weights["kernel"].permute(2, 1, 0).contiguous()
    x = torch.from_numpy(rows.T.copy())[None]

    def cells(threads: int) -> NDArray[np.float32]:
        torch.set_num_threads(threads)
        with torch.inference_mode():
            activations = functional.relu(functional.conv1d(x, kernel, weights["bias"]))
            return np.asarray(functional.max_pool1d(activations, POOL)[0].T.numpy())

    return cells


def in_onnxruntime(model: Model, rows: NDArray[np.float32]) -> Cells:
    """Return the same block, computed by ONNX Runtime on one-hot rows."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    weights = model["conv"].layer.weights()
    kernel = np.ascontiguousarray(weights["kernel"].transpose(2, 1, 0))
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "kernel", "bias"], ["responses"]),
            helper.make_node("Relu", ["responses"], ["activations"]),
            helper.make_node("MaxPool", ["activations"], ["cells"], kernel_shape=[POOL], strides=[POOL]),
        ],
        "scan",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, None])],
        [helper.make_tensor_value_info("cells", TensorProto.FLOAT, [1, FILTERS, None])],
        [numpy_helper.from_array(kernel, "kernel"), numpy_helper.from_array(weights["bias"], "bias")],
    )
    file = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(file)
    sessions = {}
    for threads in THREADS:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        sessions[threads] = onnxruntime.InferenceSession(
            file.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    x = rows.T.copy()[None]
    return lambda threads: np.asarray(sessions[threads].run(None, {"x": x})[0][0].T)


RIVALS: dict[str, Callable[[Model, NDArray[np.float32]], Cells]] = {
    "torch": in_torch,
    "onnxruntime": in_onnxruntime,
}


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


Loops = dict[tuple[int, int], LazyValue[compiled.LargestSums | None]]


@contextmanager
def adding(loops: Loops) -> Iterator[None]:
    """Add by compiled loops, or without where there are none."""
    before, compiled._LOOPS = compiled._LOOPS, loops
    try:
        yield
    finally:
        compiled._LOOPS = before


def ways_of(run: LetterRun) -> dict[str, Loops]:
    """Return the ways in which ours adds: by numpy's calls, and compiled where numba is installed."""
    ways: dict[str, Loops] = {"numpy": {}}
    loops: Loops = {}
    with adding(loops):
        run.letters.prepare(1 << 40)
        if any(loop.get(lambda: None) for loop in loops.values()):
            ways["compiled"] = loops
    return ways


def cells_of(run: LetterRun, threads: int) -> list[NDArray[np.float32]]:
    """Return all cells: at once as a screen asks for them, or in chunks as a scan shares them out among threads."""
    if threads == 1:
        return [run.values(0, run.cells, keep=False)]
    return [chunk.values for chunk in scan_cells(run, threads=threads)]


def compare(name: str, model: Model, longest: int) -> None:
    """Print the ratios to one rival, timed in turn with ours."""
    for length in (each for each in LENGTHS if each <= longest):
        codes = (1 << np.random.RandomState(1).randint(0, 4, length)).astype(np.uint8)
        run = run_of(model, codes)
        theirs = RIVALS[name](model, one_hot(codes))
        difference = float(np.abs(run.values(0, run.cells, keep=False) - theirs(1)).max())
        ways = ways_of(run)
        rounds = max(1, min(100, 1_000_000 // length))
        print(f"{name} {length:>10,} bases   difference {difference:.0e}", end="")
        for threads in THREADS:
            theirs(threads)
            # In turn, but not in the same breath: the rival's threads go on spinning for a while.
            ours: dict[str, list[float]] = {way: [] for way in ways}
            other = []
            for _ in range(3):
                for way, loops in ways.items():
                    work = partial(cells_of, run, threads)
                    time.sleep(0.3)
                    with adding(loops):
                        work()
                        ours[way] += [seconds(work) for _ in range(rounds)]
                other += [seconds(partial(theirs, threads)) for _ in range(rounds)]
            rival = statistics.median(other) * 1e3
            print(f"   {threads} thread{'s' * (threads > 1)}: {rival:.4g} ms", end="")
            for way, times in ours.items():
                mine = statistics.median(times) * 1e3
                print(f", {way} {mine:.3g} ms {rival / mine:.1f} ×", end="", flush=True)
        print(flush=True)


def scan_rates(models: dict[str, Model]) -> None:
    """Print how many bases a second are scanned, from letters to cells, nothing kept."""
    codes = (1 << np.random.RandomState(2).randint(0, 4, 4_000_000)).astype(np.uint8)
    for name, model in models.items():
        run = run_of(model, codes)
        for each in (run, run.for_filter(0)):
            for way, loops in ways_of(each).items():
                with adding(loops):
                    _scan_rate(f"{name}, {way}", each)


def _scan_rate(name: str, run: LetterRun) -> None:
    chunk = chunk_cells(run, run.filters)

    def scan() -> None:
        for start in range(0, run.cells, chunk):
            run.values(start, min(start + chunk, run.cells), keep=False)

    rate = run.length / min(seconds(scan) for _ in range(3))
    minutes = 2 * GENOME / rate / 60
    which = "one filter" if run.filters == 1 else f"{run.filters} filters"
    print(
        f"{name}, {which}: {rate / 1e6:.1f} Mb/s a core; "
        f"3.1 Gb on both strands take {minutes:.1f} minutes on one core"
    )


def machine() -> str:
    """Return what the figures depend on."""
    name = platform.processor() or platform.machine()
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass
    versions = [f"Python {platform.python_version()}", f"numpy {np.__version__}"]
    for package in RIVALS:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"{name}, {os.cpu_count()} cores; {', '.join(versions)}"


def main() -> None:
    """Print the comparison with every rival that is there, then the rates."""
    longest = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else LENGTHS[-1]
    print(machine())
    model = block(np.random.RandomState(0))
    for name in RIVALS:
        try:
            compare(name, model, longest)
        except ImportError as missing:
            print(f"{name}: not compared, {missing.name} is not installed")
    scan_rates({"320 × 16": model, "motifs": preset("motifs")})


if __name__ == "__main__":
    main()
