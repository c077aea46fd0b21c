"""What a view file holds beside what the explorer's options say. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

__all__ = [
    "INSPECTORS",
    "LEVELS",
    "OVERVIEWS",
    "PHASES",
    "SCALES",
    "Checksum",
    "SavedLayer",
    "SavedPlay",
    "SavedPredictions",
    "SavedView",
]

LEVELS: Final = ("cell", "response", "base")
"""`view.Level`, whose module is too heavy for the command line."""
SCALES: Final = ("this filter", "this layer")
"""`view.Scale`."""
PHASES: Final = ("window", "products", "sum", "activation", "maximum", "filled")
"""`play.Phase`, in order."""
OVERVIEWS: Final = ("this filter, where there is room", "this filter", "all filters", "nothing")
"""`overview_picture.Subject`."""
INSPECTORS: Final = ("folded", "unfolded", "card")
"""What stands in the inspector's place."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file was when the view was written.

    Attributes:
        file: The file, as the view names it.
        bytes: How many bytes it had.
        covers: What of it went into the digest, see `checksums`.
        sha256: The digest, in hexadecimal digits.
        path: Where the file is.
    """

    file: str
    bytes: int
    covers: str
    sha256: str
    path: Path


@dataclass(frozen=True, slots=True)
class SavedPlay:
    """A moment of the demonstration.

    Attributes:
        response: Which response of the pool window it has come to, from 0.
        phase: One of `PHASES`.
        speed: An index of `play.SPEEDS`.
    """

    response: int = 0
    phase: str = PHASES[0]
    speed: int = 2


@dataclass(frozen=True, slots=True)
class SavedPredictions:
    """How the prediction is scanned along the record.

    Attributes:
        step: Bases from one input window to the next, 1 or more.
        output: Which value of the network's output is drawn.
    """

    step: int
    output: int = 0


@dataclass(frozen=True, slots=True)
class SavedLayer:
    """What the screen of the whole network shows.

    Attributes:
        layer: The layer's name.
        position: The position under the cursor; 0 where no length is left.
        channel: The chosen channel, or unit.
        zoom: Columns a base, or where negative, bases a column.
        offset: The base at the left edge.
        columns: How wide the tracks were; None is not known.
    """

    layer: str
    position: int = 0
    channel: int = 0
    zoom: int = 1
    offset: int = 0
    columns: int | None = None


@dataclass(frozen=True, slots=True)
class SavedView:
    """Where the explorer stood and how it looked.

    Attributes:
        path: The view file.
        level: One of `LEVELS`.
        filter: The chosen filter.
        cell: The cell.
        position: The response.
        base: The base, or the position that a deep block reads.
        zoom: Columns a base, or where negative, bases a column.
        offset: The base at the left edge.
        columns: How wide the tracks were; None is not known.
        scale: One of `SCALES`.
        inspector: One of `INSPECTORS`.
        overview: One of `OVERVIEWS`.
        pattern: The letters searched for.
        settings: What was changed in blocks, by a layer of the block and the setting's name.
        play: How far the demonstration had come, or None.
        predictions: How the prediction was scanned, where it was.
        network: The screen of the whole network, where it was shown.
        checksums: What the files were.
    """

    path: Path
    level: str = LEVELS[0]
    filter: int = 0
    cell: int = 0
    position: int = 0
    base: int = 0
    zoom: int = 1
    offset: int = 0
    columns: int | None = None
    scale: str = SCALES[0]
    inspector: str = INSPECTORS[0]
    overview: str = OVERVIEWS[0]
    pattern: str = ""
    settings: Mapping[str, Mapping[str, int | str]] = field(default_factory=dict)
    play: SavedPlay | None = None
    predictions: SavedPredictions | None = None
    network: SavedLayer | None = None
    checksums: tuple[Checksum, ...] = ()
