"""From a record, letters or numbers to a reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks.reading import Reading
from ..errors import SettingError, ShapeError
from ..layers import IndexInput
from ..letters.alphabet import BASES, PADDING, Ambiguity, encode
from ..letters.edits import parse_edits
from ..letters.held_letters import HeldLetters
from ..letters.readable_record import ReadableRecord
from ..letters.record_table import Layout, RecordTable
from ..letters.regions import resolve_region
from ..letters.sequence_files import Record, Sequences
from ..network.model import Model
from .readings import ModelReading

__all__ = ["as_record", "check_choice", "check_is_list", "given_record", "read_numbers", "read_record"]

_NAME = "sequence"
Inputs = Mapping[str, NDArray[np.generic]]


def as_record(codes: NDArray[np.uint8]) -> Record:
    """Return letters of memory as a record."""
    return Record(_NAME, "", len(codes), 0, _NAME, HeldLetters(codes, [0, len(codes)], _NAME))


def given_record(sequence: ReadableRecord | str) -> ReadableRecord:
    """Return a record, or letters as one."""
    return as_record(encode(sequence)) if isinstance(sequence, str) else sequence


def check_choice(value: str, choices: Collection[str], words: str) -> None:
    """Refuse a value that is not a choice, in words such as `a policy for ambiguous letters`."""
    if value not in [*choices]:
        *first, last = choices
        raise SettingError(f"'{value}' is not {words}", remedy=f"it is {', '.join(first)} or {last}")


def check_is_list(given: object, words: str, example: str) -> None:
    """Refuse one text where several are asked for, such as `edits`."""
    if isinstance(given, str):
        raise SettingError(f"the {words} are one text", remedy=f'give them as a list, such as ["{example}"]')


def read_record(
    model: Model,
    record: ReadableRecord,
    region: str | None,
    reverse: bool,
    ambiguity: str,
    inputs: Inputs,
    edits: Sequence[str] = (),
) -> ModelReading:
    """Return the reading of a record, see `OpenedModel.read`."""
    interval = None if region is None else _interval(region, record.name, len(record))
    check_choice(ambiguity, [*Ambiguity], "a policy for ambiguous letters")
    reading = Reading.of(
        model, record, interval, reverse=reverse, ambiguity=ambiguity, side_inputs=_checked(inputs)
    )
    check_is_list(edits, "edits", "46A>G")
    return ModelReading(reading.edited(parse_edits(edits, record)) if edits else reading)


def read_numbers(
    model: Model, rows: NDArray[Any], region: str | None, reverse: bool, inputs: Inputs, edits: Sequence[str] = ()
) -> ModelReading:
    """Return the reading of numbers; one-hot rows are read as letters, so that sums are exact."""
    channels = model.input.channels
    if isinstance(model.input, IndexInput) or rows.ndim != 2 or rows.shape[1] != len(channels):
        wanted = "letters" if isinstance(model.input, IndexInput) else f"(length, {len(channels)})"
        raise ShapeError(f"an array of shape {rows.shape} was given", where="the input", remedy=f"give {wanted}")
    if rows.dtype.kind not in "biuf" or not np.isfinite(rows).all():
        raise SettingError("the array holds something other than numbers", remedy="give finite numbers")
    codes = _letters_of(rows, channels)
    if codes is not None:
        return read_record(model, as_record(codes), region, reverse, "zero", inputs, edits)
    if region is not None or reverse or edits:
        raise SettingError(
            "a region, the other strand or an edit is one of letters", remedy="slice or turn the array yourself"
        )
    nothing = as_record(np.full(len(rows), PADDING, dtype=np.uint8))
    fixed = model.input.length
    if fixed not in (None, len(rows)):
        raise ShapeError(f"{len(rows)} rows were given", where="the input", remedy=f"{model.name} reads {fixed}")
    reading = Reading.of(model, nothing, side_inputs=_checked(inputs))
    return ModelReading(reading, np.ascontiguousarray(rows, dtype=np.float32))


def _letters_of(rows: NDArray[Any], channels: str) -> NDArray[np.uint8] | None:
    """Return the letters of one-hot rows, or None if a row is not one-hot."""
    if not (((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all()):
        return None
    table = np.array([ord(letter) if letter in f"{BASES}N" else 0 for letter in channels], dtype=np.uint8)
    letters = table[rows.argmax(axis=1)]
    return encode(letters.tobytes()) if letters.all() else None


def _interval(region: str, name: str, length: int) -> tuple[int, int]:
    """Return the half-open positions of a region of one record."""
    if not isinstance(region, str):
        raise SettingError(f"a {type(region).__name__} is not a region", remedy="write it as text, such as 1-1,000")
    alone = RecordTable.of([Layout(name, "", length, 0, 0, 0)])
    record = Sequences(name, alone, HeldLetters(bytearray(), (0, 0), name))
    _, start, stop = resolve_region(region, record, record=name, here=name)
    return start, stop


def _checked(inputs: Inputs) -> dict[str, NDArray[np.generic]]:
    """Return the numbers of further inputs as arrays."""
    if not isinstance(inputs, Mapping):
        raise SettingError("the inputs are not a mapping", remedy="give arrays by the names of the inputs")
    arrays = {str(name): np.asarray(numbers) for name, numbers in inputs.items()}
    for name, numbers in arrays.items():
        if numbers.dtype.kind not in "biuf":
            raise SettingError(
                "holds something other than numbers", where=f"input {name}", remedy="give an array of numbers"
            )
    return arrays
