"""A file that is read from the middle."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from .file_state import FileState

__all__ = ["PlainFile"]


class PlainFile:
    """The bytes of a file, any slice of them. Any number of threads may read.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        # A file that is dropped without being closed is closed all the same.
        self._give_back = weakref.finalize(self, os.close, descriptor)
        self._lock = Lock()
        self._file: BinaryIO = os.fdopen(descriptor, "rb", closefd=False)

    def state(self) -> FileState:
        """Return the state of the file.

        Raises:
            ValueError: It has been closed.
        """
        with self._lock:
            return FileState.of(self._file)

    def read(self, start: int, stop: int) -> bytes:
        """Return half-open bytes, fewer where the file ends before.

        Raises:
            OSError: The file cannot be read.
            ValueError: It has been closed.
        """
        with self._lock:
            self._file.seek(start)
            return self._file.read(stop - start)

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        with self._lock:
            self._file.close()
            self._give_back()
