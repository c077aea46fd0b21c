"""What a single word of a command line is understood as, and what a command makes of all of them."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from cnn_core.errors import SettingError

__all__ = ["asked_of", "number_of", "parsed_by", "whole_number_of"]

Value = TypeVar("Value")
Asked = TypeVar("Asked")


def asked_of(kind: type[Asked], typed: argparse.Namespace, **more: object) -> Asked:
    """Return what was typed as a dataclass that has fields of the same names.

    Args:
        kind: The dataclass; where nothing was typed of a field, its default holds.
        typed: What was typed.
        more: The values of other fields, and of those that are not as they were typed.
    """
    given: dict[str, Any] = {each.name: getattr(typed, each.name, None) for each in fields(kind)}  # type: ignore[arg-type]
    given = {name: value for name, value in given.items() if value is not None}
    return kind(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()} | more
    )


def parsed_by(parse: Callable[[str], Value]) -> Callable[[str], Value]:
    """Return what reads a word as something does that raises `SettingError` where the word is wrong."""

    def read(text: str) -> Value:
        try:
            return parse(text)
        except SettingError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def number_of(wrong: str, is_one: Callable[[float], bool]) -> Callable[[str], float]:
    """Return what reads a number.

    Args:
        wrong: What is said of another word, behind the word itself.
        is_one: Tells whether a number is meant; that it is, of no NaN.
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not is_one(value):
            raise argparse.ArgumentTypeError(f"'{text}' {wrong}")
        return value

    return read


def whole_number_of(what: str, least: int = 1) -> Callable[[str], int]:
    """Return what reads a whole number.

    Args:
        what: What it counts.
        least: The smallest one that there can be.
    """

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"'{text}' is no {what}; give a whole number from {least} on")
        return int(text)

    return read
