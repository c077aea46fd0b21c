"""Defects and errors of the system, said as calmly as what is refused on purpose."""

from __future__ import annotations

import os
from typing import Final

from cnn_core.errors import CnnError

__all__ = ["REFUSALS", "WANTS_TRACEBACK", "defect_sentence", "memory_sentence", "os_sentence", "sentence_of"]

WANTS_TRACEBACK: Final = "CNN_TUI_TRACEBACK"
"""The environment variable with which a developer sees where a defect is."""
REFUSALS: Final = (CnnError, OSError, MemoryError)
"""What is no defect of the program, and is said in one sentence: see `sentence_of`."""


def os_sentence(error: OSError, where: str = "") -> CnnError:
    """Return an error of the operating system as one sentence.

    Args:
        error: What went wrong.
        where: What it is about; nothing is the file that the error names, if it names one.
    """
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    name = error.filename
    if not where and name is not None:
        where = os.fsdecode(name) if isinstance(name, bytes) else str(name)
    # The system's sentences begin with a capital letter; ours go on after a colon.
    return CnnError(reason[:1].lower() + reason[1:], where=where)


def memory_sentence() -> CnnError:
    """Return as one sentence that there is not enough memory."""
    return CnnError("there is not enough memory", remedy="give a shorter --region")


def sentence_of(error: CnnError | OSError | MemoryError) -> CnnError:
    """Return one of the `REFUSALS` as one sentence.

    Args:
        error: What went wrong.
    """
    if isinstance(error, CnnError):
        return error
    return os_sentence(error) if isinstance(error, OSError) else memory_sentence()


def defect_sentence(defect: Exception) -> CnnError:
    """Return a defect of the program as one sentence.

    Args:
        defect: An error that is not one of ours.
    """
    return CnnError(
        f"stopped at a defect of its own ({type(defect).__name__}: {defect})",
        remedy=f"{WANTS_TRACEBACK}=1 shows where; please report it",
    )
