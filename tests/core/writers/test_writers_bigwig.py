"""bigWig as pyBigWig reads it: every value, what is summed up of them, and what a full disk leaves."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_core.errors import SettingError
from cnn_core.writers import bigwig, bigwig_reductions
from cnn_core.writers.bigwig import write_tracks
from cnn_core.writers.runs import Runs

MAGIC = b"\x26\xfc\x8f\x88"


@dataclass(frozen=True, eq=False)
class Track:
    """Random runs along a record, some bases without a value."""

    length: int
    step: int
    runs: Runs
    pieces: int = 1
    a_block: int | None = None
    """Runs of a block, where a block is smaller than usual."""

    @classmethod
    def of(
        cls,
        count: int,
        step: int = 1,
        *,
        gaps: bool = False,
        seed: int = 0,
        pieces: int = 1,
        a_block: int | None = None,
    ) -> Track:
        random = np.random.RandomState(seed)
        widths = random.randint(1, 5, count) * step
        room = random.randint(0, 40, count) * (random.rand(count) < 0.1) if gaps else np.zeros(count, dtype=int)
        stops = np.cumsum(widths + room).astype(np.int64)
        return cls(
            int(stops[-1]) + 7,
            step,
            Runs(np.zeros_like(stops), stops - widths, stops, random.randn(count).astype(np.float32)),
            pieces,
            a_block,
        )

    def written_into(self, file: Any) -> None:
        def some() -> Iterator[Runs]:
            pieces = zip(*(np.array_split(column, self.pieces) for column in self.runs), strict=True)
            yield from (Runs(*piece) for piece in pieces)

        with pytest.MonkeyPatch.context() as patch:
            if self.a_block is not None:
                patch.setattr(bigwig, "_ITEMS_A_BLOCK", self.a_block)
            write_tracks(["chr1"], np.array([self.length]), self.step, some(), file)

    @property
    def per_base(self) -> NDArray[np.float64]:
        found = np.full(self.length, np.nan)
        for start, stop, value in zip(*self.runs[1:], strict=True):
            found[start:stop] = value
        return found


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    library = pytest.importorskip("pyBigWig")
    files = []

    def written(track: Track) -> Any:
        path = tmp_path / f"{len(files)}.bw"
        with path.open("xb") as file:
            track.written_into(file)
        files.append(library.open(str(path)))
        return files[-1]

    yield written
    for file in files:
        file.close()


TRACKS = {
    "one value": Track(9, 1, Runs(np.array([0]), np.array([2]), np.array([5]), np.array([1.5], dtype=np.float32))),
    "one block": Track.of(1024),
    "a block and a value": Track.of(1025, pieces=3),
    "with gaps": Track.of(5000, gaps=True, pieces=7),
    "cells": Track.of(3000, step=8),
    "more blocks than a node has": Track.of(40_000, gaps=True, pieces=11, a_block=128),
}
every_track = pytest.mark.parametrize("track", TRACKS.values(), ids=TRACKS)


@every_track
def test_every_run_reads_back_bit_for_bit(track: Track, opened: Any) -> None:
    file = opened(track)
    assert file.chroms() == {"chr1": track.length}
    starts, stops, values = (np.array(column) for column in zip(*file.intervals("chr1"), strict=True))
    for found, expected in zip((starts, stops, values), track.runs[1:], strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("children", [2, 3, 256])
@pytest.mark.parametrize("items", [1, 5])
def test_a_tree_of_any_height_finds_every_stretch(
    items: int, children: int, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bigwig, "_ITEMS_A_BLOCK", items)
    monkeypatch.setattr(bigwig, "_CHILDREN", children)
    track = Track.of(101, gaps=True, pieces=4)
    file, expected = opened(track), track.per_base
    for start in range(0, track.length, 13):
        for stop in (start + 1, min(start + 40, track.length)):
            np.testing.assert_array_equal(file.values("chr1", start, stop), expected[start:stop])


@every_track
def test_what_is_said_of_the_whole_is_true(track: Track, opened: Any) -> None:
    header, values = opened(track).header(), track.per_base
    there = values[~np.isnan(values)]
    assert header["version"] == 4
    assert header["nBasesCovered"] == len(there)
    # pyBigWig gives whole numbers.
    for name, expected in {
        "minVal": there.min(),
        "maxVal": there.max(),
        "sumData": there.sum(),
        "sumSquared": (there**2).sum(),
    }.items():
        assert abs(header[name] - expected) <= 1


@every_track
def test_what_is_seen_from_afar_is_what_stands_there(track: Track, opened: Any) -> None:
    file, values = opened(track), track.per_base
    levels = file.header()["nLevels"]
    assert levels >= 1
    for level in range(levels):
        bases = 10 * track.step * 4**level
        # Twice as many bases as a stretch has make pyBigWig read this level, which takes it long for many stretches.
        bins = max(track.length // (2 * bases), 1)
        few = min(bins, 200)
        for first in {0, (bins - few) * 2 * bases}:
            stop = min(first + few * 2 * bases, track.length)
            starts, part = np.linspace(0, stop - first, few + 1).astype(int)[:-1], values[first:stop]
            counts = np.add.reduceat(np.isfinite(part), starts, dtype=np.int64)
            for kind, expected in {
                "mean": np.add.reduceat(np.nan_to_num(part), starts) / np.maximum(counts, 1),
                "max": np.fmax.reduceat(part, starts),
                "min": np.fmin.reduceat(part, starts),
            }.items():
                found = np.array(file.stats("chr1", first, stop, type=kind, nBins=few), dtype=np.float64)
                np.testing.assert_array_equal(np.isnan(found), counts == 0)
                np.testing.assert_allclose(found[counts > 0], expected[counts > 0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("pieces", [1, 2, 9])
def test_a_reduction_is_what_numpy_says_of_every_stretch(pieces: int) -> None:
    track = Track.of(500, gaps=True)
    reduction = bigwig_reductions.Reduction.of(np.array([track.length]), 17)
    for starts, stops, column in zip(*(np.array_split(each, pieces) for each in track.runs[1:]), strict=True):
        reduction.add(0, starts, stops, column)
    for each in (reduction, reduction.coarser(4), reduction.coarser(4).coarser(4)):
        parts = [
            part[~np.isnan(part)] for part in np.split(track.per_base, range(each.bases, track.length, each.bases))
        ]
        records = each.records()
        assert records["covered"].tolist() == [len(part) for part in parts if len(part)]
        for name, expected in (("least", np.min), ("most", np.max), ("sum", np.sum)):
            np.testing.assert_allclose(
                records[name], [expected(part) for part in parts if len(part)], rtol=1e-5, atol=1e-5
            )
        np.testing.assert_allclose(records["squares"], [(part**2).sum() for part in parts if len(part)], rtol=1e-5)
        assert (records["stop"] - records["start"]).max() <= each.bases


def test_a_chromosome_is_summed_up_in_bounded_memory() -> None:
    assert bigwig_reductions.first_reduction(500, 8) == 80
    assert 250_000_000 / bigwig_reductions.first_reduction(250_000_000, 1) <= 1 << 19


def test_a_sum_that_no_float32_holds_is_the_largest(opened: Any) -> None:
    largest = np.finfo(np.float32).max
    track = Track(40, 4, Runs(np.array([0]), np.array([0]), np.array([40]), np.array([largest], dtype=np.float32)))
    assert opened(track).intervals("chr1") == ((0, 40, float(largest)),)


def test_a_record_that_is_too_long_is_refused() -> None:
    file = io.BytesIO()
    with pytest.raises(SettingError, match=r"record chr1: 4,294,967,296 bases are too many for bigWig"):
        write_tracks(["chr1"], np.array([1 << 32]), 1, [], file)
    assert file.getvalue() == b""


class Disk(io.BytesIO):
    """A file on a disk that has room for so many bytes, and for so many calls."""

    def __init__(self, room: float = np.inf, calls: float = np.inf) -> None:
        super().__init__()
        self.room, self.calls = room, calls

    def write(self, data: Any) -> int:
        self.room -= max(0, self.tell() + len(data) - len(self.getvalue()))
        self.calls -= 1
        if self.room < 0 or self.calls < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("limit", ["room", "calls"])
def test_a_full_disk_stops_it_wherever_that_is_and_leaves_no_bigwig(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bigwig, "_ITEMS_A_BLOCK", 8)
    monkeypatch.setattr(bigwig, "_CHILDREN", 3)
    track = Track.of(60, gaps=True)
    whole = Disk(calls=10_000)
    track.written_into(whole)
    assert whole.getvalue().startswith(MAGIC)
    assert whole.getvalue().endswith(MAGIC)
    needed = len(whole.getvalue()) if limit == "room" else int(10_000 - whole.calls)
    for there in range(needed):
        disk = Disk(**{limit: there})
        with pytest.raises(OSError, match="No space left on device"):
            track.written_into(disk)
        assert not disk.getvalue().startswith(MAGIC)
    track.written_into(Disk(**{limit: needed}))
