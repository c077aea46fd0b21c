"""What a value of a network depends on: the effect of every base, gradients, contributions and variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .base_effects import Effects, EffectsPiece, SaturationMutagenesis, edited_values, effects
    from .gradients import ExplainedValue, Gradients, gradients_of
    from .spreading import Spreading
    from .target import Target
    from .variants import DEFAULT_WINDOW, Merge, Strands, VariantScore, VariantScoring

__all__ = [
    "DEFAULT_WINDOW",
    "Effects",
    "EffectsPiece",
    "ExplainedValue",
    "Gradients",
    "Merge",
    "SaturationMutagenesis",
    "Spreading",
    "Strands",
    "Target",
    "VariantScore",
    "VariantScoring",
    "edited_values",
    "effects",
    "gradients_of",
]

__getattr__ = lazily(
    __name__,
    {
        "base_effects": "Effects EffectsPiece SaturationMutagenesis edited_values effects",
        "gradients": "ExplainedValue Gradients gradients_of",
        "spreading": "Spreading",
        "target": "Target",
        "variants": "DEFAULT_WINDOW Merge Strands VariantScore VariantScoring",
    },
)
