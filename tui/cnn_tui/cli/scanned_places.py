"""What whole files are read for: a region, a record, or all records of a file, held or one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from cnn_core import blocks, letters, scan
from cnn_core.errors import SequenceError

from .. import opening
from ..options.default_model import default_model
from ..options.request import OpenRequest

if TYPE_CHECKING:
    from cnn_core.letters.record_batches import RecordSlice
    from cnn_core.letters.sequence_files import Record, Sequences
    from cnn_core.network.block import Block
    from cnn_core.network.model import Model
    from cnn_core.readers import ModelFile

    from .progress import Bars

__all__ = ["Places", "block_of", "open_places", "reads_letters"]


@dataclass(frozen=True)
class Places:
    """What is looked through.

    Attributes:
        stretches: A region, a record, or all records; an iterator where they are streamed.
        model: The model where none is named.
        notice: Says, after the scan, what was cut off of the region or how the records were held, or nothing.
        assumptions: Says what had to be assumed of the records; of a stream, of those so far.
        lengths: How many letters each record has, by its name, in the order of the file; of a stream nothing is known.
    """

    stretches: Sequence[RecordSlice] | Iterator[RecordSlice]
    model: str | None
    notice: Callable[[], str]
    assumptions: Callable[[], tuple[str, ...]]
    lengths: Mapping[str, int] = field(default_factory=dict)

    @property
    def streamed(self) -> bool:
        """Whether there is one record at a time, and how many there are is unknown."""
        return isinstance(self.stretches, Iterator)

    @property
    def only(self) -> tuple[str, int, int] | None:
        """The one stretch, its record, first base and stop; None of several, and of a stream."""
        if isinstance(self.stretches, Iterator) or len(self.stretches) != 1:
            return None
        ((record, start, stop),) = self.stretches
        return record.name, start, stop


@contextmanager
def open_places(
    request: OpenRequest,
    bars: Bars,
    doing: str,
    *,
    may_stream: bool,
    regions: str | None = None,
    is_sorted: bool = False,
) -> Iterator[Places]:
    """Open what is looked through, record after record where all of a file that cannot be read by slice is.

    Args:
        request: What is asked for.
        bars: Where the progress is shown.
        doing: What is done with it, for the progress.
        may_stream: Whether records may be held one at a time.
        regions: A BED file of the regions that are read, or None.
        is_sorted: Whether these come along the records as they stand in the file, and not as in the BED file.

    Raises:
        CnnError: There is no such file, record or region, it cannot be read, or none of the records has letters.
    """
    stream = None
    if may_stream and regions is None and _wants_all(request):
        shown = bars.begin(doing, "B")
        stream = opening.stream_source(request.sequences, stdin=request.stdin, progress=shown)
    if stream is None:
        shown = bars.begin("reading", "B")
        with opening.open_source(request.sequences, stdin=request.stdin, progress=shown) as sequences:
            if regions is None:
                stretches = _stretches(request, sequences)
            else:
                stretches = opening.regions_of(regions, sequences, is_sorted=is_sorted)
            cut, model = opening.cut_region(request, sequences), opening.with_model(request, sequences).model
            yield Places(
                stretches,
                model,
                lambda: cut or sequences.notice,
                lambda: sequences.assumptions,
                sequences.lengths_by_name,
            )
        return
    with stream:
        records = iter(stream)
        ahead: list[Record] = []
        for record in records:
            ahead.append(record)
            if len(record):
                break
        else:
            raise SequenceError("none of its records has letters", where=stream.source, remedy="give another file")
        streamed = ((record, 0, len(record)) for record in chain(ahead, records))
        model = request.model or default_model(len(ahead[-1]))
        yield Places(streamed, model, lambda: stream.notice, lambda: stream.assumptions)


def reads_letters(request: OpenRequest, opened: ModelFile | None) -> bool:
    """Tell whether the block reads the letters; one on feature maps is asked for its scale again after the scan."""
    if opened is None:
        return request.block is None
    block = block_of(request, opened.model)
    return block is None or blocks.is_on_letters(opened.model, block)


def _wants_all(request: OpenRequest) -> bool:
    """Tell whether all records are scanned; edits are those of one."""
    return request.record is None and request.region is None and not request.edits


def block_of(request: OpenRequest, model: Model) -> Block | None:
    """Return the block that is scanned, or None where the model has none.

    Raises:
        NotFoundError: No block has a layer of that name.
    """
    if request.block is None:
        return scan.block_to_scan(model.of_any_length())
    return blocks.find_block(model, request.block)


def _stretches(request: OpenRequest, sequences: Sequences) -> Sequence[RecordSlice]:
    """Return what is looked through: a region, a record, or all records."""
    if _wants_all(request):
        if not sequences.lengths.any():
            raise SequenceError(
                "none of its records has letters", where=sequences.source, remedy="give another file"
            )
        return letters.WholeRecords(sequences)
    record, interval = opening.asked_place(request, sequences)
    if not len(record):
        raise SequenceError("holds no letters", where=f"record {record.name}", remedy="choose another record")
    if not request.edits:
        return ((record, *(interval or (0, len(record)))),)
    edited = letters.EditedRecord(record, letters.parse_edits(request.edits, record))
    start, stop = interval or (0, len(edited))
    return ((edited, start, min(stop, len(edited))),)
