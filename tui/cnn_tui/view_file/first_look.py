"""What is shown first of what has been opened."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cnn_core import attribution
from cnn_core.blocks.first_cell import cell_to_show
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, SettingError

from .. import view_file
from ..opening import cut_region, open_model, open_source, read_record, remarks, versus_of, with_model
from ..opening.initial_place import first_cell, first_filter, first_position
from ..options.default_model import reason_for
from ..options.request import OpenRequest
from ..view.attribution_choice import AttributionChoice, Kind
from ..view.view_state import Axes, Level, ViewState
from .opened import Opened

if TYPE_CHECKING:
    from cnn_core.letters.sequence_files import Sequences
    from cnn_core.readers.report import ModelFile
    from cnn_core.work.progress import Progress

__all__ = ["first_view", "open_request"]

_LOOKED_THROUGH = 1000
_FIRST_STRETCH = 100
"""Cells that are looked at for one worth beginning with."""


def open_request(request: OpenRequest, progress: Progress | None = None) -> Opened:
    """Open what is asked for; nothing stays open where that fails.

    Args:
        request: What is asked for.
        progress: Told how much of the sequences is read, see `cnn_core.letters.sequence_files`; it may raise to stop.

    Raises:
        CnnError: It cannot be opened, or there is no such record, region, filter, cell or response.
        OSError: The file cannot be read.
    """
    if request.model is not None:
        # What is wrong with it is said before a long file is read.
        opened = open_model(request.model, request.model_options)
    with ExitStack() as open_files:
        sequences = open_files.enter_context(open_source(request.sequences, stdin=request.stdin, progress=progress))
        reason = ""
        remark: tuple[str, ...] = ()
        if request.model is None:
            request, opened, remark = _by_default(request, sequences)
            reason = reason_for(request.model or "", own=request.default_model is not None)
        found = _with_versus(_first_look(request, sequences, opened))
        open_files.pop_all()
        return replace(found, reason=reason, remarks=(*remark, *found.remarks))


def _with_versus(opened: Opened) -> Opened:
    """Return what is opened with what stands beside it."""
    asked = opened.request.versus
    if asked is None:
        return opened
    if not opened.reading.has_block:
        raise SettingError(
            "stands beside a block, and this model has none",
            where=f"--versus {asked}",
            remedy="choose a model with a conv → pool block",
        )
    versus = versus_of(asked, opened.reading, opened.sequences, opened.own)
    versus.reading.run.compute()
    return replace(opened, versus=versus)


def _by_default(request: OpenRequest, sequences: Sequences) -> tuple[OpenRequest, ModelFile, tuple[str, ...]]:
    """Return the request with the model that is opened where none is named, that model, and what must be said of it.

    A model of the user's own file that cannot be opened is said, and no reason to open nothing.
    """
    asked = with_model(request, sequences)
    assert asked.model is not None
    try:
        return asked, open_model(asked.model, asked.model_options), ()
    except CnnError as error:
        if request.default_model is None:
            raise
        asked, opened, _ = _by_default(replace(request, default_model=None), sequences)
        return asked, opened, (str(error),)


def _first_look(request: OpenRequest, sequences: Sequences, opened: ModelFile) -> Opened:
    first = replace(request, settings=(), view=None, lesson=None, effects=None, probability=False, method=None)
    if request.view is not None:
        return view_file.restore(first, request.view, sequences, opened)
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
    attributed = None if request.effects is None else _attributed(request, request.effects, reading)
    return Opened(first, sequences, reading, view, notice, remarks(opened), own, opened, attributed=attributed)


def _attributed(request: OpenRequest, value: str, reading: Reading) -> AttributionChoice:
    """Return what is to be shown of every base."""
    logit = False if request.probability else None
    target = attribution.Target.parse(value, reading.model, reading.length, logit=logit)
    return AttributionChoice(value, target.logit, Kind(request.method or Kind.EFFECTS))


def first_view(
    reading: Reading, filter_index: int | None = None, cell: int | None = None, position: int | None = None
) -> ViewState:
    """Return the view that a reading is first shown in.

    Without a place of its own it stands on the filter's first cell that is not all 0, near the beginning. Without a
    filter it begins at the cell that shows best what a pool does, see `cell_to_show`.

    Args:
        reading: The model on the input window.
        filter_index: The filter; None is for this function to choose.
        cell: The cell to stand on.
        position: The response to stand on.
    """
    if filter_index is None:
        telling, filter_index = cell_to_show(reading.run, _FIRST_STRETCH)
        cell = telling if cell is None and position is None else cell
    view = ViewState(axes=Axes.of(reading.run), filter=filter_index)
    if position is not None:
        return view.on(Level.RESPONSE, position)
    if cell is None:
        run = reading.run
        above_floor = np.flatnonzero(~run.all_zero(0, min(run.cells, _LOOKED_THROUGH))[:, filter_index])
        cell = int(above_floor[0]) if above_floor.size else 0
    view = view.at(cell)
    selections = reading.run.selections(cell, cell + 1) if reading.run.pools_all else None
    return view if selections is None else view.revealing(int(selections[0, view.filter]))
