"""What the simulated samples share: drawing letters, and writing them down.

Only `RandomState.random_sample` is drawn from. Its stream is frozen (NEP 19) and no step of it depends on the
machine, so a script rewrites its file byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

__all__ = ["as_fasta", "draw_below", "draw_letters"]

_LINE = 60


def draw_below(draw: np.random.RandomState, bound: int) -> int:
    """Return a whole number from 0 to bound − 1, each as likely as the others."""
    return int(draw.random_sample() * bound)


def draw_letters(draw: np.random.RandomState, length: int, letters: Sequence[str] = "ACGT") -> list[str]:
    """Return letters, each as likely as the others.

    Args:
        draw: Where the numbers come from.
        length: How many letters.
        letters: What to choose from.
    """
    return [letters[draw_below(draw, len(letters))] for _ in range(length)]


def as_fasta(records: Iterable[tuple[str, str]]) -> str:
    """Return records as a FASTA file with lines of 60 letters.

    Args:
        records: Name and description in one, and letters.
    """
    lines: list[str] = []
    for header, letters in records:
        lines.append(f">{header}")
        lines.extend(letters[first : first + _LINE] for first in range(0, len(letters), _LINE))
    return "\n".join(lines) + "\n"
