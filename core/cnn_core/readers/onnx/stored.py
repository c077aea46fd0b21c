"""The tensors that an ONNX model stores: in the file, in one of six forms, or in a file beside it.

What a tensor declares is held against the bytes that are there before anything is allocated, and its numbers are
decoded when somebody asks for them.

Source: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md (data beside the file).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError, shorten
from ..report import TensorEntry
from ..tensors import FLOATS, decode_floats, item_size
from ..wire import Message

__all__ = ["REAL", "TRUTH", "WHOLE", "Constant", "TensorReader", "TensorValue", "sparse_tensor"]

Constant = NDArray[Any]
"""Numbers that are known while a model is read: float32, int64 or bool."""

MOST_VALUES: Final = 1 << 29
"""Numbers that one tensor may hold."""
_MOST_AXES: Final = 32
_AGAIN: Final = "export it again"
_BESIDE: Final = "put it beside the model, in the same folder and under its own name"
REAL: Final = (1, 10, 11, 16)
"""The kinds of floating-point numbers, as ONNX numbers them."""
WHOLE: Final = (2, 3, 4, 5, 6, 7, 12, 13)
"""Those of whole numbers."""
TRUTH: Final = 9
"""That of truth values."""
_KINDS: Final = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "text",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
    14: "complex64",
    15: "complex128",
    16: "bfloat16",
    17: "float8_e4m3fn",
    18: "float8_e4m3fnuz",
    19: "float8_e5m2",
    20: "float8_e5m2fnuz",
    21: "uint4",
    22: "int4",
    23: "float4_e2m1",
    24: "float8_e8m0",
    25: "uint2",
    26: "int2",
}
_WHOLE: Final = ("uint8", "int8", "uint16", "int16", "int32", "int64", "uint32", "uint64", "bool")
_FLOAT_DATA, _INT32_DATA, _INT64_DATA, _RAW_DATA, _DOUBLE_DATA, _UINT64_DATA = 4, 5, 7, 9, 10, 11
_FORMS: Final = {
    "float32": _FLOAT_DATA,
    "float64": _DOUBLE_DATA,
    "int64": _INT64_DATA,
    "uint32": _UINT64_DATA,
    "uint64": _UINT64_DATA,
}
"""The field that holds numbers of a kind one by one; those that are not listed are widened to int32."""


@dataclass(frozen=True, slots=True, eq=False)
class TensorValue:
    """A tensor in a file.

    Attributes:
        name: Its name.
        shape: Its shape.
        dtype: The kind of its numbers, in numpy's words where it has any.
        source: The file's name, for error texts.
        read: Decodes it; see `array`.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    source: str
    read: Callable[[], Constant]

    @property
    def entry(self) -> TensorEntry:
        """The tensor as reports list it."""
        return TensorEntry(self.name, self.shape, self.dtype)

    def fault(self, what: str, remedy: str) -> ModelError:
        """Return an error about this tensor.

        Args:
            what: See `CnnError`.
            remedy: See `CnnError`.
        """
        return ModelError(what, where=f"{self.source}, tensor {shorten(self.name)}", remedy=remedy)

    def array(self) -> Constant:
        """Return its numbers: floating-point numbers as float32, whole ones as int64, truth values as bool.

        Raises:
            ModelError: They are of a kind that is not read, fewer or more than its shape says, or lie in a file
                that is missing, too short, a link, or in another folder.
        """
        return self.read()


