"""Regions of a BED file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cnn_core.errors import RegionError
from cnn_core.letters.bed_regions import read_bed_regions

LINES = b"track name=peaks\n#chrom\nchr1\t0\t10\tpeak 1\t0\t-\r\n\nchr2 5 7\nbrowser hide all\nchr1\t3\t4"
REGIONS = [("chr1", 0, 10), ("chr2", 5, 7), ("chr1", 3, 4)]


@pytest.mark.parametrize("packed", [False, True])
def test_first_three_columns(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "regions.bed"
    path.write_bytes(gzip.compress(LINES) if packed else LINES)
    assert read_bed_regions(path) == REGIONS


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (b"chr1\t1\n", "is no region"),
        (b"chr1\t-1\t5\n", "is no region"),
        (b"chr1\t1.0\t5\n", "is no region"),
        (b"\t1\t5\n", "is no region"),
        (b"chr1\t5\t5\n", "before it begins"),
        (b"#only\n", "no region"),
        (b"chr1\t1\t5\nchr1\tx\t5\n", "line 2"),
    ],
)
def test_what_is_no_region(tmp_path: Path, lines: bytes, words: str) -> None:
    path = tmp_path / "regions.bed"
    path.write_bytes(lines)
    with pytest.raises(RegionError, match=words):
        read_bed_regions(path)
