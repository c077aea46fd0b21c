"""What all tests of the terminal app share."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_RULES: Final[dict[tuple[object, ...], list[RuleSet]]] = {}
_parse = Stylesheet.parse
_parse_rules = Stylesheet._parse_rules


def _parse_once(sheet: Stylesheet) -> None:
    """Parse all of an app's style sheets once for all apps: a twelfth of what it takes to open one."""
    key = (*sheet.source.items(), *sheet._variables.items())
    if key not in _RULES:
        _parse(sheet)
        _RULES[key] = sheet._rules
    sheet._rules, sheet._rules_map, sheet._require_parse = _RULES[key], None, False


def _parse_rules_once(sheet: Stylesheet, css: str, **origin: Any) -> list[RuleSet]:
    """Parse each of them once: which there are depends on what an app has shown so far."""
    key = (css, *origin.items(), *sheet._variables.items())
    if key not in _RULES:
        _RULES[key] = _parse_rules(sheet, css, **origin)
    return _RULES[key]


Stylesheet.parse = _parse_once  # type: ignore[method-assign]
Stylesheet._parse_rules = _parse_rules_once  # type: ignore[method-assign]


_render_update = Compositor.render_update


def _rendered_when_seen(compositor: Compositor, full: bool = False, **how: Any) -> RenderableType | None:
    """Draw the whole screen for whoever looks at it, and no frame for a terminal that is not there.

    Frames are more than half of what a key costs. What is to be drawn at the next look is kept.
    """
    return _render_update(compositor, full, **how) if full else None


Compositor.render_update = _rendered_when_seen  # type: ignore[method-assign]


@pytest.fixture
def every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every frame is drawn, as on a terminal: for tests of when and what is drawn."""
    monkeypatch.setattr(Compositor, "render_update", _render_update)


_CACHES: Final = count()


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test has the folder of its own; thousands beside each other would take pytest seconds to number."""
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def own_cache(caches: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test writes indexes of sequences into a folder of its own, and neither reads a configuration
    nor keeps what it has looked at."""
    directory = caches / str(next(_CACHES))
    monkeypatch.setenv("CNN_TUI_CACHE", str(directory))
    # Whoever runs the tests may have a file of their own.
    monkeypatch.setenv("CNN_TUI_CONFIG", "")
    monkeypatch.setenv("CNN_TUI_STATE", "")
    return directory
