"""A view file opened: the reading, its settings, and the view as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from cnn_core import motifs
from cnn_core.attribution.target import Target
from cnn_core.blocks.offered_blocks import LONGEST_WHOLE_INPUT, find_block
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, NotFoundError, RegionError, ShapeError
from cnn_core.letters.alphabet import encode
from cnn_core.letters.sequence_files import Sequences
from cnn_core.network.model import Model
from cnn_core.readers.report import ModelFile
from cnn_core.scan.output_scan import units_of

from ..opening import open_reading, read_record, remarks
from ..options.block_settings import changed_settings
from ..options.request import OpenRequest
from ..options.saved_view import FLIPPED, RESEMBLED, SHOWN, SavedAttribution, SavedLayer, SavedView
from ..view.attribution_choice import AttributionChoice, Kind
from ..view.frame import ZOOMS
from ..view.layer_view import LayerView, layer_axes
from ..view.play import Phase, Play
from ..view.view_state import Axes, EditsShown, Level, Scale, ViewState
from .checksums import changes, letters_of
from .opened import Opened

__all__ = ["restore"]


def restore(request: OpenRequest, saved: SavedView, sequences: Sequences, opened: ModelFile) -> Opened:
    """Return what a view file stands for; all that takes time is computed.

    Args:
        request: What is opened.
        saved: Where one stands in it.
        sequences: The records.
        opened: The model, with the settings that it came with.

    Raises:
        CnnError: Something is not there, or no longer.
    """
    reading: Reading | None = None
    own = opened.model
    try:
        reading, _ = read_record(request, sequences, opened)
        own = reading.model
    except ShapeError:
        # Too short for the model's own settings; with the view's it may do.
        if not saved.settings:
            raise
    if saved.settings:
        changed = own
        for name, given in saved.settings.items():
            where = f"{saved.path}, [settings.{name}]"
            changed = _changed(changed, name, given, where)
        reading = open_reading(request, sequences, replace(opened, model=changed))
    assert reading is not None
    letters = letters_of(reading.record, reading.start, reading.stop)
    changed_files = tuple(changes(saved.checksum, saved.path, letters))
    view = None
    if reading.has_block:
        reading.run.compute()
        view = _view(reading, saved, changed_files)
    if saved.predictions is not None and not reading.obstacle:
        _check("output", saved.predictions.output, units_of(reading), f"{saved.path}, [predictions]", changed_files)
    if saved.motifs is not None:
        with _said_of(f"{saved.path}, [motifs]"):
            motifs.MotifRule.parse(saved.motifs.rule)
    attributed = None
    if saved.effects is not None:
        attributed = _attributed(reading, saved.effects, f"{saved.path}, [effects]")
    layer = None if saved.network is None else _layer(reading, saved.network, saved, changed_files)
    said = (*changed_files, *remarks(opened))
    return Opened(request, sequences, reading, view, sequences.notice, said, own, opened, saved, layer, attributed)


def _changed(model: Model, name: str, given: Mapping[str, int | str], where: str) -> Model:
    with _said_of(where):
        block = find_block(model, name)
        return model.with_settings(block, changed_settings(model.settings(block), given, where))


def _view(reading: Reading, saved: SavedView, changed_files: tuple[str, ...]) -> ViewState:
    axes, cursor, tracks = Axes.of(reading.run), saved.cursor, saved.tracks
    extents = {"filter": axes.filters, "cell": axes.cells, "position": axes.positions, "base": axes.length}
    for name, extent in extents.items():
        _check(name, getattr(cursor, name), extent, f"{saved.path}, [cursor]", changed_files)
    with _said_of(f"{saved.path}, [tracks] pattern"):
        encode(tracks.pattern)
    view = ViewState(
        axes=axes,
        **{name: getattr(cursor, name) for name in extents},
        scale=Scale(tracks.scale),
        pattern=tracks.pattern,
        sought=tracks.sought,
        edits=EditsShown(tracks.edits or EditsShown.EDITED),
        hits=tracks.hits == SHOWN,
        named=tracks.names == RESEMBLED,
        flipped=tracks.logo == FLIPPED,
        zoom=ZOOMS.index(tracks.zoom),
        offset=tracks.offset,
    )
    view = replace(view, columns=tracks.columns) if tracks.columns else view
    level = Level(cursor.level)
    view = view.on(
        level, {Level.CELL: cursor.cell, Level.RESPONSE: cursor.position, Level.BASE: cursor.base}[level]
    )
    if saved.play is not None:
        window = axes.pool.window(cursor.cell, axes.positions).positions
        _check("response", saved.play.response, len(window), f"{saved.path}, [play]", changed_files)
        phase = Phase[saved.play.phase.upper()]
        view = view.played(Play(cursor.cell, saved.play.response, phase, False, saved.play.speed))
    return replace(view, offset=tracks.offset).settled()


def _layer(reading: Reading, saved: SavedLayer, view: SavedView, changed_files: tuple[str, ...]) -> LayerView:
    if reading.length > LONGEST_WHOLE_INPUT:
        raise RegionError(
            f"the whole network is computed for up to {LONGEST_WHOLE_INPUT:,} bases",
            where=f"{view.path}, [network]",
            remedy="leave the table out",
        )
    _ = reading.values
    layers = layer_axes(reading.model, reading.length)
    names = [axis.name for axis in layers]
    where = f"{view.path}, [network]"
    if saved.layer not in names:
        raise NotFoundError(
            f"there is no layer '{saved.layer}' to look at", where=where, remedy=f"there are {', '.join(names)}"
        )
    axis = layers[names.index(saved.layer)]
    _check("position", saved.position, axis.positions, where, changed_files)
    _check("channel", saved.channel, axis.channels, where, changed_files)
    found = LayerView(
        layers,
        reading.length,
        at=names.index(saved.layer),
        position=saved.position,
        channel=saved.channel,
        zoom=ZOOMS.index(saved.zoom),
        offset=saved.offset,
        listed=saved.listed,
    )
    return found if not saved.columns else replace(found, columns=saved.columns).settled()


def _attributed(reading: Reading, saved: SavedAttribution, where: str) -> AttributionChoice:
    """Return what is shown of every base, whose value is there."""
    with _said_of(where):
        Target.parse(saved.target, reading.model, reading.length, logit=saved.logit)
    return AttributionChoice(saved.target, saved.logit, Kind(saved.kind))


@contextmanager
def _said_of(where: str) -> Iterator[None]:
    """Say of what is wrong that it stands there in the view file."""
    try:
        yield
    except CnnError as error:
        raise type(error)(error.what, where=where, remedy=error.remedy) from None


def _check(name: str, index: int, extent: int, where: str, changed_files: tuple[str, ...]) -> None:
    if index >= extent:
        since = f"; {changed_files[0]}" if changed_files else ""
        raise RegionError(f"there is no {name} {index}", where=where, remedy=f"they are 0 to {extent - 1}{since}")
