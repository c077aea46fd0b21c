"""The settings of a block by their names, as the command line and view files give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from cnn_core.errors import SettingError, did_you_mean
from cnn_core.layers import AnyPadding, Padding, checked_padding
from cnn_core.network.block import BlockSettings

if TYPE_CHECKING:
    from cnn_core.network.block import Block
    from cnn_core.network.model import Model

__all__ = ["SETTING_NAMES", "changed_settings", "setting_text", "settings_typed", "with_typed_settings"]

SETTING_NAMES: Final = tuple(each.name for each in fields(BlockSettings))
"""What can be set in a block."""
_PADDINGS: Final = tuple(str(each) for each in Padding)
_SIDES: Final = re.compile(r"(\d{1,9})(?:/(\d{1,9}))?", re.ASCII)
"""A padding in positions: as many on both sides, or left/right."""


def settings_typed(given: Iterable[str], where: str = "--set") -> dict[str, int | str]:
    """Return settings by name.

    Args:
        given: Texts such as `pool_size=4,pool_stride=4`.
        where: Where they are given, for the error.

    Raises:
        SettingError: It is not written so, or a setting is given twice.
    """
    found: dict[str, int | str] = {}
    for text in ",".join(given).split(","):
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise SettingError(f"'{text}' names no setting and its value", where=where, remedy="write pool_size=4")
        if name in found:
            raise SettingError(f"{name} is given twice", where=where, remedy="give it once")
        found[name] = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value
    return found


def changed_settings(now: BlockSettings, given: Mapping[str, int | str], where: str = "--set") -> BlockSettings:
    """Return settings with some of them changed; whether such a block can be, its layers decide.

    Args:
        now: The settings.
        given: Whole numbers, or a padding (its name, or positions such as `3` or `3/2`), by the names of
            `SETTING_NAMES`.
        where: Where they are given, for the error.

    Raises:
        SettingError: There is no such setting, or its value is of another kind.
    """
    for name, value in given.items():
        if name not in SETTING_NAMES:
            remedy = did_you_mean(name, SETTING_NAMES, f"there are {', '.join(SETTING_NAMES)}")
            raise SettingError(f"there is no setting '{name}'", where=where, remedy=remedy)
        if name.endswith("padding"):
            now = _with(now, name, _padding(name, str(value), where))
        elif type(value) is not int or value < 1:
            raise SettingError(
                f"{name} = {value} is not a size or a stride",
                where=where,
                remedy="these are whole numbers, from 1 on",
            )
        else:
            now = _with(now, name, value)
    return now


def setting_text(value: object) -> int | str:
    """Return a setting as it is typed and stored: a whole number, a padding's name, or its sides, `3/2`."""
    if isinstance(value, int):
        return value
    return "/".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _padding(name: str, value: str, where: str) -> AnyPadding:
    if value in _PADDINGS:
        return Padding(value)
    sides = _SIDES.fullmatch(value)
    if sides is None:
        remedy = f"it is one of {', '.join(_PADDINGS)}, or positions such as 3, or 3/2 for left and right"
        raise SettingError(f"{name} = {value}", where=where, remedy=remedy)
    left, right = sides.groups()
    return checked_padding((int(left), int(right or left)))


def with_typed_settings(model: Model, block: Block, given: Iterable[str]) -> Model:
    """Return a model with other settings in a block.

    Args:
        model: The model.
        block: The block.
        given: Texts such as `pool_size=4,pool_stride=4`.

    Raises:
        SettingError: They are not written so, or cannot be.
    """
    return model.with_settings(block, changed_settings(model.settings(block), settings_typed(given)))


def _with(settings: BlockSettings, name: str, value: Any) -> BlockSettings:
    return replace(settings, **{name: value})
