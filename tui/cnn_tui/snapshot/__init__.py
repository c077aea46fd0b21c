"""What the explorer shows, as a value and as a file: without a terminal, and the same everywhere.

`take` returns a `Snapshot`; the command is `cnn-tui snapshot`, and the pytest fixture `cnn_snapshot`.
"""

from __future__ import annotations

from .taken import Snapshot
from .taking import take

__all__ = ["Snapshot", "take"]
