"""What a reading is looked at beside: another allele, setting, model, filter, record or strand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cnn_core.blocks.offered_blocks import first_block
from cnn_core.blocks.trace import find_filter
from cnn_core.errors import CnnError, NotFoundError, SettingError, did_you_mean
from cnn_core.letters.edits import EditedRecord, parse_edits

from ..options.block_settings import changed_settings, settings_typed
from ..options.request import ModelOptions
from .models import open_model

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.letters.sequences import Sequences

__all__ = ["Versus", "versus_of"]


@dataclass(frozen=True, eq=False)
class Versus:
    """What stands beside a reading.

    Attributes:
        asked: How it was asked for, such as `edit:46A>G`.
        reading: The other reading; of another filter, the same.
        filter: The filter that is looked at in it; None is the same.
    """

    asked: str
    reading: Reading
    filter: int | None = None


def versus_of(asked: str, reading: Reading, sequences: Sequences) -> Versus:
    """Return what a reading is to be looked at beside.

    Args:
        asked: `edit:46A>G,50del`, `original`, `set:pool_size=4`, `model:seed`, `filter:17`, `record:chr2` or
            `strand`.
        reading: What is looked at, with a block to look into.
        sequences: The records.

    Raises:
        CnnError: It is none of these, or there is no such edit, setting, model, filter or record; or blocks of
            different numbers of filters would stand beside each other.
    """
    kind, _, value = (part.strip() for part in asked.partition(":"))
    if kind in _WITHOUT_VALUE and not value:
        return Versus(asked, _WITHOUT_VALUE[kind](reading))
    if kind in _WITHOUT_VALUE or kind not in (*_READINGS, "filter") or not value:
        examples = "edit:46A>G, original, set:pool_size=4, model:NAME, filter:N, record:NAME or strand"
        known = [*_WITHOUT_VALUE, *_READINGS, "filter"]
        remedy = did_you_mean(kind, known, f"write {examples}") if kind not in known else f"write {examples}"
        raise SettingError(f"'{asked}' does not say what to look at beside it", remedy=remedy)
    if kind == "filter":
        return Versus(asked, reading, find_filter(reading.run, value))
    other = _READINGS[kind](reading, value, sequences)
    mine, theirs = reading.run.filters, other.run.filters
    if mine != theirs:
        raise SettingError(
            f"{theirs:,} filters cannot stand beside {mine:,}",
            where=asked,
            remedy="choose a model whose block has as many",
        )
    return Versus(asked, other)


def _original(reading: Reading) -> Reading:
    if not reading.edits:
        raise SettingError("nothing is edited, so there is no original", remedy="write edit:46A>G")
    return reading.edited(())


def _other_strand(reading: Reading) -> Reading:
    return replace(reading, reverse=not reading.reverse)


def _edited(reading: Reading, names: str, sequences: Sequences) -> Reading:
    record = reading.record.original if isinstance(reading.record, EditedRecord) else reading.record
    own = [name.rpartition(":")[2] for name in reading.edit_names]
    return reading.edited(parse_edits([*own, *names.split(",")], record))


def _with_settings(reading: Reading, text: str, sequences: Sequences) -> Reading:
    return reading.with_settings(changed_settings(reading.settings, settings_typed([text], "set"), "set"))


def _by_model(reading: Reading, name: str, sequences: Sequences) -> Reading:
    opened = open_model(name, ModelOptions())
    other = replace(
        reading, model=opened.model, looked_into=None, assumed=(*opened.warnings, *sequences.assumptions)
    )
    if opened.model.input.length is not None:
        other = other.moved_to(reading.start)
    block = first_block(opened.model, other.length)
    if block is None:
        raise SettingError("has no conv → pool block to look into", where=name, remedy="choose another model")
    return other.into(block)


def _of_record(reading: Reading, name: str, sequences: Sequences) -> Reading:
    record = sequences[name]
    if not len(record):
        raise NotFoundError("holds no letters", where=f"record {name}", remedy="choose another record")
    size = reading.stop - reading.start
    start = min(reading.start, max(0, len(record) - size))
    other = replace(reading, record=record, start=start, stop=min(start + size, len(record)))
    if other.model.input.length is not None:
        other = other.moved_to(start)
    try:
        _ = other.run
    except CnnError as error:
        raise type(error)(error.what, where=f"record {name}", remedy=error.remedy) from None
    return other


_WITHOUT_VALUE: Final[dict[str, Callable[[Reading], Reading]]] = {"original": _original, "strand": _other_strand}
_READINGS: Final[dict[str, Callable[[Reading, str, Sequences], Reading]]] = {
    "edit": _edited,
    "set": _with_settings,
    "model": _by_model,
    "record": _of_record,
}
