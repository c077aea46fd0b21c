"""What the explorer shows, as a value and as a file: without a terminal, and the same everywhere.

`take` returns a `Snapshot`; the command is `cnn-tui snapshot`, and the pytest fixture `cnn_snapshot`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .taken import Snapshot
    from .taking import take

__all__ = ["Snapshot", "take"]


def __getattr__(name: str) -> object:
    """Return a public name, loaded when it is first used: tests that take no view do not pay for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".taken" if name == "Snapshot" else ".taking", __name__), name)
