"""The kernels of a block as a file: as they are, or as motifs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from cnn_core.blocks.reading import Reading
from cnn_core.motifs.filter_motif import FEWEST_SITES, FilterMotif
from cnn_core.writers.archive import write_arrays
from cnn_core.writers.kernels import kernel_arrays, write_kernel_table
from cnn_core.writers.motif_files import MotifNotes, write_jaspar, write_meme, write_transfac, written_motifs

from .whole_file import OutputFile

__all__ = ["MOTIF_SUFFIXES", "few_sites_words", "write_kernels", "write_motifs"]

_WRITERS: Final = {".meme": write_meme, ".jaspar": write_jaspar, ".transfac": write_transfac}
MOTIF_SUFFIXES: Final = (*_WRITERS,)
"""The suffixes of files of motifs."""


def write_kernels(reading: Reading, filters: tuple[int, ...] | None, file: OutputFile) -> None:
    """Write kernels as .npz or .tsv; the file appears whole or not at all.

    Args:
        reading: The block.
        filters: The filters, by number; None is all.
        file: The file.

    Raises:
        CnnError: There is nothing to write, or the file cannot be written.
    """
    filters = tuple(range(reading.run.filters)) if filters is None else filters
    with file.open() as written:
        if file.suffix == ".npz":
            write_arrays(kernel_arrays(reading, filters), written)
        else:
            write_kernel_table(reading, filters, written)


def write_motifs(
    motifs: Callable[[], Sequence[FilterMotif]], file: OutputFile, notes: Callable[[], MotifNotes]
) -> tuple[str, ...]:
    """Write motifs in the format that a file's name says; the file appears whole or not at all.

    Args:
        motifs: Gives the motifs; those without enough sites are left out.
        file: The file.
        notes: What is said in comments, asked for behind the motifs.

    Returns:
        What must be said of filters with few sites, one sentence each.

    Raises:
        CnnError: No filter has enough sites, or the file cannot be written.
    """
    with file.open() as written:
        found = motifs()
        said = notes()
        _WRITERS[file.suffix](written_motifs(found, may_be_none=said.like is not None), written, said)
    return (*few_sites_words(found, left_out=True),)


def few_sites_words(motifs: Sequence[FilterMotif], *, left_out: bool) -> Iterator[str]:
    """Yield how many filters have too few sites for a motif, and how many have few.

    Args:
        motifs: The motifs.
        left_out: Whether those with too few are not written.
    """
    told = "few sites look like more information than they hold"
    more = "give more sequences, or --motif-rule weights, which needs none"
    fewest = max([1, *(motif.settings.fewest_sites for motif in motifs)])
    too_few = sum(not motif.is_written for motif in motifs)
    few = sum(motif.is_written and motif.sites is not None and motif.sites < FEWEST_SITES for motif in motifs)
    if too_few:
        counted = "no site" if fewest == 1 else f"fewer than {fewest} sites"
        are_out = " and are left out" if left_out else ""
        yield f"{too_few} of {len(motifs)} filters have {counted} in these sequences{are_out}: {told}; {more}"
    if few:
        yield f"{few} of {len(motifs)} filters have fewer than {FEWEST_SITES} sites in these sequences: {told}; {more}"
