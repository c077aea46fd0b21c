"""The widgets of the explorer: one track, one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .motif_panel import MotifPanel

# What the first frame does without; all other widgets are imported from their modules.
__getattr__ = lazily(__name__, {"motif_panel": "MotifPanel"})
