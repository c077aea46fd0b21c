"""From a request, its records and its model to the first reading."""

from __future__ import annotations

from dataclasses import replace

from cnn_core.blocks.block_absence import no_block
from cnn_core.blocks.offered_blocks import find_block, first_block
from cnn_core.blocks.padding import Pad, PadSide
from cnn_core.blocks.reading import Reading
from cnn_core.errors import SettingError, ShapeError
from cnn_core.letters.edits import parse_edits
from cnn_core.letters.sequence_files import Sequences
from cnn_core.network.block import Block
from cnn_core.readers.report import ModelFile

from ..options.block_settings import with_typed_settings
from ..options.request import AMBIGUITY_NAMES, PAD_LETTERS, PAD_SIDES, OpenRequest
from .record_and_region import asked_place
from .side_inputs import read_side_inputs

__all__ = ["asked_pad", "open_block_reading", "open_network_reading", "open_reading", "read_record"]


def open_reading(request: OpenRequest, sequences: Sequences, opened: ModelFile) -> Reading:
    """Return the reading that a request asks for, with a block to look into where the model has one.

    Args:
        request: Its record, region, edits, ambiguity, reverse, block, settings and inputs are looked at. A region that
            names no record, such as `46-61`, is one of the record.
        sequences: Where the record is.
        opened: The model that reads it, with the settings in force, and what had to be assumed of its file.

    Raises:
        CnnError: There is no such record or region, it is too short for the model, or it holds an ambiguous
            letter that the policy refuses.
    """
    reading, block = _reading_and_block(request, sequences, opened)
    return reading if block is None else reading.into(block)


def open_network_reading(request: OpenRequest, sequences: Sequences, opened: ModelFile) -> Reading:
    """Return the reading that a request asks for, see `open_reading`, looking into no block.

    Raises:
        CnnError: There is no such record or region, or it holds an ambiguous letter that the policy refuses.
    """
    return _reading_and_block(request, sequences, opened)[0]


def _reading_and_block(
    request: OpenRequest, sequences: Sequences, opened: ModelFile
) -> tuple[Reading, Block | None]:
    """Return the reading, with the settings of the block in force, and the block."""
    record, interval = asked_place(request, sequences)
    if request.ambiguity not in AMBIGUITY_NAMES:
        raise SettingError(
            f"there is no policy '{request.ambiguity}' for ambiguous letters",
            remedy=f"it is one of {', '.join(AMBIGUITY_NAMES)}",
        )
    model, numbers = read_side_inputs(request.inputs, opened.model)
    named = None if request.block is None else find_block(model, request.block)
    reading = Reading.of(
        model,
        record,
        interval,
        reverse=request.reverse,
        ambiguity=request.ambiguity,
        side_inputs=numbers,
        assumed=(*opened.warnings, *sequences.assumptions),
        pad=asked_pad(request),
    )
    if request.edits:
        reading = reading.edited(parse_edits(request.edits, record))
    reading.check_letters()
    block = named or first_block(model, reading.length)
    if block is None:
        if request.settings:
            raise no_block(model, "leave out --set", reading.length)
    elif request.settings:
        reading = replace(reading, model=with_typed_settings(model, block, request.settings))
    return reading, block


def asked_pad(request: OpenRequest) -> Pad | None:
    """Return how a request pads a record that is too short, or None where it says nothing of it.

    Raises:
        SettingError: There is no such side or letter, or the letter stands without a side.
    """
    if request.pad is None:
        if request.pad_with is not None:
            raise SettingError("--pad-with says what --pad puts there", remedy=f"add --pad {PAD_SIDES[0]}")
        return None
    for value, known in ((request.pad, PAD_SIDES), (request.pad_with or PAD_LETTERS[0], PAD_LETTERS)):
        if value not in known:
            raise SettingError(f"'{value}' is no way to pad a record", remedy=f"it is one of {', '.join(known)}")
    return Pad(PadSide(request.pad), request.pad_with == PAD_LETTERS[1])


def open_block_reading(request: OpenRequest, sequences: Sequences, opened: ModelFile) -> Reading:
    """Return the reading that a request asks for, see `open_reading`.

    Raises:
        ModelError: The model has no block to look into.
        CnnError: As for `open_reading`.
    """
    reading = open_reading(request, sequences, opened)
    if not reading.has_block:
        raise no_block(opened.model, "ask for any other value with --layer and --position", reading.length)
    return reading


def read_record(request: OpenRequest, sequences: Sequences, opened: ModelFile) -> tuple[Reading, str]:
    """Return the reading that a request asks for, and what must be said of it.

    Where a record has fewer responses than a pool window holds, the pool is made as small as they are, and that is
    what must be said.

    Raises:
        CnnError: There is no such record or region, or it is too short for a single window.
    """
    try:
        return open_reading(request, sequences, opened), ""
    except ShapeError as error:
        model = opened.model
        first = next(iter(model.letter_blocks or model.blocks), None)
        block = first if request.block is None else find_block(model, request.block)
        if block is None or block.pool not in error.where:
            raise
        now = model.settings(block)
        for size in range((now.pool_size or 1) - 1, 0, -1):
            smaller = replace(now, pool_size=size, pool_stride=size)
            try:
                shrunk = replace(opened, model=model.with_settings(block, smaller))
                reading = open_reading(request, sequences, shrunk)
            except (ShapeError, SettingError):
                continue
            return reading, f"only {size} positions: the pool, {now.pool_size} wide, is shrunk to {size} here"
        raise
