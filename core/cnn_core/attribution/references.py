"""Reference sequences: shuffles that keep how often every pair of neighbouring letters occurs.

Source: Altschul and Erickson 1985, as tangermeme 1.6 draws them (`dinucleotide_shuffle`): for equal seeds the letters
are the same.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SequenceError, SettingError
from ..letters.alphabet import BASE_SET, BASES, decode
from ..letters.sequence_files import Sequences

__all__ = ["MOST_REFERENCES", "bases_of", "dinucleotide_shuffle", "dinucleotide_shuffles", "records_as_references"]

MOST_REFERENCES: Final = 10_000
"""References at the most: each takes a run of the network and one back."""

_BASE_OF: Final = np.full(BASE_SET + 1, -1, dtype=np.int8)
_BASE_OF[[1 << bit for bit in range(len(BASES))]] = range(len(BASES))
_LARGEST_SEED: Final = 2**31 - 1


def bases_of(codes: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Return the number of every base, A 0 to T 3, shape (length,).

    Raises:
        SequenceError: A letter is no base; the message names the first, and its position from 1.
    """
    bases: NDArray[np.int8] = _BASE_OF[codes & BASE_SET]
    if (bases < 0).any():
        first = int(np.argmax(bases < 0))
        raise SequenceError(
            f"'{decode(codes[first : first + 1])}' at position {first + 1:,} of the input is not A, C, G or T",
            remedy="contributions from references need a sequence of bases alone",
        )
    return bases


def dinucleotide_shuffles(codes: NDArray[np.uint8], count: int = 20, seed: int = 0) -> NDArray[np.uint8]:
    """Return shuffles of a sequence, the n-th of the seed `seed + n`, as tangermeme's `deep_lift_shap` draws them.

    Args:
        codes: The letters, shape (length,), see `alphabet`.
        count: How many shuffles.
        seed: The seed of the first.

    Returns:
        Codes, shape (count, length).

    Raises:
        SettingError: There are none or too many, or a seed is below 0 or above 2³¹ − 10,001.
        SequenceError: A letter is no base, or all shuffles are alike.
    """
    if not 1 <= count <= MOST_REFERENCES or seed < 0 or seed > _LARGEST_SEED - MOST_REFERENCES:
        raise SettingError(
            f"{count} shuffles from the seed {seed} on cannot be drawn",
            remedy=f"there are 1 to {MOST_REFERENCES:,}, and a seed is 0 to {_LARGEST_SEED - MOST_REFERENCES:,}",
        )
    shuffles = np.stack([dinucleotide_shuffle(codes, seed + number) for number in range(count)])
    alike = shuffles[1:] if count > 1 else (codes & BASE_SET)[None]
    if (alike == shuffles[0]).all():
        raise SequenceError(
            "all shuffles that keep its pairs of letters are alike",
            remedy="give other references, or a longer sequence",
        )
    return shuffles


def records_as_references(sequences: Sequences, length: int) -> NDArray[np.uint8]:
    """Return all records of a file as references.

    Args:
        sequences: The records.
        length: How many letters the network's input has.

    Returns:
        Codes, shape (records, length).

    Raises:
        SequenceError: A record is of another length, or there are too many.
    """
    if len(sequences) > MOST_REFERENCES:
        raise SequenceError(
            f"holds {len(sequences):,} records",
            where=sequences.source,
            remedy=f"{MOST_REFERENCES:,} references are the most",
        )
    for name, letters in zip(sequences.names, sequences.lengths, strict=True):
        if letters != length:
            raise SequenceError(
                f"has {letters:,} letters",
                where=f"{sequences.source}, record {name}",
                remedy=f"a reference has as many as the input, {length:,}",
            )
    return np.stack([record.codes(0, length) for record in sequences])


def dinucleotide_shuffle(codes: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Return one shuffle that has every pair of neighbouring letters as often as the sequence.

    The first and the last letter stay. From each letter the sequence goes on to those that followed it, in another
    order, the last of them last, so that none is left behind.

    Args:
        codes: The letters, shape (length,), see `alphabet`.
        seed: The seed of the order.

    Returns:
        Codes, shape (length,).

    Raises:
        SequenceError: A letter is no base.
    """
    bases = bases_of(codes)
    random = np.random.RandomState(seed)
    following = []
    for base in range(len(BASES)):
        next_places = np.flatnonzero(bases[:-1] == base) + 1
        order = np.arange(len(next_places))
        if len(order):
            order[:-1] = random.permutation(len(order) - 1)
        following.append(iter(next_places[order].tolist()))
    place, places = 0, [0] * min(1, len(bases))
    for _ in range(len(bases) - 1):
        place = next(following[bases[place]])
        places.append(place)
    shuffled: NDArray[np.uint8] = (codes[places] & BASE_SET).astype(np.uint8)
    return shuffled
