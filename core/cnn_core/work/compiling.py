"""Loops that numba compiles where it is installed, which the extra `fast` does."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

__all__ = ["compiled"]

_log = logging.getLogger(__name__)


def compiled(what: str, module: str, *given: int) -> Any | None:
    """Return a compiled loop, or None where numba is not installed, switched off, or does not go with this numpy.

    Args:
        what: What it computes, for the log.
        module: The module that imports numba, by its whole name. Its `compile_loop(*given, keep=…)` compiles the loop,
            and raises RuntimeError or OSError where it cannot be compiled, or its machine code not be kept in a file
            for the next process.
        given: What the loop is compiled for.
    """
    try:
        compile_loop = import_module(module).compile_loop
        is_switched_off = bool(import_module("numba").config.DISABLE_JIT)
    except ImportError:
        _log.info("%s: by numpy, since numba is not installed", what)
        return None
    if is_switched_off:
        _log.info("%s: by numpy, since numba is switched off", what)
        return None
    # Where there is no folder for the machine code, or no room in it, it is not kept.
    for keep in (True, False):
        try:
            loop = compile_loop(*given, keep=keep)
        except (OSError, RuntimeError):
            continue
        _log.info("%s: by a loop compiled with numba, %s", what, "kept" if keep else "not kept")
        return loop
    return None
