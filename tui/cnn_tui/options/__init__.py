"""Everything that can be asked for: its names, its types, its defaults. Imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .block_settings import SETTING_NAMES, with_typed_settings
    from .by_name import DEFAULT_SIZE, size_of

__getattr__ = lazily(
    __name__, {"block_settings": "SETTING_NAMES with_typed_settings", "by_name": "DEFAULT_SIZE size_of"}
)
