"""What a view file holds beside what the explorer's options say: a dataclass a table. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .scan_choices import MotifChoice, OutputChoice

__all__ = [
    "FLIPPED",
    "RESEMBLED",
    "SHOWN",
    "TABLES",
    "Checksum",
    "SavedAttribution",
    "SavedCursor",
    "SavedLayer",
    "SavedPlay",
    "SavedTracks",
    "SavedView",
]

RESEMBLED: Final = "resembled"
"""How filters are named that have the names of what they resemble."""
SHOWN: Final = "shown"
"""What is said of a track that can be left out."""
FLIPPED: Final = "reverse complement"
"""What a flipped logo is of."""


@dataclass(frozen=True, slots=True)
class SavedCursor:
    """What is looked at.

    Attributes:
        level: On what level.
        filter: The chosen filter.
        cell: The cell.
        position: The response.
        base: The base, or the position that a deep block reads.
    """

    level: str = "cell"
    filter: int = 0
    cell: int = 0
    position: int = 0
    base: int = 0


@dataclass(frozen=True, slots=True)
class SavedTracks:
    """How the tracks look.

    Attributes:
        zoom: Columns a base, or where negative, bases a column.
        offset: The base at the left edge.
        columns: How wide the tracks were; None is not known.
        scale: What the strongest colour stands for.
        inspector: What stands in the inspector's place.
        overview: What the overview shows.
        pattern: The letters searched for.
        sought: The base that was gone to, which the ruler marks, or None.
        edits: What is shown where there are edits, if not the edited values.
        hits: `SHOWN` where the hits of all filters are.
        names: `RESEMBLED` where filters are called by what they resemble.
        logo: `FLIPPED` where logos are of that.
    """

    zoom: int = 1
    offset: int = 0
    columns: int | None = None
    scale: str = "this filter"
    inspector: str = "folded"
    overview: str = "this filter, where there is room"
    pattern: str = ""
    sought: int | None = None
    edits: str = ""
    hits: str = ""
    names: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True)
class SavedPlay:
    """A moment of the demonstration.

    Attributes:
        response: Which response of the pool window it has come to, from 0.
        phase: What is shown of it.
        speed: An index of `play.SPEEDS`.
    """

    response: int = 0
    phase: str = "window"
    speed: int = 2


@dataclass(frozen=True, slots=True)
class SavedAttribution:
    """What every base does to one value, where that is shown.

    Attributes:
        target: The value: `output`, `output:N`, `LAYER:UNIT` or `LAYER:POSITION:CHANNEL`.
        logit: Whether the value before a last sigmoid or softmax is meant.
        kind: What is shown of every base: effects, a gradient or contributions.
    """

    target: str
    logit: bool = False
    kind: str = "effects"


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
        listed: Whether all layers are listed.
    """

    layer: str
    position: int = 0
    channel: int = 0
    zoom: int = 1
    offset: int = 0
    columns: int | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file was when the view was written.

    Attributes:
        file: The file, as the view names it.
        bytes: How many bytes it had.
        covers: What of it went into the digest.
        sha256: The digest, in hexadecimal digits.
    """

    file: str
    bytes: int
    covers: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """Where the explorer stood and how it looked.

    Attributes:
        path: The view file.
        cursor: What was looked at.
        tracks: How the tracks looked.
        settings: What was changed in blocks, by a layer of the block and the setting's name.
        play: How far the demonstration had come, or None.
        predictions: How the output was scanned, where it was.
        effects: What was shown of every base, where anything was.
        motifs: How filters were made motifs, where that was chosen.
        network: The screen of the whole network, where it was shown.
        checksum: What the files were.
    """

    path: Path
    cursor: SavedCursor = field(default_factory=SavedCursor)
    tracks: SavedTracks = field(default_factory=SavedTracks)
    settings: Mapping[str, Mapping[str, int | str]] = field(default_factory=dict)
    play: SavedPlay | None = None
    predictions: OutputChoice | None = None
    effects: SavedAttribution | None = None
    motifs: MotifChoice | None = None
    network: SavedLayer | None = None
    checksum: tuple[Checksum, ...] = ()


TABLES: Final = {
    "cursor": SavedCursor,
    "tracks": SavedTracks,
    "play": SavedPlay,
    "predictions": OutputChoice,
    "effects": SavedAttribution,
    "motifs": MotifChoice,
    "network": SavedLayer,
}
"""The tables of a view file that are there once; each is an attribute of `SavedView`, and its fields are the keys."""
