"""Views that tests have in common."""

from __future__ import annotations

import pytest

from cnn_tui.snapshot import Snapshot, take


@pytest.fixture(scope="session")
def view() -> Snapshot:
    """A small view, to be stored and compared."""
    return take("@planted", "motifs", size=(60, 18))
