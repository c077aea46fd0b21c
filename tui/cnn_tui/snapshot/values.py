"""The state and the values behind what is visible, as plain JSON types in an order that stays."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from textual.screen import Screen

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.layers import Array
from cnn_core.letters.alphabet import decode

from ..options.block_settings import setting_text
from ..pictures.block_picture import Picture
from ..pictures.layer_picture import LayerPicture
from ..pictures.motif_picture import MotifPicture
from ..pictures.output_scan_picture import OutputScanPicture
from ..pictures.overview_picture import OverviewPicture
from ..pictures.side_by_side import SideBySide
from ..pictures.visible import LaidValues
from ..screens.explorer import Explorer
from ..screens.network import Network
from ..view.play import Play
from ..view.view_state import Level, ViewState
from ..widgets.explorer_status import Status
from ..widgets.filter_card import FilterCard
from ..widgets.heat_map import AllCells, AllMaps, HeatMap
from ..widgets.layer_tracks import AllChannels
from ..widgets.output_track import OutputTrack
from ..widgets.overview import OverviewTrack
from .digests import digests_of

if TYPE_CHECKING:
    from ..app import CnnApp
    from ..pictures import VisibleHits

__all__ = ["values_of"]

_FORMAT: Final = 1
_MOST_VALUES: Final = 2000
"""How many values of a layer are listed: more are not visible at a time."""


def values_of(app: CnnApp) -> dict[str, object]:
    """Return what an app shows, as values.

    Every interval is half-open and 0-based, but `region`, which is 1-based and inclusive. Positions count from the
    first base of the input window, but `input_window`, which counts from the record's.

    Args:
        app: The app; it is at rest.
    """
    explorer = app.screen_stack[0]
    network = next((each for each in reversed(app.screen_stack) if isinstance(each, Network)), None)
    found: dict[str, object] = {
        "format": _FORMAT,
        "screen": type(app.screen).__name__.removeprefix("_Still").lower(),
        "size": {"columns": app.size.width, "lines": app.size.height},
        "theme": app.theme,
    }
    if isinstance(explorer, Explorer):
        status = explorer.query_one(Status)
        found["status"] = status.notice or str(status.activity or "")
        found["source"] = printable(explorer.source)
        if explorer.picture is not None:
            found |= _reading_values(explorer.picture.reading) | _picture_values(explorer.picture)
            found["drawn"] = _explorer_drawn(explorer)
            if explorer.split is not None:
                found["beside"] = _beside_values(explorer.split)
            found["digests"] = digests_of(explorer.picture.reading)
    if network is not None and network.picture is not None:
        if "record" not in found:
            found |= _reading_values(network.picture.reading)
            found["digests"] = digests_of(network.picture.reading)
        found["network"] = _layer_values(network.picture) | {
            "all_channels": _channels_drawn(network, network.picture)
        }
    found["messages"] = [notification.message for notification in app._notifications]
    return found


def _reading_values(reading: Reading) -> dict[str, object]:
    output, assumed = reading.output, assumptions_of(reading)
    return {
        "record": {"name": printable(reading.record.name), "length": len(reading.record)},
        "region": reading.region,
        **({"edits": [*map(printable, reading.edit_names)]} if reading.edits else {}),
        **({"weight_edits": [*map(printable, names)]} if (names := reading.model.weight_names) else {}),
        "input_window": [*reading.window],
        "strand": "-" if reading.reverse else "+",
        "ambiguity": str(reading.ambiguity),
        "padded": reading.padded,
        **({"assumptions": [*map(printable, assumed)]} if assumed else {}),
        "model": {
            "name": printable(reading.model.name),
            "layers": [{"name": node.name, "type": node.layer.type} for node in reading.model.nodes],
        },
        "shapes": {name: [*shape] for name, shape in reading.model.flow(reading.length).shapes.items()},
        "prediction": {
            "layer": output.layer,
            "values": None if output.values is None else _listed(output.values),
            **({"names": [*map(printable, names)]} if (names := reading.model.output_names) else {}),
            "reason": output.reason,
        },
    }


def _picture_values(picture: Picture) -> dict[str, object]:
    reading, view, run = picture.reading, picture.view, picture.run
    block = reading.block
    return {
        "block": {"conv": block.conv, "between": [*block.between], "pool": block.pool},
        "settings": {name: setting_text(value) for name, value in asdict(reading.settings).items()},
        "view": {
            "level": str(view.level),
            "filter": view.filter,
            "filter_name": picture.filter_name(view.filter),
            "cell": view.cell,
            "position": view.position,
            "base": view.base,
            "offset": view.offset,
            "columns_per_base": view.columns_per_base,
            "bases_per_column": view.bases_per_column,
            "scale": str(view.scale),
            "scale_range": [*picture.scale(view.filter)],
            "count": view.count,
            "pattern": view.pattern,
            "play": None if view.play is None else _play(view.play),
        },
        "axes": {"bases": reading.length, "positions": run.positions, "cells": run.cells, "filters": run.filters},
        "tail": {"positions": [*run.left_over], "bases": [*run.left_over_bases]},
        **_comparison_values(picture),
        **({"hits": _hits(picture, picture.visible.hits)} if view.hits and picture.visible.hits else {}),
        "visible": _visible_values(picture),
        "trace": picture.trace.as_json(),
    }


def _hits(picture: Picture, shown: VisibleHits) -> dict[str, object]:
    """Return the hits that stand on the screen, those nearest to their filter's best match first."""
    found = [
        {
            "filter": each.hit.filter,
            "name": picture.filter_name(each.hit.filter),
            "region": printable(each.hit.region),
            "strand": each.hit.strand,
            "value": each.hit.value,
            "p": shown.thresholds.p_of(each.hit),
        }
        for each in shown.hits
    ]
    return {"expected": shown.expected, "hits": found}


