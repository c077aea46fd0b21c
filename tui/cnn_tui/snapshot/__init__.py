"""What the explorer shows, as a value and as a file: without a terminal, and the same everywhere.

`take` returns a `Snapshot`, and `show` one of what Python has read; the command is `cnn-tui snapshot`, and the pytest
fixture `cnn_snapshot`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily
from .environment import plain_environment

if TYPE_CHECKING:
    from cnn_core.errors import CnnError

    from .comparing import Checked, check, missing, update
    from .driving import take, take_along, take_request
    from .keys import strokes
    from .lesson_pictures import lesson_page
    from .recognising import check_replaceable
    from .report import Case, annotation_of, junit_of, page_of
    from .showing import show
    from .snapshot import SUFFIXES, Snapshot, check_view
    from .views import View, read_views

_load = lazily(
    __name__,
    {
        "comparing": "Checked CnnError check missing update",
        "driving": "take take_along take_request",
        "keys": "strokes",
        "lesson_pictures": "lesson_page",
        "recognising": "check_replaceable",
        "report": "Case annotation_of junit_of page_of",
        "showing": "show",
        "snapshot": "SUFFIXES Snapshot check_view",
        "views": "View read_views",
    },
)


def __getattr__(name: str) -> object:
    """Return a public name, loaded when it is first used: tests that take no view do not pay for it."""
    # Textual looks at the environment while it is imported, too.
    with plain_environment():
        return _load(name)
