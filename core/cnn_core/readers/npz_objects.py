"""Dataclasses of the engine as JSON and arrays, and back: what stands in a model file of ours.

| a value is     | and is written as                                             |
|----------------|---------------------------------------------------------------|
| a number, text | itself; a float that JSON has no word for, {"float": "inf"}   |
| an enum        | {"enum": "Padding", "value": "same"}                          |
| a tuple, list  | {"tuple": […]}, {"list": […]}                                 |
| a mapping      | {"dict": [[key, value], …]}                                   |
| an array       | {"array": "conv1d/kernel"}, the name of a member              |
| a dataclass    | {"object": 3}, the number of an object that comes before it   |
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import CnnError, ModelError
from ..network.model import Model, Node
from .npz_classes import classes, enums, field_types, fits

__all__ = ["ARRAY_KINDS", "LARGEST_ITEM", "ObjectReader", "ObjectWriter"]

ARRAY_KINDS: Final = "fiub"
"""The kinds of arrays that are written: floating-point and whole numbers, with and without sign, truth values."""
LARGEST_ITEM: Final = 8
"""Bytes that one of their numbers may take."""

_PLAIN_NAME: Final = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*", re.ASCII)
_LONGEST_NAME: Final = 200

_AGAIN: Final = "write it again with cnn-tui convert"
# What a class may raise when it is given values it was not written for.
_SURPRISES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)


_LATER: Final = "output_names"
"""A field that files had not at first: where it is empty they are as they were, so that older versions read them."""


class ObjectWriter:
    """Turns objects into JSON, each once, in an order in which they can be read.

    Attributes:
        objects: What was written, ready for JSON.
        arrays: The arrays by name.
    """

    def __init__(self) -> None:
        self.objects: list[dict[str, object]] = []
        self.arrays: dict[str, NDArray[np.generic]] = {}
        self._references: dict[int, dict[str, object]] = {}
        # An id stands for an object only as long as the object is there.
        self._kept: list[object] = []

    def write_model(self, model: Model) -> None:
        """Write a model; what is edited of its weights is written as any other weight."""
        if model.weight_edits:
            model = Model(model.name, model.nodes, model.outputs, output_names=model.output_names)
        self.write(model)

    def write(self, value: object, path: str = "") -> object:
        """Return what stands for a value in JSON.

        Args:
            value: The value.
            path: The layer and the field that it is in, for error texts and the names of arrays.

        Raises:
            ModelError: It is not in the table above, or a field holds what its class does not declare.
        """
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, Enum):
            return {"enum": type(value).__name__, "value": self.write(value.value, path)}
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {"float": repr(value)}
        if isinstance(value, tuple | list):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {kind: [self.write(each, f"{path}/{index}") for index, each in enumerate(value)]}
        if isinstance(value, Mapping):
            return {
                "dict": [[self.write(key, path), self.write(each, f"{path}/{key}")] for key, each in value.items()]
            }
        reference = self._references.get(id(value))
        if reference is None:
            reference = self._array(value, path) if isinstance(value, np.ndarray) else self._object(value, path)
            self._references[id(value)] = reference
            self._kept.append(value)
        return reference

    def _array(self, value: NDArray[Any], path: str) -> dict[str, object]:
        if value.dtype.kind not in ARRAY_KINDS or value.dtype.itemsize > LARGEST_ITEM:
            raise ModelError(
                f"holds an array of {value.dtype}, which cannot be written",
                where=path,
                remedy="write a model whose arrays are numbers",
            )
        name = path
        if not _PLAIN_NAME.fullmatch(name) or len(name) > _LONGEST_NAME or name in self.arrays:
            name = f"array_{len(self.arrays)}"
        while name in self.arrays:
            name += "_"
        self.arrays[name] = value
        return {"array": name}

    def _object(self, value: object, path: str) -> dict[str, object]:
        cls: type = type(value)
        if classes().get(cls.__name__) is not cls:
            raise ModelError(
                f"holds a {cls.__name__}, which cannot be written",
                where=path or "the model",
                remedy="write a model of the engine's own layers",
            )
        written = {}
        for field in _given(cls):
            content = getattr(value, field.name)
            if field.name == _LATER and not content:
                continue
            inside = _path_inside(value, path, field.name)
            if not fits(_plain(content), field_types(cls).get(field.name)):
                raise ModelError(
                    f"is a {type(content).__name__}, which {cls.__name__} does not declare", where=inside
                )
            written[field.name] = self.write(content, inside)
        self.objects.append({"class": cls.__name__, "fields": written})
        return {"object": len(self.objects) - 1}


def _given(cls: type) -> list[Field[Any]]:
    """Return the fields that a class is made from."""
    return [field for field in fields(cls) if field.init]


def _plain(value: object) -> object:
    """Return a value as it will be when it is read: with numbers of Python's for numpy's."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.item() if isinstance(value, np.generic) else value


