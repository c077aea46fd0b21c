"""What is said of what is shown: sentences, numbers and names as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .cell_explanation import explain_cell
    from .change_words import listed_edits, output_change
    from .guide import how_to_read, newcomers_questions
    from .hit_words import by_chance, count_of_hits, explain_hit, no_hit_here
    from .influence_words import explain_influence, filter_influence, influence_of
    from .layer_table import filter_arithmetic, layer_rows
    from .layer_words import explain_step
    from .motif_words import logo_captions, logo_remark, names_told
    from .output_words import explain_output, output_values, why_no_output
    from .receptive_field import field_of
    from .resemblance_words import resemblance
    from .responses import explain_products, explain_response
    from .shapes import block_sentences, explain_input, explain_left_over, explain_place, explain_shapes
    from .weight_words import explain_weight, step_of

# What the first frame and `--help` do without; all other words are imported from their modules.
__getattr__ = lazily(
    __name__,
    {
        "cell_explanation": "explain_cell",
        "hit_words": "by_chance count_of_hits explain_hit no_hit_here",
        "change_words": "listed_edits output_change",
        "guide": "how_to_read newcomers_questions",
        "influence_words": "explain_influence filter_influence influence_of",
        "layer_table": "filter_arithmetic layer_rows",
        "layer_words": "explain_step",
        "motif_words": "logo_captions logo_remark names_told",
        "output_words": "explain_output output_values why_no_output",
        "receptive_field": "field_of",
        "resemblance_words": "resemblance",
        "responses": "explain_products explain_response",
        "shapes": "block_sentences explain_input explain_left_over explain_place explain_shapes",
        "weight_words": "explain_weight step_of",
    },
)
