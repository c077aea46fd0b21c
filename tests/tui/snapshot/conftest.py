"""Views that tests have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from cnn_tui.options.request import OpenRequest
from cnn_tui.snapshot import Snapshot, driving, take
from cnn_tui.snapshot.keys import Stroke

_TAKEN: Final[dict[tuple[object, ...], list[Snapshot]]] = {}


@pytest.fixture(scope="session")
def view() -> Snapshot:
    """A small view, to be stored and compared."""
    return take("@planted", "motifs", size=(60, 18))


@pytest.fixture
def taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a view that is asked for again only once: for tests of what becomes of it.

    That it is the same each time, `test_snapshot_same_bytes.py` holds.
    """
    take_along = driving.take_along

    def once(request: OpenRequest, size: tuple[int, int], stretches: Sequence[Sequence[Stroke]]) -> list[Snapshot]:
        files = [Path(name) for name in (request.sequences, request.model) if name is not None]
        contents = [file.read_bytes() if file.is_file() else b"" for file in files]
        key = (request, size, *map(tuple, stretches), *contents)
        if key not in _TAKEN:
            _TAKEN[key] = take_along(request, size, stretches)
        return _TAKEN[key]

    monkeypatch.setattr(driving, "take_along", once)
