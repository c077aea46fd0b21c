"""The strongest cells of many sequences, for `OpenedModel.scan`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.block_absence import no_block
from ..blocks.offered_blocks import pools_all
from ..letters.readable_record import ReadableRecord
from ..named_arrays import Tabular
from ..network.model import Model
from ..scan import RecordScan, block_to_scan
from ..scan.hits import Hit
from .many_sequences import stretches_of

__all__ = ["Hits", "hits_of"]

_TOP: Final = 10


class Hits(Tabular, tuple[Hit, ...]):
    """The strongest cells of sequences: a tuple of `Hit`, and a table of them."""

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a hit: `record start stop strand filter value cell selection letters p`, as `cnn-tui scan` has them.

        Start and stop are 0-based and half-open; a selection is −1 where the pool averages, p NaN where it is unknown.
        """
        return {
            "record": np.array([each.record for each in self], dtype=np.str_),
            "start": np.array([each.start for each in self], dtype=np.int64),
            "stop": np.array([each.stop for each in self], dtype=np.int64),
            "strand": np.array([each.strand for each in self], dtype=np.str_),
            "filter": np.array([each.filter for each in self], dtype=np.int64),
            "value": np.array([each.value for each in self], dtype=np.float64),
            "cell": np.array([each.cell for each in self], dtype=np.int64),
            "selection": np.array(
                [-1 if each.position is None else each.position for each in self], dtype=np.int64
            ),
            "letters": np.array([each.letters for each in self], dtype=np.str_),
            "p": np.array([np.nan if each.p is None else each.p for each in self], dtype=np.float64),
        }


def hits_of(
    model: Model,
    sequences: Iterable[ReadableRecord | str],
    filters: Sequence[int | str],
    top: int | None,
    threshold: float | None,
    max_p: float | None,
    strand: str,
    background: Sequence[float],
    ambiguity: str,
) -> Hits:
    """Return the hits of sequences, see `OpenedModel.scan`."""
    block = block_to_scan(model)
    if block is None:
        raise no_block(model, "open a model that has one")
    # A pool over all positions makes another number of a longer input.
    scan = RecordScan(
        model if pools_all(model, block) else model.of_any_length(),
        stretches_of(sequences, ambiguity),
        block,
        strands=strand,
        ambiguity=ambiguity,
        background=background,
    )
    run = scan.first().run
    wanted = [*dict.fromkeys(run.conv.find_filter(str(each), block.conv) for each in filters)] or [
        *range(run.filters)
    ]
    if top is None and (threshold is not None or max_p is not None):
        return Hits(scan.above(threshold, wanted, max_p=max_p))
    few = _TOP if top is None else top
    return Hits(scan.strongest(wanted, top=few, together=top is None, threshold=threshold, max_p=max_p))
