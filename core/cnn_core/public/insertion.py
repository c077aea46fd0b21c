"""A motif put into sequences, for `OpenedModel.insert`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..attribution.stretches import InputWindow, input_windows
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT
from ..blocks.reading import Reading
from ..errors import SequenceError, SettingError, shorten
from ..letters.alphabet import Ambiguity, encode
from ..letters.readable_record import ReadableRecord
from ..motifs import FilterMotif, InsertedLetters, Motif
from ..network.model import Model
from .inputs import as_record

__all__ = ["inserted_letters", "windows_of"]


def inserted_letters(motif: str | Motif | FilterMotif, *, draw: bool) -> InsertedLetters:
    """Return the letters of a motif, see `OpenedModel.insert`."""
    if isinstance(motif, str):
        if draw:
            raise SettingError("letters are drawn from a matrix, and the motif is letters", remedy="leave out draw")
        return InsertedLetters.of_text(motif)
    if isinstance(motif, Motif | FilterMotif):
        return InsertedLetters.of_shares(motif.name, motif.probabilities, drawn=draw)
    raise SettingError(f"{type(motif).__name__} is not a motif", remedy="give letters, a Motif or a FilterMotif")


def windows_of(model: Model, sequences: Iterable[ReadableRecord | str], ambiguity: str) -> Iterator[InputWindow]:
    """Yield the input windows of sequences, one behind the other where they are longer than the input."""
    if isinstance(sequences, str):
        raise SettingError("the sequences are one text", remedy='give them as a list, such as ["ACGT"]')
    if ambiguity not in [*Ambiguity]:
        raise SettingError(
            f"'{ambiguity}' is not a policy for ambiguous letters", remedy="it is zero, uniform or error"
        )
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
