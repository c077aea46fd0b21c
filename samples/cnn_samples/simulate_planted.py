"""Simulate `planted.fa`: random letters with the motifs of the preset `motifs` planted at known places.

Run as `python -m cnn_samples.simulate_planted` to rewrite the file.

Background letters are drawn uniformly. A site is drawn from its matrix, every column by its counts, and drawn again
until it stands out: half of what the best site scores above the threshold. In sim_01 the sites are the consensus,
the most frequent letter of every column, so that the first record shown is the clearest. Chance sites in the
background are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.motifs import Motif
from cnn_core.presets import motifs

from .simulation import as_fasta, draw_below, draw_letters

__all__ = ["RECORD_LENGTH", "main", "simulate"]

RECORD_LENGTH: Final = 500

_SEED: Final = 20
_RECORDS: Final = 12
_SITES_PER_RECORD: Final = 4
_FIRST_BASE: Final = 4
_STRETCH: Final = 117
_COMPLEMENT: Final = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True, slots=True)
class _Site:
    """A planted motif: its factor, its first base on the record's own strand, and the strand it reads along."""

    name: str
    first_base: int
    strand: str

    def __str__(self) -> str:
        return f"{self.name}@{self.first_base}{self.strand}"


_FIRST_RECORD: Final = (
    _Site("TBP", 21, "+"),
    _Site("GATA1", 59, "+"),
    _Site("CTCF", 147, "+"),
    _Site("GATA1", 214, "-"),
    _Site("FOS::JUN", 291, "+"),
    _Site("NFYA", 371, "+"),
)
# Window 482 of 485 responses: a strong response that no cell of 8 reads.
_TAIL_SITE: Final = _Site("CREB1", 484, "+")


def simulate() -> str:
    """Return the file, the same on every machine.

    Returns:
        FASTA with 12 records of 500 bases, each description naming what is planted where.
    """
    draw = np.random.RandomState(_SEED)
    by_name = {motif.name.upper(): motif for motif in motifs.matrices()}
    records = [_record(draw, "sim_01", _FIRST_RECORD, by_name, consensus=True)]
    deck: list[str] = []
    for number in range(2, _RECORDS + 1):
        sites = []
        for stretch in range(_SITES_PER_RECORD):
            if not deck:
                deck = sorted(by_name)
            name = deck.pop(draw_below(draw, len(deck)))
            room = _STRETCH - by_name[name].width
            first_base = _FIRST_BASE + stretch * _STRETCH + draw_below(draw, room)
            sites.append(_Site(name, first_base, "+-"[draw_below(draw, 2)]))
        if number == _RECORDS:
            sites.append(_TAIL_SITE)
        records.append(_record(draw, f"sim_{number:02}", tuple(sites), by_name))
    return as_fasta(records)


def _record(
    draw: np.random.RandomState,
    name: str,
    sites: tuple[_Site, ...],
    by_name: dict[str, Motif],
    *,
    consensus: bool = False,
) -> tuple[str, str]:
    letters = draw_letters(draw, RECORD_LENGTH)
    for site in sites:
        motif = by_name[site.name]
        drawn = "".join(_consensus(motif) if consensus else _strong_site(draw, motif))
        planted = drawn if site.strand == "+" else drawn.translate(_COMPLEMENT)[::-1]
        letters[site.first_base : site.first_base + motif.width] = planted
    return f"{name} simulated; planted {' '.join(map(str, sites))}", "".join(letters)


def _consensus(motif: Motif) -> list[str]:
    return ["ACGT"[base] for base in motif.counts.argmax(axis=1)]


def _strong_site(draw: np.random.RandomState, motif: Motif) -> list[str]:
    weights = motifs.kernel(motif)
    threshold = motifs.threshold_of(weights)
    enough = threshold + (float(weights.max(axis=1).sum()) - threshold) / 2
    while True:
        site = [_letter(draw, counts) for counts in motif.counts.astype(np.int64)]
        if _score(motif, weights, site) >= enough:
            return site


def _letter(draw: np.random.RandomState, counts: NDArray[np.int64]) -> str:
    return "ACGT"[int(np.searchsorted(np.cumsum(counts), draw_below(draw, int(counts.sum())), side="right"))]


def _score(motif: Motif, weights: NDArray[np.float32], site: list[str]) -> float:
    first = motifs.first_column(motif)
    return sum(
        float(weights[column - first, "ACGT".index(letter)])
        for column, letter in enumerate(site)
        if 0 <= column - first < motifs.KERNEL_SIZE
    )


def main() -> None:
    """Rewrite `planted.fa` beside this script."""
    Path(__file__).with_name("planted.fa").write_text(simulate(), encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
