"""A filter as a motif on its card: the rule, the logo, the consensus, and what it resembles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rich.segment import Segment

from cnn_core import motifs
from cnn_core.letters.alphabet import BASES

from .. import words
from ..pictures.colours import Palette, style
from .inspector import wrapped
from .logo import BITS, consensus_line, logo_lines, other_strand

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnn_core.motifs import FilterMotif

    from ..pictures.motif_picture import MotifPicture

__all__ = ["MotifPanel"]

_LABEL: Final = 6
"""Columns left of the logo, as many as left of the kernel."""
_HIGHEST: Final = 8
_LOWEST: Final = 2
"""Lines of a logo."""
_GLUE: Final = "\N{NO-BREAK SPACE}"
_WAITING: Final = "counting windows …"


@dataclass(frozen=True, eq=False)
class MotifPanel:
    """What stands beside a kernel, or under it.

    Attributes:
        filter: Which filter.
        motifs: What is known of the filters as motifs; None before anything is.
        flipped: Whether the reverse complement is drawn.
        palette: The colours in force.
        monochrome: Whether glyphs must do.
        width: Columns that there are.
        height: Lines that there are.
        columns: Columns of a position, where the motif is not too wide for them.
    """

    filter: int
    motifs: MotifPicture | None
    flipped: bool
    palette: Palette
    monochrome: bool
    width: int
    height: int
    columns: int

    @staticmethod
    def width_of(positions: int, columns: int) -> int:
        """Return the columns of a panel.

        Args:
            positions: How many positions the motif has.
            columns: How many columns each of them takes.
        """
        return _LABEL + positions * columns

    @cached_property
    def _motif(self) -> FilterMotif | None:
        return None if self.motifs is None else self.motifs.motif(self.filter)

    @cached_property
    def _shown(self) -> tuple[NDArray[np.float64], int] | None:
        """The shares of the positions that have room, and the columns of each."""
        motif = self._motif
        if motif is None or motif.sites == 0:
            return None
        shares = other_strand(motif.probabilities) if self.flipped else motif.probabilities
        columns = max(1, min(self.columns, (self.width - _LABEL) // len(shares)))
        return shares[: max(1, (self.width - _LABEL) // columns)], columns

    def line(self, y: int) -> list[Segment]:
        """Return a line."""
        return self._lines[y] if y < len(self._lines) else []

    def words(self, column: int, line: int) -> tuple[int, str] | None:
        """Return the position under a pointer, and its shares and information in words; None where none is."""
        if self._shown is None:
            return None
        shares, columns = self._shown
        position = (column - _LABEL) // columns
        if not (0 <= position < len(shares) and 1 <= line <= self._logo[1] + 1):
            return None
        bits = float(motifs.information(shares)[position])
        told = "  ".join(f"{base} {share:.2f}" for base, share in zip(BASES, shares[position], strict=True))
        return position, f"motif position {position}: {told}, {bits:.2f} bits"

    @cached_property
    def _remark(self) -> list[str]:
        """What stands under the logo."""
        known, motif = self.motifs, self._motif
        if known is None or motif is None:
            return []
        compared = self.filter in known.matches
        said = words.logo_remark(motif, known.matches.get(self.filter), compared=compared, more=known.more)
        # An equation stays in one line.
        return [line.replace(_GLUE, " ") for line in wrapped(said.replace("q = ", f"q{_GLUE}={_GLUE}"), self.width)]

    @cached_property
    def _logo(self) -> tuple[list[list[Segment]], int]:
        """The lines of the logo and its consensus, and how many are the logo's."""
        if self._shown is None or self._motif is None:
            return [], 0
        (shares, columns), pale = self._shown, not self._motif.is_written
        # The rule and the consensus are always there; what it resembles is there before a logo higher than needed.
        free = self.height - 2
        lines = min(_HIGHEST, free - min(len(self._remark), max(0, free - _LOWEST)))
        drawn = []
        if lines > 0:
            drawn = logo_lines(shares, lines, columns, self.palette, monochrome=self.monochrome, pale=pale)
            labels = {0: str(BITS), lines // 2: "bits", lines - 1: "0"} if lines > _LOWEST else {0: str(BITS)}
            drawn = [[self._dim(f"{labels.get(nth, ''):>{_LABEL - 2}}  "), *line] for nth, line in enumerate(drawn)]
        consensus = consensus_line(shares, columns, self.palette, pale=pale)
        return [*drawn, [self._dim(f"{'motif':<{_LABEL}}"), *consensus]], len(drawn)

    @cached_property
    def _lines(self) -> list[list[Segment]]:
        if self.motifs is None or not (self._motif or self.motifs.refusal):
            return [[self._dim(_WAITING)]]
        if self._motif is None:
            return [[self._dim(line)] for line in wrapped(self.motifs.refusal, self.width)]
        ways = words.logo_captions(self._motif, self.motifs.where, flipped=self.flipped)
        caption = next((way for way in ways if len(way) <= self.width), ways[-1][: self.width])
        lines = [[self._text(caption)], *self._logo[0]]
        return [*lines, *([self._dim(line)] for line in self._remark[: max(0, self.height - len(lines))])]

    def _text(self, said: str) -> Segment:
        return Segment(said, style(self.palette.text, self.palette.ground))

    def _dim(self, said: str) -> Segment:
        return Segment(said, style(self.palette.dim, self.palette.ground))
