"""How many variants a minute `cnn-tui variants` scores, and that every row equals its two windows alone.

    OMP_NUM_THREADS=1 PYTHONPATH=core:tui:samples python tests/benchmarks/bench_variants.py [VARIANTS]

The question's network (the model `trained`: 500 bases, 320 filters of 16, pool 8, SimpleRNN, Dense, sigmoid) on
substitutions at random bases of a random record, read from files and scored on one strand and on both. Prints the
variants a minute of each, how much of that is reading and writing, and the largest difference from running each
window alone. The goal is 10,000 a minute on one core.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cnn_core.attribution import VariantScoring
from cnn_core.letters.alphabet import encode
from cnn_core.letters.sequence_files import Sequences, open_sequences
from cnn_core.letters.vcf import open_calls
from cnn_core.network.model import Model
from cnn_core.writers import score_lines
from cnn_tui.opening import open_model

RECORD = 1_000_000
CHECKED = 200


def written(folder: Path, variants: int) -> tuple[str, list[tuple[int, str]]]:
    """Write the record and the calls; return the letters, and where which alternative is."""
    random = np.random.default_rng(0)
    letters = "".join(np.array([*"ACGT"])[random.integers(0, 4, RECORD)])
    places = np.sort(random.choice(RECORD - 1000, variants, replace=False)) + 500
    found = [(int(at), "ACGT"[("ACGT".index(letters[at]) + random.integers(1, 4)) % 4]) for at in places]
    (folder / "ref.fa").write_text(f">chr1\n{letters}\n")
    with (folder / "calls.vcf").open("w") as file:
        file.write("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
        file.writelines(f"chr1\t{at + 1}\t.\t{letters[at]}\t{alt}\t.\t.\t.\n" for at, alt in found)
    return letters, found


def scored(model: Model, reference: Sequences, calls: Path, strands: str) -> tuple[float, list[str]]:
    scoring = VariantScoring(model, reference, strands=strands)
    start = time.perf_counter()
    with open_calls(calls) as lines:
        rows = [row for score in scoring.scores(lines) for row in score_lines(score, scoring.outputs)]
    return time.perf_counter() - start, rows


def main() -> None:
    variants = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    model = open_model("trained").model
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        letters, places = written(folder, variants)
        with open_sequences(folder / "ref.fa", cache=folder) as reference:
            for strands in ("+", "both"):
                seconds, rows = scored(model, reference, folder / "calls.vcf", strands)
                print(f"strand {strands}: {variants / seconds * 60:,.0f} variants a minute")
                if strands == "+":
                    one = rows
        start = time.perf_counter()
        with open_calls(folder / "calls.vcf") as lines:
            read = sum(1 for _ in lines)
        print(f"reading {read:,} lines alone: {(time.perf_counter() - start) / seconds:.1%} of that")
    worst = 0.0
    for (at, alt), row in [*zip(places, one, strict=True)][:: max(1, variants // CHECKED)]:
        window = letters[at - 249 : at + 251]
        for column, read_letters in ((6, window), (7, window[:249] + alt + window[250:])):
            alone = model.run(encode(read_letters))["activation"][0]
            worst = max(worst, abs(float(row.split("\t")[column]) - float(alone)))
    print(f"largest difference from each window alone: {worst:.1e}")


if __name__ == "__main__":
    main()
