"""The screens: the explorer, the whole network, and the dialogs that open over them.

What the first frame does without is loaded when it is first asked for: `screens.Network`, `screens.Saving`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .attributing import Attributing
    from .beside import Beside
    from .block_changes import BlockChanges
    from .editing import Editing
    from .filter_list import FilterList
    from .lesson_screen import LessonScreen
    from .network import Network, Return
    from .saving import Saving, shown_on
    from .strongest_tour import StrongestTour
    from .variant_list import VariantList
    from .weighing import Weighing

__all__ = [
    "Attributing",
    "Beside",
    "BlockChanges",
    "Editing",
    "FilterList",
    "LessonScreen",
    "Network",
    "Return",
    "Saving",
    "StrongestTour",
    "VariantList",
    "Weighing",
    "shown_on",
]

__getattr__ = lazily(
    __name__,
    {
        "attributing": "Attributing",
        "beside": "Beside",
        "block_changes": "BlockChanges",
        "editing": "Editing",
        "filter_list": "FilterList",
        "lesson_screen": "LessonScreen",
        "network": "Network Return",
        "saving": "Saving shown_on",
        "strongest_tour": "StrongestTour",
        "variant_list": "VariantList",
        "weighing": "Weighing",
    },
)
