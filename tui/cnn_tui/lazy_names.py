"""Rooms of the app that hand on their names lazily, as those of the engine do, and without loading it (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["lazily"]


def lazily(room: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a room, by which each of its names is loaded when it is first used.

    Args:
        room: The room's `__name__`.
        modules: Its modules, each with the names that it gives, separated by spaces. None of them may be the name of
            a module of the room, since Python gives that to the module.
    """
    homes = {name: module for module, names in modules.items() for name in names.split()}

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(import_module(f".{homes[name]}", room), name)

    return load
