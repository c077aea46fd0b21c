"""Where random hands are let loose: in a folder that is home too, with no way to write elsewhere."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

__all__ = ["inside"]


@contextmanager
def inside(place: Path) -> Iterator[None]:
    """Be in a folder with files to open, which is home too, and write nowhere but below those for temporary files."""
    before = Path.cwd()
    _watch()
    with patch.dict(os.environ, {"HOME": str(place), "CNN_TUI_CACHE": str(place / ".cache")}):
        os.chdir(place)
        _written_below[:] = [os.path.realpath(tempfile.gettempdir())]
        try:
            yield
        finally:
            _written_below.clear()
            os.chdir(before)


_written_below: list[str] = []


def _refuse_elsewhere(event: str, given: tuple[Any, ...]) -> None:
    """Refuse to write anywhere but below the folders for temporary files, as a system may."""
    if not _written_below or event not in ("open", "os.rename", "os.mkdir", "os.remove"):
        return
    if event == "open" and not (given[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return
    place = given[1] if event == "os.rename" else given[0]
    if not isinstance(place, str | os.PathLike | bytes):
        return
    path = os.path.realpath(os.fsdecode(place))
    if not path.startswith((*_written_below, "/dev/", "/proc/")) and "__pycache__" not in path:
        raise PermissionError(13, "not while random hands are at work", path)


@cache
def _watch() -> None:
    """Have Python ask from now on: what watches cannot be taken away, and is called a thousand times a test."""
    sys.addaudithook(_refuse_elsewhere)
