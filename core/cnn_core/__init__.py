"""The engine: what a 1-D convolution over DNA computes, what the pool selects, and from where.

numpy in, numpy out. Nothing here opens a terminal, prints, or knows a screen. What stands in `__all__` is the public
face, for notebooks and scripts; it is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import CnnError
    from .letters.sequences import open_sequences
    from .public import Explanation, ModelReading, OpenedModel, open_model

__version__ = "0.1.0"
__all__ = ["CnnError", "Explanation", "ModelReading", "OpenedModel", "open_model", "open_sequences"]

_ROOMS = {"CnnError": "errors", "open_sequences": "letters.sequences"}


def __getattr__(name: str) -> object:
    """Return a name of the public face, loaded when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ROOMS.get(name, 'public')}", __name__), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
