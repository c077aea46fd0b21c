"""What the explorer shows, as what a view file says, and as the command line that comes nearest to it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from cnn_core.attribution.target import Target
from cnn_core.blocks.offered_blocks import find_block
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import find_filter
from cnn_core.letters.sequence_files import Sequences
from cnn_core.network.block import Block
from cnn_core.network.model import Model

from ..options.block_settings import setting_text
from ..options.request import DEFAULT_SEQUENCES, THEME_NAMES, OpenRequest
from ..options.saved_view import (
    FLIPPED,
    RESEMBLED,
    SHOWN,
    SavedAttribution,
    SavedCursor,
    SavedLayer,
    SavedPlay,
    SavedTracks,
    SavedView,
)
from ..options.scan_choices import MotifChoice, OutputChoice
from ..view.attribution_choice import AttributionChoice, Kind
from ..view.frame import ZOOMS, Frame
from ..view.layer_view import LayerView
from ..view.play import Play
from ..view.view_state import EditsShown, Level, ViewState

__all__ = ["Shown", "block_name", "capture", "command_line", "saved_request"]


@dataclass(frozen=True, eq=False)
class Shown:
    """What is on the screen.

    Attributes:
        request: What was asked for last.
        sequences: The records.
        reading: What is looked at.
        own: The model with the settings that it came with, or None where it has no block.
        view: The view of the block; None without a block.
        layer: The view of the whole network, where that is shown.
        theme: The theme's name.
        inspector: `folded`, `unfolded` or `card`.
        overview: A `Subject`.
        outputs: How the output is scanned along the record, or None where it is not.
        attributed: What is shown of every base, or None where nothing is.
        motifs: How filters are made motifs, where they are shown as such and not in the model's usual way.
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
    outputs: OutputChoice | None = None
    attributed: AttributionChoice | None = None
    motifs: MotifChoice | None = None


def capture(shown: Shown, path: Path) -> SavedView:
    """Return what is written of a screen into a view file.

    Args:
        shown: What is on the screen.
        path: The file.
    """
    view, layer = shown.view, shown.layer
    saved = SavedView(
        path,
        tracks=SavedTracks(inspector=shown.inspector, overview=shown.overview),
        settings=_settings(shown),
        predictions=shown.outputs,
        effects=None if shown.attributed is None else SavedAttribution(**asdict(shown.attributed)),
        motifs=shown.motifs,
        network=None if layer is None else SavedLayer(layer.axis.name, **_same(SavedLayer, layer)),
    )
    if view is None:
        return saved
    return replace(
        saved,
        cursor=SavedCursor(**_same(SavedCursor, view)),
        tracks=replace(saved.tracks, **_same(SavedTracks, view) | _as_words(view)),
        play=None if view.play is None else _play(view.play),
    )


def _same(table: type, view: Frame) -> dict[str, Any]:
    """Return what a table says that a view has under the same name; the zoom as columns a base."""
    said = {each.name: getattr(view, each.name) for each in fields(table) if hasattr(view, each.name)}
    return said | ({"zoom": ZOOMS[view.zoom]} if "zoom" in said else {})


def _as_words(view: ViewState) -> dict[str, str]:
    """Return what is otherwise than at first, and stands in a view file as words."""
    return {
        "edits": "" if view.edits is EditsShown.EDITED else str(view.edits),
        "hits": SHOWN if view.hits else "",
        "names": RESEMBLED if view.named else "",
        "logo": FLIPPED if view.flipped else "",
    }


def _play(play: Play) -> SavedPlay:
    return SavedPlay(play.nth, play.phase.name.lower(), play.speed)


def saved_request(shown: Shown) -> OpenRequest:
    """Return the request that opens the same letters and the same model again."""
    reading = shown.reading
    block = block_name(reading.model, reading.block) if reading.has_block else None
    return replace(
        shown.request,
        sequences=shown.request.sequences or DEFAULT_SEQUENCES,
        record=reading.record.name,
        region=f"{reading.start + 1}-{reading.stop}",
        edits=reading.bare_edit_names,
        model_options=replace(shown.request.model_options, weight_edits=reading.model.weight_names),
        filter=None,
        cell=None,
        position=None,
        theme=shown.theme,
        ambiguity=str(reading.ambiguity),
        reverse=reading.reverse,
        block=block,
        settings=(),
        config=None,
        variants=None,
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
            found[block_name(model, block)] = {name: setting_text(value) for name, value in now.items()}
    return found


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
    line = shlex.join(("cnn-tui", *_least(shown, request, saved).typed))
    return line if line.isprintable() else shlex.join(["cnn-tui", str(saved.path)])


def _least(shown: Shown, request: OpenRequest, saved: SavedView) -> OpenRequest:
    """Return the request with what it need not say left out, and the settings and the cursor that it can say."""
    reading, view, attributed = shown.reading, shown.view, shown.attributed
    settings = saved.settings.get(request.block or "", {})
    # A record may be called by the range that is read of another one, or of itself.
    names_record = len(shown.sequences) > 1 or (request.region is not None and request.region in shown.sequences)
    return replace(
        request,
        block=request.block if len(reading.model.blocks) > 1 else None,
        record=request.record if names_record else None,
        region=request.region if reading.window != (0, len(reading.record)) else None,
        theme=None if request.theme == THEME_NAMES[0] else request.theme,
        settings=(",".join(f"{name}={value}" for name, value in settings.items()),) if settings else (),
        effects=None if attributed is None else attributed.target,
        probability=attributed is not None and not attributed.logit and _has_logit(reading, attributed.target),
        method=None if attributed is None or attributed.kind is Kind.EFFECTS else str(attributed.kind),
        **({} if view is None or not reading.has_block else _cursor(reading, view)),
    )


def _has_logit(reading: Reading, target: str) -> bool:
    """Tell whether a value ends with a sigmoid or a softmax, before which there is another one."""
    return Target.parse(target, reading.model, reading.length).logit


def _cursor(reading: Reading, view: ViewState) -> dict[str, Any]:
    number = str(view.filter)
    # A filter may be called by another one's number.
    names = reading.run.conv.filter_names
    place = {"cell": view.cell} if view.level is Level.CELL else {"position": view.position}
    return {"filter": number if find_filter(reading.run, number) == view.filter else names[view.filter], **place}
