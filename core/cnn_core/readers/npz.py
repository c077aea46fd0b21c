"""Our own file format: any model as an npz file, which opens again bit for bit with nothing but numpy.

An npz file is a zip archive of `.npy` arrays. One of them, `cnn_tui_model.npy`, holds a JSON text as bytes:

```
{"format": "cnn-tui model", "version": 1,
 "objects": [{"class": "Input", "fields": {"length": null, "channels": "ACGT"}},
             {"class": "Node", "fields": {"name": "input", "layer": {"object": 0}, "inputs": {"tuple": []}}},
             {"class": "Conv1D", "fields": {"kernel": {"array": "conv1d/kernel"}, "padding": "valid", …}}, …,
             {"class": "Model", "fields": {…}}],
 "warnings": [], "unsupported": []}
```

An object is a dataclass of the engine, by its name and fields, and refers to objects before it by number: a layer
that two nodes share is shared again. The last object is the model. All other members are arrays as they lie in
memory; `numpy.load(file)["conv1d/kernel"]` gives one.

Reading builds nothing but those classes, checks every field against its declared type, and unpacks nothing: the
members are stored, not compressed, so no file is larger than it looks.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..network.model import Model
from .archive import Archive
from .formats import Format
from .npy import plain_array
from .npz_objects import LARGEST_ITEM, ObjectReader, ObjectWriter
from .report import ModelFile, TensorEntry

__all__ = ["FORMAT", "MODEL_FORMAT", "MODEL_HEADER", "VERSION", "read_npz", "write_npz"]

MODEL_HEADER: Final = "cnn_tui_model.npy"
"""The member by which an npz file is known as a model of ours."""
MODEL_FORMAT: Final = "cnn-tui model"
"""What the header says that the file is."""
VERSION: Final = 1
"""The version that is written, and the latest that is read."""

_SUFFIX: Final = ".npy"
_LONGEST_HEADER: Final = 1 << 23
# The earliest date that a zip archive knows: equal models give equal files.
_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16
_AGAIN: Final = "write it again with cnn-tui convert"


def write_npz(model: Model | ModelFile, file: str | os.PathLike[str] | BinaryIO) -> None:
    """Write a model.

    Args:
        model: The model. Of a model file that was read, its warnings and what was unsupported are kept as well.
        file: A path, or a file that is open for writing bytes.

    Raises:
        ModelError: A layer holds something that is neither a number, a text, an array nor another layer; or the
            file cannot be written.
    """
    opened = model if isinstance(model, ModelFile) else ModelFile(model, MODEL_FORMAT)
    writer = ObjectWriter()
    writer.write_model(opened.model)
    header = {
        "format": MODEL_FORMAT,
        "version": VERSION,
        "objects": writer.objects,
        "warnings": list(opened.warnings),
        "unsupported": list(opened.unsupported),
    }
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode("ascii")
    members: dict[str, NDArray[np.generic]] = {MODEL_HEADER: np.frombuffer(text, dtype=np.uint8)}
    members |= {f"{name}{_SUFFIX}": array for name, array in writer.arrays.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, array in members.items():
            entry = zipfile.ZipInfo(name, date_time=_NO_DATE)
            entry.external_attr = _READABLE
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
    if not isinstance(file, str | os.PathLike):
        file.write(packed.getvalue())
        return
    try:
        Path(file).write_bytes(packed.getvalue())
    except OSError as error:
        raise ModelError(
            f"cannot be written: {error.strerror}", where=Path(file).name, remedy="choose another file"
        ) from None


def read_npz(data: bytes, source: str) -> ModelFile:
    """Read a model that `write_npz` wrote.

    Args:
        data: The file's bytes.
        source: The file's name, for error texts.

    Returns:
        The model and what was said when it was written. Its arrays are those that were written, to the last bit.

    Raises:
        ModelError: The file is damaged, compressed or no model of ours; a later version wrote it; or it describes
            an object that cannot be.
    """
    archive = Archive(data, source)
    if sum(map(archive.size, archive.names)) > len(data):
        raise ModelError("is compressed, which our model files are not", where=source, remedy=_AGAIN)
    header = _header(archive, source)
    reader = ObjectReader(lambda name: _array(archive, f"{name}{_SUFFIX}"), source)
    try:
        model = reader.read(header.get("objects"))
    except RecursionError:
        raise ModelError("describes a value that is nested too deep", where=source, remedy=_AGAIN) from None
    if not isinstance(model, Model):
        raise ModelError("describes no model", where=source, remedy=_AGAIN)
    entries = tuple(
        TensorEntry(f"{node.name}/{name}", weight.shape, weight.dtype.name)
        for node in model.nodes
        for name, weight in node.layer.weights().items()
    )
    said = (_sentences(header.get(key), source) for key in ("warnings", "unsupported"))
    return ModelFile(model, f"{MODEL_FORMAT} file", f"format {VERSION}", entries, *said)


def _header(archive: Archive, source: str) -> dict[str, object]:
    numbers = _array(archive, MODEL_HEADER, _LONGEST_HEADER)
    try:
        header = json.loads(numbers.tobytes())
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or header.get("format") != MODEL_FORMAT:
        raise ModelError("is no model of ours", where=f"{source}, member {MODEL_HEADER}", remedy=_AGAIN)
    if header.get("version") != VERSION:
        raise ModelError(
            f"has format version {str(header.get('version'))[:20]}, and this program reads version {VERSION}",
            where=source,
            remedy="open it with the version of cnn-tui that wrote it, or a later one",
        )
    return header


def _sentences(value: object, source: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise ModelError("has warnings that are not texts", where=source, remedy=_AGAIN)


def _array(archive: Archive, name: str, largest: int | None = None) -> NDArray[np.generic]:
    """Return the array of a member."""
    raw = archive.read(name) if largest is None else archive.read(name, largest)
    where = f"{archive.source}, member {name}"
    array = plain_array(raw, where, _AGAIN)
    if array.dtype.itemsize > LARGEST_ITEM:
        raise ModelError("has a shape or kind that cannot be", where=where, remedy=_AGAIN)
    # A copy of its own, in the machine's byte order, aligned and writable as the layers' arrays are.
    return np.array(array, dtype=array.dtype.newbyteorder("="))


FORMAT: Final = Format(
    name="npz",
    options=(),
    matches=lambda head, _: MODEL_HEADER in head.members,
    open=lambda data, source, _options, _path: read_npz(data, source),
    inspect=lambda data, source: read_npz(data, source).contents,
)
