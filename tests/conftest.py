"""What all tests share."""

from __future__ import annotations

import pytest


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name bytes after their argument: archives hold the time, and a test has one name in every process."""
    return argname if isinstance(val, bytes) else None
