"""The tracks in their order, all bound to one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive

from .attribution_track import AttributionTrack
from .bases import Bases
from .comparison_tracks import ComparisonTracks, Sides
from .feature_map import FeatureMap, Selected
from .hits_track import HitsTrack
from .output_track import OutputTrack
from .overview import OverviewTrack
from .pooled_cells import Pooled
from .products import Products
from .ruler import Ruler
from .unscrolled import Unscrolled
from .window_track import ConvWindow

if TYPE_CHECKING:
    from ..pictures.attribution_picture import AttributionPicture
    from ..pictures.block_picture import Picture
    from ..pictures.motif_picture import MotifPicture
    from ..pictures.output_scan_picture import OutputScanPicture
    from ..pictures.overview_picture import OverviewPicture
    from ..pictures.side_by_side import SideBySide
    from ..view.track_sizes import Arrangement

__all__ = ["Tracks"]


class Tracks(Vertical, Unscrolled):
    """From the bases at the top to the cells at the bottom."""

    DEFAULT_CSS = """
    Tracks { height: auto; }
    """
    picture: reactive[Picture | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""
    overview: reactive[OverviewPicture | None] = reactive(None, repaint=False)
    """What is shown of the whole record; bound to the screen's."""
    scanned: reactive[OutputScanPicture | None] = reactive(None, repaint=False)
    """What is shown of the output along the record; bound to the screen's."""
    attributed: reactive[AttributionPicture | None] = reactive(None, repaint=False)
    """What is shown of what every base does to one value; bound to the screen's."""
    motifs: reactive[MotifPicture | None] = reactive(None, repaint=False)
    """The filters as motifs, whose names hits have where that is asked for; bound to the screen's."""
    unknown_hits: reactive[str] = reactive("", repaint=False)
    """What is said instead of hits, until it is known what makes one; bound to the screen's."""
    split: reactive[SideBySide | None] = reactive(None, repaint=False)
    """What is shown of two readings side by side; bound to the screen's."""
    scaled: reactive[Picture | None] = reactive(None, repaint=False)
    """The picture, on the scale of both where two readings stand side by side."""

    _sides: Sides | None = None
    _beside: ComparisonTracks | None = None
    _arrangement: Arrangement | None = None

    def compose(self) -> ComposeResult:
        """Yield the tracks, the whole record first."""
        yield OverviewTrack().data_bind(picture=Tracks.overview)
        yield OutputTrack().data_bind(picture=Tracks.scanned)
        yield Ruler().data_bind(picture=Tracks.picture)
        yield Bases().data_bind(picture=Tracks.picture)
        yield HitsTrack().data_bind(Tracks.motifs, Tracks.unknown_hits, picture=Tracks.picture)
        yield AttributionTrack().data_bind(picture=Tracks.attributed)
        for track in (ConvWindow, Products):
            yield track().data_bind(picture=Tracks.picture)
        for compared in (FeatureMap, Selected, Pooled):
            yield compared().data_bind(picture=Tracks.scaled)

    def take(self, arrangement: Arrangement) -> None:
        """Give every track its lines."""
        self.styles.width = arrangement.tracks
        for track, lines in (
            (OverviewTrack, arrangement.overview),
            (OutputTrack, arrangement.output),
            (HitsTrack, arrangement.hits),
            (AttributionTrack, arrangement.attribution),
            (Products, arrangement.products),
            (FeatureMap, arrangement.feature_map),
        ):
            widget = self.query_one(track)
            widget.styles.height = lines
            widget.display = lines > 0
        self._arrangement = arrangement
        if self._beside is not None and self._sides is not None:
            self._sides.display = arrangement.sides > 0
            self._beside.arrangement = arrangement

    def watch_picture(self) -> None:
        """Let the tracks show it; of two readings, what stands beside follows at once."""
        if self.split is None or self.picture is None:
            self.scaled = self.picture

    def watch_split(self) -> None:
        """Add the tracks of another reading, which the first frame does without."""
        self.scaled = self.picture if self.split is None else self.split.a
        if self.split is None or self._beside is not None:
            return
        self._sides = Sides().data_bind(picture=Tracks.split)
        self._beside = ComparisonTracks().data_bind(Tracks.split)
        self.mount(self._sides, before=self.query_one(Ruler))
        self.mount(self._beside)
        if self._arrangement is not None:
            self.take(self._arrangement)
