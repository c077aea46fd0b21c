"""The environment without the variables that a terminal app looks at: they must not show in a picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final

__all__ = ["plain_environment"]

_LOOKED_AT: Final = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES", "TERM")
_PREFIXES: Final = ("TEXTUAL", "TTY_", "JUPYTER_")
_lock: Final = RLock()


@contextmanager
def plain_environment() -> Iterator[None]:
    """Take out of the environment what Textual and Rich look at while they are imported and an app is made."""
    with _lock:
        taken = {
            name: value for name, value in os.environ.items() if name in _LOOKED_AT or name.startswith(_PREFIXES)
        }
        for name in taken:
            del os.environ[name]
        try:
            yield
        finally:
            os.environ.update(taken)
