"""Many sequences, as records or as letters, for what `OpenedModel` makes of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from ..attribution import InputWindow, input_windows
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT
from ..blocks.reading import Reading
from ..errors import SequenceError, SettingError, shorten
from ..letters.alphabet import Ambiguity, encode
from ..letters.readable_record import ReadableRecord
from ..letters.record_batches import RecordSlice, WholeRecords
from ..letters.sequence_files import Sequences
from ..network.model import Model
from .inputs import as_record

__all__ = ["check_choice", "stretches_of", "windows_of"]


def check_choice(value: str, choices: Collection[str], words: str) -> None:
    """Refuse a value that is not a choice, in words such as `a policy for ambiguous letters`."""
    if value not in [*choices]:
        *first, last = choices
        raise SettingError(f"'{value}' is not {words}", remedy=f"it is {', '.join(first)} or {last}")


def stretches_of(sequences: Iterable[ReadableRecord | str], ambiguity: str) -> Sequence[RecordSlice]:
    """Return sequences as stretches: each of them is whole."""
    _check(sequences, ambiguity)
    if isinstance(sequences, Sequences):
        return WholeRecords(sequences)
    records = [as_record(encode(each)) if isinstance(each, str) else each for each in sequences]
    return [(record, 0, len(record)) for record in records]


def windows_of(model: Model, sequences: Iterable[ReadableRecord | str], ambiguity: str) -> Iterator[InputWindow]:
    """Yield the input windows of sequences, one behind the other where they are longer than the input."""
    _check(sequences, ambiguity)
    fixed = model.input.length
    for each in sequences:
        record = as_record(encode(each)) if isinstance(each, str) else each
        if fixed is not None and len(record) < fixed:
            raise SequenceError(
                f"has {len(record):,} letters, and {model.name} reads {fixed:,}",
                where=f"record {shorten(record.name)}",
                remedy="give longer ones",
            )
        yield from input_windows(Reading.of(model, record, ambiguity=ambiguity), step=fixed or LONGEST_WHOLE_INPUT)


def _check(sequences: Iterable[ReadableRecord | str], ambiguity: str) -> None:
    if isinstance(sequences, str):
        raise SettingError("the sequences are one text", remedy='give them as a list, such as ["ACGT"]')
    check_choice(ambiguity, [*Ambiguity], "a policy for ambiguous letters")
