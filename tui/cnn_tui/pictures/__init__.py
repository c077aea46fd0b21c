"""What the tracks draw, and what the inspector says of it, before there is any widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .attribution_narration import (
        definition,
        explain_bases,
        nothing_words,
        number_words,
        progress_words,
        short_words,
        strongest_words,
        target_words,
    )
    from .attribution_picture import AttributionPicture, BaseNumbers
    from .block_picture import Picture
    from .comparison import is_same, original_of
    from .motif_picture import MotifPicture
    from .narration import moment_sentence, narrate, title
    from .output_scan_picture import OutputScanPicture
    from .overview_picture import OverviewPicture
    from .selection_table import PoolTable, next_pool_table, pool_table
    from .side_by_side import SideBySide
    from .visible_hits import (
        ShownHit,
        VisibleHits,
        hit_thresholds,
        keep_hit_thresholds,
        last_hit_thresholds,
    )

__getattr__ = lazily(
    __name__,
    {
        "attribution_narration": (
            "definition explain_bases nothing_words number_words progress_words short_words strongest_words "
            "target_words"
        ),
        "attribution_picture": "AttributionPicture BaseNumbers",
        "block_picture": "Picture",
        "comparison": "is_same original_of",
        "motif_picture": "MotifPicture",
        "narration": "moment_sentence narrate title",
        "selection_table": "PoolTable next_pool_table pool_table",
        "side_by_side": "SideBySide",
        "visible_hits": "ShownHit VisibleHits hit_thresholds keep_hit_thresholds last_hit_thresholds",
        "overview_picture": "OverviewPicture",
        "output_scan_picture": "OutputScanPicture",
    },
)
