"""How a filter becomes a matrix: the rules, each by its name.

**windows**: every window whose activation exceeds half of the filter's largest (P. K. Koo and M. Ploenzke, Nature
Machine Intelligence 3:258-266 (2021)).

**basset**: every window whose activation exceeds mean + 0.5 · (largest − mean), both over all positions (D. R. Kelley
et al., Genome Research 26:990-999 (2016)).

**best**: the best window of each sequence (B. Alipanahi et al., Nature Biotechnology 33:831-838 (2015), DeepBind;
D. Quang and X. Xie, Nucleic Acids Research 44:e107 (2016), DanQ).

**top:N**: the N windows of the largest activation.

**weights**, **weights:BITS**: no sequences. Windows that are drawn in proportion to background · exp(λ · response) have
independent columns softmax(λ · kernel + ln background), whatever λ is. A network can rescale a filter at will, so λ is
chosen: such that the columns hold BITS of information together, or ln 2, which gives log-odds in bits their
probabilities back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ..errors import SettingError

__all__ = ["MOST_WINDOWS", "MOTIF_RULES", "MotifRule"]

MOTIF_RULES: Final = ("windows", "basset", "best", "top:N", "weights", "weights:BITS")
"""The rules, as they are typed; the default first."""
MOST_WINDOWS: Final = 10_000
"""The largest N of `top:N`, whose activations are held for every filter."""


@dataclass(frozen=True, slots=True)
class MotifRule:
    """How a filter becomes a matrix.

    Attributes:
        name: `windows`, `basset`, `best`, `top` or `weights`.
        number: N of `top`, or the bits of `weights`; None where the rule has no number.
    """

    name: str = "windows"
    number: float | None = None

    @classmethod
    def parse(cls, text: str) -> MotifRule:
        """Return a rule by its name.

        Args:
            text: One of `MOTIF_RULES`, with a number in the place of N or BITS.

        Raises:
            SettingError: There is no such rule.
        """
        name, colon, typed = text.partition(":")
        number = _number(typed) if colon else None
        if name == "top" and number is not None and number.is_integer() and 1 <= number <= MOST_WINDOWS:
            return cls(name, number)
        if name == "weights" and (not colon or (number is not None and number > 0)):
            return cls(name, number)
        if name in ("windows", "basset", "best") and not colon:
            return cls(name)
        if name == "top":
            remedy = f"write top:N with a whole number from 1 to {MOST_WINDOWS:,}, such as top:100"
        elif name == "weights":
            remedy = "the information of its columns is a number of bits above 0, such as weights:10"
        else:
            remedy = f"the rules are {', '.join(MOTIF_RULES)}"
        raise SettingError(f"there is no motif rule '{text}'", remedy=remedy)

    @property
    def reads_sequences(self) -> bool:
        """Whether windows of sequences are counted."""
        return self.name != "weights"

    @property
    def pseudocount(self) -> float:
        """The pseudocount that the rule has by default: Basset adds one of each letter."""
        return 1.0 if self.name == "basset" else 0.0

    @property
    def words(self) -> str:
        """The rule as a sentence without a full stop, as it stands in files and beside a logo."""
        if self.name == "weights" and self.number is not None:
            return (
                "softmax(lambda x weight + ln background) in each column, lambda such that the columns hold "
                f"{self.number:g} bits together, relative to the background"
            )
        return {
            "windows": "letters under the windows whose activation exceeds half of the filter's largest",
            "basset": "letters under the windows whose activation exceeds mean + 0.5 x (largest - mean)",
            "best": "letters under the best window of each sequence",
            "top": f"letters under the {self.number or 0:,.0f} windows of the largest activation",
            "weights": "background x 2^weight, shared out to 1 in each column",
        }[self.name]

    def __str__(self) -> str:
        """Return the rule as it is typed."""
        return self.name if self.number is None else f"{self.name}:{self.number:g}"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
