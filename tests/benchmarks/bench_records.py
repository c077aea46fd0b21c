"""How fast many small records are scanned, beside one long record of as many letters, and each record for itself.

    PYTHONPATH=core python tests/benchmarks/bench_records.py [RECORDS]

One thread, both strands, one filter of 16 columns, pool 8. Prints the time a base of each, their ratios, and the
time to open the file for the first time and once it is indexed. In batches a base of a small record is to cost no more
than 10 times what it does in a long one, and each record for itself at least 20 times as much as in batches. A deep
block, which is computed record by record, is timed as well.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Conv1D, Input, MaxPooling1D
from cnn_core.letters.record_batches import WholeRecords
from cnn_core.letters.sequence_files import Sequences, open_sequences
from cnn_core.network.model import Model
from cnn_core.scan.record_scan import RecordScan
from cnn_core.scan.strongest import strongest

LENGTH = 28
ALONE = 2_000
"""Records that are scanned one by one."""
ROUNDS = 3


def model_of(random: np.random.RandomState) -> Model:
    kernel = random.randn(16, 4, 1).astype(np.float32)
    deep = random.randn(2, 1, 4).astype(np.float32)
    return Model.sequential(
        "one",
        [
            ("letters", Input()),
            ("conv", Conv1D(kernel, activation="relu")),
            ("pool", MaxPooling1D(4)),
            ("deep", Conv1D(deep, activation="relu")),
            ("cells", MaxPooling1D(2)),
        ],
    )


def written(folder: Path, name: str, letters: bytes, length: int) -> Path:
    path = folder / name
    with path.open("wb") as file:
        for number, start in enumerate(range(0, len(letters), length)):
            file.write(b">r%d\n%s\n" % (number, letters[start : start + length]))
    return path


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the best of some times, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def each_alone(model: Model, sequences: Sequences) -> None:
    for number in range(ALONE):
        strongest(Reading.of(model, sequences[number]).into(model.blocks[0]), [0], top=10, threads=1)


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    random = np.random.RandomState(0)
    model = model_of(random)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)[random.randint(0, 4, records * LENGTH)].tobytes()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        short, long = (
            written(folder, "short.fa", letters, LENGTH),
            written(folder, "long.fa", letters, len(letters)),
        )
        first = timed(lambda: open_sequences(short, cache=folder).close(), 1)
        again = timed(lambda: open_sequences(short, cache=folder).close())
        print(f"{records:,} records of {LENGTH} letters: opened in {first:.2f} s, once indexed in {again:.3f} s")

        def scanned(path: Path, block: int = 0, only: int | None = None) -> Callable[[], object]:
            def scan() -> object:
                with open_sequences(path, cache=folder) as sequences:
                    stretches = WholeRecords(sequences)
                    some = stretches if only is None else stretches[:only]
                    return RecordScan(model, some, model.blocks[block], threads=1).strongest([0], top=10)

            return scan

        in_batches = timed(scanned(short)) / len(letters)
        as_one = timed(scanned(long)) / len(letters)
        with open_sequences(short, cache=folder) as sequences:
            alone = timed(lambda: each_alone(model, sequences), 1) / (ALONE * LENGTH)
        deep = timed(scanned(short, 1, ALONE), 1) / ALONE
    print(f"in batches {in_batches * 1e9:.0f} ns a base, {in_batches * LENGTH * 1e6:.1f} µs a record")
    print(f"one long record {as_one * 1e9:.0f} ns a base; in batches takes {in_batches / as_one:.1f} times as long")
    print(f"each alone {alone * 1e9:.0f} ns a base, {alone / in_batches:.0f} times as long as in batches")
    print(f"a deep block, record by record: {deep * 1e3:.2f} ms a record")


if __name__ == "__main__":
    main()
