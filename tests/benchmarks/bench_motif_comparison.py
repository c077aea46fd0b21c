"""How long it takes to compare filters' motifs with those that come along, beside memelite where it is installed.

Motifs of 16 random columns, as many as the question's network has filters, are compared with the 1,019 of JASPAR, by
correlation and by Euclidean distance, by numpy and, where numba is installed, by the compiled loop, whose loading is
told apart. memelite does the latter, compiled, on one thread, its compilation not counted.

    OMP_NUM_THREADS=1 PYTHONPATH=core python tests/benchmarks/bench_motif_comparison.py [queries]
"""

from __future__ import annotations

import sys
from time import perf_counter, process_time

import numpy as np
from bench_scan import machine

from cnn_core.motifs import ColumnScore, MotifComparison, comparison, known_motifs
from cnn_core.work.lazy_value import LazyValue

QUERIES = 320
WIDTH = 16


def main() -> None:
    """Print the seconds of loading, of both scores, and of memelite."""
    queries = int(sys.argv[1]) if len(sys.argv) > 1 else QUERIES
    begin = perf_counter()
    motifs = known_motifs()
    print(f"{machine()}; loading {len(motifs):,} motifs {(perf_counter() - begin) * 1e3:.1f} ms")
    random = np.random.RandomState(1)
    filters = [random.dirichlet([0.3] * 4, WIDTH) for _ in range(queries)]
    for score in ColumnScore:
        known = MotifComparison(motifs, score)
        seconds = []
        for how, worth_it in (("numpy", 1 << 62), ("compiled", 0)):
            comparison._COMPILED, comparison._WORTH_IT = LazyValue(), worth_it
            begin = process_time()
            known.all_matches(filters[:1])
            loaded, begin, cpu = process_time() - begin, perf_counter(), process_time()
            known.all_matches(filters)
            seconds.append(process_time() - cpu)
            print(
                f"{queries} queries, {score}, {how}: {perf_counter() - begin:.2f} s, {seconds[-1]:.2f} s of a core, "
                f"after {loaded:.2f} s"
            )
        print(
            f"{queries} queries, {score}: numpy takes {seconds[0] / seconds[1]:.1f} × the time of the compiled loop"
        )
    try:
        from memelite import tomtom
    except ImportError:
        return
    targets = [motif.probabilities.T.copy() for motif in motifs]
    columns = [query.T.copy() for query in filters]
    tomtom(columns[:2], targets, n_jobs=1)
    begin = perf_counter()
    tomtom(columns, targets, n_jobs=1)
    print(f"{queries} queries, memelite: {perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
