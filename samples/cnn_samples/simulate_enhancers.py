"""Simulate the labelled sequences that the trained model learned from; `train_seed` reads them.

An "enhancer" is a background of 500 letters with one to four binding sites at random places, each drawn from the
matrix of one of `FACTORS` and turned to either strand. Its **twin** is the other class: the same letters, except
that each site with the 8 letters at either side is shuffled so that every pair of neighbours occurs as often as
before. Twins hold the same letters and the same pairs to the last count: GC content or CpG cannot tell the classes
apart, only what is spelled with three letters or more.

The background is a first-order Markov chain whose GC share differs from record to record, with CpG at a quarter
of what the share alone would give, as a rough likeness of vertebrate DNA. A shuffled stretch of such a chain is as
likely as the stretch itself. Chance sites in the background are left as they are, in both classes, and a site is
drawn from its counts as they are, strong or weak: no model can tell all records apart.

Every record draws from a stream of its own, seeded by its split and its number.

Source of the shuffle: S. F. Altschul and B. W. Erickson, Molecular Biology and Evolution 2:526-538 (1985).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.motifs import Motif
from cnn_core.presets import motifs

from .simulation import draw_below

__all__ = [
    "FACTORS",
    "FLANK",
    "GC_SHARES",
    "LAST_BASE",
    "RECORD_LENGTH",
    "SITES",
    "SPLITS",
    "Pair",
    "Site",
    "as_codes",
    "planted",
    "simulate",
    "transitions",
]

RECORD_LENGTH: Final = 500
FACTORS: Final = ("GATA1", "CTCF", "FOS::JUN", "CREB1", "NFYA")
"""The factors whose sites are planted, by the names of the preset model `motifs`."""
SITES: Final = (1, 4)
"""The fewest and the most sites of a record, each number in between as likely."""
FLANK: Final = 8
"""Letters at either side of a site that are shuffled with it in the twin."""
LAST_BASE: Final = 494
"""The last base that a pool window of the network reads: sites and their flanks end here."""
GC_SHARES: Final = (0.40, 0.60)
"""The lowest and the highest share of G and C before CpG is thinned, every share in between as likely."""
SPLITS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"train": (1, 8_000), "validation": (2, 1_000), "test": (3, 4_000)}
)
"""The seed of each split, and how many pairs it holds."""

_SEED: Final = 500_16_320
_CPG: Final = 0.25
_LETTERS: Final = "ACGT"


@dataclass(frozen=True, slots=True)
class Site:
    """A planted site: its factor, its first base on the record's own strand, its width and its strand."""

    factor: str
    first_base: int
    width: int
    strand: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An enhancer and its twin.

    Attributes:
        enhancer: 500 letters with sites.
        twin: The same with the sites and their flanks shuffled.
        sites: What is planted in the enhancer, in no order.
    """

    enhancer: str
    twin: str
    sites: tuple[Site, ...]


def simulate(split: str, count: int | None = None) -> list[Pair]:
    """Return the pairs of a split, the same on every machine.

    Args:
        split: One of `SPLITS`.
        count: How many, from the first; None for all.
    """
    seed, pairs = SPLITS[split]
    matrices = planted()
    return [
        _pair(np.random.RandomState([_SEED, seed, number]), matrices)
        for number in range(pairs if count is None else count)
    ]


def planted() -> dict[str, Motif]:
    """Return the matrices that sites are drawn from, by factor, in the order of `FACTORS`."""
    by_name = {motif.name.upper(): motif for motif in motifs.matrices()}
    return {factor: by_name[factor] for factor in FACTORS}


def as_codes(records: list[str]) -> NDArray[np.uint8]:
    """Return records as channel numbers.

    Args:
        records: Letters A, C, G and T, all records of one length.

    Returns:
        0 to 3 for A, C, G, T; shape (records, length).
    """
    raw = np.frombuffer("".join(records).encode("ascii"), dtype=np.uint8).reshape(len(records), -1)
    return np.searchsorted(np.frombuffer(_LETTERS.encode("ascii"), dtype=np.uint8), raw).astype(np.uint8)


def transitions(gc_share: float) -> NDArray[np.float64]:
    """Return the chance of each letter behind each letter.

    Args:
        gc_share: The share of G and C before CpG is thinned.

    Returns:
        Rows that sum to one, shape (4, 4): the letter before, the letter behind.
    """
    half, rest = gc_share / 2.0, (1.0 - gc_share) / 2.0
    chances = np.array([[rest, half, half, rest]] * 4)
    chances[1, 2] *= _CPG
    shares: NDArray[np.float64] = chances / chances.sum(axis=1, keepdims=True)
    return shares


def _pair(draw: np.random.RandomState, matrices: dict[str, Motif]) -> Pair:
    letters = _background(draw)
    fewest, most = SITES
    sites: list[Site] = []
    for _ in range(fewest + draw_below(draw, most - fewest + 1)):
        factor = FACTORS[draw_below(draw, len(FACTORS))]
        strand = "+-"[draw_below(draw, 2)]
        drawn = [_drawn(draw, counts) for counts in matrices[factor].counts.astype(np.int64).tolist()]
        first_base = _free_place(draw, len(drawn), sites)
        letters[first_base : first_base + len(drawn)] = (
            drawn if strand == "+" else [3 - letter for letter in reversed(drawn)]
        )
        sites.append(Site(factor, first_base, len(drawn), strand))
    twin = [*letters]
    for site in sites:
        stretch = slice(site.first_base - FLANK, site.first_base + site.width + FLANK)
        twin[stretch] = _shuffled(draw, letters[stretch])
    return Pair(_spelled(letters), _spelled(twin), tuple(sites))


def _spelled(letters: list[int]) -> str:
    return "".join(_LETTERS[letter] for letter in letters)


def _background(draw: np.random.RandomState) -> list[int]:
    """Return 500 letters as channel numbers; the first is drawn as if it stood behind an A."""
    lowest, highest = GC_SHARES
    steps = np.cumsum(transitions(lowest + (highest - lowest) * draw.random_sample()), axis=1).tolist()
    letters, before = [], 0
    for chance in draw.random_sample(RECORD_LENGTH).tolist():
        first, second, third, _ = steps[before]
        before = (chance >= first) + (chance >= second) + (chance >= third)
        letters.append(before)
    return letters


def _drawn(draw: np.random.RandomState, counts: list[int]) -> int:
    """Return a letter drawn from one column's counts."""
    place = draw_below(draw, sum(counts))
    return sum(place >= below for below in accumulate(counts))


