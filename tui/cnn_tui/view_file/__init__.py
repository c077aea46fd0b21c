"""A view as a small TOML file: what is looked at and how, to be opened again at exactly that screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .first_look import first_view, open_request
    from .form import with_view
    from .opened import Opened

__all__ = ["Opened", "first_view", "open_request", "with_view"]

__getattr__ = lazily(__name__, {"first_look": "first_view open_request", "form": "with_view", "opened": "Opened"})
