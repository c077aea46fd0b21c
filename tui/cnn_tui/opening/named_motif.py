"""One motif by what is typed for it: letters, a known matrix, or a matrix of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnn_core import motifs, readers
from cnn_core.errors import NotFoundError, SettingError, did_you_mean, shorten
from cnn_core.letters.alphabet import illegal_letter

from .motif_sets import KNOWN_SET
from .suggestions import no_such_file

if TYPE_CHECKING:
    from cnn_core.motifs import InsertedLetters, Motif

__all__ = ["open_motif"]

_WAYS: Final = (
    "write IUPAC letters such as GATAAG, filter:17, an identifier of JASPAR such as MA0035.5, or FILE:NAME"
)
_LISTED: Final = 5


def open_motif(text: str, motif_rows: str | None = None, *, drawn: bool = False) -> InsertedLetters:
    """Return the letters of a motif that is no filter.

    Args:
        text: IUPAC letters; an identifier of JASPAR; `jaspar:NAME`; a file of motifs that holds one; or `FILE:NAME`,
            the motif's identifier or name in it.
        motif_rows: See `readers.open_motif_file`.
        drawn: Whether letters are drawn from the matrix's shares.

    Raises:
        CnnError: There is no such motif, it is no matrix and letters are to be drawn, or it has no letter but N.
    """
    found = _matrix(text, motif_rows)
    if found is None:
        if drawn:
            raise SettingError(
                f"letters are drawn from a matrix, and '{shorten(text)}' is letters", remedy="leave out --draw"
            )
        return motifs.InsertedLetters.of_text(text)
    called = found.matrix_id if found.name == found.matrix_id else f"{found.matrix_id} {found.name}"
    return motifs.InsertedLetters.of_shares(called, found.probabilities, drawn=drawn)


def _matrix(text: str, motif_rows: str | None) -> Motif | None:
    """Return the matrix that is meant, or None of letters."""
    if _is_file(text):
        held = readers.open_motif_file(text, motif_rows).motifs
        if len(held) > 1:
            raise SettingError(
                f"holds {len(held):,} motifs", where=text, remedy=f"name one, such as {text}:{held[0].matrix_id}"
            )
        return held[0]
    source, colon, name = text.rpartition(":")
    if source == KNOWN_SET:
        return _of_name(name, motifs.known_motifs(), motifs.KNOWN_MOTIFS)
    if colon:
        if not _is_file(source):
            raise no_such_file(source, _WAYS, of=" of motifs")
        return _of_name(name, readers.open_motif_file(source, motif_rows).motifs, source)
    known = [each for each in motifs.known_motifs() if text in (each.matrix_id, each.matrix_id.split(".")[0])]
    if known:
        return known[0]
    is_name = any(each.name.upper() == text.upper() for each in motifs.known_motifs())
    if illegal_letter(text.encode()) is None and not is_name:
        return None
    if illegal_letter(text.encode()) is None:
        raise SettingError(
            f"'{text}' is letters, and a motif is called so",
            remedy=f"write {KNOWN_SET}:{text} for the motif, or {text}N for the letters: N leaves what is there",
        )
    remedy = f"did you mean {KNOWN_SET}:{text}?" if is_name else _WAYS
    raise NotFoundError(f"there is no motif '{shorten(text)}'", remedy=remedy)


def _is_file(text: str) -> bool:
    """Tell whether a text names a file; one of many letters may be longer than any name."""
    try:
        return Path(text).is_file()
    except OSError:
        return False


def _of_name(name: str, held: Sequence[Motif], where: str) -> Motif:
    """Return the one of an identifier or, where no other has it, a name."""
    found = [each for each in held if each.matrix_id == name] or [each for each in held if each.name == name]
    if not found:
        names = [each for motif in held for each in (motif.matrix_id, motif.name)]
        remedy = did_you_mean(name, names, f"its first is {held[0].matrix_id}")
        raise NotFoundError(f"there is no motif '{shorten(name)}'", where=where, remedy=remedy)
    if len(found) > 1:
        ids = ", ".join(each.matrix_id for each in found[:_LISTED])
        raise SettingError(
            f"{len(found)} motifs are called {shorten(name)}",
            where=where,
            remedy=f"name one by its identifier: {ids}",
        )
    return found[0]
