"""What long work is made of: values computed once, threads that compute ahead, bounded caches, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .unfinished import remove_unfinished

__getattr__ = lazily(
    __name__,
    {
        "unfinished": "remove_unfinished",
    },
)
