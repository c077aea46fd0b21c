"""A system such as Windows for our own code: without the modules, signals and calls that only POSIX has.

`pytest --fast --lacking-posix` loads it. Python's own modules and pytest keep what they hold already.
"""

from __future__ import annotations

import builtins
import os
import select
import signal
import sys
from typing import Any, Final

_MODULES: Final = frozenset({"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"})
_SIGNALS: Final = (
    "SIGALRM",
    "SIGCONT",
    "SIGHUP",
    "SIGQUIT",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGUSR1",
    "SIGWINCH",
)
_CALLS: Final = {
    os: ("O_NOFOLLOW", "O_NONBLOCK", "mkfifo", "posix_fadvise", "pread", "sched_getaffinity"),
    select: ("poll",),
}
_import: Final = builtins.__import__


def _import_without(name: str, asking: Any = None, *rest: Any, **named: Any) -> Any:
    """Import as ever, but give our own packages no module that only POSIX has."""
    asker = (asking or {}).get("__name__", "")
    if name in _MODULES and asker.startswith("cnn_"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return _import(name, asking, *rest, **named)


def install() -> None:
    """Take them away, for the rest of the process."""
    assert not any(name.startswith("cnn_core.") for name in sys.modules), "our own code is loaded already"
    for name in _SIGNALS:
        delattr(signal, name)
    for module, names in _CALLS.items():
        for name in names:
            delattr(module, name)
    builtins.__import__ = _import_without
