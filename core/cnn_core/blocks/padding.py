"""Where the letters of a record that is shorter than a network's input stand in it, and what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ..letters.alphabet import BASE_SET, PADDING

__all__ = ["Pad", "PadSide"]


class PadSide(StrEnum):
    """On which side of the letters, as they are read, the padding stands."""

    RIGHT = "right"
    LEFT = "left"
    CENTER = "center"
    """On both, the odd one right; the letters are in the middle."""


@dataclass(frozen=True, slots=True)
class Pad:
    """How a record that is shorter than the input is padded.

    Attributes:
        side: On which side.
        with_n: Whether N stands there, which the policy for ambiguous letters rules, and not an all-zero row.
        is_turned: Whether left and right are those of the other strand.
    """

    side: PadSide = PadSide.RIGHT
    with_n: bool = False
    is_turned: bool = False

    @property
    def turned(self) -> Pad:
        """The padding of the other strand that stands beside the same bases."""
        return replace(self, is_turned=not self.is_turned)

    @property
    def code(self) -> int:
        """The code of what stands there."""
        return BASE_SET if self.with_n else PADDING

    @property
    def beside(self) -> str:
        """What stands on which side of the letters of any record, such as `N left and right`."""
        side = "left and right" if self.side is PadSide.CENTER else str(self.side)
        return f"{'N' if self.with_n else 'all-zero rows'} {side}"

    def left(self, padded: int) -> int:
        """Return how many positions stand left of the letters, of so many in all."""
        left = {PadSide.RIGHT: 0, PadSide.LEFT: padded, PadSide.CENTER: padded // 2}[self.side]
        return padded - left if self.is_turned else left

    def words(self, padded: int) -> str:
        """Return what stands beside the letters, such as `390 N stand left and 390 right of the letters`."""
        left = self.left(padded)
        kind = "N" if self.with_n else "all-zero row" if padded == 1 else "all-zero rows"
        if 0 < left < padded:
            return (
                f"{left:,} {kind} stand{'s' if left == 1 else ''} left and {padded - left:,} right of the letters"
            )
        return f"{padded:,} {kind} stand{'s' if padded == 1 else ''} {'left' if left else 'right'} of the letters"
