"""How many lines everything gets on a screen of a size: arithmetic, no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "GUTTER",
    "LARGEST",
    "MARGIN",
    "SMALLEST",
    "WIDE",
    "Arrangement",
    "LayerArrangement",
    "arrange",
    "arrange_layer",
]

SMALLEST: Final = (60, 18)
"""Columns and lines below which there is no room for the tracks and the inspector."""
LARGEST: Final = (1000, 500)
"""Columns and lines of the largest screen that a snapshot is taken of."""
WIDE: Final = 160
"""Columns from which the inspector and the filter card stand at the right of the tracks."""
GUTTER: Final = 17
"""Columns of the tracks' names on the left."""
MARGIN: Final = 1
"""Columns left free at the right of the tracks."""
MEDIUM: Final = 100
"""Columns from which the filter card stands beside the inspector."""

_PANEL_WIDTH: Final = 64
_CARD_WIDTH: Final = 54
_RAIL, _STATUS, _LEGEND = 2, 1, 1
_SINGLE_LINES: Final = 5
"""Ruler, bases, window, kept and pooled."""
_LAYER_SINGLE_LINES: Final = 3
"""Ruler, bases and reach."""
_PRODUCTS: Final = 2
_OVERVIEW: Final = 2
_PREDICTION: Final = 2
_ROOMY: Final = 30
"""Lines from which on the overview is shown unasked."""


@dataclass(frozen=True, slots=True)
class _WithTracks:
    """A screen with tracks.

    Attributes:
        tracks: Columns of the tracks, their names included.
    """

    tracks: int

    @property
    def columns(self) -> int:
        """Columns of the tracks between their names and the margin."""
        return self.tracks - GUTTER - MARGIN


@dataclass(frozen=True, slots=True)
class Arrangement(_WithTracks):
    """The lines and columns of a block's screen.

    Attributes:
        panel: Columns of the panel with the inspector and the card.
        panel_height: Lines of the panel, its heading included.
        products: Lines of the products.
        feature_map: Lines of the chosen filter's activations.
        maps: Lines of the heat map over the positions.
        cells: Lines of the heat map over the cells.
        overview: Lines of the overview of the whole record, 0 where it is not shown.
        prediction: Lines of the prediction along the record, 0 where none is scanned.
        gap: Empty lines between groups of tracks.
        side: Whether the panel stands at the right.
        card: Columns of the filter card, 0 where it is behind a key.
        shows_card: Whether the filter card is shown.
        shows_inspector: Whether the inspector is shown.
        inspector: Lines of the inspector, 0 where it has all that the panel has.
    """

    panel: int
    panel_height: int
    products: int
    feature_map: int
    maps: int
    cells: int
    overview: int
    prediction: int
    gap: int
    side: bool
    card: int
    shows_card: bool
    shows_inspector: bool
    inspector: int


@dataclass(frozen=True, slots=True)
class LayerArrangement(_WithTracks):
    """The lines and columns of the screen of the whole network; the inspector has what they leave.

    Attributes:
        channel: Lines of the chosen channel's values.
        channels: Lines of the heat map of all channels.
        units: Lines of the units, which take the place of all tracks.
    """

    channel: int
    channels: int
    units: int


def arrange_layer(width: int, height: int, channels: int) -> LayerArrangement | None:
    """Return the arrangement of a layer's screen, or None where it is too small.

    Args:
        width: Columns of the screen.
        height: Lines of the screen.
        channels: How many channels the layer has.
    """
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return None
    lines = height - _RAIL - _STATUS - min(max(6, height // 3), 16)
    channel = min(max(2, lines // 5), 8)
    return LayerArrangement(width, channel, _lines(channels, lines - _LAYER_SINGLE_LINES - channel), lines)


def arrange(
    width: int,
    height: int,
    filters: int,
    *,
    unfolded: bool = False,
    card: bool = False,
    overview: bool | None = None,
    prediction: bool = False,
) -> Arrangement | None:
    """Return the arrangement of a block's screen, or None where it is too small.

    Args:
        width: Columns of the screen.
        height: Lines of the screen.
        filters: How many filters the heat maps have.
        unfolded: Whether the inspector takes the lines of the heat maps.
        card: Whether the filter card is wanted where there is no room for both.
        overview: Whether the whole record is shown over the tracks; None shows it where there is room.
        prediction: Whether the prediction along the record is shown under it.
    """
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return None
    side = width >= WIDE
    gap = 1 if height >= 50 else 0
    body = height - _RAIL - _STATUS
    gaps = 1 if unfolded and not side else 3
    whole = _OVERVIEW if overview or (overview is None and height >= _ROOMY) else 0
    scanned = _PREDICTION if prediction else 0
    free = body - whole - scanned - _SINGLE_LINES - _PRODUCTS - gaps * gap
    feature_map = min(max(2, height // 9), 8)
    free -= feature_map
    if side:
        maps = _lines(filters, -(-free // 2))
        cells = _lines(filters, free - maps)
        # Few filters leave lines over: bars are read the better the taller they are.
        products = 4 if free - maps - cells >= 8 else _PRODUCTS
        feature_map += min(max(0, free - maps - cells - products + _PRODUCTS), 8)
        # Beside the tracks the heat maps have no lines to give to an inspector that is wanted whole, but the card has.
        alone = unfolded and not card
        return Arrangement(
            tracks=width - _PANEL_WIDTH,
            panel=_PANEL_WIDTH,
            panel_height=body,
            products=products,
            feature_map=feature_map,
            maps=maps,
            cells=cells,
            overview=whole,
            prediction=scanned,
            gap=gap,
            side=True,
            card=_PANEL_WIDTH,
            shows_card=not alone,
            shows_inspector=True,
            inspector=0 if alone else min(20, (body - 2) // 2),
        )
    free -= _LEGEND
    details = min(free, max(4, round(height * 0.24)))
    maps = 0 if unfolded else _lines(filters, -(-(free - details) // 2))
    cells = 0 if unfolded else _lines(filters, free - details - maps)
    beside = width >= MEDIUM
    return Arrangement(
        tracks=width,
        panel=width,
        panel_height=free - maps - cells + _LEGEND,
        products=_PRODUCTS,
        feature_map=feature_map,
        maps=maps,
        cells=cells,
        overview=whole,
        prediction=scanned,
        gap=gap,
        side=False,
        card=_CARD_WIDTH if beside else 0,
        shows_card=beside or card,
        shows_inspector=beside or not card,
        inspector=0,
    )


def _lines(filters: int, free: int) -> int:
    """Return the lines of a heat map: one a filter where they all fit, otherwise one for two."""
    return filters if filters <= free else min(free, -(-filters // 2))
