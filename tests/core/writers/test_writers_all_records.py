"""All records of a file in one file: what stands in it is what each record's own file holds."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from small_models import block_model, random_kernel, random_letters

from cnn_core.blocks.offered_blocks import find_block
from cnn_core.blocks.reading import Reading
from cnn_core.errors import ShapeError, TooShortError
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.letters.sequence_files import Sequences, open_sequences
from cnn_core.network.model import Model
from cnn_core.scan.side_by_side import SideBySide
from cnn_core.writers.all_records import RecordsValues
from cnn_core.writers.archive import write_value_arrays
from cnn_core.writers.bed import write_bed
from cnn_core.writers.bigwig import write_bigwig, write_tracks
from cnn_core.writers.runs import Runs
from cnn_core.writers.tables import write_table
from cnn_core.writers.tracks import write_bedgraph
from cnn_core.writers.values import BlockValues

MODEL = block_model(Conv1D(np.rint(random_kernel(5, 3, seed=1)), activation="relu"), MaxPooling1D(4))
SAME = block_model(Conv1D(random_kernel(4, 3), stride=2, padding="same"), MaxPooling1D(3, 2, padding="same"))
DEEP = block_model(
    Conv1D(random_kernel(2, 2), activation="relu"),
    MaxPooling1D(2),
    head=[("deep", Conv1D(random_kernel(3, 3, channels=2), activation="relu")), ("cells", MaxPooling1D(2))],
)
SIZES = {"one": 40, "short": 3, "two": 65, "none": 0, "odd\x1b": 28, "odd\\x1b": 28, "ü": 90, "six": 40}


@pytest.fixture
def sequences(tmp_path: Path) -> Sequences:
    text = "".join(f">{name} d\n{random_letters(size, size)}\n" for name, size in SIZES.items())
    (tmp_path / "my.fa").write_text(text)
    return open_sequences(tmp_path / "my.fa", cache=tmp_path / "cache")


def values_of(
    sequences: Sequences, name: str, model: Model, quantity: str, filters: tuple[int, ...] | None, *, reverse: bool
) -> BlockValues:
    block = model.blocks[-1]
    return BlockValues.of(Reading.of(model, sequences[name], reverse=reverse).into(block), quantity, filters)


def written(write: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def each(
    sequences: Sequences, model: Model, quantity: str, filters: tuple[int, ...] | None, *, reverse: bool
) -> list[BlockValues]:
    found = []
    for name, size in SIZES.items():
        if size:
            try:
                found.append(values_of(sequences, name, model, quantity, filters, reverse=reverse))
            except TooShortError:
                continue
    return found


@pytest.fixture(params=[64, 1 << 18])
def batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have some of the records computed alone, or all that can be together."""
    monkeypatch.setattr(SideBySide, "letters_at_once", request.param)


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("model", [MODEL, SAME, DEEP], ids=["letters", "padded", "deep"])
class TestAsEachAlone:
    def test_tables_and_boxes(self, sequences: Sequences, model: Model, reverse: bool) -> None:
        for quantity in ("cells", "selections"):
            all_records = RecordsValues.of(
                sequences, values_of(sequences, "two", model, quantity, None, reverse=reverse)
            )
            alone = each(sequences, model, quantity, None, reverse=reverse)
            assert len(alone) + all_records.too_short == 8
            tables = [written(lambda file, one=one: write_table(one, file)) for one in alone]
            table = written(partial(write_table, all_records))
            head = tables[0].split(b"\n", 1)[0]
            # The names of two records are the same once what is not printed is spelled.
            expected = [line for each in tables for line in each.splitlines()[1:]]
            assert spelled_alike(table.splitlines()) == spelled_alike([head, *expected])
            boxes = b"".join(written(lambda file, one=one: write_bed(one, file)) for one in alone)
            found = written(partial(write_bed, all_records))
            assert spelled_alike(found.splitlines()) == spelled_alike(boxes.splitlines())
            names = {line.split(b"\t")[0] for line in table.splitlines()[1:]}
            assert len(names) == len(alone) > 5

    def test_tracks(self, sequences: Sequences, model: Model, reverse: bool) -> None:
        all_records = RecordsValues.of(
            sequences, values_of(sequences, "two", model, "cells", (1,), reverse=reverse)
        )
        alone = each(sequences, model, "cells", (1,), reverse=reverse)
        tracks = [written(lambda file, one=one: write_bedgraph(one, file)).splitlines() for one in alone]
        found = written(lambda file: write_bedgraph(all_records, file)).splitlines()
        assert spelled_alike(found) == spelled_alike([line for track in tracks for line in track])

    def test_arrays(self, sequences: Sequences, model: Model, reverse: bool) -> None:
        all_records = RecordsValues.of(
            sequences, values_of(sequences, "two", model, "cells", None, reverse=reverse)
        )
        arrays = np.load(io.BytesIO(written(lambda file: write_value_arrays(all_records, file))))
        names = bytes(arrays["records"]).decode().split("\n")
        assert names == ["one", "short", "two", "none", "odd\\x1b#2", "odd\\x1b", "ü", "six"]
        assert arrays["lengths"].tolist() == [*SIZES.values()]
        rows = arrays["rows"].tolist()
        assert [rows[0], rows[-1]] == [0, len(arrays["cells"])]
        for number, name in enumerate(SIZES):
            mine = arrays["cells"][rows[number] : rows[number + 1]]
            if not all_records.counts[number]:
                assert not len(mine)
                continue
            alone = values_of(sequences, name, model, "cells", None, reverse=reverse)
            theirs = np.load(io.BytesIO(written(lambda file, alone=alone: write_value_arrays(alone, file))))
            assert mine.tobytes() == theirs["cells"].tobytes()
            assert (arrays["origin"][number], arrays["step"]) == (theirs["origin"], theirs["step"])

    def test_chromosomes(self, sequences: Sequences, model: Model, reverse: bool, tmp_path: Path) -> None:
        library = pytest.importorskip("pyBigWig")
        all_records = RecordsValues.of(
            sequences, values_of(sequences, "two", model, "cells", (1,), reverse=reverse)
        )
        with (tmp_path / "all.bw").open("wb") as file:
            write_bigwig(all_records, file)
        opened = library.open(str(tmp_path / "all.bw"))
        assert opened.chroms() == {{"odd\x1b": "odd\\x1b#2"}.get(name, name): size for name, size in SIZES.items()}
        for values in each(sequences, model, "cells", (1,), reverse=reverse):
            name = {"odd\x1b": "odd\\x1b#2"}.get(values.reading.record.name, values.reading.record.name)
            expected = np.full(len(values.reading.record), np.nan)
            for chunk in values.rows():
                for start, stop, value in zip(chunk.starts, chunk.stops, chunk.values[:, 0], strict=True):
                    expected[start:stop] = value
            np.testing.assert_array_equal(opened.values(name, 0, len(expected)), expected)
            there = expected[~np.isnan(expected)]
            assert opened.stats(name, type="max")[0] == pytest.approx(there.max())
        opened.close()


