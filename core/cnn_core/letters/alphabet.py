"""Letters ↔ codes ↔ one-hot rows, complements, and what an ambiguous letter means.

A *code* is one byte: its low four bits are the set of bases that the IUPAC letter stands for (A = 1, C = 2,
G = 4, T = 8, so R = A or G = 5 and N = 15; 0 is padding, no base at all), and the fifth bit marks a
soft-masked (lowercase) letter. Complementing is then mirroring four bits, and matching a pattern is an AND.

Source of the letters: NC-IUB, Nomenclature for incompletely specified bases in nucleic acid sequences (1984).
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, SequenceError

__all__ = [
    "ACCEPTING",
    "BASES",
    "BASE_CODES",
    "BASE_SET",
    "LETTERS_ARE",
    "PADDING",
    "SOFT_MASK",
    "ZERO_CHANNEL",
    "Ambiguity",
    "check_ambiguity",
    "check_channels",
    "complement",
    "decode",
    "encode",
    "first_ambiguous",
    "illegal_letter",
    "is_ambiguous",
    "one_hot",
    "one_hot_table",
    "reverse_complement",
]

BASES: Final = "ACGT"
PADDING: Final = 0
"""The code of no base at all, such as the zeros to the right of a record shorter than the model's input."""
BASE_SET: Final = 0x0F
"""The bits of a code that say which bases a letter stands for: bit 0 is A, bit 1 C, bit 2 G, bit 3 T."""
BASE_CODES: Final = np.array([1 << bit for bit in range(len(BASES))], dtype=np.uint8)
"""The codes of A, C, G and T."""
SOFT_MASK: Final = 0x10
"""The bit of a lowercase letter."""
LETTERS_ARE: Final = "the letters are A C G T U and the IUPAC letters R Y S W K M B D H V N"
"""What to write instead of a byte that is not a letter."""
ACCEPTING: Final = "choose the policy zero or uniform to accept ambiguous letters"
"""What to do where the policy `error` refuses a letter."""
ZERO_CHANNEL: Final = "-"
"""The mark of a channel that no letter sets, in a channel order."""

# Indexed by the set of bases.
_LETTERS: Final = "·ACMGRSVTWYHKDBN"
_ILLEGAL: Final = 0xFF


class Ambiguity(StrEnum):
    """What an IUPAC letter other than A, C, G, T (U) becomes as one-hot."""

    ZERO = "zero"
    """An all-zero row: the letter adds nothing to any response."""
    UNIFORM = "uniform"
    """One shared equally among the bases it stands for."""
    ERROR = "error"
    """Refused, with its position."""


def _encoding() -> NDArray[np.uint8]:
    table = np.full(256, _ILLEGAL, dtype=np.uint8)
    for base_set, letter in enumerate(_LETTERS):
        if base_set != PADDING:
            table[ord(letter)] = base_set
            table[ord(letter.lower())] = base_set | SOFT_MASK
    table[ord("U")], table[ord("u")] = table[ord("T")], table[ord("t")]
    return table


def _complementing() -> NDArray[np.uint8]:
    codes = np.arange(32, dtype=np.uint8)
    mirrored = sum(((codes >> bit) & 1) << (3 - bit) for bit in range(4))
    return (mirrored | (codes & SOFT_MASK)).astype(np.uint8)


_ENCODING: Final = _encoding()
_COMPLEMENT: Final = _complementing()
# A table of bytes: decoding a chromosome letter by letter would take seconds.
_DECODING: Final = (_LETTERS + _LETTERS.lower()).encode("latin-1").ljust(256, b"?")
_CARDINALITY: Final = np.array([code.bit_count() for code in range(16)], dtype=np.uint8)


def illegal_letter(letters: bytes | NDArray[np.uint8]) -> int | None:
    """Return the index of the first byte that is not a nucleotide letter, or None.

    Args:
        letters: Bytes as they stand in a file, without line ends.
    """
    found = np.flatnonzero(_ENCODING[np.frombuffer(letters, dtype=np.uint8)] == _ILLEGAL)
    return int(found[0]) if found.size else None


def encode(letters: str | bytes) -> NDArray[np.uint8]:
    """Encode letters as codes.

    Args:
        letters: `ACGTU` and the other IUPAC letters, in either case; U is T.

    Returns:
        Codes, shape (length,).

    Raises:
        SequenceError: A letter is not one of these; the message names it and its 0-based position.
    """
    # A letter outside Latin-1 is as illegal as a question mark, and keeps its place as one byte.
    raw = letters if isinstance(letters, bytes) else letters.encode("latin-1", "replace")
    codes = _ENCODING[np.frombuffer(raw, dtype=np.uint8)]
    wrong = illegal_letter(raw) if (codes == _ILLEGAL).any() else None
    if wrong is not None:
        letter = f"byte 0x{raw[wrong]:02x}" if isinstance(letters, bytes) else f"'{letters[wrong]}'"
        raise SequenceError(
            f"{letter} at position {wrong} is not a nucleotide letter",
            remedy=LETTERS_ARE,
        )
    return codes


