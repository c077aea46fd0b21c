"""The explorer in a browser: who is let in, the page, and a process for every page that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .visitors import Visitors, is_loopback

__getattr__ = lazily(
    __name__,
    {
        "visitors": "Visitors is_loopback",
    },
)
