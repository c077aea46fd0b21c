"""`take`: a snapshot in one call, for scripts and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..opening import STANDARD_INPUT, OpenRequest
from ..options.by_name import DEFAULT_SIZE, request_from, size_of
from .environment import plain_environment
from .keys import Stroke, strokes
from .taken import Snapshot

if TYPE_CHECKING:
    from cnn_core.network.model import Model

__all__ = ["take", "take_request"]


def take(
    sequences: str | PathLike[str] | None = None,
    model: str | PathLike[str] | Model | None = None,
    *,
    size: tuple[int, int] | str = DEFAULT_SIZE,
    keys: str = "",
    **options: object,
) -> Snapshot:
    """Return what the explorer shows, without a terminal: the same on every machine and every time.

    ```python
    from cnn_tui.snapshot import take

    snapshot = take("my.fa", "danq.h5", region="chr1:46-845", filter=17, keys="right*3 enter")
    assert "conv[21]" in snapshot.text
    snapshot.save("danq.svg")
    ```

    It works in a thread of its own, so that it may be called where an event loop runs already.

    Args:
        sequences: A FASTA file, a sample such as `@planted`, or FASTA itself, which begins with `>`; None is the
            bundled sample.
        model: A preset, a model file or a model; None is the explorer's default.
        size: Columns and lines of the screen, 60 × 18 at least.
        keys: What is pressed, as `cnn-tui snapshot --help` describes it.
        options: The other options of the explorer, `_` for `-`: record, region, filter, cell, position, theme,
            ambiguity, reverse, and those of model files.

    Raises:
        CnnError: It cannot be opened, or there is no such record, region, filter, cell, key or option.
    """
    pressed = strokes(keys)
    with _named(model) as name:
        if isinstance(sequences, str) and sequences.startswith(">"):
            request = request_from({**options, "model": name})
            request = replace(request, sequences=STANDARD_INPUT, stdin=sequences.encode())
        else:
            # It needs this package itself.
            from ..view_file.form import with_view

            request = with_view(request_from({**options, "sequences": sequences, "model": name}))
        return take_request(request, size_of(size), keys=pressed)


def take_request(request: OpenRequest, size: tuple[int, int], keys: tuple[Stroke, ...]) -> Snapshot:
    """Return what the explorer shows of a request, see `driving.driven`."""
    # Textual looks at the environment while it is imported, too.
    with plain_environment():
        from .driving import driven

    return driven(request, size, keys)


@contextmanager
def _named(model: str | PathLike[str] | Model | None) -> Iterator[str | None]:
    """Give what stands for a model on a command line; a model itself is written down for as long as it takes."""
    if model is None or isinstance(model, str | PathLike):
        yield None if model is None else fspath(model)
        return
    from cnn_core.readers.npz import write_npz

    with TemporaryDirectory(prefix="cnn-tui-") as folder:
        path = Path(folder) / "model.npz"
        write_npz(model, path)
        yield str(path)
