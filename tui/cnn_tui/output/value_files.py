"""Values of a block as files: which go into which, and in which format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from cnn_core.errors import SettingError
from cnn_core.work.progress import Progress
from cnn_core.writers.all_records import RecordsValues
from cnn_core.writers.archive import value_arrays, write_arrays
from cnn_core.writers.bed import write_bed
from cnn_core.writers.bedgraph import write_bedgraph
from cnn_core.writers.bigwig import write_bigwig
from cnn_core.writers.tables import write_table
from cnn_core.writers.values import BlockValues

from ..options.formats import BEDGRAPH, BIGWIG, FILTER_FIELD, suffixes_of
from ..words.faults import os_sentence
from .whole_file import check_output, whole_file

__all__ = ["INSTEAD", "export_file", "values_files", "write_all_values", "write_values"]

INSTEAD: Final = "activations"
"""What a file without a name of its own could be called."""

_NOT_IN_A_NAME: Final = re.compile(r"[^\w.+-]")


def values_files(values: BlockValues, path: Path) -> dict[Path, BlockValues]:
    """Return which values go into which file.

    Args:
        values: The values.
        path: The file; `{filter}` in its name stands for the filter's name and makes one file a filter.

    Raises:
        SettingError: Several filters would have to share a file that can hold but one.
    """
    if FILTER_FIELD not in path.name:
        if path.suffix.lower() in (*BEDGRAPH, *BIGWIG) and len(values.filters) > 1:
            raise SettingError(
                f"{path.suffix} holds one filter, and there are {len(values.filters)}",
                where=str(path),
                remedy=f"add --filter, or call it {path.stem}.{FILTER_FIELD}{path.suffix} for one file each",
            )
        return {path: values}
    each = [*values.one_by_one()]
    labels = [_NOT_IN_A_NAME.sub("_", one.labels[0]) for one in each]
    if len({label.casefold() for label in labels}) < len(labels):
        labels = [f"{label}.{one.filters[0]}" for label, one in zip(labels, each, strict=True)]
    return {
        path.with_name(path.name.replace(FILTER_FIELD, label)): one for label, one in zip(labels, each, strict=True)
    }


def write_values(
    values: BlockValues,
    path: Path,
    *,
    force: bool = False,
    progress: Progress | None = None,
    whole: Callable[[Path], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Write values in the format that a file's name says; each file appears whole or not at all.

    Args:
        values: The values.
        path: The file, see `values_files`.
        force: Whether files that are there are replaced.
        progress: Called now and then with the values written and those there are; it may raise to stop.
        whole: Called with each file that is written.

    Returns:
        The files that were written.

    Raises:
        CnnError: What is asked for and the format do not go together, or a file cannot be written.
    """
    suffixes = suffixes_of(values.quantity.value)
    files = values_files(values, path)
    for each in files:
        check_output(each, INSTEAD, force=force, suffixes=suffixes)
    for each, mine in files.items():
        with export_file(each, force=force, suffixes=suffixes) as file:
            _write_one(mine, each.suffix.lower(), file, progress)
        whole(each)
    return tuple(files)


def _write_one(values: BlockValues, suffix: str, file: BinaryIO, progress: Progress | None) -> None:
    if suffix == ".npz":
        write_arrays(value_arrays(values, progress), file)
    elif suffix == ".tsv":
        write_table(values, file, progress)
    elif suffix == ".bed":
        write_bed(values, file, progress)
    elif suffix in BEDGRAPH:
        write_bedgraph(values, file, progress)
    else:
        write_bigwig(values, file, progress)


def write_all_values(
    records: RecordsValues,
    path: Path,
    *,
    force: bool = False,
    whole: Callable[[Path], None] = lambda _: None,
) -> None:
    """Write the values along all records, see `write_values`; each file holds all records.

    Args:
        records: The values.
        path: The file, see `values_files`.
        force: Whether files that are there are replaced.
        whole: Called with each file that is written.

    Raises:
        CnnError: What is asked for and the format do not go together, or a file cannot be written.
    """
    suffixes = suffixes_of(records.first.quantity.value)
    files = values_files(records.first, path)
    for each in files:
        check_output(each, INSTEAD, force=force, suffixes=suffixes)
    for each, values in files.items():
        mine, suffix = records.of_filters(values.filters), each.suffix.lower()
        write = {".npz": mine.write_arrays, ".tsv": mine.write_table, ".bed": mine.write_bed}.get(suffix)
        if write is None:
            write = mine.write_bedgraph if suffix in BEDGRAPH else mine.write_bigwig
        with export_file(each, force=force, suffixes=suffixes) as file:
            write(file)
        whole(each)


@contextmanager
def export_file(path: Path, *, force: bool, suffixes: tuple[str, ...] = (".npz",)) -> Iterator[BinaryIO]:
    """Open a file that appears whole or not at all, see `whole_file`.

    Args:
        path: The file.
        force: Whether a file that is there is replaced.
        suffixes: What its name may end in.

    Raises:
        CnnError: It cannot or should not be written.
    """
    try:
        with whole_file(path, INSTEAD, force=force, suffixes=suffixes) as file:
            yield file
    except OSError as error:
        # What failed may be the unfinished file, of which the user knows nothing.
        raise os_sentence(error, where=str(path)) from None
