"""How many lines everything gets on a screen of a size: arithmetic, no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .attribution_choice import Kind

__all__ = [
    "GUTTER",
    "LARGEST",
    "MARGIN",
    "SMALLEST",
    "WIDE",
    "Arrangement",
    "Box",
    "LayerArrangement",
    "arrange",
    "arrange_layer",
]

SMALLEST: Final = (60, 18)
"""Columns and lines below which there is no room for the tracks and the inspector."""
LARGEST: Final = (1000, 500)
"""Columns and lines of the largest screen that a snapshot is taken of."""
WIDE: Final = 160
"""Columns from which the filter card and the guide stand at the right of the tracks."""
GUTTER: Final = 17
"""Columns of the tracks' names on the left."""
MARGIN: Final = 1
"""Columns left free at the right of the tracks."""
MEDIUM: Final = 118
"""Columns from which the filter card stands beside the inspector."""

_SIDE: Final = 64
"""Columns of the filter card and the guide at the right of the tracks."""
_TABLE: Final = 78
"""Columns that a pool window of eight takes in the inspector."""
_WIDEST_CARD: Final = 56
_RAIL, _STATUS, _LEGEND, _SENTENCES = 2, 1, 1, 2
_SINGLE_LINES: Final = 5
"""Ruler, letters, window, selected and pooled."""
_SIDES, _OTHER_LINES = 1, 4
"""What stands side by side; the difference of the cells, and letters, selected and pooled of what stands beside."""
_LAYER_SINGLE_LINES: Final = 4
"""Ruler, letters, what is read, and the legend."""
_PRODUCTS: Final = 2
_OVERVIEW: Final = 2
_OUTPUT: Final = 2
_ATTRIBUTION: Final = 5
"""Four letters and what the colours mean."""
_HITS: Final = 3
"""Lines of hits on a low screen, the words under them included; one more on a roomy one, two on a tall one."""
_BARS: Final = 2
"""Lines more for bars over and under them, from a screen of middling height on; twice as many on a tall one."""
_MIDDLING: Final = 36
_FEWEST_SAID: Final = 4
"""Lines that the inspector keeps where the effects of bases are shown."""
_FEWEST_OF_TWO: Final = 2
"""The same where two readings stand side by side, which go before the effects of bases."""
_ROOMY: Final = 30
"""Lines from which on the overview is shown unasked, and what the cursor stands on is named over its numbers."""
_TALLER: Final = 48
"""The same for the overview where two readings stand side by side."""
_DETAILS: Final = 12
"""Lines of the inspector from which on the heat maps take what room there is."""
_TALL, _NEXT_CELL = 50, 6
"""Lines of a screen above which there is more and more room for the next cell too, and how many that takes."""
_FEWEST_MAPS: Final = 4
"""Lines of heat maps below which there are none."""
_CARD: Final = 16
"""Lines of the filter card at the right of the tracks."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands under the header: columns and lines from the left and the top, and its size."""

    x: int
    y: int
    width: int
    height: int


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
    """The lines and columns of a block's screen, from the top to the bottom.

    Attributes:
        overview: Lines of the overview of the whole record, 0 where it is not shown.
        output: Lines of the output along the record, 0 where none is scanned.
        hits: Lines of the hits of all filters, 0 where these are not shown.
        attribution: Lines of what every base does to one value, 0 where that is not shown.
        sides: Lines that say what stands side by side, 0 where one reading stands alone.
        products: Lines of the products.
        feature_map: Lines of the chosen filter's activations.
        beside: Lines of the same of what stands beside, and of the difference; 0 where nothing does.
        apart_sides: Empty lines over the difference, and over what stands beside.
        gap: Empty lines over and under the two sentences.
        sentences: Lines of these, 0 where there is no room for them.
        titled: Whether what the cursor stands on is named over the inspector.
        inspector: Lines of the inspector, 0 where the card stands in its place.
        said: Columns of the inspector.
        unfolds: Whether there are heat maps whose lines it takes where it is wanted whole.
        apart: Empty lines over the heat maps.
        maps: Lines of the heat map over the positions.
        cells: Lines of the heat map over the cells.
        legend: Lines of their legend.
        card: Where the filter card stands, or None.
        guide: Where the layers and how to read the screen stand, or None.
    """

    overview: int
    output: int
    hits: int
    attribution: int
    sides: int
    products: int
    feature_map: int
    beside: int
    apart_sides: int
    gap: int
    sentences: int
    titled: bool
    inspector: int
    said: int
    unfolds: bool
    apart: int
    maps: int
    cells: int
    legend: int
    card: Box | None
    guide: Box | None


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
    output: bool = False,
    attribution: Kind | None = None,
    beside: bool = False,
    hits: bool = False,
) -> Arrangement | None:
    """Return the arrangement of a block's screen, or None where it is too small.

    Args:
        width: Columns of the screen.
        height: Lines of the screen.
        filters: How many filters the heat maps have.
        unfolded: Whether the inspector takes the lines of the heat maps; the card in its place does not.
        card: Whether the filter card is wanted whole: it takes the place of the inspector, or where the guide stands
            beside the tracks, of that.
        overview: Whether the whole record is shown over the tracks; None shows it where there is room.
        output: Whether the output along the record is shown under it.
        attribution: What is shown of every base under the letters, if anything; on a low screen it takes the lines
            of the products, and where the inspector would have too few, those of the sentences.
        beside: Whether another reading stands beside.
        hits: Whether the hits of all filters are wanted, for which there is no room beside another reading; on a low
            screen they take the lines of the products.
    """
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return None
    side, medium = width >= WIDE, MEDIUM <= width < WIDE and not card
    tracks = width - _SIDE if side else width
    body = height - _RAIL - _STATUS
    whole = _OVERVIEW if overview or (overview is None and height >= _ROOMY) else 0
    scanned = _OUTPUT if output else 0
    feature_map, products, sentences = min(max(2, height // 9), 8), _PRODUCTS, _SENTENCES
    attributed = _attribution_lines(height, attribution)
    other = sides = apart_sides = 0
    if beside:
        # Three blocks of tracks share what one has; what is said of the block alone gives way first.
        sides, roomy = _SIDES, height >= _ROOMY
        feature_map = other = min(max(1, height // 12), 4)
        products, sentences, apart_sides = (products, sentences, 1) if roomy else (0, 0, 0)
        whole = whole if overview or height >= _TALLER else 0
    boxes = 0 if beside or not hits else _HITS + (height >= _ROOMY) + (height >= _TALLER)
    if (attributed or boxes) and height < _ROOMY:
        products = 0
    rest = body - whole - scanned - _SINGLE_LINES - products - sides - boxes - (_OTHER_LINES if beside else 0)
    if (
        beside
        and attributed
        and rest - attributed - feature_map - sentences - 2 * (other + apart_sides) < _FEWEST_SAID
    ):
        feature_map = other = 1
        sentences = apart_sides = 0
        attributed = attributed if rest - attributed - 3 >= _FEWEST_OF_TWO else 0
    rest -= attributed
    if not beside and (attributed or boxes) and rest - feature_map - sentences < _FEWEST_SAID:
        feature_map, sentences = 1, 0
    both = sides + 2 * (other + apart_sides) + (_OTHER_LINES if beside else 0)
    free = rest - feature_map - sentences - 2 * (other + apart_sides)
    gap = 1 if free >= 10 else 0
    free -= 2 * gap
    maps = cells = apart = legend = 0
    left = free - _DETAILS - 1 - _LEGEND
    next_cell = min(max(0, height - _TALL), _NEXT_CELL)
    # Not at the price of a line for each filter.
    left -= next_cell if not left - next_cell < 2 * filters <= left else 0
    if left >= _FEWEST_MAPS and (card or not unfolded):
        apart, legend = 1, _LEGEND
        maps = _lines(filters, -(-left // 2))
        cells = _lines(filters, left - maps)
        # Few filters leave lines over: bars are read the better the taller they are.
        spare = left - maps - cells
        products += 2 if spare >= 8 else 0
        feature_map += min(max(0, spare - products + _PRODUCTS), 6)
    top = whole + scanned + _SINGLE_LINES + boxes + attributed + products + feature_map + sentences + both + 2 * gap
    inspector = body - top - apart - maps - cells - legend
    said = max(_TABLE, tracks - _WIDEST_CARD) if medium else tracks
    box, guide = None, None
    if side:
        at = body if card else min(_CARD, body // 2)
        box = Box(tracks, 0, _SIDE, at)
        guide = None if card else Box(tracks, at, _SIDE, body - at)
    elif medium:
        box = Box(said, top, tracks - said, inspector)
    elif card:
        box, inspector = Box(0, top, tracks, inspector), 0
    return Arrangement(
        tracks=tracks,
        overview=whole,
        output=scanned,
        hits=boxes,
        attribution=attributed,
        sides=sides,
        products=products,
        feature_map=feature_map,
        beside=other,
        apart_sides=apart_sides,
        gap=gap,
        sentences=sentences,
        titled=height >= _ROOMY,
        inspector=inspector,
        said=said,
        unfolds=left >= _FEWEST_MAPS,
        apart=apart,
        maps=maps,
        cells=cells,
        legend=legend,
        card=box,
        guide=guide,
    )


def _attribution_lines(height: int, kind: Kind | None) -> int:
    """Return the lines of what every base does to one value."""
    if kind is None:
        return 0
    bars = _BARS * ((height >= _MIDDLING) + (height >= _TALL)) if kind.has_bars else 0
    # Contributions have a line of letters beside the map, which they can do without.
    return _ATTRIBUTION + bars + (2 if kind.contributes and height >= _TALL else 0)


def _lines(filters: int, free: int) -> int:
    """Return the lines of a heat map: one a filter where they all fit, otherwise one for two."""
    return filters if filters <= free else min(free, -(-filters // 2))
