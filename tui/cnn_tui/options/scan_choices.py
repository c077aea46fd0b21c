"""What is chosen of scans, and kept in view files: how outputs are scanned, and from what filters are made motifs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MotifChoice", "OutputChoice"]


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """How the output is scanned along the record, where it is.

    Attributes:
        step: Bases from one input window to the next, 1 or more.
        output: Which value of the network's output is drawn.
    """

    step: int
    output: int = 0


@dataclass(frozen=True, slots=True)
class MotifChoice:
    """From what filters are made motifs, and how; kept where it is not what is usual for the model.

    Attributes:
        rule: The rule, by name.
        all_records: Whether all records are read, rather than the one on screen.
        both_strands: Whether both strands are read, rather than the one on screen.
    """

    rule: str = "windows"
    all_records: bool = False
    both_strands: bool = False
