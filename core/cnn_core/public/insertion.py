"""The letters of a motif that is put into sequences, for `OpenedModel.insert`."""

from __future__ import annotations

from ..errors import SettingError
from ..motifs import FilterMotif, InsertedLetters, Motif

__all__ = ["inserted_letters"]


def inserted_letters(motif: str | Motif | FilterMotif, *, draw: bool) -> InsertedLetters:
    """Return the letters of a motif, see `OpenedModel.insert`."""
    if isinstance(motif, str):
        if draw:
            raise SettingError("letters are drawn from a matrix, and the motif is letters", remedy="leave out draw")
        return InsertedLetters.of_text(motif)
    if isinstance(motif, Motif | FilterMotif):
        return InsertedLetters.of_shares(motif.name, motif.probabilities, drawn=draw)
    raise SettingError(f"{type(motif).__name__} is not a motif", remedy="give letters, a Motif or a FilterMotif")
