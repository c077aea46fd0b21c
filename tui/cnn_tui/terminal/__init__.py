"""The terminal that the app runs in: what it must have, how it is left, what a signal does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .conditions import Terminal, check_screen, drawn_elsewhere, frames_at_once, keys_from_terminal

__getattr__ = lazily(
    __name__,
    {
        "conditions": "Terminal check_screen drawn_elsewhere frames_at_once keys_from_terminal",
    },
)
