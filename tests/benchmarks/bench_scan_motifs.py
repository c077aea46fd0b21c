"""How fast log-odds motifs are scored along a record, beside lightmotif on one core in the same process.

The preset `motifs` (12 motifs of width 16) scores every window of a random record. lightmotif scores one motif at a
time on letters that it has striped beforehand; ours reads plain codes, and also keeps the best of every 8 windows, by
numpy's calls and, where numba is installed, by the compiled loop.

    PYTHONPATH=core python tests/benchmarks/bench_scan_motifs.py [bases]

Needs lightmotif. Prints the median of the rounds and their ratio, larger than 1 where ours is faster.
"""

from __future__ import annotations

import platform
import statistics
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from bench_scan import Loops, adding, machine, run_of, seconds, ways_of

from cnn_core.layers import Conv1D
from cnn_core.letter_sums.convolution import LetterConvolution
from cnn_core.letters.alphabet import decode
from cnn_core.presets import preset

BASES = 1_000_000
ROUNDS = 7


def main() -> None:
    """Print how long both take for all motifs and for one."""
    try:
        import lightmotif
    except ImportError:
        sys.exit("lightmotif is not installed: this bench compares with it")
    bases = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else BASES
    print(f"{machine()}, lightmotif {lightmotif.__version__} on {platform.machine()}; {bases:,} bases")
    model = preset("motifs")
    codes = (1 << np.random.RandomState(1).randint(0, 4, bases)).astype(np.uint8)
    run = run_of(model, codes)
    conv = model[run.block.conv].layer
    assert isinstance(conv, Conv1D)
    letters = LetterConvolution(conv)
    striped = lightmotif.stripe(decode(codes))
    motifs = [
        lightmotif.ScoringMatrix({base: kernel[:, channel].tolist() for channel, base in enumerate("ACGT")})
        for kernel in np.moveaxis(conv.kernel, 2, 0)
    ]
    scores = motifs[0].calculate(striped)
    ours = letters.responses(codes[:1000])[:, 0] - (0 if conv.bias is None else conv.bias[0])
    theirs = np.array([scores[position] for position in range(len(ours))])
    print(f"largest difference of the first {len(ours)} scores {np.abs(ours - theirs).max():.0e}")

    def all_of_theirs() -> None:
        for motif in motifs:
            motif.calculate(striped)

    one, alone = partial(motifs[0].calculate, striped), run.for_filter(0)
    without: Loops = {}
    compare("12 motifs, every score", partial(letters.responses, codes), all_of_theirs, without)
    compare("1 motif, every score", partial(alone.letters.responses, codes), one, without)
    for which, each, rival in (("12 motifs", run, all_of_theirs), ("1 motif", alone, one)):
        for way, loops in ways_of(each).items():
            cells = partial(each.values, 0, each.cells, keep=False)
            compare(f"{which}, best of {each.pool.sliding.size}, {way}", cells, rival, loops)


def compare(what: str, mine: Callable[[], object], rival: Callable[[], object], loops: Loops) -> None:
    """Print how long both take, in turn."""
    with adding(loops):
        mine()
        pairs = [(seconds(mine), seconds(rival)) for _ in range(ROUNDS)]
    ms, other = (statistics.median(pair[side] for pair in pairs) * 1e3 for side in (0, 1))
    print(f"{what}: ours {ms:.3g} ms, lightmotif {other:.3g} ms, {other / ms:.2f} ×")


if __name__ == "__main__":
    main()
