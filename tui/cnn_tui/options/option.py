"""What an option is: a field that says how it is typed, what it takes and where it applies. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any, Final, Literal

__all__ = ["Group", "Option", "option", "options_in", "typed_options"]

Group = Literal["sequences", "reading", "window", "start", "model file"]
"""Where an option applies: to what is opened, to all that reads it, to a single input window, to what is looked at
first, to a model file."""

_KEY: Final = "option"
_KINDS: Final[dict[str, type]] = {"str": str, "int": int, "bool": bool, "tuple[str, ...]": tuple}


@dataclass(frozen=True, slots=True)
class Option:
    """What may be asked for by one name.

    Attributes:
        name: Its name in Python and TOML.
        flag: How it is typed; empty where it is typed by its place.
        kind: The type of its value: text, a whole number, a truth value or a tuple of texts.
        optional: Whether None stands for what was not given.
        default: The value where it is not given.
        group: Where it applies.
        help: What it means, for `--help`.
        metavar: What stands for its value there.
        choices: All values that it takes, where they can be listed.
        least: The smallest whole number.
        once: Whether a second one is refused.
        alternatives: What it is one of, where options exclude each other.
        path: Whether its value is a path, the name of something bundled or a path, or NAME=PATH.
    """

    name: str
    flag: str
    kind: type
    optional: bool
    default: Any
    group: Group
    help: str
    metavar: str
    choices: tuple[str, ...]
    least: int
    once: bool
    alternatives: str
    path: Literal["", "file", "bundled", "named", "versus"]


def option(
    default: Any,
    group: Group,
    meaning: str,
    *,
    flag: str | None = None,
    metavar: str = "",
    choices: tuple[str, ...] = (),
    least: int = 0,
    once: bool = False,
    alternatives: str = "",
    path: Literal["", "file", "bundled", "named", "versus"] = "",
) -> Any:
    """Return the field of an option; see `Option`. Its name and its type are those of the field.

    Args:
        default: The value where it is not given.
        group: Where it applies.
        meaning: What it means, for `--help`.
        flag: How it is typed, where that is not its name.
        metavar: What stands for its value.
        choices: All values that it takes.
        least: The smallest whole number.
        once: Whether a second one is refused.
        alternatives: What it is one of, where options exclude each other.
        path: What of its value is a path.
    """
    more = {"metavar": metavar, "choices": choices, "least": least, "once": once, "path": path}
    said = {"group": group, "help": meaning, "flag": flag, "alternatives": alternatives, **more}
    return field(default=default, metadata={_KEY: said})


def options_in(owner: type[Any]) -> Iterator[Option]:
    """Yield the options among the fields of a dataclass, in their order."""
    for each in fields(owner):
        if _KEY in each.metadata:
            yield _option_of(each)


def typed_options(owner: Any) -> Iterator[str]:
    """Yield the options of a dataclass that are not their defaults, and their values, as they are typed."""
    for each in options_in(type(owner)):
        value = getattr(owner, each.name)
        if value == each.default:
            continue
        if value is True and not each.optional:
            yield each.flag
            continue
        for one in value if isinstance(value, tuple) else (value,):
            text = ("yes" if one else "no") if isinstance(one, bool) else str(one)
            if each.flag and text.startswith("-"):
                # Apart from its option it would be taken for another one.
                yield f"{each.flag}={text}"
            else:
                yield from (each.flag, text) if each.flag else (text,)


def _option_of(each: Field[Any]) -> Option:
    said = dict(each.metadata[_KEY])
    kind, _, none = str(each.type).partition(" | ")
    flag = said.pop("flag")
    return Option(
        name=each.name,
        flag=f"--{each.name.replace('_', '-')}" if flag is None else flag,
        kind=_KINDS[kind],
        optional=bool(none),
        default=each.default,
        **said,
    )
