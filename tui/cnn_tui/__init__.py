"""The terminal app: aligned tracks of what a convolution answers and what a pool keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy_names import lazily

if TYPE_CHECKING:
    from .app import CnnApp
    from .snapshot import show

__all__ = ["CnnApp", "show"]

__getattr__ = lazily(__name__, {"app": "CnnApp", "snapshot": "show"})
