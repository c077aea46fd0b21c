"""The filters of a model as motifs, and what they add to a value, for `OpenedModel`."""

from __future__ import annotations

from collections.abc import Iterable

from ..attribution import Target
from ..blocks.block_absence import no_block
from ..errors import SequenceError
from ..letters.readable_record import ReadableRecord
from ..motifs import FilterMotifs, MotifSettings, filter_motifs
from ..network.block import Block
from ..network.model import Model
from ..scan import Influence, influences
from .many_sequences import stretches_of, windows_of

__all__ = ["filters_as_motifs", "influence_of_filters"]


def filters_as_motifs(
    model: Model, sequences: Iterable[ReadableRecord | str], rule: str, settings: MotifSettings, ambiguity: str
) -> FilterMotifs:
    """Return the filters of the first convolution on letters, see `OpenedModel.filters`."""
    stretches = stretches_of(sequences, ambiguity)
    return FilterMotifs(filter_motifs(model, _block(model), stretches, rule, settings, ambiguity=ambiguity))


def influence_of_filters(
    model: Model,
    sequences: Iterable[ReadableRecord | str],
    target: str | None,
    logit: bool | None,
    strand: str,
    ambiguity: str,
) -> Influence:
    """Return what the filters of the first convolution on letters add to a value, see `OpenedModel.influence`."""
    block, windows = _block(model), [*windows_of(model, sequences, ambiguity)]
    if not windows:
        raise SequenceError("there are no sequences", remedy="give at least one")
    of = None if target is None else Target.parse(target, model, windows[0].reading.length, logit=logit)
    return influences(model, windows, block, of, logit=logit, strands=strand)


def _block(model: Model) -> Block:
    if not model.letter_blocks:
        raise no_block(model, "open a model that has one")
    return model.letter_blocks[0]
