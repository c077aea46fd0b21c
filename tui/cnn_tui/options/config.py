"""What `config.toml` may say of the explorer, and what is wrong with one. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from cnn_core.errors import SettingError

from .by_name import check_names, check_value, shown_value
from .key_names import named_stroke, typed_stroke
from .request import MODEL_NAMES, OPTIONS, OpenRequest

__all__ = ["INSPECTORS", "Config", "config_from", "with_config"]

INSPECTORS: Final = ("folded", "unfolded", "card")
"""What stands in the inspector's place."""
_TEXTS: Final = {"theme": OPTIONS["theme"].choices, "model": (), "inspector": INSPECTORS}
"""The keys that take a text, and all that they take; nothing where that is open."""
_KEYS: Final = "keys"
_SPELL: Final = "write it as on the keyboard, such as w, ctrl+k or pageup"


@dataclass(frozen=True, slots=True)
class Config:
    """How the explorer begins, where nothing else is asked for.

    Attributes:
        theme: The theme's name.
        model: The model where none is named.
        inspector: One of `INSPECTORS`.
        keys: The keys of commands by the commands' names, as Textual names them; whether there are such commands,
            the table of commands says.
        problems: What is wrong with the file, a sentence each; the rest of it holds.
    """

    theme: str | None = None
    model: str | None = None
    inspector: str | None = None
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problems: tuple[str, ...] = ()


def config_from(content: Mapping[str, Any], path: Path) -> Config:
    """Return what a file says, as far as it can be understood.

    Args:
        content: Its keys and values.
        path: The file; a model's path is relative to it.
    """
    where, problems, texts = str(path), list[str](), dict[str, str]()
    for name, value in content.items():
        try:
            check_names([name], (*_TEXTS, _KEYS), where)
            if name != _KEYS:
                check_value(name, value, str, where, choices=_TEXTS[name])
                texts[name] = value
        except SettingError as error:
            problems.append(str(error))
    if "model" in texts and texts["model"] not in MODEL_NAMES:
        texts["model"] = str(path.parent / Path(texts["model"]).expanduser())
    keys = tuple(_keys(content.get(_KEYS, {}), f"{where}, [{_KEYS}]", problems))
    return Config(**texts, keys=keys, problems=tuple(problems))


def _keys(table: object, where: str, problems: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the keys of each command as Textual names them, and add what is wrong with the others."""
    if not isinstance(table, dict):
        problems.append(str(SettingError("keys is no table", where=where, remedy='write play = "p" under [keys]')))
        return
    for name, value in table.items():
        try:
            yield (
                name,
                tuple(
                    _key(each, name, where) for each in (value if isinstance(value, list) and value else [value])
                ),
            )
        except SettingError as error:
            problems.append(str(error))


def _key(written: object, name: str, where: str) -> str:
    if not isinstance(written, str) or not written:
        raise SettingError(f"{name} = {shown_value(written)} is no key", where=where, remedy=_SPELL)
    if written.isdigit():
        raise SettingError(f"{name} = {shown_value(written)}: digits are counts", where=where, remedy=_SPELL)
    return (typed_stroke(written) if len(written) == 1 else named_stroke(written, where, _SPELL)).key


def with_config(request: OpenRequest, config: Config) -> OpenRequest:
    """Return a request with what the user's own file says where the request says nothing.

    The lesson has a model of its own, and a saved view says itself which is read.
    """
    own_model = request.model is None and request.view is None and request.lesson is None
    return replace(
        request,
        theme=request.theme or config.theme,
        default_model=config.model if own_model else None,
        inspector=config.inspector if request.view is None else None,
    )
