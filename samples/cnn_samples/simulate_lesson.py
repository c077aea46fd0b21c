"""Make `lesson.fa`, the records of the lesson, from `planted.fa` and the 20 bases of the question.

Run as `python -m cnn_samples.simulate_lesson` to rewrite the file.

The first record is sim_01 with three changes: it begins with the 20 bases of the question, ACGT stands ten times in a
row so that pool windows tie, and the CREB1 site of sim_12 stands where it does there, in what the pool leaves over.
The other two are sim_02 as it is, and with base 68 changed from C to G.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from . import simulate_planted
from .simulation import as_fasta

__all__ = ["CHANGED_BASE", "CREB1_SITE", "QUESTION", "REPEAT", "main", "simulate"]

QUESTION: Final = "ATCATTTTCTCGATGAAAGC"
"""The 20 bases of the question, the letters of `seed_20mer.fa`."""
REPEAT: Final = (232, 272)
"""Where ACGT stands ten times, half-open."""
CREB1_SITE: Final = (484, 496)
"""Where the CREB1 site of sim_12 stands, half-open."""
CHANGED_BASE: Final = 68
"""The base that differs between the second record and the third."""


def simulate() -> str:
    """Return the file, the same on every machine.

    Returns:
        FASTA with 3 records of 500 letters.
    """
    planted = _letters_by_name(simulate_planted.simulate())
    repeat = "ACGT" * ((REPEAT[1] - REPEAT[0]) // 4)
    lesson = _put(planted["sim_01"], 0, QUESTION)
    lesson = _put(lesson, REPEAT[0], repeat)
    lesson = _put(lesson, CREB1_SITE[0], planted["sim_12"][slice(*CREB1_SITE)])
    before = planted["sim_02"]
    return as_fasta(
        [
            ("lesson simulated; the 20 bases of the question@0 ACGTx10@232 CREB1@484", lesson),
            ("sim_02_C simulated; sim_02 of planted.fa, C at base 68", before),
            ("sim_02_G simulated; sim_02 of planted.fa, G at base 68", _put(before, CHANGED_BASE, "G")),
        ]
    )


def _letters_by_name(fasta: str) -> dict[str, str]:
    entries = (entry.partition("\n") for entry in fasta.removeprefix(">").split("\n>"))
    return {header.split()[0]: lines.replace("\n", "") for header, _, lines in entries}


def _put(letters: str, base: int, stretch: str) -> str:
    return letters[:base] + stretch + letters[base + len(stretch) :]


def main() -> None:
    """Rewrite the sample."""
    Path(__file__).with_name("lesson.fa").write_text(simulate(), encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
