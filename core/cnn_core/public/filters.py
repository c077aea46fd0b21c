"""The filters of a model as motifs, for `OpenedModel.filters`."""

from __future__ import annotations

from collections.abc import Iterable

from ..blocks.block_absence import no_block
from ..errors import SettingError
from ..letters.alphabet import Ambiguity, encode
from ..letters.readable_record import ReadableRecord
from ..letters.record_batches import RecordSlice, WholeRecords
from ..letters.sequences import Sequences
from ..motifs import FilterMotif, MotifSettings, filter_motifs
from ..network.model import Model
from .inputs import as_record

__all__ = ["filters_as_motifs"]


def filters_as_motifs(
    model: Model, sequences: Iterable[ReadableRecord | str], rule: str, settings: MotifSettings, ambiguity: str
) -> tuple[FilterMotif, ...]:
    """Return the filters of the first convolution on letters, see `OpenedModel.filters`."""
    if isinstance(sequences, str):
        raise SettingError("the sequences are one text", remedy='give them as a list, such as ["ACGT"]')
    if ambiguity not in [*Ambiguity]:
        raise SettingError(
            f"'{ambiguity}' is not a policy for ambiguous letters", remedy="it is zero, uniform or error"
        )
    if not model.letter_blocks:
        raise no_block(model, "open a model that has one")
    if isinstance(sequences, Sequences):
        return filter_motifs(
            model, model.letter_blocks[0], WholeRecords(sequences), rule, settings, ambiguity=ambiguity
        )
    stretches: list[RecordSlice] = []
    for each in sequences:
        record = as_record(encode(each)) if isinstance(each, str) else each
        stretches.append((record, 0, len(record)))
    return filter_motifs(model, model.letter_blocks[0], stretches, rule, settings, ambiguity=ambiguity)
