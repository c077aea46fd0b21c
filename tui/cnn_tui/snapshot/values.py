"""The state and the values behind what is visible, as plain JSON types in an order that stays."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.layers import Array
from cnn_core.letters.alphabet import decode

from ..pictures.block_picture import Picture
from ..pictures.layer_picture import LayerPicture
from ..pictures.visible import Columns
from ..screens.explorer import Explorer
from ..screens.network import Network
from ..view.play import Play
from ..widgets.status import Status
from .digests import digests_of
from .drawn import channels_drawn, explorer_drawn

if TYPE_CHECKING:
    from ..app import CnnApp

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
            found["drawn"] = explorer_drawn(explorer)
            found["digests"] = digests_of(explorer.picture.reading)
    if network is not None and network.picture is not None:
        if "record" not in found:
            found |= _reading_values(network.picture.reading)
            found["digests"] = digests_of(network.picture.reading)
        found["network"] = _layer_values(network.picture) | {
            "all_channels": channels_drawn(network, network.picture)
        }
    found["messages"] = [notification.message for notification in app._notifications]
    return found


def _reading_values(reading: Reading) -> dict[str, object]:
    prediction, assumed = reading.prediction, assumptions_of(reading)
    return {
        "record": {"name": printable(reading.record.name), "length": len(reading.record)},
        "region": reading.region,
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
            "layer": prediction.layer,
            "values": None if prediction.values is None else _listed(prediction.values),
            "reason": prediction.reason,
        },
    }


def _picture_values(picture: Picture) -> dict[str, object]:
    reading, view, run = picture.reading, picture.view, picture.run
    block = reading.block
    return {
        "block": {"conv": block.conv, "between": [*block.between], "pool": block.pool},
        "settings": {
            name: str(value) if isinstance(value, str) else value
            for name, value in asdict(reading.settings).items()
        },
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
        "tail": {"positions": [*run.tail], "bases": [*run.tail_bases]},
        "visible": _visible_values(picture),
        "trace": picture.trace.as_json(),
    }


def _visible_values(picture: Picture) -> dict[str, object]:
    """Return the values of the chosen filter that stand on the screen."""
    reading, view, run, chosen = picture.reading, picture.view, picture.run, picture.view.filter
    bases = max(0, view.offset), min(reading.length, view.offset + view.visible_bases)
    cells = _visible(picture.stretch.cells)
    positions = _visible(picture.stretch.maps)
    selections = run.selections(*cells)
    return {
        "bases": [*bases],
        "letters": decode(reading.codes(*bases)),
        "cells": [*cells],
        "pooled": _listed(run.values(*cells)[:, chosen]),
        "selections": None if selections is None else [int(each) for each in selections[:, chosen]],
        "silent": [bool(each) for each in run.silent(*cells)[:, chosen]],
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


def _visible(columns: Columns) -> tuple[int, int]:
    """Return the half-open positions or cells that columns show."""
    shown = columns.index >= 0
    return (int(columns.index[shown].min()), int(columns.stop[shown].max())) if shown.any() else (0, 0)


def _listed(values: Array) -> list[float]:
    return [float(value) for value in values.ravel()[:_MOST_VALUES]]
