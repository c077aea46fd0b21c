"""The classes that a model file of ours may name, and whether a value is of the type that a field declares.

They are not listed by hand: every layer that stands in the `__all__` of its family, a module of `cnn_core.layers`, can
stand in a file, and every dataclass and enum that a field of theirs or of `Model` is declared to hold. A new layer
can so be written and read as soon as it is there; nothing that is no layer can be named.
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
from typing import Final

import numpy as np

from .. import layers
from ..layers import Layer
from ..network.model import Model

__all__ = ["classes", "enums", "field_types", "fits"]

_ENGINE: Final = f"{layers.__name__.partition('.')[0]}."


@cache
def _known() -> Mapping[str, type]:
    names = [f"{layers.__name__}.{found.name}" for found in pkgutil.iter_modules(layers.__path__)]
    families = [importlib.import_module(name) for name in names]
    listed = [getattr(family, name) for family in families for name in family.__all__]
    roots: list[type] = [Model, *(each for each in listed if isinstance(each, type) and issubclass(each, Layer))]
    return {each.__name__: each for each in _held_by(roots)}


def _held_by(roots: Sequence[type]) -> list[type]:
    """Return dataclasses of the engine and all that their fields are declared to hold, directly or in each other."""
    found = [*roots]
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
    return {name: value for name, value in _known().items() if is_dataclass(value)}


@cache
def enums() -> Mapping[str, type[Enum]]:
    """Return the enums that a file may name, by their names."""
    return {name: value for name, value in _known().items() if issubclass(value, Enum)}


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
    # An alias stands for its value; from Python 3.12 and numpy 2.5 on, NDArray is one.
    alias = getattr(origin or declared, "__value__", None)
    if alias is not None:
        return fits(value, alias)
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
