"""Numbers of every base as a table, as arrays and as a track."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import SettingError
from cnn_core.letters.alphabet import encode
from cnn_core.writers import BaseNumbers, Said, write_base_arrays, write_base_table, write_base_track


def numbers(letters: str, record: str = "chr1", start: int = 4, *, reverse: bool = False) -> BaseNumbers:
    count = len(letters)
    raw = np.arange(4 * count, dtype=np.float32).reshape(count, 4) / 4
    return BaseNumbers(
        record,
        100,
        start,
        reverse,
        encode(letters),
        {"raw": raw, "loss": raw.sum(axis=1), "read": np.arange(count) > 0},
        {"value": np.float32(start)},
        blank=np.arange(count) == 0,
    )


def test_table() -> None:
    file = io.BytesIO()
    columns = {"raw": "", "loss": "loss", "read": "read"}
    write_base_table(
        [numbers("ACN")],
        columns,
        file,
        Said(sentences=["what was assumed"], edits=["chr1:5C>A"], described="effects"),
    )
    *comments, head, first, second, third = file.getvalue().decode().splitlines()
    assert all(line.startswith("#") for line in comments)
    assert "effects" in "".join(comments)
    assert "chr1:5C>A" in "".join(comments)
    assert head.split("\t") == ["record", "position", "base", *"ACGT", "loss", "read"]
    assert first == "chr1\t5\tA\t\t\t\t\t\tno"
    assert second == "chr1\t6\tC\t1\t1.25\t1.5\t1.75\t5.5\tyes"
    assert third.startswith("chr1\t7\tN\t2\t")


def test_table_of_the_other_strand_has_its_letters_and_the_places_of_the_record() -> None:
    file = io.BytesIO()
    write_base_table([numbers("ACN", "=bad", reverse=True)], {"raw": "gradient", "read": "read"}, file)
    head, *lines = file.getvalue().decode().splitlines()
    assert head.split("\t")[3:7] == ["gradient_A", "gradient_C", "gradient_G", "gradient_T"]
    assert [line.split("\t")[:3] for line in lines] == [
        ["'=bad", "7", "A"],
        ["'=bad", "6", "C"],
        ["'=bad", "5", "N"],
    ]


def test_arrays_of_one_region() -> None:
    file = io.BytesIO()
    part = numbers("ACN", reverse=True)
    write_base_arrays([part], file, Said(described="effects"))
    file.seek(0)
    arrays = np.load(file)
    assert (arrays["raw"] == part.rows["raw"]).all()
    assert arrays["raw"].dtype == np.float32
    assert str(arrays["letters"]) == "ACN"
    assert arrays["value"].shape == ()
    assert arrays["window"].tolist() == [4, 7]
    assert (int(arrays["origin"]), int(arrays["step"]), str(arrays["strand"])) == (7, -1, "-")
    assert str(arrays["record"]) == "chr1"


def test_arrays_of_several_regions_stand_one_below_the_other() -> None:
    file = io.BytesIO()
    parts = [numbers("ACN"), numbers("GG", "chr2", 9)]
    write_base_arrays(parts, file)
    file.seek(0)
    arrays = np.load(file)
    assert arrays["rows"].tolist() == [0, 3, 5]
    for index, part in enumerate(parts):
        mine = slice(*arrays["rows"][index : index + 2])
        assert (arrays["raw"][mine] == part.rows["raw"]).all()
        assert (arrays["read"][mine] == part.rows["read"]).all()
    assert str(arrays["letters"]) == "ACNGG"
    assert arrays["value"].tolist() == [4, 9]
    assert bytes(arrays["records"]).decode().split("\n") == ["chr1", "chr2"]
    assert arrays["window"].tolist() == [[4, 7], [9, 11]]


def test_track_leaves_out_what_is_blank_and_gaps() -> None:
    file = io.BytesIO()
    parts = [numbers("ACGA"), numbers("ACG", start=20), numbers("ACG", "chr2", 1)]
    same = {4: np.array([9, 1, 1, 2]), 20: np.array([0, 2, 2]), 1: np.array([0, 2, 3])}
    write_base_track(
        parts, lambda part: same[part.start], {"chr1": 100, "chr2": 50}, file, Said(track="x, y"), track_line=True
    )
    head, *lines = file.getvalue().decode().splitlines()
    assert 'name="x" description="x, y"' in head
    assert [tuple(line.split()) for line in lines] == [
        ("chr1", "5", "7", "1"),
        ("chr1", "7", "8", "2"),
        ("chr1", "21", "23", "2"),
        ("chr2", "2", "3", "2"),
        ("chr2", "3", "4", "3"),
    ]


def test_bigwig_has_the_same(tmp_path: Path) -> None:
    bigwig = pytest.importorskip("pyBigWig")
    path = tmp_path / "bases.bw"
    with path.open("wb") as file:
        write_base_track(
            [numbers("ACGA", reverse=True)],
            lambda part: part.rows["loss"],
            {"chr1": 100},
            file,
            as_bigwig=True,
        )
    read = bigwig.open(str(path))
    assert read.chroms() == {"chr1": 100}
    assert read.intervals("chr1") == ((4, 5, 13.5), (5, 6, 9.5), (6, 7, 5.5))


def test_regions_that_overlap_are_no_track() -> None:
    with pytest.raises(SettingError, match="overlap"):
        write_base_track(
            [numbers("ACGA"), numbers("AC", start=6)], lambda part: part.rows["loss"], {"chr1": 9}, io.BytesIO()
        )
