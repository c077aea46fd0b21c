"""One filter's values as bigWig, which genome browsers draw at any zoom.

Everything is little-endian: a header, the records' names and lengths, the runs in compressed blocks with an index over
them, then the same at growing reductions. Blocks are written as they come. The header, which holds their offsets,
is written last, so that an interrupted file is not taken for a bigWig file.

Source of the format: Kent et al. 2010, https://doi.org/10.1093/bioinformatics/btq351 (supplementary tables 5 to 19).
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import SettingError
from ..work.progress import Progress, no_progress
from .bigwig_reductions import Reduction, first_reduction
from .runs import Runs, joined_runs, runs_of
from .values import Values

__all__ = ["write_bigwig", "write_tracks"]

_MAGIC: Final = 0x888FFC26
_NAMES_MAGIC: Final = 0x78CA8C91
_INDEX_MAGIC: Final = 0x2468ACE0
_VERSION: Final = 4
_HEADER: Final = struct.Struct("<IHHQQQHHQQIQ")
_REDUCTION: Final = struct.Struct("<IIQQ")
_SUMMARY: Final = struct.Struct("<Qdddd")
_NAMES: Final = struct.Struct("<IIIIQQ")
_INDEX: Final = struct.Struct("<IIQIIIIQII")
_NODE: Final = struct.Struct("<BBH")
_BLOCK: Final = struct.Struct("<IIIIIBBH")
_RUN: Final = np.dtype([("start", "<u4"), ("stop", "<u4"), ("value", "<f4")])
_LEAF: Final = np.dtype(
    [("id", "<u4"), ("start", "<u4"), ("last", "<u4"), ("stop", "<u4"), ("offset", "<u8"), ("size", "<u8")]
)
_BRANCH: Final = np.dtype([("id", "<u4"), ("start", "<u4"), ("last", "<u4"), ("stop", "<u4"), ("offset", "<u8")])
# What a node of the index takes from its last item; all else from its first.
_ENDS: Final = ("last", "stop")
_OF_A_LEAF: Final = 6
_RUNS_WITH_STOPS: Final = 1
_ITEMS_A_BLOCK: Final = 1024
_CHILDREN: Final = 256
_LONGEST: Final = 2**32 - 1
_MOST_REDUCTIONS: Final = 10
_COARSER: Final = 4
_COMPRESSION: Final = 1
"""A higher level takes five times as long and makes values hardly smaller."""


def write_bigwig(values: Values, file: BinaryIO, progress: Progress = no_progress) -> None:
    """Write one filter's values; each record is a chromosome of the file.

    Args:
        values: The values of one filter.
        file: A file that is open for writing bytes, at its start, and seekable.
        progress: Called now and then.

    Raises:
        SettingError: Several filters, or selections; or a record is too long for the format.
        ModelError: A value is infinite.
    """
    write_tracks(values.names, values.lengths, values.one.step, joined_runs(runs_of(values, progress)), file)


def write_tracks(
    names: Sequence[str], lengths: NDArray[np.int64], step: int, runs: Iterable[Runs], file: BinaryIO
) -> None:
    """Write runs of equal values along records, each a chromosome of the file.

    Args:
        names: The records' names, all different.
        lengths: How many bases each has, shape (records,).
        step: The length of the shortest runs in bases, from which the first reduction follows.
        runs: The runs, with records by their index in `names`.
        file: See `write_bigwig`.

    Raises:
        SettingError: A record is too long for the format, or the names are.
    """
    longest = int(lengths.argmax())
    length = int(lengths[longest])
    if length > _LONGEST:
        raise SettingError(
            f"{length:,} bases are too many for bigWig", where=f"record {names[longest]}", remedy="write .bedgraph"
        )
    # A reduction needs at least one base of every record.
    reduction = Reduction.of(np.maximum(lengths, 1), first_reduction(int(lengths.sum()), step))
    reductions = 1
    while reductions < _MOST_REDUCTIONS and reduction.bases * _COARSER**reductions < length:
        reductions += 1
    summary_at = _HEADER.size + reductions * _REDUCTION.size
    file.write(bytes(summary_at + _SUMMARY.size))
    names_at = file.tell()
    _write_names(file, names, lengths)
    data_at = file.tell()
    index_at, blocks = _write_data(file, runs, reduction)
    summary = _SUMMARY.pack(*reduction.totals)
    places = b""
    for nth in range(reductions):
        if nth:
            reduction = reduction.coarser(_COARSER)
        places += _REDUCTION.pack(reduction.bases, 0, *_write_reduction(file, reduction))
    file.write(struct.pack("<I", _MAGIC))
    # On a full disk, what is still buffered fails here, before there is a header.
    file.flush()
    file.seek(data_at)
    file.write(struct.pack("<Q", blocks))
    file.seek(0)
    largest = max(_BLOCK.size + _ITEMS_A_BLOCK * _RUN.itemsize, _ITEMS_A_BLOCK * Reduction.RECORD.itemsize)
    head = (_MAGIC, _VERSION, reductions, names_at, data_at, index_at, 0, 0, 0, summary_at, largest, 0)
    file.write(_HEADER.pack(*head) + places + summary)


def _write_names(file: BinaryIO, names: Sequence[str], lengths: NDArray[np.int64]) -> None:
    """Write a tree over the names, sorted by their bytes."""
    keys = [name.encode() or b"?" for name in names]
    wide = max(map(len, keys))
    if wide * len(keys) > _LONGEST:
        raise SettingError(
            f"{len(keys):,} names of up to {wide:,} bytes are too many for bigWig", remedy="write .bedgraph"
        )
    children = min(_CHILDREN, len(keys))
    file.write(_NAMES.pack(_NAMES_MAGIC, children, wide, 8, len(keys), 0))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    leaves = np.zeros(len(keys), dtype=[("key", f"S{wide}"), ("id", "<u4"), ("length", "<u4")])
    leaves["key"], leaves["id"], leaves["length"] = [keys[number] for number in order], order, lengths[order]
    _write_tree(file, leaves, [("key", f"S{wide}"), ("offset", "<u8")], children)


def _write_tree(file: BinaryIO, leaves: NDArray[Any], branch: DTypeLike, children: int) -> None:
    """Write a tree, root first; `branch` is the type of an item that points to a node of the level below."""
    levels = [leaves]
    while len(levels[0]) > children:
        below = levels[0]
        starts = np.arange(0, len(below), children)
        stops = np.minimum(starts + children, len(below)) - 1
        parents = np.zeros(len(starts), dtype=branch)
        for name in set(parents.dtype.names or ()) - {"offset"}:
            parents[name] = below[name][stops if name in _ENDS else starts]
        levels.insert(0, parents)
    place = file.tell()
    for items, following in zip(levels, [*levels[1:], None], strict=True):
        nodes = max(-(-len(items) // children), 1)
        place += nodes * _NODE.size + items.nbytes
        if following is not None:
            # The nodes of the level below follow each other, and all but the last are full.
            items["offset"] = place + np.arange(len(items)) * (_NODE.size + children * following.itemsize)
        for start in range(0, nodes * children, children):
            node = items[start : start + children]
            file.write(_NODE.pack(following is None, 0, len(node)) + node.tobytes())


def _write_data(file: BinaryIO, runs: Iterable[Runs], reduction: Reduction) -> tuple[int, int]:
    """Write all runs and their index, add them to a reduction, and return the index's offset and the block count."""
    file.write(bytes(8))
    leaves = array("Q")

    for record, mine in groupby(_by_record(runs), key=itemgetter(0)):
        waiting = np.empty(0, dtype=_RUN)
        for _, some in mine:
            reduction.add(record, some.starts, some.stops, some.values)
            more = np.empty(len(some.starts), dtype=_RUN)
            more["start"], more["stop"], more["value"] = some.starts, some.stops, some.values
            waiting = np.concatenate([waiting, more])
            whole = len(waiting) // _ITEMS_A_BLOCK * _ITEMS_A_BLOCK
            for place in range(0, whole, _ITEMS_A_BLOCK):
                leaves.extend(_write_runs_of(file, record, waiting[place : place + _ITEMS_A_BLOCK]))
            waiting = waiting[whole:]
        if len(waiting):
            leaves.extend(_write_runs_of(file, record, waiting))
    return _write_index(file, leaves), len(leaves) // _OF_A_LEAF


