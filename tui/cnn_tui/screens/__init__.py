"""The screens: the explorer, the whole network, and the dialogs that open over them.

What the first frame does without is loaded when it is first asked for: `screens.Network`, `screens.Saving`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .base_attribution import Attributing
    from .block_changes import BlockChanges
    from .filter_list import FilterList
    from .lesson_screen import LessonScreen
    from .letter_editing import LetterEditing
    from .network import Network, Return
    from .saving import Saving
    from .shown import shown_on
    from .side_by_side import SideBySide
    from .strongest_tour import StrongestTour
    from .variant_list import VariantList
    from .weight_editing import WeightEditing

__getattr__ = lazily(
    __name__,
    {
        "base_attribution": "Attributing",
        "side_by_side": "SideBySide",
        "block_changes": "BlockChanges",
        "letter_editing": "LetterEditing",
        "filter_list": "FilterList",
        "lesson_screen": "LessonScreen",
        "network": "Network Return",
        "saving": "Saving",
        "shown": "shown_on",
        "strongest_tour": "StrongestTour",
        "variant_list": "VariantList",
        "weight_editing": "WeightEditing",
    },
)
