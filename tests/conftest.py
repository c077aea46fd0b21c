"""What all tests share."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

# CI draws the same examples in every run, so that what has passed passes again; elsewhere each run draws new ones.
settings.register_profile("ours", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("ours")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name bytes after their argument: archives hold the time, and a test has one name in every process."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the tests themselves, which stay to the end, out of every look for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