def decode(codes: NDArray[np.uint8]) -> str:
    """Return the letters of codes; padding is `·`, soft-masked letters are lowercase.

    Args:
        codes: Codes, shape (length,).
    """
    return codes.tobytes().translate(_DECODING).decode("latin-1")


def complement(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the codes of the complementary letters, in the same order."""
    return _COMPLEMENT[codes]


def reverse_complement(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the codes of the other strand, read in its own direction."""
    return _COMPLEMENT[codes[::-1]]


def is_ambiguous(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which codes stand for more than one base (padding stands for none)."""
    ambiguous: NDArray[np.bool_] = _CARDINALITY[codes & BASE_SET] > 1
    return ambiguous


def check_channels(channels: str) -> str:
    """Return a model's channel order, such as ACGT, ATGC or ACGTN, if it is one.

    Args:
        channels: One letter a channel: each of A, C, G, T once, N at most once, and `-` for every channel that no
            letter sets, such as a score beside the letters: it is zero.

    Raises:
        ModelError: It is not such an order.
    """
    letters = channels.replace(ZERO_CHANNEL, "")
    if len(set(letters)) != len(letters) or set(letters) not in ({*BASES}, {*BASES, "N"}):
        raise ModelError(
            f"channel order {channels!r} is not one of A, C, G and T",
            remedy="give each base once, such as ACGT, ATGC or ACGTN, and - for a channel that is zero",
        )
    return channels


def check_ambiguity(codes: NDArray[np.uint8], channels: str, ambiguity: Ambiguity | str, first: int = 0) -> None:
    """Refuse ambiguous letters where the policy is `error`.

    Args:
        codes: Codes, shape (length,).
        channels: The model's channel order; with a channel N, the letter N is not ambiguous.
        ambiguity: The policy.
        first: The position of the first code, for the message.

    Raises:
        SequenceError: A letter is ambiguous; the message names it and its 0-based position.
    """
    found = first_ambiguous(codes, channels) if ambiguity == Ambiguity.ERROR else None
    if found is not None:
        letter = decode(codes[found : found + 1])
        raise SequenceError(f"'{letter}' at position {first + found} is ambiguous", remedy=ACCEPTING)


def first_ambiguous(codes: NDArray[np.uint8], channels: str) -> int | None:
    """Return the index of the first letter that the policy `error` refuses, or None.

    Args:
        codes: Codes, shape (length,).
        channels: The model's channel order; with a channel N, the letter N is not ambiguous.
    """
    refused = is_ambiguous(codes)
    if "N" in channels:
        refused &= (codes & BASE_SET) != BASE_SET
    return int(refused.argmax()) if refused.any() else None


def one_hot_table(channels: str = BASES, ambiguity: Ambiguity | str = Ambiguity.ZERO) -> NDArray[np.float32]:
    """Return the one-hot row of every set of bases.

    A channel N, where the model has one, is set by the letter N alone; the policy rules the other ambiguous
    letters. Their rows are zero under `error`, which refuses them beforehand: see `check_ambiguity`.

    Args:
        channels: The model's channel order, see `check_channels`.
        ambiguity: What an ambiguous letter becomes.

    Returns:
        Rows by set of bases, shape (16, channels); row 0, padding, is zero.
    """
    table = np.zeros((16, len(check_channels(channels))), dtype=np.float32)
    for base_set in range(1, 16):
        members = [channels.index(base) for bit, base in enumerate(BASES) if base_set >> bit & 1]
        if len(members) == 1:
            table[base_set, members] = 1.0
        elif base_set == BASE_SET and "N" in channels:
            table[base_set, channels.index("N")] = 1.0
        elif ambiguity == Ambiguity.UNIFORM:
            table[base_set, members] = 1.0 / len(members)
    return table


@lru_cache
def _known_table(channels: str, ambiguity: Ambiguity) -> NDArray[np.float32]:
    return one_hot_table(channels, ambiguity)


def one_hot(
    codes: NDArray[np.uint8], channels: str = BASES, ambiguity: Ambiguity | str = Ambiguity.ZERO
) -> NDArray[np.float32]:
    """Return codes as one-hot rows.

    Args:
        codes: Codes, shape (length,).
        channels: The model's channel order, see `check_channels`.
        ambiguity: What an ambiguous letter becomes.

    Returns:
        Rows, shape (length, channels).

    Raises:
        SequenceError: The policy is `error` and a letter is ambiguous; the message names its position.
    """
    check_ambiguity(codes, channels, ambiguity)
    rows: NDArray[np.float32] = _known_table(channels, Ambiguity(ambiguity))[codes & BASE_SET]
    return rows