def _beside_values(split: SideBySide) -> dict[str, object]:
    """Return what stands beside: the value under the cursor in A and in B, and what is drawn of B and of A − B.

    `cell` and `position` are B's; a difference is None where the two are not subtracted.
    """
    comparison, chosen, there = split.comparison, split.view.filter, split.b.view
    level = Level.CELL if split.view.level is Level.CELL else Level.RESPONSE
    match = comparison.cells_match if level is Level.CELL else comparison.positions_match
    mine, theirs = split.values(level)
    output = split.b.shown.output.values
    return {
        "versus": printable(split.versus.asked),
        "names": [*split.names],
        "region": split.b.shown.region,
        "strand": "-" if split.b.shown.reverse else "+",
        "filter": there.filter,
        "cell": there.cell,
        "position": there.position,
        "a": mine,
        "b": theirs,
        "difference": mine - theirs if match and theirs is not None else None,
        "prediction": None if output is None else _listed(output),
        "visible": _visible_values(split.b),
        "differences": {
            "activations": _listed(comparison.positions(*_visible(split.a.visible.maps))[:, chosen])
            if comparison.positions_match
            else None,
            "pooled": _listed(comparison.values(*_visible(split.a.visible.cells))[:, chosen])
            if comparison.cells_match
            else None,
        },
    }


def _comparison_values(picture: Picture) -> dict[str, object]:
    """Return which edits are shown, what of the chosen filter they change, and the output without them."""
    comparison, original, chosen = picture.comparison, picture.original, picture.view.filter
    if comparison is None or original is None:
        return {}
    output = original.output.values
    found = {
        "shown": str(picture.view.edits),
        "prediction": None if output is None else _listed(output),
        "cells": comparison.changed_cells(chosen).tolist(),
        "positions": comparison.changed_positions(chosen).tolist(),
    }
    return {"comparison": found}


