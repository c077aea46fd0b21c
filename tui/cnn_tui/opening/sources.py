"""From the name of a file, a sample or standard input to the records in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from cnn_core.errors import SequenceError
from cnn_core.letters.record_stream import RecordStream, open_stream
from cnn_core.letters.sequence_files import Sequences, open_sequences
from cnn_core.work.progress import Progress

from ..options.request import STANDARD_INPUT, VIEW_KEY, VIEW_SUFFIX
from .names import source_path

__all__ = ["open_source", "start_of_toml", "stream_source"]

_START: Final = 4096


def open_source(text: str | None, *, stdin: bytes | None = None, progress: Progress | None = None) -> Sequences:
    """Open the records that a name on the command line stands for.

    Args:
        text: A path, `@` and the name of a sample, or `-` for standard input; None is the bundled sample.
        stdin: What standard input held. None reads it now, which the app cannot: its keys come from there.
        progress: See `cnn_core.letters.sequence_files`.

    Raises:
        NotFoundError: There is no such sample or file.
        SequenceError: It is not FASTA, or a saved view.
    """
    if text == STANDARD_INPUT:
        return open_sequences("-", stdin=None if stdin is None else io.BytesIO(stdin), progress=progress)
    path = source_path(text)
    _check_no_view(path)
    return open_sequences(path, progress=progress)


def stream_source(
    text: str | None, *, stdin: bytes | None = None, progress: Progress | None = None
) -> RecordStream | None:
    """Open the records of a name on the command line one after the other, see `letters.record_stream`.

    Args:
        text: As for `open_source`.
        stdin: As for `open_source`.
        progress: Called while records are asked for.

    Returns:
        None where they can be read by slice.

    Raises:
        NotFoundError: There is no such sample or file.
        SequenceError: It cannot be read, or is a saved view.
    """
    if text == STANDARD_INPUT:
        return open_stream("-", stdin=None if stdin is None else io.BytesIO(stdin), progress=progress)
    path = source_path(text)
    _check_no_view(path)
    return open_stream(path, progress=progress)


def start_of_toml(path: Path) -> bytes | None:
    """Return how a TOML file begins, by its name and as it holds no letters: those may lie in a file of any name.

    Args:
        path: The file.

    Returns:
        None where it is another file, or cannot be read: whoever opens it says why.
    """
    if not path.name.lower().endswith(VIEW_SUFFIX) or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            start = file.read(_START).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return None
    return None if start.startswith(b">") else start


def _check_no_view(path: Path) -> None:
    """Refuse a saved view, of which the reader could only say that it does not begin with a record."""
    if VIEW_KEY.encode() in (start_of_toml(path) or b""):
        raise SequenceError(
            "this is a saved view, which the explorer and snapshot open",
            where=str(path),
            remedy="give the FASTA file that it names",
        )
