"""Pointer files: what Git LFS and git-annex leave where a large file was not fetched."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["pointer_words"]

_POINTERS: Final = (
    (
        re.compile(rb"version https?://[^\s]*git-lfs"),
        "this is a Git LFS pointer, not the file that it stands for",
        "fetch the file with git lfs pull",
    ),
    (
        re.compile(rb"/annex/objects/[A-Z0-9]+-"),
        "this is a git-annex pointer, not the file that it stands for",
        "fetch the file with git annex get",
    ),
)


def pointer_words(start: bytes) -> tuple[str, str] | None:
    """Return what a pointer file is, and what to do; None for any other file.

    Args:
        start: Its first bytes; a hundred are enough.
    """
    return next(((what, remedy) for pattern, what, remedy in _POINTERS if pattern.match(start)), None)
