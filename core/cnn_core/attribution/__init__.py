"""What a value of a network depends on: the effect of every base, gradients, contributions and variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .gradients import ExplainedValue, Gradients, gradients_of
    from .target import Target
    from .variants import DEFAULT_WINDOW, Merge, Strands, VariantScore, VariantScoring

__all__ = [
    "DEFAULT_WINDOW",
    "ExplainedValue",
    "Gradients",
    "Merge",
    "Strands",
    "Target",
    "VariantScore",
    "VariantScoring",
    "gradients_of",
]

__getattr__ = lazily(
    __name__,
    {
        "gradients": "ExplainedValue Gradients gradients_of",
        "target": "Target",
        "variants": "DEFAULT_WINDOW Merge Strands VariantScore VariantScoring",
    },
)
