"""A view file as a request to open something: nothing in it is run, and what nobody knows is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from cnn_core.errors import SettingError

from ..opening import STANDARD_INPUT, OpenRequest, model_names
from ..options.by_name import VIEW_OPTIONS, check_names, request_from
from ..options.saved_view import (
    INSPECTORS,
    LEVELS,
    OVERVIEWS,
    PHASES,
    SCALES,
    Checksum,
    SavedLayer,
    SavedPlay,
    SavedPredictions,
    SavedView,
)
from .checksums import COVERS
from .toml_files import read_toml

__all__ = ["FORMAT_KEY", "SUFFIX", "VERSION", "ZOOMS", "read_view", "with_view"]

SUFFIX: Final = ".toml"
"""How the name of a view file ends."""
FORMAT_KEY: Final = "cnn_tui_view"
"""The key that says that this is a view file."""
VERSION: Final = 1
"""What stands behind it."""
ZOOMS: Final = (-64, -32, -16, -8, -4, -2, 1, 2, 4, 8)
"""`frame.ZOOMS`."""

_NOT_HERE: Final = ("filter", "cell", "position", "settings")
"""Options of the explorer that a view file says in its tables."""
_FASTA_START: Final = b">"
_START: Final = 4096
_SHOWN: Final = 60


class _Kind(NamedTuple):
    """What a key takes.

    Attributes:
        type: The type of its value.
        choices: What it is one of; nothing is any.
        signed: Whether a number may be below 0.
    """

    type: type = int
    choices: tuple[object, ...] = ()
    signed: bool = False


_NUMBER, _TEXT = _Kind(), _Kind(str)
_ZOOM, _OFFSET = _Kind(choices=ZOOMS, signed=True), _Kind(signed=True)
_CURSOR: Final = {
    "level": _Kind(str, LEVELS),
    "filter": _NUMBER,
    "cell": _NUMBER,
    "position": _NUMBER,
    "base": _NUMBER,
}
_TRACKS: Final = {
    "zoom": _ZOOM,
    "offset": _OFFSET,
    "columns": _NUMBER,
    "scale": _Kind(str, SCALES),
    "inspector": _Kind(str, INSPECTORS),
    "overview": _Kind(str, OVERVIEWS),
    "pattern": _TEXT,
}
_PLAY: Final = {"response": _NUMBER, "phase": _Kind(str, PHASES), "speed": _Kind(choices=tuple(range(5)))}
_PREDICTIONS: Final = {"step": _NUMBER, "output": _NUMBER}
_NETWORK: Final = {
    "layer": _TEXT,
    "position": _NUMBER,
    "channel": _NUMBER,
    "zoom": _ZOOM,
    "offset": _OFFSET,
    "columns": _NUMBER,
}
_CHECKSUM: Final = {"file": _TEXT, "bytes": _NUMBER, "covers": _Kind(str, COVERS), "sha256": _TEXT}
_TABLES: Final = ("cursor", "tracks", "settings", "play", "predictions", "network", "checksum")
_WORDS: Final = {int: "a whole number", str: "text"}


def with_view(request: OpenRequest) -> OpenRequest:
    """Return the request that a view file stands for, where one is to be opened; any other request as it is.

    Args:
        request: What was asked for; a theme of its own wins over the view's.

    Raises:
        CnnError: The view file cannot be read as one, or other options were given beside it.
    """
    name = request.sequences
    if name is None or not name.lower().endswith(SUFFIX) or not _holds_a_view(Path(name)):
        return request
    bare = OpenRequest()
    others = [
        each.name
        for each in fields(OpenRequest)
        if each.name not in ("sequences", "theme") and getattr(request, each.name) != getattr(bare, each.name)
    ]
    if others:
        option = others[0].replace("_", "-")
        raise SettingError(
            f"this view says itself what {option} is",
            where=name,
            remedy="open it without other options than --theme",
        )
    found = read_view(Path(name))
    return found if request.theme is None else replace(found, theme=request.theme)


def _holds_a_view(path: Path) -> bool:
    """Tell whether a file is to be read as a view: letters may lie in a file of any name."""
    try:
        with path.open("rb") as file:
            return not file.read(_START).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_FASTA_START)
    except OSError:
        # Whoever opens it says why it cannot be.
        return False


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
    options = {name: value for name, value in content.items() if name not in (FORMAT_KEY, *_TABLES)}
    known = [name for name in VIEW_OPTIONS if name not in _NOT_HERE]
    check_names(options, (*known, *_TABLES), where)
    sequences = options.get("sequences")
    if sequences == STANDARD_INPUT:
        raise SettingError("standard input is no file that can be read again", where=where, remedy="name a file")
    if isinstance(sequences, str) and sequences.lower().endswith(SUFFIX) and _holds_a_view(path.parent / sequences):
        raise SettingError("its sequences are a view themselves", where=where, remedy="name a FASTA file")
    request = request_from(options, where, path.parent)
    return replace(request, view=_saved(content, path))


def _check_format(content: Mapping[str, Any], where: str) -> None:
    version = content.get(FORMAT_KEY)
    if type(version) is int and version == VERSION:
        return
    if FORMAT_KEY in content:
        raise SettingError(
            f"{FORMAT_KEY} = {_shown(version)} is a form that is not known here",
            where=where,
            remedy=f"this program reads form {VERSION}",
        )
    several = "take its pictures with cnn-tui snapshot --views"
    remedy = several if "view" in content else f"a view has a line {FORMAT_KEY} = {VERSION}"
    raise SettingError("this is no view", where=where, remedy=remedy)


def _saved(content: Mapping[str, Any], path: Path) -> SavedView:
    where = str(path)
    network = _table(content, "network", _NETWORK, where)
    if network is not None and "layer" not in network:
        raise SettingError("names no layer", where=f"{where}, [network]", remedy='add layer = "NAME"')
    play = _table(content, "play", _PLAY, where)
    predictions = _table(content, "predictions", _PREDICTIONS, where)
    if predictions is not None and not predictions.get("step"):
        raise SettingError(
            "the prediction is scanned in steps",
            where=f"{where}, [predictions]",
            remedy="give a step of 1 base or more",
        )
    return SavedView(
        path,
        **(_table(content, "cursor", _CURSOR, where) or {}),
        **(_table(content, "tracks", _TRACKS, where) or {}),
        settings=_settings(content, where),
        play=None if play is None else SavedPlay(**play),
        predictions=None if predictions is None else SavedPredictions(**predictions),
        network=None if network is None else SavedLayer(**network),
        checksums=tuple(_checksums(content, path)),
    )


def _table(content: Mapping[str, Any], name: str, kinds: Mapping[str, _Kind], where: str) -> dict[str, Any] | None:
    """Return the values of a table, checked, or None where there is no such table."""
    if name not in content:
        return None
    return _checked(content[name], kinds, f"{where}, [{name}]")


def _checked(given: object, kinds: Mapping[str, _Kind], where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SettingError(f"{_shown(given)} is no table", where=where, remedy=f"its keys are {', '.join(kinds)}")
    check_names(given, kinds, where)
    for key, value in given.items():
        kind = kinds[key]
        negative = isinstance(value, int) and value < 0 and not kind.signed
        if type(value) is not kind.type or negative:
            words = f"{_WORDS[kind.type]}{' from 0 on' if kind.type is int and not kind.signed else ''}"
            raise SettingError(f"{key} = {_shown(value)} is not {words}", where=where, remedy="write it so")
        if kind.choices and value not in kind.choices:
            choices = ", ".join(map(str, kind.choices))
            raise SettingError(f"{key} = {_shown(value)}", where=where, remedy=f"it is one of {choices}")
    return given


def _settings(content: Mapping[str, Any], where: str) -> dict[str, dict[str, int | str]]:
    from ..options.block_settings import SETTING_NAMES

    kinds = {name: _TEXT if name.endswith("padding") else _NUMBER for name in SETTING_NAMES}
    blocks = content.get("settings", {})
    if not isinstance(blocks, dict):
        raise SettingError("settings is no table", where=where, remedy="write them under [settings.LAYER]")
    return {block: _checked(given, kinds, f"{where}, [settings.{block}]") for block, given in blocks.items()}


def _checksums(content: Mapping[str, Any], path: Path) -> list[Checksum]:
    tables = content.get("checksum", [])
    if not isinstance(tables, list):
        raise SettingError("checksum is no list of tables", where=str(path), remedy="begin each with [[checksum]]")
    found = []
    for table in tables:
        where = f"{path}, [[checksum]]"
        given = _checked(table, _CHECKSUM, where)
        missing = next((name for name in _CHECKSUM if name not in given), None)
        if missing is not None:
            raise SettingError(f"says no {missing}", where=where, remedy="leave the table out, or write it whole")
        found.append(Checksum(**given, path=_place(given["file"], path.parent)))
    return found


def _place(file: str, folder: Path) -> Path:
    """Return where a file is that a view names."""
    from cnn_samples import MODELS, SAMPLES, model_path, sample_path

    if file.removeprefix("@") in SAMPLES and file.startswith("@"):
        return sample_path(file)
    if file in MODELS and file in model_names():
        return model_path(file)
    return folder / file


def _shown(value: object) -> str:
    words = repr(value)
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
