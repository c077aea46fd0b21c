"""TOML as people and this program write it: read with calm errors, and strings that always can be read again."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from cnn_core.errors import NotFoundError, SettingError
from cnn_core.letters.lfs_pointers import pointer_words

from ..words.faults import os_sentence

__all__ = ["read_toml", "toml_key", "toml_value"]

_LARGEST: Final = 1 << 22
_BARE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def read_toml(path: Path, holds: str, remedy: str) -> dict[str, Any]:
    """Return what a TOML file holds.

    Args:
        path: The file.
        holds: What it should hold, for the error.
        remedy: What to do where there is no such file.

    Raises:
        NotFoundError: There is no such file.
        SettingError: It is not TOML, or too large to be what it should be.
        CnnError: It cannot be read.
    """
    if not path.is_file():
        raise NotFoundError("there is no such file", where=str(path), remedy=remedy)
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingError(f"it is too large for {holds}", where=str(path))
        text = path.read_text(encoding="utf-8")
        if pointer := pointer_words(text[:200].encode()):
            raise SettingError(pointer[0], where=str(path), remedy=pointer[1])
        return tomllib.loads(text)
    except RecursionError:
        raise SettingError("this is not TOML: it is nested too deeply", where=str(path)) from None
    except ValueError as error:
        # TOMLDecodeError and UnicodeDecodeError are of this kind, and so is a number of too many digits.
        reason = str(error).rstrip(".")
        raise SettingError(f"this is not TOML: {reason[:1].lower()}{reason[1:]}", where=str(path)) from None
    except OSError as error:
        raise os_sentence(error, where=str(path)) from None


def toml_value(value: object) -> str:
    """Return a value as TOML spells it.

    Args:
        value: Text, a whole number, a truth value, or a list of them.

    Raises:
        SettingError: Text that is no Unicode, such as a file's name in another encoding.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    assert isinstance(value, str)
    return f'"{"".join(map(_escaped, value))}"'


def toml_key(name: str) -> str:
    """Return a key as TOML spells it, in quotes where it needs them.

    Raises:
        SettingError: It is no Unicode.
    """
    return name if name and _BARE.issuperset(name) else toml_value(name)


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if "\ud800" <= letter <= "\udfff":
        raise SettingError("a name that is no Unicode cannot be written down", remedy="rename what has it")
    if letter.isprintable():
        return letter
    number = ord(letter)
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"
