"""Which value is explained at every base, and how: effects, gradients or contributions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AttributionChoice", "Kind"]


class Kind(StrEnum):
    """What is shown of every base, by the names that the commands have for it."""

    EFFECTS = "effects"
    """What every substitution changes the value by."""
    GRADIENT = "gradient"
    """The gradient at the letters."""
    GRADIENT_X_INPUT = "gradient-x-input"
    """The same at the letter that is there alone."""
    INTEGRATED = "integrated"
    """Integrated gradients from all zeros."""
    DEEPLIFT = "deeplift"
    """DeepLIFT's contributions against shuffles."""

    @property
    def words(self) -> str:
        """What the screen calls it."""
        return {
            Kind.GRADIENT_X_INPUT: "gradient × input",
            Kind.INTEGRATED: "integrated gradients",
            Kind.DEEPLIFT: "DeepLIFT",
        }.get(self, str(self))

    @property
    def contributes(self) -> bool:
        """Whether each base has one number of its own, the contribution of the letter that is there."""
        return self in (Kind.GRADIENT_X_INPUT, Kind.INTEGRATED, Kind.DEEPLIFT)

    @property
    def has_bars(self) -> bool:
        """Whether there are bars over and under the letters: gain and loss, or what a letter contributes."""
        return self is not Kind.GRADIENT


@dataclass(frozen=True, slots=True)
class AttributionChoice:
    """What is explained, and how.

    Attributes:
        target: The value: `output`, `output:N`, `LAYER:UNIT` or `LAYER:POSITION:CHANNEL`, counted from 0.
        logit: Whether the value before a last sigmoid or softmax is meant.
        kind: What is shown of every base.
    """

    target: str = "output"
    logit: bool = False
    kind: Kind = Kind.EFFECTS
