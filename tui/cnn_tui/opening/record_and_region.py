"""Which record a request asks for, and which region of it."""

from __future__ import annotations

from dataclasses import replace

from cnn_core.errors import RegionError, SequenceError, SettingError
from cnn_core.letters.bed_regions import read_bed_regions
from cnn_core.letters.regions import resolve_region, what_was_cut
from cnn_core.letters.sequence_files import Record, Sequences

from ..options.default_model import default_model
from ..options.request import OpenRequest

__all__ = ["asked_place", "cut_region", "regions_of", "with_model"]


def with_model(request: OpenRequest, sequences: Sequences) -> OpenRequest:
    """Return the request with the model that it stands for, see `default_model`.

    Args:
        request: What is asked for.
        sequences: Where its record is.

    Raises:
        CnnError: There is no such record or region.
    """
    if request.model is not None:
        return request
    record, _ = asked_place(request, sequences)
    return replace(request, model=request.default_model or default_model(len(record)))


def asked_place(request: OpenRequest, sequences: Sequences) -> tuple[Record, tuple[int, int] | None]:
    """Return the record that a request asks for and, where it asks for a region, its half-open interval.

    Args:
        request: Its record and region are looked at.
        sequences: Where the record is.

    Raises:
        CnnError: There is no such record or region, they name different records, or it has no letters.
    """
    region, here = request.region, _record(request, sequences)
    if region is None:
        return here, None
    record, start, stop = resolve_region(region, sequences, record=request.record, here=here.name)
    if request.record not in (None, record.name):
        raise SettingError(
            f"the region {region} is one of record {record.name}, and the record asked for is {request.record}",
            remedy="leave one of them out",
        )
    if not start < stop:
        raise RegionError("holds no letters", where=region, remedy="give a region of at least one letter")
    return record, (start, stop)


def cut_region(request: OpenRequest, sequences: Sequences) -> str:
    """Return what must be said of a region that reaches past its record's end and is cut off there, or nothing.

    Args:
        request: Its record and region are looked at.
        sequences: Where the record is.

    Raises:
        CnnError: There is no such record or region.
    """
    if request.region is None:
        return ""
    here = _record(request, sequences).name
    return what_was_cut(request.region, sequences, record=request.record, here=here)


def regions_of(path: str, sequences: Sequences, *, is_sorted: bool = False) -> list[tuple[Record, int, int]]:
    """Return the regions of a BED file: record, first base, one past the last.

    Args:
        path: The file.
        sequences: Where the records are.
        is_sorted: Whether they come along the records as these stand in their file, as in a track, and not as in the
            BED file.

    Raises:
        CnnError: The file cannot be read, or there is no such record.
    """
    regions = read_bed_regions(path)
    if is_sorted:
        order = {name: place for place, name in enumerate(sequences.names)}
        regions.sort(key=lambda each: (order.get(each.record, -1), each.start, each.stop))
    return [(sequences[each.record], each.start, each.stop) for each in regions]


def _record(request: OpenRequest, sequences: Sequences) -> Record:
    if request.record is not None:
        return sequences[request.record]
    # Edits that name their record ask for it.
    for edit in request.edits if request.region is None else ():
        name = edit.rpartition(":")[0]
        if name and name in sequences:
            return sequences[name]
    for record in sequences:
        if len(record):
            return record
    raise SequenceError("none of its records has letters", where=sequences.source, remedy="give another file")