def _free_place(draw: np.random.RandomState, width: int, sites: list[Site]) -> int:
    """Return a first base such that the site and its flanks lie before the tail and clear of the others'."""
    while True:
        first_base = FLANK + draw_below(draw, LAST_BASE + 2 - width - 2 * FLANK)
        if all(
            first_base + width + FLANK <= site.first_base - FLANK
            or site.first_base + site.width + FLANK <= first_base - FLANK
            for site in sites
        ):
            return first_base


def _shuffled(draw: np.random.RandomState, letters: list[int]) -> list[int]:
    """Return letters in another order, every pair of neighbours as often as before.

    The letters are a walk along arrows, one a pair; the shuffle is another walk along the same arrows. The last
    arrow out of each letter is drawn until all of them lead to the last letter; the arrows before it are permuted.
    Every such walk is equally likely.
    """
    behind: dict[int, list[int]] = {letter: [] for letter in letters}
    for letter, following in pairwise(letters):
        behind[letter].append(following)
    while True:
        last = {
            letter: arrows[draw_below(draw, len(arrows))]
            for letter, arrows in behind.items()
            if letter != letters[-1]
        }
        if all(_leads(letter, letters[-1], last) for letter in last):
            break
    for letter, arrows in behind.items():
        if letter in last:
            arrows.remove(last[letter])
        for index in range(len(arrows) - 1, 0, -1):
            other = draw_below(draw, index + 1)
            arrows[index], arrows[other] = arrows[other], arrows[index]
        if letter in last:
            arrows.append(last[letter])
    walk, ahead = [letters[0]], {letter: iter(arrows) for letter, arrows in behind.items()}
    for _ in letters[1:]:
        walk.append(next(ahead[walk[-1]]))
    return walk


def _leads(letter: int, target: int, last: dict[int, int]) -> bool:
    for _ in last:
        if letter == target:
            return True
        letter = last[letter]
    return letter == target
