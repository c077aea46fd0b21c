"""What is said of what is shown: sentences, numbers and names as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .guide import how_to_read, newcomers_questions
    from .layer_table import filter_arithmetic, layer_rows
    from .output_words import explain_output, output_values
    from .shapes import block_sentences

__all__ = [
    "block_sentences",
    "explain_output",
    "filter_arithmetic",
    "how_to_read",
    "layer_rows",
    "newcomers_questions",
    "output_values",
]

# What the widgets of the first frame say before there is an engine; all other words are imported from their modules.
__getattr__ = lazily(
    __name__,
    {
        "guide": "how_to_read newcomers_questions",
        "layer_table": "filter_arithmetic layer_rows",
        "output_words": "explain_output output_values",
        "shapes": "block_sentences",
    },
)
