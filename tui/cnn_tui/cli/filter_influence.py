"""What the filters of `cnn-tui filters` add to an output, worked out on all that is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from cnn_core import attribution, scan
from cnn_core.errors import printable

from .. import words
from ..words.progress_text import duration
from .read_windows import ReadWindows
from .streams import write_error

if TYPE_CHECKING:
    from cnn_core.network.block import Block
    from cnn_core.network.model import Model
    from cnn_core.scan import FilterInfluence, Influence

    from ..options.request import OpenRequest
    from .progress import Bars
    from .scanned_places import Places

__all__ = ["FiltersInfluence"]

_TIMED: Final = 0.5
"""Seconds of work from which it is told how long all of it takes."""
_LONG: Final = 5.0
"""Seconds to come that are worth a word."""
_WHOLE_OUTPUT: Final = "output"


@dataclass(eq=False)
class FiltersInfluence:
    """What filters add to an output.

    Attributes:
        model: The network, with the settings that were typed.
        block: The block whose filters these are.
        filters: The filters; None is all.
        request: What is asked for.
        places: What is read.
        target: The value that was typed; `output` is all values of the first output.
        logit: Whether the value before a last sigmoid or softmax is meant; None is where there is one.
        strands: Which strands are read.
    """

    model: Model
    block: Block
    filters: tuple[int, ...] | None
    request: OpenRequest
    places: Places
    target: str = _WHOLE_OUTPUT
    logit: bool | None = None
    strands: str = "+"
    _windows: ReadWindows = field(init=False)
    _work: FilterInfluence = field(init=False)

    def found(self, bars: Bars) -> Influence:
        """Return the influence, with a bar for each of the two times that all is read.

        Raises:
            CnnError: The network gives no such value, does not read the filters, or cannot be run on what is read.
        """
        windows = self._windows = ReadWindows(self.request, self.model, self.places)
        target = None
        if self.target != _WHOLE_OUTPUT:
            length = next(iter(windows)).reading.length
            target = attribution.Target.parse(self.target, windows.model, length, logit=self.logit)
        work = self._work = scan.FilterInfluence(
            windows.model, self.block, target, self.filters, logit=self.logit, strands=self.strands
        )
        windows.told = bars.begin("averaging", "b")
        for _ in work.average(windows):
            pass
        windows.told, told = None, bars.begin("replacing", "b")
        of_one, total = len(work.filters), work.windows * len(work.filters)
        bases = sum(stop - start for _, start, stop in self.places.stretches)
        # The first window also prepares what all others use.
        begun: tuple[float, int] | None = None
        is_said = False
        for done in work.replace(windows):
            told(bases * done // total, bases)
            if begun is None:
                begun = (monotonic(), done) if done >= of_one else None
            elif not is_said and done > begun[1] and (passed := monotonic() - begun[0]) > _TIMED:
                is_said = True
                left = passed * (total - done) / (done - begun[1])
                if left > _LONG:
                    filters = f"{of_one:,} filter{'s' if of_one > 1 else ''}"
                    with bars.aside():
                        write_error(
                            f"cnn-tui: to replace {filters} in {work.windows:,} input windows takes about "
                            f"{duration(left)} more\n"
                        )
        return work.found

    def words(self, found: Influence) -> str:
        """Return what the numbers are, as one sentence."""
        called = self.model.name_of(found.layer, found.index) if found.index else ""
        return words.explain_influence(found, printable(called))

    def remarks(self) -> Iterator[str]:
        """Yield what had to be assumed, and what must be said of what was read."""
        yield from self._windows.assumptions(has_ambiguous=self._work.has_ambiguous)
        both = 2 if self.strands == "both" else 1
        yield from self._windows.remarks(self._work.windows // both, self._work.too_short)
