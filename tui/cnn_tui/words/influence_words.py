"""What is said of the influence of filters on an output: what was replaced, and what the numbers do not show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .numbers import number, signed

if TYPE_CHECKING:
    from cnn_core.scan import Influence

__all__ = ["SHARED_CREDIT", "explain_influence", "filter_influence", "influence_of"]

SHARED_CREDIT: Final = (
    "similar filters share credit, so that a low influence does not say that a filter is unimportant"
)


def influence_of(influence: Influence, called: str = "") -> str:
    """Return what the influence is on, such as `logit of dense:0` or `output, its 919 values together`.

    Args:
        influence: The influence.
        called: What the value is called, or nothing.
    """
    named = ":".join([influence.layer, *map(str, influence.index)]) + (f" ({called})" if called else "")
    several = influence.values > 1
    which = f"{'logits' if several else 'logit'} of " if influence.logit else ""
    return f"{which}{named}" + (f", all {influence.values:,} values together" if several else "")


def explain_influence(influence: Influence, called: str = "") -> str:
    """Return what the numbers are, and what they do not show, as one sentence.

    Args:
        influence: The influence.
        called: What the value is called, or nothing.
    """
    windows = f"{influence.n:,} input window{'s' if influence.n > 1 else ''}"
    higher = "they are" if influence.values > 1 else "it is"
    return (
        f"influence on {influence_of(influence, called)}: how much higher {higher} than with the filter's activations "
        f"before the pool replaced by their mean, as mean and root mean square over {windows}; {SHARED_CREDIT}"
    )


def filter_influence(influence: Influence, index: int) -> str:
    """Return what one filter adds, as the rest of a sentence that begins with the filter.

    Args:
        influence: The influence of all filters.
        index: The filter.
    """
    mean, rms = float(influence.mean[index]), float(influence.rms[index])
    numbers = f"rms {number(rms)}, n {influence.n:,}"
    comma = "," if influence.values > 1 else ""
    return f"changes {influence_of(influence)}{comma} by {signed(mean)} against its mean ({numbers})"
