"""What a reading is looked at beside: another allele, weight, setting, model, filter, record or strand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from cnn_core.blocks.offered_blocks import first_block
from cnn_core.blocks.trace import find_filter
from cnn_core.errors import CnnError, NotFoundError, SettingError, did_you_mean
from cnn_core.letters.edits import parse_edits
from cnn_core.network.weight_edits import parse_weight_edits

from ..options.block_settings import changed_settings, settings_typed
from ..options.model_options import ModelOptions
from .models import open_model

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.letters.sequence_files import Sequences
    from cnn_core.network.model import Model

__all__ = ["VERSUS_EXAMPLES", "Versus", "versus_of"]

VERSUS_EXAMPLES: Final = (
    "edit:46A>G, original, set:pool_size=4, weights:conv1d:17:3A=0.5, model:NAME, filter:N, record:NAME or strand"
)
"""What can be asked for."""


@dataclass(frozen=True, eq=False)
class Versus:
    """What stands beside a reading.

    Attributes:
        asked: How it was asked for, such as `edit:46A>G`.
        of: The reading that it stands beside.
        reading: The other reading; of another filter, the same.
        filter: The filter that is looked at in it; None is the same.
        opened: The other model with the settings that it came with, where it is of another model.
    """

    asked: str
    of: Reading
    reading: Reading
    filter: int | None = None
    opened: Model | None = None

    @property
    def kind(self) -> str:
        """What differs: `edit`, `original`, `set`, `weights`, `model`, `filter`, `record` or `strand`."""
        return self.asked.partition(":")[0].strip()


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is asked for beside a reading: its value, and what there is to find it in."""

    value: str
    reading: Reading
    sequences: Sequences
    own: Model | None
    known: Model | None


def versus_of(
    asked: str, reading: Reading, sequences: Sequences, own: Model | None = None, known: Versus | None = None
) -> Versus:
    """Return what a reading is to be looked at beside.

    What is changed of the reading is changed of the other one too: its input window, its strand, its edits, and the
    settings of its block, of another model those that `own` has otherwise.

    Args:
        asked: `edit:46A>G,50del`, `original`, `set:pool_size=4`, `weights:conv1d:17:3A=0.5`, `model:seed`,
            `filter:17`, `record:chr2` or `strand`.
        reading: What is looked at, with a block to look into.
        sequences: The records.
        own: The reading's model with the settings that it came with; None where it has them.
        known: What stood beside another reading: where as much was asked for, its model is not opened again, and
            without edits there still is an original.

    Raises:
        CnnError: It is none of these, or there is no such edit, setting, model, filter or record; or blocks of
            different numbers of filters would stand beside each other.
    """
    kind, colon, value = (part.strip() for part in asked.partition(":"))
    known = known if known is not None and known.asked == asked else None
    if kind not in (*_READINGS, "filter") or bool(value) == (kind in _WITHOUT_VALUE) or (colon and not value):
        known_kinds = [*_READINGS, "filter"]
        write = f"write {VERSUS_EXAMPLES}"
        remedy = write if kind in known_kinds else did_you_mean(kind, known_kinds, write)
        raise SettingError(f"'{asked}' does not say what to look at beside it", remedy=remedy)
    if kind == "filter":
        return Versus(asked, reading, reading, find_filter(reading.run, value))
    if kind == "original" and known is not None and not (reading.edits or reading.model.weight_edits):
        return Versus(asked, reading, reading)
    other, opened = _READINGS[kind](_Asked(value, reading, sequences, own, None if known is None else known.opened))
    mine, theirs = reading.run.filters, other.run.filters
    if mine != theirs:
        raise SettingError(
            f"{theirs:,} filters cannot stand beside {mine:,}",
            where=asked,
            remedy="choose a model whose block has as many",
        )
    other.check_letters()
    return Versus(asked, reading, other, opened=opened)


_Found = tuple["Reading", "Model | None"]
"""A reading, and the model that was opened for it."""


def _original(asked: _Asked) -> _Found:
    reading = asked.reading
    if not reading.edits and not reading.model.weight_edits:
        raise SettingError("nothing is edited, so there is no original", remedy="write edit:46A>G")
    return reading.without_edits(), None


def _other_strand(asked: _Asked) -> _Found:
    return replace(asked.reading, reverse=not asked.reading.reverse), None


def _edited(asked: _Asked) -> _Found:
    reading = asked.reading
    names = [*reading.bare_edit_names, *asked.value.split(",")]
    return reading.edited(parse_edits(names, reading.own_record)), None


def _with_settings(asked: _Asked) -> _Found:
    now = asked.reading.settings
    return asked.reading.with_settings(changed_settings(now, settings_typed([asked.value], "set"), "set")), None


def _with_weights(asked: _Asked) -> _Found:
    model = asked.reading.model
    edits = parse_weight_edits(asked.value.split(","), model)
    return asked.reading.with_weights((*model.weight_edits, *edits)), None


def _by_model(asked: _Asked) -> _Found:
    reading, name = asked.reading, asked.value
    assumed: tuple[str, ...] = asked.sequences.assumptions
    if asked.known is None:
        file = open_model(name, ModelOptions())
        opened, assumed = file.model, (*file.warnings, *assumed)
    else:
        opened = asked.known
    other = replace(reading, model=opened, looked_into=None, assumed=assumed)
    if opened.input.length is not None:
        other = other.moved_to(reading.start)
    block = first_block(opened, other.length)
    if block is None:
        raise SettingError("has no conv → pool block to look into", where=name, remedy="choose another model")
    other = other.into(block)
    if asked.own is not None and reading.block in asked.own.blocks:
        before = asdict(asked.own.settings(reading.block))
        changed = {key: value for key, value in asdict(reading.settings).items() if value != before[key]}
        if changed:
            other = other.with_settings(replace(other.settings, **changed))
    return other, opened


def _of_record(asked: _Asked) -> _Found:
    reading, name = asked.reading, asked.value
    record = asked.sequences[name]
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
    return other, None


_WITHOUT_VALUE: Final = ("original", "strand")
_READINGS: Final[dict[str, Callable[[_Asked], _Found]]] = {
    "original": _original,
    "strand": _other_strand,
    "edit": _edited,
    "set": _with_settings,
    "weights": _with_weights,
    "model": _by_model,
    "record": _of_record,
}
