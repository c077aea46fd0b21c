"""Filters as motifs, as files that other tools read: MEME's minimal format, JASPAR and TRANSFAC.

MEME's has probabilities; the others have counts as they were counted, without the pseudocount, or probabilities where
nothing was counted. Where the kernel is dilated, a motif has the bases between the taps too. How motifs are made, the
files say: see `motifs.matrix_rules`.

Sources: https://meme-suite.org/meme/doc/meme-format.html; https://jaspar.elixir.no/docs/;
https://gene-regulation.com/pub/databases.html (TRANSFAC).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from ..blocks.assumptions import as_comments, edit_comments
from ..errors import ModelError, printable
from ..letters.alphabet import BASES
from ..motifs.filter_motif import FilterMotif

__all__ = ["MotifNotes", "write_jaspar", "write_meme", "write_transfac", "written_motifs"]

_STRANDS: Final = {"+": "+", "-": "+", "both": "+ -"}


@dataclass(frozen=True)
class MotifNotes:
    """What is said beside motifs.

    Attributes:
        assumed: What had to be assumed, one sentence each.
        edits: The names of the edits of the letters and of the weights.
        compared: What they were compared with, and how; empty where they were not.
        influence: What their influence is on, and how it was found; empty where it was not.
        like: A motif made as they were, where there may be none of them, such as in a shard.
    """

    def one_of(self, motifs: Sequence[FilterMotif]) -> FilterMotif:
        """Return a motif that says how all are made."""
        return self.like or motifs[0]

    assumed: Sequence[str] = ()
    edits: Sequence[str] = ()
    compared: str = ""
    influence: str = ""
    like: FilterMotif | None = None

    def lines(self, motifs: Sequence[FilterMotif]) -> Iterator[str]:
        """Yield how motifs were made, what was found of them, and what was edited and assumed, behind #."""
        if motifs or self.like:
            yield f"# {self.one_of(motifs).described}"
        for found in filter(None, (self.compared, self.influence)):
            yield f"# {printable(found)}"
        yield from edit_comments(self.edits)
        yield from as_comments(self.assumed)


def written_motifs(motifs: Iterable[FilterMotif], *, may_be_none: bool = False) -> tuple[FilterMotif, ...]:
    """Return the motifs that have enough sites to be written.

    Args:
        motifs: The motifs.
        may_be_none: Whether none need have.

    Raises:
        ModelError: None has.
    """
    motifs = (*motifs,)
    enough = tuple(motif for motif in motifs if motif.is_written)
    if not enough and not may_be_none:
        most = max((motif.sites or 0 for motif in motifs), default=0)
        fewest = motifs[0].settings.fewest_sites if motifs else 1
        raise ModelError(
            f"no filter has {fewest} sites in these sequences, the most is {most}",
            remedy="give more sequences, a smaller --fewest-sites, or --motif-rule weights, which needs none",
        )
    return enough


def write_meme(motifs: Sequence[FilterMotif], file: BinaryIO, notes: MotifNotes | None = None) -> None:
    """Write motifs in MEME's minimal format, which MEME's tools and this program read.

    Args:
        motifs: The motifs, all of one rule, at least one.
        file: A file that is open for writing bytes.
        notes: What is said in comments.
    """
    notes = notes or MotifNotes()
    settings = notes.one_of(motifs).settings
    lines = ["MEME version 4", "", *notes.lines(motifs), ""]
    lines += [f"ALPHABET= {BASES}", "", f"strands: {_STRANDS[settings.strands]}", ""]
    shares = zip(BASES, settings.background, strict=True)
    lines += ["Background letter frequencies", " ".join(f"{base} {share:.6g}" for base, share in shares)]
    for name, motif in _named(motifs):
        sites = "" if motif.sites is None else f" nsites= {motif.sites}"
        lines += ["", f"MOTIF {name}", f"letter-probability matrix: alength= 4 w= {len(motif.counts)}{sites}"]
        lines += [" ".join(f"{share:.6f}" for share in row) for row in motif.probabilities]
    _write(lines, file)


def write_jaspar(motifs: Sequence[FilterMotif], file: BinaryIO, notes: MotifNotes | None = None) -> None:
    """Write motifs as JASPAR's matrices, which have no room for comments.

    Args:
        motifs: The motifs.
        file: A file that is open for writing bytes.
        notes: Not written.
    """
    lines: list[str] = []
    for name, motif in _named(motifs):
        lines.append(f">filter{motif.filter} {name}")
        lines += [
            f"{base} [ {' '.join(map(_count, row))} ]" for base, row in zip(BASES, motif.counts.T, strict=True)
        ]
    _write(lines, file)


def write_transfac(motifs: Sequence[FilterMotif], file: BinaryIO, notes: MotifNotes | None = None) -> None:
    """Write motifs as TRANSFAC has them.

    Args:
        motifs: The motifs.
        file: A file that is open for writing bytes.
        notes: What is said in comments.
    """
    said = [line.removeprefix("# ") for line in (notes or MotifNotes()).lines(motifs)]
    lines: list[str] = []
    for name, motif in _named(motifs):
        lines += [f"AC  filter{motif.filter}", "XX", f"ID  {name}", "XX", f"P0  {'  '.join(BASES)}"]
        for place, (row, letter) in enumerate(zip(motif.counts, motif.consensus, strict=True), 1):
            lines.append(f"{place:02d}  {'  '.join(map(_count, row))}  {letter}")
        lines += ["XX", *(f"CC  {each}" for each in said), "XX", "//"]
    _write(lines, file)


def _count(count: float) -> str:
    return f"{count:.0f}" if count == round(count) else f"{count:.6f}"


def _write(lines: Sequence[str], file: BinaryIO) -> None:
    file.write(("\n".join(lines) + "\n").encode())


def _named(motifs: Sequence[FilterMotif]) -> Iterator[tuple[str, FilterMotif]]:
    """Yield motifs under names without duplicates: the second TBP is TBP_2."""
    seen: dict[str, int] = {}
    for motif in motifs:
        seen[motif.name] = seen.get(motif.name, 0) + 1
        yield motif.name if seen[motif.name] == 1 else f"{motif.name}_{seen[motif.name]}", motif
