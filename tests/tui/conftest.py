"""What all tests of the terminal app share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test writes indexes of sequences into a folder of its own, and neither reads a configuration
    nor keeps what it has looked at."""
    directory = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("CNN_TUI_CACHE", str(directory))
    # Whoever runs the tests may have a file of their own.
    monkeypatch.setenv("CNN_TUI_CONFIG", "")
    monkeypatch.setenv("CNN_TUI_STATE", "")
    return directory
