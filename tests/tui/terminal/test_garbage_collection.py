"""Memory and Python's look for garbage, in a process that holds nothing of other tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHECKS = Path(__file__).with_name("garbage_checks.py")


def test_what_has_ended_is_gone_and_python_collects_as_before() -> None:
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", str(CHECKS)]
    done = subprocess.run(
        command, env={**os.environ, "PYTEST_ADDOPTS": ""}, capture_output=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
