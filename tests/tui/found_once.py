"""Textual that finds out once for all apps of the tests what it would find out in each: a fifth of an app's start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import CodeType
from typing import Any, Final

from textual import _callback
from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.widget import Widget

__all__ = ["install"]

Handler = tuple[type, Callable[[Message], Awaitable[Any]]]

_parse, _parse_rules, _apply = Stylesheet.parse, Stylesheet._parse_rules, Stylesheet.apply
_handlers = MessagePump._get_dispatch_methods
_initialize = Reactive._initialize_object
_count = _callback._count_parameters

_RULES: Final[dict[tuple[object, ...], list[RuleSet]]] = {}
_MATCHED: Final[dict[tuple[object, ...], tuple[tuple[bool, ...], RulesMap]]] = {}
_CLASSES: Final[dict[tuple[type, type], tuple[tuple[type, Mapping[str, Any]], ...] | None]] = {}

_COUNTED: Final[dict[CodeType, int]] = {}

_TOLD: Final = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
"""What applying a style sheet tells a widget besides its styles."""


def install() -> None:
    """Let Textual use what is in this module."""
    Stylesheet.parse = _parse_once  # type: ignore[method-assign]
    Stylesheet._parse_rules = _parse_rules_once  # type: ignore[method-assign]
    Stylesheet.apply = _apply_once  # type: ignore[method-assign]
    MessagePump._get_dispatch_methods = _handlers_of  # type: ignore[method-assign]
    Reactive._initialize_object = staticmethod(_initialize_once)  # type: ignore[method-assign,assignment]
    _callback._count_parameters = _count_once


def _parse_once(sheet: Stylesheet) -> None:
    """Parse all the style sheets of an app."""
    key = (*sheet.source.items(), *sheet._variables.items())
    if key not in _RULES:
        _parse(sheet)
        _RULES[key] = sheet._rules
    sheet._rules, sheet._rules_map, sheet._require_parse = _RULES[key], None, False


def _parse_rules_once(sheet: Stylesheet, css: str, **origin: Any) -> list[RuleSet]:
    """Parse one of them: which an app has follows from what it has shown so far."""
    key = (css, *origin.items(), *sheet._variables.items())
    if key not in _RULES:
        _RULES[key] = _parse_rules(sheet, css, **origin)
    return _RULES[key]


def _apply_once(
    sheet: Stylesheet, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], RulesMap] | None = None
) -> None:
    """Apply the rules of style; which match is found once for all widgets that stand at the same place.

    As in Textual's own cache, which serves one update, nothing is kept where the order of widgets matters.
    """
    key = id(sheet.rules), *map(_place, node.css_path_nodes)
    if key not in _MATCHED:
        found: dict[tuple[Any, ...], RulesMap] = {}
        _apply(sheet, node, animate=animate, cache=found)
        for matched in found.values():
            _MATCHED[key] = tuple(getattr(node, each) for each in _TOLD), matched
        return
    told, matched = _MATCHED[key]
    for name, value in zip(_TOLD, told, strict=True):
        setattr(node, name, value)
    sheet.replace_rules(node, matched, animate=animate)
    sheet._process_component_classes(node)


def _place(node: DOMNode) -> tuple[object, ...]:
    """Return all that selectors ask of a node, but for its place among others."""
    own = (type(node), node._id, frozenset(node._classes))
    if isinstance(node, Widget):
        return *own, node.mouse_hover, node.has_focus, node.disabled, node.allow_focus()
    return *own, *sorted(node.get_pseudo_classes())


def _handlers_of(pump: MessagePump, name: str, message: Message) -> Iterable[Handler]:
    """Yield what handles a message; where no `@on` is for its kind, that goes by name alone."""
    key = type(pump), type(message)
    if key not in _CLASSES:
        _CLASSES[key] = _by_name(*key)
    if (classes := _CLASSES[key]) is None:
        yield from _handlers(pump, name, message)
        return
    private = f"_{name}"
    for each, names in classes:
        if message._no_default_action:
            break
        method = names.get(private) or names.get(name)
        if method is not None and not getattr(method, "_textual_on", None):
            yield each, method.__get__(pump, each)


def _by_name(kind: type, message: type) -> tuple[tuple[type, Mapping[str, Any]], ...] | None:
    """Return the classes of a pump with what is in each, now and later; None where one has an `@on` for a message."""
    decorated = (kind_of.__dict__.get("_decorated_handlers") or {} for kind_of in kind.__mro__)
    if any(issubclass(message, handled) for handlers in decorated for handled in handlers):
        return None
    return tuple((each, each.__dict__) for each in kind.__mro__)


def _initialize_once(widget: Any) -> None:
    """Give what is reactive its first values, which Textual makes sure of again whenever a bound value changes."""
    if "is_initialized" not in vars(widget):
        _initialize(widget)
        widget.is_initialized = True


def _count_once(function: Callable[..., object]) -> int:
    """Count the parameters of a function, of which there is one for every value that is bound."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return _count(function)
    if code not in _COUNTED:
        _COUNTED[code] = _count(function)
    return _COUNTED[code]
