"""One text by every route: a plain file, a compressed one, standard input."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import TYPE_CHECKING

from cnn_core.letters.sequence_files import Sequences, open_sequences

if TYPE_CHECKING:
    from pathlib import Path


def open_plain(data: bytes, folder: Path) -> Sequences:
    (folder / "my.fa").write_bytes(data)
    return open_sequences(folder / "my.fa", cache=folder / "cache")


def open_gzip(data: bytes, folder: Path) -> Sequences:
    (folder / "my.fa").write_bytes(gzip.compress(data))
    return open_sequences(folder / "my.fa", cache=folder / "cache")


def open_piped(data: bytes, folder: Path) -> Sequences:
    return open_sequences("-", stdin=BytesIO(data))


ROUTES = {"plain": open_plain, "gzip": open_gzip, "piped": open_piped}
