"""The command line that comes nearest to a view."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from cnn_core.blocks.block_reading import BlockReading
from cnn_core.blocks.trace import find_filter

from ..opening import AMBIGUITY_NAMES, THEME_NAMES, OpenRequest
from ..options.saved_view import SavedView
from ..view.view_state import Level, ViewState
from .capturing import Shown

__all__ = ["command_line"]


def command_line(shown: Shown, request: OpenRequest, saved: SavedView) -> str:
    """Return the command line that opens what is shown, as near as options come.

    What has no option, such as the zoom, the colour scale or a base under the cursor, the view file alone says.

    Args:
        shown: What is on the screen.
        request: What opens the same letters and the same model.
        saved: The view.

    Returns:
        One line for a shell. Where a name in it has letters that a shell's window cannot show, the one that opens
        the view file.
    """
    line = shlex.join(_words(shown, request, saved))
    return line if line.isprintable() else shlex.join(["cnn-tui", str(saved.path)])


def _words(shown: Shown, request: OpenRequest, saved: SavedView) -> Iterator[str]:
    reading = shown.reading
    assert request.sequences is not None
    yield from ("cnn-tui", request.sequences)
    if request.model is not None:
        yield from ("--model", request.model)
    yield from request.model_options.typed
    for given in request.inputs:
        yield from ("--input", given)
    if request.block is not None and len(reading.model.blocks) > 1:
        yield from ("--block", request.block)
    # A record may be called by the range that is read of another one, or of itself.
    if request.record is not None and (len(shown.sequences) > 1 or request.region in shown.sequences):
        yield from ("--record", request.record)
    if request.region is not None and reading.window != (0, len(reading.record)):
        yield from ("--region", request.region)
    if request.ambiguity != AMBIGUITY_NAMES[0]:
        yield from ("--ambiguity", request.ambiguity)
    if request.reverse:
        yield "--reverse-complement"
    settings = saved.settings.get(request.block or "", {})
    if settings:
        yield from ("--set", ",".join(f"{name}={value}" for name, value in settings.items()))
    if isinstance(reading, BlockReading) and shown.view is not None:
        yield from _cursor(reading, shown.view)
    if request.theme not in (None, THEME_NAMES[0]):
        yield from ("--theme", str(request.theme))


def _cursor(reading: BlockReading, view: ViewState) -> Iterator[str]:
    number = str(view.filter)
    # A filter may be called by another one's number.
    names = reading.run.conv.filter_names
    yield from ("--filter", number if find_filter(reading.run, number) == view.filter else names[view.filter])
    if view.level is Level.CELL:
        yield from ("--cell", str(view.cell))
    else:
        yield from ("--position", str(view.position))
