"""What a look at names can tell, before anything is opened or a reader is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cnn_core.errors import NotFoundError, SequenceError, did_you_mean
from cnn_core.presets import PRESETS
from cnn_samples import MODELS, SAMPLES, sample_path

from ..options.request import DEFAULT_SEQUENCES, STANDARD_INPUT, VIEW_SUFFIX, OpenRequest
from .suggestions import no_such_file

__all__ = [
    "check_model_name",
    "check_request",
    "is_view_name",
    "model_names",
    "source_path",
]

_SOURCES: Final = "give a FASTA file, a sample such as @planted, or - for standard input"


def check_request(request: OpenRequest) -> None:
    """Refuse what cannot be opened, as far as a look at the names can tell; no file is read.

    Raises:
        NotFoundError: There is no such model, sample or file.
        SequenceError: The sequences or the variants are a folder.
    """
    if request.model is not None:
        check_model_name(request.model)
    if request.sequences != STANDARD_INPUT:
        source_path(request.sequences)
    if request.variants is not None:
        _check_variants(request.variants)


def _check_variants(name: str) -> None:
    path = Path(name)
    if name == STANDARD_INPUT:
        raise NotFoundError(
            "variants are not read from there",
            where="standard input",
            remedy="name a file, or run cnn-tui variants",
        )
    if not name or not path.exists():
        raise no_such_file(name, "give a VCF file, plain or compressed")
    if path.is_dir():
        raise SequenceError("this is a folder", where=name, remedy="name a VCF file in it")


def is_view_name(text: str | None) -> bool:
    """Tell whether sequences have the name of a view file; what is in it says whether they are one."""
    return text is not None and text.lower().endswith(VIEW_SUFFIX)


def model_names() -> dict[str, str]:
    """Return the models that need no path, each with one line that says what it is: presets and bundled files."""
    return {**PRESETS, **MODELS}


def check_model_name(name: str) -> None:
    """Refuse a name that is neither a model's nor a file's; whether the file is a model, its content decides.

    Raises:
        NotFoundError: There is no such model.
    """
    names = model_names()
    path = Path(name)
    if name in names or (name and path.exists()):
        return
    *others, last = names
    are = f"the models are {', '.join(others)} and {last}"
    if path.suffix or len(path.parts) > 1:
        raise no_such_file(name, are)
    remedy = did_you_mean(name.casefold(), names, f"{are}, or give a file")
    raise NotFoundError(f"there is no model '{name}'", remedy=remedy)


def source_path(text: str | None) -> Path:
    """Return the file that a name of sequences stands for; it is not read.

    Args:
        text: A path, or `@` and the name of a sample; None is the bundled sample.

    Raises:
        NotFoundError: There is no such sample or file.
        SequenceError: It is a folder.
    """
    name = DEFAULT_SEQUENCES if text is None else text
    if name.startswith("@"):
        return sample_path(name)
    path = Path(name)
    if not name or not path.exists():
        sample = name.removesuffix(".fa")
        if sample in SAMPLES:
            remedy = f"the sample of that name is @{sample}"
            raise NotFoundError("there is no such file", where=name, remedy=remedy)
        raise no_such_file(name, _SOURCES)
    if path.is_dir():
        raise SequenceError("this is a folder", where=name, remedy="name a FASTA file in it")
    return path