def _path_inside(value: object, path: str, field: str) -> str:
    """Return the path of a field: what a node holds is called by the node's name."""
    if isinstance(value, Node):
        return value.name
    return field if not path or isinstance(value, Model) else f"{path}/{field}"


class ObjectReader:
    """Turns JSON into objects again.

    Args:
        array: Returns the array of a name.
        source: The file's name, for error texts.
    """

    def __init__(self, array: Callable[[str], NDArray[np.generic]], source: str) -> None:
        self._array = array
        self._source = source
        self._arrays: dict[str, NDArray[np.generic]] = {}
        self._objects: list[object] = []

    def read(self, objects: object) -> object:
        """Return the last of a list of objects.

        Args:
            objects: What `ObjectWriter.objects` was.

        Raises:
            ModelError: A class or an array is not known, or a class cannot be made from its fields. The message
                names the object's number and class.
        """
        if not isinstance(objects, list) or not objects:
            raise self._fault("describes no objects")
        for entry in objects:
            self._objects.append(self._made(entry))
        return self._objects[-1]

    def _fault(self, what: str, where: str = "") -> ModelError:
        place = f"{self._source}, {where}" if where else self._source
        return ModelError(what, where=place, remedy=_AGAIN)

    def _made(self, entry: object) -> object:
        where = f"object {len(self._objects)}"
        match [*entry.items()] if isinstance(entry, dict) else []:
            case [("class", str(name)), ("fields", dict(given))]:
                pass
            case _:
                raise self._fault("is not described as our format says", where)
        cls = classes().get(name)
        where += f" ({name[:60]})"
        if cls is None:
            raise self._fault("is of a class that this version does not know", where)
        types = field_types(cls)
        known = {field.name for field in _given(cls)}
        values = {}
        for field, value in given.items():
            values[field] = self._value(value, where)
            if field not in known or not fits(values[field], types.get(field)):
                raise self._fault(f"has a field {field[:60]} that does not fit its class", where)
        return self._called(cls, where, **values)

    def _called(self, make: Callable[..., object], where: str, /, *values: object, **named: object) -> object:
        """Return what a class makes of values, or raise its objection as one to the file."""
        try:
            return make(*values, **named)
        except CnnError as error:
            place = f"{self._source}, {error.where or where}"
            raise ModelError(error.what, where=place, remedy=error.remedy or _AGAIN) from None
        except _SURPRISES:
            raise self._fault("cannot be made from its fields", where) from None

    def _value(self, value: object, where: str) -> object:
        if value is None or isinstance(value, bool | int | float | str):
            return value
        match [*value.items()] if isinstance(value, dict) else []:
            case [("float", "inf" | "-inf" | "nan" as word)]:
                return float(word)
            case [("enum", str(name)), ("value", inner)] if name in enums():
                return self._called(enums()[name], where, self._value(inner, where))
            case [("tuple", list(items))]:
                return tuple(self._value(each, where) for each in items)
            case [("list", list(items))]:
                return [self._value(each, where) for each in items]
            case [("dict", list(pairs))]:
                return dict(self._pair(pair, where) for pair in pairs)
            case [("array", str(name))]:
                if name not in self._arrays:
                    self._arrays[name] = self._array(name)
                return self._arrays[name]
            case [("object", int(number))] if 0 <= number < len(self._objects):
                return self._objects[number]
        raise self._fault("has a field that is not written as our format says", where)

    def _pair(self, pair: object, where: str) -> tuple[str, object]:
        match pair:
            case [str(key), inner]:
                return key, self._value(inner, where)
        raise self._fault("has a mapping whose keys are not texts", where)
