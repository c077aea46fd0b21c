"""One filter's values as bigWig, through pyBigWig (the extra `tracks`).

pyBigWig takes entries beyond the record's end and in any order without a word, so that what it is given is sorted
and cut off at the record's end before.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

import numpy as np

from ..errors import CnnError, printable
from .runs import runs_of
from .values import BlockValues, Progress

__all__ = ["check_bigwig", "write_bigwig"]


def check_bigwig() -> None:
    """Refuse to write bigWig where pyBigWig is not installed, before any work is done.

    Raises:
        CnnError: It is not; the message names the extra.
    """
    if find_spec("pyBigWig") is None:
        raise CnnError(
            "bigWig files need pyBigWig, which is not installed",
            remedy="install the extra: pip install 'cnn-tui[tracks]', or write .bedgraph",
        )


def write_bigwig(values: BlockValues, path: str | os.PathLike[str], progress: Progress | None = None) -> None:
    """Write one filter's values; the record is the only chromosome of the file.

    Args:
        values: The values of one filter.
        path: The file, which is replaced: pyBigWig opens it itself.
        progress: Called now and then.

    Raises:
        CnnError: pyBigWig is not installed or cannot write the file.
        SettingError: Several filters, or selections.
        ModelError: A value is infinite.
    """
    check_bigwig()
    import pyBigWig

    runs = runs_of(values, progress)
    record = printable(values.reading.record.name)
    covered = 0
    try:
        file = pyBigWig.open(os.fspath(path), "w")
        try:
            file.addHeader([(record, len(values.reading.record))])
            for starts, stops, column in runs:
                chromosome = np.full(len(starts), record)
                file.addEntries(chromosome, starts, ends=stops, values=column.astype(np.float64))
                covered += int((stops - starts).sum())
        finally:
            file.close()
        with pyBigWig.open(os.fspath(path)) as written:
            whole = written.header()["nBasesCovered"] == covered
    except RuntimeError as error:
        raise CnnError(f"pyBigWig cannot write it ({error})", remedy="write .bedgraph") from None
    if not whole:
        # It says nothing where the disk is full.
        raise CnnError("pyBigWig did not write all of it", remedy="see whether the disk is full")
