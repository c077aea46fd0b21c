"""What all tests of the terminal app share."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from found_once import install
from rich.console import RenderableType
from textual._compositor import Compositor

install()

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
