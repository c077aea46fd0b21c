"""Which cells `cnn-tui scan` takes for hits, and the hits, found while they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnn_core import blocks

if TYPE_CHECKING:
    from cnn_core.blocks import Reading
    from cnn_core.scan import RecordScan
    from cnn_core.scan.strongest import Hit

    from .progress import Bars

__all__ = ["FoundHits", "Wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cells are hits.

    Attributes:
        filters: The filters, by number or name; none is all.
        top: How many of each filter; None is all from the threshold up.
        together: Whether `top` counts the cells of all filters together.
        threshold: The least value of a hit, or None.
        strands: Which strands are looked through.
        max_p: The largest p-value of a hit, or None.
    """

    filters: tuple[str, ...] = ()
    top: int | None = None
    together: bool = False
    threshold: float | None = None
    strands: str = "both"
    max_p: float | None = None


class FoundHits:
    """The hits of a scan, found while they are asked for.

    Args:
        scan: The scan.
        first: The block on the first stretch that has a cell.
        wanted: Which cells are hits.
        bars: Where the progress is shown; None where the reading shows its own.
    """

    def __init__(self, scan: RecordScan, first: Reading, wanted: Wanted, bars: Bars | None) -> None:
        self.scan = scan
        self.first = first
        self.count = 0
        """How many hits there have been."""
        self._bars = bars
        self._wanted = wanted
        names = [*dict.fromkeys(wanted.filters)]
        # Two ways to write one filter are still one filter.
        chosen = dict.fromkeys(blocks.find_filter(first.run, name) for name in names)
        self.filters = [*chosen] if names else [*range(first.run.filters)]
        """Those that are asked for."""

    @property
    def in_order(self) -> bool:
        """Whether hits come in the order of the records, each as soon as it is found."""
        return self._wanted.top is None

    def hits(self, tell: Callable[[], None] | None = None) -> Iterator[Hit]:
        """Yield the hits.

        Args:
            tell: Called whenever the progress is.
        """
        shown = None if self._bars is None else self._bars.begin("scanning", "b")

        def told(done: int, total: int) -> None:
            if shown is not None:
                shown(done, total)
            if tell is not None:
                tell()

        wanted = self._wanted
        hits: Iterable[Hit]
        if wanted.top is None:
            hits = self.scan.above(wanted.threshold, self.filters, told, max_p=wanted.max_p)
        else:
            hits = self.scan.strongest(
                self.filters,
                top=wanted.top,
                together=wanted.together,
                threshold=wanted.threshold,
                max_p=wanted.max_p,
                progress=told,
            )
        for hit in hits:
            self.count += 1
            yield hit
        if self._bars is not None:
            self._bars.end()
