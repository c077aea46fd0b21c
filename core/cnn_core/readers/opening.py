"""Opens a model file of any format that can be read, recognised by its content."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from ..errors import ModelError, NotFoundError, SettingError
from ..letters.lfs_pointers import pointer_words
from .formats import Format, recognise
from .head import Head

if TYPE_CHECKING:
    from .motifs.motif_file import MotifFile
    from .report import FileContents, ModelFile

__all__ = [
    "LARGEST_FILE",
    "ModelOptions",
    "inspect_model_file",
    "open_model_file",
    "open_motif_file",
    "read_model_file",
]

LARGEST_FILE: Final = 1 << 31
"""Bytes that a model file may have."""
_SAVED_MODEL: Final = ("saved_model.pb", "keras_metadata.pb")

# Options that only a program can give.
_NEVER_TYPED: Final = ("pseudocount", "background")


class ModelOptions(TypedDict, total=False):
    """How a model file is read; each format has some of these. One that is None is left to the format.

    Attributes:
        architecture: Keras: the JSON or YAML file that says which layers the weights belong to. Where a file holds
            weights alone, the one that fits among those beside it is found by itself.
        flip_kernels: Keras: whether kernels are turned round; see `keras.read_keras`.
        treat: Keras: what layers are whose program is not in the file, `identity`, `dropout`, a class of Keras's or
            an activation function, by a layer's name or a class's; see `keras.treated_layers`.
        begin: Keras: the layer at which the letters enter; what comes before it is cut off.
        weights: Weights alone: the name of the convolution's weight; see `weights.weights_file.WeightFilters`.
        batch_norm: Weights alone: which batch norm is folded, `auto`, `none` or a name.
        channels: Keras and weights alone: the channel order, such as ACGT.
        activation: Weights alone and motifs: the name of the activation function, see `filter_defaults`.
        pool_size: Weights alone and motifs: responses that a cell chooses from, see `filter_defaults`.
        pool_stride: Weights alone and motifs: responses between neighbouring pool windows, the pool size
            otherwise.
        motif_score: Motifs: `log-odds` or `probability`; see `motifs.motif_file.MotifFilters`.
        motif_rows: Motifs: what the rows of matrices of 4 × 4 numbers are that could be either, `position` or `letter`;
            see `motifs.layout`.
        motif_threshold: Motifs: `random`, the score that few random windows exceed, or `file`, HOMER's own.
        pseudocount: Motifs: the share of random letters in each column, a tenth unless told otherwise.
        background: Motifs: the frequencies of A, C, G and T.
    """

    architecture: str | os.PathLike[str] | None
    flip_kernels: bool | None
    treat: Mapping[str, str] | None
    begin: str | None
    weights: str | None
    batch_norm: str | None
    channels: str | None
    activation: str | None
    pool_size: int | None
    pool_stride: int | None
    motif_score: str | None
    motif_rows: str | None
    motif_threshold: str | None
    pseudocount: float | None
    background: tuple[float, float, float, float] | None


def open_model_file(path: str | os.PathLike[str], **options: Unpack[ModelOptions]) -> ModelFile:
    """Open a model file.

    An option that does not apply to the file's format is refused, since it would have no effect.

    Args:
        path: The file.
        options: See `ModelOptions`.

    Raises:
        NotFoundError: There is no such file; or no tensor, function … of a given name.
        ModelError: It is a folder, too large, of no format that is read, or not what its format says.
        SettingError: An option is invalid, or does not apply to this format.
    """
    path = Path(path)
    given: dict[str, object] = dict(options)
    saved = _saved_model(path)
    data = b"" if saved else _bytes_of(path)
    if (architecture := options.get("architecture")) is not None:
        given["architecture"] = _bytes_of(Path(architecture))
    if saved:
        module, folder = saved
        opened: ModelFile = module.open_folder(folder, _checked(module.FORMAT, given, folder.name))
        return opened
    return read_model_file(data, path.name, given, path)


def read_model_file(data: bytes, source: str, options: Mapping[str, object], path: Path | None = None) -> ModelFile:
    """Read a model file that is held in memory.

    Args:
        data: The file's bytes.
        source: The file's name.
        options: `ModelOptions`, the architecture as bytes.
        path: Where it lies, so that what belongs to it can be found beside it.

    Raises:
        CnnError: See `open_model_file`.
    """
    found = _format_of(data, source, path)
    return found.open(data, source, _checked(found, options, source), path)


def _checked(found: Format, options: Mapping[str, object], source: str) -> dict[str, object]:
    """Return the options that are given, if they apply to a format."""
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in found.options:
            allowed = [_typed(each) for each in found.options if each not in _NEVER_TYPED]
            raise SettingError(
                f"{_typed(name)} does not apply to this kind of file, {found.name}",
                where=source,
                remedy=f"its options are {', '.join(allowed)}" if allowed else "leave it out",
            )
    return given


def open_motif_file(path: str | os.PathLike[str], motif_rows: str | None = None) -> MotifFile:
    """Open a file of motifs as motifs, of any layout that is read.

    Args:
        path: The file.
        motif_rows: See `ModelOptions`.

    Raises:
        NotFoundError: There is no such file, or no such kind of rows.
        ModelError: It is a folder, too large, no motif file, or not a valid one.
    """
    path = Path(path)
    data = _bytes_of(path)
    # What is said of MEME Suite's XML names the text beside it.
    if (head := Head(data)).is_markup:
        raise _refusal(head, path.name, path)
    reading = import_module(".motifs.reading", __package__)
    read: MotifFile = reading.read_motifs(data, path.name, motif_rows)
    return read


def inspect_model_file(path: str | os.PathLike[str]) -> FileContents:
    """Return what a model file holds, even if no model can be made of it: weights alone, several convolutions.

    Args:
        path: The file.

    Raises:
        CnnError: See `open_model_file`.
    """
    path = Path(path)
    if saved := _saved_model(path):
        module, folder = saved
        contents: FileContents = module.inspect_folder(folder)
        return contents
    data = _bytes_of(path)
    return _format_of(data, path.name, path).inspect(data, path.name)


def _saved_model(path: Path) -> tuple[Any, Path] | None:
    """Return the module that opens a SavedModel and its folder, where a path means one."""
    try:
        if path.name not in _SAVED_MODEL and not path.is_dir():
            return None
    except (OSError, ValueError):
        # A name that no file can have; opening it says so.
        return None
    module = import_module(".keras.saved_model", __package__)
    folder: Path | None = module.find_folder(path)
    return None if folder is None else (module, folder)


def _format_of(data: bytes, source: str, path: Path | None) -> Format:
    head = Head(data)
    found = recognise(head, source)
    if found is None:
        raise _refusal(head, source, path)
    return found


def _refusal(head: Head, source: str, path: Path | None) -> ModelError:
    what, remedy = import_module(".unsupported_files", __package__).refusal(head, source, path)
    return ModelError(what, where=source, remedy=remedy)


def _typed(option: str) -> str:
    """Return an option as a user types it."""
    return option if option in _NEVER_TYPED else f"--{option.replace('_', '-')}"


def _bytes_of(path: Path) -> bytes:
    """Return a file's bytes, or raise a sentence that says why it cannot be read."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            saved = any((path / name).exists() for name in _SAVED_MODEL)
            raise ModelError(
                "is a TensorFlow SavedModel, which is a folder" if saved else "is a folder",
                where=path.name,
                remedy="save the model again: model.save('model.keras')" if saved else "name a model file in it",
            )
        # Reading a pipe or a device might never end.
        if not stat.S_ISREG(status.st_mode):
            raise ModelError("is not a file", where=path.name, remedy="save it to a file and open that")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise NotFoundError("there is no such file", where=str(path), remedy="check its name and folder") from None
    except PermissionError:
        raise ModelError("you may not read it", where=path.name, remedy="ask for its read permission") from None
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error)
        raise ModelError(f"cannot be opened ({what})", where=path.name) from None
    if len(data) > LARGEST_FILE:
        raise ModelError(
            f"has more than {LARGEST_FILE:,} bytes", where=path.name, remedy="give a file with the weights alone"
        )
    if pointer := pointer_words(data):
        raise ModelError(pointer[0], where=path.name, remedy=pointer[1])
    return data
