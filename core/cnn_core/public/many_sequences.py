"""Many sequences, as records or as letters, for what `OpenedModel` makes of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..attribution import InputWindow, input_windows
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT
from ..blocks.reading import Reading
from ..errors import SequenceError, shorten
from ..letters.alphabet import Ambiguity
from ..letters.readable_record import ReadableRecord
from ..letters.record_batches import RecordSlice, WholeRecords
from ..letters.sequence_files import Sequences
from ..network.model import Model
from .inputs import check_choice, check_is_list, given_record

__all__ = ["stretches_of", "windows_of"]


def stretches_of(sequences: Iterable[ReadableRecord | str], ambiguity: str) -> Sequence[RecordSlice]:
    """Return sequences as stretches: each of them is whole."""
    _check(sequences, ambiguity)
    if isinstance(sequences, Sequences):
        return WholeRecords(sequences)
    return [(record, 0, len(record)) for record in map(given_record, sequences)]


def windows_of(model: Model, sequences: Iterable[ReadableRecord | str], ambiguity: str) -> Iterator[InputWindow]:
    """Yield the input windows of sequences, one behind the other where they are longer than the input."""
    _check(sequences, ambiguity)
    fixed = model.input.length
    for record in map(given_record, sequences):
        if fixed is not None and len(record) < fixed:
            raise SequenceError(
                f"has {len(record):,} letters, and {model.name} reads {fixed:,}",
                where=f"record {shorten(record.name)}",
                remedy="give longer ones",
            )
        yield from input_windows(Reading.of(model, record, ambiguity=ambiguity), step=fixed or LONGEST_WHOLE_INPUT)


def _check(sequences: Iterable[ReadableRecord | str], ambiguity: str) -> None:
    check_is_list(sequences, "sequences", "ACGT")
    check_choice(ambiguity, [*Ambiguity], "a policy for ambiguous letters")