def spelled_alike(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"odd\\x1b#2", b"odd\\x1b") for line in lines]


@pytest.mark.thorough
def test_thousands_of_chromosomes_are_all_found(tmp_path: Path) -> None:
    library = pytest.importorskip("pyBigWig")
    count = 70_000
    names = [f"r{number * 7919 % count}" for number in range(count)]
    lengths = np.full(count, 30)
    one = np.array([0]), np.array([25])
    runs = (Runs(np.array([number]), *one, np.array([number], dtype=np.float32)) for number in range(0, count, 50))
    with (tmp_path / "many.bw").open("wb") as file:
        write_tracks(names, lengths, 8, runs, file)
    opened = library.open(str(tmp_path / "many.bw"))
    assert len(opened.chroms()) == count
    for number in (0, 50, 250, 256 * 50, 34_950, count - 50):
        assert opened.intervals(names[number]) == ((0, 25, float(number)),)
        assert opened.stats(names[number], 0, 25, type="mean") == [float(number)]
    assert opened.intervals(names[1]) is None
    opened.close()


def test_a_record_that_a_deep_block_cannot_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "my.fa").write_text(f">fits\n{'ACGT' * 9}\n>long\n{'ACGT' * 50_001}\n")
    with open_sequences(tmp_path / "my.fa", cache=tmp_path / "cache") as sequences:
        reading = Reading.of(DEEP, sequences["fits"]).into(find_block(DEEP, "deep"))
        with pytest.raises(ShapeError, match=r"^record long, layer deep: .* up to 200,000 bases"):
            RecordsValues.of(sequences, BlockValues.of(reading, "cells"))
