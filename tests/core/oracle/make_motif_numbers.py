"""Counts, shares, information and consensus of random sites by Biopython, which filters as motifs are held to.

python tests/core/oracle/make_motif_numbers.py    (Biopython 1.88; writes tests/core/motifs/biopython_sites.json)
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import Bio
from Bio import motifs

OUT = Path(__file__).parents[1] / "motifs" / "biopython_sites.json"


def main() -> None:
    """Write the fixture."""
    draw = random.Random(3)
    cases = []
    for sites, width, pseudocount in ((3, 5, 0.0), (12, 8, 1.0), (40, 16, 0.0), (200, 10, 0.5), (9, 30, 0.0)):
        weights = [[draw.choice((0, 1, 2, 9)) + 0.01 for _ in "ACGT"] for _ in range(width)]
        words = ["".join(draw.choices("ACGT", column)[0] for column in weights) for _ in range(sites)]
        motif = motifs.create(words)
        shares = motif.counts.normalize(pseudocounts=pseudocount)
        cases.append(
            {
                "sites": words,
                "pseudocount": pseudocount,
                "counts": [list(map(int, motif.counts[base])) for base in "ACGT"],
                "probabilities": [list(shares[base]) for base in "ACGT"],
                "information": shares.log_odds().mean(),
                "consensus": str(motif.counts.degenerate_consensus),
            }
        )
    OUT.write_text(json.dumps({"made_with": f"Biopython {Bio.__version__}", "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