def _visible_values(picture: Picture) -> dict[str, object]:
    """Return the values of the chosen filter that stand on the screen."""
    reading, view, run, chosen = picture.shown, picture.view, picture.run, picture.view.filter
    bases = max(0, view.offset), min(reading.length, view.offset + view.visible_bases)
    cells = _visible(picture.visible.cells)
    positions = _visible(picture.visible.maps)
    selections = run.selections(*cells)
    return {
        "bases": [*bases],
        "letters": decode(reading.codes(*bases)),
        "cells": [*cells],
        "pooled": _listed(run.values(*cells)[:, chosen]),
        "selections": None if selections is None else [int(each) for each in selections[:, chosen]],
        "silent": [bool(each) for each in run.all_zero(*cells)[:, chosen]],
        "positions": [*positions],
        "activations": _listed(run.activations(*positions)[:, chosen]),
        "responses": _listed(run.responses(*positions)[:, chosen]),
    }


def _play(play: Play) -> dict[str, object]:
    return {
        "cell": play.cell,
        "nth": play.nth,
        "phase": play.phase.name.lower(),
        "running": play.running,
        "speed": play.speed,
    }


def _layer_values(picture: LayerPicture) -> dict[str, object]:
    view = picture.view
    axis = view.axis
    found: dict[str, object] = {
        "layer": axis.name,
        "type": axis.type,
        "shape": [*axis.shape],
        "index": [*view.place],
        "value": picture.value,
        "receptive_field": [*picture.receptive_field],
        "offset": view.offset,
        "columns_per_base": view.columns_per_base,
        "bases_per_column": view.bases_per_column,
        "count": view.count,
    }
    columns = picture.columns
    if columns is not None:
        first, last = _visible(columns)
        found["positions"] = [first, last]
        found["values"] = _listed(picture.array[first:last, view.channel])
    elif axis.has_length:
        found["values"] = _listed(picture.array[:, view.channel])
    else:
        # Those around the chosen one: more than that are never on the screen.
        first = max(0, min(view.channel - _MOST_VALUES // 2, axis.channels - _MOST_VALUES))
        found["units"] = [first, min(first + _MOST_VALUES, axis.channels)]
        found["values"] = _listed(picture.array[first:])
    found["step"] = picture.step.as_json()
    return found


def _visible(columns: LaidValues) -> tuple[int, int]:
    """Return the half-open positions or cells that columns show."""
    shown = columns.index >= 0
    return (int(columns.index[shown].min()), int(columns.stop[shown].max())) if shown.any() else (0, 0)


def _listed(values: Array) -> list[float]:
    return [float(value) for value in values.ravel()[:_MOST_VALUES]]


# What single widgets draw


def _explorer_drawn(explorer: Explorer) -> dict[str, object]:
    """Return what the explorer draws beside the chosen filter's own values; what has no lines is None.

    Args:
        explorer: The screen; it shows a picture.

    Returns:
        Of the chosen filter, the values of the `columns` where several share one, and the `kernel` with the bias; the
        rows of `all_maps` and `all_cells`; the `overview` of the record and the `output_track` along it; and where
        filters are shown as motifs, its `motif`.
    """
    picture = explorer.picture
    assert picture is not None
    return {
        "columns": _zoomed_out(picture) if picture.view.bases_per_column > 1 else None,
        "all_maps": _rows(explorer.query_one(AllMaps), explorer.mapped or picture),
        "all_cells": _rows(explorer.query_one(AllCells), explorer.mapped or picture),
        "kernel": _kernel(explorer.query_one(FilterCard), picture),
        "overview": _overview(explorer.overview) if explorer.query_one(OverviewTrack).display else None,
        "prediction_track": (_output(explorer.scanned) if explorer.query_one(OutputTrack).display else None),
        **({} if explorer.motifs is None else {"motif": _motif(explorer.motifs, picture.view)}),
    }


def _motif(motifs: MotifPicture, view: ViewState) -> dict[str, object]:
    """Return the chosen filter as a motif, whichever strand its logo is of, and the names where filters have them."""
    motif, match = motifs.motif(view.filter), motifs.matches.get(view.filter)
    names = {str(each.filter): motifs.resembled(each.filter) for each in motifs.motifs if view.named}
    return {
        "read": motifs.where,
        "rule": None if motif is None else str(motif.rule),
        "sites": None if motif is None else motif.sites,
        "probabilities": None if motif is None else motif.probabilities.tolist(),
        "consensus": None if motif is None else motif.consensus,
        "flipped": view.flipped,
        "nearest": None if match is None else {"id": match.motif.matrix_id, "q": match.q, "strand": match.strand},
        "names": {number: name for number, name in names.items() if name} if view.named else None,
    }


def _channels_drawn(screen: Screen[Any], picture: LayerPicture) -> list[dict[str, object]]:
    """Return the channels of a layer that its heat map shows.

    Args:
        screen: The screen of the network.
        picture: What it shows.
    """
    return [] if picture.columns is None else _rows(screen.query_one(AllChannels), picture) or []


def _zoomed_out(picture: Picture) -> dict[str, object]:
    """Return the chosen filter's map and cells as they are drawn zoomed out: the largest under every column."""
    drawn = {"map": picture.visible.maps, "cells": picture.visible.cells}
    return {name: _known(columns.values[_shown_once(columns), picture.chosen]) for name, columns in drawn.items()}


def _shown_once(columns: LaidValues) -> NDArray[np.bool_]:
    """Return the columns that show something, of those that show the same the first."""
    index = columns.index
    shown: NDArray[np.bool_] = (index >= 0) & np.r_[True, index[1:] != index[:-1]]
    return shown


def _rows(heat_map: HeatMap[Any], picture: Picture | LayerPicture) -> list[dict[str, object]] | None:
    """Return the filters that a heat map shows, each with a value for every position or cell that is drawn."""
    if not heat_map.display:
        return None
    columns = heat_map.columns(picture)
    drawn = _shown_once(columns)
    first = heat_map.first_filter(picture)
    return [
        {
            "filter": number,
            "scale_range": [*picture.scale(number)],
            "values": _known(columns.values[drawn, number]),
        }
        for number in range(first, min(first + heat_map.filters_shown(picture), picture.channels))
    ]


def _kernel(card: FilterCard, picture: Picture) -> dict[str, object] | None:
    """Return the weights of the chosen filter: all where it reads letters, those on its card where feature maps."""
    step, conv, chosen = picture.deep_step, picture.run.conv, picture.view.filter
    bias = 0.0 if conv.bias is None else float(conv.bias[chosen])
    if step is None:
        weights = conv.full_kernel()[:, :, chosen]
        rows = dict(zip(picture.reading.model.input.channels, weights.T, strict=True))
    else:
        shown = card.channels_drawn(picture) if card.display else []
        rows = {str(step.channels[nth]): step.weights[:, nth] for nth in shown}
    return {"weights": {channel: _known(row) for channel, row in rows.items()}, "bias": bias}


def _overview(overview: OverviewPicture | None) -> dict[str, object] | None:
    if overview is None:
        return None
    hit = None if overview.best is None or overview.all_zero else overview.hit(overview.best)
    strongest = hit and {"value": hit.value, "filter": hit.filter, "region": printable(hit.region)}
    return {
        "filter": overview.filter,
        "share": overview.share,
        "values": _known(overview.values),
        "strongest": strongest,
    }


def _output(scanned: OutputScanPicture | None) -> dict[str, object] | None:
    if scanned is None:
        return None
    return {
        "unit": scanned.unit,
        "window": scanned.size,
        "windows": [scanned.done, scanned.total],
        "values": _known(scanned.values),
    }


def _known(values: Array) -> list[float | None]:
    """Return values as numbers; what is not known is None."""
    return [None if np.isnan(value) else float(value) for value in values]
