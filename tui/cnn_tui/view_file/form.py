"""A view as TOML, with paths that are relative to the file: read, where nothing in it is run, and written.

The tables and their keys are the dataclasses of `options.saved_view`; what those do not name is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from cnn_core.blocks.assumptions import as_comments, assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.errors import SettingError

from ..opening import model_names, start_of_toml
from ..opening.toml_files import read_toml, toml_key, toml_value
from ..options.block_settings import SETTING_NAMES
from ..options.by_name import check_names, check_value, request_from, shown_value
from ..options.request import OPTIONS, VIEW_KEY, OpenRequest, with_paths
from ..options.saved_view import FLIPPED, RESEMBLED, SHOWN, TABLES, Checksum, SavedView
from ..view.attribution_choice import Kind
from ..view.frame import ZOOMS
from ..view.play import SPEEDS, Phase
from ..view.view_state import EditsShown, Level, Scale, Subject
from .checksums import COVERS, checksum_of, files_of, letters_of

__all__ = ["VERSION", "read_view", "view_text", "with_view"]

VERSION: Final = 2
"""What stands behind `VIEW_KEY`; form 1 knew no edits, and is read too."""

_HEADING: Final = "# A view of cnn-tui. Paths are relative to this file."
_NOT_HERE: Final = ("filter", "cell", "position", "settings", "config", "effects", "probability", "method")
"""Options of the explorer that a view file says in its tables, and the user's own file."""
_BESIDE: Final = ("sequences", "theme", "config")
"""What may be asked for beside a view file."""
_HERE: Final = [name for name in OPTIONS if name not in _NOT_HERE]
_ALL_TABLES: Final = (*TABLES, "settings", "checksum")
_CHOICES: Final[Mapping[str, tuple[object, ...]]] = {
    "level": tuple(Level),
    "kind": tuple(Kind),
    "zoom": ZOOMS,
    "scale": tuple(Scale),
    "inspector": ("folded", "unfolded", "card"),
    "overview": tuple(Subject),
    "edits": ("", *EditsShown),
    "hits": ("", SHOWN),
    "names": ("", RESEMBLED),
    "logo": ("", FLIPPED),
    "phase": tuple(phase.name.lower() for phase in Phase),
    "speed": tuple(range(len(SPEEDS))),
    "covers": COVERS,
}
"""What the value of a key is one of."""
_SIGNED: Final = ("zoom", "offset")
"""Numbers that may be below 0."""
_SETTINGS: Final = {name: str if name.endswith("padding") else int for name in SETTING_NAMES}


# Reading


def with_view(request: OpenRequest) -> OpenRequest:
    """Return the request that a view file stands for, where one is to be opened; any other request as it is.

    Args:
        request: What was asked for; a theme of its own wins over the view's.

    Raises:
        CnnError: The view file cannot be read as one, or other options were given beside it.
    """
    name = request.sequences
    if name is None or start_of_toml(Path(name)) is None:
        return request
    bare = OpenRequest()
    others = [
        each.name
        for each in fields(OpenRequest)
        if each.name not in _BESIDE and getattr(request, each.name) != getattr(bare, each.name)
    ]
    if others:
        option = others[0].replace("_", "-")
        raise SettingError(
            f"this view says itself what {option} is",
            where=name,
            remedy="open it without other options than --theme and --config",
        )
    found = read_view(Path(name))
    return replace(found, theme=request.theme or found.theme, config=request.config)


def read_view(path: Path) -> OpenRequest:
    """Return what a view file asks for; its paths are relative to it.

    Args:
        path: The file.

    Raises:
        CnnError: There is no such file, it is not TOML or no view, or something in it is unknown or of another kind.
    """
    content = read_toml(path, "a view", "S in the explorer writes one")
    where = str(path)
    _check_format(content, where)
    options = {name: value for name, value in content.items() if name not in (VIEW_KEY, *_ALL_TABLES)}
    check_names(options, (*_HERE, *_ALL_TABLES), where)
    sequences = options.get("sequences")
    if isinstance(sequences, str) and start_of_toml(path.parent / sequences) is not None:
        raise SettingError("its sequences are a view themselves", where=where, remedy="name a FASTA file")
    return replace(request_from(options, where, path.parent), view=_saved(content, path))


