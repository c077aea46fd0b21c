"""What a request has opened: a reading, and where one stands in it."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.blocks.reading import Reading
from cnn_core.letters.sequence_files import Sequences
from cnn_core.network.model import Model
from cnn_core.readers.report import ModelFile

from ..opening.versus import Versus
from ..options.request import OpenRequest
from ..options.saved_view import SavedView
from ..view.attribution_choice import AttributionChoice
from ..view.layer_view import LayerView
from ..view.view_state import ViewState

__all__ = ["Opened"]


@dataclass(frozen=True, eq=False)
class Opened:
    """What a request has opened.

    Attributes:
        request: What was asked for, its model named; what holds for the first view alone is taken out of it.
        sequences: The records.
        reading: The model on the first input window, with a block to look into where the model has one.
        view: What to look at first of that block; None without a block.
        notice: What must be said of it, or nothing.
        remarks: What must be said of how the model was read, and of what has changed since a view file was written.
        own: The model with the settings that it came with; None where the reading has them.
        file: The model file that was read for it; None where it was read before.
        saved: What a view file says, where one was opened.
        layer: The view of the whole network, where a view file was of that.
        attributed: What is shown of every base, or None where nothing is.
        versus: What stands beside it, where that was asked for; its block's values are computed.
        reason: Why its model was opened, where none was named, or nothing.
    """

    request: OpenRequest
    sequences: Sequences
    reading: Reading
    view: ViewState | None
    notice: str = ""
    remarks: tuple[str, ...] = ()
    own: Model | None = None
    file: ModelFile | None = None
    saved: SavedView | None = None
    layer: LayerView | None = None
    attributed: AttributionChoice | None = None
    versus: Versus | None = None
    reason: str = ""
