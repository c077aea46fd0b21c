"""Numbers of every base, such as effects or gradients, as a table, as arrays and as a track.

Each base may have one number or four, in the order A C G T. The letters are those that the network reads, so that on
the other strand they are the complements of the record's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, printable
from ..layers import Mask
from ..letters.alphabet import BASES, decode
from .archive import write_arrays
from .comments import Notes
from .decimals import decimals
from .runs import Runs
from .tables import table_name
from .tracks import write_track

__all__ = ["BaseNumbers", "Said", "regions_overlap", "write_base_arrays", "write_base_table", "write_base_track"]


@dataclass(frozen=True, eq=False)
class BaseNumbers:
    """The numbers of some neighbouring bases of a record, in the order in which they are read.

    Attributes:
        record: The record's name.
        length: How many letters it has.
        start: The first of the bases in the record, 0-based.
        reverse: Whether they are read on the other strand, from the last to the first.
        codes: Their letters as they are read, shape (bases,).
        rows: Numbers of each base, by name: shape (bases,), or (bases, 4) in the order ACGT.
        alone: Numbers that are of no base, by name.
        blank: Of which bases the numbers mean nothing, shape (bases,): these are empty in a table and no part of a
            track.
    """

    record: str
    length: int
    start: int
    reverse: bool
    codes: NDArray[np.uint8]
    rows: Mapping[str, NDArray[Any]]
    alone: Mapping[str, float | NDArray[Any]]
    blank: Mask

    @property
    def stop(self) -> int:
        """One past the last of the bases in the record."""
        return self.start + len(self.codes)

    @property
    def origin(self) -> int:
        """Where the first row lies: its base in the record, or one past it on the other strand."""
        return self.stop if self.reverse else self.start

    @property
    def positions(self) -> NDArray[np.int64]:
        """Where each base stands in the record, 0-based, in the order in which they are read, shape (bases,)."""
        positions = np.arange(self.start, self.stop)
        return positions[::-1] if self.reverse else positions


@dataclass(frozen=True, kw_only=True)
class Said(Notes):
    """What is said in a file beside the numbers.

    Attributes:
        track: What of them a track draws, in a few words.
    """

    track: str = ""


def write_base_table(
    parts: Iterable[BaseNumbers], columns: Mapping[str, str], file: BinaryIO, said: Said | None = None
) -> None:
    """Write a line a base, with tabs between: record, position (1-based), base, and the numbers.

    Args:
        parts: The numbers, region after region.
        columns: What a column is called, by the name of the rows that it holds, in order; four columns where these
            are four numbers, with the letter behind an underscore (of no name, the letter alone).
        file: A file that is open for writing bytes.
        said: What comes first, in lines that begin with #.
    """
    said = said or Said()
    said.write(file)
    is_headed = False
    for part in parts:
        named = {label: part.rows[name] for name, label in columns.items()}
        single = dict(_single(named))
        if not is_headed:
            file.write("\t".join(["record", "position", "base", *single]).encode() + b"\n")
            is_headed = True
        fields = [_words(column, part.blank) for column in single.values()]
        name, positions = table_name(part.record), (part.positions + 1).tolist()
        file.writelines(
            f"{name}\t{position}\t{base}\t{chr(9).join(row)}\n".encode()
            for position, base, *row in zip(positions, decode(part.codes), *fields, strict=True)
        )


def _single(named: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
    for label, numbers in named.items():
        if numbers.ndim == 1:
            yield label, numbers
            continue
        for base, column in zip(BASES, numbers.T, strict=True):
            yield (f"{label}_{base}" if label else base), column


def _words(column: NDArray[Any], blank: Mask) -> list[str]:
    if column.dtype == np.bool_:
        return ["yes" if each else "no" for each in column.tolist()]
    return ["" if empty else word for word, empty in zip(decimals(column), blank.tolist(), strict=True)]


def write_base_arrays(
    parts: Sequence[BaseNumbers], file: BinaryIO, said: Said | None = None, *, of_shard: bool = False
) -> None:
    """Write the rows as arrays under their names, with `letters`, what is alone, and what is needed to locate them.

    Row i lies over the base of the record at `origin` + i · `step`, and where `step` is negative, on the other
    `strand`, over the one before. Of one region there are `record` and `window`, half-open in it. Of several the rows
    stand one below the other, those of region i from `rows[i]` to `rows[i + 1]`; `records` are the names of their
    records as UTF-8, one a line, `lengths` how many letters these have; `window`, `origin` and what is alone have a
    row for each region.

    Args:
        parts: The numbers, region after region.
        file: A file that is open for writing bytes.
        said: What is said beside them.
        of_shard: Whether these are a part of several regions, even if one or none: a region without bases is left out.
    """
    said, first = said or Said(), parts[0]
    arrays = {name: np.concatenate([part.rows[name] for part in parts]) for name in first.rows}
    kept = [not of_shard or len(part.codes) > 0 for part in parts]
    alone = {name: np.array([part.alone[name] for part in parts])[kept] for name in first.alone}
    parts = [part for part, is_kept in zip(parts, kept, strict=True) if is_kept]
    placed: dict[str, NDArray[Any]] = {
        "window": np.array([(part.start, part.stop) for part in parts], dtype=np.int64).reshape(-1, 2),
        "origin": np.array([part.origin for part in parts], dtype=np.int64),
    }
    if len(parts) == 1 and not of_shard:
        alone, placed = ({name: each[0] for name, each in group.items()} for group in (alone, placed))
        placed["record"] = np.array(first.record)
    else:
        counts = [len(part.codes) for part in parts]
        placed["rows"] = np.cumsum([0, *counts])
        names = "\n".join(printable(part.record) for part in parts)
        placed["records"] = np.frombuffer(names.encode(), dtype=np.uint8)
        placed["lengths"] = np.array([part.length for part in parts], dtype=np.int64)
    write_arrays(
        {
            **arrays,
            **alone,
            "letters": np.array("".join(decode(part.codes) for part in parts)),
            **placed,
            "step": np.array(-1 if first.reverse else 1, dtype=np.int64),
            "strand": np.array("-" if first.reverse else "+"),
            **said.arrays(),
        },
        file,
    )


def write_base_track(
    parts: Iterable[BaseNumbers],
    number: Callable[[BaseNumbers], NDArray[np.float32]],
    lengths: Mapping[str, int],
    file: BinaryIO,
    said: Said | None = None,
    *,
    track_line: bool = False,
    as_bigwig: bool = False,
) -> None:
    """Write one number a base, as bedGraph or bigWig; neighbours of equal value are one run.

    Args:
        parts: The numbers, sorted by their records, in the order of `lengths`, and by their place in these.
        number: What is drawn of each base, shape (bases,).
        lengths: How many letters each record has, by its name.
        file: A file that is open for writing bytes; for bigWig, at its start and seekable.
        said: What is said beside the numbers, in a track line.
        track_line: Whether bedGraph has one.
        as_bigwig: Whether it is bigWig.

    Raises:
        SettingError: Two regions overlap, which a track cannot show.
    """
    track = said.track if said else ""
    runs = _runs(parts, number, {name: place for place, name in enumerate(lengths)})
    named = (track.split(",")[0], track) if track_line else None
    write_track(runs, lengths, file, named=named, as_bigwig=as_bigwig)


def regions_overlap(record: str, start: int, stop: int) -> SettingError:
    """Return what is said of a region that overlaps with the one before, half-open, which a track cannot show."""
    return SettingError(
        "two regions overlap, which a track cannot show",
        where=f"{record}:{start + 1}-{stop}",
        remedy="write .tsv or .npz",
    )


def _runs(
    parts: Iterable[BaseNumbers], number: Callable[[BaseNumbers], NDArray[np.float32]], places: Mapping[str, int]
) -> Iterator[Runs]:
    """Yield every base as a run of its own, along the records."""
    before = (-1, 0)
    for part in parts:
        place = places[part.record]
        if (place, part.start) < before:
            raise regions_overlap(part.record, part.start, part.stop)
        before = place, part.stop
        order = slice(None, None, -1 if part.reverse else 1)
        there = ~part.blank[order]
        starts = part.positions[order][there]
        values = number(part)[order][there].astype(np.float32)
        yield Runs(np.full(len(starts), place), starts, starts + 1, values)