def _check_format(content: Mapping[str, Any], where: str) -> None:
    version = content.get(VIEW_KEY)
    if type(version) is int and 1 <= version <= VERSION:
        return
    if VIEW_KEY in content:
        raise SettingError(
            f"{VIEW_KEY} = {shown_value(version)} is a form that is not known here",
            where=where,
            remedy=f"this program reads forms 1 to {VERSION}",
        )
    several = "take its pictures with cnn-tui snapshot --views"
    remedy = several if "view" in content else f"a view has a line {VIEW_KEY} = {VERSION}"
    raise SettingError("this is no view", where=where, remedy=remedy)


def _saved(content: Mapping[str, Any], path: Path) -> SavedView:
    tables: dict[str, Any] = {}
    for name, kind in TABLES.items():
        if name in content:
            where = f"{path}, [{name}]"
            given = _checked(content[name], _types(kind), where)
            if name == "network" and "layer" not in given:
                raise SettingError("names no layer", where=where, remedy='add layer = "NAME"')
            if name == "effects" and not given.get("target"):
                raise SettingError("names no value", where=where, remedy='add target = "output"')
            if name == "predictions" and not given.get("step"):
                raise SettingError(
                    "the output is scanned in steps", where=where, remedy="give a step of 1 base or more"
                )
            tables[name] = kind(**given)
    return SavedView(path, **tables, settings=_settings(content, path), checksum=tuple(_checksums(content, path)))


def _types(kind: type[Any]) -> dict[str, type]:
    """Return the keys of a table and the types of their values."""
    return {each.name: {"str": str, "bool": bool}.get(str(each.type), int) for each in fields(kind)}


def _checked(given: object, types: Mapping[str, type], where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SettingError(
            f"{shown_value(given)} is no table", where=where, remedy=f"its keys are {', '.join(types)}"
        )
    check_names(given, types, where)
    for key, value in given.items():
        least = None if key in _SIGNED else 0
        check_value(key, value, types[key], where, least=least, choices=_CHOICES.get(key, ()))
    return given


def _settings(content: Mapping[str, Any], path: Path) -> dict[str, dict[str, int | str]]:
    blocks = content.get("settings", {})
    if not isinstance(blocks, dict):
        raise SettingError("settings is no table", where=str(path), remedy="write them under [settings.LAYER]")
    return {block: _checked(given, _SETTINGS, f"{path}, [settings.{block}]") for block, given in blocks.items()}


def _checksums(content: Mapping[str, Any], path: Path) -> Iterator[Checksum]:
    tables = content.get("checksum", [])
    if not isinstance(tables, list):
        raise SettingError("checksum is no list of tables", where=str(path), remedy="begin each with [[checksum]]")
    where, types = f"{path}, [[checksum]]", _types(Checksum)
    for table in tables:
        given = _checked(table, types, where)
        missing = next((name for name in types if name not in given), None)
        if missing is not None:
            raise SettingError(f"says no {missing}", where=where, remedy="leave the table out, or write it whole")
        yield Checksum(**given)


# Writing


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
    # The sequences come first, and no other file holds letters.
    checksums = tuple(
        checksum_of(_named(name, folder), path, None if nth else letters)
        for nth, (name, path) in enumerate(files_of(request))
    )
    saved = replace(saved, checksum=checksums)
    return (
        "\n".join(_lines(with_paths(request, lambda path: _relative(path, folder)), saved, assumptions_of(reading)))
        + "\n"
    )


def _lines(request: OpenRequest, saved: SavedView, assumed: tuple[str, ...]) -> Iterator[str]:
    yield _HEADING
    yield from as_comments(assumed)
    yield f"{VIEW_KEY} = {VERSION}"
    theirs = request.model_options
    yield from _pairs({name: getattr(theirs if hasattr(theirs, name) else request, name) for name in _HERE})
    tables = {f"[{name}]": getattr(saved, name) for name in TABLES}
    before = ("[cursor]", "[tracks]")
    for heading in before:
        yield from ("", heading, *_pairs(asdict(tables[heading])))
    for block, given in saved.settings.items():
        yield from ("", f"[settings.{toml_key(block)}]", *_pairs(given))
    for heading, table in tables.items():
        if heading not in before and table is not None:
            yield from ("", heading, *_pairs(asdict(table)))
    for checksum in saved.checksum:
        yield from ("", "[[checksum]]", *_pairs(asdict(checksum)))


def _pairs(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        if value not in (None, "", ()):
            yield f"{name} = {toml_value(value)}"


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
