"""Opens a model file of any kind that we read, chosen by its content; each reader is imported when it is needed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import ModelError, NotFoundError, SettingError
from ..letters.pointers import pointer_words
from .detection import Kind, detect

if TYPE_CHECKING:
    from .report import FileContents, ModelFile

__all__ = ["LARGEST_FILE", "inspect_model_file", "open_model_file", "read_model_file"]

LARGEST_FILE: Final = 1 << 31
"""Bytes that a model file may have."""
_SAVED_MODEL: Final = ("saved_model.pb", "keras_metadata.pb")

_POOL: Final = ("activation", "pool_size", "pool_stride")
_WEIGHTS: Final = ("weights", "batch_norm", "channels", *_POOL)
_MOTIFS: Final = ("motif_score", "pseudocount", "background", *_POOL)
_KERAS: Final = ("architecture", "flip_kernels", "channels")
_OPTIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.KERAS: _KERAS,
    Kind.HDF5: _KERAS,
    Kind.PYTORCH: _WEIGHTS,
    Kind.SAFETENSORS: _WEIGHTS,
    Kind.MEME: _MOTIFS,
    Kind.JASPAR: _MOTIFS,
    Kind.TRANSFAC: _MOTIFS,
    Kind.NPZ: (),
}
# Options of this function alone.
_NEVER_TYPED: Final = ("pseudocount", "background")


def open_model_file(
    path: str | os.PathLike[str],
    *,
    architecture: str | os.PathLike[str] | None = None,
    flip_kernels: bool | None = None,
    weights: str | None = None,
    batch_norm: str | None = None,
    channels: str | None = None,
    activation: str | None = None,
    pool_size: int | None = None,
    pool_stride: int | None = None,
    motif_score: str | None = None,
    pseudocount: float | None = None,
    background: tuple[float, float, float, float] | None = None,
) -> ModelFile:
    """Open a model file.

    An option that is None is left to its reader. One that does not bear on the file's kind is refused, since it
    would be passed over in silence.

    Args:
        path: The file.
        architecture: Keras: the JSON or YAML file that says which layers the weights belong to. Where a file holds
            weights alone, the one that fits among those beside it is found by itself.
        flip_kernels: Keras: whether kernels are turned round; see `keras.read_keras`.
        weights: PyTorch: the name of the convolution's weight; see `filter_bank.FilterBank`.
        batch_norm: PyTorch: which batch norm is folded, `auto`, `none` or a name.
        channels: Keras and PyTorch: the channel order, such as ACGT.
        activation: PyTorch and motifs: the name of the activation function, relu unless told otherwise.
        pool_size: PyTorch and motifs: responses that a cell chooses from, 8 unless told otherwise.
        pool_stride: PyTorch and motifs: responses between neighbouring pool windows, the pool size otherwise.
        motif_score: Motifs: `log-odds` or `probability`; see `motif_filters.MotifFilters`.
        pseudocount: Motifs: the share of random letters in each column, a tenth unless told otherwise.
        background: Motifs: how often A, C, G and T stand anywhere.

    Raises:
        NotFoundError: There is no such file; or no tensor, function … of a name that was given.
        ModelError: It is a folder, too large, of no kind that we read, or not what its kind should be.
        SettingError: An option that cannot be, or that does not bear on this kind of file.
    """
    path = Path(path)
    data = _bytes_of(path)
    options: dict[str, object] = {
        "flip_kernels": flip_kernels,
        "weights": weights,
        "batch_norm": batch_norm,
        "channels": channels,
        "activation": activation,
        "pool_size": pool_size,
        "pool_stride": pool_stride,
        "motif_score": motif_score,
        "pseudocount": pseudocount,
        "background": background,
    }
    if architecture is not None:
        return read_model_file(data, path.name, {**options, "architecture": _bytes_of(Path(architecture))})
    try:
        return read_model_file(data, path.name, options)
    except ModelError as refused:
        if detect(data) is not Kind.HDF5:
            raise
        from .architecture_files import architectures_beside
        from .keras import WithoutArchitectureError, read_keras_beside

        beside = architectures_beside(path) if isinstance(refused, WithoutArchitectureError) else []
        if not beside:
            raise
    return read_keras_beside(data, path.name, beside, flip_kernels=flip_kernels, channels=channels)


def read_model_file(data: bytes, source: str, options: Mapping[str, object]) -> ModelFile:
    """Read a model file that is held in memory.

    Args:
        data: The file's bytes.
        source: The file's name.
        options: Those of `open_model_file` by name, the architecture as bytes; None is as good as missing.

    Raises:
        CnnError: See `open_model_file`.
    """
    kind = _readable_kind(data, source)
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in _OPTIONS[kind]:
            allowed = [_typed(each) for each in _OPTIONS[kind] if each not in _NEVER_TYPED]
            raise SettingError(
                f"{_typed(name)} does not bear on this kind of file, {kind}",
                where=source,
                remedy=f"its options are {', '.join(allowed)}" if allowed else "leave it out",
            )
    read: Callable[..., ModelFile]
    if kind in (Kind.KERAS, Kind.HDF5):
        from .keras import read_keras as read
    elif kind is Kind.NPZ:
        from .npz import read_npz as read
    elif kind in (Kind.PYTORCH, Kind.SAFETENSORS):
        from .filter_bank import FilterBank
        from .pytorch import read_pytorch_archive, read_pytorch_safetensors

        read = read_pytorch_archive if kind is Kind.PYTORCH else read_pytorch_safetensors
        return read(data, source, FilterBank(**given))  # type: ignore[arg-type]
    else:
        from .motif_filters import MotifFilters, read_motifs

        return read_motifs(data, source, kind, MotifFilters(**given))  # type: ignore[arg-type]
    return read(data, source, **given)


def inspect_model_file(path: str | os.PathLike[str]) -> FileContents:
    """Return what a model file holds, also where no model can be made of it: weights alone, several convolutions.

    Args:
        path: The file.

    Raises:
        CnnError: See `open_model_file`.
    """
    path = Path(path)
    data, source = _bytes_of(path), path.name
    kind = _readable_kind(data, source)
    from .report import FileContents

    if kind in (Kind.KERAS, Kind.HDF5):
        from .keras import inspect_keras

        contents = inspect_keras(data, source)
        return FileContents(contents.format, contents.version, contents.tensors)
    if kind in (Kind.PYTORCH, Kind.SAFETENSORS):
        from .pytorch import inspect_pytorch_archive, inspect_pytorch_safetensors

        return (inspect_pytorch_archive if kind is Kind.PYTORCH else inspect_pytorch_safetensors)(data, source)
    opened = read_model_file(data, source, {})
    return FileContents(opened.format, opened.version, opened.tensors)


def _readable_kind(data: bytes, source: str) -> Kind:
    kind = detect(data)
    if kind not in _OPTIONS:
        from .foreign import refusal

        what, remedy = refusal(data, kind, source)
        raise ModelError(what, where=source, remedy=remedy)
    return kind


def _typed(option: str) -> str:
    """Return an option as it is typed on the command line and in the explorer."""
    return option if option in _NEVER_TYPED else f"--{option.replace('_', '-')}"


def _bytes_of(path: Path) -> bytes:
    """Return a file's bytes; a sentence for whatever stands in the way."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            saved = any((path / name).exists() for name in _SAVED_MODEL)
            raise ModelError(
                "is a TensorFlow SavedModel, which is a folder" if saved else "is a folder",
                where=path.name,
                remedy="save the model again: model.save('model.keras')" if saved else "name a model file in it",
            )
        # A pipe or a device could be waited for without an end.
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
