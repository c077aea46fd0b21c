"""What a value of a network depends on: the effect of every base, gradients, contributions and variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .base_effects import Effects, EffectsPiece, SaturationMutagenesis, edited_values, effects
    from .contributions import (
        Attribution,
        Method,
        attribute,
        deep_lift_shap,
        gradient_contributions,
        integrated_gradients,
    )
    from .gradients import ExplainedValue, Gradients, gradients_of
    from .references import dinucleotide_shuffles, records_as_references
    from .spreading import Spreading
    from .stretches import InputWindow, input_windows
    from .target import Target
    from .variants import DEFAULT_WINDOW, Merge, VariantScore, VariantScoring

__getattr__ = lazily(
    __name__,
    {
        "base_effects": "Effects EffectsPiece SaturationMutagenesis edited_values effects",
        "gradients": "ExplainedValue Gradients gradients_of",
        "stretches": "InputWindow input_windows",
        "spreading": "Spreading",
        "contributions": "Attribution Method attribute deep_lift_shap gradient_contributions integrated_gradients",
        "references": "dinucleotide_shuffles records_as_references",
        "target": "Target",
        "variants": "DEFAULT_WINDOW Merge VariantScore VariantScoring",
    },
)
