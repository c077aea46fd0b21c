"""What the explorer shows, as a value and as a file: without a terminal, and the same everywhere.

`take` returns a `Snapshot`; the command is `cnn-tui snapshot`, and the pytest fixture `cnn_snapshot`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily
from .environment import plain_environment

if TYPE_CHECKING:
    from cnn_core.errors import CnnError

    from .comparing import check, missing, update
    from .driving import take, take_request
    from .lesson_pictures import lesson_page
    from .recognising import check_replaceable
    from .snapshot import SUFFIXES, Snapshot

__all__ = [
    "SUFFIXES",
    "CnnError",
    "Snapshot",
    "check",
    "check_replaceable",
    "lesson_page",
    "missing",
    "take",
    "take_request",
    "update",
]

_load = lazily(
    __name__,
    {
        "comparing": "CnnError check missing update",
        "driving": "take take_request",
        "lesson_pictures": "lesson_page",
        "recognising": "check_replaceable",
        "snapshot": "SUFFIXES Snapshot",
    },
)


def __getattr__(name: str) -> object:
    """Return a public name, loaded when it is first used: tests that take no view do not pay for it."""
    # Textual looks at the environment while it is imported, too.
    with plain_environment():
        return _load(name)
