"""A conv → pool block at work, on letters or on feature maps, and the reading that it is part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .assumptions import (
        ambiguity_words,
        assumptions_of,
        edited_names,
        letter_words,
        side_words,
        zero_inputs_of,
        zero_words,
    )
    from .block_absence import no_block
    from .block_run import BlockRun
    from .filter_labels import filter_label, filter_names
    from .offered_blocks import LONGEST_WHOLE_INPUT, find_block, is_on_letters, pools_all
    from .padding import Pad, PadSide
    from .reading import Reading
    from .trace import Trace, find_filter, trace_cell

__getattr__ = lazily(
    __name__,
    {
        "assumptions": "ambiguity_words assumptions_of edited_names letter_words side_words zero_inputs_of zero_words",
        "block_absence": "no_block",
        "block_run": "BlockRun",
        "filter_labels": "filter_label filter_names",
        "offered_blocks": "LONGEST_WHOLE_INPUT find_block is_on_letters pools_all",
        "padding": "Pad PadSide",
        "reading": "Reading",
        "trace": "Trace find_filter trace_cell",
    },
)
