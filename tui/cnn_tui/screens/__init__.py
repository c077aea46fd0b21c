"""The screens: the explorer, the whole network, and the dialogs that open over them.

What the first frame does without is loaded when it is first asked for: `screens.Network`, `screens.Saving`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .network import Network, Return
    from .saving import Saving

__all__ = ["Network", "Return", "Saving"]

_MODULES: Final = {"Network": "network", "Return": "network", "Saving": "saving"}


def __getattr__(name: str) -> object:
    """Return a name of the room, loaded when it is first asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
