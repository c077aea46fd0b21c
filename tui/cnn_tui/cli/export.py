"""`cnn-tui export`: values of a block along a record, its kernels, or every layer for one input window, as a file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.block_absence import no_block
from cnn_core.blocks.offered_blocks import is_on_letters
from cnn_core.blocks.reading import Reading
from cnn_core.errors import TooShortError
from cnn_core.layers import GlobalMaxPooling1D, MaxPooling1D
from cnn_core.letters.sequences import Sequences
from cnn_core.network.model import Model
from cnn_core.readers.report import ModelFile
from cnn_core.writers.all_records import RecordsValues
from cnn_core.writers.archive import write_arrays
from cnn_core.writers.comments import ASSUMPTIONS, assumption_array
from cnn_core.writers.formats import Contents, suffixes_of
from cnn_core.writers.kernels import kernel_arrays, write_kernel_table
from cnn_core.writers.meme import motifs_of_weights, motifs_of_windows, write_meme
from cnn_core.writers.values import BlockValues

from ..opening import (
    cut_region,
    open_block_reading,
    open_model,
    open_reading,
    open_source,
    unsupported_words,
    with_model,
)
from ..opening.initial_place import first_filter
from ..options.arguments import request_of
from ..options.request import OpenRequest
from ..output.value_files import INSTEAD, write_values
from ..output.whole_file import check_output, whole_file
from .progress import progress_bars
from .streams import write_warnings
from .whole_network import whole_network

__all__ = ["arrays", "main", "run", "write_npz"]

_SELECTION: Final = "selection/"
_LETTERS: Final = "one_hot"


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    check_output(Path(typed.output), INSTEAD, force=typed.force, suffixes=typed.suffixes)
    run(
        request_of(typed),
        typed.output,
        typed.what,
        motif_rule=typed.motif_rule,
        background=typed.background,
        force=typed.force,
        all_records=typed.all_records,
    )
    return 0


def run(
    request: OpenRequest,
    output: str,
    what: Contents = "layers",
    *,
    motif_rule: str = "windows",
    background: tuple[float, ...] | None = None,
    force: bool = False,
    all_records: bool = False,
) -> None:
    """Write what is asked for.

    Args:
        request: What to read; its filter is the one that is written, None is all.
        output: The file to write; its suffix is its format. `{filter}` in it stands for the filter's name, and
            makes one file a filter.
        what: What is written.
        motif_rule: How motifs are made of kernels, see `cnn_core.writers.meme`.
        background: How often A, C, G and T stand anywhere, for motifs; None is equally often.
        force: Whether a file that is there is replaced.
        all_records: Whether values are written along every record, and not along one.

    Raises:
        CnnError: Something in the request is not there or cannot be read, what is asked for and the format do not
            go together, or the file cannot be written.
    """
    path = Path(output)
    check_output(path, INSTEAD, force=force, suffixes=suffixes_of(what))
    with open_source(request.sequences, stdin=request.stdin) as sequences:
        request = with_model(request, sequences)
        opened = open_model(request.model, request.model_options)
        said = [*unsupported_words(opened), *filter(None, [cut_region(request, sequences)])]
        if what == "layers":
            whole = open_reading(request, sequences, opened)
            named = arrays(whole)
            said += assumptions_of(whole)
            said += (
                f"a layer is called {name}: what is usually written so is called {ours}"
                for name, ours in own_names(opened.model).items()
                if ours != name and ours in named
            )
            with whole_file(path, INSTEAD, force=force) as file:
                write_arrays(named, file)
        else:
            _check_blocks(opened.model)
            if all_records:
                longest = sequences[int(sequences.lengths.argmax())]
                request = replace(request, record=longest.name)
            reading = _along_the_record(request, sequences, opened)
            said += assumptions_of(reading, reading.block.conv)
            filters = None if request.filter is None else (first_filter(request, reading),)
            if what == "kernels":
                _write_kernels(
                    reading,
                    filters,
                    path,
                    request,
                    sequences,
                    opened,
                    motif_rule,
                    background,
                    force=force,
                    said=said,
                )
            elif all_records:
                with progress_bars() as bars, _told_of_what_is_whole() as written:
                    records = RecordsValues.of(sequences, BlockValues.of(reading, what, filters))
                    progress = bars.begin("writing", "b")
                    write_values(records, path, force=force, progress=progress, whole=written.append)
                said += _of_all_records(records)
                said += _longer_than_the_input(opened.model, reading)
            else:
                with _told_of_what_is_whole() as written:
                    write_values(BlockValues.of(reading, what, filters), path, force=force, whole=written.append)
                said += _one_of_several(request, sequences, reading)
                said += _longer_than_the_input(opened.model, reading)
    write_warnings(said)


@contextmanager
def _told_of_what_is_whole() -> Iterator[list[Path]]:
    """Say which of several files are whole, where the others could not be written or were not waited for."""
    whole: list[Path] = []
    try:
        yield whole
    except BaseException:
        if whole:
            last = f" to {whole[-1]}" if len(whole) > 1 else ""
            counted = f"{len(whole)} file{'s are' if len(whole) > 1 else ' is'} whole"
            write_warnings([f"{counted}, {whole[0]}{last}; the others are not written"])
        raise


def _check_blocks(model: Model) -> None:
    if not model.blocks:
        raise no_block(model, "export its layers, with --what layers -o FILE.npz")


def _along_the_record(request: OpenRequest, sequences: Sequences, opened: ModelFile) -> Reading:
    """Return the block on all of the stretch that is asked for, however long the model's own input is.

    Numbers beside the letters have the length of the model's input: only a block that reads them is given them.
    """
    opened = replace(opened, model=opened.model.of_any_length())
    found = open_block_reading(replace(request, inputs=()), sequences, opened)
    if not request.inputs or is_on_letters(found.model, found.block):
        return found
    return open_block_reading(request, sequences, opened)


def _of_all_records(records: RecordsValues) -> Iterator[str]:
    """Yield what must be said of the records that have not a single value."""
    if records.too_short:
        yield (
            f"{records.too_short:,} of {len(records.counts):,} records are too short for a single "
            f"{records.first.quantity.counted_by} and were passed over"
        )


def _one_of_several(request: OpenRequest, sequences: Sequences, reading: Reading) -> Iterator[str]:
    """Yield what must be said where the file has more records than the one that is written, and none was named."""
    if request.record is None and request.region is None and len(sequences) > 1:
        written = f"1 of {len(sequences):,} records is written, {reading.record.name}"
        yield f"{written}: --record names another, --all-records takes all"


def _longer_than_the_input(model: Model, reading: Reading) -> Iterator[str]:
    """Yield what must be said where the block was computed on another length than the network reads."""
    fixed = model.input.length
    if fixed not in (None, reading.length):
        yield (
            f"{model.name} reads {fixed:,} bases at once; its {reading.block.conv} and {reading.block.pool} were "
            f"computed along all {reading.length:,} of {reading.region}, as if its input were that long"
        )


def _write_kernels(
    reading: Reading,
    filters: tuple[int, ...] | None,
    path: Path,
    request: OpenRequest,
    sequences: Sequences,
    opened: ModelFile,
    rule: str,
    background: tuple[float, ...] | None,
    *,
    force: bool,
    said: list[str],
) -> None:
    chosen = tuple(range(reading.run.filters)) if filters is None else filters
    suffixes = suffixes_of("kernels")
    if path.suffix.lower() != ".meme":
        with whole_file(path, INSTEAD, force=force, suffixes=suffixes) as file:
            if path.suffix.lower() == ".npz":
                write_arrays(kernel_arrays(reading, chosen), file)
            else:
                write_kernel_table(reading, chosen, file)
        return
    shares = background or (0.25,) * 4
    if rule == "weights":
        motifs = motifs_of_weights(reading, chosen, shares)
    else:
        motifs = motifs_of_windows(lambda: _everywhere(request, sequences, opened, reading), chosen)
        left_out = len(chosen) - len(motifs)
        if motifs and left_out:
            said.append(
                f"{left_out} of {len(chosen)} filters are silent in these sequences and left out; "
                "--motif-rule weights does without sequences"
            )
    with whole_file(path, INSTEAD, force=force, suffixes=suffixes) as file:
        # What the weights alone make does not depend on the letters.
        assumed = reading.assumed if rule == "weights" else assumptions_of(reading, reading.block.conv)
        write_meme(motifs, file, rule, shares, assumed)


def _everywhere(
    request: OpenRequest, sequences: Sequences, opened: ModelFile, reading: Reading
) -> Iterable[Reading]:
    """Yield the block on the stretch that is asked for, or on every record where none is."""
    if request.record is not None or request.region is not None:
        yield reading
        return
    set_so = replace(opened, model=reading.model)
    for record in sequences:
        if len(record):
            try:
                yield open_block_reading(replace(request, record=record.name, inputs=()), sequences, set_so)
            except TooShortError:
                continue


# Every layer for one input window.


def arrays(reading: Reading) -> dict[str, NDArray[Any]]:
    """Return what is written, by the name it gets in the file.

    Args:
        reading: The model on its input window.

    Returns:
        Every layer's activations (float32) under the layer's name, without those that cannot be computed; the
        positions that every max pool chose (int64) under `selection/` and its name, the letters (float32) as
        `one_hot`, and what had to be assumed as `assumptions`, where anything had to be; see `own_names`.

    Raises:
        RegionError: The input window is too long to run the whole network on.
        ShapeError: A layer cannot read what it is given.
    """
    model = reading.model
    values = whole_network(reading)
    names = own_names(model)
    named: dict[str, NDArray[Any]] = {**values}
    for node in model.nodes:
        if node.name in values and isinstance(node.layer, MaxPooling1D | GlobalMaxPooling1D):
            named[names[f"{_SELECTION}{node.name}"]] = node.layer.selections(values[node.inputs[0]])
    named[names[_LETTERS]] = values[model.nodes[0].name]
    named |= {names[name]: array for name, array in assumption_array(assumptions_of(reading)).items()}
    return named


def own_names(model: Model) -> dict[str, str]:
    """Return what the arrays that are no layer's are called: as usual, or with a number where a layer is called so.

    Args:
        model: The network.

    Returns:
        For `selection/` and the name of every max pool, for `one_hot` and `assumptions`, the name in the file.
    """
    usual = [
        f"{_SELECTION}{node.name}"
        for node in model.nodes
        if isinstance(node.layer, MaxPooling1D | GlobalMaxPooling1D)
    ]
    taken = {node.name for node in model.nodes}
    names: dict[str, str] = {}
    for name in (*usual, _LETTERS, ASSUMPTIONS):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        names[name] = free
    return names


def write_npz(path: Path, named: Mapping[str, NDArray[Any]], *, force: bool = False) -> None:
    """Write arrays as an .npz file, see `cnn_core.writers.archive`, or nothing at all.

    Args:
        path: The file.
        named: The arrays by name.
        force: Whether a file that is there by now is replaced.

    Raises:
        CnnError: A file is there and is not to be replaced, or the file cannot be written.
    """
    with whole_file(path, INSTEAD, force=force) as file:
        write_arrays(named, file)
