"""Store memelite's comparison of noisy motifs with those that come along, as `comparison.npz`.

Run where memelite is installed, from the repository; it takes two minutes:

    pip install memelite
    PYTHONPATH=core:tests/core python -m oracle.make_comparison_fixtures

memelite compares by Euclidean distance. Its scores are put in 1,000 bins a column and no target columns are merged, so
that its p-values are nearly those without bins. The nearest twenty of each query are kept, with the queries.
"""

from __future__ import annotations

import json
from importlib.metadata import version

import numpy as np
from memelite import tomtom

from cnn_core.motifs import known_motifs

from .comparison_queries import STORED, noisy_queries, shares_of, without_flat_ends

QUERIES = 60
KEPT = 20


def main() -> None:
    """Compute and write the file."""
    motifs = known_motifs()
    queries = noisy_queries([motif.counts for motif in motifs], QUERIES)
    targets = [without_flat_ends(shares_of(motif.counts)).T.copy() for motif in motifs]
    p, _, offsets, overlaps, strands = tomtom(
        [query.T.copy() for query in queries], targets, n_score_bins=1000, n_target_bins=None, n_jobs=1
    )
    nearest = np.argsort(p, axis=1, kind="stable")[:, :KEPT]
    of_nearest = {
        name: np.take_along_axis(values, nearest, axis=1).astype(kind)
        for name, values, kind in (
            ("p", p, np.float64),
            ("offsets", offsets, np.int16),
            ("overlaps", overlaps, np.int16),
            ("strands", strands, np.int8),
        )
    }
    np.savez_compressed(
        STORED,
        versions=np.array(json.dumps({"memelite": version("memelite")})),
        widths=np.array([len(query) for query in queries]),
        queries=np.concatenate(queries).astype(np.float32),
        ids=np.array([motif.matrix_id for motif in motifs])[nearest],
        **of_nearest,
    )
    print(f"{STORED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
