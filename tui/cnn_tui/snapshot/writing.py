"""Snapshots and reports as files, each whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..output.whole_file import check_output, write_bytes
from ..rendering.png import check_png
from .taken import SUFFIXES, Snapshot

__all__ = ["check_view", "write_view"]

_INSTEAD: Final = "view"


def check_view(path: Path, *, force: bool, makes_folder: bool = False) -> None:
    """Refuse a file that cannot or should not be written, before any work is done.

    Args:
        path: The file; its name ends in one of `SUFFIXES`.
        force: Whether a file that is there is replaced.
        makes_folder: Whether its folder need not be there yet.

    Raises:
        CnnError: The name says no format, the file cannot be written, or PNG needs an extra that is not there.
    """
    check_output(path, _INSTEAD, force=force, suffixes=SUFFIXES, makes_folder=makes_folder)
    if path.suffix.lower() == ".png":
        check_png()


def write_view(snapshot: Snapshot, path: Path, *, force: bool) -> None:
    """Write a snapshot in the format that the file's name says.

    Args:
        snapshot: What is written.
        path: The file; its name ends in one of `SUFFIXES`.
        force: Whether a file that is there is replaced.

    Raises:
        CnnError: The file cannot be written.
    """
    check_view(path, force=force)
    write_bytes(path, snapshot.in_format(path.suffix.lower()), _INSTEAD, force=force, suffixes=SUFFIXES)
