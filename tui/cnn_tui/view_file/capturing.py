"""What the explorer shows, as what a view file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cnn_core.blocks.block_reading import BlockReading, find_block
from cnn_core.blocks.reading import Reading
from cnn_core.letters.sequences import Sequences
from cnn_core.network.block import Block
from cnn_core.network.model import Model

from ..opening import DEFAULT_SEQUENCES, OpenRequest
from ..options.saved_view import PHASES, SavedLayer, SavedPlay, SavedPredictions, SavedView
from ..pictures.prediction_picture import PredictionChoice
from ..view.frame import ZOOMS
from ..view.layer_view import LayerView
from ..view.play import Play
from ..view.view_state import ViewState

__all__ = ["Shown", "block_name", "capture", "saved_request"]


@dataclass(frozen=True, eq=False)
class Shown:
    """What is on the screen.

    Attributes:
        request: What was asked for last.
        sequences: The records.
        reading: What is looked at.
        own: The model with the settings that it came with, or None where it has no block.
        view: The view of the block, or None where there is none.
        layer: The view of the whole network, where that is shown.
        theme: The theme's name.
        inspector: One of `saved.INSPECTORS`.
        overview: One of `saved.OVERVIEWS`.
        predictions: How the prediction is scanned along the record, or None where it is not.
    """

    request: OpenRequest
    sequences: Sequences
    reading: Reading
    own: Model | None
    view: ViewState | None
    layer: LayerView | None
    theme: str
    inspector: str
    overview: str
    predictions: PredictionChoice | None = None


def capture(shown: Shown, path: Path) -> SavedView:
    """Return what is written of a screen into a view file.

    Args:
        shown: What is on the screen.
        path: The file.
    """
    saved = SavedView(
        path,
        inspector=shown.inspector,
        overview=shown.overview,
        settings=_settings(shown),
        predictions=None if shown.predictions is None else _predictions(shown.predictions),
        network=None if shown.layer is None else _layer(shown.layer),
    )
    view = shown.view
    if view is None:
        return saved
    return replace(
        saved,
        level=str(view.level),
        filter=view.filter,
        cell=view.cell,
        position=view.position,
        base=view.base,
        zoom=ZOOMS[view.zoom],
        offset=view.offset,
        columns=view.columns,
        scale=str(view.scale),
        pattern=view.pattern,
        play=None if view.play is None else _play(view.play),
    )


def saved_request(shown: Shown) -> OpenRequest:
    """Return the request that opens the same letters and the same model again."""
    reading = shown.reading
    block = block_name(reading.model, reading.block) if isinstance(reading, BlockReading) else None
    return replace(
        shown.request,
        sequences=shown.request.sequences or DEFAULT_SEQUENCES,
        record=reading.record.name,
        region=f"{reading.start + 1}-{reading.stop}",
        filter=None,
        cell=None,
        position=None,
        theme=shown.theme,
        ambiguity=str(reading.ambiguity),
        reverse=reading.reverse,
        block=block,
        settings=(),
        view=None,
        stdin=None,
    )


def block_name(model: Model, block: Block) -> str:
    """Return the name by which a block is found again: its convolution's, or its pool's where two blocks share that."""
    return block.conv if find_block(model, block.conv) == block else block.pool


def _settings(shown: Shown) -> dict[str, Mapping[str, int | str]]:
    """Return what was changed, by block."""
    own, model = shown.own, shown.reading.model
    if own is None:
        return {}
    found: dict[str, Mapping[str, int | str]] = {}
    for block in model.blocks:
        before = asdict(own.settings(block))
        now = {name: value for name, value in asdict(model.settings(block)).items() if value != before[name]}
        if now:
            found[block_name(model, block)] = {
                name: str(value) if isinstance(value, str) else value for name, value in now.items()
            }
    return found


def _play(play: Play) -> SavedPlay:
    return SavedPlay(play.nth, PHASES[play.phase], play.speed)


def _predictions(choice: PredictionChoice) -> SavedPredictions:
    return SavedPredictions(choice.step, choice.unit)


def _layer(view: LayerView) -> SavedLayer:
    return SavedLayer(view.axis.name, view.position, view.channel, ZOOMS[view.zoom], view.offset, view.columns)