def _by_record(runs: Iterable[Runs]) -> Iterator[tuple[int, Runs]]:
    """Yield a record's index and some of its runs, record after record."""
    for some in runs:
        firsts = np.flatnonzero(np.diff(some.records, prepend=-1)).tolist()
        for first, stop in zip(firsts, [*firsts[1:], len(some.records)], strict=True):
            yield int(some.records[first]), some.of(slice(first, stop))


def _write_runs_of(file: BinaryIO, record: int, items: NDArray[Any]) -> tuple[int, ...]:
    first, last = int(items["start"][0]), int(items["stop"][-1])
    block = _BLOCK.pack(record, first, last, 0, 0, _RUNS_WITH_STOPS, 0, len(items)) + items.tobytes()
    return _write_block(file, block, (record, first, record, last))


def _write_reduction(file: BinaryIO, reduction: Reduction) -> tuple[int, int]:
    """Write a reduction and its index, and return the offsets of both."""
    records = reduction.records()
    data_at = file.tell()
    file.write(struct.pack("<I", len(records)))
    leaves = array("Q")
    for place in range(0, len(records), _ITEMS_A_BLOCK):
        items = records[place : place + _ITEMS_A_BLOCK]
        begin, end = items[0], items[-1]
        covers = int(begin["id"]), int(begin["start"]), int(end["id"]), int(end["stop"])
        leaves.extend(_write_block(file, items.tobytes(), covers))
    return data_at, _write_index(file, leaves)


def _write_block(file: BinaryIO, block: bytes, covers: tuple[int, int, int, int]) -> tuple[int, ...]:
    """Write a block, and return its entry in the index: what it covers, its offset and size."""
    packed, place = zlib.compress(block, _COMPRESSION), file.tell()
    file.write(packed)
    return *covers, place, len(packed)


def _write_index(file: BinaryIO, found: array[int]) -> int:
    """Write a tree over blocks, and return its offset."""
    index_at = file.tell()
    leaves = np.zeros(len(found) // _OF_A_LEAF, dtype=_LEAF)
    for column, name in enumerate(_LEAF.names or ()):
        leaves[name] = found[column::_OF_A_LEAF]
    ends = [0, 0, 0, 0]
    if len(leaves):
        ends = [int(leaves[name][at]) for name, at in (("id", 0), ("start", 0), ("last", -1), ("stop", -1))]
    file.write(_INDEX.pack(_INDEX_MAGIC, _CHILDREN, len(leaves), *ends, index_at, 1, 0))
    _write_tree(file, leaves, _BRANCH, _CHILDREN)
    return index_at
