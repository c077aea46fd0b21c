"""The options as arguments of a parser, and what was typed as a request. Imports nothing heavy."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

from cnn_core.errors import SettingError

from .model_options import MODEL_OPTIONS, ModelOptions
from .option import Group, Option
from .request import OPTIONS, OpenRequest

__all__ = ["add_group", "add_model_options", "add_options", "options_of", "request_of", "typed_options"]

_YES_NO: Final = ("yes", "no")
_DESCRIPTION: Final = """\
Keras (.keras, .h5), PyTorch (.pt2, .pt, .safetensors), ONNX (.onnx), motifs
(MEME, JASPAR, HOMER …), and .npz of cnn-tui convert; the content decides,
not the name.
What a file says itself needs no option."""


def add_group(parser: argparse.ArgumentParser, *groups: Group, **helps: str) -> None:
    """Add the options of some groups.

    Args:
        parser: The parser.
        groups: Where they apply.
        helps: What some of them mean to this command, by their names.
    """
    add_options(parser, *(name for name, each in OPTIONS.items() if each.group in groups), **helps)


def add_options(parser: argparse.ArgumentParser, *names: str, **helps: str) -> None:
    """Add options by their names; those that exclude each other are added at once.

    Args:
        parser: The parser.
        names: The options.
        helps: What some of them mean to this command, by their names.
    """
    alternatives: dict[str, Any] = {}
    for each in (OPTIONS[name] for name in names):
        where: Any = parser
        if each.alternatives:
            where = alternatives.setdefault(each.alternatives, None) or parser.add_mutually_exclusive_group()
            alternatives[each.alternatives] = where
        _add(where, each, helps.get(each.name, each.help))


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the group of options that say how a model file is read."""
    group = parser.add_argument_group("model files", _DESCRIPTION)
    for each in MODEL_OPTIONS:
        _add(group, each, each.help)


def _add(where: Any, each: Option, help_: str) -> None:
    """Add one option to a parser or a group of it."""
    how: dict[str, Any] = {"help": help_, "default": each.default}
    if each.kind is bool and not each.optional:
        how["action"] = "store_true"
    else:
        how["metavar"] = each.metavar
        if each.kind is bool:
            how |= {"action": _YesOrNo, "choices": _YES_NO}
        elif each.kind is int:
            how["type"] = _size if each.least else _position
        elif each.kind is tuple:
            how |= {"action": "append", "default": []}
        elif each.once:
            how["action"] = _Once
        if each.choices:
            how["choices"] = each.choices
    where.add_argument(each.flag, dest=each.name, **how)


class _YesOrNo(argparse.Action):
    """Store yes and no as a truth value."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Store the value."""
        setattr(namespace, self.dest, values == _YES_NO[0])


class _Once(argparse.Action):
    """Store a value, and refuse a second one: which of the two is meant, is not known."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Store the value."""
        if getattr(namespace, self.dest) is not None:
            raise argparse.ArgumentError(self, "it is given more than once; leave one")
        setattr(namespace, self.dest, values)


def _position(text: str) -> int:
    """Return a position; whether there is such a one, the model and the record decide."""
    return _whole_number(text, "position", 0)


def _size(text: str) -> int:
    """Return a size; it counts responses, so it is 1 at least."""
    return _whole_number(text, "size", 1)


def _whole_number(text: str, what: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise argparse.ArgumentTypeError(f"'{text}' is not a {what}: these are whole numbers, from {least} on")
    return int(text)


def options_of(typed: argparse.Namespace) -> ModelOptions:
    """Return what was typed as the options of a model file."""
    return ModelOptions(**_values(typed, MODEL_OPTIONS))


def request_of(typed: argparse.Namespace) -> OpenRequest:
    """Return what was typed as a request to open something."""
    own = [each for each in OPTIONS.values() if each not in MODEL_OPTIONS]
    return OpenRequest(**_values(typed, own), model_options=options_of(typed))


def _values(typed: argparse.Namespace, options: Iterable[Option]) -> dict[str, Any]:
    """Return the values of those options that were added to the parser."""
    values = {each: getattr(typed, each.name) for each in options if hasattr(typed, each.name)}
    return {each.name: tuple(value) if each.kind is tuple else value for each, value in values.items()}


def typed_options(text: str) -> ModelOptions:
    """Return options that are typed in one line, as behind a command.

    Args:
        text: The options and their values; quotes hold together what has spaces.

    Raises:
        SettingError: There is no such option, or its value is invalid.
    """
    parser = _LineParser(add_help=False, allow_abbrev=False)
    add_model_options(parser)
    try:
        words = shlex.split(text)
    except ValueError:
        raise SettingError("a quote in the options has no end", remedy="close it") from None
    typed, others = parser.parse_known_args(words)
    if others:
        names = ", ".join(each.flag for each in MODEL_OPTIONS)
        raise SettingError(f"there is no option {others[0]} of a model file", remedy=f"choose among {names}")
    return options_of(typed)


class _LineParser(argparse.ArgumentParser):
    """Raises what is wrong, instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        raise SettingError(message, remedy="type it as on the command line")
