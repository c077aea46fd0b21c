"""A view as a small TOML file: what is looked at and how, to be opened again at exactly that screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .capturing import Shown
    from .first_look import first_view, open_request
    from .form import with_view
    from .opened import Opened
    from .recent import RecentView, is_recent, last_view, recent_views, remember
    from .restoring import restore

__getattr__ = lazily(
    __name__,
    {
        "capturing": "Shown",
        "first_look": "first_view open_request",
        "form": "with_view",
        "opened": "Opened",
        "recent": "RecentView is_recent last_view recent_views remember",
        "restoring": "restore",
    },
)
