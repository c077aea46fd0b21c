"""Configurations as text: JSON, and the YAML that Keras wrote until 2.6. Only plain values come out.

YAML is read from the parser's events, one by one, and never through a constructor. Tuples are lists and the texts of
Python 2 are texts; what a file asks to have built (`!!python/object…`) is not, and None stands in its place. Keras
itself wrote such things where a setting was a numpy number, most often a Dense layer's `input_dim`, which none needs.

Sources of the formats: RFC 8259; https://yaml.org/spec/1.1/.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ...errors import ModelError, shorten
from ..json_numbers import whole_number

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["LONGEST_TEXT", "MOST_PARTS", "Json", "read_text", "shown", "word"]

Json = dict[str, Any]
"""A JSON object; its values are None, bool, int, float, str, lists and such objects."""
LONGEST_TEXT: Final = 1 << 23
"""Bytes that a configuration may have."""
MOST_PARTS: Final = 400_000
"""Lists and objects that a configuration may hold; in memory each takes a hundredfold of its two letters."""

_LONGEST_WORD: Final = 500
_LONGEST_YAML: Final = 1 << 21
_DEEPEST: Final = 100
_TAG: Final = "tag:yaml.org,2002:"
_LISTS: Final = (None, f"{_TAG}seq", f"{_TAG}python/tuple")
_MAPPINGS: Final = (None, f"{_TAG}map")
_PLAIN: Final = (None, *(_TAG + name for name in ("null", "bool", "int", "float", "python/long")))
_TEXTS: Final = (f"{_TAG}str", f"{_TAG}python/unicode", f"{_TAG}python/str")
_NULL: Final = re.compile(r"~|null|Null|NULL|")
_TRUE: Final = re.compile(r"yes|Yes|YES|true|True|TRUE|on|On|ON")
_FALSE: Final = re.compile(r"no|No|NO|false|False|FALSE|off|Off|OFF")
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,18})")
_NUMBER: Final = re.compile(
    r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?|[-+]?\.(inf|Inf|INF)"
)


def read_text(data: bytes, source: str) -> Json:
    """Read a configuration.

    Args:
        data: JSON or YAML, UTF-8.
        source: What it is, for error texts, such as the file's name.

    Raises:
        ModelError: It is neither, not an object, too long or too deep, or asks to have something built; or it is
            YAML and PyYAML is not installed.
    """
    if len(data) > LONGEST_TEXT:
        raise ModelError(
            f"a configuration of {len(data):,} bytes", where=source, remedy=f"the most is {LONGEST_TEXT:,}"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelError(
            "is not text", where=source, remedy="an architecture is JSON or YAML, as model.to_json() writes it"
        ) from None
    if text.count("{") + text.count("[") > MOST_PARTS:
        raise _too_many(source)
    found = _json(text, source) if text.lstrip().startswith(("{", "[")) else _yaml(text, source)
    if not isinstance(found, dict):
        raise ModelError(
            "is not the configuration of a model",
            where=source,
            remedy="it is an object, as model.to_json() writes it",
        )
    return found


def _too_many(where: str) -> ModelError:
    return ModelError(f"holds more than {MOST_PARTS:,} lists and objects", where=where, remedy="give a model's own")


def shown(value: object) -> str:
    """Return a value of a configuration as a sentence has it.

    Args:
        value: The value.
    """
    return "missing" if value is None else shorten(repr(value), 41)


def word(part: Json, key: str, where: str) -> str:
    """Return what a part of a configuration says in one word, such as a layer's name; a number is taken for one.

    Args:
        part: An object.
        key: What is asked for.
        where: The part, for error texts.

    Raises:
        ModelError: It is missing, empty, something else, or too long for a word.
    """
    value = part.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_WORD:
        raise ModelError(f"its {key} is {shown(value)}", where=where, remedy="it is a word")
    return value


def _json(text: str, source: str) -> object:
    try:
        # A depth that exhausts the stack is a RecursionError, a number of many thousand digits a ValueError.
        return json.loads(text, parse_int=whole_number)
    except json.JSONDecodeError as error:
        raise ModelError(
            f"is not JSON: line {error.lineno}, column {error.colno}",
            where=source,
            remedy="write the file again with model.to_json()",
        ) from None
    except (RecursionError, ValueError):
        raise ModelError("is nested or numbered beyond reason", where=source, remedy="give a model's own") from None


def _pyyaml() -> ModuleType:
    """Return PyYAML, which is imported when the first YAML file is read."""
    try:
        import yaml
    except ImportError:
        raise ModelError(
            "reading YAML needs PyYAML, which is not installed", remedy="pip install 'cnn-tui[keras]'"
        ) from None
    module: ModuleType = yaml
    return module


def _yaml(text: str, source: str) -> object:
    if len(text) > _LONGEST_YAML:
        raise ModelError(
            f"a YAML configuration of {len(text):,} letters", where=source, remedy=f"the most is {_LONGEST_YAML:,}"
        )
    yaml = _pyyaml()
    try:
        return _document(yaml, text, source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f": line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise ModelError(
            f"is neither JSON nor YAML{place}",
            where=source,
            remedy="give an architecture as model.to_json() writes it",
        ) from None


@dataclass(slots=True)
class _Opened:
    """A collection whose end has not come yet.

    Attributes:
        collection: What it holds so far.
        value: What it stands for: itself, or None where it asks to have something built.
        anchor: The name by which it may be repeated.
        waiting: The key that waits for its value where it is a mapping.
        size: Its values, and the letters of its texts, with all that is repeated in it.
    """

    collection: list[Any] | Json
    value: object = None
    anchor: str | None = None
    waiting: list[str] = field(default_factory=list)
    size: int = 1

    def grow(self, size: int, where: str) -> None:
        """Count what was put in."""
        self.size += size
        # A few anchors that repeat each other are beyond any memory once they are written out.
        if self.size > LONGEST_TEXT:
            raise ModelError("repeats parts of itself without measure", where=where, remedy="give a model's own")


def _document(yaml: ModuleType, text: str, source: str) -> object:
    """Return what the events of the first document build, without a recursion that a file could exhaust."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root: list[Any] = []
    opened = [_Opened(root)]
    anchored: dict[str, tuple[object, int]] = {}
    for event in yaml.parse(text, Loader=loader):
        where = f"{source}, line {event.start_mark.line + 1}"
        collection: list[Any] | Json | None = None
        if isinstance(event, yaml.CollectionEndEvent):
            closed = opened.pop()
            opened[-1].grow(closed.size, where)
            if closed.anchor is not None:
                anchored[closed.anchor] = (closed.value, closed.size)
            continue
        if isinstance(event, yaml.AliasEvent):
            # An open collection is no value yet: one inside itself would have no end.
            if event.anchor not in anchored:
                raise ModelError(f"*{event.anchor} stands for nothing", where=where, remedy="write the file again")
            value, size = anchored[event.anchor]
            opened[-1].grow(size, where)
        elif isinstance(event, yaml.ScalarEvent):
            value, size = _scalar(event), 1 + len(event.value)
            opened[-1].grow(size, where)
            if event.anchor is not None:
                anchored[event.anchor] = (value, size)
        elif isinstance(event, yaml.CollectionStartEvent):
            is_list = isinstance(event, yaml.SequenceStartEvent)
            collection = [] if is_list else {}
            value = collection if event.tag in (_LISTS if is_list else _MAPPINGS) else None
        else:
            continue
        _put(opened[-1], value, where)
        if collection is not None:
            opened.append(_Opened(collection, value, event.anchor))
            anchored.pop(event.anchor, None)
            if len(opened) > _DEEPEST:
                raise ModelError(f"is nested more than {_DEEPEST} deep", where=where, remedy="give a model's own")
    return root[0] if root else None


def _put(place: _Opened, value: object, where: str) -> None:
    """Add a value to a list, or to a mapping as a key or as what the key waits for."""
    collection, waiting = place.collection, place.waiting
    if isinstance(collection, list):
        collection.append(value)
    elif waiting:
        collection[waiting.pop()] = value
    elif isinstance(value, str | int | float) or value is None:
        waiting.append(str(value))
    else:
        raise ModelError("a key is a list or a mapping", where=where, remedy="write the file again")


def _scalar(event: Any) -> object:
    """Return the value of a text without quotes by its form, and of any other as text."""
    text: str = event.value
    if event.tag in _TEXTS or (event.tag is None and event.style in ("'", '"', "|", ">")):
        return text
    if event.tag not in _PLAIN or _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return _TRUE.fullmatch(text) is not None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf"))
    return text
