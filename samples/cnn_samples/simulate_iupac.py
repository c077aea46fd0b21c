"""Simulate `iupac.fa`: random letters with everything that is not a plain A, C, G or T.

Run as `python -m cnn_samples.simulate_iupac` to rewrite the file. Every record's description says what stands
where, first and last base 0-based and inclusive.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from .simulation import as_fasta, draw_below, draw_letters

__all__ = ["RECORD_LENGTH", "main", "simulate"]

RECORD_LENGTH: Final = 500

_SEED: Final = 11
_LOWERCASE: Final = ((24, 71), (150, 211), (430, 499))
_GAPS: Final = ((37, 52), (120, 120), (200, 263), (484, 499))
_AMBIGUOUS: Final = "RYSWKMBDHVN"
_SCATTERED: Final = 30


def simulate() -> str:
    """Return the file, the same on every machine.

    Returns:
        FASTA with 4 records of 500 letters.
    """
    draw = np.random.RandomState(_SEED)
    return as_fasta([_lowercase(draw), _gaps(draw), _ambiguous(draw), _rna(draw)])


def _spans(spans: tuple[tuple[int, int], ...]) -> str:
    return " ".join(f"{first}-{last}" for first, last in spans)


def _lowercase(draw: np.random.RandomState) -> tuple[str, str]:
    letters = draw_letters(draw, RECORD_LENGTH)
    for first, last in _LOWERCASE:
        letters[first : last + 1] = [letter.lower() for letter in letters[first : last + 1]]
    return f"iupac_01 simulated; lowercase {_spans(_LOWERCASE)}", "".join(letters)


def _gaps(draw: np.random.RandomState) -> tuple[str, str]:
    letters = draw_letters(draw, RECORD_LENGTH)
    for first, last in _GAPS:
        letters[first : last + 1] = "N" * (last - first + 1)
    return f"iupac_02 simulated; N {_spans(_GAPS)}", "".join(letters)


def _ambiguous(draw: np.random.RandomState) -> tuple[str, str]:
    letters = draw_letters(draw, RECORD_LENGTH)
    first = 16
    letters[first : first + len(_AMBIGUOUS)] = _AMBIGUOUS
    behind = first + len(_AMBIGUOUS)
    for _ in range(_SCATTERED):
        place = behind + draw_below(draw, RECORD_LENGTH - behind)
        code = draw_letters(draw, 1, _AMBIGUOUS)[0]
        letters[place] = code.lower() if draw_below(draw, 4) == 0 else code
    header = f"iupac_03 simulated; {_AMBIGUOUS} {first}-{behind - 1}, others scattered behind, some in lowercase"
    return header, "".join(letters)


def _rna(draw: np.random.RandomState) -> tuple[str, str]:
    return "iupac_04 simulated; RNA, U for T", "".join(draw_letters(draw, RECORD_LENGTH, "ACGU"))


def main() -> None:
    """Rewrite `iupac.fa` beside this script."""
    Path(__file__).with_name("iupac.fa").write_text(simulate(), encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
