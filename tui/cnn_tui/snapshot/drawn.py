"""The values behind what single widgets draw: the rows of heat maps, the whole record, the kernel of a filter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.screen import Screen

from cnn_core.errors import printable
from cnn_core.layers import Array

from ..pictures.block_picture import Picture
from ..pictures.layer_picture import LayerPicture
from ..pictures.overview_picture import OverviewPicture
from ..pictures.prediction_picture import PredictionPicture
from ..pictures.visible import Columns
from ..screens.explorer import Explorer
from ..widgets.filter_card import FilterCard
from ..widgets.heat_map import AllCells, AllMaps, HeatMap
from ..widgets.layer_tracks import AllChannels
from ..widgets.overview import OverviewTrack
from ..widgets.prediction_track import PredictionTrack

__all__ = ["channels_drawn", "explorer_drawn"]


def explorer_drawn(explorer: Explorer) -> dict[str, object]:
    """Return what the explorer draws beside the chosen filter's own values; what has no lines is None.

    Args:
        explorer: The screen; it shows a picture.

    Returns:
        Of the chosen filter, the values of the `columns` where several share one, and the `kernel` with the bias; the
        rows of `all_maps` and `all_cells`; the `overview` of the record and the `prediction_track` along it.
    """
    picture = explorer.picture
    assert picture is not None
    return {
        "columns": _columns(picture) if picture.view.bases_per_column > 1 else None,
        "all_maps": _rows(explorer.query_one(AllMaps), picture),
        "all_cells": _rows(explorer.query_one(AllCells), picture),
        "kernel": _kernel(explorer.query_one(FilterCard), picture),
        "overview": _overview(explorer.overview) if explorer.query_one(OverviewTrack).display else None,
        "prediction_track": (
            _prediction(explorer.scanned) if explorer.query_one(PredictionTrack).display else None
        ),
    }


def channels_drawn(screen: Screen[Any], picture: LayerPicture) -> list[dict[str, object]]:
    """Return the channels of a layer that its heat map shows.

    Args:
        screen: The screen of the network.
        picture: What it shows.
    """
    return [] if picture.columns is None else _rows(screen.query_one(AllChannels), picture) or []


def _columns(picture: Picture) -> dict[str, object]:
    """Return the chosen filter's map and cells as they are drawn zoomed out: the largest under every column."""
    drawn = {"map": picture.stretch.maps, "cells": picture.stretch.cells}
    return {name: _listed(columns.values[_shown_once(columns), picture.chosen]) for name, columns in drawn.items()}


def _shown_once(columns: Columns) -> NDArray[np.bool_]:
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
            "values": _listed(columns.values[drawn, number]),
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
    return {"weights": {channel: _listed(row) for channel, row in rows.items()}, "bias": bias}


def _overview(overview: OverviewPicture | None) -> dict[str, object] | None:
    if overview is None:
        return None
    hit = None if overview.best is None or overview.silent else overview.hit(overview.best)
    strongest = hit and {"value": hit.value, "filter": hit.filter, "region": printable(hit.region)}
    return {
        "filter": overview.filter,
        "share": overview.share,
        "values": _listed(overview.values),
        "strongest": strongest,
    }


def _prediction(scanned: PredictionPicture | None) -> dict[str, object] | None:
    if scanned is None:
        return None
    return {
        "unit": scanned.unit,
        "window": scanned.size,
        "windows": [scanned.done, scanned.total],
        "values": _listed(scanned.values),
    }


def _listed(values: Array) -> list[float | None]:
    """Return values as numbers; what is not known is None."""
    return [None if np.isnan(value) else float(value) for value in values]
