"""Which model is opened where none is named. Imports nothing heavy."""

from __future__ import annotations

from typing import Final

__all__ = ["DEFAULT_LONG_MODEL", "DEFAULT_MODEL", "LONG_RECORD", "default_model", "reason_for"]

DEFAULT_MODEL: Final = "motifs"
"""The model where none is named."""
DEFAULT_LONG_MODEL: Final = "trained"
"""The model where none is named and the record has what it takes to fill that model's input."""
LONG_RECORD: Final = 500
"""Letters from which on a record is read with `DEFAULT_LONG_MODEL`."""


def default_model(letters: int) -> str:
    """Return the model of a record of so many letters where none is named.

    One long enough is read with the trained network, whose filters learned something to look at, and a shorter one
    with the motifs.
    """
    return DEFAULT_LONG_MODEL if letters >= LONG_RECORD else DEFAULT_MODEL


def reason_for(model: str, *, own: bool = False) -> str:
    """Return why a model was opened where none was named; of the one for long records, nothing.

    Args:
        model: Its name.
        own: Whether the user's own file names it.
    """
    if own:
        return "as config.toml says"
    return f"since {DEFAULT_LONG_MODEL} reads {LONG_RECORD} bp" if model == DEFAULT_MODEL else ""
