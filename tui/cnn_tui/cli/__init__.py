"""The command line: what may be typed, and one module a subcommand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .program import run

__getattr__ = lazily(__name__, {"program": "run"})
