"""The list of export formats: every row leads to a writer that holds what the row says."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from each_case import each_case
from hand_worked import Letters
from small_models import block_model, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.errors import SettingError
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.work.progress import no_progress
from cnn_core.writers.formats import CONTENTS, FORMATS, SUFFIXES, ExportFormat, contents_of, format_of, suffixes_of
from cnn_core.writers.values import BlockValues, Quantity

MODEL = block_model(Conv1D(random_kernel(5, 3, seed=1), activation="relu"), MaxPooling1D(4))


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.suffixes[0])
@each_case("quantity", Quantity)
def test_a_format_writes_what_its_row_says_and_refuses_the_rest(row: ExportFormat, quantity: Quantity) -> None:
    if not row.writer:
        assert not {*row.contents} & {*Quantity}
        return
    reading = Reading.of(MODEL, Letters(random_letters(80))).into()
    values, file, told = BlockValues.of(reading, quantity, (0,)), io.BytesIO(), list[tuple[int, int]]()
    if quantity in row.contents:
        row.write(values, file, lambda done, there: told.append((done, there)))
        assert file.getvalue()
        assert told[-1] == (values.count, values.count)
    else:
        with pytest.raises(SettingError):
            row.write(values, file, no_progress)


def test_a_file_is_recognised_by_its_suffix_in_any_case() -> None:
    for row in FORMATS:
        for suffix in row.suffixes:
            assert format_of(Path(f"a.b{suffix.upper()}")) is row
    assert format_of(Path("npz")) is None
    assert len({*SUFFIXES}) == len(SUFFIXES)


def test_what_is_written_unless_it_is_said() -> None:
    assert {suffix: contents_of(f"x{suffix}") for suffix in (".npz", ".tsv", ".BW", ".bed", ".meme", "")} == {
        ".npz": "layers",
        ".tsv": "cells",
        ".BW": "cells",
        ".bed": "cells",
        ".meme": "kernels",
        "": "layers",
    }
    assert suffixes_of("selections") == (".npz", ".tsv", ".bed")
    assert all(suffixes_of(what) for what in CONTENTS)
