"""How long filters take to become motifs, by rule, and how many of the trained model's then resemble what was planted.

The 320 filters of the trained model are read on the first enhancers of its test split; each motif with enough sites
is compared with the 1,019 of JASPAR, and counts if its nearest, at a q of at most 0.05 or 0.01, is of one of the five
planted families. The samples' README has the table.

    OMP_NUM_THREADS=1 PYTHONPATH=core:samples python tests/benchmarks/bench_filter_motifs.py [enhancers]
"""

from __future__ import annotations

import re
import sys
from time import perf_counter

import numpy as np
from bench_scan import machine

from cnn_core import open_model
from cnn_core.letters.alphabet import encode
from cnn_core.motifs import MotifComparison, filter_motifs, known_motifs
from cnn_core.public.inputs import as_record
from cnn_samples import model_path
from cnn_samples.simulate_enhancers import simulate

ENHANCERS = 1_000
RULES = ("windows", "basset", "best", "top:100", "top:1000", "weights:8", "weights:12")
PLANTED = re.compile(r"GATA\d|CTCF|FOS|JUN|JDP2|BATF|BACH|CREB|CREM|ATF\d|NFY[ABC]")
"""Names of the families of GATA1, CTCF, FOS::JUN, CREB1 and NFYA."""


def main() -> None:
    """Print a line a rule."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENHANCERS
    model = open_model(model_path("trained")).model.of_any_length()
    records = [as_record(encode(pair.enhancer)) for pair in simulate("test", count)]
    stretches = [(record, 0, len(record)) for record in records]
    comparison = MotifComparison(known_motifs())
    print(f"{machine()}; {count:,} enhancers of 500 letters")
    print("rule        seconds  written  median bits  resemble  planted  at 0.01  planted")
    for rule in RULES:
        begin = perf_counter()
        found = filter_motifs(model, model.letter_blocks[0], stretches, rule)
        seconds = perf_counter() - begin
        motifs = [motif for motif in found if motif.is_written]
        nearest = [
            match
            for matches in comparison.all_matches([motif.probabilities for motif in motifs])
            for match in matches.nearest()
        ]
        bits = np.median([motif.information.sum() for motif in motifs])
        line = f"{rule:<12}{seconds:7.2f}{len(motifs):9}{bits:13.1f}"
        for most in (0.05, 0.01):
            names = [match.motif.name.upper() for match in nearest if match.q <= most]
            line += f"{len(names):10}{sum(bool(PLANTED.search(name)) for name in names):9}"
        print(line)


if __name__ == "__main__":
    main()
