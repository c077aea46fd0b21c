"""Values of a block as files: which go into which, and in which format."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cnn_core.errors import SettingError
from cnn_core.work.progress import Progress, no_progress
from cnn_core.writers.formats import FILTER_FIELD, format_of, suffixes_of
from cnn_core.writers.values import Values

from .whole_file import STANDARD_OUTPUT, OutputFile, is_on_standard_output

__all__ = ["INSTEAD", "values_files", "write_values"]

INSTEAD: Final = "activations"
"""What a file without a name of its own could be called."""

_NOT_IN_A_NAME: Final = re.compile(r"[^\w.+-]")


def values_files(values: Values, path: Path) -> dict[Path, Values]:
    """Return which values go into which file.

    Args:
        values: The values.
        path: The file; `{filter}` in its name stands for the filter's name and makes one file a filter.

    Raises:
        SettingError: Several filters would have to share a file that can hold but one.
    """
    filters, labels = values.one.filters, values.one.labels
    found = format_of(path)
    if FILTER_FIELD not in path.name:
        if found is not None and found.one_filter and len(filters) > 1:
            several = f"{path.suffix} holds one filter, and there are {len(filters)}"
            if is_on_standard_output():
                raise SettingError(several, where=STANDARD_OUTPUT, remedy="add --filter")
            raise SettingError(
                several,
                where=str(path),
                remedy=f"add --filter, or call it {path.stem}.{FILTER_FIELD}{path.suffix} for one file each",
            )
        return {path: values}
    names = [_NOT_IN_A_NAME.sub("_", label) for label in labels]
    if len({name.casefold() for name in names}) < len(names):
        names = [f"{name}.{index}" for name, index in zip(names, filters, strict=True)]
    return {
        path.with_name(path.name.replace(FILTER_FIELD, name)): values.of_filters((index,))
        for name, index in zip(names, filters, strict=True)
    }


def write_values(
    values: Values,
    path: Path,
    *,
    force: bool = False,
    track_line: bool = False,
    progress: Progress = no_progress,
    whole: Callable[[Path], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Write values in the format that a file's name says; each file appears whole or not at all.

    Args:
        values: The values, along one record or along all of a file.
        path: The file, see `values_files`.
        force: Whether files that are there are replaced.
        track_line: Whether bedGraph begins with a track line.
        progress: Called now and then with what is done and all that there is; it may raise to stop.
        whole: Called with each file that is written.

    Returns:
        The files that were written.

    Raises:
        CnnError: What is asked for and the format do not go together, or a file cannot be written.
    """
    suffixes = suffixes_of(values.one.quantity.value)
    files = [
        (OutputFile(each, INSTEAD, suffixes, force), mine) for each, mine in values_files(values, path).items()
    ]
    for file, _ in files:
        file.check()
    for file, mine in files:
        found = format_of(file.path)
        assert found is not None
        with file.open() as written:
            found.write(mine, written, progress, track_line=track_line)
        whole(file.path)
    return tuple(file.path for file, _ in files)
