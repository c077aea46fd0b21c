"""What is shown first of what has been opened."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cnn_core.blocks.reading import Reading

from ..opening import cut_region, open_model, open_source, read_record, remarks, with_model
from ..opening.initial_place import first_cell, first_filter, first_position
from ..options.request import OpenRequest
from ..view.view_state import Axes, Level, ViewState
from .opened import Opened
from .restoring import restore

if TYPE_CHECKING:
    from cnn_core.letters.sequences import Sequences
    from cnn_core.readers.report import ModelFile
    from cnn_core.work.progress import Progress

__all__ = ["first_view", "open_request"]

_LOOKED_THROUGH = 1000


def open_request(request: OpenRequest, progress: Progress | None = None) -> Opened:
    """Open what is asked for; nothing stays open where that fails.

    Args:
        request: What is asked for.
        progress: Told how much of the sequences is read, see `cnn_core.letters.sequences`; it may raise to stop.

    Raises:
        CnnError: It cannot be opened, or there is no such record, region, filter, cell or response.
        OSError: The file cannot be read.
    """
    if request.model is not None:
        # What is wrong with it is said before a long file is read.
        opened = open_model(request.model, request.model_options)
    with ExitStack() as open_files:
        sequences = open_files.enter_context(open_source(request.sequences, stdin=request.stdin, progress=progress))
        if request.model is None:
            request = with_model(request, sequences)
            opened = open_model(request.model, request.model_options)
        found = _first_look(request, sequences, opened)
        open_files.pop_all()
        return found


def _first_look(request: OpenRequest, sequences: Sequences, opened: ModelFile) -> Opened:
    first = replace(request, settings=(), view=None)
    if request.view is not None:
        return restore(first, request.view, sequences, opened)
    reading, notice = read_record(request, sequences, opened)
    view = None
    if reading.has_block:
        view = first_view(
            reading,
            None if request.filter is None else first_filter(request, reading),
            first_cell(request, reading),
            first_position(request, reading),
        )
    own = opened.model if request.settings else None
    notice = notice or cut_region(request, sequences) or sequences.notice
    return Opened(first, sequences, reading, view, notice, remarks(opened), own, opened)


def first_view(
    reading: Reading, filter_index: int | None = None, cell: int | None = None, position: int | None = None
) -> ViewState:
    """Return the view that a reading is first shown in.

    Without a place of its own it stands on the filter's first cell that is not silent, near the beginning. Without a
    filter it begins where the cells come nearest to the most that their filter can give; filters with names are
    looked at in their order instead.

    Args:
        reading: The model on the input window.
        filter_index: The filter; None is for this function to choose.
        cell: The cell to stand on.
        position: The response to stand on.
    """
    if filter_index is None:
        filter_index, strongest = _most_striking(reading)
        cell = strongest if cell is None and position is None else cell
    view = ViewState(axes=Axes.of(reading.run), filter=filter_index)
    if position is not None:
        return view.on(Level.RESPONSE, position)
    if cell is None:
        run = reading.run
        heard = np.flatnonzero(~run.silent(0, min(run.cells, _LOOKED_THROUGH))[:, filter_index])
        cell = int(heard[0]) if heard.size else 0
    return view.at(cell)


def _most_striking(reading: Reading) -> tuple[int, int | None]:
    """Return the filter to look at first, and the cell, or None where its first that is not silent will do."""
    run = reading.run
    if run.conv.filter_names:
        return 0, None
    cells = run.values(0, min(run.cells, _LOOKED_THROUGH))
    most = run.best_match
    share = np.where(most > 0, cells / np.where(most > 0, most, 1), 0)
    if not share.size or share.max() <= 0:
        return 0, None
    cell, filter_index = np.unravel_index(int(share.argmax()), share.shape)
    return int(filter_index), int(cell)
