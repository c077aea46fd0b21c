"""`cnn-tui export`: every layer's activations for one input window, as an .npz file that is the same every time."""

from __future__ import annotations

import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cnn_core.errors import CnnError, ModelError, RegionError, SettingError
from cnn_core.layers import GlobalMaxPooling1D, MaxPooling1D
from cnn_core.reading import LONGEST_PREDICTION, Reading

from ..faults import os_sentence
from ..opening import OpenRequest, open_model, open_reading, open_source

__all__ = ["arrays", "run", "write_npz"]

_SUFFIX = ".npz"
_OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ORDINARY_FILE = 0o100644 << 16


def run(request: OpenRequest, output: str, *, force: bool = False) -> None:
    """Write the activations of every layer.

    Args:
        request: What to read.
        output: The file to write; its name ends in .npz.
        force: Whether a file that is there is replaced.

    Raises:
        CnnError: Something in the request is not there or cannot be read, or the file cannot be written.
    """
    path = Path(output)
    _check_output(path, force=force)
    model = open_model(request.model)
    with open_source(request.sequences, stdin=request.stdin) as sequences:
        found = arrays(open_reading(request, sequences, model))
    try:
        write_npz(path, found, force=force)
    except OSError as error:
        # What failed may be the unfinished file, of which the user knows nothing.
        raise os_sentence(error, where=str(path)) from None


def _check_output(path: Path, *, force: bool) -> None:
    """Refuse a file that cannot or should not be written, before any work is done."""
    if path.suffix != _SUFFIX:
        named = path.stem and not path.stem.startswith(".")
        raise SettingError(
            f"the name does not end in {_SUFFIX}",
            where=str(path),
            remedy=f"call it {path.stem if named else 'activations'}{_SUFFIX}",
        )
    if path.is_dir():
        raise CnnError("this is a folder", where=str(path), remedy="give the name of a file")
    if not path.parent.is_dir():
        raise CnnError("there is no such folder", where=str(path.parent), remedy="make it first, or choose another")
    if path.exists() and not force:
        raise CnnError(
            "there is such a file already", where=str(path), remedy="choose another name, or add --force"
        )


def arrays(reading: Reading) -> dict[str, NDArray[Any]]:
    """Return what is written, by the name it gets in the file.

    Args:
        reading: The model on its input window.

    Returns:
        Every layer's activations (float32) under the layer's name, the positions that every max pool chose (int64)
        under `selection/` and its name, and the letters (float32) as `one_hot`.

    Raises:
        RegionError: The input window is too long to run the whole network on.
        ShapeError: A layer cannot read what it is given.
        ModelError: Two arrays would have one name.
    """
    model = reading.model
    if model.input.length is None and reading.length > LONGEST_PREDICTION:
        first = reading.start + 1
        raise RegionError(
            f"{reading.length:,} bases are too many to run the whole network on",
            where=f"record {reading.record.name}",
            remedy=f"give {LONGEST_PREDICTION:,} at most, such as --region "
            f"{reading.record.name}:{first}-{first + LONGEST_PREDICTION - 1}",
        )
    values = reading.activations()
    found: list[tuple[str, NDArray[Any]]] = [*values.items()]
    for node in model.nodes:
        if isinstance(node.layer, MaxPooling1D | GlobalMaxPooling1D):
            found.append((f"selection/{node.name}", node.layer.selections(values[node.inputs[0]])))
    found.append(("one_hot", values[model.nodes[0].name]))
    named = dict(found)
    if len(named) < len(found):
        raise ModelError(
            "a layer has a name that the file needs itself",
            where=model.name,
            remedy="name no layer one_hot or selection/…",
        )
    return named


def write_npz(path: Path, named: Mapping[str, NDArray[Any]], *, force: bool = False) -> None:
    """Write arrays as an .npz file that `numpy.load` reads, or nothing at all.

    The same arrays give the same bytes on every machine: nothing is compressed, since compressors differ, and no
    time is recorded. The file is made beside its place and moved there when it is whole. (`numpy.savez` would do
    neither, and it takes no array that is called `file`.)

    Args:
        path: The file.
        named: The arrays by name.
        force: Whether a file that is there by now is replaced.

    Raises:
        CnnError: A file is there and is not to be replaced.
        OSError: The file cannot be written.
    """
    unfinished = path.with_name(f".cnn-tui-{secrets.token_hex(8)}.part")
    try:
        with unfinished.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, array in named.items():
                entry = zipfile.ZipInfo(f"{name}.npy", _OLDEST_ZIP_DATE)
                entry.create_system, entry.external_attr = _UNIX, _ORDINARY_FILE
                with archive.open(entry, "w", force_zip64=True) as member:
                    npy.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
        _check_output(path, force=force)
        unfinished.replace(path)
    finally:
        # Also after an interruption; where all went well there is nothing left to remove.
        unfinished.unlink(missing_ok=True)
