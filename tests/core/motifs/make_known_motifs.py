"""Write the motifs that come along, `core/cnn_core/motifs/jaspar2026.npz`.

Run where pyjaspar is installed, which brings JASPAR's database of 16 MB; nothing else of the program needs it:

    pip install pyjaspar
    python tests/core/motifs/make_known_motifs.py

A second run writes the same bytes. Counts are stored as they are where they are whole and fit 16 bits. The others,
above 65,535 or with fractions, are scaled so that the matrix's largest is 65,535, and the scale is stored: shares
move by at most what is printed.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyjaspar import jaspardb

RELEASE = "JASPAR2026"
SOURCE = {
    "title": "JASPAR 2026 CORE vertebrates",
    "release": RELEASE,
    "selection": "collection CORE, taxonomic group vertebrates, the latest version of each matrix",
    "source": "JASPAR, https://jaspar.elixir.no",
    "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
}
STORED = Path(__file__).parents[3] / "core" / "cnn_core" / "motifs" / "jaspar2026.npz"
LARGEST = 65_535
LARGEST_ERROR = 0.0012


def shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return counts / counts.sum(axis=1, keepdims=True)


def packed(counts: NDArray[np.float64]) -> tuple[NDArray[np.uint16], float]:
    """Return counts as 16 bits, and what to multiply them by."""
    whole = np.array_equal(counts, np.rint(counts)) and counts.max() <= LARGEST
    scale = 1.0 if whole else float(counts.max()) / LARGEST
    return np.rint(counts / scale).astype(np.uint16), scale


def main() -> None:
    """Fetch, pack and write."""
    found = jaspardb(release=RELEASE).fetch_motifs(collection="CORE", tax_group=["vertebrates"], all_versions=False)
    found = sorted(found, key=lambda motif: motif.matrix_id)
    counts = [np.array([motif.counts[base] for base in "ACGT"]).T for motif in found]
    stored = [packed(matrix) for matrix in counts]
    error = max(
        np.abs(shares(small * scale) - shares(matrix)).max()
        for matrix, (small, scale) in zip(counts, stored, strict=True)
    )
    assert error <= LARGEST_ERROR, error
    families, classes = (
        ["::".join(getattr(motif, what) or ()) for motif in found] for what in ("tf_family", "tf_class")
    )
    named = {
        **SOURCE,
        "made with": f"pyjaspar {version('pyjaspar')}",
        "ids": [motif.matrix_id for motif in found],
        "names": [motif.name for motif in found],
        "families": families,
        "classes": classes,
    }
    np.savez_compressed(
        STORED,
        counts=np.concatenate([small for small, _ in stored]),
        widths=np.array([len(matrix) for matrix in counts], dtype=np.uint8),
        scales=np.array([scale for _, scale in stored]),
        texts=np.frombuffer(json.dumps(named, separators=(",", ":")).encode(), dtype=np.uint8),
    )
    scaled = [motif.matrix_id for motif, (_, scale) in zip(found, stored, strict=True) if scale != 1]
    print(f"{len(found):,} matrices of {RELEASE}, {STORED.stat().st_size:,} bytes")
    print(f"{len(scaled)} scaled, shares moved by at most {error:.2g}: {' '.join(scaled)}")


if __name__ == "__main__":
    main()