class TensorReader:
    """Reads the tensors of one file.

    Args:
        source: The file's name, for error texts.
        path: Where the file lies, or None where it is not known.
    """

    def __init__(self, source: str, path: Path | None = None) -> None:
        self.source = source
        self._path = path

    def tensor(self, message: Message) -> TensorValue:
        """Return a tensor that is stored, without decoding it.

        Args:
            message: A TensorProto.

        Raises:
            ModelError: Its shape is impossible, or it is stored in segments.
        """
        code = message.whole(2)
        shape = tuple(self.integers(message, 1))
        found = TensorValue(
            message.text(8),
            shape,
            _KINDS.get(code, f"kind {code} of numbers"),
            self.source,
            lambda: self._decoded(message, found),
        )
        if len(shape) > _MOST_AXES:
            raise found.fault(f"has {len(shape)} axes", f"the most is {_MOST_AXES}")
        if any(size < 0 for size in shape):
            raise found.fault(f"has the shape {shape}", _AGAIN)
        if prod(shape) > MOST_VALUES:
            raise found.fault(f"would hold {prod(shape):,} numbers", f"the most is {MOST_VALUES:,}")
        if 3 in message:
            raise found.fault("is stored in segments, which is not read", _AGAIN)
        return found

    def integers(self, message: Message, number: int) -> list[int]:
        """Return the signed numbers of a repeated field.

        Args:
            message: Any message.
            number: The field.
        """
        numbers: list[int] = message.wholes(number).view(np.int64).tolist()
        return numbers

    def floats(self, message: Message, number: int) -> list[float]:
        """Return the float32 numbers of a repeated field.

        Args:
            message: Any message.
            number: The field.
        """
        numbers: list[float] = np.frombuffer(message.numbers(number, "f4"), dtype="<f4").tolist()
        return numbers

    def _decoded(self, message: Message, tensor: TensorValue) -> Constant:
        kind, count = tensor.dtype, prod(tensor.shape)
        if kind not in FLOATS and kind not in _WHOLE:
            raise tensor.fault(f"holds {kind}, which is not read", "export the model with float32 weights")
        external = message.whole(14) == 1 or 13 in message
        if external or _RAW_DATA in message:
            size = count * item_size(kind)
            raw = self._beside(message, tensor, size) if external else message.block(_RAW_DATA) or b""
            numbers = _of_bytes(raw, kind) if len(raw) == size else None
        else:
            numbers = _one_by_one(message, kind)
        if numbers is None or numbers.size != count:
            raise tensor.fault(f"does not hold the numbers of its shape, {tensor.shape}", _AGAIN)
        if kind == "uint64" and numbers.size and numbers.min() < 0:
            raise tensor.fault("holds a number of more than 63 bits", "export the model with int64")
        return numbers.reshape(tensor.shape)

    def _beside(self, message: Message, tensor: TensorValue, size: int) -> bytes:
        """Return the bytes of a tensor that lie in another file."""
        said = {each.text(1): each.text(2) for each in message.messages(13)}
        name = said.get("location", "")
        try:
            offset, length = int(said.get("offset", "0")), int(said.get("length", str(size)))
        except ValueError:
            offset = length = -1
        if offset < 0 or length != size:
            raise tensor.fault(f"does not hold the numbers of its shape, {tensor.shape}", _AGAIN)
        if not name or name != Path(name).name or "\\" in name or "\0" in name:
            raise tensor.fault(
                f"lies in {shorten(name) or 'a file without a name'}, which is not beside the model",
                "export it again, with its data in the same folder",
            )
        if self._path is None:
            raise tensor.fault(f"lies in {shorten(name)}, which is not at hand", "open the model by its path")
        beside = self._path.parent / name
        try:
            # Opening a pipe might never end.
            status = beside.lstat()
            if not stat.S_ISREG(status.st_mode):
                raise tensor.fault(
                    f"lies in {shorten(name)}, which is a link or no file", "put the file itself there"
                )
            if offset + size > status.st_size:
                raise tensor.fault(
                    f"ends behind the {status.st_size:,} bytes of {shorten(name)}",
                    "copy or download that file again",
                )
            with os.fdopen(os.open(beside, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
                file.seek(offset)
                return file.read(size)
        except FileNotFoundError:
            raise tensor.fault(f"lies in {shorten(name)}, which is missing", _BESIDE) from None
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else str(error)
            raise tensor.fault(f"lies in {shorten(name)}, which cannot be read ({what})", _BESIDE) from None


def sparse_tensor(reader: TensorReader, message: Message) -> TensorValue:
    """Return a tensor of which only those numbers are stored that are not 0.

    Args:
        reader: Reads its parts.
        message: A SparseTensorProto.

    Raises:
        ModelError: Its shape is impossible, or it would hold far more numbers than are stored.
    """
    values, indices = (message.message(number) for number in (1, 2))
    shape = tuple(reader.integers(message, 3))
    stored = None if values is None else reader.tensor(values)
    places = None if indices is None else reader.tensor(indices)
    name = "" if stored is None else stored.name
    found = TensorValue(
        name,
        shape,
        "float32" if stored is None else stored.dtype,
        reader.source,
        lambda: _dense(found, stored, places),
    )
    if len(shape) > _MOST_AXES or any(size < 0 for size in shape) or prod(shape) > _MOST_SPARSE:
        raise found.fault(f"is sparse and has the shape {shape}", "export it as an ordinary tensor")
    return found


_MOST_SPARSE: Final = 1 << 24
"""Numbers that a tensor may hold most of which are not stored."""


def _dense(tensor: TensorValue, stored: TensorValue | None, places: TensorValue | None) -> Constant:
    if stored is not None and places is not None:
        values, at = stored.array(), places.array()
        dense = np.zeros(tensor.shape, dtype=values.dtype)
        if at.ndim == 2 and at.shape[1] == len(tensor.shape):
            fits = bool(np.all((at >= 0) & (at < np.array(tensor.shape))))
            at = np.ravel_multi_index(tuple(at.T), tensor.shape) if fits else at
        if values.ndim == 1 and at.shape == values.shape and np.all((at >= 0) & (at < dense.size)):
            dense.reshape(-1)[at] = values
            return dense
    raise tensor.fault("is sparse, and its numbers do not go with their places", _AGAIN)


def _of_bytes(raw: bytes | memoryview, kind: str) -> Constant:
    """Return numbers that stand one after the other, least significant byte first."""
    if kind in FLOATS:
        return decode_floats(raw, kind)
    if kind == "bool":
        truth: Constant = np.frombuffer(raw, dtype=np.uint8) != 0
        return truth
    return np.frombuffer(raw, dtype=np.dtype(kind).newbyteorder("<")).astype(np.int64)


def _one_by_one(message: Message, kind: str) -> Constant:
    """Return numbers that a field of their own holds."""
    form = _FORMS.get(kind, _INT32_DATA)
    if form in (_FLOAT_DATA, _DOUBLE_DATA):
        return decode_floats(message.numbers(form, "f4" if form == _FLOAT_DATA else "f8"), kind)
    numbers = message.wholes(form)
    if kind in FLOATS:
        return decode_floats(numbers.astype("<u2").tobytes(), kind)
    return numbers != 0 if kind == "bool" else numbers.view(np.int64)
