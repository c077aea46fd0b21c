"""A view as TOML, with paths that are relative to the file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Final

from cnn_core.blocks.assumptions import as_comments, assumptions_of
from cnn_core.blocks.reading import Reading

from ..opening import OpenRequest, model_names
from ..options.model_options import ModelOptions
from ..options.saved_view import Checksum, SavedView
from .checksums import checksum_of, files_of, letters_of
from .reading import FORMAT_KEY, VERSION
from .toml_files import toml_key, toml_value

__all__ = ["view_text"]

_HEADING: Final = "# A view of cnn-tui. Paths are relative to this file."
_FIRST: Final = ("sequences", "record", "region", "reverse", "ambiguity", "model", "block", "inputs", "theme")
_CURSOR: Final = ("level", "filter", "cell", "position", "base")
_TRACKS: Final = ("zoom", "offset", "columns", "scale", "inspector", "overview", "pattern")


def view_text(request: OpenRequest, saved: SavedView, reading: Reading) -> str:
    """Return a view as TOML, with the checksums of its files and comments on what had to be assumed.

    Equal views give equal text.

    Args:
        request: What is opened.
        saved: Where one stands in it and how it looks; its path is where the text goes.
        reading: What is looked at.

    Raises:
        SettingError: A name is no Unicode.
        OSError: A file cannot be read.
    """
    folder = saved.path.absolute().parent.resolve()
    letters = letters_of(reading.record, reading.start, reading.stop)
    is_first = True
    checksums = []
    for name, path in files_of(request):
        checksums.append(checksum_of(_named(name, folder), path, letters if is_first else None))
        is_first = False
    return "\n".join(_lines(_moved(request, folder), saved, checksums, assumptions_of(reading))) + "\n"


def _lines(
    request: OpenRequest, saved: SavedView, checksums: list[Checksum], assumed: tuple[str, ...]
) -> Iterator[str]:
    yield _HEADING
    yield from as_comments(assumed)
    yield f"{FORMAT_KEY} = {VERSION}"
    yield from _pairs({name: getattr(request, name) for name in _FIRST})
    yield from _pairs({each.name: getattr(request.model_options, each.name) for each in fields(ModelOptions)})
    yield from _table("cursor", {name: getattr(saved, name) for name in _CURSOR})
    yield from _table("tracks", {name: getattr(saved, name) for name in _TRACKS})
    for block, given in saved.settings.items():
        yield from _table(f"settings.{toml_key(block)}", given)
    if saved.play is not None:
        yield from _table("play", asdict(saved.play))
    if saved.predictions is not None:
        yield from _table("predictions", asdict(saved.predictions))
    if saved.network is not None:
        yield from _table("network", asdict(saved.network))
    for each in checksums:
        yield ""
        yield "[[checksum]]"
        yield from _pairs({name: getattr(each, name) for name in ("file", "bytes", "covers", "sha256")})


def _table(name: str, values: Mapping[str, object]) -> Iterator[str]:
    yield ""
    yield f"[{name}]"
    yield from _pairs(values)


def _pairs(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        if value not in (None, "", ()):
            yield f"{name} = {toml_value(value)}"


def _moved(request: OpenRequest, folder: Path) -> OpenRequest:
    """Return a request whose paths are relative to a folder."""
    options, inputs = request.model_options, (given.partition("=") for given in request.inputs)
    if options.architecture is not None:
        options = replace(options, architecture=_relative(options.architecture, folder))
    return replace(
        request,
        sequences=None if request.sequences is None else _named(request.sequences, folder),
        model=None if request.model is None else _named(request.model, folder),
        model_options=options,
        inputs=tuple(f"{name}{equals}{_relative(file, folder)}" for name, equals, file in inputs),
    )


def _named(name: str, folder: Path) -> str:
    """Return what a view calls a file, or what is bundled and needs no path."""
    return name if name.startswith("@") or name in model_names() else _relative(name, folder)


def _relative(name: str, folder: Path) -> str:
    # Where a folder is a link, `..` leads out of what it points to.
    path = Path(name).absolute()
    path = path.parent.resolve() / path.name
    try:
        found = Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        # Another drive.
        return path.as_posix()
    # A name that would stand for something bundled.
    return path.as_posix() if found.startswith(("@", "-")) or found in model_names() else found
