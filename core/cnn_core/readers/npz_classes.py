"""The classes that a model file of ours may name, and whether a value is of the type that a field declares.

They are not listed by hand: every dataclass and every enum that the modules of `cnn_core.layers` define can stand
in a file, and every one that a field of `Model` is declared to hold, so that a new layer can be written and read as
soon as it is there.
"""

from __future__ import annotations

import importlib
import pkgutil
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from typing import Final, TypeGuard

import numpy as np

from .. import layers
from ..network import model

__all__ = ["classes", "enums", "field_types", "fits"]

_ENGINE: Final = f"{layers.__name__.partition('.')[0]}."


@cache
def _defined() -> Mapping[str, type]:
    names = [f"{layers.__name__}.{found.name}" for found in pkgutil.iter_modules(layers.__path__)]
    modules = [importlib.import_module(name) for name in names]
    defined = [value for module in modules for value in vars(module).values() if _is_ours(value, module.__name__)]
    return {value.__name__: value for value in [*defined, *_held_by(model.Model)]}


def _is_ours(value: object, module: str) -> TypeGuard[type]:
    return isinstance(value, type) and value.__module__ == module


def _held_by(cls: type) -> list[type]:
    """Return a dataclass of the engine and all that its fields are declared to hold, directly or in each other."""
    found = [cls]
    for each in found:
        waiting: list[object] = [*field_types(each).values()] if is_dataclass(each) else []
        while waiting:
            declared = waiting.pop()
            waiting.extend(typing.get_args(declared))
            if isinstance(declared, type) and declared.__module__.startswith(_ENGINE) and declared not in found:
                found.append(declared)
    return found


@cache
def classes() -> Mapping[str, type]:
    """Return the dataclasses that a file may name, by their names."""
    return {name: value for name, value in _defined().items() if is_dataclass(value)}


@cache
def enums() -> Mapping[str, type[Enum]]:
    """Return the enums that a file may name, by their names."""
    return {name: value for name, value in _defined().items() if issubclass(value, Enum)}


@cache
def field_types(cls: type) -> Mapping[str, object]:
    """Return what the fields of a dataclass are declared to be; nothing where that cannot be told.

    Args:
        cls: One of `classes`.
    """
    try:
        return typing.get_type_hints(cls)
    except NameError:
        # A name that is only imported for type checkers.
        return {}


def fits(value: object, declared: object) -> bool:
    """Tell whether a value is of a declared type; of one that we do not know, every value is.

    Args:
        value: The value.
        declared: A type as `typing.get_type_hints` gives it.
    """
    if declared is typing.Any:
        return True
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, each) for each in arguments)
    if origin is typing.Literal:
        return value in arguments
    if origin is np.ndarray:
        return isinstance(value, np.ndarray)
    if origin is tuple:
        return isinstance(value, tuple) and _all_fit(value, arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            fits(key, arguments[0]) and fits(each, arguments[1]) for key, each in value.items()
        )
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return isinstance(value, origin) and all(fits(each, arguments[0]) for each in value)
    if declared is float:
        # Python lets a whole number stand for a float.
        return type(value) in (int, float)
    if declared in (int, bool):
        return type(value) is declared
    return isinstance(value, declared) if isinstance(declared, type) else True


def _all_fit(values: tuple[object, ...], declared: tuple[object, ...]) -> bool:
    if len(declared) == 2 and declared[1] is ...:
        return all(fits(value, declared[0]) for value in values)
    return len(values) == len(declared) and all(map(fits, values, declared))
