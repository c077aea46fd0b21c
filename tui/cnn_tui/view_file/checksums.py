"""What a file was when a view was written: enough of it to notice that it has changed since.

A file of up to 64 MiB is read whole. Of a larger one the digest covers its first and last MiB, and of a FASTA file
also the letters of the input window, up to a million of them: a change elsewhere goes unnoticed unless it changes the
number of bytes. What a digest covers stands beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from cnn_core.letters.readable_record import ReadableRecord
from cnn_core.presets import PRESETS
from cnn_samples import MODELS, SAMPLES, model_path, sample_path

from ..opening import model_names
from ..options.request import OTHER_STRAND, STANDARD_INPUT, OpenRequest
from ..options.saved_view import Checksum

__all__ = ["COVERS", "changes", "checksum_of", "files_of", "letters_of"]

_WHOLE: Final = "all"
_ENDS: Final = "first and last 1048576 bytes"
_ENDS_AND_LETTERS: Final = f"{_ENDS}, letters of the input window"
COVERS: Final = (_WHOLE, _ENDS, _ENDS_AND_LETTERS)
"""What of a file a digest covers."""

_READ_WHOLE: Final = 64 << 20
_END: Final = 1 << 20
_MOST_LETTERS: Final = 1_000_000

Letters = Callable[[], bytes]
"""Gives the letters of the input window, as codes."""


def files_of(request: OpenRequest) -> Iterator[tuple[str, Path]]:
    """Yield the files that a view is made of: what the view calls them, and where they are; the sequences first."""
    sequences, model = request.sequences, request.model
    if sequences is not None and sequences != STANDARD_INPUT:
        yield sequences, sample_path(sequences) if sequences.startswith("@") else Path(sequences)
    if model is not None and model not in PRESETS:
        yield from [(model, model_path(model))] if model in MODELS else _of_model(model)
    if request.model_options.architecture is not None:
        yield request.model_options.architecture, Path(request.model_options.architecture)
    if request.model_options.output_names is not None:
        yield request.model_options.output_names, Path(request.model_options.output_names)
    for given in request.inputs:
        file = given.partition("=")[2]
        if file != OTHER_STRAND:
            yield file, Path(file)


def _of_model(model: str) -> Iterator[tuple[str, Path]]:
    """Yield the file of a model, or of a TensorFlow SavedModel those that hold its weights."""
    path = Path(model)
    name = model.removesuffix("saved_model.pb") if path.name == "saved_model.pb" else f"{model}/"
    weights = sorted(Path(name, "variables").glob("variables.*"))
    if path.is_dir() or (weights and path.name == "saved_model.pb"):
        yield from ((f"{name}variables/{each.name}", each) for each in weights)
    else:
        yield model, path


def letters_of(record: ReadableRecord, start: int, stop: int) -> Letters:
    """Return what gives the letters of a stretch of a record, a million at the most."""
    return lambda: record.codes(start, min(stop, start + _MOST_LETTERS)).tobytes()


def checksum_of(file: str, path: Path, letters: Letters | None = None) -> Checksum:
    """Return the checksum of a file.

    Args:
        file: What the view calls it.
        path: Where it is.
        letters: Of a FASTA file, gives the letters of the input window.

    Raises:
        OSError: It cannot be read.
    """
    size = path.stat().st_size
    covers = _WHOLE if size <= _READ_WHOLE else _ENDS if letters is None else _ENDS_AND_LETTERS
    return Checksum(file, size, covers, _digest(path, covers, letters))


def changes(checksums: tuple[Checksum, ...], path: Path, letters: Letters) -> Iterator[str]:
    """Yield a sentence for every file that is another than it was.

    Args:
        checksums: What the files were.
        path: The view file.
        letters: Gives the letters of the input window.
    """
    for was in checksums:
        file = _place(was.file, path.parent)
        try:
            same = file.stat().st_size == was.bytes and _digest(file, was.covers, letters) == was.sha256
        except OSError:
            # What cannot be read and is needed has been refused by now.
            continue
        if not same:
            yield f"{was.file} has changed since {path.name} was written: other values may be shown than then"


def _place(file: str, folder: Path) -> Path:
    """Return where a file is that a view names."""
    if file.removeprefix("@") in SAMPLES and file.startswith("@"):
        return sample_path(file)
    return model_path(file) if file in MODELS and file in model_names() else folder / file


def _digest(path: Path, covers: str, letters: Letters | None) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        if covers == _WHOLE:
            return hashlib.file_digest(file, lambda: digest).hexdigest()
        digest.update(file.read(_END))
        file.seek(-_END, 2)
        digest.update(file.read(_END))
    if covers == _ENDS_AND_LETTERS and letters is not None:
        digest.update(letters())
    return digest.hexdigest()
