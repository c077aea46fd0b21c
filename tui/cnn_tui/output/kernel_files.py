"""The kernels of a block as a file: as they are, or as motifs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from cnn_core.blocks.assumptions import assumptions_of, edited_names
from cnn_core.blocks.reading import Reading
from cnn_core.motifs import UNIFORM
from cnn_core.writers.archive import write_arrays
from cnn_core.writers.formats import suffixes_of
from cnn_core.writers.kernels import kernel_arrays, write_kernel_table
from cnn_core.writers.meme import motifs_of_weights, motifs_of_windows, write_meme

from .value_files import INSTEAD
from .whole_file import whole_file

__all__ = ["write_kernels"]


def write_kernels(
    reading: Reading,
    filters: tuple[int, ...] | None,
    path: Path,
    readings: Callable[[], Iterable[Reading]],
    rule: str = "windows",
    background: tuple[float, ...] | None = None,
    *,
    force: bool = False,
) -> str:
    """Write kernels in the format that a file's name says; the file appears whole or not at all.

    Args:
        reading: The block.
        filters: The filters, by number; None is all.
        path: The file.
        readings: Gives the block on all that motifs are made of by the rule `windows`; called more than once.
        rule: How motifs are made of kernels, see `cnn_core.writers.meme`.
        background: How often A, C, G and T stand anywhere, for motifs; None is equally often.
        force: Whether a file that is there is replaced.

    Returns:
        What must be said of filters that no motif can be made of, or nothing.

    Raises:
        CnnError: There is nothing to write, or the file cannot be written.
    """
    filters = tuple(range(reading.run.filters)) if filters is None else filters
    suffix, suffixes = path.suffix.lower(), suffixes_of("kernels")
    if suffix != ".meme":
        with whole_file(path, INSTEAD, force=force, suffixes=suffixes) as file:
            if suffix == ".npz":
                write_arrays(kernel_arrays(reading, filters), file)
            else:
                write_kernel_table(reading, filters, file)
        return ""
    shares = background or UNIFORM
    if rule == "weights":
        motifs = motifs_of_weights(reading, filters, shares)
        # What the weights alone make does not depend on the letters.
        assumed, edits = reading.assumed, reading.model.weight_names
    else:
        motifs = motifs_of_windows(readings, filters)
        assumed, edits = assumptions_of(reading, reading.block.conv), edited_names(reading)
    with whole_file(path, INSTEAD, force=force, suffixes=suffixes) as file:
        write_meme(motifs, file, rule, shares, assumed, edits)
    left_out = len(filters) - len(motifs)
    if rule == "weights" or not left_out:
        return ""
    return (
        f"{left_out} of {len(filters)} filters are all 0 in these sequences and left out; "
        "--motif-rule weights does without sequences"
    )
