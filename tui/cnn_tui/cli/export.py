"""`cnn-tui export`: every layer's activations for one input window, as an .npz file that is the same every time."""

from __future__ import annotations

import zipfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cnn_core.errors import ModelError
from cnn_core.layers import GlobalMaxPooling1D, MaxPooling1D
from cnn_core.reading import Reading

from ..faults import os_sentence
from ..opening import OpenRequest, open_model, open_reading, open_source, remarks
from .arguments import request_of
from .output import check_output, whole_file
from .streams import write_warnings
from .whole_network import whole_network

__all__ = ["arrays", "main", "run", "write_npz"]

_INSTEAD = "activations"
_OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ORDINARY_FILE = 0o100644 << 16


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(request_of(typed), typed.output, force=typed.force)
    return 0


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
    check_output(path, _INSTEAD, force=force)
    opened = open_model(request.model, request.model_options)
    with open_source(request.sequences, stdin=request.stdin) as sequences:
        found = arrays(open_reading(request, sequences, opened.model))
    try:
        write_npz(path, found, force=force)
    except OSError as error:
        # What failed may be the unfinished file, of which the user knows nothing.
        raise os_sentence(error, where=str(path)) from None
    write_warnings(remarks(opened))


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
    values = whole_network(reading)
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
    with (
        whole_file(path, _INSTEAD, force=force) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
    ):
        for name, array in named.items():
            entry = zipfile.ZipInfo(f"{name}.npy", _OLDEST_ZIP_DATE)
            entry.create_system, entry.external_attr = _UNIX, _ORDINARY_FILE
            with archive.open(entry, "w", force_zip64=True) as member:
                npy.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
