"""Reads a motif file of any layout, recognised by its content, where motifs are wanted and not a model of them."""

from __future__ import annotations

from ...errors import ModelError
from ..head import Head
from .matrices import FORMAT as MATRICES
from .matrices import read_matrices
from .meme import is_meme, read_meme
from .motif_file import MotifFile
from .transfac import is_transfac, read_transfac
from .uniprobe import is_uniprobe, read_uniprobe

__all__ = ["read_motifs"]


def read_motifs(data: bytes, source: str, motif_rows: str | None = None) -> MotifFile:
    """Read the motifs of a file.

    Args:
        data: The file's bytes.
        source: The file's name.
        motif_rows: What the rows of matrices are that could be read either way, `position` or `letter`.

    Raises:
        ModelError: It is no motif file, or not a valid one.
        NotFoundError: There is no such kind of rows.
    """
    head = Head(data)
    for matches, read in ((is_meme, read_meme), (is_transfac, read_transfac), (is_uniprobe, read_uniprobe)):
        if matches(head):
            return read(data, source)
    if MATRICES.matches(head, source):
        return read_matrices(data, source, motif_rows)
    raise ModelError(
        "this is not a motif file",
        where=source,
        remedy="those of MEME, JASPAR, TRANSFAC, HOMER, CIS-BP, UniPROBE, ENCODE and gimmemotifs can be read",
    )
