"""What is shown of filters as motifs: their logos, what they resemble, and what is known of both so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnn_core.errors import printable

if TYPE_CHECKING:
    from cnn_core.motifs import FilterMotif, Match

__all__ = ["RESEMBLES", "MotifPicture"]

RESEMBLES = "~"
"""What stands before a name that a filter has from what it resembles."""


@dataclass(frozen=True, eq=False)
class MotifPicture:
    """Filters as motifs, as far as they are known.

    Attributes:
        motifs: All filters in order; nothing as long as windows are counted.
        matches: What each filter that was compared resembles most, by its number; None where it was not, for its few
            sites or its want of any preference.
        where: What was read, such as `sim_01` or `all 100 records`.
        more: Whether there are records that were not read.
        refusal: Why there are no motifs, or nothing.
    """

    motifs: tuple[FilterMotif, ...]
    matches: Mapping[int, Match | None]
    where: str
    more: bool = False
    refusal: str = ""

    def motif(self, filter_index: int) -> FilterMotif | None:
        """Return a filter as a motif, or None where that is not known."""
        return self.motifs[filter_index] if filter_index < len(self.motifs) else None

    def resembled(self, filter_index: int) -> str:
        """Return the name of what a filter resembles, marked as a resemblance, or nothing."""
        match = self.matches.get(filter_index)
        if match is None or not match.is_likely:
            return ""
        return f"{RESEMBLES}{printable(match.motif.name)}"

    def kept(self, before: MotifPicture | None) -> MotifPicture:
        """Return the picture before where it says as much, so that nothing is painted again."""
        if before is None:
            return self
        same = before.motifs is self.motifs and len(before.matches) == len(self.matches)
        same = same and (before.where, before.more, before.refusal) == (self.where, self.more, self.refusal)
        return before if same else self
