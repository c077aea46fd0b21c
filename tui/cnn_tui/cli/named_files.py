"""What a look at a folder, or at the beginning of a file, can tell at once."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, cast

from cnn_core.errors import printable

__all__ = ["files", "record_names"]

_LOOKED_AT: Final = 4 << 20
"""Bytes of a file of letters."""
_GZIP: Final = b"\x1f\x8b"


def files(begun: str, suffixes: Sequence[str]) -> Iterator[str]:
    """Yield folders, and the files that have one of some suffixes: all, where none has.

    Args:
        begun: How the path begins; what it yields begins so too.
        suffixes: In lower case; none is any.
    """
    folder, name = os.path.split(begun)
    prefix = begun[: len(begun) - len(name)]
    try:
        entries = sorted(os.scandir(Path(folder).expanduser() if folder else "."), key=lambda each: each.name)
    except (OSError, RuntimeError):
        return
    # What cannot be typed as it is, such as a line end, is none to complete.
    entries = [each for each in entries if each.name.startswith(name) and each.name.isprintable()]
    entries = [each for each in entries if name.startswith(".") or not each.name.startswith(".")]
    folders = [each for each in entries if each.is_dir()]
    others = [each for each in entries if not each.is_dir()]
    fitting = [each for each in others if each.name.lower().endswith((*suffixes,))]
    yield from (f"{prefix}{each.name}/" for each in folders)
    yield from (f"{prefix}{each.name}" for each in fitting or others)


def record_names(path: Path) -> Iterator[str]:
    """Yield the names of records, from the `.fai` beside a file or from its first 4 MB.

    Args:
        path: The file, plain or gzipped.
    """
    index = path.with_name(f"{path.name}.fai")
    with suppress(OSError, EOFError, gzip.BadGzipFile):
        if index.is_file():
            with index.open("rb") as file:
                yield from _printable(line.split(b"\t")[0] for line in file)
            return
        with path.open("rb") as file:
            is_packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            text = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_packed else file
            lines = text.read(_LOOKED_AT).splitlines()
        yield from _printable(line[1:].split()[0] for line in lines if line.startswith(b">") and line[1:].strip())


def _printable(names: Iterator[bytes]) -> Iterator[str]:
    for name in names:
        yield printable(name.decode("utf-8", "replace"))
